import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type {
  AccessRequest,
  Context,
  Reason,
  Resource,
  RuleDraft,
  Subject,
} from '../../../core/policy/types.ts';
import type { Ceiling } from '../../../core/ports.ts';
import { FACTS } from './random.ts';

/** Everybody may do everything: what is denied is denied by a gate. */
const open = (type: RuleDraft['resource']['type'], at: number): RuleDraft => ({
  id: `open${at}`,
  effect: 'allow',
  subjects: [{ kind: 'default' }],
  actions: ['*', 'design:*'],
  resource: { type },
  source: 'test',
});
const TYPES = ['record', 'view', 'app', 'flow', 'service', 'environment', 'account', 'role'] as const;
const document = compilePolicy({ ...FACTS, rules: TYPES.map(open) });

const context: Context = { now: 0, environment: 'production', channel: 'browser' };
const robot: Subject = { type: 'robot', id: 'bot', roles: [] };
const pass = (ceiling?: Ceiling): Subject => ({ type: 'tokenUser', id: 't1', roles: [], ceiling });
const someCase: Resource = {
  type: 'record',
  app: 'desk',
  recordType: 'case',
  id: 'x1',
  state: 'open',
  values: {},
};
const somePass: Resource = {
  type: 'record',
  app: 'passes',
  recordType: 'pass',
  id: 'p1',
  values: { token: 't' },
};
const view: Resource = { type: 'view', app: 'desk', recordType: 'case', id: 'all' };

function reason(
  subject: Subject,
  action: string,
  resource: Resource,
  more: Partial<AccessRequest> = {},
): Reason {
  const [first] = decide(loadPolicy(document), { subject, action, resource, context, ...more }).reasons;
  if (!first) throw new Error('a decision without a reason');
  return first;
}
const GRANTED = { code: 'GRANTED' };
const ceiling = (detail: string) => ({ code: 'CEILING', detail, rules: [] });
const invariant = (detail: string) => ({ code: 'INVARIANT', detail, rules: [] });

describe('the ceiling of a token', () => {
  const only: Ceiling = {
    app: 'desk',
    recordType: 'case',
    operations: ['view'],
    views: ['all'],
    records: ['x1'],
  };

  it.each<[string, Ceiling | undefined, string, Resource, object]>([
    ['there is none', undefined, 'view', someCase, ceiling('none')],
    ['it is kept', only, 'view', someCase, GRANTED],
    ['another app', only, 'view', somePass, ceiling('app')],
    ['another record type', only, 'view', { ...someCase, recordType: 'note' }, ceiling('recordType')],
    ['another operation', only, 'edit', someCase, ceiling('operation')],
    ['another record', only, 'view', { ...someCase, id: 'x2' }, ceiling('record')],
    ['a record without an id', only, 'view', { ...someCase, id: undefined }, ceiling('record')],
    ['a view of it', only, 'open', view, GRANTED],
    ['another view', only, 'open', { ...view, id: 'mine' }, ceiling('view')],
    ['a view without an id', only, 'open', { ...view, id: undefined }, ceiling('view')],
    ['a view of another record type', only, 'open', { ...view, recordType: 'note' }, ceiling('recordType')],
    ['the app', only, 'open', { type: 'app', app: 'desk' }, GRANTED],
    ['designing the app', only, 'design:edit', { type: 'app', app: 'desk' }, ceiling('app')],
    ['another app itself', only, 'open', { type: 'app', app: 'passes' }, ceiling('app')],
    ['a flow', only, 'start', { type: 'flow', id: 'f1', status: 'LIVE' }, ceiling('app')],
    ['a service', only, 'call', { type: 'service', id: 's1' }, ceiling('app')],
    ['an account', only, 'create', { type: 'account' }, ceiling('app')],
    ['an app alone: any record', { app: 'desk' }, 'edit', someCase, GRANTED],
    ['an app alone: any view', { app: 'desk' }, 'open', { ...view, id: 'mine' }, GRANTED],
    ['an app alone: a record without an id', { app: 'desk' }, 'add', { ...someCase, id: undefined }, GRANTED],
    ['no operation at all', { app: 'desk', operations: [] }, 'view', someCase, ceiling('operation')],
    ['no record at all', { app: 'desk', records: [] }, 'view', someCase, ceiling('record')],
  ])('%s', (_title, given, action, resource, expected) => {
    expect(reason(pass(given), action, resource)).toMatchObject(expected);
  });

  it('is asked for after the channel: a pass is used in a browser', () => {
    const elsewhere = { context: { ...context, channel: 'api' as const } };
    expect(reason(pass(), 'view', someCase, elsewhere)).toEqual({ code: 'CHANNEL', rules: [] });
    expect(
      reason(pass({ app: 'desk' }), 'view', someCase, { context: { ...context, channel: 'workflow' } }).code,
    ).toBe('CHANNEL');
    expect(reason(robot, 'view', someCase, elsewhere).code).toBe('GRANTED');
  });

  it('is none of anybody else', () => {
    expect(reason({ ...robot, ceiling: { app: 'passes' } }, 'view', someCase)).toMatchObject(GRANTED);
  });
});

describe('what nobody overrides', () => {
  const flow: Resource = { type: 'flow', id: 'f1', status: 'LIVE' };
  const app: Resource = { type: 'app', app: 'desk', kind: 'records' };
  const list: Resource = {
    ...app,
    members: ['principal:bot', 'principal:u2'],
    proposedMembers: ['principal:u2'],
  };
  const account: Resource = { type: 'account', id: 'u9', roles: [] };
  const kind = invariant("an app's kind never changes");
  const self = invariant('nobody deletes their own account');
  const selfRemoval = invariant('nobody takes themselves off an access list');
  const lastOwner = invariant('the last owner stays');
  const builtIn = invariant('built-in roles are not managed from apps');

  it.each<[string, string, Resource, object]>([
    ['a live flow starts', 'start', flow, GRANTED],
    ['a flow that is ready does not', 'start', { ...flow, status: 'READY' }, { code: 'NOT_LIVE', rules: [] }],
    ['nor one without a status', 'start', { type: 'flow', id: 'f1' }, { code: 'NOT_LIVE' }],
    ['but it is edited', 'design:edit', { ...flow, status: 'READY' }, GRANTED],
    ['and done with as rules say otherwise', 'stop', { ...flow, status: 'READY' }, GRANTED],
    ['an app keeps its kind', 'design:edit', { ...app, proposedKind: 'tokens' }, kind],
    ['the same kind is no change', 'design:edit', { ...app, proposedKind: 'records' }, GRANTED],
    ['no kind is no change', 'design:edit', app, GRANTED],
    ['reading an app asks for no kind', 'design:read', { ...app, proposedKind: 'tokens' }, GRANTED],
    ['nobody leaves a list by themselves', 'design:changeAccessLists', list, selfRemoval],
    [
      'others are taken off',
      'design:changeAccessLists',
      { ...list, proposedMembers: ['principal:bot'] },
      GRANTED,
    ],
    ['who was not on it does not leave it', 'design:changeAccessLists', { ...list, members: [] }, GRANTED],
    [
      'a list that is gone leaves everybody',
      'design:changeAccessLists',
      { ...app, members: ['principal:bot'] },
      selfRemoval,
    ],
    ['no list is no change', 'design:changeAccessLists', app, GRANTED],
    ['another edit does not look at lists', 'design:edit', list, GRANTED],
    ['oneself', 'delete', { ...account, id: 'bot' }, self],
    ['oneself, while designing', 'design:delete', { ...account, id: 'bot' }, self],
    ['oneself is updated', 'update', { ...account, id: 'bot' }, GRANTED],
    ['somebody else', 'delete', account, GRANTED],
    ['the last owner', 'design:delete', { ...account, roles: ['Owner'], ownersLeft: 0 }, lastOwner],
    ['an owner beside others', 'design:delete', { ...account, roles: ['Owner'], ownersLeft: 1 }, GRANTED],
    ['no owner where none is left', 'design:delete', { ...account, ownersLeft: 0 }, GRANTED],
    [
      'the last owner as an owner',
      'design:removeRole',
      { ...account, roles: ['Owner'], ownersLeft: 0 },
      lastOwner,
    ],
    ['the last owner is edited', 'design:edit', { ...account, roles: ['Owner'], ownersLeft: 0 }, GRANTED],
    ['a developer from an app', 'delete', { ...account, roles: ['r1', 'Developer'] }, builtIn],
    ['a developer while designing', 'design:delete', { ...account, roles: ['Developer'] }, GRANTED],
    ['a developer is updated', 'update', { ...account, roles: ['Developer'] }, GRANTED],
    ['a role of one’s own', 'assign', { type: 'role', id: 'r1' }, GRANTED],
    ['a built-in role from an app', 'assign', { type: 'role', id: 'Owner' }, builtIn],
    ['a built-in role taken away from an app', 'remove', { type: 'role', id: 'Owner' }, builtIn],
    ['a built-in role while designing', 'design:assign', { type: 'role', id: 'Owner' }, GRANTED],
    ['a built-in role read', 'read', { type: 'role', id: 'Owner' }, GRANTED],
    ['no role', 'assign', { type: 'role' }, GRANTED],
  ])('%s', (_title, action, resource, expected) => {
    expect(reason(robot, action, resource)).toMatchObject(expected);
  });

  it('counts nobody as themselves who has no id', () => {
    const { id: _, ...nameless } = robot;
    const { id: __, ...unnamed } = account;
    expect(reason(nameless, 'delete', unnamed)).toMatchObject(GRANTED);
  });
});

describe('tokens are made by issuing them', () => {
  const never = { code: 'INVARIANT', detail: 'a token never changes', fields: ['token'], rules: [] };
  const ask = (action: string, more: Partial<Resource>, fields?: string[]) =>
    reason(robot, action, { ...somePass, ...more }, fields ? { fields } : {});

  it('and written by nobody, in whatever operation', () => {
    for (const action of ['add', 'edit', 'close']) {
      expect(ask(action, {}, ['title', 'token'])).toEqual(never);
      expect(ask(action, { proposed: { token: 'other' } })).toEqual(never);
      expect(ask(action, { proposed: {} })).toEqual(never);
      expect(ask(action, { proposed: { token: 't', title: 'new' } }, ['title'])).toMatchObject(GRANTED);
      expect(ask(action, {}, ['title'])).toMatchObject(GRANTED);
      expect(ask(action, {})).toMatchObject(GRANTED);
    }
    expect(ask('add', { values: undefined, proposed: { token: 'made up' } })).toEqual(never);
    expect(ask('add', { values: undefined, proposed: { token: null } })).toMatchObject(GRANTED);
    expect(ask('add', { values: { token: null }, proposed: {} })).toMatchObject(GRANTED);
  });

  it('while looking at one writes nothing', () => {
    expect(ask('view', {}, ['token'])).toMatchObject(GRANTED);
    expect(ask('unknown', {}, ['token'])).toMatchObject(GRANTED);
    expect(
      reason(robot, 'edit', { ...someCase, proposed: { token: 'x' } }, { fields: ['token'] }),
    ).toMatchObject(GRANTED);
  });
});

describe('signing in', () => {
  const rules: RuleDraft[] = [
    open('record', 0),
    open('environment', 1),
    { ...open('app', 2) },
    {
      ...open('environment', 3),
      effect: 'deny',
      subjects: [{ kind: 'role', id: 'r2' }],
      actions: ['signIn'],
    },
    {
      ...open('environment', 4),
      effect: 'deny',
      subjects: [{ kind: 'role', id: 'r1' }],
      actions: ['signIn'],
      condition: 'me.name == "Eve"',
    },
  ];
  const site = loadPolicy(compilePolicy({ ...FACTS, rules }));
  const code = (subject: Subject, action = 'view', resource = someCase) =>
    decide(site, { subject, action, resource, context }).reasons[0]?.code;
  const user = (...roles: string[]): Subject => ({ type: 'user', id: 'u1', roles });

  it('must be permitted to people and service accounts, and to nobody else', () => {
    expect(code(user())).toBe('GRANTED');
    expect(code(user('r2'))).toBe('ENVIRONMENT');
    expect(code({ ...user('r2'), type: 'serviceAccount' })).toBe('ENVIRONMENT');
    expect(code({ ...user('r2'), type: 'robot' })).toBe('GRANTED');
    expect(code({ type: 'anonymous', roles: [] })).toBe('GRANTED');
  });

  it('is not asked for where it is the question, or where something is designed', () => {
    expect(code(user('r2'), 'signIn', { type: 'environment', id: 'production' })).toBe('FORBIDDEN');
    expect(code(user('r2'), 'design:read', { type: 'app', app: 'desk' })).toBe('GRANTED');
    expect(code(user('r2'), 'open', { type: 'app', app: 'desk' })).toBe('ENVIRONMENT');
  });

  it('is asked again for everybody where it depends on who asks', () => {
    const named = (name: string): Subject => ({ ...user('r1'), attributes: { name } });
    expect(['Ann', 'Eve', 'Ann', 'Eve'].map((name) => code(named(name)))).toEqual([
      'GRANTED',
      'ENVIRONMENT',
      'GRANTED',
      'ENVIRONMENT',
    ]);
  });
});
