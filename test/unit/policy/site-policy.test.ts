import { appFacts } from '../../../core/policy/facts.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import {
  accessListProblems,
  freezeAccessLists,
  parseListEntry,
} from '../../../core/policy/sources/freeze-lists.ts';
import { exampleApps } from '../../fixtures/property-management.ts';

type Input = Parameters<typeof sitePolicy>[0];
const apps = exampleApps();
const role = (id: string, more: object = {}) =>
  ({ id, name: id, environments: [], ...more }) as Input['roles'][number];
const ROLES = ['robot', 'dispatcher', 'property-contractors', 'property-managers'];
const rulesOf = (input: Partial<Input>) => sitePolicy({ apps: [], roles: [], ...input }).rules;
const find = (input: Partial<Input>, start: string) =>
  rulesOf(input)
    .filter(({ id }) => id.startsWith(start))
    .map(({ id, actions, subjects }) => [
      id,
      actions,
      subjects.map((each) => ('id' in each ? each.id : each.kind)),
    ]);

describe('the policy of an environment', () => {
  it('holds the rules of built-in roles, and of signing in, for an empty site too', () => {
    const ids = rulesOf({}).map(({ id }) => id);
    expect(ids).toContain('built-in/appOwner');
    expect(ids).toContain('built-in/Developer/signIn/development');
    expect(find({ roles: [role('r1', { environments: ['test'] })] }, 'roles/')).toEqual([
      ['roles/r1/signIn/test', ['signIn'], ['r1']],
    ]);
  });

  it('holds what roles may do with accounts where the environment lets apps do so, and not otherwise', () => {
    const roles = [
      role('r1', { accounts: { create: true, update: true, delete: true, assign: ['r2'] } }),
      role('r2', { accounts: { update: true } }),
      role('r3'),
    ];
    const accounts = { manipulation: true, deletion: true };
    expect(find({ roles, accounts }, 'accounts/')).toEqual([
      ['accounts/r1', ['create', 'update', 'delete'], ['r1']],
      ['accounts/r1/assign/r2', ['assign', 'remove'], ['r1']],
      ['accounts/r2', ['update'], ['r2']],
    ]);
    expect(find({ roles, accounts: { manipulation: true, deletion: false } }, 'accounts/')[0]).toEqual([
      'accounts/r1',
      ['create', 'update'],
      ['r1'],
    ]);
    expect(find({ roles }, 'accounts/')).toEqual([]);
  });

  it('holds each service once, for all roles that may call it', () => {
    const roles = [role('r1', { services: ['s1', 's2'] }), role('r2', { services: ['s1'] }), role('r3')];
    expect(find({ roles }, 'services/')).toEqual([
      ['services/s1', ['call'], ['r1', 'r2']],
      ['services/s2', ['call'], ['r1']],
    ]);
  });

  it('holds the permissions of its apps with the conditions that were checked when they were saved', () => {
    const named = [
      ...new Set(apps.flatMap(({ definition }) => definition.permissions.map((each) => each.role ?? ''))),
    ];
    const policy = sitePolicy({ apps, roles: [...new Set([...ROLES, ...named])].map((id) => role(id)) });
    expect(Object.keys(policy.facts.apps).sort()).toEqual(['contractor-tokens', 'work-orders']);
    expect(policy.facts.roles).toEqual(expect.arrayContaining(named));
    expect(policy.conditions.length).toBeGreaterThan(0);
    const [app] = apps.filter(({ definition }) =>
      definition.permissions.some(({ when }) => when !== undefined),
    );
    if (!app) throw new Error('the example has no condition');
    const unchecked = [{ ...app, expressions: {} }];
    expect(() => sitePolicy({ apps: unchecked, roles: named.map((id) => role(id)) })).toThrow(
      /its condition cannot be used: it was not checked when the app was saved: /,
    );
  });
});

describe('the facts of apps', () => {
  it('say kind, model, operations with their states, views, and the fields that only issuing writes', () => {
    const facts = appFacts(apps.map(({ definition }) => definition));
    const tokens = facts['contractor-tokens'];
    expect(tokens).toMatchObject({ kind: 'tokens', accessModel: 'roles' });
    for (const { definition } of apps) {
      for (const type of definition.recordTypes) {
        const found = facts[definition.id]?.recordTypes[type.id];
        expect(Object.keys(found?.operations ?? {})).toEqual(type.operations.map(({ id }) => id));
        expect(found?.views).toEqual(type.views.map(({ id }) => id));
        for (const { id, kind, from } of type.operations) {
          expect(found?.operations[id]).toEqual(from ? { kind, from } : { kind });
        }
        expect(Object.keys(found?.fields ?? {})).toEqual(
          expect.arrayContaining(type.fields.map(({ id }) => id)),
        );
      }
    }
    const immutable = Object.values(facts).flatMap(({ recordTypes }) =>
      Object.entries(recordTypes).map(([name, type]) => [name, type.immutable]),
    );
    expect(Object.fromEntries(immutable)).toEqual({ contractor: ['token'], 'work-order': [] });
  });
});

describe('mistakes in access lists are told with their place', () => {
  it('and what to write instead', () => {
    const lists = {
      start: [{ user: 'u' }, { field: 'boss' }],
      editForm: [{ field: 'boss' }],
      edit: [{ role: 'r' }, { field: 'x' }],
    };
    expect(accessListProblems(lists, new Set(['boss']))).toEqual([
      { path: '/start/1', message: '{boss} has a value only on a submission; name users and roles' },
      { path: '/editForm/0', message: '{boss} has a value only on a submission; name users and roles' },
      { path: '/edit/1', message: 'the form has no field x' },
    ]);
    const none = () => undefined;
    expect(parseListEntry('{_data.users}', none)).toEqual({
      path: '',
      message: 'a list cannot depend on data of the whole site; name a field of the form',
    });
    expect(parseListEntry('{a b}', none)).toEqual({
      path: '',
      message: 'write a field of the form in braces, such as {Manager}',
    });
    expect(parseListEntry('{1a}', none)).toHaveProperty('message');
    expect(parseListEntry('x{a}', none)).toHaveProperty('message');
    expect(parseListEntry('{a}x', none)).toHaveProperty('message');
    expect(parseListEntry('{a1}', none)).toEqual({ field: 'a1' });
    expect(parseListEntry('Anna', () => 'odd:anna')).toEqual({ unknown: 'Anna' });
  });

  it('while an unknown name reads no field', () => {
    const { lists } = freezeAccessLists(
      { view: [{ unknown: 'Old' }] },
      { undefined: 'Sue' },
      (name) => `principal:${name}`,
    );
    expect(lists.view).toEqual([]);
  });

  it('while unknown names of an imported list are kept and give nothing', () => {
    const lists = { view: [{ unknown: 'Old Name' }, { field: 'who' }] };
    expect(freezeAccessLists(lists, { who: ['', 'Old Name', 'Old Name', 7, null] }, () => undefined)).toEqual(
      {
        lists: { view: [], edit: [], auditTrail: [], administer: [] },
        problems: [{ path: '/values/who', message: 'nobody here is called “Old Name”' }],
      },
    );
  });
});
