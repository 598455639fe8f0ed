import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { outboxPartition } from '../../../lambdas/shared/table/keys.ts';
import type { InjectedFault } from '../../../local/aws-endpoint/faults.ts';
import type { System } from '../../../local/system.ts';
import { createJobFaults, type JobFaults, type Target, type Trouble } from '../../support/job-faults.ts';
import { type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom, orphans, pendingOutbox } from '../../support/oracle.ts';
import { startPropertyManagement } from '../../support/property-management.ts';

/** Each step from a committed write to what must follow from it × each way to go wrong, by stream and by sweeper. */
interface Step {
  what: string;
  target: Target;
  /** On the way into the workflow, or on the way out of its wait. */
  way: 'in' | 'out';
  /** How many such calls come first: going in acknowledges an entry, too. */
  after?: number;
}

const STEPS: Step[] = [
  { what: 'calling the outbox function for a start', target: 'invoke', way: 'in' },
  { what: 'starting the execution', target: 'start', way: 'in' },
  { what: 'acknowledging the start', target: 'acknowledge', way: 'in' },
  { what: 'calling the outbox function for a wake-up', target: 'invoke', way: 'out', after: 1 },
  { what: 'reading whom to wake', target: 'read', way: 'out' },
  { what: 'sending the callback', target: 'callback', way: 'out' },
  { what: 'acknowledging the wake-up', target: 'acknowledge', way: 'out', after: 1 },
];

type Mishap = Pick<Trouble, 'failure' | 'times' | 'attempts'> & { what: string };

const MISHAPS: Mishap[] = [
  { what: 'fails until it is mended', failure: 'fail', times: Number.POSITIVE_INFINITY },
  { what: 'is throttled for a while', failure: 'throttle', times: 3 },
  { what: 'loses its answer once', failure: 'lose answer', attempts: 1 },
  { what: 'loses every answer', failure: 'lose answer' },
  { what: 'is killed before', failure: 'kill' },
  { what: 'is killed after', failure: 'kill after' },
  { what: 'hangs', failure: 'hang' },
];

interface Cell {
  step: Step;
  mishap: Mishap;
  by: 'the stream' | 'the sweeper';
  number: string;
}

const CELLS: Cell[] = (['the stream', 'the sweeper'] as const).flatMap((by) =>
  STEPS.flatMap((step, y) =>
    MISHAPS.filter(
      ({ failure }) => step.target !== 'invoke' || (by === 'the stream' && failure !== 'hang'),
    ).map((mishap, x) => ({ step, mishap, by, number: `${by.slice(4).toUpperCase()}-${y}-${x}` })),
  ),
);

let system: System;
let lifecycles: Lifecycles;
let faults: JobFaults;
const jobs = new Map<string, Job>();
const struck = new Map<string, InjectedFault>();
const missing = new Map<string, string[]>();

function plan({ step, mishap: { what, ...mishap }, by, number }: Cell): void {
  const { target, way, after = 0 } = step;
  if (by === 'the stream') {
    struck.set(number, faults.plan(number, { at: 'dispatch', target, after, ...mishap }));
    return;
  }
  // What the sweeper is to deal with is kept from the stream; it passes only its way in if it is about the way out.
  faults.plan(number, {
    at: 'dispatch',
    target: way === 'in' ? 'start' : 'callback',
    failure: 'fail',
    times: Number.POSITIVE_INFINITY,
  });
  struck.set(number, faults.plan(number, { at: 'sweep', target, ...mishap }));
}

/** Some at a time, as people come. */
async function each(work: (cell: Cell, job: Job) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < CELLS.length; i += 8) {
    await Promise.all(CELLS.slice(i, i + 8).map((cell) => work(cell, jobs.get(cell.number) as Job)));
  }
}

/** Long enough for some sweeps, and short enough that no reaper comes. */
async function pass(): Promise<void> {
  for (let minutes = 0; minutes < 8; minutes++) {
    await system.clock.settled();
    await system.clock.advance(MINUTE_MS);
  }
  await system.clock.settled();
}

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
  faults = createJobFaults(system);
  const mended = (way: Step['way']) => {
    for (const [number, fault] of struck)
      if (CELLS.some((cell) => cell.number === number && cell.step.way === way)) fault.remove();
  };

  CELLS.forEach(plan);
  await each(async ({ number }) => jobs.set(number, await lifecycles.raise({ number })));
  await pass();
  mended('in');
  await pass();
  await each(async (cell, job) => missing.set(cell.number, await missingFrom(lifecycles, job)));
  await each(async (cell, job) => {
    const { status, text } = await lifecycles.complete(job);
    if (status !== 200) missing.get(cell.number)?.push(`completing answered ${status} ${text}`);
  });
  await pass();
  faults.clear();
  await pass();
}, 300_000);

afterAll(() => system?.stop());

describe.each(CELLS.map((cell) => [`${cell.by}: ${cell.step.what} ${cell.mishap.what}`, cell] as const))(
  '%s',
  (_, { number, step }) => {
    const job = () => jobs.get(number) as Job;

    it('loses no pass', () => {
      expect(struck.get(number)?.struck).toBeGreaterThan(0);
      expect(missing.get(number)).toEqual([]);
    });

    it('[D10] leaves nothing behind, and does nothing twice', async () => {
      expect(await leftOf(lifecycles, job())).toEqual([]);
      const path = await lifecycles.path(job());
      expect(path.filter((state) => state === 'CreateToken')).toHaveLength(1);
      expect(path.at(-1)).toBe('DeleteToken');
      expect(await lifecycles.mails(job())).toHaveLength(1);
      if (step.way === 'in') expect((await lifecycles.run(job())).endReason).toBe('completed');
    });
  },
);

it('[D10] nothing is left in table or outbox', async () => {
  expect(await orphans(system)).toEqual([]);
  expect(await pendingOutbox(system)).toEqual([]);
});

it('an entry that nobody can dispatch goes to the dead letters, stays for a person to see, and holds nobody up', async () => {
  const letters = system.queue('OutboxDeadLetters').length;
  const createdAt = new Date(system.clock.now()).toISOString();
  const unknown = { id: 'poison-1', createdAt, action: { type: 'dance' } };
  const malformed = { id: 7 };
  for (const entry of [unknown, malformed]) {
    const Item = { ...entry, PK: outboxPartition(3), SK: `${createdAt}#${entry.id}` };
    await system.dynamodb.client.send(new PutCommand({ TableName: system.dynamodb.tableName(), Item }));
  }
  faults.plan('BEHIND', {
    at: 'dispatch',
    target: 'start',
    failure: 'fail',
    times: Number.POSITIVE_INFINITY,
  });
  const swept = await lifecycles.raise({ number: 'BEHIND' });
  const streamed = await lifecycles.raise();
  await system.clock.settled();
  expect(await missingFrom(lifecycles, streamed)).toEqual([]);
  expect(system.queue('OutboxDeadLetters').length).toBeGreaterThan(letters);

  await system.clock.advance(4 * MINUTE_MS);
  await system.clock.settled();
  expect(await missingFrom(lifecycles, swept)).toEqual([]);
  expect((await pendingOutbox(system)).map(({ id }) => id)).toEqual([7, 'poison-1']);
}, 60_000);
