import { jest } from '@jest/globals';
import type { AppDefinition, RecordType } from '../../../core/apps/definition.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import { submit } from '../../support/page-forms.ts';
import { firstOwner, somebody } from '../../support/people.ts';
import {
  changeDefinitions,
  type RecordJson,
  startPropertyManagement,
} from '../../support/property-management.ts';

jest.setTimeout(120_000);

type Person = Awaited<ReturnType<typeof somebody>>;

const FILES = '/production/apps/work-orders/record-types/file';

/** No number where the count is nothing, or so small that the quotient is too large. */
const RATIO = 'record.budget / record.count / record.count / record.count';

/** A type of record whose permissions ask for numbers. */
const FILE: RecordType = {
  id: 'file',
  name: 'File',
  plural: 'Files',
  titleField: 'title',
  fields: [
    { id: 'title', label: 'Title', type: 'string' },
    { id: 'holder', label: 'Holder', type: 'user' },
    { id: 'salary', label: 'Salary', type: 'number' },
    { id: 'budget', label: 'Budget', type: 'number' },
    { id: 'count', label: 'Count', type: 'number' },
    { id: 'share', label: 'Share', type: 'formula', formula: `1.0 / (${RATIO})` },
    { id: 'each', label: 'Each', type: 'number', default: `1.0 / (${RATIO})` },
  ],
  states: [
    { id: 'Open', name: 'Open' },
    { id: 'Shut', name: 'Shut' },
  ],
  initialState: 'Open',
  ownerField: 'holder',
  operations: [
    { id: 'add', name: 'Add', kind: 'add' },
    { id: 'view', name: 'View', kind: 'view' },
    { id: 'edit', name: 'Edit', kind: 'edit' },
    {
      id: 'shut',
      name: 'Shut',
      kind: 'transition',
      from: ['Open'],
      to: 'Shut',
      fields: ['title', 'holder', 'salary'],
    },
    {
      id: 'engage',
      name: 'Engage',
      kind: 'edit',
      fields: ['title'],
      actions: [
        {
          id: 'account',
          kind: 'createUserAccount',
          firstName: '"Hired"',
          lastName: '"Hand"',
          email: 'record.title',
          returns: { holder: 'result.id' },
        },
      ],
    },
  ],
  views: [
    { id: 'all', name: 'All', columns: ['title'] },
    { id: 'rich', name: 'Rich', columns: ['title'], filter: `${RATIO} > 4.0` },
  ],
};

const WRITING = { recordType: 'file', operations: ['edit', 'shut'] };

/** What each role's permissions say; the role `clerk` may do everything. */
const PERMISSIONS: AppDefinition['permissions'] = [
  { role: 'clerk', recordType: 'file', operations: ['add', 'view', 'edit'], views: ['all', 'rich'] },
  {
    role: 'rich-only',
    recordType: 'file',
    operations: ['view', 'edit'],
    when: `${RATIO} > 4.0`,
    views: ['all'],
  },
  { role: 'not-poor', recordType: 'file', operations: ['view'], views: ['all'] },
  {
    role: 'not-poor',
    effect: 'deny',
    recordType: 'file',
    operations: ['view'],
    when: `${RATIO} < 4.0`,
  },
  ...['keeper', 'owning', 'warden', 'hander', 'opener', 'stamper'].map((role) => ({
    role,
    recordType: 'file',
    operations: ['view'],
  })),
  { ...WRITING, role: 'keeper', when: 'record.salary < 1000.0 && record.holder == me.id' },
  { ...WRITING, role: 'owning', when: 'record.owner == me.id' },
  { ...WRITING, role: 'warden' },
  { ...WRITING, role: 'warden', effect: 'deny', when: 'record.salary > 5000.0' },
  { ...WRITING, role: 'hander', when: 'record.holder == me.id', check: 'record.salary < 1000.0' },
  { recordType: 'file', operations: ['engage'], role: 'keeper', when: 'record.holder == me.id' },
  {
    recordType: 'file',
    operations: ['engage'],
    role: 'hander',
    when: 'record.holder == me.id',
    check: 'true',
  },
  { ...WRITING, role: 'opener', when: 'record.state == "Open"' },
  {
    recordType: 'file',
    operations: ['shut'],
    role: 'stamper',
    when: 'record.state == "Open"',
    check: 'record.state == "Shut" && record.updatedBy == me.id',
  },
];

let system: System;
let owner: Person;
let clerk: Person;

beforeAll(async () => {
  system = await startPropertyManagement();
  await changeDefinitions(system, ({ 'work-orders': app }, site) => {
    for (const role of new Set(PERMISSIONS.map((permission) => permission.role as string)))
      site.roles.push({ id: role, name: role, environments: ['production'], accounts: { create: true } });
    app?.recordTypes.push(FILE);
    app?.permissions.push(...PERMISSIONS);
  });
  owner = await firstOwner(system);
  clerk = await somebody(system, 'clerk');
}, 120_000);

afterAll(() => system?.stop());

async function add(values: Record<string, unknown>): Promise<RecordJson> {
  const answer = await clerk.json('POST', `${FILES}/records`, { operation: 'add', values });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json as RecordJson;
}

const statusOf = async (visitor: Visitor, id: string) =>
  (await visitor.get(`/production/records/${id}`)).status;

async function listed(visitor: Visitor, view: string): Promise<string[]> {
  const { json } = await visitor.get(`${FILES}/views/${view}?limit=100`);
  return (json as { records: RecordJson[] }).records.map(({ title }) => title).sort();
}

describe('a number that is not finite', () => {
  const NO_NUMBER = { 'n / 0': [50, 0], '-n / 0': [-50, 0], '0 / 0': [0, 0], overflow: [50, 1e-120] };
  const files = new Map<string, RecordJson>();

  beforeAll(async () => {
    const given = { rich: [500, 2], poor: [4, 2], ...NO_NUMBER };
    for (const [title, [budget, count]] of Object.entries(given)) {
      files.set(title, await add({ title, budget, count }));
    }
  });

  const idOf = (title: string) => files.get(title)?.id ?? '';

  /** Titles of the records that somebody can open, and of those that their list has. */
  async function seenBy(visitor: Visitor) {
    const opened = [];
    for (const title of files.keys()) if ((await statusOf(visitor, idOf(title))) === 200) opened.push(title);
    return { opened: opened.sort(), listed: await listed(visitor, 'all') };
  }

  it('[D1] makes no condition hold and lifts no denial, on records and in lists', async () => {
    expect(await seenBy(clerk)).toMatchObject({ opened: [...files.keys()].sort() });
    const only = { opened: ['rich'], listed: ['rich'] };
    expect(await seenBy(await somebody(system, 'rich-only'))).toEqual(only);
    expect(await seenBy(await somebody(system, 'not-poor'))).toEqual(only);
  });

  it('[D1] puts no record into a filtered list, and gives formulas and defaults no value', async () => {
    expect(await listed(clerk, 'rich')).toEqual(['rich']);
    const valuesOf = async (title: string) => {
      const { json } = await clerk.get(`/production/records/${idOf(title)}`);
      const { share = null, each = null } = (json as RecordJson).values;
      return { title, share, each };
    };
    for (const title of Object.keys(NO_NUMBER)) {
      expect(await valuesOf(title)).toEqual({ title, share: null, each: null });
    }
    expect(await valuesOf('poor')).toEqual({ title: 'poor', share: 2, each: 2 });
  });

  it('[D6] is none for a question about a record as it might be', async () => {
    const person = await somebody(system, 'rich-only');
    const ask = async (budget: string) => {
      const answer = await owner.send('POST', '/access/v1/evaluation', {
        headers: { 'content-type': 'application/json' },
        body: `{"subject": {"type": "user", "id": "${person.id}"}, "action": {"name": "view"},
          "resource": {"type": "file", "id": "new", "properties": {"budget": ${budget}, "count": 2}}}`,
      });
      expect([answer.status, answer.text]).toEqual([200, answer.text]);
      return (answer.json as { decision: boolean }).decision;
    };
    expect(await ask('500')).toBe(true);
    expect(await ask('4')).toBe(false);
    expect(await ask('1e999')).toBe(false);
  });
});

describe('what an operation would save', () => {
  const WRITERS = ['edit', 'shut'] as const;
  let other: Person;

  beforeAll(async () => {
    other = await somebody(system, 'keeper');
  });

  const held = (by: Person) => add({ title: 'held', salary: 10, holder: by.id });
  const run = (by: Visitor, id: string, operation: string, values: Record<string, unknown>) =>
    by.json('POST', `/production/records/${id}/operations/${operation}`, { values });
  const stored = async (id: string) => {
    const { json } = await clerk.get(`/production/records/${id}`);
    const { state, values, version } = json as RecordJson;
    return { state, values, version };
  };
  const attacks = (to: Person) => [
    { salary: 1_000_000, holder: to.id },
    { salary: 1_000_000 },
    { holder: to.id },
  ];

  it.each(WRITERS)(
    '[D1] is held to the condition that the record was, by %s through API and page',
    async (operation) => {
      for (const [role, tries] of [
        ['keeper', attacks(other)],
        ['owning', [{ holder: other.id }]],
      ] as const) {
        const person = await somebody(system, role);
        const { id } = await held(person);
        const before = await stored(id);
        for (const values of tries) {
          const answer = await run(person, id, operation, values);
          expect([role, values, answer.status]).toEqual([role, values, 403]);
        }
        const typed = { title: 'held', holder: other.id, ...(role === 'keeper' && { salary: '1000000' }) };
        const page = await submit(person, `/app/production/records/${id}/operations/${operation}`, typed);
        expect([role, page.status]).toEqual([role, 403]);
        expect(await stored(id)).toEqual(before);
        const fine = await run(person, id, operation, { title: 'kept' });
        expect([role, fine.status, (await stored(id)).values.title]).toEqual([role, 200, 'kept']);
      }
    },
  );

  it.each(WRITERS)('[D1] is denied if either record is, by %s', async (operation) => {
    const person = await somebody(system, 'warden');
    const { id } = await held(person);
    const before = await stored(id);
    expect((await run(person, id, operation, { salary: 1_000_000 })).status).toBe(403);
    expect(await stored(id)).toEqual(before);
    const { id: rich } = await add({ title: 'rich', salary: 1_000_000 });
    expect((await run(person, rich, operation, { salary: 10 })).status).toBe(403);
    expect((await run(person, id, operation, { salary: 20 })).status).toBe(200);
  });

  it.each(WRITERS)(
    '[D1] is what “check” asks, where a permission has one: %s hands on',
    async (operation) => {
      const person = await somebody(system, 'hander');
      const { id } = await held(person);
      const before = await stored(id);
      expect((await run(person, id, operation, attacks(other)[0] ?? {})).status).toBe(403);
      expect(await stored(id)).toEqual(before);
      expect((await run(person, id, operation, { holder: other.id })).status).toBe(200);
      expect((await stored(id)).values.holder).toBe(other.id);
      // It is not theirs any more.
      expect((await run(person, id, 'edit', { holder: person.id })).status).toBe(403);
    },
  );

  it('[D1] is what the actions of an operation make of it, and nothing of them is done where it is refused', async () => {
    const email = 'hired@people.example';
    const engage = async (role: string) => {
      const person = await somebody(system, role);
      const { id } = await held(person);
      const before = await stored(id);
      const { status } = await run(person, id, 'engage', { title: email });
      const after = await stored(id);
      return {
        status,
        moved: after.values.holder !== before.values.holder,
        same: after.version === before.version,
      };
    };
    expect(await engage('keeper')).toEqual({ status: 403, moved: false, same: true });
    // Nobody has the address yet: an account is made once.
    expect(await engage('hander')).toEqual({ status: 200, moved: true, same: false });
  });

  it('[D1, D6] is asked for as it is decided, and explained with the check', async () => {
    const person = await somebody(system, 'hander');
    const [record, keeper] = [await held(person), await somebody(system, 'keeper')];
    const kept = await held(keeper);
    const question = (by: Person, id: string, name: string, properties: object) => ({
      subject: { type: 'user', id: by.id },
      action: { name, properties },
      resource: { type: 'file', id },
    });
    const ask = async (...asked: Parameters<typeof question>) => {
      const answer = await owner.json('POST', '/access/v1/evaluation', question(...asked));
      return (answer.json as { decision: boolean }).decision;
    };
    for (const operation of WRITERS) {
      expect(await ask(person, record.id, operation, { holder: other.id })).toBe(true);
      expect(await ask(person, record.id, operation, { salary: 1_000_000 })).toBe(false);
      expect(await ask(keeper, kept.id, operation, { holder: other.id })).toBe(false);
      expect(await ask(keeper, kept.id, operation, { title: 'kept' })).toBe(true);
    }
    expect(await ask(await somebody(system, 'stamper'), record.id, 'shut', { title: 'shut' })).toBe(true);
    const asked = question(person, record.id, 'shut', { salary: 1_000_000 });
    const { json } = await owner.json('POST', '/access/v1/explanation', asked);
    const { tiers } = json as { tiers: { rules: object[] }[] };
    expect(tiers.flatMap(({ rules }) => rules)).toMatchObject([
      { outcome: 'fails', condition: 'record.holder == me.id', check: 'record.salary < 1000.0' },
    ]);
  });

  it('[D1] has its new state in “check”, and the old one in “when”, so that no transition refuses itself', async () => {
    const { id } = await add({ title: 'open', salary: 10 });
    expect((await run(await somebody(system, 'opener'), id, 'shut', {})).status).toBe(200);
    const { id: second } = await add({ title: 'open', salary: 10 });
    expect((await run(await somebody(system, 'stamper'), second, 'shut', {})).status).toBe(200);
    expect(await stored(second)).toMatchObject({ state: 'Shut' });
  });
});
