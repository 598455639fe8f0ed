import { AwsError } from './aws-endpoint/aws-call.ts';
import type { Functions } from './functions/functions.ts';
import { mayRole, type Role } from './iam/roles.ts';
import { LambdaInvocationError } from './stepfunctions/engine.ts';

/** Names under which Step Functions sees Lambda's own errors. */
const ERROR_NAMES: Record<string, string> = {
  TooManyRequestsException: 'Lambda.TooManyRequestsException',
  ServiceException: 'Lambda.ServiceException',
  SdkClientException: 'Lambda.SdkClientException',
};

/** What state machines call functions with: as the machine's role, with errors as Step Functions names them. */
export function createMachineInvoker(functions: Functions, roles: Map<string, Role>) {
  return async (functionArn: string, payload: unknown, roleArn: string): Promise<unknown> => {
    const role = roles.get(roleArn);
    if (!role || mayRole(role, { action: 'lambda:InvokeFunction', resource: functionArn }) !== 'allowed') {
      const user = `arn:aws:sts::${roleArn.split(':')[4]}:assumed-role/${role?.name ?? roleArn}/local`;
      throw new LambdaInvocationError(
        'Lambda.AWSLambdaException',
        `User: ${user} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} because no identity-based policy allows the lambda:InvokeFunction action`,
      );
    }
    try {
      const { payload: result, error } = await functions.invoke(functionArn, payload, 'states');
      if (error) throw new LambdaInvocationError(error.errorType, error.errorMessage);
      return result;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new LambdaInvocationError(ERROR_NAMES[error.code] ?? 'Lambda.AWSLambdaException', error.message);
    }
  };
}
