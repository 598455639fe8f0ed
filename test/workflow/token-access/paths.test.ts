import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { randomFrom } from '../../support/schema-values.ts';
import { failing, INPUT, tokenAccess } from './scripted-robot.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const HAPPY = ['CreateToken', 'NotifyContractor', 'AwaitCompletion', 'DeleteToken'];

describe('a job that is done', () => {
  it('goes through four states, well within the aim of eight transitions', async () => {
    const access = tokenAccess();
    const arn = await access.begin();
    expect(await access.settled(arn)).toMatchObject({ status: 'RUNNING' });
    await access.complete();
    const { status, stateTransitions } = await access.settled(arn);
    expect(status).toBe('SUCCEEDED');
    expect(await access.path(arn)).toEqual(HAPPY);
    expect(stateTransitions).toBeLessThanOrEqual(8);
  });

  it('hands the robot ids and numbers only, the execution by its name, the attempt, and what its wait can take', async () => {
    const access = tokenAccess();
    const arn = await access.begin('grant-7');
    await access.clock.settled();
    await access.complete();
    await access.settled(arn);
    const usual = { ...INPUT, execution: 'grant-7', attempt: 0 };
    const [create, notify, wait, remove] = access.calls.map(({ payload }) => payload);
    expect([create, notify, remove]).toEqual(
      ['CreateToken', 'NotifyContractor', 'DeleteToken'].map((state) => ({ ...usual, state })),
    );
    expect(wait).toEqual({
      ...usual,
      state: 'AwaitCompletion',
      callbackToken: access.callbackTokens[0],
      seconds: 7 * 86_400,
      interruptible: true,
    });
  });

  it("keeps nothing of the robot's answers in its data beyond the wait", async () => {
    const access = tokenAccess({
      CreateToken: { seconds: 60, note: 'not wanted' },
      NotifyContractor: { messageId: 'not wanted' },
      DeleteToken: { note: 'not wanted' },
    });
    const arn = await access.begin();
    await access.clock.settled();
    await access.complete();
    expect((await access.settled(arn)).output).toEqual({ ...INPUT, wait: { seconds: 60 } });
  });

  it.each(['before the robot has answered', 'after the robot has answered'])(
    'is noticed when the callback comes %s',
    async (order) => {
      const early = order.startsWith('before');
      const access = tokenAccess({
        AwaitCompletion: async ({ callbackToken }: Record<string, Json>) => {
          const send = () => access.handle('SendTaskSuccess', { taskToken: callbackToken, output: '{}' });
          if (early) await send();
          else queueMicrotask(() => void send());
        },
      });
      const arn = await access.begin();
      expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await access.path(arn)).toEqual(HAPPY);
    },
  );
});

describe('a date that is reached', () => {
  it('at the end of the grant, the token is deleted, on the second', async () => {
    const access = tokenAccess();
    const arn = await access.begin();
    await access.clock.advance(7 * DAY - 1);
    expect(access.called()).not.toContain('CheckGrant');
    await access.clock.advance(1);
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await access.path(arn)).toEqual([
      'CreateToken',
      'NotifyContractor',
      'AwaitCompletion',
      'CheckGrant',
      'NextStep',
      'DeleteToken',
    ]);
  });

  it('at a reminder, the contractor is reminded and the wait goes on to the end', async () => {
    const dates = [
      { seconds: 2 * 86_400, next: 'remind' },
      { seconds: 1, next: 'delete' },
    ];
    const access = tokenAccess({ CheckGrant: (_: unknown, call: number) => dates[call] });
    const arn = await access.begin();
    await access.clock.advance(7 * DAY);
    expect(access.called().filter((state) => state === 'RemindContractor')).toHaveLength(1);
    await access.clock.advance(2 * DAY - 1);
    expect(await access.settled(arn)).toMatchObject({ status: 'RUNNING' });
    await access.clock.advance(1);
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await access.path(arn)).slice(3)).toEqual([
      'CheckGrant',
      'NextStep',
      'RemindContractor',
      'AwaitCompletion',
      'CheckGrant',
      'NextStep',
      'DeleteToken',
    ]);
  });

  it('an extension made meanwhile is followed, and a completion during it ends the wait', async () => {
    const access = tokenAccess({ CheckGrant: { seconds: 30 * 86_400, next: 'wait' } });
    const arn = await access.begin();
    await access.clock.advance(7 * DAY + 29 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'RUNNING' });
    expect(access.callbackTokens).toHaveLength(2);
    await access.complete();
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await access.path(arn)).at(-1)).toBe('DeleteToken');
  });

  it('an extension found by DeleteToken itself leads back to the wait, without a retry or a failure', async () => {
    const access = tokenAccess({
      CheckGrant: (_: unknown, call: number) =>
        call === 1 ? { seconds: 86_400, next: 'wait' } : { seconds: 1, next: 'delete' },
      DeleteToken: failing('PassGoesOn', 1),
    });
    const arn = await access.begin();
    await access.clock.advance(7 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'RUNNING' });
    expect((await access.path(arn)).slice(-4)).toEqual([
      'DeleteToken',
      'CheckGrant',
      'NextStep',
      'AwaitCompletion',
    ]);
    await access.clock.advance(DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(access.called()).not.toContain('RevokeAfterFailure');
  });

  it.each([30, 364])('a grant of %i days is waited for in one piece', async (days) => {
    const access = tokenAccess({ CreateToken: { seconds: days * 86_400 } });
    const arn = await access.begin();
    await access.clock.advance(days * DAY - SECOND);
    expect(access.called()).not.toContain('CheckGrant');
    await access.clock.advance(SECOND);
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('a callback that comes too late is refused and changes nothing', async () => {
    const access = tokenAccess();
    const arn = await access.begin();
    await access.clock.advance(7 * DAY);
    await expect(access.complete()).rejects.toMatchObject({ name: 'TaskTimedOut' });
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a mail that fails', () => {
  it('is recorded, and the job can be done and ends the access all the same', async () => {
    const access = tokenAccess({ NotifyContractor: failing('MailFailed') });
    const arn = await access.begin();
    await access.clock.advance(HOUR);
    await access.complete();
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    const record = access.calls.find(({ payload }) => payload.state === 'RecordMailFailure');
    expect(record?.payload.error).toBe('MailFailed');
    expect(await access.path(arn)).toEqual([
      'CreateToken',
      'NotifyContractor',
      'RecordMailFailure',
      'AwaitCompletion',
      'DeleteToken',
    ]);
  });

  it('and cannot even be recorded prevents nothing either', async () => {
    const access = tokenAccess({
      NotifyContractor: failing('MailFailed'),
      RecordMailFailure: failing('Broken'),
    });
    const arn = await access.begin();
    await access.clock.advance(HOUR);
    await access.complete();
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await access.path(arn)).at(-1)).toBe('DeleteToken');
  });

  it('as a reminder is recorded too, and the wait goes on', async () => {
    const access = tokenAccess({
      CheckGrant: { seconds: 86_400, next: 'remind' },
      RemindContractor: failing('RobotRefused'),
    });
    const arn = await access.begin();
    await access.clock.advance(7 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'RUNNING' });
    expect((await access.path(arn)).slice(-3)).toEqual([
      'RemindContractor',
      'RecordMailFailure',
      'AwaitCompletion',
    ]);
  });

  it('because mails are throttled is tried again for minutes', async () => {
    const access = tokenAccess({ NotifyContractor: failing('Throttled', 6) });
    const arn = await access.begin();
    await access.clock.advance(HOUR);
    expect(access.called().filter((state) => state === 'NotifyContractor')).toHaveLength(7);
    expect(await access.path(arn)).not.toContain('RecordMailFailure');
  });
});

describe('a step that fails for good', () => {
  it.each([
    ['CreateToken', {}],
    ['AwaitCompletion', {}],
    ['CheckGrant', {}],
    ['DeleteToken', {}],
  ])('%s leads to revocation, and then the execution fails with its error', async (state) => {
    const access = tokenAccess({ [state]: failing('Broken') });
    const arn = await access.begin();
    await access.clock.advance(8 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'FAILED', error: 'Broken' });
    expect((await access.path(arn)).slice(-3)).toEqual([state, 'RevokeAfterFailure', 'Failed']);
    expect(access.calls.at(-1)?.payload).toMatchObject({ state: 'RevokeAfterFailure', error: 'Broken' });
  });

  it.each(['CreateToken', 'AwaitCompletion', 'DeleteToken'])(
    '%s that is refused is not tried again',
    async (state) => {
      const access = tokenAccess({ [state]: failing('RobotRefused') });
      const arn = await access.begin();
      await access.clock.advance(state === 'DeleteToken' ? 8 * DAY : 0);
      expect(await access.settled(arn)).toMatchObject({ status: 'FAILED', error: 'RobotRefused' });
      expect(access.called().filter((called) => called === state)).toHaveLength(1);
    },
  );

  it('an answer to CheckGrant that nobody knows ends the access too', async () => {
    const access = tokenAccess({ CheckGrant: { seconds: 60, next: 'dance' } });
    const arn = await access.begin();
    await access.clock.advance(7 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'FAILED', error: 'UnknownNextStep' });
    expect(access.called().at(-1)).toBe('RevokeAfterFailure');
  });

  it('a revocation that fails is tried for hours, then fails where a redrive takes it up', async () => {
    let broken = true;
    const access = tokenAccess({
      CreateToken: failing('RobotRefused'),
      RevokeAfterFailure: (payload: Record<string, Json>, call: number) =>
        broken && failing('Broken')(payload, call),
    });
    const arn = await access.begin();
    await access.clock.advance(4 * HOUR);
    expect(await access.settled(arn)).toMatchObject({ status: 'RUNNING' });
    await access.clock.advance(4 * HOUR);
    expect(await access.settled(arn)).toMatchObject({ status: 'FAILED', error: 'Broken' });
    broken = false;
    await access.handle('RedriveExecution', { executionArn: arn });
    expect(await access.settled(arn)).toMatchObject({ status: 'FAILED', error: 'RobotRefused' });
    expect((await access.path(arn)).slice(-2)).toEqual(['RevokeAfterFailure', 'Failed']);
  });
});

describe('a step that fails for a while', () => {
  const WAIT = { CreateToken: { seconds: 60 }, CheckGrant: { seconds: 1, next: 'delete' } };

  it.each(
    ['CreateToken', 'NotifyContractor', 'AwaitCompletion', 'CheckGrant', 'DeleteToken'].flatMap((state) =>
      ['Lambda.TooManyRequestsException', 'TransactionConflict', 'Throttled', 'Unavailable'].map((error) => [
        state,
        error,
      ]),
    ),
  )('%s is tried again after %s, and the run succeeds', async (state = '', error = '') => {
    const answer = WAIT[state as keyof typeof WAIT];
    const access = tokenAccess({ [state]: failing(error, 7, answer) });
    const arn = await access.begin();
    await access.clock.advance(8 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    const attempts = access.calls.filter(({ payload }) => payload.state === state);
    expect(attempts.slice(0, 8).map(({ payload }) => payload.attempt)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it.each(['CreateToken', 'NotifyContractor', 'CheckGrant', 'DeleteToken'])(
    '%s that does not answer is tried again after its timeout',
    async (state) => {
      const answer = WAIT[state as keyof typeof WAIT] ?? null;
      const access = tokenAccess({
        [state]: (_: unknown, call: number) => (call === 0 ? new Promise(() => {}) : answer),
      });
      const arn = await access.begin();
      await access.clock.advance(8 * DAY);
      expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
    },
  );
});

describe('an execution that is stopped by hand', () => {
  it('calls nothing more: what deletes the token is outside of it', async () => {
    const access = tokenAccess();
    const arn = await access.begin();
    await access.clock.advance(DAY);
    await access.handle('StopExecution', { executionArn: arn });
    await access.clock.advance(30 * DAY);
    expect(await access.settled(arn)).toMatchObject({ status: 'ABORTED' });
    expect(access.called()).toEqual(['CreateToken', 'NotifyContractor', 'AwaitCompletion']);
    expect(access.events.at(-1)?.detail).toMatchObject({ status: 'ABORTED', name: 'grant-1' });
  });

  it('and redriven finds its grant ended, does not wait again, and cleans up', async () => {
    let ended = false;
    const access = tokenAccess({
      AwaitCompletion: ({ callbackToken }: Record<string, Json>) =>
        ended && access.handle('SendTaskSuccess', { taskToken: callbackToken, output: '{}' }),
    });
    const arn = await access.begin();
    await access.clock.advance(DAY);
    await access.handle('StopExecution', { executionArn: arn });
    ended = true;
    await access.handle('RedriveExecution', { executionArn: arn });
    expect(await access.settled(arn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect((await access.path(arn)).filter((state) => state === 'CreateToken')).toHaveLength(1);
  });
});

it('1,000 lifecycles run together in seconds, and none takes from another', async () => {
  const access = tokenAccess(
    { NotifyContractor: (_: unknown, call: number) => call % 50 === 0 && failing('Throttled')({}, 0) },
    randomFrom(20_260_117),
  );
  const arns = await Promise.all(Array.from({ length: 1000 }, (_, index) => access.begin(`grant-${index}`)));
  for (let hours = 0; access.callbackTokens.length < 1000 && hours < 3; hours++)
    await access.clock.advance(HOUR);
  for (const taskToken of access.callbackTokens) {
    await access.handle('SendTaskSuccess', { taskToken, output: '{}' });
  }
  await access.clock.settled();
  const ends = arns.map((arn) => access.statuses(arn).at(-1));
  expect(ends.filter((status) => status !== 'SUCCEEDED')).toEqual([]);
  const deleted = access.calls.filter(({ payload }) => payload.state === 'DeleteToken');
  expect(new Set(deleted.map(({ payload }) => payload.execution)).size).toBe(1000);
}, 60_000);
