import { refuse } from '../assembly/problem.ts';
import type { AsynchronousInvoker } from '../functions/asynchronous.ts';
import type { CheckInvokePermission } from '../iam/resource-policies.ts';
import { mayRole, type Role } from '../iam/roles.ts';
import type { BusEvent } from './bus-event.ts';
import { targetInput } from './target-input.ts';

/** A target of a rule, as the template writes it. */
export interface Target {
  Arn: string;
  Id: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: { Arn: string };
}

/** Delivers an event to a target on behalf of a rule; what goes wrong is reported, never thrown. */
export type DeliverToTarget = (target: Target, event: BusEvent, rule: { arn: string; place: string }) => void;

export interface TargetOptions {
  invoker: AsynchronousInvoker;
  roles: Map<string, Role>;
  checkInvoke: CheckInvokePermission;
  sendToQueue(queueArn: string, body: string): void;
  startExecution(stateMachineArn: string, input: string): void;
  report(line: string): void;
}

const KNOWN = [
  'Arn',
  'DeadLetterConfig',
  'Id',
  'Input',
  'InputPath',
  'InputTransformer',
  'RetryPolicy',
  'RoleArn',
];

/** Makes what carries events to functions, queues and state machines. */
export function createTargets(options: TargetOptions): DeliverToTarget {
  const { invoker, checkInvoke, sendToQueue, report } = options;
  return (target, event, rule) => {
    try {
      const unknown = Object.keys(target).find((key) => !KNOWN.includes(key));
      if (unknown) refuse(rule.place, `the target setting ${unknown} is not supported`);
      const input = targetInput(target, event, rule.place);
      const service = target.Arn.split(':')[2];
      if (service === 'lambda') {
        checkInvoke(target.Arn, 'events.amazonaws.com', rule.arn);
        invoker.invoke(target.Arn, input, 'events');
      } else if (service === 'sqs') {
        sendToQueue(target.Arn, JSON.stringify(input));
      } else if (service === 'states') {
        checkRole(options, target, 'states:StartExecution', rule.place);
        options.startExecution(target.Arn, JSON.stringify(input));
      } else refuse(rule.place, `targets of ${service} are not supported`);
    } catch (error) {
      report(`${rule.place}: ${(error as Error).message}`);
      if (target.DeadLetterConfig) sendToQueue(target.DeadLetterConfig.Arn, JSON.stringify(event));
    }
  };
}

/** A target that is reached with a role needs that role to be allowed it. */
export function checkRole(
  { roles }: Pick<TargetOptions, 'roles'>,
  target: { Arn: string; RoleArn?: string },
  action: string,
  place: string,
): void {
  const role = roles.get(target.RoleArn ?? '') ?? refuse(place, `there is no role ${target.RoleArn}`);
  if (mayRole(role, { action, resource: target.Arn }) === 'allowed') return;
  refuse(place, `${role.logicalId} is not allowed ${action} on ${target.Arn}`);
}
