import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';
import { INTERRUPTED } from '../../../lambdas/shared/callback.ts';

const FOLDER = 'statemachines';
const MOST_SECONDS = 99_999_999;

/**
 * Tasks that fail where they stand instead of catching: a redrive resumes at the state that failed, and after the
 * last compensation there is nothing else that could usefully be tried.
 */
const FAILS_IN_PLACE = new Set([
  'token-access.asl.json/RevokeAfterFailure',
  'rebuild-indexes.asl.json/BeginRebuild',
  'rebuild-indexes.asl.json/RebuildPage',
]);

const read = (file: string) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.asl.json'));
const retries: Record<string, { why: string; retry: object[] }> = read('retries.json');

interface Named {
  where: string;
  // biome-ignore lint/suspicious/noExplicitAny: the language is open.
  state: any;
}

// biome-ignore lint/suspicious/noExplicitAny: the language is open.
function statesOf(where: string, flow: any): Named[] {
  // biome-ignore lint/suspicious/noExplicitAny: the language is open.
  return Object.entries<any>(flow.States).flatMap(([name, state]) => [
    { where: `${where}/${name}`, state },
    ...[...(state.Branches ?? []), state.ItemProcessor, state.Iterator]
      .filter(Boolean)
      .flatMap((part) => statesOf(`${where}/${name}`, part)),
  ]);
}

const states = files.flatMap((file) => statesOf(file, read(file)));
const tasks = states.filter(({ state }) => state.Type === 'Task');

it.each(files)('%s is valid Amazon States Language', (file) => {
  const { isValid, errorsText } = validate(read(file));
  expect(isValid ? '' : errorsText('\n')).toBe('');
});

it.each(files)('%s has a sample input of ids and numbers, which its first states can read', (file) => {
  const sample = read(file.replace('.asl.json', '.input.json'));
  for (const value of Object.values(sample)) expect(['string', 'number']).toContain(typeof value);
});

it.each(files)('%s is written in JSONPath, which the local engine can run', (file) => {
  expect(JSON.stringify(read(file))).not.toContain('JSONata');
});

describe('every task', () => {
  it.each(tasks)('$where has a timeout', ({ state }) => {
    if ('TimeoutSecondsPath' in state) expect(state).not.toHaveProperty('TimeoutSeconds');
    else expect(state.TimeoutSeconds > 0 && state.TimeoutSeconds <= MOST_SECONDS).toBe(true);
  });

  it.each(tasks)('$where retries by one of the named constants', ({ state }) => {
    const same = Object.values(retries).filter(
      ({ retry }) => JSON.stringify(retry) === JSON.stringify(state.Retry),
    );
    expect(same).toHaveLength(1);
  });

  it.each(tasks)('$where catches every error, or fails where a redrive resumes', ({ where, state }) => {
    if (FAILS_IN_PLACE.has(where)) expect(state.Catch).toBeUndefined();
    else expect(state.Catch.at(-1).ErrorEquals).toEqual(['States.ALL']);
  });

  it.each(tasks)('$where calls a function by a substitution and hands it no whole input', ({ state }) => {
    expect(state.Parameters.FunctionName).toMatch(/^\$\{\w+Arn\}$/);
    expect(Object.values(state.Parameters.Payload)).not.toContain('$');
  });

  it.each(tasks)('$where keeps only what it needs of an answer', ({ state }) => {
    if (state.ResultPath !== null) expect(state.ResultSelector).toBeDefined();
  });
});

describe.each(Object.entries(retries))('the retry constant %s', (name, { why, retry }) => {
  it('says why, and is used', () => {
    expect(why.length).toBeGreaterThan(40);
    expect(tasks.some(({ state }) => JSON.stringify(state.Retry) === JSON.stringify(retry))).toBe(true);
  });

  it('spreads its retries by jitter within a limit', () => {
    for (const retrier of retry as { MaxAttempts: number }[]) {
      if (retrier.MaxAttempts === 0) continue;
      expect({ name, ...retrier }).toMatchObject({
        JitterStrategy: 'FULL',
        IntervalSeconds: expect.any(Number),
        BackoffRate: expect.any(Number),
        MaxDelaySeconds: expect.any(Number),
      });
    }
  });

  it("retries Lambda's own failures", () => {
    const errors = (retry as { ErrorEquals: string[]; MaxAttempts: number }[])
      .filter(({ MaxAttempts }) => MaxAttempts > 0)
      .flatMap(({ ErrorEquals }) => ErrorEquals);
    const service = [
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
    ];
    expect(errors.includes('States.ALL') || service.every((error) => errors.includes(error))).toBe(true);
  });
});

describe('every wait', () => {
  it('ends: nothing waits for a callback without a timeout from its input', () => {
    const callbacks = tasks.filter(({ state }) => state.Resource.endsWith('.waitForTaskToken'));
    expect(callbacks.length).toBeGreaterThan(0);
    for (const { state } of callbacks) expect(state.TimeoutSecondsPath ?? state.TimeoutSeconds).toBeDefined();
  });

  it('takes running out of time, and an end that was moved, for answers: not retried, and caught by their names', () => {
    for (const { state } of tasks.filter(({ state }) => 'TimeoutSecondsPath' in state)) {
      const [never, ...others]: { ErrorEquals: string[]; MaxAttempts: number }[] = state.Retry;
      const retried = others.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(never).toEqual({ ErrorEquals: ['RobotRefused', INTERRUPTED], MaxAttempts: 0 });
      expect(retried).not.toContain('States.Timeout');
      expect(retried).not.toContain('States.ALL');
      expect(state.Catch[0].ErrorEquals).toEqual(['States.Timeout', INTERRUPTED]);
    }
  });
});

it('nothing that could be used to get in is named in a definition', () => {
  for (const file of files)
    expect(JSON.stringify(read(file))).not.toMatch(/secret|password|"token\.\$"|link\.\$/i);
});

/** How the two workflows go, as the architecture says it: where to next, and where an error leads, by its name. */
const CALLED = { Type: 'Task', TimeoutSeconds: 60 };
const WAYS: Record<string, Record<string, object>> = {
  'token-access.asl.json': {
    CreateToken: {
      ...CALLED,
      retry: 'step',
      Next: 'NotifyContractor',
      keeps: { $: '$.wait', seconds: '$.Payload.seconds' },
      caught: [['States.ALL', 'RevokeAfterFailure', '$.failure']],
    },
    NotifyContractor: {
      ...CALLED,
      retry: 'mail',
      Next: 'AwaitCompletion',
      caught: [['States.ALL', 'RecordMailFailure', '$.failure']],
    },
    RecordMailFailure: {
      ...CALLED,
      retry: 'step',
      Next: 'AwaitCompletion',
      hands: { 'error.$': '$.failure.Error' },
      caught: [['States.ALL', 'AwaitCompletion', null]],
    },
    AwaitCompletion: {
      Type: 'Task',
      TimeoutSecondsPath: '$.wait.seconds',
      retry: 'callback',
      Next: 'DeleteToken',
      hands: { 'callbackToken.$': '$$.Task.Token', 'seconds.$': '$.wait.seconds', interruptible: true },
      caught: [
        ['States.Timeout, EndMoved', 'CheckGrant', null],
        ['States.ALL', 'RevokeAfterFailure', '$.failure'],
      ],
    },
    CheckGrant: {
      ...CALLED,
      retry: 'step',
      Next: 'NextStep',
      keeps: { $: '$.wait', seconds: '$.Payload.seconds', next: '$.Payload.next' },
      caught: [['States.ALL', 'RevokeAfterFailure', '$.failure']],
    },
    RemindContractor: {
      ...CALLED,
      retry: 'mail',
      Next: 'AwaitCompletion',
      caught: [['States.ALL', 'RecordMailFailure', '$.failure']],
    },
    DeleteToken: {
      ...CALLED,
      retry: 'end',
      End: true,
      caught: [
        ['PassGoesOn', 'CheckGrant', null],
        ['States.ALL', 'RevokeAfterFailure', '$.failure'],
      ],
    },
    RevokeAfterFailure: {
      ...CALLED,
      retry: 'revoke',
      Next: 'Failed',
      hands: { 'error.$': '$.failure.Error' },
      caught: [],
    },
  },
  'rebuild-indexes.asl.json': {
    BeginRebuild: {
      ...CALLED,
      retry: 'step',
      Next: 'WaitForWrites',
      keeps: {
        $: '$.progress',
        shard: '$.Payload.shard',
        after: '$.Payload.after',
        done: '$.Payload.done',
        finished: '$.Payload.finished',
        notBefore: '$.Payload.notBefore',
      },
      caught: [],
    },
    RebuildPage: {
      ...CALLED,
      retry: 'step',
      Next: 'Finished',
      hands: { 'progress.$': '$.progress' },
      keeps: {
        $: '$.progress',
        shard: '$.Payload.shard',
        after: '$.Payload.after',
        done: '$.Payload.done',
        finished: '$.Payload.finished',
      },
      caught: [],
    },
  },
};
/** What every state hands its function: which workflow's run it is, by ids. */
const ABOUT: Record<string, string[]> = {
  'token-access.asl.json': ['grantId', 'environment'],
  'rebuild-indexes.asl.json': ['rebuildId', 'environment', 'app', 'recordType'],
};

describe.each(files)('%s', (file) => {
  // biome-ignore lint/suspicious/noExplicitAny: the language is open.
  const flow: any = read(file);

  it('goes from task to task, errors too, and hands over and keeps what it is said to', () => {
    // biome-ignore lint/suspicious/noExplicitAny: the language is open.
    const found = Object.entries<any>(flow.States).flatMap(([name, state]) => {
      if (state.Type !== 'Task') return [];
      const { Type, TimeoutSeconds, TimeoutSecondsPath, Next, End, ResultPath, ResultSelector } = state;
      const {
        state: named,
        'execution.$': execution,
        'attempt.$': attempt,
        ...payload
      } = state.Parameters.Payload;
      expect([named, execution, attempt]).toEqual([name, '$$.Execution.Name', '$$.State.RetryCount']);
      for (const id of ABOUT[file] ?? []) {
        expect(payload[`${id}.$`]).toBe(`$.${id}`);
        delete payload[`${id}.$`];
      }
      const kept = Object.entries<string>(ResultSelector ?? {}).map(([key, path]) => [
        key.replace('.$', ''),
        path,
      ]);
      const retry = Object.keys(retries).find(
        (each) => JSON.stringify(retries[each]?.retry) === JSON.stringify(state.Retry),
      );
      const way = {
        Type,
        TimeoutSeconds,
        TimeoutSecondsPath,
        retry,
        Next,
        End,
        ...(Object.keys(payload).length > 0 && { hands: payload }),
        ...(ResultPath !== null && { keeps: { $: ResultPath, ...Object.fromEntries(kept) } }),
        caught: (state.Catch ?? []).map(
          (each: { ErrorEquals: string[]; Next: string; ResultPath: unknown }) => [
            each.ErrorEquals.join(', '),
            each.Next,
            each.ResultPath,
          ],
        ),
      };
      return [[name, way]];
    });
    expect(Object.fromEntries(found)).toEqual(WAYS[file]);
  });
});

it('what is no task decides, waits and ends as it is said to', () => {
  const without = ({ Comment: _comment, Cause: _cause, ...state }: Record<string, unknown>) => state;
  const { StartAt, States } = read('token-access.asl.json');
  const next = (value: string, to: string) => ({ Variable: '$.wait.next', StringEquals: value, Next: to });
  expect(StartAt).toBe('CreateToken');
  expect(without(States.NextStep)).toEqual({
    Type: 'Choice',
    Choices: [
      next('remind', 'RemindContractor'),
      next('wait', 'AwaitCompletion'),
      next('delete', 'DeleteToken'),
    ],
    Default: 'UnknownNextStep',
  });
  expect(without(States.UnknownNextStep)).toEqual({
    Type: 'Pass',
    Result: { Error: 'UnknownNextStep' },
    ResultPath: '$.failure',
    Next: 'RevokeAfterFailure',
  });
  expect(without(States.Failed)).toEqual({ Type: 'Fail', ErrorPath: '$.failure.Error' });

  const rebuild = read('rebuild-indexes.asl.json');
  expect(rebuild.StartAt).toBe('BeginRebuild');
  expect(without(rebuild.States.WaitForWrites)).toEqual({
    Type: 'Wait',
    TimestampPath: '$.progress.notBefore',
    Next: 'RebuildPage',
  });
  expect(without(rebuild.States.Finished)).toEqual({
    Type: 'Choice',
    Choices: [{ Variable: '$.progress.finished', BooleanEquals: true, Next: 'Done' }],
    Default: 'RebuildPage',
  });
  expect(without(rebuild.States.Done)).toEqual({ Type: 'Succeed' });
});

/** Seconds that a retry constant can take at most, from the first failure to the last try. */
it.each([
  ['what passes by itself', 'step', 1, 8, 30, 121],
  ['an error that nobody foresaw', 'step', 2, 3, 15, 14],
  ['a mail that could leave later', 'mail', 1, 7, 300, 615],
  ['a mail whose failure nobody foresaw', 'mail', 2, 3, 60, 35],
  ['a wait that could not begin', 'callback', 1, 8, 30, 121],
  ['an end that could not be carried out', 'end', 1, 8, 30, 121],
  ['the last resort, for hours', 'revoke', 0, 30, 900, 19_922],
])('%s is tried again as often as that: %s', (_, name, at, attempts, longest, seconds) => {
  interface Retrier {
    IntervalSeconds: number;
    BackoffRate: number;
    MaxDelaySeconds: number;
    MaxAttempts: number;
  }
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts } = (retries[name]?.retry[at] ??
    {}) as Retrier;
  const pauses = Array.from({ length: MaxAttempts }, (_each, tried) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** tried),
  );
  expect([MaxAttempts, MaxDelaySeconds, pauses.reduce((sum, pause) => sum + pause, 0)]).toEqual([
    attempts,
    longest,
    seconds,
  ]);
});

it.each(Object.keys(retries))('the retry constant %s tells refusals from what passes by itself', (name) => {
  const PASSING = [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'TransactionConflict',
    'Throttled',
    'Unavailable',
  ];
  const NEVER: Record<string, string[]> = {
    step: ['RobotRefused'],
    mail: ['RobotRefused', 'MailFailed'],
    callback: ['RobotRefused', INTERRUPTED],
    end: ['RobotRefused', 'PassGoesOn'],
  };
  const names = ((retries[name]?.retry ?? []) as { ErrorEquals: string[] }[]).map(
    ({ ErrorEquals }) => ErrorEquals,
  );
  const timeout = name === 'callback' ? [] : ['States.Timeout'];
  expect(names).toEqual(
    name === 'revoke' ? [['States.ALL']] : [NEVER[name], [...PASSING, ...timeout], ['States.TaskFailed']],
  );
});
