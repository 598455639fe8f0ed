import type { AppDefinition } from '../../../core/apps/definition.ts';
import type { System } from '../../../local/system.ts';
import { createJobFaults } from '../../support/job-faults.ts';
import { DAY_MS, type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom } from '../../support/oracle.ts';
import { changeDefinitions, startPropertyManagement } from '../../support/property-management.ts';

/** Apps are published anew while passes live: what made them has another name or another place by then. */
let system: System;
let lifecycles: Lifecycles;

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
}, 120_000);

// As it was.
afterEach(() => changeDefinitions(system, () => {}));
afterAll(() => system?.stop());

const settled = () => system.clock.settled();
const dayIn = (days: number) => new Date(system.clock.now() + days * DAY_MS).toISOString().slice(0, 10);
const endOf = (day: string) => Date.parse(`${day}T00:00:00Z`) + DAY_MS;

async function raise(more: Record<string, unknown> = {}): Promise<Job> {
  const job = await lifecycles.raise(more);
  await settled();
  expect(await missingFrom(lifecycles, job)).toEqual([]);
  return job;
}

async function edit(job: Job, values: object): Promise<void> {
  const path = `/production/records/${job.recordId}/operations/edit`;
  const answer = await (await lifecycles.staff()).json('POST', path, { values });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  await settled();
}

type Apps = Record<string, AppDefinition>;

function workOrders(apps: Apps) {
  const app = apps['work-orders'] as AppDefinition;
  const [type] = app.recordTypes;
  const add = type?.operations.find(({ id }) => id === 'add');
  const dispatcher = app.permissions.find(({ role }) => role === 'dispatcher');
  if (!type || !add || !dispatcher?.operations) throw new Error('the example has changed');
  return { app, type, add, permitted: dispatcher.operations };
}

const REPUBLISHED: [string, (apps: Apps) => void][] = [
  [
    'whose operation has another name',
    (apps) => {
      const { add, permitted } = workOrders(apps);
      add.id = 'raise';
      permitted.splice(permitted.indexOf('add'), 1, 'raise');
    },
  ],
  [
    'whose task has another name',
    (apps) => {
      const { app, add } = workOrders(apps);
      const [attached] = add.tasks ?? [];
      const task = app.tasks?.find(({ id }) => id === attached?.task);
      if (!attached || !task) throw new Error('the example has changed');
      task.id = attached.task = 'let-somebody-in';
    },
  ],
  [
    'whose task belongs to another operation',
    (apps) => {
      const { type, add, permitted } = workOrders(apps);
      const { tasks, notifications } = add;
      type.operations.push({
        id: 'hand-over',
        name: 'Hand Over',
        kind: 'transition',
        from: ['Active'],
        to: 'Active',
        ...(tasks && { tasks }),
        ...(notifications && { notifications }),
      });
      delete add.tasks;
      delete add.notifications;
      permitted.push('hand-over');
    },
  ],
];

describe.each(REPUBLISHED)('a pass %s', (_, change) => {
  it('[D25] ends when its record is unticked', async () => {
    const job = await raise();
    await changeDefinitions(system, change);
    await edit(job, { externalContractor: null, contractorName: null, contractorEmail: null });
    expect(await lifecycles.letsIn(job)).toBe(false);
    expect(await leftOf(lifecycles, job)).toEqual([]);
  });

  it('[D24] is replaced when its address is corrected', async () => {
    const job = await raise();
    await changeDefinitions(system, change);
    const email = `corrected-${job.email}`;
    await edit(job, { contractorEmail: email });
    expect(await lifecycles.letsIn(job)).toBe(false);
    expect(await lifecycles.mails({ email })).toHaveLength(1);
    const { grantId = '' } = (await lifecycles.record(job)) ?? {};
    expect(await missingFrom(lifecycles, { ...job, email, grantId })).toEqual([]);
  });

  it('[D17] ends with the due date of its record', async () => {
    const job = await raise({ dueDate: dayIn(30) });
    await changeDefinitions(system, change);
    const dueDate = dayIn(3);
    await edit(job, { dueDate });
    expect((await lifecycles.grant(job)).expiresAt).toBe(endOf(dueDate));
  });

  it('[F30] is still mailed when that happens before its mail is sent', async () => {
    const faults = createJobFaults(system);
    const number = `REPUBLISHED-${system.clock.now()}`;
    const struck = faults.plan(number, {
      at: 'NotifyContractor',
      target: 'read',
      failure: { meanwhile: () => changeDefinitions(system, change) },
    });
    const job = await raise({ number });
    expect([struck.struck, (await lifecycles.mails(job)).length]).toEqual([1, 1]);
    faults.clear();
  });
});

it('[D10, D26] a record type that a live pass needs is not taken away, be it its own or that of its token user', async () => {
  const job = await raise();
  for (const [id, name] of [
    ['work-orders', 'work-order'],
    ['contractor-tokens', 'contractor'],
  ]) {
    const renamed = changeDefinitions(system, (apps) => {
      for (const app of Object.values(apps))
        Object.assign(app, JSON.parse(JSON.stringify(app).replaceAll(`"${name}"`, '"renamed"')));
    });
    await expect(renamed).rejects.toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [
        {
          path: `/${id}/recordTypes`,
          message: expect.stringMatching(new RegExp(`^must keep “${name}”: .*pass.* not over`)),
        },
      ],
    });
  }
  expect(await missingFrom(lifecycles, job)).toEqual([]);
});

it('[F35] a pass whose job is done while the list of tokens is made anew is cleaned up all the same', async () => {
  const jobs = [await raise(), await raise(), await raise()];
  await changeDefinitions(system, (apps) => {
    const view = apps['contractor-tokens']?.recordTypes[0]?.views?.find(({ id }) => id === 'by-token');
    if (!view) throw new Error('the example has changed');
    view.sort = { field: 'name' };
  });
  for (const job of jobs) expect((await lifecycles.complete(job)).status).toBe(200);
  await settled();
  for (const job of jobs) {
    expect(await leftOf(lifecycles, job)).toEqual([]);
    expect((await lifecycles.run(job)).endReason).toBe('completed');
    expect(await lifecycles.trouble(job)).toBeUndefined();
  }
  await system.clock.advance(5 * MINUTE_MS);
  await settled();
});

it('[D17] a pass that runs out is ended by the task of its own record type, whatever else ends passes of the app', async () => {
  await changeDefinitions(system, (apps) => {
    const { app, type } = workOrders(apps);
    const task = app.tasks.find(({ id }) => id === 'delete-contractor-token');
    if (!task) throw new Error('the example has changed');
    const other = structuredClone({ ...task, id: 'end-inspection', recordType: 'inspection' });
    const [action] = other.actions;
    if (action) action.returns = { ...action.returns, completionNotes: '"Inspected."' };
    const inspection = structuredClone({ ...type, id: 'inspection', name: 'Inspection' });
    for (const operation of inspection.operations) {
      delete operation.notifications;
      delete operation.tasks;
      if (operation.id === 'complete') operation.tasks = [{ task: other.id }];
    }
    app.recordTypes.push(inspection);
    app.tasks.unshift(other);
  });
  const dueDate = dayIn(3);
  const job = await raise({ dueDate });
  await system.clock.moveTo(endOf(dueDate) + 2_000);
  await settled();
  expect(await lifecycles.run(job)).toMatchObject({ status: 'ended', endReason: 'expired' });
  expect(await leftOf(lifecycles, job)).toEqual([]);
  expect((await lifecycles.record(job))?.values.completionNotes).toBeUndefined();
});
