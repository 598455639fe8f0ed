import type { AppDefinition } from '../../../core/apps/definition.ts';
import { verifyRecord } from '../../../core/journal/verify.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { createJournal } from '../../../lambdas/shared/table/journal.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { createJobFaults } from '../../support/job-faults.ts';
import { DAY_MS, type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom, orphans, pendingOutbox } from '../../support/oracle.ts';
import { readable } from '../../support/page-forms.ts';
import {
  changeDefinitions,
  livePassOf,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { plantCredential } from '../../support/site-runtime.ts';
import { countedAs } from '../../support/witness.ts';

/** What an operation means for its record's pass, whoever runs it. */
let system: System;
let lifecycles: Lifecycles;
let fleet: (service: string, body: object) => Promise<{ status: number; text: string; json: unknown }>;
let raised = 0;

beforeAll(async () => {
  system = await startPropertyManagement();
  await changeDefinitions(system, (apps, site) => {
    withServices(apps['work-orders'] as AppDefinition);
    withHandOver(apps['work-orders'] as AppDefinition);
    const services = ['raise', 'change', 'remove'].map((what) => `${what}-work-order`);
    site.roles.push({ id: 'fleet', name: 'Fleet', environments: ['production'], services });
  });
  lifecycles = await Lifecycles.on(system);
  fleet = async (service, body) => {
    const { token } = await plantCredential(system, {
      type: 'serviceAccount',
      kind: 'apiKey',
      roles: ['fleet'],
      environment: 'production',
    });
    const path = `/production/services/${service}-work-order`;
    return new Visitor(system.url).json('POST', path, body, { authorization: `Bearer ${token}` });
  };
}, 120_000);

afterAll(() => system?.stop());

/** Lets the app's robot do for other systems what dispatchers do. */
function withServices(app: AppDefinition): void {
  const robot = app.permissions.find(({ role }) => role === 'robot');
  robot?.operations?.push('add', 'delete');
  if (Array.isArray(robot?.fields?.edit))
    robot.fields.edit.push('externalContractor', 'contractorName', 'contractorEmail', 'dueDate');
  // Contractors may put the day off, which is not to put off the end of their pass.
  for (const { role, fields } of app.permissions)
    if (role === 'property-contractors' && Array.isArray(fields?.note)) fields.note.push('dueDate');
  app.recordTypes[0]?.operations.find(({ id }) => id === 'note')?.fields?.push('dueDate');
  const service = (id: string, operation: string) => ({ id, name: id, recordType: 'work-order', operation });
  app.services = [
    service('raise-work-order', 'add'),
    service('change-work-order', 'edit'),
    service('remove-work-order', 'delete'),
  ];
}

/** An operation beside the first submission that gives a pass. */
function withHandOver(app: AppDefinition): void {
  const tasks = [{ task: 'create-contractor-token' }];
  app.recordTypes[0]?.operations.push({
    id: 'hand-over',
    name: 'Hand Over',
    kind: 'transition',
    from: ['Active'],
    to: 'Active',
    tasks,
    notifications: ['contractor-work-order'],
  });
  app.permissions.find(({ role }) => role === 'dispatcher')?.operations?.push('hand-over');
}

const settled = () => system.clock.settled();
const housekeeping = ({ grantId }: Job) =>
  system.logs('daypass-local-housekeeping').filter((line) => line.includes(grantId));
const dayIn = (days: number) => new Date(system.clock.now() + days * DAY_MS).toISOString().slice(0, 10);

async function raise(more: Record<string, unknown> = {}): Promise<Job> {
  raised += 1;
  const job = await lifecycles.raise({ number: `FOLLOW-${raised}`, ...more });
  await settled();
  return job;
}

/** The same record with the pass that it has now. */
async function nowOf(job: Job): Promise<Job> {
  await settled();
  return { ...job, grantId: (await lifecycles.record(job))?.grantId ?? '' };
}

async function change(job: Job, values: Record<string, unknown>): Promise<void> {
  const answer = await fleet('change', { record: job.recordId, values });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
}

async function expectOver(job: Job, endReason: string): Promise<void> {
  expect(await lifecycles.letsIn(job)).toBe(false);
  await settled();
  expect(await leftOf(lifecycles, job)).toEqual([]);
  expect((await lifecycles.grant(job)).endReason).toBe(endReason);
}

describe('a service, which works as the robot,', () => {
  it('[A35, D25] ends the pass by unticking the contractor, and gives another one by ticking it again', async () => {
    const job = await raise();
    await change(job, { externalContractor: [] });
    await expectOver(job, 'revoked');
    await change(job, { externalContractor: ['Yes'] });
    const again = await nowOf(job);
    expect(again.grantId).not.toBe(job.grantId);
    expect(await missingFrom(lifecycles, again)).toEqual([]);
  });

  it('[A35, D24] ends the pass by correcting the address, and mails another one there', async () => {
    const job = await raise();
    await change(job, { contractorEmail: 'corrected@follow.example' });
    await expectOver(job, 'superseded');
    expect(await missingFrom(lifecycles, await nowOf(job))).toEqual([]);
    expect(await lifecycles.mails({ email: 'corrected@follow.example' })).toHaveLength(1);
  });

  it('[A35, D25] gives no pass for a job that is done, whatever is ticked then', async () => {
    const job = await raise();
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job, 'completed');
    await change(job, { externalContractor: [] });
    await change(job, { externalContractor: ['Yes'] });
    expect((await nowOf(job)).grantId).toBe('');
    expect(await lifecycles.mails(job)).toHaveLength(1);
  });

  it('[A35, D25] ends the pass by deleting the record', async () => {
    const job = await raise();
    expect((await fleet('remove', { record: job.recordId })).status).toBe(200);
    await expectOver(job, 'revoked');
  });

  it('[A35, D17] raises a record of whose end the contact of the app is warned, where no person raised it', async () => {
    const email = 'by-a-service@follow.example';
    const values = workOrder({ name: 'Serviced', email }, { number: 'FOLLOW-S', dueDate: dayIn(4) });
    expect((await fleet('raise', { values })).status).toBe(200);
    await system.mail.waitFor(({ to }) => to.includes(email));
    await settled();
    await system.clock.moveTo(Date.parse(values.dueDate) + MINUTE_MS);
    await settled();
    const warned = (await system.mail.messages()).filter(({ subject }) => subject.includes('FOLLOW-S ends'));
    expect(warned.map(({ to }) => to)).toEqual([['dispatch@abc.example']]);
  });
});

describe('an edit of the due date', () => {
  const edit = async (job: Job, values: object) => {
    const path = `/production/records/${job.recordId}/operations/edit`;
    return (await (await lifecycles.staff()).json('POST', path, { values })).status;
  };
  const endOf = (day: string) => Date.parse(`${day}T00:00:00Z`) + DAY_MS;
  const moveTo = async (moment: number) => {
    await settled();
    await system.clock.moveTo(moment);
    await settled();
  };

  afterEach(() => system.clock.resume());

  /** The clock stands still meanwhile: a second is short on a busy machine. */
  const shutsOutAt = async (end: number, job: Job) => {
    await moveTo(end - 60_000);
    system.clock.freeze();
    await system.clock.moveTo(end - 1_000);
    expect(await lifecycles.letsIn(job)).toBe(true);
    await system.clock.moveTo(end);
    expect(await lifecycles.letsIn(job)).toBe(false);
    system.clock.resume();
  };

  it('[D17] to a later day lets the contractor in beyond the first end, until the new one', async () => {
    const [first, second] = [dayIn(3), dayIn(8)];
    const job = await raise({ dueDate: first });
    expect(await edit(job, { dueDate: second })).toBe(200);
    await moveTo(endOf(first) + MINUTE_MS);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    await shutsOutAt(endOf(second), job);
    await moveTo(endOf(second) + 2_000);
    await expectOver(job, 'expired');
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });

  it('[D17] to an earlier day shuts the contractor out at its end, to the second', async () => {
    const [first, second] = [dayIn(9), dayIn(2)];
    const job = await raise({ dueDate: first });
    expect(await edit(job, { dueDate: second })).toBe(200);
    await shutsOutAt(endOf(second), job);
    await moveTo(endOf(second) + 11 * MINUTE_MS);
    await expectOver(job, 'expired');
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
    // No workflow has failed in that, so nobody is called.
    expect(housekeeping(job).filter((line) => line.includes('"reaped"'))).toEqual([]);
  });

  it('[P6] that the reaper cannot carry out is counted, and carried out once it can', async () => {
    const faults = createJobFaults(system);
    const [number, second] = ['FOLLOW-UNREAPED', dayIn(2)];
    const always = { failure: 'refuse', times: Number.POSITIVE_INFINITY } as const;
    const unable = faults.plan(number, { at: 'reap', target: 'write', ...always });
    // Its workflow is not told of the earlier end, and does not come before the reaper.
    faults.plan(number, { at: 'dispatch', target: 'callback', ...always });
    faults.plan(number, { at: 'sweep', target: 'callback', ...always });
    const job = await raise({ number, dueDate: dayIn(9) });
    expect(await edit(job, { dueDate: second })).toBe(200);
    await moveTo(endOf(second) + 11 * MINUTE_MS);
    expect(await lifecycles.letsIn(job)).toBe(false);
    expect(housekeeping(job).some((line) => line.includes('"reaping failed"'))).toBe(true);
    expect(countedAs('GrantsNotReaped', system)).toContain('Daypass/local service=housekeeping 1');
    const reaped = () =>
      countedAs('GrantsReaped', system).filter((each) => each === 'Daypass/local service=housekeeping 1')
        .length;
    const before = reaped();
    unable.remove();
    await moveTo(endOf(second) + 22 * MINUTE_MS);
    expect(reaped() - before).toBe(1);
    faults.clear();
    await moveTo(endOf(second) + 33 * MINUTE_MS);
    await expectOver(job, 'expired');
  });

  it('[D17] to a day that is over ends the pass at once', async () => {
    const job = await raise({ dueDate: dayIn(9) });
    expect(await edit(job, { dueDate: dayIn(-3) })).toBe(200);
    await expectOver(job, 'expired');
  });

  it('[D17] by whoever holds the pass changes the record alone, and not when the pass ends', async () => {
    const job = await raise({ dueDate: dayIn(9) });
    const { expiresAt } = await lifecycles.grant(job);
    const holder = await lifecycles.holder(job);
    const path = `/production/records/${job.recordId}/operations/note`;
    const values = { dueDate: dayIn(90) };
    const answer = await holder?.visitor.json('POST', path, { values }, holder.pass);
    expect([answer?.status, answer?.text]).toEqual([200, expect.any(String)]);
    expect((await lifecycles.record(job))?.values.dueDate).toBe(values.dueDate);
    expect([(await lifecycles.grant(job)).expiresAt, (await lifecycles.credential(job))?.expiresAt]).toEqual([
      expiresAt,
      expiresAt,
    ]);
  });

  it('[D17] moves the end at most to 364 days; any other edit leaves alone what staff have said', async () => {
    const job = await raise({ dueDate: dayIn(9) });
    const { createdAt, expiresAt = 0 } = await lifecycles.grant(job);
    const until = expiresAt + 5 * DAY_MS;
    const path = `/admin/tokens/production/${job.grantId}/extend`;
    const body = { until: new Date(until).toISOString() };
    expect((await (await lifecycles.staff()).json('POST', path, body)).status).toBe(200);
    expect(await edit(job, { building: 'Tide House', dueDate: dayIn(9) })).toBe(200);
    expect((await lifecycles.grant(job)).expiresAt).toBe(until);
    expect(await edit(job, { dueDate: dayIn(900) })).toBe(200);
    const latest = Date.parse(createdAt) + 364 * DAY_MS;
    expect([(await lifecycles.grant(job)).expiresAt, (await lifecycles.credential(job))?.expiresAt]).toEqual([
      latest,
      latest,
    ]);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job, 'completed');
  });
});

describe('an operation that issues a pass for a record that has one', () => {
  const handOver = async ({ recordId }: Job) =>
    (await lifecycles.staff()).json('POST', `/production/records/${recordId}/operations/hand-over`, {});

  it('[D10] ends the old one in the same moment, and what ends the job ends the new one', async () => {
    const job = await raise();
    expect((await handOver(job)).status).toBe(200);
    await expectOver(job, 'superseded');
    const second = await nowOf(job);
    expect(second.grantId).not.toBe(job.grantId);
    expect(await missingFrom(lifecycles, second)).toEqual([]);
    expect(await orphans(system)).toEqual([]);
    expect((await lifecycles.complete(second)).status).toBe(200);
    await expectOver(second, 'completed');
  });

  it('[D10] twice in a row, before anything was issued, leaves the last one alone', async () => {
    const job = await lifecycles.raise({ number: 'FOLLOW-TWICE' });
    expect((await handOver(job)).status).toBe(200);
    const second = { ...job, grantId: (await lifecycles.record(job))?.grantId ?? '' };
    expect((await handOver(job)).status).toBe(200);
    const third = await nowOf(job);
    for (const old of [job, second]) await expectOver(old, 'superseded');
    expect(await missingFrom(lifecycles, third)).toEqual([]);
    expect(await orphans(system)).toEqual([]);
  });
});

describe('what staff do with a pass', () => {
  interface EventJson {
    number: number;
    operation: string;
    actor: { type: string; name: string };
    grantId?: string;
    pass?: object;
    summary?: string;
  }
  const handle = async (what: string, body: object) =>
    (await lifecycles.staff()).json('POST', `/admin/tokens/production/${what}`, body);
  const history = async ({ recordId }: Job) => {
    const { json } = await (await lifecycles.staff()).get(`/production/records/${recordId}/history`);
    return (json as { items: EventJson[] }).items;
  };

  it('[D12, D26] is in the history of its record: who, what, and the ends before and after', async () => {
    const job = await raise({ dueDate: dayIn(10) });
    const { expiresAt = 0 } = await lifecycles.grant(job);
    const read = (await lifecycles.record(job)) as StoredRecord;
    const until = expiresAt + 5 * DAY_MS;
    const [before, after] = [expiresAt, until].map((end) => new Date(end).toISOString());
    expect((await handle(`${job.grantId}/extend`, { until: after })).status).toBe(200);
    expect((await handle(`${job.grantId}/resend`, {})).status).toBe(200);
    // Nobody's open form is out of date by that; but whoever indexes the record as it was must read it anew.
    expect((await lifecycles.record(job))?.version).toBe(read.version);
    const { version: expectedVersion, layout: expectedLayout = '' } = read;
    const asRead = { record: read, expectedVersion, expectedLayout, indexPut: [], indexRemove: [] };
    const reindexed = lifecycles.runtime.store.commit([{ kind: 'reindexRecord', ...asRead }]);
    await expect(reindexed).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
    expect((await handle('revoke', { passes: [job.grantId] })).status).toBe(200);
    const revokedAt = (await lifecycles.credential(job))?.endedAt;
    await settled();

    const actor = { type: 'user', name: 'Dana Dispatcher' };
    const events = (await history(job)).filter(({ pass }) => pass);
    expect(events).toMatchObject([
      { operation: 'RevokePass', actor, pass: { endBefore: after, endAfter: revokedAt } },
      { operation: 'ResendPass', actor, pass: { endBefore: after, mails: 1 } },
      { operation: 'ExtendPass', actor, pass: { endBefore: before, endAfter: after } },
    ]);
    expect(events.map(({ grantId }) => grantId)).toEqual(Array(3).fill(job.grantId));
    const page = readable(
      (await (await lifecycles.staff()).get(`/app/production/records/${job.recordId}`)).text,
    );
    expect(page).toContain('Revoked the pass by Dana Dispatcher');
    expect(page).toContain('Sent the link of the pass again by Dana Dispatcher');
    expect(page).toMatch(/Moved the end of the pass from .+ to .+ by Dana Dispatcher/);
    expect(JSON.stringify(events)).not.toMatch(/dp_[a-z]/);
  });

  it('[D26] ends the selected passes also where one of them has ended meanwhile', async () => {
    const [ended, ending, live] = [await raise(), await raise(), await raise()];
    expect((await lifecycles.complete(ended)).status).toBe(200);
    await settled();
    const { from, store } = { from: ['live'], store: lifecycles.runtime.store } as const;
    const { grantId, recordId } = ending;
    const set = { status: 'ending', endReason: 'completed' } as const;
    await store.commit([{ kind: 'changeGrant', environment: 'production', grantId, from, set }]);
    expect(await livePassOf(await lifecycles.staff(), recordId)).toBeUndefined();

    const answer = await handle('revoke', { passes: [ended, ending, live].map((job) => job.grantId) });
    expect([answer.status, answer.json]).toEqual([200, { revoked: 1, alreadyEnded: 2 }]);
    await expectOver(live, 'revoked');
    expect(await lifecycles.run(ended)).toMatchObject({ endReason: 'completed' });
    const foreign = await handle('revoke', { passes: [live.grantId, `${'0'.repeat(22)}-${'0'.repeat(22)}`] });
    expect(foreign.status).toBe(404);
  });

  it('[D17] moves its end ten times an hour and no more, and its task run keeps the last steps', async () => {
    const job = await raise({ dueDate: dayIn(10) });
    const { expiresAt = 0 } = await lifecycles.grant(job);
    const step = { at: new Date(system.clock.now()).toISOString(), step: 'Mail', outcome: 'failed' } as const;
    const noted = { kind: 'changeGrant', environment: 'production', grantId: job.grantId } as const;
    for (let count = 0; count < 60; count++)
      await lifecycles.runtime.store.commit([{ ...noted, from: ['live'], set: {}, step }]);
    await system.clock.moveTo(Math.ceil(system.clock.now() / 3_600_000) * 3_600_000);
    const extend = async (hours: number) => {
      const until = new Date(expiresAt + hours * 3_600_000).toISOString();
      return (await handle(`${job.grantId}/extend`, { until })).status;
    };
    expect(await extend(1)).toBe(200);
    const { steps } = await lifecycles.grant(job);
    expect([steps.length, steps.at(-1)?.step]).toEqual([50, 'Extend']);
    // An answer that got lost is asked for again: it was done, and counts once.
    expect(await extend(1)).toBe(200);
    for (let hours = 2; hours <= 10; hours++) expect([hours, await extend(hours)]).toEqual([hours, 200]);
    expect(await extend(11)).toBe(429);
    expect((await lifecycles.grant(job)).steps).toHaveLength(50);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job, 'completed');
  });

  it('[D12] is chained to the other events, also when it happens beside an edit', async () => {
    const job = await raise({ dueDate: dayIn(10) });
    const { expiresAt = 0 } = await lifecycles.grant(job);
    const staff = await lifecycles.staff();
    const edit = `/production/records/${job.recordId}/operations/edit`;
    const answers = await Promise.all([
      handle(`${job.grantId}/extend`, { until: new Date(expiresAt + DAY_MS).toISOString() }),
      staff.json('POST', edit, { values: { building: 'Tide House' } }),
      handle(`${job.grantId}/resend`, {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const journal = createJournal(system.dynamodb.client, system.dynamodb.tableName());
    const events = await journal.recordEvents('production', job.recordId);
    expect(events.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['ExtendPass', 'ResendPass', 'edit']),
    );
    const head = await journal.head('production', job.recordId);
    expect(verifyRecord(job.recordId, events, head, lifecycles.runtime.journal)).toEqual([]);
  });
});

it('[D10] after all these nothing is left in the table', async () => {
  await system.clock.advance(15 * MINUTE_MS);
  expect(await orphans(system)).toEqual([]);
  expect(await pendingOutbox(system)).toEqual([]);
});
