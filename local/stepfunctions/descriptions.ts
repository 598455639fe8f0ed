import { randomUUID } from 'node:crypto';
import type { Execution } from './execution.ts';

/** The API carries times as seconds since the epoch. */
export const seconds = (ms: number) => ms / 1000;

const REDRIVE_WINDOW = 14 * 24 * 3_600_000;

/** Why RedriveExecution would refuse, or undefined if it would not. */
export function whyNotRedrivable(execution: Execution, now: number): string | undefined {
  if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') {
    return `Execution is ${execution.status} and cannot be redriven.`;
  }
  return now - (execution.stoppedAt ?? 0) > REDRIVE_WINDOW
    ? 'Execution redrivable period exceeded.'
    : undefined;
}

function redrive(execution: Execution, now: number) {
  const reason = whyNotRedrivable(execution, now);
  return {
    redriveCount: execution.redriveCount,
    ...(execution.redrivenAt && { redriveDate: seconds(execution.redrivenAt) }),
    redriveStatus: reason ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    ...(reason && { redriveStatusReason: reason }),
  };
}

/** One row of ListExecutions. */
export function listed(execution: Execution) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: seconds(execution.startedAt),
    ...(execution.stoppedAt !== undefined && { stopDate: seconds(execution.stoppedAt) }),
    redriveCount: execution.redriveCount,
  };
}

/** DescribeExecution's answer, and besides AWS's fields `stateTransitions`. */
export function described(execution: Execution, now: number) {
  return {
    ...listed(execution),
    input: execution.input,
    inputDetails: { included: true },
    ...(execution.output !== undefined && {
      output: execution.output,
      outputDetails: { included: true },
    }),
    ...(execution.error !== undefined && { error: execution.error }),
    ...(execution.cause !== undefined && { cause: execution.cause }),
    ...redrive(execution, now),
    stateTransitions: execution.transitions,
  };
}

/** An EventBridge event; AWS sends one for each change of an execution's status. */
export interface StatusChangeEvent {
  version: '0';
  id: string;
  'detail-type': 'Step Functions Execution Status Change';
  source: 'aws.states';
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** The event for an execution's present status. Times in its detail are epoch milliseconds, as on AWS. */
export function statusChange(execution: Execution, now: number): StatusChangeEvent {
  const [, , , region = '', account = ''] = execution.arn.split(':');
  const { redriveCount, redriveStatus, redriveStatusReason = null } = { ...redrive(execution, now) };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: new Date(now).toISOString(),
    region,
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machine.arn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt,
      stopDate: execution.stoppedAt ?? null,
      input: execution.input,
      inputDetails: { included: true },
      output: execution.output ?? null,
      outputDetails: execution.output === undefined ? null : { included: true },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
      redriveCount,
      redriveDate: execution.redrivenAt ?? null,
      redriveStatus,
      redriveStatusReason,
    },
  };
}
