import type { Functions } from '../functions/functions.ts';
import { type AwsService, notOnThisMachine } from './aws-call.ts';

/** What Invoke answers; the protocol puts the error's kind into a header. */
export interface InvokeAnswer {
  payload: unknown;
  functionError?: 'Unhandled';
}

/** Lambda's Invoke, for whoever follows the runbook on this machine. Functions do not call each other. */
export function createLambda(functions: Functions): AwsService {
  return {
    accessRequests: ({ operation, input }) => [
      { action: `lambda:${operation}Function`, resource: functions.find(input.FunctionName).arn },
    ],
    async handle({ operation, input, caller }): Promise<InvokeAnswer> {
      if (operation !== 'Invoke') throw notOnThisMachine(`the Lambda operation ${operation}`);
      const { payload, error } = await functions.invoke(input.FunctionName, input.Payload, caller);
      return error ? { payload: error, functionError: 'Unhandled' } : { payload: payload ?? null };
    },
  };
}
