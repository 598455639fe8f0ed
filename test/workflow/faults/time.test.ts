import type { System } from '../../../local/system.ts';
import { createJobFaults, type Trouble } from '../../support/job-faults.ts';
import { DAY_MS, type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom, orphans, pendingOutbox } from '../../support/oracle.ts';
import { createUser, firstOwner, patchUser } from '../../support/people.ts';
import {
  addWorkOrder,
  CONTRACTORS,
  changeDefinitions,
  DISPATCHER,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';

/** A pass from its first day to long after its last, on the movable clock. */
let system: System;
let lifecycles: Lifecycles;

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
}, 120_000);

afterEach(() => system.clock.resume());
afterAll(() => system?.stop());

const settled = () => system.clock.settled();
const dayIn = (days: number) => new Date(system.clock.now() + days * DAY_MS).toISOString().slice(0, 10);
/** The moment at which a day is over, in UTC. */
const endOf = (day: string) => Date.parse(`${day}T00:00:00Z`) + DAY_MS;

async function moveTo(moment: number): Promise<void> {
  await settled();
  await system.clock.moveTo(moment);
  await settled();
}

/** A work order that is due so many days from now, its pass issued and mailed. */
async function raiseDueIn(days: number): Promise<{ job: Job; dueDate: string; end: number }> {
  const dueDate = dayIn(days);
  const job = await lifecycles.raise({ dueDate });
  await settled();
  const { expiresAt = 0 } = await lifecycles.grant(job);
  return { job, dueDate, end: expiresAt };
}

async function extend(job: Job, until: number) {
  const staff = await lifecycles.staff();
  const path = `/admin/tokens/production/${job.grantId}/extend`;
  return staff.json('POST', path, { until: new Date(until).toISOString() });
}

const subjects = async (job: Pick<Job, 'email'>) =>
  (await lifecycles.mails(job)).map(({ subject }) => subject);
const warnings = async (job: Job) =>
  (await subjects({ email: DISPATCHER })).filter((subject) =>
    subject.includes(`The pass for ${job.number} ends`),
  );

/** The rule on workflows that did not end by themselves reaches nobody. */
const NOBODY_HEARS: Trouble = {
  at: 'after failure',
  target: 'invoke',
  failure: 'fail',
  times: Number.POSITIVE_INFINITY,
};

/** Stops a workflow by hand. */
async function stop({ grantId }: { grantId: string }): Promise<void> {
  await system.executions.stop(`grant-${grantId}`);
}

async function expectOver(job: Job): Promise<void> {
  await settled();
  // A year of the clock in one step can take longer to come to rest than the clock waits for on a busy machine.
  const nothingLeft = async () => (await leftOf(lifecycles, job)).length === 0;
  await system
    .waitFor('nothing is left of the pass', nothingLeft, { timeout: 30_000 })
    .catch(() => undefined);
  expect(await leftOf(lifecycles, job)).toEqual([]);
  expect(await lifecycles.letsIn(job)).toBe(false);
}

describe('a pass that nobody uses', () => {
  it('[D17, F23] is warned of in words that who raised its record may view; who may view it no more is not warned', async () => {
    await changeDefinitions(system, ({ 'work-orders': orders }, site) => {
      site.roles.push({ id: 'requester', name: 'Requester', environments: ['production'] });
      orders?.permissions.push({
        role: 'requester',
        recordType: 'work-order',
        operations: ['add', 'view'],
        fields: { view: ['building'] },
      });
    });
    const owner = await firstOwner(system);
    const raise = async () => {
      const { id, email } = await createUser(owner, { roles: ['requester'] });
      const contractor = { name: `Hired by ${id}`, email: `hired-${id}@firm.example` };
      const order = workOrder(contractor, { dueDate: dayIn(5) });
      await addWorkOrder(await staffSession(system, email), order);
      return { id, email, order };
    };
    const [stays, leaves] = [await raise(), await raise()];
    await settled();
    expect((await patchUser(owner, leaves.id, { roles: [] })).status).toBe(200);
    await moveTo(endOf(dayIn(5)) - DAY_MS + MINUTE_MS);

    const [warning, ...more] = await lifecycles.mails(stays);
    expect([warning?.subject, more]).toEqual([expect.stringMatching(/^The pass for Work Order ends/), []]);
    expect(warning?.text).toContain('The pass of the contractor for work order ends');
    expect(warning?.text).not.toContain(stays.order.number);
    expect(warning?.text).not.toContain(`Hired by ${stays.id}`);
    const contact = await lifecycles.mails({ email: 'dispatch@abc.example' });
    expect([await lifecycles.mails(leaves), contact.map(({ subject }) => subject)]).toEqual([
      [],
      [expect.stringContaining(`The pass for ${leaves.order.number} ends`)],
    ]);
  });

  it('[D17] ends with the day on which its record is due, after a reminder; staff are warned before and told after', async () => {
    const { job, dueDate, end } = await raiseDueIn(5);
    expect(end).toBe(endOf(dueDate));
    expect(await subjects(job)).toEqual([`Work order ${job.number} at Mill House`]);

    await moveTo(end - DAY_MS - MINUTE_MS);
    expect([await subjects(job), await warnings(job)]).toEqual([[expect.any(String)], []]);
    await moveTo(end - DAY_MS + MINUTE_MS);
    expect(await subjects(job)).toContain(`Reminder: Work order ${job.number} at Mill House`);
    expect(await warnings(job)).toHaveLength(1);
    expect(await missingFrom(lifecycles, job)).toEqual([]);

    await moveTo(end + 2_000);
    await expectOver(job);
    expect(await subjects(job)).toHaveLength(2);
    expect(await warnings(job)).toHaveLength(1);
    expect(await lifecycles.run(job)).toMatchObject({ status: 'ended', endReason: 'expired' });
    expect((await lifecycles.trouble(job))?.message).toMatch(
      /^The pass ended with .*the job was not reported done/,
    );
    expect((await lifecycles.record(job))?.state).toBe('Active');
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });

  it('[D17] lasts a day if its record is due already, and is then not worth a reminder', async () => {
    const { job, end } = await raiseDueIn(-3);
    const { createdAt } = await lifecycles.grant(job);
    expect(end - Date.parse(createdAt)).toBeGreaterThanOrEqual(DAY_MS);
    expect(end - Date.parse(createdAt)).toBeLessThan(DAY_MS + MINUTE_MS);
    await moveTo(end + 2_000);
    await expectOver(job);
    expect(await subjects(job)).toHaveLength(1);
  });

  it('[D17] without a due date ends after the default lifetime of its app', async () => {
    const values = { name: 'By Hand', email: 'by-hand@firm.example' };
    const staff = await lifecycles.staff();
    const answer = await staff.json('POST', `${CONTRACTORS}/records`, { operation: 'add-user', values });
    const { id } = answer.json as { id: string };
    const record = await lifecycles.runtime.store.readRecord('production', id);
    const [principalId = '', credentialId = ''] = String(record?.values.token).split('.');
    const credential = await lifecycles.runtime.store.readCredential(principalId, credentialId);
    expect((credential?.expiresAt ?? 0) - Date.parse(credential?.createdAt ?? '')).toBe(30 * DAY_MS);
  });

  it.each([30, 364])('[D17] can last %i days, and works on the first and on the last', async (days) => {
    const { job, end } = await raiseDueIn(days === 364 ? 5000 : days - 1);
    const { createdAt } = await lifecycles.grant(job);
    expect(Math.round((end - Date.parse(createdAt)) / DAY_MS)).toBe(days);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    await moveTo(end - MINUTE_MS);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    expect(await subjects(job)).toHaveLength(2);
    await moveTo(end + 2_000);
    await expectOver(job);
    expect((await lifecycles.path(job)).slice(-7)).toEqual([
      'CheckGrant',
      'NextStep',
      'RemindContractor',
      'AwaitCompletion',
      'CheckGrant',
      'NextStep',
      'DeleteToken',
    ]);
  });
});

/** What staff may do about a job's pass, by the API's answer and by the page of live passes. */
async function offered({ grantId }: Job) {
  const staff = await lifecycles.staff();
  const { json } = await staff.get('/admin/tokens/production?limit=100');
  const { passes } = json as { passes: { id: string; can: object }[] };
  const page = (await staff.get('/passes/production')).text;
  const card = page.split(/<\/?article/).find((each) => each.includes(`"pass-${grantId}"`)) ?? '';
  const buttons = [...card.matchAll(/name="action" value="(\w+)"|form="(revoke)"/g)];
  return {
    can: passes.find(({ id }) => id === grantId)?.can,
    buttons: buttons.map(([, action, selected]) => action ?? selected),
  };
}

/** How many holders of passes staff find among those who reach a job's record. */
async function holdersOf({ recordId }: Job): Promise<number> {
  const { json } = await (await lifecycles.staff()).get(`/production/records/${recordId}/access`);
  const { subjects: found } = json as { subjects: { type: string }[] };
  return found.filter(({ type }) => type === 'tokenUser').length;
}

describe('the second in which a pass ends', () => {
  it('[D17] gives access a millisecond before it, and none from it on, whether anybody has cleaned up or not', async () => {
    const { job, end } = await raiseDueIn(2);
    const late = await raiseDueIn(2);
    await moveTo(end - MINUTE_MS);
    system.clock.freeze();
    await moveTo(end - 1);
    expect(system.clock.now()).toBe(end - 1);
    expect(await lifecycles.letsIn(job)).toBe(true);
    expect(await lifecycles.letsIn(late.job)).toBe(true);
    expect(await offered(late.job)).toEqual({
      can: { extend: true, resend: true, revoke: true },
      buttons: ['resend', 'extend', 'revoke'],
    });
    expect(await holdersOf(late.job)).toBe(1);
    expect((await lifecycles.complete(job)).status).toBe(200);

    await moveTo(end);
    expect((await lifecycles.grant(late.job)).status).toBe('live');
    expect(await lifecycles.letsIn(late.job)).toBe(false);
    expect((await lifecycles.complete(late.job)).status).toBe(410);
    expect((await extend(late.job, end + DAY_MS)).status).toBe(410);
    const staff = await lifecycles.staff();
    const resent = await staff.json('POST', `/admin/tokens/production/${late.job.grantId}/resend`, {});
    expect(resent.status).toBe(410);
    expect(await offered(late.job)).toEqual({ can: undefined, buttons: [] });
    expect(await holdersOf(late.job)).toBe(0);
    const edit = `/production/records/${late.job.recordId}/operations/edit`;
    const moved = await staff.json('POST', edit, { values: { dueDate: dayIn(30) } });
    expect([moved.status, await lifecycles.letsIn(late.job)]).toEqual([200, false]);
    system.clock.resume();

    await moveTo(end + 2_000);
    await expectOver(job);
    await expectOver(late.job);
    expect((await lifecycles.record(late.job))?.state).toBe('Active');
    expect((await lifecycles.run(job)).endReason).toBe('completed');
  });
});

describe('a pass that staff extend', () => {
  it('[D17] while its workflow waits works beyond its first end, is reminded of the new one, and ends there', async () => {
    const { job, end } = await raiseDueIn(4);
    await moveTo(end - DAY_MS + MINUTE_MS);
    expect(await subjects(job)).toHaveLength(2);
    expect((await extend(job, end + 6 * DAY_MS)).status).toBe(200);

    await moveTo(end + MINUTE_MS);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    expect(await subjects(job)).toHaveLength(2);
    await moveTo(end + 5 * DAY_MS + MINUTE_MS);
    expect(await subjects(job)).toHaveLength(3);
    await moveTo(end + 6 * DAY_MS - MINUTE_MS);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    await moveTo(end + 6 * DAY_MS + 2_000);
    await expectOver(job);
    expect((await lifecycles.run(job)).steps.map(({ step }) => step)).toContain('Extend');
  });

  it('[D17] and then is completed ends as any other', async () => {
    const { job, end } = await raiseDueIn(4);
    expect((await extend(job, end + 20 * DAY_MS)).status).toBe(200);
    await moveTo(end + 10 * DAY_MS);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });

  it('[D17] to an earlier end is reminded of that one and ends then, by its workflow', async () => {
    const { job, end } = await raiseDueIn(9);
    const earlier = end - 6 * DAY_MS;
    expect((await extend(job, earlier)).status).toBe(200);
    await moveTo(earlier - DAY_MS - MINUTE_MS);
    expect(await subjects(job)).toHaveLength(1);
    await moveTo(earlier - DAY_MS + MINUTE_MS);
    expect(await subjects(job)).toContain(`Reminder: Work order ${job.number} at Mill House`);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    await moveTo(earlier + 2_000);
    await expectOver(job);
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({ step: 'DeleteToken', outcome: 'done' });
    expect((await lifecycles.trouble(job))?.message).toContain('the job was not reported done');
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
    expect(await subjects(job)).toHaveLength(2);
  });

  it('[D17] whose record is due earlier, and within a day, is told so at once', async () => {
    const { job, end } = await raiseDueIn(9);
    await moveTo(end - 6 * DAY_MS - MINUTE_MS);
    const dueDate = dayIn(0);
    const path = `/production/records/${job.recordId}/operations/edit`;
    const edited = await (await lifecycles.staff()).json('POST', path, { values: { dueDate } });
    expect([edited.status, edited.text]).toEqual([200, edited.text]);
    await settled();
    expect(await subjects(job)).toContain(`Reminder: Work order ${job.number} at Mill House`);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    await moveTo(endOf(dueDate) + 2_000);
    await expectOver(job);
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({ step: 'DeleteToken', outcome: 'done' });
  });

  it('[D17] lasts as long as that, and never outlasts the year for which its workflow can run', async () => {
    const { job } = await raiseDueIn(30);
    const began = Date.parse((await lifecycles.grant(job)).createdAt);
    await moveTo(began + 20 * DAY_MS);
    expect((await extend(job, began + 365 * DAY_MS)).status).toBe(400);
    expect((await extend(job, began + 364 * DAY_MS)).status).toBe(200);
    await moveTo(began + 364 * DAY_MS - MINUTE_MS);
    await system.dynamodb.sweepExpired();
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    await moveTo(began + 364 * DAY_MS + 2_000);
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });
});

describe('a workflow that was stopped, and nobody heard of it', () => {
  it('[D10] ends with its pass: access at the second, the rest by the reaper', async () => {
    const faults = createJobFaults(system);
    const number = 'UNHEARD';
    faults.plan(number, NOBODY_HEARS);
    const job = await lifecycles.raise({ number, dueDate: dayIn(3) });
    await settled();
    const { expiresAt: end = 0 } = await lifecycles.grant(job);
    await system.executions.stop(`grant-${job.grantId}`);
    await moveTo(end - MINUTE_MS);
    faults.clear();
    expect(await lifecycles.letsIn(job)).toBe(true);
    await moveTo(end);
    expect(await lifecycles.letsIn(job)).toBe(false);
    await moveTo(end + 11 * MINUTE_MS);
    await expectOver(job);
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({ step: 'Reaper', outcome: 'done' });
    expect(system.queue('housekeepingDeadLetters')).not.toEqual([]);
  });

  it('[D10] takes a token back within an hour if nobody was told of it, and staff learn why', async () => {
    const faults = createJobFaults(system);
    const number = 'UNTOLD';
    faults.plan(number, NOBODY_HEARS);
    faults.plan(number, {
      at: 'CreateToken',
      target: 'write',
      failure: { meanwhile: ({ during }) => stop(during as { grantId: string }) },
    });
    const job = await lifecycles.raise({ number, dueDate: dayIn(30) });
    await settled();
    const made = Date.parse((await lifecycles.grant(job)).steps[0]?.at ?? '');
    await moveTo(made + 59 * MINUTE_MS);
    faults.clear();
    expect(await lifecycles.letsIn(job)).toBe(true);
    await moveTo(made + 66 * MINUTE_MS);
    await expectOver(job);
    expect(await lifecycles.trouble(job)).toMatchObject({
      step: 'Reaper',
      message: 'the workflow stopped before the contractor was told; the pass was taken away',
    });
    expect(await lifecycles.mails(job)).toEqual([]);
  });
});

describe('items that are past their time', () => {
  it('[D17] let nobody in and show nobody anything, although the table has not dropped them', async () => {
    const { job, end } = await raiseDueIn(2);
    const deleted = await raiseDueIn(2);
    const holder = await lifecycles.holder(deleted.job);
    const staff = await lifecycles.staff();
    const path = `/production/records/${deleted.job.recordId}`;
    expect((await staff.json('POST', `${path}/operations/delete`, {})).status).toBe(204);
    await moveTo(end + 200 * DAY_MS);

    expect(await lifecycles.letsIn(job)).toBe(false);
    expect((await holder?.visitor.get(path, holder.pass))?.status).toBe(410);
    expect((await (await lifecycles.staff()).get(path)).status).toBe(404);
    const still = `/production/records/${job.recordId}`;
    expect((await (await lifecycles.staff()).get(still)).status).toBe(200);
    expect((await staff.get(still)).status).toBe(404);
    await expectOver(job);
    expect(await leftOf(lifecycles, deleted.job)).toEqual([]);
  });

  it('do not bind a key that was used for a request days ago', async () => {
    const add = async (number: string, key: string) => {
      const body = { operation: 'add', values: { ...workOrder(), number } };
      const answer = await (await lifecycles.staff()).json('POST', `${WORK_ORDERS}/records`, body, {
        'idempotency-key': key,
      });
      return [answer.status, (answer.json as { id?: string }).id];
    };
    const first = await add('KEY-1', 'monday');
    expect(await add('KEY-1', 'monday')).toEqual([expect.any(Number), first[1]]);
    expect((await add('KEY-2', 'monday'))[0]).toBe(409);
    await moveTo(system.clock.now() + DAY_MS + MINUTE_MS);
    const [status, id] = await add('KEY-2', 'monday');
    expect(status).toBe(201);
    expect(id).not.toBe(first[1]);
  });

  it('[D10] can be dropped by the table at last, and what there is to read stays readable', async () => {
    const { job } = await raiseDueIn(2);
    await lifecycles.complete(job);
    await settled();
    await moveTo(system.clock.now() + 400 * DAY_MS);
    expect(await system.dynamodb.sweepExpired()).toBeGreaterThan(0);
    expect(await lifecycles.letsIn(job)).toBe(false);
    expect(await lifecycles.run(job)).toMatchObject({ status: 'ended', endReason: 'completed' });
    const history = await (await lifecycles.staff()).get(`/production/records/${job.recordId}/history`);
    expect(history.text).toContain('tokenUser');
    expect(await orphans(system)).toEqual([]);
    expect(await pendingOutbox(system)).toEqual([]);
  });
});
