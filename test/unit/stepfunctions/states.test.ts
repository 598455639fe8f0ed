import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { randomFrom } from '../../support/schema-values.ts';
import { callback, FUNCTION_ARN, failure, HOUR, localMachines, single, task } from './local-machines.ts';

/** Runs one machine to its end and answers its output. */
async function outputOf(
  definition: object,
  input: unknown,
  lambda?: (payload: Record<string, Json>) => unknown,
) {
  const machines = localMachines({ only: definition }, lambda);
  const arn = await machines.start('one', 'only', input);
  const { status, output, error, cause } = await machines.settled(arn);
  return { status, output, error, cause };
}

describe('data', () => {
  it('a task selects, places and returns its result as its paths say', async () => {
    const state = {
      ...task({ 'number.$': '$.n' }),
      InputPath: '$.in',
      ResultSelector: { 'twice.$': '$.Payload.twice', 'status.$': '$.StatusCode' },
      ResultPath: '$.out.result',
      OutputPath: '$.out',
    };
    const { output } = await outputOf(single(state), { in: { n: 2 }, out: { kept: true } }, ({ number }) => ({
      twice: 2 * (number as number),
    }));
    expect(output).toEqual({ kept: true, result: { twice: 4, status: 200 } });
  });

  it("a function's own ARN hands over the whole input and returns the bare answer", async () => {
    const state = { Type: 'Task', Resource: FUNCTION_ARN, ResultPath: '$.answer', End: true };
    const { output } = await outputOf(single(state), { a: 1 }, (payload) => ({ got: payload }));
    expect(output).toEqual({ a: 1, answer: { got: { a: 1 } } });
  });

  it('a task reads where it is from the context', async () => {
    const machines = localMachines({
      only: single(
        task({
          'name.$': '$$.Execution.Name',
          'id.$': '$$.Execution.Id',
          'input.$': '$$.Execution.Input.a',
          'started.$': '$$.Execution.StartTime',
          'state.$': '$$.State.Name',
          'entered.$': '$$.State.EnteredTime',
          'machine.$': '$$.StateMachine.Name',
          'text.$': "States.Format('{}/{}', $$.Execution.Name, $.a)",
        }),
      ),
    });
    const arn = await machines.start('one', 'only', { a: 1 });
    await machines.clock.settled();
    const time = new Date(machines.clock.now()).toISOString();
    expect(machines.calls[0]?.payload).toEqual({
      name: 'one',
      id: arn,
      input: 1,
      started: time,
      state: 'Only',
      entered: time,
      machine: 'only',
      text: 'one/1',
    });
  });

  it('a Pass state adds its result to its input', async () => {
    const state = { Type: 'Pass', Result: { b: 2 }, ResultPath: '$.more', End: true };
    expect((await outputOf(single(state), { a: 1 })).output).toEqual({ a: 1, more: { b: 2 } });
  });
});

describe('Choice', () => {
  const choice = (rule: object, more: object = { Default: 'No' }) => ({
    StartAt: 'Choose',
    States: {
      Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], ...more },
      Yes: { Type: 'Pass', Result: 'yes', End: true },
      No: { Type: 'Pass', Result: 'no', End: true },
    },
  });

  it.each<[string, object, object, string]>([
    ['an equal string', { Variable: '$.a', StringEquals: 'x' }, { a: 'x' }, 'yes'],
    ['another string', { Variable: '$.a', StringEquals: 'x' }, { a: 'y' }, 'no'],
    ['a number in range', { Variable: '$.a', NumericLessThan: 5 }, { a: 4 }, 'yes'],
    ['a path that is absent', { Variable: '$.a', IsPresent: false }, {}, 'yes'],
    ['a path that is present', { Variable: '$.a', IsPresent: false }, { a: 1 }, 'no'],
    [
      'both of two',
      {
        And: [
          { Variable: '$.a', IsPresent: true },
          { Variable: '$.a', IsNull: false },
        ],
      },
      { a: 1 },
      'yes',
    ],
    ['not one', { Not: { Variable: '$.a', BooleanEquals: true } }, { a: false }, 'yes'],
  ])('%s leads where the rule says', async (_, rule, input, expected) => {
    expect((await outputOf(choice(rule), input)).output).toBe(expected);
  });

  it('without a Default an unmatched choice fails the execution', async () => {
    const definition = choice({ Variable: '$.a', StringEquals: 'x' }, {});
    expect(await outputOf(definition, { a: 'y' })).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });

  it('a choice over a missing variable fails the execution', async () => {
    const definition = choice({ Variable: '$.a', StringEquals: 'x' });
    expect(await outputOf(definition, {})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('Wait', () => {
  it.each<[string, object, (start: number) => object]>([
    ['Seconds', { Seconds: 3600 }, () => ({})],
    ['SecondsPath', { SecondsPath: '$.s' }, () => ({ s: 3600 })],
    ['TimestampPath', { TimestampPath: '$.t' }, (start) => ({ t: new Date(start + HOUR).toISOString() })],
  ])('%s waits on the movable clock', async (_, fields, inputAt) => {
    const machines = localMachines({ only: single({ Type: 'Wait', ...fields, End: true }) });
    const arn = await machines.start('one', 'only', inputAt(machines.clock.now()));
    await machines.clock.advance(HOUR - 1);
    expect(await machines.settled(arn)).toMatchObject({ status: 'RUNNING' });
    await machines.clock.advance(1);
    expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('Parallel and Map', () => {
  it('branches run together, and their outputs stand in their order', async () => {
    const waits = (seconds: number) => single({ Type: 'Wait', Seconds: seconds, End: true });
    const branches = [
      {
        StartAt: 'W',
        States: { W: { Type: 'Wait', Seconds: 60, Next: 'A' }, A: { Type: 'Pass', Result: 'a', End: true } },
      },
      waits(30),
    ];
    const parallel = { Type: 'Parallel', Branches: branches, ResultPath: '$.out', End: true };
    const machines = localMachines({ only: single(parallel) });
    const arn = await machines.start('one', 'only', { in: 1 });
    await machines.clock.advance(60_000);
    expect((await machines.settled(arn)).output).toEqual({ in: 1, out: ['a', { in: 1 }] });
  });

  it('a failing branch ends the others: their waits and callbacks are gone', async () => {
    const branches = [single(callback({ TimeoutSeconds: 60 })), single(task({ fail: true }))];
    const caught = { Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught' }] };
    const parallel = { Type: 'Parallel', Branches: branches, ...caught, End: true };
    const machines = localMachines(
      { only: { StartAt: 'Both', States: { Both: parallel, Caught: { Type: 'Pass', End: true } } } },
      ({ fail }) => {
        if (fail) throw failure('Broken');
      },
    );
    const arn = await machines.start('one');
    expect(await machines.settled(arn)).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Broken' } });
    const taskToken = machines.calls[0]?.payload.token;
    const sent = machines.handle('SendTaskSuccess', { taskToken, output: '{}' });
    await expect(sent).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('a Map runs its items, no more at a time than it may, with their index and value', async () => {
    let running = 0;
    let most = 0;
    const map = {
      Type: 'Map',
      ItemsPath: '$.items',
      MaxConcurrency: 2,
      ItemSelector: {
        'index.$': '$$.Map.Item.Index',
        'value.$': '$$.Map.Item.Value',
        'of.$': '$.of',
      },
      ItemProcessor: single(task({ 'item.$': '$' })),
      End: true,
    };
    const { output } = await outputOf(
      single(map),
      { items: ['a', 'b', 'c'], of: 'list' },
      async ({ item }) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return item;
      },
    );
    expect(output).toEqual(['a', 'b', 'c'].map((value, index) => ({ index, value, of: 'list' })));
    expect(most).toBe(2);
  });
});

describe('limits', () => {
  it.each<[string, object, string]>([
    [
      'another service',
      { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true },
      'sqs:sendMessage',
    ],
    ['JSONata', { Type: 'Pass', QueryLanguage: 'JSONata', End: true }, 'JSONata'],
    ['an unknown state', { Type: 'Dance', End: true }, 'Dance'],
  ])('%s in a definition is refused when it is loaded, by machine and state', (_, state, what) => {
    const load = () => localMachines({ only: single(state) });
    expect(load).toThrow(new RegExp(`machine only, state Only: .*${what}.* not supported`));
  });

  it('an execution that never ends is ended by the length of its history', async () => {
    const loop = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } };
    const { status, cause } = await outputOf(loop, {});
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('history events (25000)')]);
  });
});

describe('many at once', () => {
  it('200 executions wait, are retried and called back together, each with its own data', async () => {
    const state = callback({
      Parameters: { FunctionName: FUNCTION_ARN, Payload: { 'token.$': '$$.Task.Token', 'id.$': '$.id' } },
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 3, JitterStrategy: 'FULL' }],
      TimeoutSeconds: 86_400,
      ResultPath: '$.answer',
    });
    const seen = new Map<Json, number>();
    const tokens = new Map<Json, Json>();
    const machines = localMachines(
      { only: single(state) },
      ({ id, token }) => {
        const times = (seen.get(id ?? null) ?? 0) + 1;
        seen.set(id ?? null, times);
        if (times <= 2) throw failure('Busy');
        tokens.set(id ?? null, token ?? null);
      },
      randomFrom(20_260_116),
    );
    const arns = await Promise.all(
      Array.from({ length: 200 }, (_, id) => machines.start(`e${id}`, 'only', { id })),
    );
    await machines.clock.advance(10_000);
    expect(tokens.size).toBe(200);
    for (const [id, taskToken] of tokens) {
      await machines.handle('SendTaskSuccess', { taskToken, output: JSON.stringify({ for: id }) });
    }
    for (const [id, arn] of arns.entries()) {
      expect((await machines.settled(arn)).output).toEqual({ id, answer: { for: id } });
    }
  });
});
