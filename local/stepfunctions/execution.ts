import type { Flow } from './definition.ts';
import type { Json } from './json.ts';
import type { Scope } from './scope.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A state machine as the template defines it, prepared. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** The ASL document as it was given. */
  readonly definition: string;
  readonly flow: Flow;
}

/** One entry of the history, in the API's shape; `timestamp` is in seconds since the epoch. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

/**
 * Where a flow stands. A redrive resumes from it, so it survives the run: `entered` says that the state's entry is
 * in the history already, `branches` what a Parallel or Map state has finished and what it has not.
 */
export interface Frame {
  state: string;
  input: Json;
  entered: boolean;
  enteredTime: string;
  lastEventId: number;
  branches: Frame[] | undefined;
  output: Json | undefined;
}

/** A frame at the start of a flow. */
export function frameAt(flow: Flow, input: Json, lastEventId: number): Frame {
  return {
    state: flow.startAt,
    input,
    entered: false,
    enteredTime: '',
    lastEventId,
    branches: undefined,
    output: undefined,
  };
}

/** Everything that is known of one execution. Times are epoch milliseconds. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  readonly input: string;
  readonly startedAt: number;
  status: ExecutionStatus;
  stoppedAt: number | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  redriveCount: number;
  redrivenAt: number | undefined;
  /** State entries and retries, redrives, and one for the start: at least what AWS bills. */
  transitions: number;
  readonly history: HistoryEvent[];
  frame: Frame;
  scope: Scope;
}

/** AWS ends an execution whose history reaches this many events. */
export const HISTORY_LIMIT = 25_000;

/** Appends to the history and makes the event the frame's latest. */
export function record(
  execution: Execution,
  frame: Frame,
  at: number,
  type: string,
  details: Record<string, unknown> = {},
): number {
  const id = execution.history.length + 1;
  execution.history.push({
    id,
    previousEventId: frame.lastEventId,
    timestamp: at / 1000,
    type,
    ...details,
  });
  frame.lastEventId = id;
  return id;
}

/** The `$$` object for one attempt of a state. */
export function contextOf(
  execution: Execution,
  frame: Frame,
  retryCount: number,
  more: { [key: string]: Json } = {},
): { [key: string]: Json } {
  return {
    Execution: {
      Id: execution.arn,
      Input: JSON.parse(execution.input),
      Name: execution.name,
      RoleArn: execution.machine.roleArn,
      StartTime: new Date(execution.startedAt).toISOString(),
      RedriveCount: execution.redriveCount,
      ...(execution.redrivenAt && { RedriveTime: new Date(execution.redrivenAt).toISOString() }),
    },
    StateMachine: { Id: execution.machine.arn, Name: execution.machine.name },
    State: { Name: frame.state, EnteredTime: frame.enteredTime, RetryCount: retryCount },
    ...more,
  };
}
