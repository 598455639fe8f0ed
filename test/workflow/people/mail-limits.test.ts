import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { ApiKeys } from '../../support/api-keys.ts';
import { firstOwner } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  changeDefinitions,
  DISPATCHER,
  readRecord,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { wholeTable } from '../../support/witness.ts';

jest.setTimeout(120_000);

const QUARTER = 15 * 60_000;
const DESK = 'desk@abc.example';

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  await changeDefinitions(system, (apps, site) => {
    const app = apps['work-orders'];
    const type = app?.recordTypes[0];
    app?.permissions.push({ role: 'robot', recordType: 'work-order', operations: ['add'] });
    Object.assign(app ?? {}, {
      services: [{ id: 'report', name: 'Report', recordType: 'work-order', operation: 'add' }],
    });
    site.roles.push({
      id: 'reporters',
      name: 'Reporters',
      environments: ['production'],
      services: ['report'],
    });
    for (const operation of type?.operations ?? []) {
      const mail = { kind: 'sendEmail', subject: '"News"', body: '"News of a job."' } as const;
      // Whoever adds one tells the desk; whoever changes or completes one tells the contractor it names.
      if (operation.id === 'add') operation.actions = [{ ...mail, id: 'tell', to: `"${DESK}"` }];
      if (operation.id === 'edit' || operation.id === 'complete') {
        operation.actions = [{ ...mail, id: 'tell', to: 'record.contractorEmail' }];
      }
    }
  });
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterAll(() => system?.stop());

const nextQuarter = () => system.clock.moveTo(Math.ceil((system.clock.now() + 1) / QUARTER) * QUARTER);

beforeEach(async () => {
  await nextQuarter();
  await system.mail.clear();
});

const newsTo = async (email: string) =>
  (await system.mail.messages()).filter(({ to, subject }) => to.includes(email) && subject === 'News').length;

const edit = (id: string, description: string, more: object = {}) =>
  dispatcher.json('POST', `/production/records/${id}/operations/edit`, { values: { description, ...more } });

it('an address that the definition names gets every mail, and refuses nobody', async () => {
  for (let number = 0; number < 25; number++) await addWorkOrder(dispatcher, workOrder());
  await system.settled();
  expect(await newsTo(DESK)).toBe(25);
});

it('a contractor reports a job whatever mails there were: the one too many is left out, and that is to be seen', async () => {
  const email = 'conny@contractor.example';
  const { id } = await addWorkOrder(dispatcher, workOrder({ name: 'Conny', email }));
  const { visitor, pass, home } = await arrive(system, email);
  // The mail with the link counted, too.
  await nextQuarter();
  await system.mail.clear();
  for (let number = 0; number < 20; number++) {
    expect((await edit(id, `Change ${number}`)).status).toBe(200);
  }
  await system.settled();
  expect(await newsTo(email)).toBe(20);

  // Who did not type the address now is not kept from working, either; who does is told.
  expect((await edit(id, 'One change more')).status).toBe(200);
  expect((await readRecord(dispatcher, id)).trouble).toMatchObject({ step: 'MailLeftOut' });
  const again = await edit(id, 'Another', { contractorEmail: email });
  expect([again.status, (again.json as { code: string }).code]).toEqual([429, 'RATE_LIMITED']);

  const path = `/production/records/${id}/operations/complete`;
  const done = await visitor.json('POST', path, { values: {} }, pass);
  expect([done.status, done.text]).toEqual([200, expect.any(String)]);
  expect((await visitor.get(home)).status).toBe(410);
  await system.settled();
  expect(await newsTo(email)).toBe(20);
  // Neither the contractor's report nor the end of the pass hides it; staff who change the record know of it.
  const closed = await readRecord(dispatcher, id);
  expect([closed.state, closed.trouble?.step, closed.trouble?.message]).toEqual([
    'Closed',
    'MailLeftOut',
    expect.stringContaining('Tell the recipient in another way'),
  ]);
  await nextQuarter();
  expect((await edit(id, 'Told by telephone')).status).toBe(200);
  expect((await readRecord(dispatcher, id)).trouble).toBeUndefined();
  const logged = system.logs().filter((line) => line.includes('was dropped: there were too many'));
  expect(logged).toHaveLength(2);
  expect(logged.join()).not.toContain(email);
});

it('that a mail was left out stays to be seen when the contractor reports the job, whose own mail is sent', async () => {
  const email = 'cleo@contractor.example';
  const { id } = await addWorkOrder(dispatcher, workOrder({ name: 'Cleo', email }));
  const { visitor, pass } = await arrive(system, email);
  await nextQuarter();
  for (let number = 0; number <= 20; number++) await edit(id, `Change ${number}`);
  expect((await readRecord(dispatcher, id)).trouble).toMatchObject({ step: 'MailLeftOut' });
  await nextQuarter();
  await system.mail.clear();

  const path = `/production/records/${id}/operations/complete`;
  expect((await visitor.json('POST', path, { values: {} }, pass)).status).toBe(200);
  await system.settled();
  expect(await newsTo(email)).toBe(1);
  expect(await readRecord(dispatcher, id)).toMatchObject({
    state: 'Closed',
    trouble: { step: 'MailLeftOut' },
  });
});

it('a mail whose operation is planned again takes its turn once', async () => {
  const { id } = await addWorkOrder(
    dispatcher,
    workOrder({ name: 'Cora', email: 'cora@contractor.example' }),
  );
  await nextQuarter();
  const other = system.faults.inject({
    when: ({ caller, operation }) => caller.endsWith('api') && operation === 'TransactWriteItems',
    times: 1,
    failure: {
      async meanwhile() {
        expect((await edit(id, 'Meanwhile')).status).toBe(200);
      },
    },
  });
  expect((await edit(id, 'Afterwards')).status).toBe(200);
  expect([other.struck, (await readRecord(dispatcher, id)).values.description]).toEqual([1, 'Afterwards']);
  // Two edits by one person: two turns, though one of them was planned twice.
  const window = Math.floor(system.clock.now() / QUARTER);
  const turns = (await wholeTable(system)).filter(
    ({ PK }) => String(PK).startsWith('RATE#mail') && String(PK).endsWith(`#${window}`),
  );
  expect(turns.map(({ count }) => count)).toEqual([2, 2]);
});

it('what a service mails counts for the program that calls it: none uses up what others may send', async () => {
  const keys = new ApiKeys(system, await firstOwner(system));
  const caller = async () => {
    const { id } = await keys.account('reporters');
    return (await keys.make(id, { environment: 'production' })).machine;
  };
  const report = async (by: Visitor) => {
    const answer = await by.json('POST', '/production/services/report', { values: workOrder() });
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
  };
  const [busy, other] = [await caller(), await caller()];
  for (let called = 0; called < 61; called++) await report(busy);
  await system.settled();
  expect(await newsTo(DESK)).toBe(60);
  await report(other);
  await system.settled();
  expect(await newsTo(DESK)).toBe(61);
});

describe('where no operation mails by itself,', () => {
  beforeAll(() =>
    changeDefinitions(system, (apps) => {
      const orders = apps['work-orders'];
      const form = orders?.recordTypes[0]?.operations.find(({ id }) => id === 'add')?.fields ?? [];
      orders?.permissions.push({
        role: 'NonAuthenticatedUser',
        recordType: 'work-order',
        operations: ['add'],
        // Whom staff give it to is nobody's from outside.
        fields: { add: form.filter((field) => field !== 'assignedTo') },
      });
    }),
  );

  const ask = (by: Visitor, email: string, more: object = {}) =>
    by.json('POST', `${WORK_ORDERS}/records`, {
      operation: 'add',
      values: workOrder({ name: 'Vic', email }, { ...more }),
    });

  const codeOf = ({ status, json }: Answer) => [status, (json as { code?: string }).code];

  it('the passes that staff ask for are few to one address and many in all: beyond that nothing is written', async () => {
    const email = 'victim@contractor.example';
    for (let number = 0; number < 20; number++) expect((await ask(dispatcher, email)).status).toBe(201);
    const number = 'ONE-TOO-MANY';
    expect(codeOf(await ask(dispatcher, 'Victim@Contractor.EXAMPLE', { number }))).toEqual([
      429,
      'RATE_LIMITED',
    ]);
    await system.settled();
    expect((await system.mail.messages()).filter(({ to }) => to.includes(email))).toHaveLength(20);
    expect(JSON.stringify(await wholeTable(system))).not.toContain(number);

    // Nor does an edit of another one send it there; other contractors get theirs.
    const { id } = (await ask(dispatcher, 'other@contractor.example')).json as { id: string };
    expect(codeOf(await edit(id, 'For another', { contractorEmail: email }))).toEqual([429, 'RATE_LIMITED']);
    expect((await readRecord(dispatcher, id)).values.contractorEmail).toBe('other@contractor.example');
    for (let each = 0; each < 41; each++)
      expect((await ask(dispatcher, `many-${each}@contractor.example`)).status).toBe(201);
    await nextQuarter();
    expect((await ask(dispatcher, email)).status).toBe(201);
  });

  it('the passes that people without a credential ask for are few, whoever they are for', async () => {
    const stranger = new Visitor(system.url);
    for (let each = 0; each < 20; each++)
      expect((await ask(stranger, `stranger-${each}@contractor.example`)).status).toBe(201);
    expect(codeOf(await ask(stranger, 'stranger-20@contractor.example'))).toEqual([429, 'RATE_LIMITED']);
    expect((await ask(dispatcher, 'stranger-20@contractor.example')).status).toBe(201);
  });
});
