import type { InjectedFault } from '../../../local/aws-endpoint/faults.ts';
import type { System } from '../../../local/system.ts';
import { createJobFaults, type JobFaults, type Trouble } from '../../support/job-faults.ts';
import { DAY_MS, type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom, orphans, pendingOutbox } from '../../support/oracle.ts';
import { startPropertyManagement } from '../../support/property-management.ts';
import { CELLS, type Cell, type Column, wayTo } from './token-access-cells.ts';

/**
 * Every state of token-access × every way in which it can go wrong. All cells run side by side, each on a work order of
 * its own, through a good week on the clock; then each is looked at.
 */
const DUE_IN_DAYS = 8;
const AT_A_TIME = 8;

let system: System;
let lifecycles: Lifecycles;
let faults: JobFaults;
const jobs = new Map<string, Job>();
/** What was missing from passes that had to be of use still, before their contractors came. */
const missing = new Map<string, string[]>();
const struck = new Map<string, InjectedFault[]>();

const needsReminder = ({ row }: Cell) => row.state === 'CheckGrant' || row.state === 'RemindContractor';
const isFatal = ({ row, column }: Cell) =>
  (column.lasts && row.leads === 'to the end') || column.stops !== undefined;
/** A redriven DeleteToken and the news of its abort do the same: whichever is first is told. */
const cleansUpTwice = ({ row, column }: Cell) =>
  row.state === 'DeleteToken' && column.stops === 'and is redriven at once';
/** Whether the first mail never leaves. */
const mailsNothing = ({ row, column }: Cell) =>
  row.state === 'RecordMailFailure' || (row.state === 'NotifyContractor' && column.lasts === true);
/** Whether the pass is over before its contractor comes. */
const endsEarly = (cell: Cell) =>
  cell.row.state === 'RevokeAfterFailure' || (isFatal(cell) && cell.row.state !== 'DeleteToken');

async function each(cells: readonly Cell[], work: (cell: Cell, job: Job) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < cells.length; i += AT_A_TIME) {
    await Promise.all(cells.slice(i, i + AT_A_TIME).map((cell) => work(cell, jobs.get(cell.number) as Job)));
  }
}

/** Stops the cell's execution while its state is at work; what the robot has begun, it goes on with. */
async function abort({ number }: Cell, stops: Column['stops'], grantId: string): Promise<void> {
  await system.executions.stop(`grant-${grantId}`);
  if (stops === 'and is redriven at once') return system.executions.redrive(`grant-${grantId}`);
  await system.waitFor(`housekeeping has ended the grant of ${number}`, async () => {
    const grant = await lifecycles.runtime.store.readGrant('production', grantId);
    return grant?.status === 'failed' || grant?.status === 'ended';
  });
}

function plan(cell: Cell): void {
  const { row, column, number } = cell;
  for (const trouble of wayTo(row)) faults.plan(number, trouble);
  const troubles = column.stops ? [stopping(cell, column.stops)] : column.troubles(row);
  struck.set(
    number,
    troubles.map((trouble) => faults.plan(number, trouble)),
  );
}

const stopping = (cell: Cell, stops: Column['stops']): Trouble => ({
  at: cell.row.state,
  target: cell.row.effect,
  after: cell.row.after ?? 0,
  failure: { meanwhile: ({ during }) => abort(cell, stops, (during as { grantId: string }).grantId) },
});

async function pass(ms: number): Promise<void> {
  await system.clock.settled();
  await system.clock.advance(ms);
  await system.clock.settled();
}

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
  faults = createJobFaults(system);
  const dueDate = new Date(system.clock.now() + DUE_IN_DAYS * DAY_MS).toISOString().slice(0, 10);

  CELLS.forEach(plan);
  await each(CELLS, async ({ number }) => jobs.set(number, await lifecycles.raise({ number, dueDate })));
  await pass(30 * MINUTE_MS);
  await pass(DAY_MS);

  await each(
    CELLS.filter((cell) => !needsReminder(cell)),
    complete,
  );
  await pass(30 * MINUTE_MS);

  await system.clock.moveTo(Date.parse(`${dueDate}T00:00:00Z`));
  await pass(30 * MINUTE_MS);
  await each(CELLS.filter(needsReminder), complete);
  await pass(30 * MINUTE_MS);

  await each(
    CELLS.filter(({ column }) => column.stops === 'and is redriven later'),
    (_, { grantId }) => system.executions.redrive(`grant-${grantId}`),
  );
  faults.clear();
  await pass(30 * MINUTE_MS);
}, 300_000);

/** The contractor comes, unless the fault has ended the pass already; first it is seen whether they can. */
async function complete(cell: Cell, job: Job): Promise<void> {
  if (endsEarly(cell)) return;
  const findings = [...(await missingFrom(lifecycles, job)), ...(await untold(cell, job))];
  const answer = await lifecycles.complete(job);
  if (answer.status !== 200) findings.push(`completing answered ${answer.status} ${answer.text}`);
  missing.set(cell.number, findings);
}

/** Whether staff have been told of a mail that never left. */
async function untold({ row, column }: Cell, job: Job): Promise<string[]> {
  const fails = column.lasts && (row.state === 'NotifyContractor' || row.state === 'RemindContractor');
  if (
    !fails ||
    /^(The mail|A reminder) could not be sent: /.test((await lifecycles.trouble(job))?.message ?? '')
  )
    return [];
  return ['staff are not told that the mail could not be sent'];
}

afterAll(() => system?.stop());

describe.each(
  CELLS.map((cell) => [`${cell.row.state} (${cell.row.effect}) ${cell.column.what}`, cell] as const),
)('%s', (_, cell) => {
  const { row, column, number } = cell;
  const job = () => jobs.get(number) as Job;

  it('[D10] leaves no live token behind', async () => {
    expect(struck.get(number)?.every((fault) => fault.struck > 0)).toBe(true);
    expect(await leftOf(lifecycles, job())).toEqual([]);
    expect(await lifecycles.letsIn(job())).toBe(false);
  });

  it('[D27] is told by the record and its task run', async () => {
    const run = await lifecycles.run(job());
    const failed = run.status === 'failed';
    if (!cleansUpTwice(cell)) expect(failed).toBe(endsEarly(cell) || isFatal(cell));
    expect(run.steps.length).toBeGreaterThan(0);
    const trouble = await lifecycles.trouble(job());
    if (failed) expect(trouble?.message).toMatch(/\w+ \w+/);
    if (failed) expect(trouble?.message).not.toContain('did not say why');
    const { status } = (await lifecycles.execution(job())) as { status: string };
    expect(status).toBe(executionStatus(cell));
  });

  it('sends at most one mail more than intended', async () => {
    const mails = await lifecycles.mails(job());
    const sent = { first: 0, reminders: 0 };
    for (const { subject } of mails) sent[subject.startsWith('Reminder') ? 'reminders' : 'first'] += 1;
    const most = row.effect === 'write' || column.stops || column.mayRepeat ? 2 : 1;
    expect(sent.first).toBeLessThanOrEqual(row.state === 'NotifyContractor' ? most : 1);
    expect(sent.reminders).toBeLessThanOrEqual(row.state === 'RemindContractor' ? most : 1);
    if (!endsEarly(cell) && !mailsNothing(cell)) expect(sent.first).toBeGreaterThan(0);
  });

  if (!endsEarly(cell)) {
    it('keeps the pass until the contractor is done', () => {
      expect(missing.get(number)).toEqual([]);
    });
  }
});

function executionStatus(cell: Cell): string {
  if (cell.column.stops === 'and stays so') return 'ABORTED';
  if (cell.row.state === 'RevokeAfterFailure') return 'FAILED';
  return isFatal(cell) && !cell.column.stops ? 'FAILED' : 'SUCCEEDED';
}

it('[D10] nothing is left anywhere in the table', async () => {
  expect(await orphans(system)).toEqual([]);
  expect(await pendingOutbox(system)).toEqual([]);
});

it('an ordinary work order afterwards goes its way', async () => {
  const job = await lifecycles.raise();
  await system.clock.settled();
  expect(await missingFrom(lifecycles, job)).toEqual([]);
  expect(await lifecycles.mails(job)).toHaveLength(1);
  await lifecycles.complete(job);
  await system.clock.settled();
  expect(await leftOf(lifecycles, job)).toEqual([]);
  expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
});
