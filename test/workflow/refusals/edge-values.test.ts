import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import type { Answer, Visitor } from '../../../local/visitor.ts';
import { submit } from '../../support/page-forms.ts';
import { codeOf, firstOwner, problemsOf } from '../../support/people.ts';
import { startPropertyManagement } from '../../support/property-management.ts';
import { photograph } from '../../support/witness.ts';

jest.setTimeout(120_000);

const RECORDS = '/production/apps/ledger/record-types/entry/records';
const VIEWS = '/production/apps/ledger/record-types/entry/views';
const FORM = '/app/production/ledger/entry/operations/add';

let system: System;
let owner: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  owner = await firstOwner(system);
  const saved = await save('ledger', LEDGER);
  expect([saved.status, saved.text]).toEqual([200, expect.any(String)]);
  const published = await owner.json('POST', '/admin/environments/production/publish', { apps: ['ledger'] });
  expect([published.status, published.text]).toEqual([200, expect.any(String)]);
}, 120_000);

afterAll(() => system?.stop());

const field = (id: string, type: string, more: object = {}) => ({ id, label: id, type, ...more });
/** Each reads the one before twice: computed anew every time they would take a million steps, and more. */
const CHAIN = Array.from({ length: 24 }, (_, at) => {
  const before = at === 0 ? 'record.one' : `record.n${at}`;
  return field(`n${at + 1}`, 'formula', { formula: `${before} + ${before}` });
});

const LEDGER = {
  name: 'Ledger',
  kind: 'records',
  recordTypes: [
    {
      id: 'entry',
      name: 'Entry',
      plural: 'Entries',
      fields: [
        field('amount', 'number'),
        field('one', 'number'),
        field('day', 'date'),
        field('moment', 'dateTime'),
        field('place', 'geoPoint'),
        field('note', 'text'),
        field('square', 'number', { default: 'record.amount * record.amount' }),
        field('later', 'date', { default: 'record.moment + duration("48h")' }),
        field('cube', 'formula', { formula: 'record.amount * record.amount * record.amount' }),
        field('next', 'formula', { formula: 'record.day + duration("48h")' }),
        field('copies', 'formula', { formula: 'record.note + record.note + record.note + record.note' }),
        ...CHAIN,
      ],
      states: [{ id: 'Active', name: 'Active' }],
      initialState: 'Active',
      operations: [
        { id: 'add', name: 'Add', kind: 'add', fields: ['amount', 'one', 'day', 'moment', 'place', 'note'] },
        { id: 'view', name: 'View', kind: 'view' },
        { id: 'edit', name: 'Edit', kind: 'edit', fields: ['amount', 'day', 'moment'] },
      ],
      views: [
        { id: 'all', name: 'All', columns: ['note', 'copies', 'amount'] },
        {
          id: 'by-amount',
          name: 'By amount',
          columns: ['amount'],
          parameters: [{ id: 'amount', type: 'number' }],
          filter: 'record.amount == params.amount',
        },
        {
          id: 'by-day',
          name: 'By day',
          columns: ['day'],
          parameters: [{ id: 'day', type: 'date' }],
          filter: 'record.day == params.day',
          boundedScan: true,
        },
      ],
    },
  ],
  permissions: [
    {
      role: 'AuthenticatedUser',
      recordType: 'entry',
      operations: ['add', 'view', 'edit'],
      views: ['all', 'by-amount', 'by-day'],
    },
  ],
};

async function save(id: string, definition: object): Promise<Answer> {
  await owner.json('POST', '/admin/apps', { id, name: 'Ledger', kind: 'records' });
  const { json } = await owner.get(`/admin/apps/${id}/draft`);
  const { version } = json as { version: number };
  return owner.json('PUT', `/admin/apps/${id}/draft`, { id, ...definition }, { 'if-match': `"${version}"` });
}

/** A body as it is written: `9007199254740993` is another number once it was read. */
const add = (values: string) =>
  owner.send('POST', RECORDS, {
    body: `{"operation":"add","values":${values}}`,
    headers: { 'content-type': 'application/json' },
  });

const RANGE = 'must lie between -9007199254740991 and 9007199254740991';
const TOO_SMALL = 'is too close to 0: write 0, or at least 1e-130';
const DAY = 'must be a date like 2027-03-31';
const MOMENT = 'must be a date and time with an offset, like 2027-03-31T09:00:00Z';

/** Field, the value as JSON, as somebody types it on a page (absent: a browser cannot send it), and what is said of it. */
const REFUSED: [id: string, json: string, typed: string | undefined, says: string][] = [
  ['amount', '1e308', '1e308', RANGE],
  ['amount', '-1e308', '-1e308', RANGE],
  ['amount', '1e126', '1e126', RANGE],
  ['amount', '9007199254740993', '9007199254740993', RANGE],
  ['amount', '-9007199254740993', '-9007199254740993', RANGE],
  ['amount', '9007199254740992', '9007199254740992', RANGE],
  ['amount', '1e-320', '1e-320', TOO_SMALL],
  ['amount', '-1e-131', '-1e-131', TOO_SMALL],
  ['day', '"0000-01-01"', '0000-01-01', DAY],
  ['day', '"0000-12-31"', '0000-12-31', DAY],
  ['day', '"10000-01-01"', '10000-01-01', DAY],
  ['day', '"+010000-01-01"', '+010000-01-01', DAY],
  ['day', '"-0001-01-01"', '-0001-01-01', DAY],
  ['day', '"2027-02-29"', '2027-02-29', DAY],
  ['moment', '"0000-06-01T10:00:00Z"', '0000-06-01T10:00', MOMENT],
  ['moment', '"10000-01-01T00:00:00Z"', '10000-01-01T00:00', MOMENT],
  ['moment', '"0001-01-01T00:00:00+14:00"', '0001-01-01T00:00:00+14:00', MOMENT],
  ['moment', '"9999-12-31T23:59:59-14:00"', '9999-12-31T23:59:59-14:00', MOMENT],
  ['moment', '"2027-03-31T24:00:00Z"', '2027-03-31T24:00', MOMENT],
  ['moment', '"2027-03-31T23:59:60Z"', '2027-03-31T23:59:60Z', MOMENT],
  ['moment', '"2027-03-31T09:00:00+99:99"', '2027-03-31T09:00:00+99:99', MOMENT],
];

describe('a value that cannot be kept as it was sent', () => {
  it.each(REFUSED)(
    '[A10] %s %s is refused by the name of its field, and nothing is written',
    async (...row) => {
      const [id, json, typed, says] = row;
      const before = await photograph(system);
      const refused = await add(`{"${id}":${json}}`);
      expect(codeOf(refused)).toEqual([422, 'VALUES_INVALID']);
      expect(problemsOf(refused)).toEqual([{ path: `/values/${id}`, message: says }]);
      if (typed !== undefined) {
        const page = await submit(owner, FORM, { [id]: typed });
        expect([page.status, page.text.includes(says)]).toEqual([422, true]);
      }
      expect(await photograph(system)).toEqual(before);
    },
  );

  it.each([
    ['{"lat":1e-320,"lon":0}', 422],
    ['{"lat":91,"lon":0}', 400],
    ['{"lat":0,"lon":1e308}', 400],
  ])('[A10] the place %s is refused', async (place, status) => {
    const refused = await add(`{"place":${place}}`);
    expect([refused.status, JSON.stringify(problemsOf(refused))]).toEqual([
      status,
      expect.stringContaining('/values/place'),
    ]);
  });

  it('[A10] is refused by the name of the parameter where a list is asked for it', async () => {
    for (const [view, id, sent, says] of [
      ['by-amount', 'amount', '1e308', RANGE],
      ['by-amount', 'amount', '9007199254740993', RANGE],
      ['by-amount', 'amount', '1e-320', TOO_SMALL],
      ['by-day', 'day', '0000-01-01', DAY],
    ]) {
      const refused = await owner.get(`${VIEWS}/${view}?param.${id}=${sent}`);
      expect(codeOf(refused)).toEqual([400, 'REQUEST_INVALID']);
      expect(problemsOf(refused)).toEqual([{ path: `/param.${id}`, message: says }]);
      const page = await owner.get(`/app/production/ledger?view=${view}&param.${id}=${sent}`);
      expect([view, sent, page.status, page.text.includes(says ?? '')]).toEqual([view, sent, 200, true]);
    }
  });
});

describe('a value at the very end of what can be kept', () => {
  it.each([
    ['amount', '9007199254740991'],
    ['amount', '-9007199254740991'],
    ['amount', '1e-130'],
    ['amount', '-0.1'],
    ['amount', '1.7976931348623157'],
    ['day', '"0001-01-01"'],
    ['day', '"9999-12-31"'],
    ['moment', '"0001-01-01T00:00:00Z"'],
    ['moment', '"9999-12-31T23:59:59.999Z"'],
    ['place', '{"lat":-90,"lon":180}'],
  ])('[A10] %s %s comes back as it was sent, on its page too', async (id, json) => {
    const added = await add(`{"${id}":${json}}`);
    expect([added.status, added.text]).toEqual([201, expect.any(String)]);
    const record = added.json as { id: string; values: Record<string, unknown> };
    expect(record.values[id]).toEqual(JSON.parse(json));
    expect((await owner.get(`/app/production/records/${record.id}`)).status).toBe(200);
    expect((await owner.get(`/app/production/records/${record.id}/operations/edit`)).status).toBe(200);
  });

  it('[A10] makes defaults and formulas that cannot be kept or shown empty, and fails nothing', async () => {
    const added = await add('{"amount":9007199254740991,"moment":"9999-12-31T00:00:00Z","day":"9999-12-31"}');
    expect([added.status, added.text]).toEqual([201, expect.any(String)]);
    const { values } = added.json as { values: Record<string, unknown> };
    expect(values).not.toHaveProperty('square');
    expect(values).not.toHaveProperty('later');
    expect(values).not.toHaveProperty('next');
    const small = (await add('{"amount":1e-120}')).json as typeof added.json & { values: object };
    expect(small.values).not.toHaveProperty('square');
  });
});

describe('formulas', () => {
  it('[A10] that each read the one before twice are computed once each', async () => {
    const added = await add('{"one":1}');
    expect([added.status, added.text]).toEqual([201, expect.any(String)]);
    expect((added.json as { values: object }).values).toMatchObject({ n24: 2 ** 24 });
  });

  it('[A10] that each double the text before are refused when they are saved, with the name and the bound', async () => {
    const doubling = Array.from({ length: 20 }, (_, at) => {
      const before = at === 0 ? 'record.title' : `record.t${at}`;
      return field(`t${at + 1}`, 'formula', { formula: `${before} + ${before}` });
    });
    const [type] = LEDGER.recordTypes;
    const fields = [field('title', 'string'), ...doubling];
    const operations = [{ id: 'add', name: 'Add', kind: 'add' }];
    const recordTypes = [{ ...type, fields, operations, views: [] }];
    const refused = await save('doubling', { ...LEDGER, recordTypes, permissions: [] });
    expect(codeOf(refused)).toEqual([422, 'DEFINITION_INVALID']);
    expect(problemsOf(refused)).toEqual([
      {
        path: '/recordTypes/0/fields/7/formula',
        message:
          '"t7" can become 64,000 characters long, and the formulas of Entry 127,000 together; at most 100,000 are possible. Give the fields that it reads a smaller maxLength, or read fewer of them.',
      },
    ]);
  });

  it('[A10] of many long records are answered page by page, each within what an answer can hold', async () => {
    const note = '€'.repeat(20_000);
    for (let at = 0; at < 25; at++) {
      expect((await add(JSON.stringify({ note }))).status).toBe(201);
    }
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await owner.get(`${VIEWS}/all?limit=100${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.status).toBe(200);
      const answer = page.json as {
        cursor?: string;
        records: { id: string; values: { note?: string; copies?: string } }[];
      };
      for (const { id, values } of answer.records) {
        expect(values.copies?.length ?? 0).toBe(4 * (values.note?.length ?? 0));
        if (values.note) seen.add(id);
      }
      cursor = answer.cursor;
    } while (cursor);
    expect(seen.size).toBe(25);
    expect((await owner.get('/app/production/ledger?view=all')).status).toBe(200);
  });
});
