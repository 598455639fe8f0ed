import { expect, it } from '@jest/globals';
import { callback, DAY, failure, HOUR, localMachines, single } from './local-machines.ts';

/** One execution that has handed its callback token to the function. */
async function waiting(
  more: object = {},
  lambda: () => unknown = () => ({ noted: true }),
  input: object = {},
) {
  const machines = localMachines({ wait: single(callback(more)) }, lambda);
  const arn = await machines.start('one', 'wait', input);
  await machines.clock.settled();
  const taskToken = machines.calls[0]?.payload.token as string;
  const succeed = (output: unknown = {}) =>
    machines.handle('SendTaskSuccess', { taskToken, output: JSON.stringify(output) });
  return { machines, arn, taskToken, succeed };
}

it("a callback's output is the task's result, and what the function answered is not", async () => {
  const { machines, arn, succeed } = await waiting({ TimeoutSeconds: 60 });
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
  await succeed({ done: 'yes' });
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', output: { done: 'yes' } });
  const types = (await machines.history(arn)).map(({ type }) => type);
  expect(types).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

it('a callback that arrives before the function has answered is not lost', async () => {
  const answer = Promise.withResolvers<null>();
  const { machines, arn, succeed } = await waiting({ TimeoutSeconds: 60 }, () => answer.promise);
  await succeed({ early: true });
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', output: { early: true } });
  answer.resolve(null);
  await machines.clock.settled();
  expect((await machines.history(arn)).at(-1)?.type).toBe('ExecutionSucceeded');
});

it('a callback that the function itself sends is not lost, even if the function then fails', async () => {
  const machines = localMachines({ wait: single(callback({ TimeoutSeconds: 60 })) }, async ({ token }) => {
    await machines.handle('SendTaskSuccess', { taskToken: token, output: '"sent from inside"' });
    throw failure('TooLate');
  });
  const arn = await machines.start('one');
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'sent from inside' });
});

it('a function that fails before its callback fails the task', async () => {
  const { machines, arn, succeed } = await waiting({ TimeoutSeconds: 60 }, () => {
    throw failure('Broken', 'no place to note it');
  });
  const described = await machines.settled(arn);
  expect(described).toMatchObject({ status: 'FAILED', error: 'Broken' });
  expect(JSON.parse(described.cause)).toEqual({ errorType: 'Broken', errorMessage: 'no place to note it' });
  await expect(succeed()).rejects.toMatchObject({ name: 'TaskTimedOut' });
});

it('of a callback and a timeout in the same instant exactly one counts', async () => {
  const caught = {
    TimeoutSeconds: 60,
    Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }],
  };
  const definition = {
    StartAt: 'Only',
    States: { Only: callback(caught), Late: { Type: 'Pass', Result: 'late', End: true } },
  };
  const machines = localMachines({ wait: definition });
  const arn = await machines.start('one');
  await machines.clock.settled();
  const taskToken = machines.calls[0]?.payload.token;
  let refusal: unknown;
  machines.clock.setTimer(machines.clock.now() + 60_000, () => {
    const sent = machines.handle('SendTaskSuccess', { taskToken, output: '"in time"' });
    sent.catch((error) => {
      refusal = error;
    });
  });
  await machines.clock.advance(60_000);
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'late' });
  expect(refusal).toMatchObject({ name: 'TaskTimedOut' });
});

it.each([
  ['30 days', 30 * 86_400],
  ['364 days', 364 * 86_400],
])('a wait of %s ends on its second, not before', async (_, seconds) => {
  const { machines, arn } = await waiting({ TimeoutSecondsPath: '$.seconds' }, undefined, { seconds });
  await machines.clock.advance(seconds * 1000 - 1);
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
  await machines.clock.advance(1);
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});

it("the timeout's path is read from the state's input, which Parameters do not hide", async () => {
  const more = { InputPath: '$.inner', TimeoutSecondsPath: '$.seconds' };
  const { machines, arn } = await waiting(more, undefined, { inner: { seconds: 10 } });
  await machines.clock.advance(10_000);
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});

it.each([0, -1, 1.5, '60', null])(
  'a timeout of %j fails the execution, whatever it catches',
  async (seconds) => {
    const more = { TimeoutSecondsPath: '$.seconds', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Only' }] };
    const { machines, arn } = await waiting(more, undefined, { seconds });
    expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(machines.calls).toHaveLength(0);
  },
);

it('SendTaskFailure fails the task with its error and cause', async () => {
  const { machines, arn, taskToken } = await waiting({ TimeoutSeconds: 60 });
  await machines.handle('SendTaskFailure', { taskToken, error: 'Rejected', cause: 'by a person' });
  expect(await machines.settled(arn)).toMatchObject({
    status: 'FAILED',
    error: 'Rejected',
    cause: 'by a person',
  });
});

it('heartbeats keep a task alive, and one that stays away ends it', async () => {
  const { machines, arn, taskToken } = await waiting({ TimeoutSeconds: DAY / 1000, HeartbeatSeconds: 3600 });
  for (let hour = 0; hour < 3; hour++) {
    await machines.clock.advance(HOUR - 1);
    await machines.handle('SendTaskHeartbeat', { taskToken });
  }
  await machines.clock.advance(HOUR - 1);
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
  await machines.clock.advance(1);
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
});

it.each(['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'])(
  '%s is refused for a token that is malformed, unknown, answered, timed out or stopped',
  async (operation) => {
    const send = (machines: ReturnType<typeof localMachines>, taskToken: unknown) =>
      expect(machines.handle(operation, { taskToken, output: '{}' })).rejects;

    const answered = await waiting({ TimeoutSeconds: 60 });
    await answered.succeed();
    await send(answered.machines, answered.taskToken).toMatchObject({ name: 'TaskTimedOut' });
    await send(answered.machines, 'nonsense').toMatchObject({ name: 'InvalidToken' });
    await send(answered.machines, undefined).toMatchObject({ name: 'InvalidToken' });

    const late = await waiting({ TimeoutSeconds: 60 });
    await late.machines.clock.advance(60_000);
    await send(late.machines, late.taskToken).toMatchObject({ name: 'TaskTimedOut' });
    await send(late.machines, answered.taskToken).toMatchObject({ name: 'TaskDoesNotExist' });

    const stopped = await waiting({ TimeoutSeconds: 60 });
    await stopped.machines.handle('StopExecution', { executionArn: stopped.arn });
    await send(stopped.machines, stopped.taskToken).toMatchObject({ name: 'TaskTimedOut' });
  },
);

it('a callback whose output is no JSON is refused, and the task goes on waiting', async () => {
  const { machines, arn, taskToken } = await waiting({ TimeoutSeconds: 60 });
  const sent = machines.handle('SendTaskSuccess', { taskToken, output: 'done' });
  await expect(sent).rejects.toMatchObject({ name: 'InvalidOutput' });
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
});

it('every attempt of a task has a token of its own', async () => {
  let fails = true;
  const machines = localMachines(
    { wait: single(callback({ TimeoutSeconds: 60, Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }] })) },
    () => {
      if (fails) throw failure('Busy');
    },
  );
  const arn = await machines.start('one');
  await machines.clock.settled();
  fails = false;
  await machines.clock.advance(1000);
  const [first, second] = machines.calls.map(({ payload }) => payload.token);
  expect(second).not.toBe(first);
  const old = machines.handle('SendTaskSuccess', { taskToken: first, output: '{}' });
  await expect(old).rejects.toMatchObject({ name: 'TaskTimedOut' });
  await machines.handle('SendTaskSuccess', { taskToken: second, output: '{}' });
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
});
