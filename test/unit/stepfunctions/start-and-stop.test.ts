import { expect, it } from '@jest/globals';
import { callback, DAY, HOUR, localMachines, single, task } from './local-machines.ts';

const ECHO = single(task({ 'said.$': '$.say' }, { TimeoutSeconds: 60 }));

it('an execution runs its function as the role of its machine and succeeds with its answer', async () => {
  const machines = localMachines({ echo: ECHO }, (payload) => ({ heard: payload.said }));
  const arn = await machines.start('one', 'echo', { say: 'hello' });
  expect(arn).toBe('arn:aws:states:eu-central-1:123456789012:execution:echo:one');
  expect(await machines.settled(arn)).toMatchObject({
    name: 'one',
    status: 'SUCCEEDED',
    output: { heard: 'hello' },
    stateTransitions: 2,
    redriveStatus: 'NOT_REDRIVABLE',
  });
  expect(machines.calls).toMatchObject([{ roleArn: 'arn:aws:iam::123456789012:role/echo' }]);
});

it('each status that an execution reaches is told once, in the shape of EventBridge', async () => {
  const machines = localMachines({ echo: ECHO }, () => 7);
  const arn = await machines.start('one', 'echo', { say: 1 });
  await machines.settled(arn);
  expect(machines.statuses(arn)).toEqual(['RUNNING', 'SUCCEEDED']);
  expect(machines.events[1]).toMatchObject({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    account: '123456789012',
    region: 'eu-central-1',
    resources: [arn],
    detail: {
      executionArn: arn,
      name: 'one',
      status: 'SUCCEEDED',
      output: '7',
      stopDate: machines.clock.now(),
    },
  });
});

it('starting a running execution again with the same input answers the same execution', async () => {
  const machines = localMachines({ wait: single(callback()) });
  const first = await machines.start('one', 'wait', { a: 1 });
  expect(await machines.start('one', 'wait', { a: 1 })).toBe(first);
  await machines.settled(first);
  expect(machines.calls).toHaveLength(1);
});

it('a name is taken while another input runs under it', async () => {
  const machines = localMachines({ wait: single(callback()) });
  await machines.start('one', 'wait', { a: 1 });
  await expect(machines.start('one', 'wait', { a: 2 })).rejects.toMatchObject({
    name: 'ExecutionAlreadyExists',
  });
});

it('the name of a finished execution stays taken for 90 days, then it is free', async () => {
  const machines = localMachines({ echo: ECHO });
  const arn = await machines.start('one', 'echo', { say: 1 });
  await machines.settled(arn);
  await machines.clock.advance(90 * DAY - 1);
  await expect(machines.start('one', 'echo', { say: 1 })).rejects.toMatchObject({
    name: 'ExecutionAlreadyExists',
  });
  await machines.clock.advance(1);
  expect(await machines.start('one', 'echo', { say: 2 })).toBe(arn);
});

it('stopping ends an execution as ABORTED at once, and no Catch runs', async () => {
  const state = callback({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], TimeoutSeconds: 3600 });
  const machines = localMachines({
    wait: { StartAt: 'Only', States: { Only: state, Caught: task({ state: 'Caught' }) } },
  });
  const arn = await machines.start('one');
  await machines.settled(arn);
  await machines.handle('StopExecution', { executionArn: arn, error: 'ByHand', cause: 'no longer needed' });
  await machines.clock.advance(2 * HOUR);
  expect(await machines.settled(arn)).toMatchObject({
    status: 'ABORTED',
    error: 'ByHand',
    cause: 'no longer needed',
  });
  expect(await machines.path(arn)).toEqual(['Only']);
  expect(machines.statuses(arn)).toEqual(['RUNNING', 'ABORTED']);
  expect(machines.calls).toHaveLength(1);
});

it('an execution that is stopped while its function runs ignores what the function answers', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const machines = localMachines({ echo: ECHO }, () => promise);
  const arn = await machines.start('one', 'echo', { say: 1 });
  await Promise.resolve();
  await machines.handle('StopExecution', { executionArn: arn });
  resolve(1);
  expect(await machines.settled(arn)).toMatchObject({ status: 'ABORTED', output: undefined });
});

it('stopping a finished execution leaves it as it ended', async () => {
  const machines = localMachines({ echo: ECHO });
  const arn = await machines.start('one', 'echo', { say: 1 });
  await machines.settled(arn);
  await machines.handle('StopExecution', { executionArn: arn });
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
});

it("an execution that outlives its machine's TimeoutSeconds is TIMED_OUT, and no Catch runs", async () => {
  const state = callback({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] });
  const States = { Only: state, Caught: { Type: 'Succeed' } };
  const machines = localMachines({ wait: { StartAt: 'Only', TimeoutSeconds: 40 * 86_400, States } });
  const arn = await machines.start('one');
  await machines.clock.advance(40 * DAY - 1000);
  expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
  await machines.clock.advance(1000);
  expect(await machines.settled(arn)).toMatchObject({ status: 'TIMED_OUT' });
  expect(machines.statuses(arn)).toEqual(['RUNNING', 'TIMED_OUT']);
});

it('no execution runs for more than a year', async () => {
  const machines = localMachines({ wait: single(callback()) });
  const arn = await machines.start('one');
  await machines.clock.advance(365 * DAY);
  expect(await machines.settled(arn)).toMatchObject({ status: 'TIMED_OUT' });
});

it('executions are listed by machine and status, the youngest first, page by page', async () => {
  const machines = localMachines({ wait: single(callback()), other: single(callback()) });
  for (const name of ['a', 'b', 'c']) await machines.start(name, 'wait');
  await machines.start('d', 'other');
  const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:wait';
  const executionArn = 'arn:aws:states:eu-central-1:123456789012:execution:wait:b';
  await machines.handle('StopExecution', { executionArn });
  const names = (answer: { executions: { name: string }[] }) => answer.executions.map(({ name }) => name);
  const first = await machines.handle('ListExecutions', { stateMachineArn, maxResults: 2 });
  expect(names(first)).toEqual(['c', 'b']);
  const { nextToken } = first;
  const second = await machines.handle('ListExecutions', { stateMachineArn, maxResults: 2, nextToken });
  expect([names(second), second.nextToken]).toEqual([['a'], undefined]);
  const running = await machines.handle('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' });
  expect(names(running)).toEqual(['c', 'a']);
});

it.each([
  ['an unknown machine', 'StartExecution', { stateMachineArn: 'arn:unknown' }, 'StateMachineDoesNotExist'],
  ['a name with a space', 'StartExecution', { name: 'with space' }, 'InvalidName'],
  ['a name of 81 characters', 'StartExecution', { name: 'x'.repeat(81) }, 'InvalidName'],
  ['an input that is no JSON', 'StartExecution', { input: '{' }, 'InvalidExecutionInput'],
  [
    'an input of over 256 KiB',
    'StartExecution',
    { input: `"${'x'.repeat(262_143)}"` },
    'InvalidExecutionInput',
  ],
  ['an unknown execution', 'DescribeExecution', { executionArn: 'arn:unknown' }, 'ExecutionDoesNotExist'],
  ['an unknown execution', 'GetExecutionHistory', { executionArn: 'arn:unknown' }, 'ExecutionDoesNotExist'],
  ['an unknown execution', 'StopExecution', { executionArn: 'arn:unknown' }, 'ExecutionDoesNotExist'],
  ['an unknown execution', 'RedriveExecution', { executionArn: 'arn:unknown' }, 'ExecutionDoesNotExist'],
  ['an unknown operation', 'StartSyncExecution', {}, 'UnknownOperationException'],
])('%s is refused by %s', async (_, operation, input, name) => {
  const machines = localMachines({ echo: ECHO });
  const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:echo';
  await expect(machines.handle(operation, { stateMachineArn, ...input })).rejects.toMatchObject({ name });
});

it('a machine is described with the definition that runs', async () => {
  const machines = localMachines({ echo: ECHO });
  const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:echo';
  const described = await machines.handle('DescribeStateMachine', { stateMachineArn });
  expect(described).toMatchObject({ name: 'echo', status: 'ACTIVE', type: 'STANDARD' });
  expect(JSON.parse(described.definition)).toEqual(JSON.parse(JSON.stringify(ECHO)));
});

it('stopping the engine drops what waits, tells nobody, and lets the process end', async () => {
  const machines = localMachines({ wait: single(callback({ TimeoutSeconds: 3600 })) });
  const arn = await machines.start('one');
  await machines.clock.settled();
  await machines.engine.stopAll();
  await machines.clock.advance(2 * HOUR);
  expect(machines.statuses(arn)).toEqual(['RUNNING']);
});
