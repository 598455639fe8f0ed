import fc from 'fast-check';
import {
  AUTHENTICATED,
  DEVELOPER,
  NON_AUTHENTICATED,
  OWNER,
  TENANT_ADMINISTRATOR,
} from '../../../core/policy/built-in.ts';
import type { PolicyFacts, PolicyInput } from '../../../core/policy/document.ts';
import type { AccessRequest, Resource, RuleDraft, Selector, Subject } from '../../../core/policy/types.ts';

/** A small site in which many rules meet: two apps, few people, few roles. */
export const FACTS: PolicyFacts = {
  apps: {
    desk: {
      kind: 'records',
      accessModel: 'profiles',
      recordTypes: {
        case: {
          fields: {
            title: 'string',
            owner: 'string',
            amount: 'double',
            due: 'timestamp',
            tags: 'list<string>',
          },
          operations: {
            add: { kind: 'add' },
            view: { kind: 'view' },
            edit: { kind: 'edit' },
            close: { kind: 'transition', from: ['open'] },
          },
          views: ['all'],
        },
      },
    },
    passes: {
      kind: 'tokens',
      accessModel: 'roles',
      recordTypes: {
        pass: {
          fields: {
            title: 'string',
            token: 'string',
            amount: 'double',
            due: 'timestamp',
            tags: 'list<string>',
          },
          operations: {
            add: { kind: 'add' },
            view: { kind: 'view' },
            edit: { kind: 'edit' },
            close: { kind: 'transition' },
          },
          views: ['all'],
          immutable: ['token'],
        },
      },
    },
  },
  roles: ['r1', 'r2'],
  profiles: ['p1'],
  flows: ['f1', 'f2'],
  services: ['s1'],
};

const USERS = ['u1', 'u2', 'u3'];
const LISTS = ['view', 'edit'];

const CONDITIONS = [
  'record.title == "a"',
  'record.title == me.id',
  'record.amount > 3',
  'record.amount == 2 || record.title == "b"',
  'record.state == "open"',
  'record.state == "open" && record.title == "a"',
  'record.lifecycle in ["SAVED", "PENDING"] && record.amount < 5',
  'record.amount / (record.amount - 2) > 1',
  'record.due < now',
  '!("x" in record.tags)',
  'size(record.tags) == 1',
  'has(record.title)',
  'me.level == "user"',
  'me.team == record.title',
  'record.owner == me.id',
  'record.updatedBy != me.id',
];
/** What only the record as it would be saved is asked; some of it is not true of what is stored. */
const CHECKS = ['true', 'record.state == "closed"', 'record.updatedBy == me.id', 'record.state != "closed"'];
/** Actions of which `check` is. */
const SAVING: ReadonlySet<string> = new Set(['add', 'edit', 'close']);
/** The properties of `me` are the standard ones. */
const KNOWN_CONDITIONS = CONDITIONS.filter((condition) => !condition.includes('me.team'));

const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.record({ kind: fc.constant('principal' as const), id: fc.constantFrom(...USERS) }),
  fc.record({
    kind: fc.constant('role' as const),
    id: fc.constantFrom('r1', 'r2', NON_AUTHENTICATED, AUTHENTICATED, OWNER, DEVELOPER, TENANT_ADMINISTRATOR),
  }),
  fc.constant({ kind: 'profile' as const, id: 'p1' }),
  fc.record({
    kind: fc.constant('level' as const),
    level: fc.constantFrom('user' as const, 'guest' as const),
  }),
  fc.constantFrom<Selector>(
    { kind: 'appOwner' },
    { kind: 'recordOwner' },
    { kind: 'siteWide' },
    { kind: 'default' },
  ),
  fc.record({
    kind: fc.constant('default' as const),
    of: fc.constantFrom('signedIn' as const, 'user' as const, 'guest' as const),
  }),
);
const listSelector = fc.record({ kind: fc.constant('accessList' as const), list: fc.constantFrom(...LISTS) });

const fields = fc.option(fc.subarray(['title', 'amount', 'due', 'tags'], { minLength: 1 }), {
  nil: undefined,
});

function rule(
  shape: Pick<RuleDraft, 'resource'>,
  actions: readonly string[],
  conditions: readonly string[],
  who: fc.Arbitrary<Selector>,
): fc.Arbitrary<Omit<RuleDraft, 'id' | 'source'>> {
  return fc
    .record({
      effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
      subjects: fc.array(who, { minLength: 1, maxLength: 2 }),
      actions: fc.subarray([...actions], { minLength: 1, maxLength: Math.min(2, actions.length) }),
      condition: fc.option(fc.constantFrom(...conditions), { nil: undefined }),
      check: fc.option(fc.constantFrom(...conditions, ...CHECKS), { nil: undefined, freq: 2 }),
      fields,
    })
    .map(({ condition, check, fields: set, ...rest }) => ({
      ...rest,
      ...shape,
      ...(condition !== undefined && { condition }),
      ...(check !== undefined &&
        shape.resource.recordType !== undefined &&
        rest.actions.every((action) => SAVING.has(action)) && { check }),
      ...(set && rest.effect === 'allow' && { fields: set }),
    }));
}

const RECORD_ACTIONS = ['add', 'view', 'edit', 'close', 'viewHistory', '*'];
const anySelector = fc.oneof({ arbitrary: selector, weight: 4 }, { arbitrary: listSelector, weight: 1 });
const NO_RECORD = ['me.level == "user"', 'has(me.level)'];
const META_ONLY = ['record.state == "open"', 'me.level == "user"'];

const anyRule = fc.oneof(
  {
    arbitrary: rule(
      { resource: { type: 'record', app: 'desk', recordType: 'case' } },
      RECORD_ACTIONS,
      KNOWN_CONDITIONS,
      anySelector,
    ),
    weight: 4,
  },
  {
    arbitrary: rule(
      { resource: { type: 'record', app: 'passes', recordType: 'pass' } },
      RECORD_ACTIONS,
      KNOWN_CONDITIONS,
      anySelector,
    ),
    weight: 2,
  },
  rule({ resource: { type: 'record', app: 'desk' } }, RECORD_ACTIONS, META_ONLY, anySelector),
  rule({ resource: { type: 'record' } }, RECORD_ACTIONS, META_ONLY, anySelector),
  rule(
    { resource: { type: 'view', app: 'desk', recordType: 'case', id: 'all' } },
    ['open', '*'],
    NO_RECORD,
    selector,
  ),
  rule(
    { resource: { type: 'app', app: 'desk' } },
    ['open', 'design:edit', 'design:changeAccessLists', 'design:*'],
    NO_RECORD,
    selector,
  ),
  rule({ resource: { type: 'flow', id: 'f1' } }, ['start', 'design:edit'], NO_RECORD, selector),
  rule({ resource: { type: 'flow' } }, ['start', '*'], NO_RECORD, selector),
  rule(
    { resource: { type: 'account' } },
    ['create', 'update', 'delete', 'design:delete'],
    NO_RECORD,
    selector,
  ),
  rule({ resource: { type: 'role', id: 'r1' } }, ['assign', 'remove', 'design:edit'], NO_RECORD, selector),
  {
    arbitrary: rule({ resource: { type: 'environment', id: 'production' } }, ['signIn'], NO_RECORD, selector),
    weight: 2,
  },
  rule({ resource: { type: 'environment' } }, ['signIn'], NO_RECORD, selector),
);

/** Without it most questions would end at the first gate. */
const ANYBODY_SIGNS_IN: Omit<RuleDraft, 'id' | 'source'> = {
  effect: 'allow',
  subjects: [{ kind: 'default', of: 'signedIn' }],
  actions: ['signIn'],
  resource: { type: 'environment' },
};

export const policyInput: fc.Arbitrary<PolicyInput> = fc
  .tuple(fc.array(anyRule, { maxLength: 40 }), fc.constantFrom(true, true, true, false))
  .map(([rules, open]) => (open ? [ANYBODY_SIGNS_IN, ...rules] : rules))
  .map((rules) => ({
    ...FACTS,
    rules: rules.map((each, i) => ({ ...each, id: `rule${i}`, source: `test/${i}` })),
  }));

const subject: fc.Arbitrary<Subject> = fc
  .record({
    type: fc.constantFrom('anonymous', 'user', 'user', 'user', 'tokenUser', 'serviceAccount', 'robot'),
    id: fc.constantFrom(...USERS),
    roles: fc.subarray(['r1', 'r2', OWNER, DEVELOPER, TENANT_ADMINISTRATOR, 'gone']),
    profiles: fc.subarray(['p1', 'deleted']),
    level: fc.constantFrom('admin', 'user', 'guest', undefined),
    ceiling: fc.option(
      fc.record({
        app: fc.constantFrom('desk', 'passes'),
        recordType: fc.constantFrom('case', 'pass', undefined),
        operations: fc.option(fc.subarray(['view', 'edit', 'add']), { nil: undefined }),
        records: fc.option(fc.subarray(['x1', 'x2']), { nil: undefined }),
        views: fc.option(fc.subarray(['all']), { nil: undefined }),
      }),
      { nil: undefined },
    ),
  })
  .map(({ id, type, ceiling, ...rest }) => ({
    ...rest,
    type: type as Subject['type'],
    roles: type === 'anonymous' ? [] : rest.roles,
    ...(type !== 'anonymous' && { id }),
    ...(type === 'tokenUser' && ceiling && { ceiling: withoutUndefined(ceiling) }),
  })) as fc.Arbitrary<Subject>;

function withoutUndefined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value;
}

const missing = fc.constantFrom(undefined, null);
const values = fc.record(
  {
    title: fc.oneof(fc.constantFrom('a', 'b', 'u1'), missing),
    amount: fc.oneof(fc.constantFrom(1, 2, 4, 9), missing),
    due: fc.oneof(fc.constantFrom('2026-01-01', '2030-01-01', 'never'), missing),
    tags: fc.oneof(fc.constantFrom(['x'], ['y'], []), missing),
    token: fc.oneof(fc.constantFrom('t1', 't2'), missing),
  },
  { requiredKeys: [] },
);

const record: fc.Arbitrary<Resource> = fc
  .record({
    app: fc.constantFrom('desk', 'desk', 'passes', 'gone'),
    id: fc.constantFrom('x1', 'x2', undefined),
    state: fc.constantFrom('open', 'closed', undefined),
    lifecycle: fc.constantFrom('SAVED', 'SUBMITTED', undefined),
    owner: fc.constantFrom('u1', 'u2', '', undefined),
    appOwner: fc.constantFrom('u1', undefined),
    values: fc.oneof(values, fc.constant(undefined)),
    proposed: fc.oneof(values, fc.constant(undefined)),
    updatedBy: fc.constantFrom('u1', 'u2', undefined),
    proposedMeta: fc.option(
      fc.record(
        {
          state: fc.constantFrom('open', 'closed', undefined),
          lifecycle: fc.constantFrom('SAVED', 'SUBMITTED'),
          owner: fc.constantFrom('u1', 'u2', undefined),
          updatedBy: fc.constantFrom('u1', 'u3', undefined),
        },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    ),
    accessLists: fc.option(
      fc.dictionary(
        fc.constantFrom(...LISTS),
        fc.subarray(['principal:u1', 'role:r1', `role:${NON_AUTHENTICATED}`]),
      ),
      { nil: undefined },
    ),
  })
  .map((each) => ({ ...each, type: 'record', recordType: each.app === 'passes' ? 'pass' : 'case' }));

const other: fc.Arbitrary<Resource> = fc.oneof(
  fc.constant<Resource>({ type: 'view', app: 'desk', recordType: 'case', id: 'all' }),
  fc
    .record({
      kind: fc.constantFrom('records', 'tokens'),
      proposedKind: fc.constantFrom('records', undefined),
      appOwner: fc.constantFrom('u1', undefined),
    })
    .map(
      (more): Resource => ({
        type: 'app',
        app: 'desk',
        ...more,
        members: ['principal:u1'],
        proposedMembers: [],
      }),
    ),
  fc
    .record({ id: fc.constantFrom('f1', 'f2'), status: fc.constantFrom('LIVE', 'READY') })
    .map((more): Resource => ({ type: 'flow', ...more })),
  fc
    .record({
      id: fc.constantFrom(...USERS),
      roles: fc.subarray([OWNER, 'r1']),
      ownersLeft: fc.constantFrom(0, 1),
    })
    .map((more): Resource => ({ type: 'account', ...more })),
  fc.constantFrom('r1', 'r2', OWNER).map((id): Resource => ({ type: 'role', id })),
  fc.constant<Resource>({ type: 'environment', id: 'production' }),
);

const ACTIONS: Record<string, readonly string[]> = {
  record: ['add', 'view', 'edit', 'close', 'viewHistory', 'unknown'],
  view: ['open'],
  app: ['open', 'design:edit', 'design:changeAccessLists'],
  flow: ['start', 'design:edit'],
  account: ['create', 'delete', 'design:delete', 'design:removeRole'],
  role: ['assign', 'remove', 'design:edit'],
  environment: ['signIn'],
};

export const request: fc.Arbitrary<AccessRequest> = fc
  .oneof({ arbitrary: record, weight: 3 }, { arbitrary: other, weight: 1 })
  .chain((resource) =>
    fc.record({
      subject,
      action: fc.constantFrom(...(ACTIONS[resource.type] ?? ['open'])),
      resource: fc.constant(resource),
      context: fc.record({
        now: fc.constant(Date.UTC(2027, 0, 1)),
        environment: fc.constantFrom('production' as const, 'production' as const, 'development' as const),
        channel: fc.constantFrom('browser' as const, 'browser' as const, 'api' as const),
      }),
      fields: fc.option(
        fc.subarray(resource.app === 'passes' ? ['title', 'amount', 'token'] : ['title', 'amount']),
        {
          nil: undefined,
        },
      ),
    }),
  );
