import type { Clock } from '../clock.ts';
import { mayRole } from '../iam/roles.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { Functions, InvocationResult } from './functions.ts';

/** Lambda's waits before the first and the second retry of an asynchronous event, in milliseconds. */
const RETRY_WAITS = [60_000, 120_000];

export interface AsynchronousOptions {
  clock: Clock;
  functions: Functions;
  /** Puts a message into a queue of the template, by its ARN. */
  sendToQueue(queueArn: string, body: string): void;
  report(line: string): void;
}

/** Invokes functions as events: nobody waits for the answer; failures are retried on the clock, then kept. */
export interface AsynchronousInvoker {
  invoke(functionId: string, event: unknown, caller: string): void;
}

export function createAsynchronousInvoker(options: AsynchronousOptions): AsynchronousInvoker {
  const { clock, functions, sendToQueue, report } = options;

  async function attempt(
    definition: FunctionDefinition,
    event: unknown,
    caller: string,
    tried: number,
    since: number,
  ): Promise<void> {
    let failure: string | undefined;
    let result: InvocationResult | undefined;
    try {
      result = await functions.invoke(definition.arn, event, caller);
      failure = result.error?.errorType;
    } catch (error) {
      failure = (error as Error).name;
    }
    if (!failure) return;
    const { retries, maximumAgeMs, deadLetterArn, onFailureArn } = definition.asynchronous;
    report(
      `${definition.name} failed for an event of ${caller} (${failure}), attempt ${tried + 1} of ${retries + 1}`,
    );
    const dueAt = clock.now() + (RETRY_WAITS[tried] ?? 0);
    if (tried < retries && dueAt - since <= maximumAgeMs) {
      clock.setTimer(dueAt, () => void attempt(definition, event, caller, tried + 1, since));
      return;
    }
    if (deadLetterArn) keep(definition, deadLetterArn, JSON.stringify(event));
    if (onFailureArn)
      keep(definition, onFailureArn, JSON.stringify(failureRecord(definition, event, result, tried + 1)));
  }

  /** Lambda writes to a queue as the function's role. */
  function keep({ role, name }: FunctionDefinition, queueArn: string, body: string): void {
    const allowed = mayRole(role, { action: 'sqs:SendMessage', resource: queueArn }) === 'allowed';
    if (allowed) sendToQueue(queueArn, body);
    else
      report(`${name} lost a failed event: ${role.logicalId} is not allowed sqs:SendMessage on ${queueArn}`);
  }

  const failureRecord = (
    { arn }: FunctionDefinition,
    requestPayload: unknown,
    result: InvocationResult | undefined,
    approximateInvokeCount: number,
  ) => ({
    version: '1.0',
    timestamp: new Date(clock.now()).toISOString(),
    requestContext: { functionArn: `${arn}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount },
    requestPayload,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: result?.error,
  });

  return {
    invoke: (functionId, event, caller) =>
      void attempt(functions.find(functionId), event, caller, 0, clock.now()),
  };
}
