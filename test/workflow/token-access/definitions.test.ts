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
