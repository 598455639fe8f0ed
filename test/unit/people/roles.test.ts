import type { RoleDefinition } from '../../../core/apps/definition.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import type { Environment } from '../../../core/environments.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import { requireAssignable, requireKnownRoles } from '../../../core/people/delegation.ts';
import {
  changeEnvironmentSettings,
  listEnvironments,
  readEnvironmentSettings,
} from '../../../core/people/environments.ts';
import { requireGrantable } from '../../../core/people/granted.ts';
import { mergeSettings, settingsChanges } from '../../../core/people/merge-settings.ts';
import { movedParts, nameOfRole, partsOf } from '../../../core/people/role-parts.ts';
import { roleUsage } from '../../../core/people/role-usage.ts';
import {
  changeRole,
  createRole,
  listRoles,
  MOST_ROLES,
  readRole,
  removeRole,
  requireUnused,
  retireRole,
  roleChange,
} from '../../../core/people/roles.ts';
import type { SiteSettings } from '../../../core/runtime.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';
import { AT, callerOf, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const role = (id: string, more: Partial<RoleDefinition> = {}): RoleDefinition => ({
  id,
  name: `The ${id}`,
  environments: [],
  ...more,
});
const BUILT_IN = [
  'Owner',
  'Maintainer',
  'Developer',
  'Publisher',
  'TenantAdministrator',
  'PublicSiteAdministrator',
];
const many = (count: number) => Array.from({ length: count }, (_, at) => role(`r${at}`));
const settingsOf = (...roles: RoleDefinition[]): SiteSettings => ({
  name: 'Harbour',
  contact: 'desk',
  roles,
});

describe('roles', () => {
  const clerk = role('clerk', { environments: ['production'] });
  const siteWith = (...roles: RoleDefinition[]) =>
    new SiteMemory({ roles: [clerk, ...roles], formerRoles: ['gone'] }).running('production', 'test');

  it('[F19] are listed and read with the version of the settings', async () => {
    const session = siteWith().design(callerOf());
    expect(await listRoles(session)).toEqual({ version: 1, roles: [clerk], builtIn: BUILT_IN });
    expect(await readRole(session, 'clerk')).toEqual({ ...clerk, version: 1 });
    for (const id of ['nobody', 'Owner'])
      expect((await refusal(() => readRole(session, id)))[0]).toBe('NOT_FOUND');
  });

  it('[F19] are made, changed and removed in every environment that runs, each with its journal entry', async () => {
    const site = siteWith();
    const session = site.design(callerOf());
    const { changes } = site.definitions;
    const pilot = role('pilot', { environments: ['test'] });
    expect(await createRole(session, pilot)).toEqual({ ...pilot, version: 2 });
    const renamed = { name: 'Pilots', environments: ['test', 'staging'] as Environment[] };
    expect(await changeRole(session, 'pilot', renamed, 2)).toEqual({ id: 'pilot', ...renamed, version: 3 });
    await removeRole(session, 'pilot', 3);
    expect(changes.map(({ settings: { roles, formerRoles } }) => [roles, formerRoles])).toEqual([
      [[clerk, pilot], ['gone']],
      [[clerk, { id: 'pilot', ...renamed }], ['gone']],
      [[clerk], ['gone', 'pilot']],
    ]);
    expect(changes.map(({ removedRole }) => removedRole)).toEqual([undefined, undefined, 'pilot']);
    expect(
      changes.map(({ environments }) => environments.map(({ manifest }) => manifest.environment)),
    ).toEqual(Array(3).fill(['test', 'production']));
    expect(changes.map(({ event }) => [event?.action, event?.subject, event?.before, event?.after])).toEqual([
      ['create', { type: 'role', id: 'pilot', name: 'The pilot' }, undefined, pilot],
      [
        'change',
        { type: 'role', id: 'pilot', name: 'Pilots' },
        { name: 'The pilot', environments: ['test'] },
        renamed,
      ],
      ['delete', { type: 'role', id: 'pilot', name: 'Pilots' }, { id: 'pilot', ...renamed }, undefined],
    ]);
  });

  it.each([
    ['id', role('clerk', { name: 'Another' }), '/id', '“clerk” is another role’s id already'],
    ['name', role('new', { name: 'The clerk' }), '/name', 'Another role is called “The clerk” already'],
    [
      'former id',
      role('gone'),
      '/id',
      '“gone” was the id of a role that was removed, and a new one must not take its place; choose another',
    ],
  ])(
    '[F19] have an id and a name of their own: one with the %s of another is refused',
    async (_, taken, path, message) => {
      const site = siteWith();
      expect(await refusal(() => createRole(site.design(callerOf()), taken))).toEqual([
        'ALREADY_EXISTS',
        message,
        [{ path, message }],
      ]);
      expect(await refusal(() => requireUnused(site.settings, taken))).toEqual([
        'ALREADY_EXISTS',
        message,
        [{ path, message }],
      ]);
    },
  );

  it('[F19] that are changed keep their own name, and take no other one’s', async () => {
    const session = siteWith(role('pilot')).design(callerOf());
    const set = { environments: [] };
    expect(
      (await refusal(() => changeRole(session, 'pilot', { ...set, name: 'The clerk' }, 1))).slice(0, 2),
    ).toEqual(['ALREADY_EXISTS', 'Another role is called “The clerk” already']);
    expect((await changeRole(session, 'pilot', { ...set, name: 'The pilot' }, 1)).version).toBe(2);
    expect((await refusal(() => changeRole(session, 'nobody', { ...set, name: 'N' }, 2)))[0]).toBe(
      'NOT_FOUND',
    );
    for (const version of [1, 3]) {
      expect((await refusal(() => changeRole(session, 'pilot', { ...set, name: 'N' }, version)))[0]).toBe(
        'VERSION_MISMATCH',
      );
      expect((await refusal(() => removeRole(session, 'pilot', version)))[0]).toBe('VERSION_MISMATCH');
    }
  });

  it('[F19] are 200 at most', async () => {
    const site = new SiteMemory({ roles: many(199) }).running('test');
    const session = site.design(callerOf());
    expect((await createRole(session, role('last'))).version).toBe(2);
    expect((await refusal(() => createRole(session, role('more')))).slice(0, 2)).toEqual([
      'LIMIT_EXCEEDED',
      'a site has at most 200 roles',
    ]);
  });

  it('[F19] in use stay, and the refusal counts the places and names those that the caller may know', async () => {
    const site = siteWith(role('giver', { accounts: { assign: ['clerk'] } })).add({
      id: 'ann',
      name: 'Ann',
      roles: ['clerk'],
    });
    const told = [
      { path: '/roles/giver', message: 'The giver may assign it' },
      { path: '/users/ann', message: 'Ann holds it' },
    ];
    expect(await refusal(() => removeRole(site.design(callerOf()), 'clerk'))).toEqual([
      'ROLE_IN_USE',
      '“clerk” is in use in 2 places',
      told,
    ]);
    const named = { names: ({ path }: { path: string }) => path === '/users/ann' };
    expect((await refusal(() => retireRole(site.design(callerOf()), 'clerk', named)))[2]).toEqual([told[1]]);
    site.accounts.clear();
    expect((await refusal(() => removeRole(site.design(callerOf()), 'clerk')))[1]).toBe(
      '“clerk” is in use in one place',
    );
    expect((await refusal(() => retireRole(site.design(callerOf()), 'nobody')))[0]).toBe('NOT_FOUND');
  });

  it('[A10] are read by who may read them, and changed by nobody else than who may change them', async () => {
    const session = siteWith().design(callerOf({ roles: ['Developer'] }));
    expect((await listRoles(session)).version).toBe(1);
    const stranger = siteWith().design(callerOf({ roles: ['clerk'] }));
    for (const work of [
      () => createRole(session, role('x')),
      () => changeRole(session, 'clerk', { name: 'x', environments: [] }, 1),
      () => removeRole(session, 'clerk'),
      () => listRoles(stranger),
      () => readRole(stranger, 'clerk'),
    ]) {
      expect((await refusal(work))[0]).toBe('FORBIDDEN');
    }
  });

  it('[D12] are journalled as what they were and are, under the name that they have last', () => {
    const [was, is] = [role('a', { name: 'Old' }), role('a', { name: 'New' })];
    const subject = (name: string) => ({ type: 'role', id: 'a', name });
    expect(roleChange(settingsOf(was), settingsOf(is), 'a')).toEqual({
      action: 'change',
      subject: subject('New'),
      before: was,
      after: is,
    });
    expect(roleChange(settingsOf(), settingsOf(is), 'a')).toEqual({
      action: 'create',
      subject: subject('New'),
      after: is,
    });
    expect(roleChange(settingsOf(was), settingsOf(), 'a')).toEqual({
      action: 'delete',
      subject: subject('Old'),
      before: was,
    });
    expect(roleChange(settingsOf(), settingsOf(), 'a').subject).toEqual(subject('a'));
  });
});

describe('where a role is in use', () => {
  it('[F19] is said of apps as they run and as they are drafted, of roles, live passes, people and programs', async () => {
    const apps = exampleApps();
    const { roles } = exampleSite();
    const id = 'property-contractors';
    const site = new SiteMemory(
      {
        roles: [
          ...roles,
          role('giver', { accounts: { assign: [id] } }),
          role('other', { accounts: { assign: ['x'] } }),
        ],
      },
      apps,
    )
      .running('test', 'production')
      .add(
        { id: 'ann', name: 'Ann', roles: [id] },
        { id: 'bo', name: 'Bo', roles: ['dispatcher'] },
        { id: 'bot', type: 'robot', name: 'Bot', roles: [id] },
        { id: 'carl', type: 'tokenUser', name: 'Carl', roles: [id] },
        { id: 'cora', type: 'tokenUser', name: 'Cora', roles: ['dispatcher'] },
      );
    for (const { definition } of apps) {
      const { id: app, kind, name } = definition;
      const written =
        app === 'work-orders' ? definition : { ...definition, permissions: 'not an app any more' };
      await site.definitions.saveDraft(
        { app, kind, version: 1, definition: written, updatedAt: AT, updatedBy: 'x' },
        name,
      );
    }
    const grant = (grantId: string, environment: Environment, principalId?: string) =>
      ({ id: grantId, environment, ...(principalId && { principalId }) }) as Grant;
    site.grants.push(
      grant('g1', 'staging', 'carl'),
      grant('g2', 'test', 'cora'),
      grant('g3', 'production'),
      grant('g4', 'production', 'gone'),
    );
    const { manifests } = site.definitions;
    const state = { settings: site.settings, manifests: new Map([...manifests]) };
    const [tokens, orders] = apps.map(({ definition }) => definition.name);
    expect(await roleUsage(site, state, id)).toEqual([
      { path: '/apps/work-orders/draft/permissions', message: 'the draft gives it permissions' },
      ...(['test', 'production'] as const).flatMap((environment) => [
        {
          path: `/environments/${environment}/apps/contractor-tokens/fields/roles`,
          message: `“Roles” in ${tokens} in ${environment} offers it`,
        },
        {
          path: `/environments/${environment}/apps/work-orders/permissions`,
          message: `${orders} in ${environment} gives it permissions`,
        },
      ]),
      { path: '/roles/giver', message: 'The giver may assign it' },
      { path: '/tokens/g1', message: 'Carl has a live pass with it' },
      { path: '/users/ann', message: 'Ann holds it' },
      { path: '/service-accounts/bot', message: 'Bot holds it' },
    ]);
    expect(await roleUsage(site, state, 'nothing')).toEqual([]);
    // That a role may be given by whoever holds it is no use of it.
    const own = { ...site.settings, roles: [role('own', { accounts: { assign: ['own'] } })] };
    expect(await roleUsage(site, { settings: own, manifests: new Map() }, 'own')).toEqual([]);
  });

  it.each([
    ['is the default', { default: '["x"]' }, true],
    ['is one of those that it offers', { rolesFrom: ['a', 'x'] }, true],
    ['is neither', { default: '["xx"]', rolesFrom: ['a'] }, false],
    ['stands nowhere', {}, false],
  ])('[F19] is said of a field of roles in which it %s', async (_, set, used) => {
    const [tokens] = exampleApps() as [CheckedApp];
    const definition = structuredClone(tokens.definition);
    const field = definition.recordTypes[0]?.fields.find(({ type }) => type === 'roles') as object;
    Object.assign(field, { default: undefined, rolesFrom: undefined, ...set });
    const site = new SiteMemory({ roles: [] }, [{ ...tokens, definition }]).running('test');
    const state = { settings: site.settings, manifests: site.definitions.manifests };
    expect(await roleUsage(site, state, 'x')).toEqual(
      used
        ? [
            {
              path: '/environments/test/apps/contractor-tokens/fields/roles',
              message: `“Roles” in ${definition.name} in test offers it`,
            },
          ]
        : [],
    );
  });

  it('[F19] is said of 100 places at most', async () => {
    const site = new SiteMemory().running('test');
    for (let at = 0; at < 101; at++) site.add({ id: `u${at}`, name: `U ${at}`, roles: ['clerk'] });
    expect(await roleUsage(site, { settings: site.settings, manifests: new Map() }, 'clerk')).toHaveLength(
      100,
    );
  });
});

describe('the parts of a role', () => {
  const whole = role('all', {
    environments: ['test', 'production'],
    accounts: { create: true, update: true, delete: true, assign: ['clerk', 'gone'] },
    services: ['reports'],
    design: {
      apps: { '*': ['read'], orders: ['edit', 'changePermissions', 'changeAccessLists', 'publish'] },
      publish: ['test'],
      roles: ['read'],
      accounts: ['edit'],
      environments: ['configure'],
    },
  });
  const nameOf = (id: string) => nameOfRole([role('clerk')], id);

  it('[D18] are named in words, each with its place', () => {
    const parts = partsOf(whole, nameOf).map(({ path, words }) => [path, words]);
    expect(parts.sort()).toEqual(
      [
        ['/environments', 'sign-in to test'],
        ['/environments', 'sign-in to production'],
        ['/accounts/create', 'create accounts from apps'],
        ['/accounts/update', 'update accounts from apps'],
        ['/accounts/delete', 'delete accounts from apps'],
        ['/accounts/assign', 'give the role The clerk'],
        ['/accounts/assign', 'give the role The clerk'],
        ['/accounts/assign', 'give the role gone'],
        ['/accounts/assign', 'give the role gone'],
        ['/services', 'call the service reports'],
        ['/design/apps/*', 'read every app'],
        ['/design/apps/orders', 'edit the app orders'],
        ['/design/apps/orders', 'change the permissions of the app orders'],
        ['/design/apps/orders', 'change the access lists of the app orders'],
        ['/design/apps/orders', 'publish the app orders into test'],
        ['/design/roles', 'read roles'],
        ['/design/accounts', 'edit accounts'],
        ['/design/environments', 'configure environments'],
      ].sort(),
    );
  });

  it('[D18] move when one version has them and the other has not, either way', () => {
    const words = (before?: RoleDefinition, after?: RoleDefinition) =>
      movedParts(before, after, nameOf).map((part) => part.words);
    const [one, two] = [
      role('a', { environments: ['test', 'staging'], services: ['s'] }),
      role('a', { environments: ['staging', 'production'], services: ['s'], name: 'Called otherwise' }),
    ];
    expect(words(one, two).sort()).toEqual(['sign-in to production', 'sign-in to test']);
    expect(words(undefined, one).sort()).toEqual([
      'call the service s',
      'sign-in to staging',
      'sign-in to test',
    ]);
    expect(words(one, undefined).sort()).toEqual(words(undefined, one).sort());
    expect(words(one, one)).toEqual([]);
    expect(words(undefined, undefined)).toEqual([]);
  });

  it('[D18] that reach further than one’s own rights are named once each', async () => {
    const site = new SiteMemory({ roles: [role('clerk')] }).running('test');
    const session = site.design(callerOf({ roles: ['Maintainer'] }));
    const beyond = (after: RoleDefinition | undefined, before?: RoleDefinition) =>
      refusal(() => requireGrantable(site.design(callerOf({ roles: ['Developer'] })), site, before, after));
    const giver = role('giver', { accounts: { assign: ['clerk', 'giver'] } });
    const message = (words: string) => `“${words}” reaches further than your own rights`;
    const refused = [
      'FORBIDDEN',
      'Nobody can give or take away more than they hold themselves',
      [
        { path: '/accounts/assign', message: message('give the role The clerk') },
        { path: '/accounts/assign', message: message('give the role The giver') },
      ],
    ];
    expect(await beyond(giver)).toEqual(refused);
    requireGrantable(session, site, undefined, giver);
    expect((await beyond(role('a', { accounts: { assign: ['clerk', 'x'] } }))).slice(0, 1)).toEqual([
      'ROLE_UNKNOWN',
    ]);
  });
});

describe('whoever gives roles', () => {
  const site = () =>
    new SiteMemory({
      roles: [
        role('clerk', { environments: ['production'], accounts: { create: true, update: true } }),
        role('none'),
      ],
    }).running('production');

  it('[D18] is told why not, as far as they may read roles', async () => {
    const memory = site();
    const path = '/roles';
    const roles = ['none', 'clerk'];
    const words = ': sign-in to production, create accounts from apps, update accounts from apps';
    const give = (held: string[]) =>
      refusal(() => requireAssignable(memory.design(callerOf({ roles: held })), memory, roles));
    expect((await give(['Developer']))[2]).toEqual([
      { path, message: `“clerk” reaches further than your own rights${words}` },
    ]);
    expect((await give(['none']))[2]).toEqual([
      { path, message: '“clerk” reaches further than your own rights' },
    ]);
    await requireAssignable(memory.design(callerOf()), memory, roles);
    await requireAssignable(memory.design(callerOf({ roles: ['none'] })), memory, []);
  });

  it('[D18] is told so of a built-in role without its parts', async () => {
    const memory = site();
    const session = memory.design(callerOf({ roles: ['Maintainer'] }));
    expect((await refusal(() => requireAssignable(session, memory, ['Owner'])))[2]).toEqual([
      { path: '/roles', message: '“Owner” reaches further than your own rights' },
    ]);
  });

  it('names roles that the site has: each other one is named with its place', async () => {
    requireKnownRoles(site().settings, ['clerk', 'Owner']);
    expect(await refusal(() => requireKnownRoles(site().settings, ['x', 'clerk', 'y'], '/at'))).toEqual([
      'ROLE_UNKNOWN',
      'There is no such role. Name one that the site has.',
      [
        { path: '/at/0', message: '“x” is not a role of this site' },
        { path: '/at/2', message: '“y” is not a role of this site' },
      ],
    ]);
  });
});

describe('a site’s settings with what its files say', () => {
  const files = (roles: RoleDefinition[], more: object = {}) => ({
    name: 'New name',
    contact: 'new desk',
    roles,
    people: [],
    ...more,
  });

  it('have the roles and environments of the files, and keep all others in their places', () => {
    const set = { accounts: { manipulation: true, deletion: true } };
    const before: SiteSettings = {
      ...settingsOf(role('a'), role('b'), role('c')),
      formerRoles: ['gone'],
      environments: { test: {}, staging: set },
    };
    const b = role('b', { name: 'Other' });
    expect(mergeSettings(before, files([role('d'), b], { environments: { test: set } }))).toEqual({
      name: 'New name',
      contact: 'new desk',
      roles: [role('a'), b, role('c'), role('d')],
      formerRoles: ['gone'],
      environments: { test: set, staging: set },
    });
    expect(mergeSettings(settingsOf(), files([]))).toEqual({
      name: 'New name',
      contact: 'new desk',
      roles: [],
    });
  });

  it('take no name of a role that stays, no former id, and no role to give that there is not', async () => {
    const before = { ...settingsOf(role('a')), formerRoles: ['gone'] };
    const merged = (...roles: RoleDefinition[]) => refusal(() => mergeSettings(before, files(roles)));
    expect((await merged(role('b', { name: 'The a' })))[0]).toBe('ALREADY_EXISTS');
    expect((await merged(role('gone')))[0]).toBe('ALREADY_EXISTS');
    expect((await merged(role('b'), role('c', { accounts: { assign: ['a', 'b', 'x'] } })))[2]).toEqual([
      { path: '/roles/1/accounts/assign/2', message: '“x” is not a role of this site' },
    ]);
  });

  it('have 200 roles at most, those that stay among them', async () => {
    expect(mergeSettings(settingsOf(...many(199)), files([role('x')])).roles).toHaveLength(MOST_ROLES);
    expect(
      await refusal(() => mergeSettings(settingsOf(...many(200)), files([role('r0'), role('x')]))),
    ).toEqual(['LIMIT_EXCEEDED', 'a site has at most 200 roles; 199 of them are not in the files', []]);
  });

  it('[D12] are journalled role by role and environment by environment, as far as they differ', () => {
    const set = { accounts: { manipulation: true, deletion: true } };
    const usual = { manipulation: false, deletion: false };
    const before = settingsOf(role('a'), role('b'), role('c'));
    const after = {
      ...settingsOf(role('a'), role('b', { name: 'B' }), role('d')),
      environments: { test: set },
    };
    const changes = settingsChanges(before, after);
    expect(changes.map(({ action, subject }) => [action, subject.type, subject.id, subject.name])).toEqual([
      ['change', 'role', 'b', 'B'],
      ['delete', 'role', 'c', 'The c'],
      ['create', 'role', 'd', 'The d'],
      ['change', 'environment', 'test', 'test'],
    ]);
    expect([changes[3]?.before?.accounts, changes[3]?.after?.accounts]).toEqual([usual, set.accounts]);
    expect(settingsChanges(before, before)).toEqual([]);
  });
});

describe('the settings of environments', () => {
  const usual = {
    subject: 'Welcome',
    body: 'You have an account now. Sign in with this email address: a link is mailed to you whenever you ask for one.',
  };
  const off = { manipulation: false, deletion: false };
  const on = { manipulation: true, deletion: true };
  const siteWith = () =>
    new SiteMemory({ environments: { staging: { accounts: on } } }).running('production', 'staging');

  it('[A28] are listed with what counts by default', async () => {
    const session = siteWith().design(callerOf());
    const expected = [
      { environment: 'development', accounts: off, welcomeMail: usual, version: 1 },
      { environment: 'test', accounts: off, welcomeMail: usual, version: 1 },
      { environment: 'staging', accounts: on, welcomeMail: usual, version: 1 },
      { environment: 'production', accounts: on, welcomeMail: usual, version: 1 },
    ];
    expect(await listEnvironments(session)).toEqual(expected);
    expect(await readEnvironmentSettings(session, 'staging')).toEqual(expected[2]);
  });

  it('[A19, D12] change for one environment alone, under the version that was read, with both states in the journal', async () => {
    const site = siteWith();
    const session = site.design(callerOf());
    const welcomeMail = { subject: 'Aboard', body: 'Ship ahoy.' };
    const set = { accounts: off, welcomeMail };
    expect(await changeEnvironmentSettings(session, 'production', set, 1)).toEqual({
      environment: 'production',
      ...set,
      version: 2,
    });
    const [change] = site.definitions.changes;
    expect(change?.settings.environments).toEqual({ staging: { accounts: on }, production: set });
    expect(change?.event).toMatchObject({
      action: 'change',
      subject: { type: 'environment', id: 'production', name: 'production' },
      before: { accounts: on, welcomeMail: usual },
      after: set,
    });
    expect((await refusal(() => changeEnvironmentSettings(session, 'test', {}, 1)))[0]).toBe(
      'VERSION_MISMATCH',
    );
    const reader = site.design(callerOf({ roles: ['Developer'] }));
    expect((await readEnvironmentSettings(reader, 'test')).version).toBe(2);
    expect((await refusal(() => changeEnvironmentSettings(reader, 'test', {}, 2)))[0]).toBe('FORBIDDEN');
    const stranger = site.design(callerOf({ roles: [] }));
    expect((await refusal(() => listEnvironments(stranger)))[0]).toBe('FORBIDDEN');
    expect((await refusal(() => readEnvironmentSettings(stranger, 'test')))[0]).toBe('FORBIDDEN');
  });
});
