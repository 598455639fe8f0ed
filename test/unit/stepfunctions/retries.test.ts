import { expect, it } from '@jest/globals';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { failure, localMachines, single, task } from './local-machines.ts';

const HOLD = 3_600_000;

/** A task whose function fails as the script says, one entry per call, and then succeeds. */
function scripted(Retry: object[], script: string[], options: { more?: object; random?: () => number } = {}) {
  const errors = [...script];
  const state = task(
    { 'retry.$': '$$.State.RetryCount', 'entered.$': '$$.State.EnteredTime' },
    { Retry, ...options.more },
  );
  return localMachines(
    { only: { StartAt: 'Only', States: { Only: state, Caught: { Type: 'Pass', End: true } } } },
    () => {
      const error = errors.shift();
      if (error) throw failure(error);
      return 'fine';
    },
    options.random,
  );
}

const delays = (calls: { at: number }[]) =>
  calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));

it('a task is retried after delays that double up to their limit', async () => {
  const retry = {
    ErrorEquals: ['Busy'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxDelaySeconds: 10,
    MaxAttempts: 5,
  };
  const machines = scripted([retry], Array(5).fill('Busy'));
  const arn = await machines.start('one');
  await machines.clock.advance(HOLD);
  expect(delays(machines.calls)).toEqual([2000, 4000, 8000, 10_000, 10_000]);
  expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', stateTransitions: 7 });
  expect(machines.calls.map(({ payload }) => payload.retry)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(new Set(machines.calls.map(({ payload }) => payload.entered)).size).toBe(1);
});

it('without figures a retrier waits one second, doubles, and gives up after three', async () => {
  const machines = scripted([{ ErrorEquals: ['Busy'] }], Array(9).fill('Busy'));
  const arn = await machines.start('one');
  await machines.clock.advance(HOLD);
  expect(delays(machines.calls)).toEqual([1000, 2000, 4000]);
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'Busy' });
});

it('full jitter spreads a delay between nothing and its whole, and never beyond', async () => {
  const draws = [0, 0.25, 0.999_999];
  const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 4, BackoffRate: 1, JitterStrategy: 'FULL' };
  const machines = scripted([retry], Array(3).fill('Busy'), { random: () => draws.shift() ?? 0 });
  await machines.start('one');
  await machines.clock.advance(HOLD);
  expect(delays(machines.calls)).toEqual([0, 1000, 4000]);
});

it('each retrier counts its own attempts, and the first that matches decides', async () => {
  const retriers = [
    { ErrorEquals: ['Never'], MaxAttempts: 0 },
    { ErrorEquals: ['Busy'], MaxAttempts: 2, BackoffRate: 1 },
    { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 5 },
  ];
  const busy = scripted(retriers, ['Busy', 'Other', 'Busy']);
  const first = await busy.start('one');
  await busy.clock.advance(HOLD);
  expect(delays(busy.calls)).toEqual([1000, 5000, 1000]);
  expect(await busy.settled(first)).toMatchObject({ status: 'SUCCEEDED' });

  const never = scripted(retriers, ['Never']);
  const second = await never.start('one');
  expect(await never.settled(second)).toMatchObject({ status: 'FAILED', error: 'Never' });
  expect(never.calls).toHaveLength(1);
});

it('States.TaskFailed means every error of a function, but not a timeout', async () => {
  const pending = new Promise(() => {});
  let hangs = false;
  const state = task(
    {},
    { TimeoutSeconds: 30, Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }] },
  );
  const machines = localMachines({ only: single(state) }, () => {
    if (hangs) return pending;
    hangs = true;
    throw failure('Anything');
  });
  const arn = await machines.start('one');
  await machines.clock.advance(HOLD);
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(machines.calls).toHaveLength(2);
});

it('what retries do not mend is caught, and the error is written where the catcher says', async () => {
  const more = { Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$.failure', Next: 'Caught' }] };
  const machines = scripted([{ ErrorEquals: ['Broken'], MaxAttempts: 1 }], ['Broken', 'Broken'], { more });
  const arn = await machines.start('one', 'only', { id: 7 });
  await machines.clock.advance(HOLD);
  const { status, output } = await machines.settled(arn);
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({ id: 7, failure: { Error: 'Broken' } });
  expect(JSON.parse((output as { failure: { Cause: string } }).failure.Cause).errorType).toBe('Broken');
});

it.each<[string, string | null | undefined, Json]>([
  ['without a ResultPath', undefined, { Error: 'Broken' }],
  ['with ResultPath null', null, { id: 7 }],
  ['with ResultPath $', '$', { Error: 'Broken' }],
])('a catcher %s hands on what AWS would', async (_, ResultPath, expected) => {
  const catcher = {
    ErrorEquals: ['States.ALL'],
    Next: 'Caught',
    ...(ResultPath !== undefined && { ResultPath }),
  };
  const machines = scripted([], ['Broken'], { more: { Catch: [catcher] } });
  const arn = await machines.start('one', 'only', { id: 7 });
  expect((await machines.settled(arn)).output).toMatchObject(expected as object);
});

it('an error in the definition itself is neither retried nor caught', async () => {
  const state = task(
    { 'missing.$': '$.not.there' },
    {
      Retry: [{ ErrorEquals: ['States.ALL'] }],
      Catch: [{ ErrorEquals: ['States.ALL', 'States.Runtime'], Next: 'Only' }],
    },
  );
  const machines = localMachines({ only: single(state) });
  const arn = await machines.start('one');
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

it('a result that is too large fails the execution', async () => {
  const machines = localMachines({ only: single(task({})) }, () => 'x'.repeat(262_144));
  const arn = await machines.start('one');
  expect(await machines.settled(arn)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});
