import { jest } from '@jest/globals';
import { PROPERTY_MANAGEMENT, seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  type Contractor,
  DISPATCHER,
  type RecordJson,
  readRecord,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { expectRefused } from '../../support/refusal.ts';
import { staffSession, staffSessionToken } from '../../support/site-runtime.ts';
import { photograph, watchCalls } from '../../support/witness.ts';

const CONTRACTOR = { name: 'Lift & Söhne', email: 'lifts@contractor.example' };

jest.setTimeout(30_000);

let system: System;
let dispatcher: Visitor;
let technician: Visitor;
let technicianId: string;
let order: RecordJson;
let contractor: Contractor;

beforeAll(async () => {
  system = await startPropertyManagement();
  await seedDefinitions(system, { ...PROPERTY_MANAGEMENT, environment: 'test' });
  dispatcher = await staffSession(system, DISPATCHER);
  technician = await staffSession(system, TECHNICIAN);
  technicianId = (await staffSessionToken(system, TECHNICIAN)).principalId;
  order = await addWorkOrder(dispatcher, workOrder(CONTRACTOR));
  contractor = await arrive(system, CONTRACTOR.email);
  // The first use of a pass is noted once.
  await contractor.visitor.get(`/production/records/${order.id}`, contractor.pass);
  await system.settled();
}, 120_000);

afterAll(() => system?.stop());

/** Sends one request and says what it answered and what it wrote. */
async function attempt(visitor: Visitor, path: string, body: unknown, headers: Record<string, string> = {}) {
  const watch = watchCalls(system);
  const answer = await visitor.json('POST', path, body, headers);
  return { answer, written: watch.written() };
}

const run = (visitor: Visitor, operation: string, values: object, headers = {}) =>
  attempt(visitor, `/production/records/${order.id}/operations/${operation}`, { values }, headers);

const invalid = { status: 422, code: 'VALUES_INVALID' };

/** What does not fit, in which field, and what is said of it. */
const UNFIT: [what: string, field: string, value: unknown, says: RegExp][] = [
  ['a number for a text', 'number', 17, /must be text/],
  ['a text that is too long', 'number', 'x'.repeat(41), /at most 40 characters; it has 41/],
  ['two lines for one', 'number', 'one\ntwo', /line breaks/],
  ['a list for a text', 'number', ['WO-1'], /single value/],
  ['a control character', 'number', '\u0000', /control characters/],
  ['half a character', 'number', 'half: \ud83d', /not well-formed/],
  ['an unlisted choice', 'category', 'Demolition', /must be one of Cleaning, Maintenance, Specialist/],
  ['a description that is too long', 'description', 'x'.repeat(4001), /at most 4000 characters/],
  ['a word for a date', 'dueDate', 'tomorrow', /a date like/],
  ['a day that does not exist', 'dueDate', '2099-02-30', /a date like/],
  ['a number for a date', 'dueDate', 20990101, /must be text/],
  ['a person who does not exist', 'assignedTo', 'nobody', /does not exist/],
  ['a robot for a person', 'assignedTo', 'work-order-robot', /does not exist/],
  ['a text for a list', 'externalContractor', 'Yes', /must be a list/],
  ['an unlisted box', 'externalContractor', ['Yes', 'No'], /is not among Yes/],
  ['a word for an email', 'contractorEmail', 'no address', /must be an email address/],
  ['an email with a header', 'contractorEmail', 'a@b.example\r\nBcc: all@evil.example', /line breaks/],
  ['two emails', 'contractorEmail', 'a@b.example, all@evil.example', /must be an email address/],
  ['an email without a dot in its domain', 'contractorEmail', 'a@b', /must be an email address/],
  [
    'an encoded word for an email',
    'contractorEmail',
    '=?utf-8?b?YWxsQGV2aWwuZXhhbXBsZQ==?=@b.example',
    /must be an email address/,
  ],
  ['an email that is too long', 'contractorEmail', `${'a'.repeat(65)}@b.example`, /must be an email address/],
  ['an email with a name', 'contractorEmail', 'Ana <a@b.example>', /must be an email address/],
];

/** Nobody writes these, whoever they are: read-only, computed, or the record's own. */
const UNWRITABLE = [
  'contractorToken',
  'contractorLink',
  'surplus',
  'id',
  'state',
  'version',
  'createdBy',
  'grantId',
  'trouble',
  'constructor',
  'toString',
];

describe('adding a record', () => {
  const add = (values: object, operation = 'add') =>
    attempt(dispatcher, `${WORK_ORDERS}/records`, { operation, values });

  it.each(UNFIT)('refuses %s, and names the field %s', async (_what, field, value, says) => {
    const sent = await add(workOrder(CONTRACTOR, { [field]: value }));
    expectRefused(sent, { ...invalid, place: `/values/${field}`, says });
  });

  it.each(UNWRITABLE)('[F10, F18] refuses %s, which nobody can write', async (field) => {
    const sent = await add(workOrder(CONTRACTOR, { [field]: 'something' }));
    expectRefused(sent, { ...invalid, place: `/values/${field}` });
  });

  it('refuses every place at once, so that nobody has to try again for each', async () => {
    const { answer } = await add({ number: 7, category: 'Demolition' });
    const { problems } = answer.json as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path).sort()).toEqual(
      ['building', 'category', 'description', 'dueDate', 'number'].map((field) => `/values/${field}`),
    );
  });

  it.each(['number', 'building', 'category', 'description', 'dueDate', 'contractorName', 'contractorEmail'])(
    '[F17] refuses a record without its required %s',
    async (field) => {
      for (const nothing of [null, '', '   ', undefined]) {
        const sent = await add(workOrder(CONTRACTOR, { [field]: nothing }));
        expectRefused(sent, { ...invalid, place: `/values/${field}`, says: /is required/ });
      }
    },
  );

  it.each(['contractorName', 'contractorEmail'])(
    '[F17] refuses %s, which is hidden unless Yes is ticked',
    async (field) => {
      const sent = await add(workOrder(undefined, { [field]: 'a@b.example' }));
      expectRefused(sent, { ...invalid, place: `/values/${field}`, says: /hidden/ });
    },
  );

  it.each(['complete', 'edit', 'delete', 'view', 'nonsense', '__proto__', 'constructor', ''])(
    'refuses the operation “%s”, which adds nothing, by name',
    async (operation) => {
      expectRefused(await add(workOrder(), operation), {
        status: 404,
        code: 'NOT_FOUND',
        place: '/operation',
      });
    },
  );

  it('gives away neither app nor record type', async () => {
    for (const path of [
      '/production/apps/nonsense/record-types/work-order/records',
      '/production/apps/work-orders/record-types/nonsense/records',
      '/production/apps/work-orders/record-types/contractor/records',
      '/development/apps/work-orders/record-types/work-order/records',
    ]) {
      const sent = await attempt(dispatcher, path, { operation: 'add', values: workOrder() });
      expectRefused(sent, { status: 404, code: 'NOT_FOUND' });
    }
  });
});

describe('changing a record', () => {
  it.each(UNFIT)('refuses %s, and names the field %s', async (_what, field, value, says) => {
    expectRefused(await run(dispatcher, 'edit', { [field]: value }), {
      ...invalid,
      place: `/values/${field}`,
      says,
    });
  });

  it.each(UNWRITABLE)('[F10, F18] refuses %s, which nobody can write', async (field) => {
    expectRefused(await run(dispatcher, 'edit', { [field]: 'something' }), {
      ...invalid,
      place: `/values/${field}`,
    });
  });

  it('[F17] refuses a value for a field that the same edit hides', async () => {
    const values = { externalContractor: [], contractorName: 'Somebody else' };
    expectRefused(await run(dispatcher, 'edit', values), {
      ...invalid,
      place: '/values/contractorName',
      says: /hidden/,
    });
  });

  it.each(['add', 'view', 'nonsense', 'constructor'])(
    'finds no operation “%s” on a record, and says so',
    async (operation) => {
      expectRefused(await run(dispatcher, operation, {}), { status: 404, code: 'NOT_FOUND' });
    },
  );

  it('refuses a field of another operation', async () => {
    expectRefused(await run(dispatcher, 'complete', { building: 'Another' }), {
      ...invalid,
      place: '/values/building',
    });
  });

  it('refuses a version that has been overtaken, and says which it is', async () => {
    const { version } = await readRecord(dispatcher, order.id);
    for (const other of [version - 1, version + 1]) {
      const sent = await run(dispatcher, 'edit', { building: 'B' }, { 'if-match': `"${other}"` });
      expectRefused(sent, { status: 412, code: 'VERSION_MISMATCH', says: new RegExp(`version ${version}`) });
    }
  });

  it('refuses an Idempotency-Key that was used for something else, in whichever environment', async () => {
    const key = { 'idempotency-key': 'once' };
    expect((await run(dispatcher, 'edit', { building: 'Once' }, key)).answer.status).toBe(200);
    const mismatch = { status: 409, code: 'IDEMPOTENCY_MISMATCH', says: /new key/ };
    expectRefused(await run(dispatcher, 'edit', { building: 'Twice' }, key), mismatch);
    expectRefused(await run(dispatcher, 'complete', {}, key), mismatch);
    const body = { operation: 'add', values: workOrder() };
    expectRefused(await attempt(dispatcher, `${WORK_ORDERS}/records`, body, key), mismatch);
    const again = await run(dispatcher, 'edit', { building: 'Once' }, key);
    expect([again.answer.status, again.written]).toEqual([200, []]);

    const addressed = { 'idempotency-key': 'added' };
    const first = await attempt(dispatcher, `${WORK_ORDERS}/records`, body, addressed);
    expect(first.answer.status).toBe(201);
    const elsewhere = `${WORK_ORDERS.replace('production', 'test')}/records`;
    expectRefused(await attempt(dispatcher, elsewhere, body, addressed), mismatch);
  });
});

describe('a closed work order', () => {
  it('[F15] refuses completing it again, and names the states', async () => {
    const { id } = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: technicianId }));
    const path = `/production/records/${id}/operations/complete`;
    expect((await technician.json('POST', path, { values: {} })).status).toBe(200);
    for (const visitor of [technician, dispatcher]) {
      const sent = await attempt(visitor, path, { values: { completionNotes: 'Again' } });
      expectRefused(sent, { status: 409, code: 'STATE_REFUSED', says: /Active.*Closed/ });
    }
    const { can } = await readRecord(technician, id);
    expect(can.operations.map((operation) => operation.id)).not.toContain('complete');
  });
});

describe('what a role may not do', () => {
  it('[F21] a contractor’s operations and fields are those of the role, whatever is sent', async () => {
    const { visitor, pass } = contractor;
    const forbidden = { status: 403, code: 'FORBIDDEN' };
    expectRefused(await run(visitor, 'delete', {}, pass), forbidden);
    expectRefused(await run(visitor, 'edit', { description: 'something' }, pass), forbidden);
    const notWritable = { ...invalid, says: /not a field that you can write/ };
    for (const field of [...new Set(UNFIT.map(([, id]) => id)), ...UNWRITABLE]) {
      for (const operation of ['note', 'complete']) {
        const sent = await run(visitor, operation, { [field]: 'something' }, pass);
        expectRefused(sent, { ...notWritable, place: `/values/${field}` });
      }
    }
  });

  it('a technician learns of nobody else’s work order that it is there', async () => {
    const elsewhere = '0'.repeat(22);
    const asked = (id: string) =>
      Promise.all([
        technician.get(`/production/records/${id}`),
        technician.get(`/production/records/${id}/history`),
        technician.get(`/production/records/${id}/task-runs`),
        technician.get(`${WORK_ORDERS}/forms/edit?record=${id}`),
        technician.get(`${WORK_ORDERS}/forms/complete?record=${id}`),
        technician.json('POST', `/production/records/${id}/operations/edit`, { values: {} }),
        technician.json('POST', `/production/records/${id}/operations/complete`, { values: {} }),
        technician.json('POST', `/production/records/${id}/operations/nonsense`, { values: {} }),
        technician.json(
          'POST',
          `/production/records/${id}/operations/complete`,
          { values: {} },
          { 'if-match': '"1"' },
        ),
      ]);
    const said = [...(await asked(order.id)), ...(await asked(elsewhere))].map(
      ({ status, text, headers }) => {
        const { requestId: _, ...rest } = JSON.parse(text) as { requestId: string };
        return [status, rest, headers.get('etag')];
      },
    );
    expect(said.slice(0, said.length / 2)).toEqual(said.slice(said.length / 2));
    expect(said.map(([status]) => status)).toEqual(said.map(() => 404));
  });

  it('anonymous people find nothing, and are asked to sign in where that would help', async () => {
    const stranger = new Visitor(system.url);
    expect((await stranger.get(`/production/records/${order.id}`)).status).toBe(404);
    expect((await stranger.get(`${WORK_ORDERS}/views/all`)).status).toBe(404);
    expect((await stranger.get('/production/apps')).json).toEqual({ apps: [] });
    expect((await stranger.get(`/production/records/${order.id}/history`)).status).toBe(401);
    const sent = await attempt(stranger, `${WORK_ORDERS}/records`, { operation: 'add', values: workOrder() });
    expectRefused(sent, { status: 404, code: 'NOT_FOUND' });
  });
});

describe('a work order without a contractor', () => {
  it('[F27, F31] makes no token, starts no workflow and sends no mail', async () => {
    const before = { mails: (await system.mail.messages()).length, table: await photograph(system) };
    const executions = (await system.executions.list()).length;
    const { id } = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: technicianId }));
    await dispatcher.json('POST', `/production/records/${id}/operations/edit`, { values: { building: 'B' } });
    await technician.json('POST', `/production/records/${id}/operations/complete`, { values: {} });
    await system.settled();
    const after = await photograph(system);
    const added = Object.keys(after).filter((key) => !(key in before.table));
    expect(added.filter((key) => !/^(RECORD|INDEX|REGISTER)#/.test(key))).toEqual([]);
    expect(added.filter((key) => key.includes('GRANT#'))).toEqual([]);
    expect((await system.executions.list()).length).toBe(executions);
    expect((await system.mail.messages()).length).toBe(before.mails);
    const contractors = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: unknown[] };
    expect(contractors.records).toHaveLength(1);
  });
});

describe('the view By Token', () => {
  it('[F33] refuses parameters that it does not declare, by name', async () => {
    for (const query of [
      'param.surplus=1',
      'token=abc',
      'surplus=1',
      'param.token.x=1',
      'sort=email',
      'filter=true',
    ]) {
      const watch = watchCalls(system);
      const answer = await dispatcher.get(`${CONTRACTORS}/views/by-token?${query}`);
      const name = query.split('=')[0] as string;
      expectRefused(
        { answer, written: watch.written() },
        { status: 400, code: 'REQUEST_INVALID', place: `/${name}` },
      );
    }
  });

  it('[F33] finds nothing for a parameter of any length', async () => {
    for (const text of ['x'.repeat(1000), 'é'.repeat(1000), '\u{1F600}'.repeat(400), '%', '#', '=']) {
      const answer = await dispatcher.get(
        `${CONTRACTORS}/views/by-token?param.token=${encodeURIComponent(text)}`,
      );
      expect([text.slice(0, 2), answer.status, (answer.json as { records?: unknown[] }).records]).toEqual([
        text.slice(0, 2),
        200,
        [],
      ]);
    }
  });
});
