import type { System } from '../../../local/system.ts';
import { createJobFaults, type JobFaults, type Trouble } from '../../support/job-faults.ts';
import { DAY_MS, type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom, pendingOutbox } from '../../support/oracle.ts';
import { startPropertyManagement } from '../../support/property-management.ts';
import { Runbook } from '../../support/runbook.ts';

/** What the alarms are about is brought about; then the runbook's own commands are run, and all has to be well again. */
let system: System;
let lifecycles: Lifecycles;
let faults: JobFaults;
let runbook: Runbook;
let numbers = 0;
/** A day on which no pass of these tests ends by itself before the last of them. */
let due: string;

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
  faults = createJobFaults(system);
  runbook = new Runbook(system);
  due = new Date(system.clock.now() + 30 * DAY_MS).toISOString().slice(0, 10);
}, 120_000);

afterEach(() => faults.clear());
afterAll(() => system?.stop());

const ALWAYS = { failure: 'fail', times: Number.POSITIVE_INFINITY } as const;
const settled = () => system.clock.settled();
const letters = (queue: string) => system.queue(`daypass-local-${queue}-dead-letters`);
const executionOf = ({ grantId }: Pick<Job, 'grantId'>) =>
  `arn:aws:states:us-east-1:000000000000:execution:daypass-local-token-access:grant-${grantId}`;
const queueUrl = (name: string) =>
  `https://sqs.us-east-1.amazonaws.com/000000000000/daypass-local-${name}-dead-letters`;

async function raise(...troubles: Trouble[]): Promise<Job> {
  numbers += 1;
  const number = `BOOK-${numbers}`;
  for (const trouble of troubles) faults.plan(number, trouble);
  const job = await lifecycles.raise({ number, dueDate: due });
  await settled();
  return job;
}

async function advance(minutes: number): Promise<void> {
  await system.clock.advance(minutes * MINUTE_MS);
  await settled();
}

async function giveRobot(...roles: string[]): Promise<void> {
  const { store } = lifecycles.runtime;
  await store.commit([{ kind: 'changePrincipal', principalId: 'work-order-robot', set: { roles } }]);
}

const runAgain = async ({ recordId }: Job) =>
  (await lifecycles.staff()).json('POST', `/production/records/${recordId}/task-runs`, undefined);

describe('[P6] the runbook, followed', () => {
  it('token-access failed: its error says what is missing, and a new pass is issued once it is there', async () => {
    await giveRobot();
    const job = await raise();
    await advance(1);
    const EXECUTION = executionOf(job);
    const shown = await runbook.follow('token-access failed', 'Look at', {
      names: { name: `grant-${job.grantId}` },
    });
    expect(shown).toContain(`grant-${job.grantId}`);
    expect(shown).toMatch(/"error": "RobotRefused"/);
    expect([EXECUTION, shown.includes(EXECUTION)]).toEqual([EXECUTION, true]);

    await giveRobot('robot');
    const answer = await runAgain(job);
    // Its workflow may have come to it before the answer was put together.
    expect([answer.status, answer.text]).toEqual([
      202,
      expect.stringMatching(/"status":"(?:requested|live)"/),
    ]);
    await settled();
    const again = { ...job, grantId: (await lifecycles.record(job))?.grantId ?? '' };
    expect(again.grantId).not.toBe(job.grantId);
    expect(await missingFrom(lifecycles, again)).toEqual([]);
    expect((await runAgain(job)).status).toBe(409);
    expect((await lifecycles.complete(again)).status).toBe(200);
    await settled();
    expect(await leftOf(lifecycles, again)).toEqual([]);
    expect((await runAgain(job)).status).toBe(409);
  });

  it('Revocation failed: housekeeping and a redrive shut the door that was still open', async () => {
    const job = await raise(
      { at: 'AwaitCompletion', target: 'invoke', ...ALWAYS },
      { at: 'RevokeAfterFailure', target: 'invoke', ...ALWAYS },
      { at: 'after failure', target: 'write', ...ALWAYS },
      { at: 'reap', target: 'write', ...ALWAYS },
    );
    const running = async () => (await lifecycles.execution(job))?.status === 'RUNNING';
    for (let hours = 0; hours < 12 && (await running()); hours++) await advance(60);
    expect((await lifecycles.execution(job))?.status).toBe('FAILED');
    expect(await lifecycles.letsIn(job)).toBe(true);
    const names = { name: `grant-${job.grantId}` };
    expect(await runbook.follow('Revocation failed', 'Look at')).toContain(names.name);

    faults.clear();
    await runbook.follow('Revocation failed', 'Do', { names });
    await settled();
    expect(await lifecycles.letsIn(job)).toBe(false);
    expect(await leftOf(lifecycles, job)).toEqual([]);
    expect((await lifecycles.execution(job))?.status).not.toBe('RUNNING');
  });

  it('Outbox dead letters: the letter can be read, the sweeper has done its work, the queue is emptied', async () => {
    const job = await raise(
      { at: 'dispatch', target: 'start', ...ALWAYS },
      { at: 'sweep', target: 'start', ...ALWAYS },
    );
    expect(letters('outbox')).not.toEqual([]);
    expect(await runbook.follow('Outbox dead letters', 'Look at')).toContain('daypass-local-outbox');
    expect(runbook.logged('Outbox dead letters').some((line) => line.includes(job.grantId))).toBe(true);
    await advance(3);
    expect(runbook.logged('Outbox backlog').some((line) => line.includes(job.grantId))).toBe(true);

    faults.clear();
    await advance(2);
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    expect(await pendingOutbox(system)).toEqual([]);
    await runbook.follow('Outbox dead letters', 'Do', { variables: { QUEUE: queueUrl('outbox') } });
    expect(letters('outbox')).toEqual([]);
  });

  it('Housekeeping dead letters: the body of a letter, sent again, ends the pass', async () => {
    const job = await raise(
      { at: 'after failure', target: 'read', ...ALWAYS },
      { at: 'reap', target: 'read', ...ALWAYS },
    );
    await system.executions.stop(`grant-${job.grantId}`);
    await settled();
    await advance(4);
    const shown = await runbook.follow('Housekeeping dead letters', 'Look at');
    expect(shown).toContain('detail-type');
    const body = letters('housekeeping').find((letter) => letter.body.includes(job.grantId))?.body ?? '';
    expect(shown).toContain(JSON.stringify(body));
    expect(await leftOf(lifecycles, job)).not.toEqual([]);

    faults.clear();
    const followed = {
      variables: { QUEUE: queueUrl('housekeeping') },
      files: { 'body.json': body },
    };
    await runbook.follow('Housekeeping dead letters', 'Do', followed);
    await settled();
    expect(await leftOf(lifecycles, job)).toEqual([]);
    expect(letters('housekeeping')).toEqual([]);
  });

  it('Mail-events dead letters: the body of a letter, sent again, tells staff of the bounce', async () => {
    const job = await raise();
    const [mail] = await lifecycles.mails(job);
    const held = system.faults.inject({
      when: ({ caller, operation }) => caller.includes('mail-events') && operation === 'TransactWriteItems',
      failure: 'fail',
    });
    system.mail.happen('Bounce', mail?.messageId ?? '');
    await settled();
    await advance(4);
    expect(held.struck).toBeGreaterThan(0);
    expect(await lifecycles.trouble(job)).toBeUndefined();
    const [letter] = letters('mail-events');
    expect(await runbook.follow('Mail-events dead letters', 'Look at')).toContain(
      JSON.stringify(letter?.body),
    );

    held.remove();
    const followed = {
      variables: { QUEUE: queueUrl('mail-events') },
      files: { 'body.json': letter?.body ?? '' },
    };
    await runbook.follow('Mail-events dead letters', 'Do', followed);
    await settled();
    expect((await lifecycles.trouble(job))?.message).toMatch(/came back/);
    expect(letters('mail-events')).toEqual([]);
  });

  it('Housekeeping silent: the sweep can be run by hand', async () => {
    const schedule = system.faults.inject({
      when: ({ caller, input }) => caller === 'scheduler' && input.Payload?.job === 'sweepOutbox',
      failure: 'fail',
    });
    const job = await raise({ at: 'dispatch', target: 'start', ...ALWAYS });
    await advance(5);
    expect(await lifecycles.execution(job)).toBeUndefined();
    await runbook.follow('Housekeeping silent', 'Do');
    await settled();
    expect(await missingFrom(lifecycles, job)).toEqual([]);
    expect(schedule.struck).toBeGreaterThan(0);
  });

  it('Grants reaped: the log names the grant, and its execution says how it ended', async () => {
    const job = await raise({ at: 'after failure', target: 'read', ...ALWAYS });
    await system.executions.stop(`grant-${job.grantId}`);
    await settled();
    await system.clock.moveTo(Date.parse(`${due}T00:00:00Z`) + DAY_MS + 15 * MINUTE_MS);
    await settled();
    expect(await leftOf(lifecycles, job)).toEqual([]);
    expect(runbook.logged('Grants reaped').some((line) => line.includes(job.grantId))).toBe(true);
    const shown = await runbook.follow('Grants reaped', 'Look at', { names: { grantId: job.grantId } });
    expect(shown).toMatch(/"status": "ABORTED"/);
  });
});
