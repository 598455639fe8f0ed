import { AwsError, type AwsService } from './aws-call.ts';

/** The local Step Functions, as `local/stepfunctions` gives it. */
export interface StateMachineApi {
  handle(operation: string, input: Record<string, unknown>): Promise<object>;
}

const ON_MACHINE = ['StartExecution', 'ListExecutions', 'DescribeStateMachine'];
const CALLBACKS = ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'];

/** Step Functions' API; operations on one execution are asked of policies with the execution's ARN. */
export function createStepFunctions(api: StateMachineApi, machineArns: string[]): AwsService {
  return {
    accessRequests({ operation, input }) {
      const action = `states:${operation}`;
      if (ON_MACHINE.includes(operation)) return [{ action, resource: String(input.stateMachineArn) }];
      // A callback's token hides its machine. Policies name machines, so one that names any of ours will do.
      if (CALLBACKS.includes(operation)) return [{ action, resource: '*', alternatives: machineArns }];
      return [{ action, resource: String(input.executionArn) }];
    },
    async handle({ operation, input }) {
      try {
        return await api.handle(operation, input);
      } catch (error) {
        const { name, message, __type = name } = error as Error & { __type?: string };
        throw new AwsError(__type, message);
      }
    },
  };
}
