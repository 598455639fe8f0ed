import { createClock } from '../../../local/clock.ts';
import { createStateMachines, type StatusChangeEvent } from '../../../local/stepfunctions/engine.ts';
import type { HistoryEvent } from '../../../local/stepfunctions/execution.ts';
import type { Json } from '../../../local/stepfunctions/json.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:robot';
const MACHINE_ARN = 'arn:aws:states:eu-central-1:123456789012:stateMachine:';

export type Lambda = (payload: Record<string, Json>) => unknown;

/** A Task that calls the function through the integration with the given payload template. */
export function task(payload: object, more: object = {}) {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: FUNCTION_ARN, Payload: payload },
    OutputPath: '$.Payload',
    End: true,
    ...more,
  };
}

/** A Task that waits for its callback and hands the token to the function. */
export function callback(more: object = {}) {
  return task(
    { 'token.$': '$$.Task.Token' },
    { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', OutputPath: '$', ...more },
  );
}

/** A machine of one state. */
export const single = (state: object) => ({ StartAt: 'Only', States: { Only: state } });

/** The engine on a clock that stands still until it is moved, with one function behind every task. */
export function localMachines(
  definitions: Record<string, object | string>,
  lambda: Lambda = () => null,
  random: () => number = () => 1,
) {
  const clock = createClock();
  clock.freeze();
  const events: StatusChangeEvent[] = [];
  const calls: { functionArn: string; payload: Record<string, Json>; roleArn: string; at: number }[] = [];
  const engine = createStateMachines({
    clock,
    random,
    machines: Object.entries(definitions).map(([name, definition]) => ({
      arn: MACHINE_ARN + name,
      name,
      roleArn: `arn:aws:iam::123456789012:role/${name}`,
      definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
    })),
    async invokeLambda(functionArn, payload, roleArn) {
      calls.push({ functionArn, payload: payload as Record<string, Json>, roleArn, at: clock.now() });
      return lambda(payload as Record<string, Json>);
    },
    onStatusChange: (event) => void events.push(event),
  });

  const handle = (operation: string, input: Record<string, unknown>) =>
    // biome-ignore lint/suspicious/noExplicitAny: answers have the API's shapes, which the tests look into.
    engine.handle(operation, input) as Promise<any>;
  return {
    clock,
    engine,
    events,
    calls,
    handle,
    /** Starts an execution and answers its ARN at once. */
    async start(name: string, machine = Object.keys(definitions)[0], input: unknown = {}): Promise<string> {
      const stateMachineArn = MACHINE_ARN + machine;
      const { executionArn } = await handle('StartExecution', {
        stateMachineArn,
        name,
        input: JSON.stringify(input),
      });
      return executionArn;
    },
    /** Lets everything happen that needs no time to pass, then describes the execution. */
    async settled(executionArn: string) {
      await clock.settled();
      const described = await handle('DescribeExecution', { executionArn });
      return { ...described, output: described.output && JSON.parse(described.output) };
    },
    async history(executionArn: string): Promise<HistoryEvent[]> {
      return (await handle('GetExecutionHistory', { executionArn, maxResults: 1000 })).events;
    },
    /** The names of the states in the order in which they were entered. */
    async path(executionArn: string): Promise<string[]> {
      const { events: all } = await handle('GetExecutionHistory', { executionArn, maxResults: 10_000 });
      return all
        .filter((event: HistoryEvent) => event.type.endsWith('StateEntered'))
        .map((event: { stateEnteredEventDetails: { name: string } }) => event.stateEnteredEventDetails.name);
    },
    statuses: (executionArn: string) =>
      events.filter(({ resources }) => resources[0] === executionArn).map(({ detail }) => detail.status),
  };
}

/** An error as a function throws it: its name is what Retry and Catch see. */
export function failure(name: string, message = 'as the test wants it'): Error {
  return Object.assign(new Error(message), { name });
}
