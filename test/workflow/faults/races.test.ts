import type { InjectedFault } from '../../../local/aws-endpoint/faults.ts';
import type { System } from '../../../local/system.ts';
import { createJobFaults, type JobFaults, type Trouble } from '../../support/job-faults.ts';
import { DAY_MS, type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom, orphans, pendingOutbox } from '../../support/oracle.ts';
import { startPropertyManagement } from '../../support/property-management.ts';

/** One actor is held back at a certain call while another one does its part: every order that could leave a token. */
let system: System;
let lifecycles: Lifecycles;
let faults: JobFaults;
let numbers = 0;
const planned: InjectedFault[] = [];

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
  faults = createJobFaults(system);
}, 120_000);

afterEach(() => {
  system.clock.resume();
  faults.clear();
  expect(planned.splice(0).map(({ struck }) => struck)).not.toContain(0);
});
afterAll(() => system?.stop());

/** Raises a work order to which the troubles happen; `meanwhile` is given its ids. */
const raise = (...troubles: ((job: () => Promise<Job>) => Trouble)[]) => raiseWith({}, ...troubles);

async function raiseWith(
  more: Record<string, unknown>,
  ...troubles: ((job: () => Promise<Job>) => Trouble)[]
): Promise<Job> {
  numbers += 1;
  const number = `RACE-${numbers}`;
  const raised = Promise.withResolvers<Job>();
  for (const trouble of troubles)
    faults.plan(
      number,
      trouble(() => raised.promise),
    );
  raised.resolve(await lifecycles.raise({ number, ...more }));
  return raised.promise;
}

const settled = () => system.clock.settled();
const status = async (job: Job) => (await lifecycles.grant(job)).status;
const until = (job: Job, ...wanted: string[]) =>
  system.waitFor(`the grant is ${wanted.join(' or ')}`, async () => wanted.includes(await status(job)));

async function expectOver(job: Job): Promise<void> {
  await settled();
  expect(await leftOf(lifecycles, job)).toEqual([]);
}

async function expectAlive(job: Job): Promise<void> {
  await settled();
  expect(await missingFrom(lifecycles, job)).toEqual([]);
}

describe('CreateToken', () => {
  it('[D10] commits after housekeeping has read the aborted grant: the new token is found and ended', async () => {
    const reading = Promise.withResolvers<void>();
    const job = await raise(
      (theJob) => ({
        at: 'CreateToken',
        target: 'write',
        failure: {
          async meanwhile() {
            await system.executions.stop(`grant-${(await theJob()).grantId}`);
            await reading.promise;
          },
        },
      }),
      (theJob) => ({
        at: 'after failure',
        target: 'read',
        // The grant is read twice, then its record: by then the plan for the end is made.
        after: 2,
        failure: {
          async meanwhile() {
            reading.resolve();
            await until(await theJob(), 'live');
          },
        },
      }),
    );
    await until(job, 'failed');
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('ABORTED');
  });

  it('[D10] commits after a dispatcher has closed the work order: no token is made', async () => {
    const job = await raise((theJob) => ({
      at: 'CreateToken',
      target: 'write',
      failure: {
        async meanwhile() {
          const { recordId } = await theJob();
          const path = `/production/records/${recordId}/operations/complete`;
          const answer = await (await lifecycles.staff()).json('POST', path, { values: {} });
          expect(answer.status).toBe(200);
        },
      },
    }));
    await until(job, 'ended');
    await expectOver(job);
    expect(await lifecycles.credential(job)).toBeUndefined();
    expect(await lifecycles.mails(job)).toEqual([]);
  });

  it('[D10] reads the work order after a dispatcher has taken the contractor off it: that is no failure', async () => {
    const raised = Promise.withResolvers<Job>();
    const between = system.faults.inject({
      times: 1,
      when: ({ operation, during, input }) =>
        operation === 'GetItem' &&
        (during as { state?: string } | undefined)?.state === 'CreateToken' &&
        input.Key.SK.S === '#RECORD',
      failure: {
        async meanwhile() {
          const { recordId } = await raised.promise;
          const path = `/production/records/${recordId}/operations/edit`;
          const values = { externalContractor: [], contractorName: null, contractorEmail: null };
          expect((await (await lifecycles.staff()).json('POST', path, { values })).status).toBe(200);
        },
      },
    });
    planned.push(between);
    const job = await raise();
    raised.resolve(job);
    await until(job, 'ended');
    await expectOver(job);
    expect([(await lifecycles.grant(job)).endReason, await lifecycles.trouble(job)]).toEqual([
      'revoked',
      undefined,
    ]);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });

  it('[D10] commits while the work order is being closed: the token dies with it', async () => {
    const job = await raise();
    await settled();
    const issued = await raise((theJob) => ({
      at: 'request',
      target: 'write',
      after: 1,
      failure: { meanwhile: async () => until(await theJob(), 'live') },
    }));
    const path = `/production/records/${issued.recordId}/operations/complete`;
    expect((await (await lifecycles.staff()).json('POST', path, { values: {} })).status).toBe(200);
    await until(issued, 'ended');
    await expectOver(issued);
    await expectAlive(job);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job);
  });

  it('[D10] comes late, when the reaper has read that nothing was issued: the pass stays', async () => {
    const starting = { target: 'start', failure: 'fail', times: Number.POSITIVE_INFINITY } as const;
    const job = await raise(
      () => ({ at: 'dispatch', ...starting }),
      () => ({ at: 'sweep', ...starting }),
      (theJob) => ({
        at: 'reap',
        target: 'write',
        failure: {
          async meanwhile() {
            faults.clear();
            system.fireSchedule('sweepOutbox');
            await until(await theJob(), 'live');
          },
        },
      }),
    );
    await settled();
    await system.clock.advance(66 * MINUTE_MS);
    await expectAlive(job);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job);
  });
});

describe('a due date that is moved into the past at once', () => {
  const overdue = async (job: Job) => {
    const path = `/production/records/${job.recordId}/operations/edit`;
    const answer = await (await lifecycles.staff()).json('POST', path, { values: { dueDate: '2020-01-31' } });
    expect(answer.status).toBe(200);
  };

  it.each([
    ['before its token is made', { at: 'CreateToken', target: 'read' }],
    ['while its token is being made', { at: 'CreateToken', target: 'write' }],
    ['before the contractor is told', { at: 'NotifyContractor', target: 'invoke' }],
    ['before the wait begins', { at: 'AwaitCompletion', target: 'invoke' }],
    ['while the wait is beginning', { at: 'AwaitCompletion', target: 'write' }],
  ] as const)('[D10, F51] ends the pass %s', async (_, place) => {
    const job = await raise((theJob) => ({
      ...place,
      failure: { meanwhile: async () => overdue(await theJob()) },
    }));
    await until(job, 'ended');
    await expectOver(job);
    expect(await lifecycles.grant(job)).toMatchObject({ endReason: 'expired' });
  });

  it('[D10, F51] ends the pass that is issued while the date is being moved', async () => {
    const job = await raise((theJob) => ({
      at: 'request',
      target: 'write',
      after: 1,
      failure: { meanwhile: async () => until(await theJob(), 'live') },
    }));
    await overdue(job);
    await until(job, 'ended');
    await expectOver(job);
  });
});

describe('AwaitCompletion', () => {
  it('[D10] stores its callback after the job was done: it answers itself, no wake-up is lost', async () => {
    const job = await raise((theJob) => ({
      at: 'AwaitCompletion',
      target: 'write',
      failure: {
        async meanwhile() {
          expect((await lifecycles.complete(await theJob())).status).toBe(200);
        },
      },
    }));
    await until(job, 'ended');
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });

  it('[D10] stores another callback while the wake-up goes to the old one: it answers itself', async () => {
    const job = await raise(
      () => ({ at: 'AwaitCompletion', target: 'invoke', failure: 'lose answer' }),
      (theJob) => ({
        at: 'AwaitCompletion',
        target: 'write',
        after: 1,
        failure: {
          async meanwhile() {
            expect((await lifecycles.complete(await theJob())).status).toBe(200);
          },
        },
      }),
    );
    await settled();
    await system.clock.advance(MINUTE_MS);
    await until(job, 'ended');
    await expectOver(job);
  });

  it('[D10] waits again after a redrive that overtook the news of the abort: it is woken, not left waiting', async () => {
    const redriven = Promise.withResolvers<void>();
    const job = await raise(() => ({
      at: 'after failure',
      target: 'read',
      failure: { meanwhile: () => redriven.promise },
    }));
    await expectAlive(job);
    const old = (await lifecycles.grant(job)).callbackToken;
    await system.executions.stop(`grant-${job.grantId}`);
    await system.executions.redrive(`grant-${job.grantId}`);
    await system.waitFor(
      'the redriven wait',
      async () => (await lifecycles.grant(job)).callbackToken !== old,
    );
    redriven.resolve();
    await until(job, 'failed');
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });
});

describe('an end that is moved forward', () => {
  const dayIn = (days: number) => new Date(system.clock.now() + days * DAY_MS).toISOString().slice(0, 10);

  /** Staff let the pass end ten days earlier than its record is due. */
  async function shorten(job: Job): Promise<void> {
    const { expiresAt = 0 } = await lifecycles.grant(job);
    const until = new Date(expiresAt - 10 * DAY_MS).toISOString();
    expect((await staffDo(`${job.grantId}/extend`, { until })).status).toBe(200);
  }

  /** At its end the pass is taken away by its workflow, after one reminder. */
  async function expectEndInTime(job: Job): Promise<void> {
    await expectAlive(job);
    const { expiresAt = 0 } = await lifecycles.grant(job);
    await system.clock.moveTo(expiresAt + 2_000);
    await until(job, 'ended');
    await expectOver(job);
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({ step: 'DeleteToken', outcome: 'done' });
    expect((await lifecycles.mails(job)).map(({ subject }) => subject.split(':')[0])).toEqual([
      `Work order ${job.number} at Mill House`,
      'Reminder',
    ]);
  }

  it.each([
    ['while the mail is sent', { at: 'NotifyContractor', target: 'mail' }],
    ['when the workflow has read how long to wait', { at: 'AwaitCompletion', target: 'write' }],
  ] as const)(
    '[D17] %s is followed, and the workflow gets no longer to tell the contractor',
    async (_, place) => {
      const due: number[] = [];
      const job = await raiseWith({ dueDate: dayIn(20) }, (theJob) => ({
        ...place,
        failure: {
          async meanwhile() {
            const raised = await theJob();
            due.push((await lifecycles.grant(raised)).dueAt);
            await shorten(raised);
            due.push((await lifecycles.grant(raised)).dueAt);
          },
        },
      }));
      await expectEndInTime(job);
      expect(due).toEqual([due[0], due[0]]);
    },
  );

  it('[D17] while the workflow begins to wait is followed', async () => {
    const shortening = Promise.withResolvers<void>();
    const job = await raiseWith(
      { dueDate: dayIn(20) },
      (theJob) => ({
        at: 'AwaitCompletion',
        target: 'write',
        failure: {
          async meanwhile() {
            void shorten(await theJob());
            await shortening.promise;
          },
        },
      }),
      (theJob) => ({
        at: 'request',
        target: 'write',
        after: 1,
        failure: {
          async meanwhile() {
            shortening.resolve();
            const waits = async () => (await lifecycles.grant(await theJob())).callbackToken !== undefined;
            await system.waitFor('the workflow waits', waits);
          },
        },
      }),
    );
    await system.waitFor('the end has moved', async () =>
      (await lifecycles.run(job)).steps.some(({ step }) => step === 'Extend'),
    );
    await expectEndInTime(job);
  });

  it.each([
    ['loses its answers', 'lose answer'],
    ['is killed after it has told the workflow', 'kill after'],
    ['fails for a while', 'fail'],
  ] as const)('[D17] is followed once when the dispatcher %s', async (_, failure) => {
    const job = await raiseWith({ dueDate: dayIn(20) }, () => ({
      at: 'dispatch',
      target: 'callback',
      failure,
    }));
    await settled();
    await shorten(job);
    await settled();
    await system.clock.advance(5 * MINUTE_MS);
    await expectEndInTime(job);
  });
});

describe('DeleteToken', () => {
  it('[D10] comes to a grant that the reaper has ended meanwhile: both have done their part', async () => {
    const job = await raise((theJob) => ({
      at: 'DeleteToken',
      target: 'write',
      failure: {
        whileTimePasses: true,
        async meanwhile() {
          await system.clock.advance(11 * MINUTE_MS);
          system.fireSchedule('reapGrants');
          await until(await theJob(), 'ended');
        },
      },
    }));
    await expectAlive(job);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await until(job, 'ended');
    await system.clock.advance(2 * MINUTE_MS);
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
    expect((await lifecycles.run(job)).endReason).toBe('completed');
  });
});

const staffDo = async (what: string, body: object) =>
  (await lifecycles.staff()).json('POST', `/admin/tokens/production/${what}`, body);

describe('an extension in the last seconds of a pass', () => {
  /** Its request is held back at its write, over the end of the pass, until something has happened. */
  async function extendLate(job: Job): Promise<{ status: number; until: number }> {
    const { expiresAt = 0 } = await lifecycles.grant(job);
    // The clock stands still but for the steps of the test: no request runs into its timeout, none comes too late.
    system.clock.freeze();
    await system.clock.moveTo(expiresAt - 5_000);
    await settled();
    const until = expiresAt + DAY_MS;
    const { status } = await staffDo(`${job.grantId}/extend`, { until: new Date(until).toISOString() });
    return { status, until };
  }
  const overTheEnd = async (job: Job) => {
    const { expiresAt = 0 } = await lifecycles.grant(job);
    await system.clock.moveTo(expiresAt + 1_000);
  };

  it('[D17, D10] commits after DeleteToken has read that the pass is over: it goes on', async () => {
    const read = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const job = await raiseWith(
      { dueDate: '2020-01-01' },
      (theJob) => ({
        at: 'request',
        target: 'write',
        after: 1,
        failure: {
          whileTimePasses: true,
          meanwhile: async () => Promise.all([overTheEnd(await theJob()), read.promise]),
        },
      }),
      () => ({
        at: 'DeleteToken',
        target: 'write',
        failure: {
          whileTimePasses: true,
          async meanwhile() {
            read.resolve();
            await answered.promise;
          },
        },
      }),
    );
    await settled();
    const { status, until: end } = await extendLate(job);
    answered.resolve();
    expect(status).toBe(200);
    await settled();
    await expectAlive(job);
    expect((await lifecycles.grant(job)).expiresAt).toBe(end);
    expect((await lifecycles.run(job)).steps.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });

  it('[D17, D10] comes after DeleteToken has ended the pass: it is refused', async () => {
    const job = await raiseWith({ dueDate: '2020-01-01' }, (theJob) => ({
      at: 'request',
      target: 'write',
      after: 1,
      failure: {
        whileTimePasses: true,
        async meanwhile() {
          await overTheEnd(await theJob());
          await until(await theJob(), 'ended');
        },
      },
    }));
    await settled();
    expect((await extendLate(job)).status).toBe(410);
    await expectOver(job);
  });
});

describe('a revocation', () => {
  it('[D8, D10] commits after DeleteToken has read that the pass ran out: it ends once, as revoked', async () => {
    const job = await raiseWith({ dueDate: '2020-01-01' }, (theJob) => ({
      at: 'DeleteToken',
      target: 'write',
      failure: {
        whileTimePasses: true,
        async meanwhile() {
          const { status, json } = await staffDo('revoke', { passes: [(await theJob()).grantId] });
          expect([status, json]).toEqual([200, { revoked: 1, alreadyEnded: 0 }]);
        },
      },
    }));
    await settled();
    const { expiresAt = 0 } = await lifecycles.grant(job);
    await system.clock.moveTo(expiresAt + 1_000);
    await until(job, 'ended');
    await expectOver(job);
    expect((await lifecycles.run(job)).endReason).toBe('revoked');
  });

  it('[D8, D10] comes after the job was done: there is nothing to end any more, and no error', async () => {
    const job = await raise((theJob) => ({
      at: 'request',
      target: 'write',
      after: 1,
      failure: {
        async meanwhile() {
          expect((await lifecycles.complete(await theJob())).status).toBe(200);
          await until(await theJob(), 'ended');
        },
      },
    }));
    await settled();
    const { status, json } = await staffDo('revoke', { passes: [job.grantId] });
    expect([status, json]).toEqual([200, { revoked: 0, alreadyEnded: 1 }]);
    await expectOver(job);
    expect((await lifecycles.run(job)).endReason).toBe('completed');
  });
});

describe('the wake-up', () => {
  it('[D10] that nobody could send for long is not needed: the reaper ends the grant, and its workflow', async () => {
    const job = await raise(
      () => ({ at: 'dispatch', target: 'callback', failure: 'fail', times: Number.POSITIVE_INFINITY }),
      () => ({ at: 'sweep', target: 'callback', failure: 'fail', times: Number.POSITIVE_INFINITY }),
    );
    await expectAlive(job);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await settled();
    await system.clock.advance(16 * MINUTE_MS);
    await until(job, 'ended');
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({ step: 'Reaper', outcome: 'done' });
    faults.clear();
    await system.clock.advance(5 * MINUTE_MS);
    await expectOver(job);
    expect((await lifecycles.execution(job))?.status).toBe('SUCCEEDED');
  });
});

describe('the sweeper', () => {
  it('[D10] starts a grant while the stream is still about to: one execution, one mail', async () => {
    const swept = Promise.withResolvers<void>();
    const job = await raise(() => ({
      at: 'dispatch',
      target: 'start',
      failure: { whileTimePasses: true, meanwhile: () => swept.promise },
    }));
    await system.clock.advance(3 * MINUTE_MS);
    system.fireSchedule('sweepOutbox');
    await until(job, 'live');
    swept.resolve();
    await expectAlive(job);
    expect(await lifecycles.mails(job)).toHaveLength(1);
    expect((await lifecycles.path(job)).filter((state) => state === 'CreateToken')).toHaveLength(1);
    expect((await lifecycles.complete(job)).status).toBe(200);
    await expectOver(job);
  });
});

it('[D10] after all these nothing is left in the table', async () => {
  await system.clock.advance(15 * MINUTE_MS);
  expect(await orphans(system)).toEqual([]);
  expect(await pendingOutbox(system)).toEqual([]);
});
