import { randomUUID } from 'node:crypto';
import { compileFlow } from './definition.ts';
import { described, listed, type StatusChangeEvent, seconds } from './descriptions.ts';
import { StepFunctionsError } from './errors.ts';
import type { Machine } from './execution.ts';
import { Executions } from './executions.ts';
import type { Json } from './json.ts';
import { page, requireJson, requireName } from './requests.ts';
import type { EngineClock } from './scope.ts';
import { TaskTokens } from './task-tokens.ts';

export type { StatusChangeEvent } from './descriptions.ts';
export { LambdaInvocationError, StepFunctionsError } from './errors.ts';

export interface StateMachinesOptions {
  /** All timeouts, waits and retry delays run on it. */
  clock: EngineClock;
  /** `definition` is the ASL document as JSON text with its substitutions made. */
  machines: { arn: string; name: string; definition: string; roleArn: string }[];
  /** Calls a function as the machine's role; rejects with LambdaInvocationError. */
  invokeLambda(functionArn: string, payload: Json, roleArn: string): Promise<unknown>;
  /** Takes the EventBridge event of each status that an execution reaches. */
  onStatusChange(event: StatusChangeEvent): void;
  /** In [0, 1), for the jitter of retries. */
  random?(): number;
}

export interface StateMachines {
  /**
   * Answers one API operation (`StartExecution`, …) with the API's shapes; times are seconds since the epoch.
   * @throws StepFunctionsError whose `name` is the AWS error type.
   */
  handle(operation: string, input: Record<string, unknown>): Promise<object>;
  /** Drops all executions without events. Function calls under way are left to whoever runs the functions. */
  stopAll(): Promise<void>;
}

type Operation = (input: Record<string, unknown>) => object;

/**
 * The local Step Functions: standard workflows in JSONPath whose tasks call functions.
 * @throws Error naming machine and state if a definition needs what the local engine does not do.
 */
export function createStateMachines(options: StateMachinesOptions): StateMachines {
  const { clock } = options;
  const createdAt = clock.now();
  const machines = new Map<string, Machine>(
    options.machines.map(({ arn, name, roleArn, definition }) => [
      arn,
      { arn, name, roleArn, definition, flow: compileFlow(name, JSON.parse(definition)) },
    ]),
  );
  const tokens = new TaskTokens();
  const executions = new Executions({
    clock,
    tokens,
    random: options.random ?? Math.random,
    onStatusChange: (event) => options.onStatusChange(event),
    invoke: async (functionArn, payload, roleArn) => options.invokeLambda(functionArn, payload, roleArn),
  });

  function machineOf(arn: unknown): Machine {
    const machine = machines.get(String(arn));
    if (machine) return machine;
    throw new StepFunctionsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  const operations: Record<string, Operation> = {
    StartExecution(input) {
      const machine = machineOf(input.stateMachineArn);
      const name = requireName(input.name ?? randomUUID());
      const text = requireJson(input.input ?? '{}', 'InvalidExecutionInput');
      const { arn, startedAt } = executions.start(machine, name, text);
      return { executionArn: arn, startDate: seconds(startedAt) };
    },
    StopExecution(input) {
      const execution = executions.find(input.executionArn);
      executions.stop(execution, input.error as string | undefined, input.cause as string | undefined);
      return { stopDate: seconds(execution.stoppedAt ?? clock.now()) };
    },
    RedriveExecution(input) {
      executions.redrive(executions.find(input.executionArn));
      return { redriveDate: seconds(clock.now()) };
    },
    DescribeStateMachine(input) {
      const { arn, name, roleArn, definition } = machineOf(input.stateMachineArn);
      const fixed = { status: 'ACTIVE', type: 'STANDARD', creationDate: seconds(createdAt) };
      return { stateMachineArn: arn, name, roleArn, definition, ...fixed };
    },
    DescribeExecution: (input) => described(executions.find(input.executionArn), clock.now()),
    GetExecutionHistory(input) {
      const { history } = executions.find(input.executionArn);
      const { items, nextToken } = page(input.reverseOrder ? history.toReversed() : history, input, 100);
      return { events: items, ...(nextToken && { nextToken }) };
    },
    ListExecutions(input) {
      const wanted = executions
        .of(machineOf(input.stateMachineArn))
        .filter(({ status }) => !input.statusFilter || status === input.statusFilter);
      const { items, nextToken } = page(wanted, input, 100);
      return { executions: items.map(listed), ...(nextToken && { nextToken }) };
    },
    SendTaskSuccess(input) {
      const output = requireJson(input.output, 'InvalidOutput');
      tokens.waiterOf(input.taskToken).succeed(JSON.parse(output));
      return {};
    },
    SendTaskFailure(input) {
      const { error = 'States.TaskFailed', cause = '' } = input;
      tokens.waiterOf(input.taskToken).fail(String(error), String(cause));
      return {};
    },
    SendTaskHeartbeat(input) {
      tokens.waiterOf(input.taskToken).heartbeat();
      return {};
    },
  };

  return {
    async handle(operation, input) {
      const answer = operations[operation];
      if (answer) return answer(input);
      throw new StepFunctionsError(
        'UnknownOperationException',
        `The local Step Functions does not know ${operation}.`,
      );
    },
    async stopAll() {
      executions.stopAll();
    },
  };
}
