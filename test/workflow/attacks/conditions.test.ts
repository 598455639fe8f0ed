import { jest } from '@jest/globals';
import type { AppDefinition, RecordType } from '../../../core/apps/definition.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
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
    { id: 'budget', label: 'Budget', type: 'number' },
    { id: 'count', label: 'Count', type: 'number' },
    { id: 'share', label: 'Share', type: 'formula', formula: `1.0 / (${RATIO})` },
    { id: 'each', label: 'Each', type: 'number', default: `1.0 / (${RATIO})` },
  ],
  states: [{ id: 'Open', name: 'Open' }],
  initialState: 'Open',
  operations: [
    { id: 'add', name: 'Add', kind: 'add' },
    { id: 'view', name: 'View', kind: 'view' },
    { id: 'edit', name: 'Edit', kind: 'edit' },
  ],
  views: [
    { id: 'all', name: 'All', columns: ['title'] },
    { id: 'rich', name: 'Rich', columns: ['title'], filter: `${RATIO} > 4.0` },
  ],
};

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
];

let system: System;
let owner: Person;
let clerk: Person;

beforeAll(async () => {
  system = await startPropertyManagement();
  await changeDefinitions(system, ({ 'work-orders': app }, site) => {
    for (const role of new Set(PERMISSIONS.map((permission) => permission.role as string)))
      site.roles.push({ id: role, name: role, environments: ['production'] });
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
