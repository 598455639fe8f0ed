import fc from 'fast-check';
import { requireValidApp } from '../../../core/apps/check.ts';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import type { RuleDraft } from '../../../core/policy/types.ts';
import type { StoredRecord } from '../../../core/records/record.ts';

export const USERS = ['u1', 'u2', 'u3'];
export const ROLES = ['r1', 'r2', 't1'];
const TYPE = { type: 'record', app: 'desk', recordType: 'job' } as const;

const fields = [
  { id: 'title', label: 'Title', type: 'string' },
  { id: 'boss', label: 'Boss', type: 'user' },
  { id: 'assignee', label: 'Assignee', type: 'user' },
  { id: 'team', label: 'Team', type: 'string' },
  { id: 'category', label: 'Category', type: 'choice', choices: ['A', 'B', 'C'] },
  { id: 'watchers', label: 'Watchers', type: 'choices', choices: USERS },
  { id: 'amount', label: 'Amount', type: 'number' },
  { id: 'urgent', label: 'Urgent', type: 'boolean' },
  { id: 'due', label: 'Due', type: 'date' },
] as const;

const FILTERS = [
  'record.category == "A"',
  'record.assignee == me.id',
  'record.team == params.team',
  'record.urgent && record.amount > 2.0',
  'record.assignee == me.id || record.category == "B"',
  'record.due < now',
  'record.state == "open"',
  'record.owner == me.id',
  'record.assignee == params.who && record.state != "done"',
];

const CONDITIONS = [
  'record.assignee == me.id',
  'record.owner == me.id',
  'record.category == "A"',
  'record.category == "A" || record.category == "B"',
  'record.team in me.roles',
  'me.id in record.watchers',
  'record.assignee == me.id && record.amount > 2.0',
  'record.assignee == me.id || record.createdBy == me.id',
  'record.due < now',
  'record.state == "open" && record.assignee == me.id',
  '!record.urgent',
  'record.amount < 3.0 && record.urgent',
  'size(record.title) > 2.0',
  'record.category in ["A", "C"]',
  '!has(record.team)',
  'me.id == record.assignee && record.team == "t1"',
  '(record.assignee == me.id || record.urgent) && (record.category == "A" || me.id in record.watchers)',
  'record.title == me.name',
];

const view = fc
  .record({
    filter: fc.option(fc.constantFrom(...FILTERS), { nil: undefined }),
    sort: fc.option(
      fc.record({
        field: fc.constantFrom('title', 'amount', 'due', 'createdAt', 'category'),
        descending: fc.boolean(),
      }),
      { nil: undefined },
    ),
    columns: fc.subarray(['title', 'category', 'amount'], { minLength: 1 }),
  })
  .map(({ filter, sort, columns }) => ({
    id: 'list',
    name: 'List',
    columns,
    boundedScan: true,
    ...(filter && { filter }),
    ...(sort && { sort }),
    parameters: ['team', 'who'].map((id) => ({ id, type: 'string' as const })),
  }));

const permission = fc
  .record({
    role: fc.constantFrom(...ROLES),
    when: fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined, freq: 6 }),
    opens: fc.boolean(),
  })
  .map(({ role, when, opens }) => ({
    role,
    recordType: 'job',
    operations: ['view'],
    ...(when && { when }),
    ...(opens && { views: ['list'] }),
  }));

/** Rules from other screens than an app's permissions: denies, owners, access lists, single people. */
const rule = fc.record({
  effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
  subject: fc.constantFrom(
    { kind: 'role', id: 'r1' } as const,
    { kind: 'role', id: 'r2' } as const,
    { kind: 'principal', id: 'u1' } as const,
    { kind: 'recordOwner' } as const,
    { kind: 'accessList', list: 'view' } as const,
    { kind: 'siteWide' } as const,
  ),
  condition: fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined }),
});

/** An app with one list, and the rules that decide who sees what of it. */
export const site = fc
  .record({
    view,
    permissions: fc.array(permission, { minLength: 1, maxLength: 4 }),
    rules: fc.array(rule, { maxLength: 2 }),
  })
  .map((parts) => ({ app: appOf(parts), rules: parts.rules.map(draftOf) }));

function appOf(parts: { view: object; permissions: object[] }): CheckedApp {
  const app = {
    id: 'desk',
    name: 'Desk',
    kind: 'records',
    recordTypes: [
      {
        id: 'job',
        name: 'Job',
        plural: 'Jobs',
        titleField: 'title',
        ownerField: 'boss',
        fields,
        states: [
          { id: 'open', name: 'Open' },
          { id: 'done', name: 'Done' },
        ],
        initialState: 'open',
        operations: [
          { id: 'add', name: 'Add', kind: 'add' },
          { id: 'view', name: 'View', kind: 'view' },
          { id: 'finish', name: 'Finish', kind: 'transition', from: ['open'], to: 'done' },
        ],
        views: [parts.view],
      },
    ],
    permissions: parts.permissions,
  } as unknown as AppDefinitionInput;
  return requireValidApp(app, { apps: new Map(), roles: new Set(ROLES), robots: new Set() });
}

function draftOf(
  {
    effect,
    subject,
    condition,
  }: { effect: 'allow' | 'deny'; subject: object; condition?: string | undefined },
  at: number,
): RuleDraft {
  return {
    id: `rule/${at}`,
    effect,
    subjects: [subject as RuleDraft['subjects'][number]],
    actions: ['view'],
    resource: TYPE,
    ...(condition && { condition }),
    source: `rule ${at}`,
  };
}

/** Texts that sort otherwise by code unit than by code point, and such as differ in nothing but case. */
const title = fc.constantFrom('a', 'B', 'b', 'abc', '\u{1F600}', '\uFF5E', 'ä', 'Ä', '', 'u1');
const optional = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined, freq: 4 });

/** The values of a record, its state, who made it, and who is on its access list. */
export const content = fc.record({
  values: fc.record(
    {
      title,
      boss: fc.constantFrom(...USERS),
      assignee: fc.constantFrom(...USERS),
      team: fc.constantFrom('r1', 't1', 't2'),
      category: fc.constantFrom('A', 'B', 'C'),
      watchers: fc.subarray(USERS, { minLength: 1 }),
      amount: fc.constantFrom(-2.5, -1, 0, 1, 2, 3, 10, 1e9),
      urgent: fc.boolean(),
      due: fc.constantFrom('2025-12-31', '2026-01-01', '2026-01-02'),
    },
    { requiredKeys: [] },
  ),
  state: fc.constantFrom('open', 'open', 'done'),
  createdBy: fc.constantFrom(...USERS),
  members: optional(fc.subarray(['principal:u1', 'principal:u2', 'role:r2'])),
});
export type Content = typeof content extends fc.Arbitrary<infer Value> ? Value : never;

export const START = Date.UTC(2026, 0, 1, 12);

export function recordOf(
  { values, state, createdBy, members }: Content,
  id: string,
  at: number,
): StoredRecord {
  const time = new Date(START + at).toISOString();
  return {
    id,
    environment: 'production',
    app: 'desk',
    recordType: 'job',
    definitionVersion: 1,
    version: 1,
    state,
    values,
    names: {},
    ...(members && { accessLists: { view: members } }),
    createdAt: time,
    createdBy,
    updatedAt: time,
    updatedBy: createdBy,
    eventCount: 0,
    eventMac: '',
  };
}

/** Who opens the list, and with which parameters. */
export const reader = fc.record({
  id: fc.constantFrom(...USERS),
  roles: fc.subarray(ROLES, { minLength: 1 }),
});
export const params = fc.record({ team: fc.constantFrom('r1', 't1', 't2'), who: fc.constantFrom(...USERS) });
