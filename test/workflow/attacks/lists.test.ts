import { jest } from '@jest/globals';
import type { AppDefinition, View } from '../../../core/apps/definition.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import { listsRebuilt } from '../../support/lists.ts';
import { firstOwner, type ProblemJson, somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  type Contractor,
  changeDefinitions,
  DISPATCHER,
  type RecordJson,
  readRecord,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession, staffSessionToken } from '../../support/site-runtime.ts';

jest.setTimeout(120_000);

interface Page {
  records: RecordJson[];
  cursor?: string;
}

let system: System;
let dispatcher: Visitor;
let technician: Visitor;
let contractor: Contractor;
let own: string;
let orders: string[];

const ALL = `${WORK_ORDERS}/views/all`;
const MINE = `${WORK_ORDERS}/views/my-work-orders`;
const ASSIGNED = `${WORK_ORDERS}/views/assigned-to-me`;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  technician = await staffSession(system, TECHNICIAN);
  const { principalId } = await staffSessionToken(system, TECHNICIAN);
  own = (await addWorkOrder(dispatcher, workOrder({ name: 'Lifts', email: 'lifts@contractor.example' }))).id;
  contractor = await arrive(system, 'lifts@contractor.example');
  const { assignedTo } = (await readRecord(dispatcher, own)).values;
  orders = [];
  for (let day = 1; day <= 5; day++) {
    const dueDate = `2098-07-0${day}`;
    // Out of the pass's reach, although the view's index holds them: the pass is for one record only.
    orders.push((await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo, dueDate }))).id);
    await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: principalId, dueDate }));
  }
  await system.settled();
}, 180_000);

afterAll(() => system?.stop());

async function page(visitor: Visitor, address: string, headers: Record<string, string> = {}) {
  const { status, json, text } = await visitor.get(address, headers);
  return { status, text, ...(json as Page) };
}

/** Whatever can be read out of a text that came from the server, decoded as somebody curious would. */
function decoded(text: string): string {
  const parts = [text, ...text.split(/[^\w-]/)];
  return parts
    .flatMap((part) =>
      [0, 4, 8, 47].map((skip) => Buffer.from(part.slice(skip), 'base64url').toString('latin1')),
    )
    .join('\n');
}

describe('a cursor', () => {
  it('leads through a list once, without gaps or repetitions', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const { records, cursor: next } = await page(dispatcher, `${ALL}?limit=2${query}`);
      seen.push(...records.map(({ id }) => id));
      cursor = next;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(11);
  });

  it('says nothing of what was passed over', async () => {
    // The list reads on over what the pass may not see; the cursor names the last of these.
    const { records, cursor, status } = await page(contractor.visitor, `${MINE}?limit=1`, contractor.pass);
    expect([status, records.filter(({ id }) => id !== own)]).toEqual([200, []]);
    expect(cursor).toEqual(expect.any(String));
    const readable = decoded(cursor as string);
    for (const secret of [...orders, '2098-07', 'INDEX', 'production'])
      expect(readable).not.toContain(secret);
  });

  it('is good for its caller, its list and its parameters only', async () => {
    const { cursor = '' } = await page(dispatcher, `${ALL}?limit=1`);
    const { cursor: theirs = '' } = await page(technician, `${ASSIGNED}?limit=1`);
    const { cursor: pass = '' } = await page(contractor.visitor, `${MINE}?limit=1`, contractor.pass);
    expect([cursor, theirs, pass].filter((text) => text === '')).toEqual([]);
    const at = (text: string) => `cursor=${encodeURIComponent(text)}`;
    const tries: [string, Promise<{ status: number; text: string }>][] = [
      ['another caller’s', page(technician, `${ASSIGNED}?${at(cursor)}`)],
      ['a pass’s', page(dispatcher, `${MINE}?${at(pass)}`)],
      ['another view’s', page(dispatcher, `${ASSIGNED}?${at(cursor)}`)],
      ['another record type’s', page(dispatcher, `${CONTRACTORS}/views/all?${at(cursor)}`)],
      [
        'one of other parameters',
        page(dispatcher, `${CONTRACTORS}/views/by-token?param.token=x&${at(cursor)}`),
      ],
      ['the history’s', page(dispatcher, `/production/records/${own}/history?${at(cursor)}`)],
    ];
    for (const [what, tried] of tries) {
      const { status, text } = await tried;
      expect([what, status]).toEqual([what, 400]);
      expect(text).toContain('/cursor');
    }
    expect((await page(dispatcher, `${ALL}?${at(cursor)}`)).status).toBe(200);
  });

  it('is refused with any bit turned, cut off, drawn out, or made up', async () => {
    const { cursor = '' } = await page(dispatcher, `${ALL}?limit=1`);
    const changed = Array.from({ length: cursor.length }, (_, place) => {
      const other = cursor[place] === 'A' ? 'B' : 'A';
      return cursor.slice(0, place) + other + cursor.slice(place + 1);
    });
    const made = Buffer.from(JSON.stringify({ after: orders[0] })).toString('base64url');
    for (const text of [...changed, cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, made, '0', ' ', '%00']) {
      const { status } = await page(dispatcher, `${ALL}?cursor=${encodeURIComponent(text)}`);
      expect([text, status]).toEqual([text, 400]);
    }
  });

  it('of a history is bound to its record and its reader, too, and leads through it once', async () => {
    const history = async (id: string, query: string, by = dispatcher) => {
      const answer = await page(by, `/production/records/${id}/history?${query}`);
      return answer as typeof answer & { items?: { number: number }[] };
    };
    const numbers = ({ items = [] }: { items?: { number: number }[] }) => items.map(({ number }) => number);
    const whole = numbers(await history(own, 'limit=100'));
    const { cursor = '', ...first } = await history(own, 'limit=1');
    expect(cursor).not.toBe('');
    const on = `limit=100&cursor=${encodeURIComponent(cursor)}`;
    const rest = await history(own, on);
    expect([rest.status, [...numbers(first), ...numbers(rest)]]).toEqual([200, whole]);
    expect(new Set(whole).size).toBe(whole.length);
    expect((await history(orders[0] as string, on)).status).toBe(400);
    const another = await somebody(system, 'dispatcher');
    expect(numbers(await history(own, 'limit=100', another))).toEqual(whole);
    expect((await history(own, on, another)).status).toBe(400);
    expect(decoded(cursor)).not.toContain('EVENT');
  });
});

describe('a view by a long text', () => {
  it('takes and finds records by texts of any length', async () => {
    await changeDefinitions(system, (apps) => {
      const [type] = apps['work-orders']?.recordTypes ?? [];
      type?.views.push({
        id: 'by-description',
        name: 'By Description',
        columns: ['number'],
        filter: 'record.description == params.description',
        parameters: [{ id: 'description', label: 'Description', type: 'text' }],
      });
      apps['work-orders']?.permissions[0]?.views?.push('by-description');
    });
    await listsRebuilt(system);
    for (const description of ['é'.repeat(900), 'short', `${'x'.repeat(3999)}a`, `${'x'.repeat(3999)}b`]) {
      const added = await dispatcher.json('POST', `${WORK_ORDERS}/records`, {
        operation: 'add',
        values: workOrder(undefined, { description }),
      });
      expect([description.slice(-1), added.status]).toEqual([description.slice(-1), 201]);
      if (description.length > 1000) continue;
      const query = `param.description=${encodeURIComponent(description)}`;
      const found = await page(dispatcher, `${WORK_ORDERS}/views/by-description?${query}`);
      expect(found.records.map(({ id }) => id)).toEqual([(added.json as RecordJson).id]);
    }
  });
});

describe('filter, sort and parameters as an oracle', () => {
  it('no list takes a filter or an order that its view does not fix', async () => {
    for (const query of [
      'filter=contractorEmail%20!=%20null',
      'sort=contractorEmail',
      'order=desc',
      'fields=*',
      'columns=contractorEmail',
      'q=lifts',
      'param.contractorEmail=lifts@contractor.example',
      'contractorEmail=lifts@contractor.example',
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1e9',
      'limit=NaN',
    ]) {
      for (const [visitor, address, headers] of [
        [contractor.visitor, MINE, contractor.pass],
        [technician, ASSIGNED, {}],
        [dispatcher, ALL, {}],
      ] as const) {
        const { status, text } = await page(visitor, `${address}?${query}`, headers);
        expect([query, status]).toEqual([query, 400]);
        expect(text).toContain(`/${query.split('=')[0]}`);
      }
    }
  });

  it('no list is saved whose order or parameter tells what somebody who opens it may not view', async () => {
    const owner = await firstOwner(system);
    const draft = await owner.get('/admin/apps/work-orders/draft');
    const save = async (change: Partial<View>, role: string) => {
      const { definition } = structuredClone(draft.json) as { definition: AppDefinition };
      const filter = 'record.assignedTo == me.id';
      const view = { id: 'tried', name: 'Tried', columns: ['number'], filter, ...change };
      definition.recordTypes[0]?.views.push(view);
      definition.permissions.find((permission) => permission.role === role)?.views?.push('tried');
      const path = '/admin/apps/work-orders/draft';
      const match = { 'if-match': draft.headers.get('etag') ?? '' };
      const { status, json } = await owner.json('PUT', path, definition, match);
      return [
        status,
        ...((json as ProblemJson).problems ?? []).map(({ path: at, message }) => `${at} ${message}`),
      ];
    };
    const parameters = [{ id: 'name', type: 'string' as const }];
    const asked = {
      parameters,
      filter: 'record.assignedTo == me.id && record.contractorName == params.name',
    };
    const says = expect.stringContaining(
      'the role "technician" can open this list and may not view "contractorName"',
    );
    const refusals = [
      await save({ sort: { field: 'contractorName' } }, 'technician'),
      await save(asked, 'technician'),
    ];
    expect(refusals).toEqual([
      [422, says],
      [422, says],
    ]);
    expect(refusals.map(([, problem]) => String(problem).split(' ')[0])).toEqual([
      expect.stringMatching(/views\/\d+\/sort\/field$/),
      expect.stringMatching(/views\/\d+\/filter$/),
    ]);
    // What the view itself demands is the same for everybody, and who views the field may ask for it.
    const fixed = { filter: 'record.assignedTo == me.id && record.contractorName == "Lifts"' };
    expect((await save(fixed, 'technician'))[0]).toBe(200);
  });

  it('parameters are values and never expressions', async () => {
    for (const value of [
      '" || true || "',
      'record.token',
      '*',
      '%',
      '[]',
      '{"$ne":null}',
      "' OR '1'='1",
      'null',
    ]) {
      const address = `${CONTRACTORS}/views/by-token?param.token=${encodeURIComponent(value)}`;
      const { status, records } = await page(dispatcher, address);
      expect([value, status, records]).toEqual([value, 200, []]);
    }
  });

  it('[F33] By Token finds by the reference and by the pasted token, and is staff’s alone', async () => {
    const { contractorToken } = (await readRecord(dispatcher, own)).values;
    for (const text of [String(contractorToken), contractor.token, ` ${contractor.token} `]) {
      const address = `${CONTRACTORS}/views/by-token?param.token=${encodeURIComponent(text)}`;
      expect((await page(dispatcher, address)).records.map(({ title }) => title)).toEqual(['Lifts']);
      for (const [visitor, headers] of [
        [technician, {}],
        [contractor.visitor, contractor.pass],
      ] as const) {
        expect((await page(visitor, address, headers)).status).toBe(404);
      }
    }
  });
});
