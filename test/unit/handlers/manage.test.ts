import { DaypassError, ERRORS, type ErrorCode } from '../../../core/errors.ts';
import { userContext } from '../http/events.ts';
import {
  handedOn as allHandedOn,
  filledIn,
  formToken,
  freshIds,
  leadsTo,
  leadsToSaying,
  outline,
  portal,
  runtime,
  settings,
  signedIn,
  surroundings,
  user,
} from './pages.ts';
import { answering, asked, at, serving, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/apps/design-access.ts`, 'mayDesign');
await standIn(`${CORE}/apps/settings.ts`, 'readSettings');
await standIn(`${CORE}/apps/rebuilding.ts`, 'listAllIndexStates', 'startRebuild');
await standIn(`${CORE}/journal/read-design.ts`, 'readDesignJournal');
await standIn(`${CORE}/people/environments.ts`, 'changeEnvironmentSettings', 'listEnvironments');
await standIn(`${CORE}/people/keys.ts`, 'createKey', 'revokeKey', 'showNewKey');
await standIn(
  `${CORE}/people/service-accounts.ts`,
  'createServiceAccount',
  'deleteServiceAccount',
  'listServiceAccounts',
  'readServiceAccount',
  'updateServiceAccount',
);
await standIn(`${CORE}/people/sessions.ts`, 'endSession', 'endSessions', 'listSessions');
await standIn(`${CORE}/people/roles.ts`, 'changeRole', 'createRole', 'listRoles', 'readRole', 'removeRole');
await standIn(
  `${CORE}/people/users.ts`,
  'createUser',
  'deleteUser',
  'listUsers',
  'readUser',
  'signOutUser',
  'updateUser',
);
const handlers = '../../../lambdas/portal/handlers';
const { manageUserHandlers } = await import(`${handlers}/manage-users.tsx`);
const { manageRoleHandlers } = await import(`${handlers}/manage-roles.tsx`);
const { manageMachineHandlers } = await import(`${handlers}/manage-machines.tsx`);
const { manageEnvironmentHandlers } = await import(`${handlers}/manage-environments.tsx`);
const { manageListHandlers } = await import(`${handlers}/manage-lists.tsx`);
const { manageJournalHandlers } = await import(`${handlers}/manage-journal.tsx`);

const apps = [
  { id: 'orders', name: 'Orders' },
  { id: 'parts', name: 'Parts' },
];
const definitions = { listApps: async () => apps };
const place = {
  ...(portal as object),
  people: async ({ caller, now }: { caller: object; now: number }) => ({ runtime, caller, now, definitions }),
};
const send = serving(
  'portal',
  Object.assign(
    {},
    ...[
      manageUserHandlers,
      manageRoleHandlers,
      manageMachineHandlers,
      manageEnvironmentHandlers,
      manageListHandlers,
      manageJournalHandlers,
    ].map((make) => make(place)),
  ),
  async ({ document }) => ({ status: document.status, html: document.code }),
);

const { published } = runtime;
const nothingPublished = async () => {
  throw new DaypassError('NOT_FOUND');
};
const WHO = 'Dora Dispatch in the site';
const SITE = 'ABC Property Management';
const TOKEN = `{formToken=${formToken}}`;
const MENU =
  '[Users](/manage/users) [Roles](/manage/roles) [Service accounts](/manage/service-accounts) [Environments](/manage/environments) [Lists](/manage/lists) [Journal](/manage/journal)';
/** What use cases were given, without the looking up of roles' names. */
const handedOn = () => allHandedOn().filter(([name]) => name !== 'readSettings');
const open = (path: string, values: Record<string, string> = {}, query = '') =>
  send(at('GET', path, values, { ...signedIn, query }));
const press = (
  path: string,
  fields: Record<string, string | string[]>,
  values: Record<string, string> = {},
) => send(at('POST', path, values, filledIn(fields)));
const refusing = (...names: string[]) => ({
  with: (error: Error) =>
    answering(
      Object.fromEntries(
        names.map((name) => [
          name,
          () => {
            throw error;
          },
        ]),
      ),
    ),
});
/** The part of a page from the menu on. */
const below = ([status, title, text]: ReturnType<typeof outline>) => [
  status,
  title?.replace(/ – .*/, ''),
  text.replace(`${MENU} `, ''),
];
const roles = [
  { id: 'clerk', name: 'Clerks', environments: ['test'] },
  { id: 'desk', name: 'Desk', environments: ['production'] },
];
const BUILT_IN = [
  ['Owner', 'Owner'],
  ['Maintainer', 'Maintainer'],
  ['Developer', 'Developer'],
  ['Publisher', 'Publisher'],
  ['TenantAdministrator', 'Tenant administrator'],
  ['PublicSiteAdministrator', 'Public site administrator'],
] as const;
const boxes = (name: string, chosen: readonly string[], options: readonly (readonly [string, string])[]) =>
  options
    .map(([value, label]) => `{${name}=${value}${chosen.includes(value) ? '*' : ''}} ${label}`)
    .join(' ');
const roleBoxes = (...chosen: string[]) =>
  boxes('roles', chosen, [['clerk', 'Clerks'], ['desk', 'Desk'], ...BUILT_IN]);
const customBoxes = (...chosen: string[]) =>
  boxes('roles', chosen, [
    ['clerk', 'Clerks'],
    ['desk', 'Desk'],
  ]);

beforeEach(() => {
  freshIds();
  runtime.published = published;
  answering({
    readSettings: { settings: { ...settings, roles } },
    mayDesign: () => true,
    listRoles: { roles },
  });
});

describe('pages of administrators', () => {
  it.each([
    ['GET', '/manage', {}],
    ['GET', '/account', {}],
    ['GET', '/manage/users', {}],
    ['GET', '/manage/users/{user}', { user: 'u1' }],
    ['GET', '/manage/roles', {}],
    ['GET', '/manage/roles/{role}', { role: 'desk' }],
    ['GET', '/manage/service-accounts', {}],
    ['GET', '/manage/service-accounts/{account}', { account: 'a1' }],
    ['GET', '/manage/service-accounts/{account}/keys/{key}', { account: 'a1', key: 'k1' }],
    ['GET', '/manage/environments', {}],
    ['GET', '/manage/lists', {}],
    ['GET', '/manage/journal', {}],
  ])('ask whoever has not signed in to do so: %s %s', async (method, path, values) => {
    const answer = await send(at(method, path, values));
    expect([answer.text, asked]).toEqual(['CREDENTIAL_MISSING', []]);
  });

  it('begin with what there is to administer, for whoever may see any of it', async () => {
    for (const part of ['account', 'role', 'environment']) {
      answering({ mayDesign: (_: unknown, _action: string, { type }: { type: string }) => type === part });
      const page = await open('/manage');
      expect(outline(page)).toEqual([200, `Administration – ${SITE}`, `${MENU} Administration`]);
      expect(asked.every(([, , action]) => action === 'design:read')).toBe(true);
    }
    answering({ mayDesign: () => false });
    expect((await open('/manage')).text).toBe('FORBIDDEN');
  });

  const mendable: ErrorCode[] = [
    'ALREADY_EXISTS',
    'CONFIRMATION_NEEDED',
    'CONFLICT',
    'EMAIL_TAKEN',
    'FORBIDDEN',
    'IDEMPOTENCY_MISMATCH',
    'LAST_OWNER',
    'LIMIT_EXCEEDED',
    'OWN_ACCOUNT',
    'REQUEST_INVALID',
    'ROLE_IN_USE',
    'ROLE_UNKNOWN',
    'VERSION_MISMATCH',
  ];

  /** What people are told in other words than programs. */
  const said: Partial<Record<ErrorCode, string>> = {
    ALREADY_EXISTS: 'Please correct what is marked',
    EMAIL_TAKEN: 'Please correct what is marked',
    REQUEST_INVALID: 'Please correct what is marked',
    ROLE_UNKNOWN: 'Please correct what is marked',
    IDEMPOTENCY_MISMATCH:
      'This form was sent before with other contents. To send it once more as it is now, press the button.',
    VERSION_MISMATCH: 'Somebody else changed this meanwhile. Check it, then send it again.',
  };

  it('come back with what was refused where other values may help, and fail with everything else', async () => {
    answering({ listEnvironments: [] });
    const save = () => press('/manage/environments/{target}', { version: '1' }, { target: 'test' });
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      refusing('changeEnvironmentSettings').with(
        new DaypassError(code, undefined, [
          { path: '/a', message: 'first' },
          { path: '/b', message: 'second' },
        ]),
      );
      const page = await save();
      if (mendable.includes(code)) {
        expect([code, ...below(outline(page))]).toEqual([
          code,
          ERRORS[code].status === 403 ? 403 : 422,
          'Environments',
          `Environments ${said[code] ?? ERRORS[code].title} first second${code === 'EMAIL_TAKEN' ? ` ${ERRORS.EMAIL_TAKEN.title}` : ''}`,
        ]);
      } else {
        expect([code, page.status, page.text]).toEqual([code, ERRORS[code].status, code]);
      }
    }
    refusing('changeEnvironmentSettings').with(new DaypassError('CONFLICT', 'It was just published'));
    expect(below(outline(await save()))[2]).toBe('Environments It was just published.');
    refusing('changeEnvironmentSettings').with(new TypeError('broken'));
    expect((await save()).status).toBe(500);
  });
});

describe('one’s own account', () => {
  const session = (id: string, current: boolean) => ({
    id,
    signedInAt: '2026-02-28T08:00:00.000Z',
    expiresAt: '2026-03-01T20:00:00.000Z',
    current,
  });
  const signedOut =
    '__Host-dp_session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure';
  const row = (id: string, here = '') =>
    `28 February 2026 at 08:00 UTC${here} 1 March 2026 at 20:00 UTC <form here> ${TOKEN} {session=${id}} (Sign out)`;

  it('shows the browsers that it is signed in with', async () => {
    answering({ listSessions: [session('s1', true), session('s2', false)] });
    const page = await open('/account');
    const shown = `Dora Dispatch dispatcher Where you are signed in Sessions Signed in Ends Sign out ${row('s1', ' (this browser)')} ${row('s2')} <form here> ${TOKEN} (Sign out everywhere)`;
    expect(outline(page)).toEqual([200, `My account – ${SITE}`, shown]);
    expect(surroundings(page)[0]).toContain(`${TOKEN} [Dora Dispatch](/account) (Sign out)`);
    expect(asked[0]).toEqual(['listSessions', runtime, user]);
    const named = [{ id: 'dispatcher', name: 'Dispatcher', environments: [] }];
    answering({ readSettings: { settings: { ...settings, roles: named } } });
    expect(outline(await open('/account'))[2]).toBe(shown.replace('dispatcher', 'Dispatcher'));
    const principal = JSON.stringify({
      type: 'user',
      name: 'Nina',
      email: 'n@abc.example',
      roles: [],
      profiles: [],
    });
    const bare = await send(at('GET', '/account', {}, { context: { ...userContext, principal } }));
    expect(outline(bare)[2]).toMatch(/^Nina n@abc.example · no role yet Where/);
  });

  it('is signed out of one browser, of this one, or everywhere', async () => {
    answering({ endSession: undefined, endSessions: undefined });
    const other = await press('/account', { session: 's2' });
    expect([leadsToSaying(other), other.cookies.length, asked]).toEqual([
      [303, '/account', 'The other browser is signed out.'],
      1,
      [['endSession', runtime, user, 's2']],
    ]);
    asked.length = 0;
    const own = userContext.credentialId ?? '';
    const here = await press('/account', { session: own });
    expect([leadsToSaying(here, null), here.cookies[0], asked]).toEqual([
      [303, '/', 'You are signed out.'],
      signedOut,
      [['endSession', runtime, user, own]],
    ]);
    asked.length = 0;
    const all = await press('/account', {});
    expect([leadsToSaying(all, null), all.cookies[0], asked]).toEqual([
      [303, '/', 'You are signed out everywhere.'],
      signedOut,
      [['endSessions', runtime, user.principalId]],
    ]);
  });
});

describe('users', () => {
  const ada = { id: 'u1', name: 'Ada Long', email: 'ada@abc.example', roles: ['desk', 'Owner', 'gone'] };
  const find = (search = '') => `<form here> Name or email {search=${search}} (Find)`;
  const creating = (once: string, [first, last, email]: string[] = ['', '', ''], ...chosen: string[]) =>
    `New user <form /manage/users> ${TOKEN} {once=${once}} First name {firstName=${first}} Last name {lastName=${last}} Email {email=${email}} They sign in with it. It cannot be changed later. Roles ${roleBoxes(...chosen)} (Create user)`;
  const table = 'Users Name Email Roles [Ada Long](/manage/users/u1) ada@abc.example Desk, Owner, gone';

  it('are listed fifty at a time, as they were searched for, with the names of their roles', async () => {
    answering({ listUsers: { items: [ada], cursor: 'c 2' } });
    const page = await open('/manage/users', {}, 'search=a+l&cursor=c1');
    expect(below(outline(page))).toEqual([
      200,
      'Users',
      `Users ${find('a l')} ${table} [Show more](/manage/users?search=a+l&cursor=c+2) ${creating('id-1')}`,
    ]);
    expect(handedOn()).toEqual([['listUsers', WHO, { limit: 50, search: 'a l', cursor: 'c1' }]]);
    answering({ listUsers: { items: [] } });
    expect(below(outline(await open('/manage/users')))[2]).toBe(
      `Users ${find()} Nobody is called so. ${creating('id-2')}`,
    );
    expect(handedOn()).toEqual([['listUsers', WHO, { limit: 50 }]]);
  });

  it('are created once from what was typed, which comes back where it is refused', async () => {
    answering({ createUser: ada, listUsers: { items: [] } });
    const typed = { firstName: 'Ada', lastName: 'Long', email: 'ada@abc.example' };
    const sent = { ...typed, roles: ['desk', 'Owner'], once: 'o1' };
    expect(leadsToSaying(await press('/manage/users', sent))).toEqual([
      303,
      '/manage/users',
      'User Ada Long created.',
    ]);
    expect(handedOn()).toEqual([['createUser', WHO, { ...typed, roles: ['desk', 'Owner'] }, 'o1']]);
    refusing('createUser').with(
      new DaypassError('FORBIDDEN', undefined, [{ path: '/roles/0', message: 'reaches further' }]),
    );
    const page = below(outline(await press('/manage/users', sent)));
    expect(page.slice(0, 2)).toEqual([403, 'Users']);
    expect(page[2]).toBe(
      `Users ${ERRORS.FORBIDDEN.title} [Reaches further](#f-roles) ${find()} Nobody is called so. ${creating('id-1', Object.values(typed), 'desk', 'Owner').replace(' (Create user)', ' Error: Reaches further (Create user)')}`,
    );
    answering({ createUser: ada });
    await press('/manage/users', { roles: 'desk' });
    expect(handedOn()).toEqual([
      ['createUser', WHO, { firstName: '', lastName: '', email: '', roles: ['desk'] }, undefined],
    ]);
  });

  const user = {
    ...ada,
    firstName: 'Ada',
    lastName: 'Long',
    version: 4,
    environments: ['test', 'production'],
  };
  const one = { user: 'u1' };
  const USER = '/manage/users/{user}';
  const formsOf = (first: string, last: string, ...chosen: string[]) =>
    `ada@abc.example · signs in to test, production <form here> ${TOKEN} {action=save} {version=4} First name {firstName=${first}} Last name {lastName=${last}} Roles ${roleBoxes(...chosen)} (Save user) Sessions <form here> ${TOKEN} {action=signOut} {version=4} (Sign out everywhere) Delete The account ends in all environments, for good. What they did stays in the history. <form here> ${TOKEN} {action=delete} {version=4} They can sign in here. Tick each to confirm: {confirm=test} test {confirm=production} production (Delete user)`;

  it('have a page with their names and roles', async () => {
    answering({ readUser: user });
    // What an address says of what was done is not what was done.
    const page = await open(USER, one, 'done=saved');
    expect(below(outline(page))).toEqual([
      200,
      'Ada Long',
      `Ada Long ${formsOf('Ada', 'Long', 'desk', 'Owner')}`,
    ]);
    expect(handedOn().slice(0, 1)).toEqual([['readUser', WHO, 'u1']]);
  });

  it('are saved, signed out and deleted by the version that was shown', async () => {
    const fields = {
      version: '4',
      firstName: 'Adah',
      lastName: 'Longer',
      roles: 'desk',
      confirm: ['test', 'production'],
    };
    const act = async (action: string) => leadsToSaying(await press(USER, { ...fields, action }, one));
    answering({ updateUser: user, signOutUser: { name: 'Ada Long', ended: 2 }, deleteUser: user });
    expect(await act('save')).toEqual([303, '/manage/users/u1', 'User Ada Long saved.']);
    expect(await act('signOut')).toEqual([303, '/manage/users/u1', 'Ada Long is signed out everywhere.']);
    expect(await act('delete')).toEqual([303, '/manage/users', 'User Ada Long deleted.']);
    expect(handedOn()).toEqual([
      ['updateUser', WHO, 'u1', { firstName: 'Adah', lastName: 'Longer', roles: ['desk'] }, 4],
      ['signOutUser', WHO, 'u1'],
      ['deleteUser', WHO, 'u1', { confirmed: ['test', 'production'], expectedVersion: 4 }],
    ]);
    answering({ updateUser: user });
    await press(USER, { action: 'save', version: 'x' }, one);
    expect(handedOn()).toEqual([
      ['updateUser', WHO, 'u1', { firstName: '', lastName: '', roles: [] }, Number.NaN],
    ]);
  });

  it('whose change is refused are shown with what was typed, where it was a change of names and roles', async () => {
    answering({ readUser: user });
    refusing('updateUser', 'deleteUser').with(new DaypassError('VERSION_MISMATCH'));
    const fields = { version: '3', firstName: 'Adah', lastName: 'Longer', roles: 'clerk' };
    const why = 'Ada Long Somebody else changed this meanwhile. Check it, then send it again.';
    const page = below(outline(await press(USER, { ...fields, action: 'save' }, one)));
    expect(page.slice(0, 2)).toEqual([422, 'Ada Long']);
    // Beside what was typed stands what somebody else has stored.
    const stored = [
      '[First name: now stored as “Ada”](#f-firstName)',
      '[Last name: now stored as “Long”](#f-lastName)',
      '[Roles: now stored as “Desk, Owner, gone”](#f-roles)',
    ];
    expect(page[2]).toContain(`${why} ${stored.join(' ')} ada@abc.example`);
    expect(page[2]).toContain('{firstName=Adah} Error: First name: now stored as “Ada”');
    expect(page[2]).toContain(roleBoxes('clerk'));
    expect(below(outline(await press(USER, { ...fields, action: 'delete' }, one)))[2]).toBe(
      `${why} ${formsOf('Ada', 'Long', 'desk', 'Owner')}`,
    );
  });
});

describe('service accounts', () => {
  const ACCOUNT = '/manage/service-accounts/{account}';
  const one = { account: 'a1' };
  const account = {
    id: 'a1',
    type: 'serviceAccount',
    name: 'Payroll',
    roles: ['desk'],
    version: 2,
    keys: [],
    createdAt: '2026-02-01T08:00:00.000Z',
    ...{ environments: ['production'] },
  };
  const robot = { ...account, type: 'robot', name: 'Robot', apps: ['parts', 'secret'], environments: [] };
  const creating = (once: string) =>
    `New service account <form /manage/service-accounts> ${TOKEN} {once=${once}} Name {name=} Roles ${customBoxes()} (Create service account)`;
  const saving = (name: string) =>
    `<form here> ${TOKEN} {action=save} {version=2} Name {name=${name}} Roles ${customBoxes('desk')} (Save service account)`;
  const deleting = `Delete <form here> ${TOKEN} {action=delete} It works here. Tick each to confirm: {confirm=production} production (Delete service account)`;

  it('are listed fifty at a time, robots among them', async () => {
    answering({
      listServiceAccounts: { items: [account, { ...robot, id: 'a2', roles: [] }], cursor: 'c 2' },
    });
    expect(below(outline(await open('/manage/service-accounts', {}, 'cursor=c1')))).toEqual([
      200,
      'Service accounts',
      `Service accounts Service accounts and robots Name Kind Roles [Payroll](/manage/service-accounts/a1) service account Desk [Robot](/manage/service-accounts/a2) robot – [Show more](/manage/service-accounts?cursor=c+2) ${creating('id-1')}`,
    ]);
    expect(handedOn()).toEqual([['listServiceAccounts', WHO, { limit: 50, cursor: 'c1' }]]);
  });

  it('are created once, with a name', async () => {
    answering({ createServiceAccount: account, listServiceAccounts: { items: [] } });
    const sent = { name: 'Payroll', roles: ['desk', 'clerk'], once: 'o1' };
    expect(leadsToSaying(await press('/manage/service-accounts', sent))).toEqual([
      303,
      '/manage/service-accounts',
      'Service account Payroll created.',
    ]);
    expect(handedOn()).toEqual([
      ['createServiceAccount', WHO, { name: 'Payroll', roles: ['desk', 'clerk'] }, 'o1'],
    ]);
    asked.length = 0;
    expect(below(outline(await press('/manage/service-accounts', { name: '  ' })))).toEqual([
      422,
      'Service accounts',
      `Service accounts Please correct what is marked [Enter a name](#f-name) There are none. ${creating('id-1').replace('{name=}', '{name= } Error: Enter a name')}`,
    ]);
    expect(handedOn()).toEqual([['listServiceAccounts', WHO, { limit: 50 }]]);
  });

  it('have a page with their roles; a robot’s has the apps that the reader may see, and those it has already', async () => {
    answering({ readServiceAccount: account });
    const page = below(outline(await open(ACCOUNT, one)));
    expect(page.slice(0, 2)).toEqual([200, 'Payroll']);
    expect(page[2]).toMatch(/^Payroll /);
    expect(page[2]).toContain(saving('Payroll'));
    expect(page[2]).toContain(deleting);
    expect(page[2]).not.toContain('{apps=');
    answering({
      readServiceAccount: robot,
      mayDesign: (_: unknown, _action: string, { app }: { app: string }) => app === 'orders',
    });
    const ofRobot = below(outline(await open(ACCOUNT, one)))[2] as string;
    expect(ofRobot).toContain(
      `<form here> ${TOKEN} {action=save} {version=2} {robot=yes} Name {name=Robot} Roles ${customBoxes('desk')} Apps whose tasks and services it runs; who designs them uses its rights {apps=orders} Orders (orders) {apps=parts*} parts {apps=secret*} secret (Save robot)`,
    );
    expect(ofRobot).not.toContain('action=delete');
    expect(asked.filter(([name]) => name === 'mayDesign').map(([, , ...given]) => given)).toEqual([
      ['design:read', { type: 'app', app: 'orders' }],
      ['design:read', { type: 'app', app: 'parts' }],
    ]);
    answering({ readServiceAccount: robot, mayDesign: () => true });
    expect(below(outline(await open(ACCOUNT, one)))[2]).toContain(
      '{apps=orders} Orders (orders) {apps=parts*} Parts (parts) {apps=secret*} secret (Save robot)',
    );
  });

  it('are saved, deleted and lose keys as the forms say', async () => {
    answering({
      updateServiceAccount: account,
      deleteServiceAccount: account,
      revokeKey: { name: 'Nightly' },
    });
    const act = async (fields: Record<string, string | string[]>) =>
      leadsToSaying(await press(ACCOUNT, fields, one));
    const here = '/manage/service-accounts/a1';
    const saved = [303, here, 'Payroll saved.'];
    expect(await act({ action: 'save', version: '2', name: 'Wages', roles: 'desk' })).toEqual(saved);
    expect(await act({ action: 'save', version: '2', name: 'Robot', robot: 'yes' })).toEqual(saved);
    const apps = ['orders', 'parts'];
    expect(await act({ action: 'save', version: '2', name: 'Robot', robot: 'yes', apps })).toEqual(saved);
    expect(await act({ action: 'save', name: 'Wages' })).toEqual(saved);
    expect(await act({ action: 'revokeKey', key: 'k1' })).toEqual([303, here, 'Key Nightly revoked.']);
    expect(await act({ action: 'delete', confirm: ['test', 'production'] })).toEqual([
      303,
      '/manage/service-accounts',
      'Service account Payroll deleted.',
    ]);
    expect(handedOn()).toEqual([
      ['updateServiceAccount', WHO, 'a1', { roles: ['desk'], name: 'Wages' }, 2],
      ['updateServiceAccount', WHO, 'a1', { roles: [], name: 'Robot', apps: [] }, 2],
      ['updateServiceAccount', WHO, 'a1', { roles: [], name: 'Robot', apps }, 2],
      // Without a version it fits nothing.
      ['updateServiceAccount', WHO, 'a1', { roles: [], name: 'Wages' }, Number.NaN],
      ['revokeKey', WHO, 'a1', 'k1'],
      ['deleteServiceAccount', WHO, 'a1', ['test', 'production']],
    ]);
  });

  it('get keys for an environment or the whole site, to the end of a day, once for one form', async () => {
    answering({ createKey: { id: 'k1', key: 'dp_k_secret' }, readServiceAccount: account });
    const key = { action: 'createKey', name: 'Nightly', environment: 'staging', until: '2026-03-09' };
    const made = await press(ACCOUNT, { ...key, once: 'o1' }, one);
    expect([leadsTo(made), made.text]).toEqual([[303, '/manage/service-accounts/a1/keys/k1'], '']);
    expect(JSON.stringify(made)).not.toContain('dp_k_secret');
    await press(ACCOUNT, { ...key, environment: 'site' }, one);
    const expiresAt = Date.parse('2026-03-10T00:00:00Z');
    expect(handedOn().filter(([name]) => name === 'createKey')).toEqual([
      ['createKey', WHO, 'a1', { name: 'Nightly', reach: 'staging', expiresAt }, 'o1'],
      ['createKey', WHO, 'a1', { name: 'Nightly', reach: 'site', expiresAt }, undefined],
    ]);
    asked.length = 0;
    for (const [change, words] of [
      [{ name: ' ' }, '[Say what the key is for](#key-name)'],
      [{ environment: '' }, '[Choose one environment for the key, or the whole site](#f-environment)'],
      [{ environment: 'prod' }, '[Choose one environment for the key, or the whole site](#f-environment)'],
      [{ until: '' }, '[Enter the last day of the key](#f-until)'],
      [{ until: '2026-02-30' }, '[Enter the last day of the key](#f-until)'],
    ] as const) {
      const refused = below(outline(await press(ACCOUNT, { ...key, ...change }, one)));
      expect([refused[0], refused[2]]).toEqual([
        422,
        expect.stringContaining(`Payroll Please correct what is marked ${words}`),
      ]);
    }
    expect(handedOn().some(([name]) => name === 'createKey')).toBe(false);
  });
});

describe('the page of a key', () => {
  const KEY = '/manage/service-accounts/{account}/keys/{key}';
  const ACCOUNT = '/manage/service-accounts/{account}';
  const key = {
    id: 'k1',
    name: 'Nightly',
    environment: 'staging',
    roles: ['desk'],
    createdAt: '2026-03-01T12:00:00.000Z',
    expiresAt: '2026-03-10T00:00:00.000Z',
  };
  const account = { id: 'a1', type: 'serviceAccount', name: 'Payroll', roles: ['desk'], keys: [key] };
  const place = { account: 'a1', key: 'k1' };
  const facts = 'For staging Carries the roles Desk Ends the end of Mon, 9 March 2026 Last used never';
  const revoking = `<form /manage/service-accounts/a1> ${TOKEN} {action=revokeKey} {key=k1} (Revoke key)`;
  const once =
    '[Payroll](/manage/service-accounts/a1) Nightly The key is shown only once, when it is made. Is it lost?';

  it('shows the key to whoever has just made it, once, and to nobody else', async () => {
    answering({
      createKey: { id: 'k1', key: 'dp_k_secret' },
      readServiceAccount: account,
      showNewKey: { ...key, key: 'dp_k_secret' },
    });
    const fields = { action: 'createKey', name: 'Nightly', environment: 'staging', until: '2026-03-09' };
    const made = await press(ACCOUNT, fields, { account: 'a1' });
    const cookies = made.cookies.map((line) => line.split(';')[0] ?? '');
    asked.length = 0;
    const shown = await send(at('GET', KEY, place, { ...signedIn, cookies }));
    expect(below(outline(shown))).toEqual([
      200,
      'Nightly',
      `[Payroll](/manage/service-accounts/a1) Nightly This is the key. It is shown only this once: copy it now to where it is needed. dp_k_secret ${facts} ${revoking}`,
    ]);
    expect(shown.cookies).toEqual([expect.stringContaining(`${cookies[0]?.split('=')[0]}=; `)]);
    expect(handedOn()).toEqual([
      ['readServiceAccount', WHO, 'a1'],
      ['showNewKey', WHO, 'a1', 'k1'],
    ]);
    asked.length = 0;
    const principalId = 'V'.repeat(22);
    for (const more of [signedIn, { context: { ...userContext, principalId }, cookies }]) {
      const page = await send(at('GET', KEY, place, more));
      expect(page.text).not.toContain('dp_k_secret');
      expect(below(outline(page))[2]).toContain(`${once} Revoke this one and make another one. ${facts}`);
    }
    expect(handedOn().some(([name]) => name === 'showNewKey')).toBe(false);
  });

  it('says of one that is over when it ended, and offers nothing to revoke', async () => {
    for (const [change, ends] of [
      [{ endedAt: '2026-02-28T12:00:00.000Z' }, 'Revoked 28 February 2026 at 12:00 UTC'],
      [{ expiresAt: '2026-03-01T12:00:00.000Z' }, 'Ended 1 March 2026 at 12:00 UTC'],
    ] as const) {
      answering({ readServiceAccount: { ...account, keys: [{ ...key, ...change }] } });
      expect(below(outline(await open(KEY, place)))[2]).toBe(
        `${once} Make another one. For staging Carries the roles Desk ${ends} Last used never`,
      );
    }
    answering({ readServiceAccount: { ...account, keys: [] } });
    expect((await open(KEY, place)).text).toBe('NOT_FOUND');
  });
});

describe('environments', () => {
  const test = {
    environment: 'test',
    accounts: { manipulation: true, deletion: false },
    welcomeMail: { subject: 'Hello', body: 'Welcome here' },
    version: 5,
  };

  it('show what apps may do with accounts there, and the welcome mail', async () => {
    answering({
      listEnvironments: [
        test,
        { ...test, environment: 'production', accounts: { manipulation: false, deletion: true } },
      ],
    });
    const form = (name: string, allowed: string) =>
      `${name} <form /manage/environments/${name}> ${TOKEN} {version=5} Apps may ${boxes(
        'allow',
        [allowed],
        [
          ['manipulation', 'create and update user accounts'],
          ['deletion', 'delete user accounts'],
        ],
      )} Subject of the welcome mail {subject=Hello} Text of the welcome mail {body} Welcome here (Save ${name})`;
    expect(below(outline(await open('/manage/environments')))).toEqual([
      200,
      'Environments',
      `Environments ${form('test', 'manipulation')} ${form('production', 'deletion')}`,
    ]);
    expect(handedOn()).toEqual([['listEnvironments', WHO]]);
  });

  it('are saved as the form says; a welcome mail needs both its parts', async () => {
    answering({ changeEnvironmentSettings: test });
    const save = async (fields: Record<string, string | string[]>, target = 'test') => {
      const answer = await press('/manage/environments/{target}', { version: '5', ...fields }, { target });
      return answer.headers.location ? leadsToSaying(answer).slice(1) : answer.text;
    };
    const set = (manipulation: boolean, deletion: boolean, more = {}) => [
      'changeEnvironmentSettings',
      WHO,
      'test',
      { accounts: { manipulation, deletion }, ...more },
      5,
    ];
    expect(await save({ allow: ['manipulation', 'deletion'], subject: ' Hi ', body: ' Text ' })).toEqual([
      '/manage/environments',
      'Settings of test saved.',
    ]);
    const both = { welcomeMail: { subject: 'Hi', body: 'Text' } };
    expect(handedOn()).toEqual([set(true, true, both)]);
    answering({ changeEnvironmentSettings: test, listEnvironments: [test] });
    // What was typed comes back, beside what is missing; without both the usual mail is sent.
    for (const [fields, words] of [
      [{ subject: 'Hi', body: ' ' }, '[Enter a text for the welcome mail](#f-test-body)'],
      [{ subject: '', body: 'Text' }, '[Enter a subject for the welcome mail](#f-test-subject)'],
    ] as const) {
      const page = String(await save({ allow: 'deletion', ...fields }));
      expect(page).toContain('Please correct what is marked');
      expect(outline({ text: page } as never)[2]).toContain(words);
      expect(outline({ text: page } as never)[2]).toContain(`{subject=${fields.subject}}`);
    }
    await save({ allow: 'deletion', subject: ' ', body: '' });
    expect(await save({}, 'prod')).toBe('NOT_FOUND');
    expect(handedOn()).toEqual([['listEnvironments', WHO], ['listEnvironments', WHO], set(false, true)]);
  });
});

describe('lists', () => {
  const state = {
    environment: 'staging',
    app: 'orders',
    appName: 'Orders',
    recordType: 'order',
    name: 'Work orders',
    ready: true,
    mayRebuild: true,
  };
  const intro =
    'Lists Lists show what was written for them with each record. Refreshing writes it anew for all records, which can be worked with meanwhile.';
  const button = `<form /manage/lists/staging/orders/order> ${TOKEN} (Refresh searchable fields)`;

  it('show how they are, and begin to be written anew', async () => {
    answering({ listAllIndexStates: [state], startRebuild: state });
    expect(below(outline(await open('/manage/lists')))).toEqual([
      200,
      'Lists',
      `${intro} staging Lists in staging Records Lists Last refresh Refresh Work orders (Orders) complete none yet ${button}`,
    ]);
    expect(handedOn()).toEqual([['listAllIndexStates', WHO]]);
    asked.length = 0;
    const begin = (target: string) =>
      press('/manage/lists/{target}/{app}/{recordType}', {}, { target, app: 'orders', recordType: 'order' });
    expect(leadsToSaying(await begin('staging'))).toEqual([
      303,
      '/manage/lists',
      'Refreshing Work orders in staging has begun. This page shows how far it has come.',
    ]);
    expect(handedOn()).toEqual([['startRebuild', WHO, 'staging', 'orders', 'order']]);
    expect((await begin('prod')).text).toBe('NOT_FOUND');
    refusing('startRebuild').with(new DaypassError('CONFLICT', 'It is under way'));
    const refused = below(outline(await begin('staging')));
    expect([refused[0], refused[2]]).toEqual([
      422,
      expect.stringContaining('Lists It is under way. Lists show'),
    ]);
  });
});

describe('the journal', () => {
  it('is read fifty at a time, of one kind or one subject where that is asked for', async () => {
    answering({ readDesignJournal: { items: [], cursor: 'c 2' } });
    const kinds = ['app', 'role', 'user', 'serviceAccount', 'robot', 'environment']
      .map(
        (kind) =>
          `[${kind === 'serviceAccount' ? 'service account' : kind}s](/manage/journal?subject=${kind})`,
      )
      .join(' ');
    const shown = `Journal [all](/manage/journal) ${kinds} Nothing of this kind has been changed.`;
    expect(below(outline(await open('/manage/journal', {}, 'subject=role%2Fdesk&cursor=c1')))).toEqual([
      200,
      'Journal',
      `${shown} [Show more](/manage/journal?subject=role%2Fdesk&cursor=c+2)`,
    ]);
    expect(handedOn()).toEqual([
      ['readDesignJournal', WHO, { limit: 50, subject: 'role/desk', cursor: 'c1' }],
    ]);
    asked.length = 0;
    expect(below(outline(await open('/manage/journal')))[2]).toBe(
      `${shown} [Show more](/manage/journal?cursor=c+2)`,
    );
    expect(handedOn()).toEqual([['readDesignJournal', WHO, { limit: 50 }]]);
  });
});

describe('roles', () => {
  const ROLE = '/manage/roles/{role}';
  const one = { role: 'desk' };
  const desk = {
    id: 'desk',
    name: 'Desk',
    description: 'Front desk',
    environments: ['production'],
    accounts: { create: true, assign: ['clerk'] },
    services: ['report'],
    design: { apps: { orders: ['read', 'publish'] }, roles: ['read'] },
    version: 3,
  };
  const ENVIRONMENTS = ['development', 'test', 'staging', 'production'];
  const where = (name: string, ...chosen: string[]) =>
    boxes(
      name,
      chosen,
      ENVIRONMENTS.map((each) => [each, each] as const),
    );

  beforeEach(() => {
    runtime.published = nothingPublished;
  });

  it('are listed, with a matrix of the environment that was asked for, or production', async () => {
    const published: string[] = [];
    runtime.published = async (environment: string) => {
      published.push(environment);
      throw new DaypassError('NOT_FOUND');
    };
    for (const [query, environment] of [
      ['', 'production'],
      ['environment=staging', 'staging'],
      ['environment=prod', 'production'],
    ] as const) {
      const page = below(outline(await open('/manage/roles', {}, query)));
      expect(page.slice(0, 2)).toEqual([200, 'Roles']);
      expect([published.pop(), page[2]]).toEqual([
        environment,
        expect.stringContaining('[Desk](/manage/roles/desk) production'),
      ]);
    }
    runtime.published = async () => {
      throw new DaypassError('UNAVAILABLE');
    };
    expect((await open('/manage/roles')).status).toBe(503);
  });

  it('are created from what was typed, which comes back where it is refused', async () => {
    answering({ createRole: desk });
    const typed = {
      id: 'guests',
      name: 'Guests',
      description: 'Visitors',
      environments: ['test', 'staging'],
    };
    expect(leadsToSaying(await press('/manage/roles', typed))).toEqual([
      303,
      '/manage/roles',
      'Role Guests created.',
    ]);
    await press('/manage/roles', { id: 'guests', name: 'Guests', environments: 'test' });
    expect(handedOn()).toEqual([
      ['createRole', WHO, typed],
      ['createRole', WHO, { id: 'guests', name: 'Guests', environments: ['test'] }],
    ]);
    refusing('createRole').with(new DaypassError('ALREADY_EXISTS'));
    const page = below(outline(await press('/manage/roles', typed)));
    expect([page[0], page[2]]).toEqual([
      422,
      expect.stringContaining(
        `New role <form /manage/roles> ${TOKEN} Name {name=Guests} What it is for {description=Visitors} Signs in to ${where('environments', 'test', 'staging')} Id (optional) {id=guests} Apps name the role by it, and it stays. Left empty, it is made of the name: “Night Desk” becomes “night-desk”. (Create role)`,
      ),
    ]);
    asked.length = 0;
    const wrong = below(outline(await press('/manage/roles', { ...typed, id: 'No Id' })));
    expect([wrong[0], wrong[2]]).toEqual([
      422,
      expect.stringMatching(
        /^Roles Please correct what is marked \[An id starts with a small letter; .*\]\(#f-id\)/,
      ),
    ]);
    expect(handedOn().some(([name]) => name === 'createRole')).toBe(false);
    const nameless = below(outline(await press('/manage/roles', { name: ' ' })))[2];
    expect(nameless).toMatch(/^Roles Please correct what is marked \[Enter a name\]\(#f-name\) Roles /);
    // Without an id the name makes one.
    answering({ createRole: desk });
    await press('/manage/roles', { name: '1. Nächt Desk' });
    expect(handedOn()[0]?.[2]).toEqual({ id: 'nacht-desk', name: '1. Nächt Desk', environments: [] });
  });

  const formsOf = (role: typeof desk) =>
    `<form here> ${TOKEN} {action=save} {version=3} Name {name=${role.name}} What it is for {description=Front desk} Signs in to ${where('environments', 'production')} With user accounts, from apps, it may ${boxes(
      'accounts',
      ['create'],
      ['create', 'update', 'delete'].map((each) => [each, each] as const),
    )} and give or take away the roles ${boxes(
      'assign',
      ['clerk'],
      [
        ['clerk', 'Clerks'],
        ['desk', 'Desk'],
      ],
    )} It publishes orders to ${where('publish', ...ENVIRONMENTS)} (Save role) Remove A role can be removed while nobody and nothing uses it. Its id is not used again. <form here> ${TOKEN} {action=remove} {version=3} (Remove role)`;

  it('have a page with what they may do', async () => {
    answering({ readRole: desk });
    expect(below(outline(await open(ROLE, one)))).toEqual([200, 'Desk', `Desk ${formsOf(desk)}`]);
    expect(handedOn()).toEqual([
      ['readRole', WHO, 'desk'],
      ['listRoles', WHO],
    ]);
  });

  it('are changed as the form says, and keep what it does not show', async () => {
    answering({ readRole: desk, changeRole: desk, removeRole: desk });
    const save = async (fields: Record<string, string | string[]>) => {
      const answer = await press(ROLE, { action: 'save', version: '3', ...fields }, one);
      expect(leadsToSaying(answer)).toEqual([
        303,
        '/manage/roles/desk',
        'Role Desk saved, in every environment.',
      ]);
      const [, , id, role, version] = handedOn().findLast(([name]) => name === 'changeRole') ?? [];
      expect([id, version]).toEqual(['desk', 3]);
      return role;
    };
    const kept = { services: ['report'] };
    const { design } = desk;
    expect(
      await save({
        name: 'Front',
        description: 'New',
        environments: ['test', 'staging'],
        accounts: ['update', 'delete'],
        assign: ['clerk', 'desk'],
        publish: ['test', 'staging'],
      }),
    ).toEqual({
      ...kept,
      name: 'Front',
      description: 'New',
      environments: ['test', 'staging'],
      accounts: { update: true, delete: true, assign: ['clerk', 'desk'] },
      design: { ...design, publish: ['test', 'staging'] },
    });
    const bare = { ...kept, name: 'Front', environments: [], accounts: {} };
    expect(await save({ name: 'Front', publish: ENVIRONMENTS })).toEqual({ ...bare, design });
    expect(await save({ name: 'Front' })).toEqual({ ...bare, design: { ...design, publish: [] } });
    // Where it is named already it stays named, and what publishes nothing has no say.
    answering({ readRole: { ...desk, design: { ...design, publish: ['test'] } } });
    expect(await save({ name: 'Front', publish: ENVIRONMENTS })).toEqual({
      ...bare,
      design: { ...design, publish: ENVIRONMENTS },
    });
    const reader = { apps: { orders: ['read'] }, publish: ['test'] };
    answering({ readRole: { ...desk, design: reader } });
    expect(await save({ name: 'Front', publish: ['staging'] })).toEqual({ ...bare, design: reader });

    asked.length = 0;
    expect(leadsToSaying(await press(ROLE, { action: 'remove', version: '3' }, one))).toEqual([
      303,
      '/manage/roles',
      'Role Desk removed.',
    ]);
    expect(handedOn()).toEqual([['removeRole', WHO, 'desk', 3]]);
  });

  it('whose change is refused come back with what was typed, and what somebody else has stored meanwhile', async () => {
    answering({ readRole: desk });
    refusing('changeRole', 'removeRole').with(new DaypassError('ROLE_IN_USE'));
    const removing = await press(ROLE, { action: 'remove', version: '3', name: 'Front' }, one);
    const kept = [422, 'Desk', `Desk ${ERRORS.ROLE_IN_USE.title} ${formsOf(desk)}`];
    expect(below(outline(removing))).toEqual(kept);
    // What was typed is not lost.
    const typed = { name: 'Front', environments: 'test', publish: 'staging' };
    const page = below(outline(await press(ROLE, { action: 'save', version: '3', ...typed }, one)))[2];
    expect(page).toContain('{name=Front} What it is for {description=}');
    expect(page).toContain(where('environments', 'test'));
    expect(page).toContain(where('publish', 'staging'));
    refusing('changeRole').with(new DaypassError('VERSION_MISMATCH'));
    const overtaken = await press(ROLE, { action: 'save', version: '3', ...typed }, one);
    expect(below(outline(overtaken))[2]).toContain('[Name: now stored as “Desk”](#f-name)');
  });
});
