import { expect, it } from '@jest/globals';
import { callback, DAY, failure, localMachines, single, task } from './local-machines.ts';

const next = (Next: string) => ({ End: undefined, ResultPath: null, OutputPath: '$', Next });
const CHAIN = {
  StartAt: 'First',
  States: {
    First: task({ state: 'First' }, next('Second')),
    Second: task({ state: 'Second', 'redrives.$': '$$.Execution.RedriveCount' }, next('Third')),
    Third: task({ state: 'Third' }),
  },
};

/** The chain, whose second state fails until it is repaired. */
async function failed() {
  let broken = true;
  const machines = localMachines({ chain: CHAIN }, ({ state }) => {
    if (state === 'Second' && broken) throw failure('Broken');
    return state;
  });
  const arn = await machines.start('one', 'chain', { id: 1 });
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE' });
  return {
    machines,
    arn,
    repair: () => {
      broken = false;
    },
    redrive: () => machines.handle('RedriveExecution', { executionArn: arn }),
  };
}

it('a redrive runs on from the state that failed, with its input, and repeats nothing before it', async () => {
  const { machines, arn, repair, redrive } = await failed();
  repair();
  await redrive();
  expect(await machines.settled(arn)).toMatchObject({
    status: 'SUCCEEDED',
    output: 'Third',
    redriveCount: 1,
    stateTransitions: 5,
  });
  expect(machines.calls.map(({ payload }) => payload.state)).toEqual(['First', 'Second', 'Second', 'Third']);
  expect(machines.calls[2]?.payload.redrives).toBe(1);
  expect(machines.statuses(arn)).toEqual(['RUNNING', 'FAILED', 'RUNNING', 'SUCCEEDED']);
});

it('the history of a redriven execution goes on where it ended', async () => {
  const { machines, arn, repair, redrive } = await failed();
  repair();
  await redrive();
  await machines.clock.settled();
  const history = await machines.history(arn);
  expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
  expect(history.every(({ id, previousEventId }) => previousEventId === id - 1)).toBe(true);
  const types = history.map(({ type }) => type);
  expect(types.slice(types.indexOf('ExecutionRedriven') - 1).slice(0, 3)).toEqual([
    'ExecutionFailed',
    'ExecutionRedriven',
    'TaskScheduled',
  ]);
});

it('an execution can be redriven as often as it fails', async () => {
  const { machines, arn, redrive } = await failed();
  for (let count = 1; count <= 3; count++) {
    await redrive();
    expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', redriveCount: count });
  }
});

it('an aborted wait is redriven with a fresh callback and a fresh timeout', async () => {
  const machines = localMachines({ wait: single(callback({ TimeoutSeconds: 3600 })) });
  const arn = await machines.start('one');
  await machines.clock.advance(1_800_000);
  await machines.handle('StopExecution', { executionArn: arn });
  await machines.handle('RedriveExecution', { executionArn: arn });
  await machines.clock.advance(3_599_999);
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
  const [first, second] = machines.calls.map(({ payload }) => payload.token);
  const sendOld = machines.handle('SendTaskSuccess', { taskToken: first, output: '{}' });
  await expect(sendOld).rejects.toMatchObject({ name: 'TaskTimedOut' });
  await machines.handle('SendTaskSuccess', { taskToken: second, output: '{}' });
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
});

it('a timed out execution is redriven with its whole time again', async () => {
  const machines = localMachines({ wait: { ...single(callback()), TimeoutSeconds: 60 } });
  const arn = await machines.start('one');
  await machines.clock.advance(60_000);
  await machines.handle('RedriveExecution', { executionArn: arn });
  await machines.clock.advance(59_999);
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
  await machines.clock.advance(1);
  expect(await machines.settled(arn)).toMatchObject({ status: 'TIMED_OUT' });
});

it('an execution that ended in a Fail state ends there again', async () => {
  const machines = localMachines({ fail: single({ Type: 'Fail', Error: 'OnPurpose', Cause: 'because' }) });
  const arn = await machines.start('one');
  expect(await machines.settled(arn)).toMatchObject({
    status: 'FAILED',
    error: 'OnPurpose',
    cause: 'because',
  });
  await machines.handle('RedriveExecution', { executionArn: arn });
  expect(await machines.settled(arn)).toMatchObject({
    status: 'FAILED',
    error: 'OnPurpose',
    redriveCount: 1,
  });
});

it('running and successful executions, and those that ended over 14 days ago, cannot be redriven', async () => {
  const machines = localMachines({ wait: single(callback()) });
  const arn = await machines.start('one');
  await machines.clock.settled();
  const redrive = () => machines.handle('RedriveExecution', { executionArn: arn });
  await expect(redrive()).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });
  const taskToken = machines.calls[0]?.payload.token;
  await machines.handle('SendTaskSuccess', { taskToken, output: '{}' });
  await machines.clock.settled();
  await expect(redrive()).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });

  const old = await machines.start('two');
  await machines.handle('StopExecution', { executionArn: old });
  await machines.clock.advance(14 * DAY + 1);
  expect(await machines.settled(old)).toMatchObject({
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution redrivable period exceeded.',
  });
});

it('a redrive repeats only those branches of a Parallel state that did not finish', async () => {
  let broken = true;
  const later = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 1, Next: 'Only' } } };
  const bad = { ...later, States: { ...later.States, ...single(task({ name: 'bad' })).States } };
  const parallel = { Type: 'Parallel', Branches: [single(task({ name: 'good' })), bad], End: true };
  const machines = localMachines({ both: single(parallel) }, ({ name }) => {
    if (name === 'bad' && broken) throw failure('Broken');
    return name;
  });
  const arn = await machines.start('one');
  await machines.clock.advance(1000);
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'Broken' });
  broken = false;
  await machines.handle('RedriveExecution', { executionArn: arn });
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', output: ['good', 'bad'] });
  expect(machines.calls.map(({ payload }) => payload.name)).toEqual(['good', 'bad', 'bad']);
});
