import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  changeDefinitions,
  DISPATCHER,
  finished,
  readRecord,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { siteRuntime, staffSession } from '../../support/site-runtime.ts';
import { photograph } from '../../support/witness.ts';

jest.setTimeout(60_000);

const ROBOT = 'work-order-robot';

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

async function giveRobot(...roles: string[]): Promise<void> {
  const { store } = await siteRuntime(system);
  await store.commit([{ kind: 'changePrincipal', principalId: ROBOT, set: { roles } }]);
}

interface TaskRuns {
  taskRuns: { status: string; steps: { step: string; outcome: string; message?: string }[] }[];
}

const newIn = (after: object, before: object, prefix: string) =>
  Object.keys(after).filter((key) => !(key in before) && key.startsWith(prefix));

describe('a robot without a role for its task', () => {
  it('[F48] fails visibly on the record and its task run, and nothing is half done', async () => {
    await giveRobot();
    const before = await photograph(system);
    const mails = (await system.mail.messages()).length;
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Nobody Comes', email: 'nobody@contractor.example' }),
    );

    expect((await finished(system, id)).status).toBe('FAILED');
    await system.settled();
    const record = await readRecord(dispatcher, id);
    expect(record.trouble?.message).toMatch(/the robot could not .*roles do not permit/);
    expect(record.values).toMatchObject({ contractorName: 'Nobody Comes' });
    expect([record.values.contractorToken, record.values.assignedTo]).toEqual([undefined, undefined]);
    const { taskRuns } = (await dispatcher.get(`/production/records/${id}/task-runs`)).json as TaskRuns;
    expect(taskRuns).toHaveLength(1);
    expect(taskRuns[0]?.status).toBe('failed');
    expect(taskRuns[0]?.steps[0]).toMatchObject({ step: 'CreateToken', outcome: 'failed' });

    const after = await photograph(system);
    expect(newIn(after, before, 'PRINCIPAL#')).toEqual([]);
    expect(newIn(after, before, 'INDEX#production#contractor-tokens')).toEqual([]);
    expect(newIn(after, before, 'OUTBOX#')).toEqual([]);
    expect((await system.mail.messages()).length).toBe(mails);
  });

  it('[F48] does half of nothing when it may add the contractor but not copy the token back', async () => {
    await giveRobot('robot');
    await changeDefinitions(system, (apps) => {
      const orders = apps['work-orders'];
      const robot = orders?.permissions.find(({ role }) => role === 'robot');
      if (robot?.fields) robot.fields.edit = ['assignedTo'];
    });
    const before = await photograph(system);
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Half Done', email: 'half@contractor.example' }),
    );
    expect((await finished(system, id)).status).toBe('FAILED');
    await system.settled();
    const { trouble } = await readRecord(dispatcher, id);
    expect(trouble?.message).toMatch(/could not return contractorToken .*roles do not permit/);
    expect(newIn(await photograph(system), before, 'PRINCIPAL#')).toEqual([]);
    const contractors = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: unknown[] };
    expect(contractors.records).toEqual([]);
  });

  it('[F48] serves the next work order as soon as it has its role again', async () => {
    await changeDefinitions(system, () => {});
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Comes After All', email: 'after@contractor.example' }),
    );
    expect((await arrive(system, 'after@contractor.example')).landing.status).toBe(303);
    expect((await readRecord(dispatcher, id)).trouble).toBeUndefined();
  });
});

describe('a robot that loses its role while the contractor works', () => {
  it('[F48] cannot clean up, and the token dies all the same', async () => {
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Ends Well', email: 'ends@contractor.example' }),
    );
    const { visitor, pass, home } = await arrive(system, 'ends@contractor.example');
    await giveRobot();
    const completed = await visitor.json(
      'POST',
      `/production/records/${id}/operations/complete`,
      { values: {} },
      pass,
    );
    expect(completed.status).toBe(200);
    expect((await visitor.get(home)).status).toBe(410);
    expect((await finished(system, id)).status).toBe('FAILED');
    await system.settled();
    const record = await readRecord(dispatcher, id);
    expect(record.trouble?.message).toMatch(/roles do not permit/);
    expect([record.state, record.values.contractorToken]).toEqual(['Closed', undefined]);
    await giveRobot('robot');
  });
});
