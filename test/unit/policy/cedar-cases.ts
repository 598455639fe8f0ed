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

/** A small site in which many rules meet. Every type of value that Cedar has a counterpart for occurs. */
export const FACTS: PolicyFacts = {
  apps: {
    desk: {
      kind: 'records',
      accessModel: 'profiles',
      recordTypes: {
        case: {
          fields: {
            title: 'string',
            amount: 'double',
            limit: 'double',
            due: 'timestamp',
            tags: 'list<string>',
            urgent: 'bool',
            customer: { references: { name: 'string', since: 'timestamp' } },
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
    'day-passes': {
      kind: 'tokens',
      accessModel: 'roles',
      recordTypes: {
        pass: {
          fields: { title: 'string', token: 'string', has: 'string' },
          operations: { add: { kind: 'add' }, view: { kind: 'view' }, edit: { kind: 'edit' } },
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

const USERS = ['u1', 'u2'];
const LISTS = ['view', 'edit'];

const texts = (...fields: string[]) => fc.constantFrom('"a"', '"b"', '"u1"', 'me.id', 'me.name', ...fields);
const TEXT = texts('record.title', 'record.state', 'record.owner', 'record.customer', 'record.customer.name');
const NUMBER = fc.constantFrom('3', '2.5', '-1', '0.1', 'record.amount', 'record.limit');
const TIME = fc.constantFrom(
  'now',
  'record.due',
  'record.createdOn',
  'record.customer.since',
  'timestamp("2026-06-01T00:00:00Z")',
  'now + duration("36h")',
  'record.due - duration("90m")',
);
const compared = (sign: fc.Arbitrary<string>, operand: fc.Arbitrary<string>) =>
  fc.tuple(operand, sign, operand).map((parts) => parts.join(' '));
const order = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');

/** Conditions without a connective, on records of `desk/case`. */
const simple: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'record.urgent',
    'record.urgent == (record.amount > 2)',
    'has(record.title)',
    'has(record.customer)',
    'has(record.customer.name)',
    'has(me.level)',
    'me.level == "user"',
    'me.type == "user"',
    'size(record.tags) == 0',
    '0 < size(record.title)',
    'size(me.roles) != 0',
    'now - record.due > duration("24h")',
    'record.title in []',
    'site.name == "Site"',
    'record.id == "x1"',
    'record.updatedBy == me.id',
    'record.title == "\\"*\\\\ \\u00e9\\n"',
  ),
  compared(fc.constantFrom('==', '!='), TEXT),
  compared(order, NUMBER),
  compared(order, TIME),
  fc
    .tuple(TEXT, fc.constantFrom('record.tags', 'me.roles', '["a", "u1"]', '[me.id, record.title]'))
    .map(([text, list]) => `${text} in ${list}`),
  fc
    .tuple(TEXT, fc.constantFrom('startsWith', 'endsWith', 'contains'), fc.constantFrom('a', '*', 'u', ''))
    .map(([text, test, part]) => `${text}.${test}("${part}")`),
  fc
    .subarray(['open', 'closed'], { minLength: 1 })
    .map((states) => `record.state in [${states.map((state) => `"${state}"`).join(', ')}]`),
);

const condition: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: simple, weight: 4 },
    tie('any').map((inner) => `!(${inner})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a} || ${b})`),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
})).any;
const onPasses = fc.constantFrom(
  'record.has == me.id',
  'has(record.token)',
  'record.title == "a" || record.token == "t1"',
);
const ofRecords = fc.constantFrom('record.state == "open"', 'record.createdBy == me.id');
const ofSubjects = fc.constantFrom(
  'me.level == "user"',
  '"r1" in me.roles',
  'has(me.level)',
  '!(me.name == "a")',
);

const who: fc.Arbitrary<Selector> = fc.oneof(
  { arbitrary: fc.constantFrom<Selector>({ kind: 'default' }, { kind: 'siteWide' }), weight: 3 },
  {
    arbitrary: fc
      .constantFrom('r1', 'r2', NON_AUTHENTICATED, AUTHENTICATED, OWNER, DEVELOPER, TENANT_ADMINISTRATOR)
      .map((id): Selector => ({ kind: 'role', id })),
    weight: 3,
  },
  { arbitrary: fc.constantFrom(...USERS).map((id): Selector => ({ kind: 'principal', id })), weight: 2 },
  fc.constantFrom<Selector>({ kind: 'appOwner' }, { kind: 'recordOwner' }),
  fc.constantFrom<Selector>({ kind: 'profile', id: 'p1' }, { kind: 'level', level: 'user' }),
  fc
    .constantFrom('signedIn' as const, 'user' as const, 'guest' as const)
    .map((of): Selector => ({ kind: 'default', of })),
);
const onList = fc.constantFrom(...LISTS).map((list): Selector => ({ kind: 'accessList', list }));

type Shape = Omit<RuleDraft, 'id' | 'source'>;

function rule(
  resource: fc.Arbitrary<RuleDraft['resource']>,
  actions: readonly string[],
  conditions: fc.Arbitrary<string>,
  selector: fc.Arbitrary<Selector>,
): fc.Arbitrary<Shape> {
  return fc
    .record({
      effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
      subjects: fc.array(selector, { minLength: 1, maxLength: 2 }),
      actions: fc.subarray([...actions], { minLength: 1, maxLength: Math.min(2, actions.length) }),
      resource,
      condition: fc.option(conditions, { nil: undefined, freq: 2 }),
      check: fc.option(conditions, { nil: undefined, freq: 2 }),
      fields: fc.option(fc.subarray(['title'], { minLength: 1 }), { nil: undefined, freq: 1 }),
    })
    .map(({ condition: text, check, fields, ...rest }) => ({
      ...rest,
      ...(text !== undefined && { condition: text }),
      ...(check !== undefined && savesRecord(rest) && { check }),
      ...(fields && rest.effect === 'allow' && { fields }),
    }));
}

/** Whether a rule may have a check: all of its actions save a record. */
function savesRecord({ resource, actions }: Pick<RuleDraft, 'resource' | 'actions'>): boolean {
  return (
    resource.recordType !== undefined && actions.every((action) => ['edit', 'add', 'close'].includes(action))
  );
}

const is = (...patterns: RuleDraft['resource'][]) => fc.constantFrom(...patterns);
const anyone = fc.oneof({ arbitrary: who, weight: 4 }, onList);
const RECORD = ['edit', 'view', 'edit', 'add', 'close', 'viewHistory', '*'];

const anyRule = fc.oneof(
  {
    arbitrary: rule(is({ type: 'record', app: 'desk', recordType: 'case' }), RECORD, condition, anyone),
    weight: 8,
  },
  {
    arbitrary: rule(
      is({ type: 'record', app: 'day-passes', recordType: 'pass' }),
      ['view', 'edit', 'add', '*'],
      onPasses,
      anyone,
    ),
    weight: 2,
  },
  rule(is({ type: 'record' }, { type: 'record', app: 'desk' }), ['view', 'edit', '*'], ofRecords, anyone),
  rule(
    is(
      { type: 'view', app: 'desk', recordType: 'case', id: 'all' },
      { type: 'view', app: 'desk' },
      { type: 'view' },
    ),
    ['open'],
    ofSubjects,
    who,
  ),
  rule(
    is({ type: 'app' }, { type: 'app', app: 'desk' }),
    ['open', 'design:edit', 'design:changeAccessLists', 'design:*'],
    ofSubjects,
    who,
  ),
  rule(is({ type: 'flow', id: 'f1' }, { type: 'flow' }), ['start', '*', 'design:edit'], ofSubjects, who),
  rule(is({ type: 'account' }), ['create', 'update', 'delete', 'design:delete', 'design:*'], ofSubjects, who),
  rule(
    is({ type: 'role', id: 'r1' }, { type: 'role' }),
    ['assign', 'remove', 'design:edit'],
    ofSubjects,
    who,
  ),
  {
    arbitrary: rule(
      is({ type: 'environment', id: 'production' }, { type: 'environment' }),
      ['signIn'],
      ofSubjects,
      who,
    ),
    weight: 2,
  },
);

/** Without it most questions would end at the first gate. */
const ANYBODY_SIGNS_IN: Shape = {
  effect: 'allow',
  subjects: [{ kind: 'default', of: 'signedIn' }],
  actions: ['signIn'],
  resource: { type: 'environment' },
};

export const policyInput: fc.Arbitrary<PolicyInput> = fc
  .tuple(fc.array(anyRule, { maxLength: 12 }), fc.constantFrom(true, true, true, true, true, false))
  .map(([rules, open]) => (open ? [ANYBODY_SIGNS_IN, ...rules] : rules))
  .map((rules) => ({
    ...FACTS,
    rules: rules.map((each, i) => ({ ...each, id: `rule${i}`, source: `test/${i}` })),
  }));

/** One of the values, or absent in one of the two ways: undefined, to which it shrinks, or null. */
const maybe = <Value>(...values: Value[]) =>
  fc.option(fc.option(fc.constantFrom(...values), { nil: null, freq: 7 }), { nil: undefined, freq: 4 });

function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value;
}

const ceiling = fc
  .record({
    app: fc.constantFrom('desk', 'desk', 'desk', 'day-passes'),
    recordType: fc.constantFrom(undefined, 'case', 'case', 'pass'),
    operations: fc.option(fc.subarray(['view', 'edit', 'add', 'close']), { nil: undefined }),
    records: fc.option(fc.subarray(['x1', 'x2']), { nil: undefined }),
    views: fc.option(fc.subarray(['all']), { nil: undefined }),
  })
  .map(defined);

const subject: fc.Arbitrary<Subject> = fc
  .record({
    type: fc.constantFrom<Subject['type'][]>(
      'user',
      'user',
      'tokenUser',
      'anonymous',
      'serviceAccount',
      'robot',
    ),
    id: fc.constantFrom(...USERS),
    roles: fc.subarray(['r1', 'r2', OWNER, DEVELOPER, TENANT_ADMINISTRATOR, 'gone']),
    profiles: fc.subarray(['p1', 'deleted']),
    level: fc.constantFrom(undefined, 'user' as const, 'guest' as const, 'admin' as const),
    name: maybe('a', 'b'),
    ceiling: fc.option(ceiling, { nil: undefined, freq: 7 }),
  })
  .map(({ id, name, ceiling: narrow, ...rest }) =>
    rest.type === 'anonymous'
      ? { type: rest.type, roles: [] }
      : defined({
          ...rest,
          id,
          attributes: { name },
          ceiling: rest.type === 'tokenUser' ? narrow : undefined,
        }),
  ) as fc.Arbitrary<Subject>;

const caseValues: fc.Arbitrary<object> = fc
  .record({
    title: maybe('a', 'b', 'u1', 'a*', '"*\\ \u00e9\n', ''),
    amount: maybe(1, 2.5, 3, 0.1, -1, 1e6),
    limit: maybe(0.1, 3),
    due: maybe('2026-01-01', '2026-05-31T23:59:59.999Z', '2026-12-31T20:00:00-06:00', '2030-01-01'),
    tags: maybe<string[]>(['a'], ['u1', 'b'], []),
    urgent: maybe(true, false),
    customer: maybe('a', 'x9'),
  })
  .map(defined);
const passValues: fc.Arbitrary<object> = fc
  .record({ title: maybe('a', 'b'), token: maybe('t1', 't2'), has: maybe('u1') })
  .map(defined);
const related = fc.option(
  fc.record({
    customer: fc.option(fc.record({ name: maybe('a', 'u1'), since: maybe('2025-01-01') }), {
      nil: undefined,
    }),
  }),
  { nil: undefined },
);

const record: fc.Arbitrary<Resource> = fc
  .record({
    app: fc.constantFrom('desk', 'desk', 'desk', 'day-passes'),
    id: fc.constantFrom(undefined, 'x1', 'x2'),
    state: fc.constantFrom('open', undefined, 'closed'),
    lifecycle: fc.constantFrom(undefined, 'SAVED'),
    owner: fc.constantFrom(undefined, 'u1', 'u2', ''),
    appOwner: fc.constantFrom(undefined, 'u1'),
    createdAt: fc.constantFrom(undefined, '2026-06-01T00:00:00.000Z'),
    createdBy: fc.constantFrom(undefined, 'u1', 'u2'),
    values: fc.option(fc.tuple(caseValues, passValues), { nil: undefined, freq: 4 }),
    proposed: fc.option(fc.tuple(caseValues, passValues), { nil: undefined, freq: 4 }),
    related,
    proposedRelated: related,
    updatedBy: fc.constantFrom(undefined, 'u1', 'u2'),
    proposedMeta: fc.option(
      fc
        .record({
          state: fc.constantFrom(undefined, 'open', 'closed'),
          owner: fc.constantFrom(undefined, 'u1', 'u2'),
          updatedBy: fc.constantFrom(undefined, 'u1', 'u2'),
        })
        .map(defined),
      { nil: undefined },
    ),
    accessLists: fc.option(
      fc.dictionary(
        fc.constantFrom(...LISTS),
        fc.subarray(['principal:u1', 'role:r1', `role:${NON_AUTHENTICATED}`, `role:${OWNER}`]),
      ),
      { nil: undefined },
    ),
  })
  .map(({ values, proposed, ...each }): Resource => {
    const at = each.app === 'desk' ? 0 : 1;
    const recordType = ['case', 'pass'][at];
    return defined({ ...each, values: values?.[at], proposed: proposed?.[at], type: 'record', recordType });
  });

const other: fc.Arbitrary<Resource> = fc.oneof(
  fc.constantFrom<Resource>(
    { type: 'view', app: 'desk', recordType: 'case', id: 'all' },
    { type: 'view', app: 'day-passes', recordType: 'pass', id: 'all' },
    { type: 'environment', id: 'production' },
    { type: 'environment', id: 'test' },
    { type: 'role', id: 'r1' },
    { type: 'role', id: 'r2' },
    { type: 'role', id: OWNER },
    { type: 'service', id: 's1' },
    { type: 'site' },
  ),
  fc
    .record({
      app: fc.constantFrom('desk', 'a-draft'),
      kind: fc.constantFrom('records', undefined),
      proposedKind: fc.constantFrom('records', 'tokens', undefined),
      appOwner: fc.constantFrom('u1', undefined),
      members: fc.constantFrom(['principal:u1', 'role:r1'], undefined),
      proposedMembers: fc.constantFrom(['principal:u1'], [], undefined),
    })
    .map((more): Resource => ({ type: 'app', ...more })),
  fc
    .record({ id: fc.constantFrom('f1', 'f2'), status: fc.constantFrom('LIVE', 'LIVE', 'READY', undefined) })
    .map((more): Resource => ({ type: 'flow', ...more })),
  fc
    .record({
      id: fc.constantFrom('u1', 'u2', undefined),
      roles: fc.option(fc.subarray([OWNER, 'r1']), { nil: undefined }),
      ownersLeft: fc.constantFrom(0, 1, undefined),
    })
    .map((more): Resource => ({ type: 'account', ...more })),
);

const ACTIONS: Record<string, readonly string[]> = {
  view: ['open'],
  app: ['open', 'design:edit', 'design:changeAccessLists'],
  flow: ['start', 'design:edit'],
  account: ['create', 'delete', 'design:delete', 'design:removeRole'],
  role: ['assign', 'remove', 'design:edit'],
  environment: ['signIn', 'design:edit'],
  service: ['call'],
  site: ['design:read'],
};

function actionsOf({ type, app }: Resource): readonly string[] {
  if (type !== 'record') return ACTIONS[type] ?? [];
  return ['view', 'edit', 'edit', 'add', 'viewHistory', app === 'desk' ? 'close' : 'view'];
}

export const request: fc.Arbitrary<AccessRequest> = fc
  .record({
    subject,
    /** Of the resource's actions. */
    action: fc.nat({ max: 5 }),
    resource: fc.oneof({ arbitrary: record, weight: 3 }, { arbitrary: other, weight: 1 }),
    channel: fc.constantFrom('browser' as const, 'browser' as const, 'browser' as const, 'api' as const),
    site: fc.constantFrom(undefined, { url: 'https://site.example', name: 'Site' }),
    fields: fc.option(fc.subarray(['title', 'amount', 'token']), { nil: undefined, freq: 1 }),
  })
  .map(({ action, resource, channel, site, fields, ...rest }): AccessRequest => {
    const actions = actionsOf(resource);
    return {
      ...rest,
      action: actions[action % actions.length] ?? 'open',
      resource,
      context: { now: Date.UTC(2026, 5, 1), environment: 'production', channel, site },
      ...(fields && { fields }),
    };
  });
