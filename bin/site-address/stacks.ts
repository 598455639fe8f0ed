import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type AwsAccess, PATIENT } from '../../lambdas/shared/aws-clients.ts';

/** A stack as CloudFormation describes it. */
export interface DescribedStack {
  name: string;
  status: string;
  account: string;
  outputs: Record<string, string>;
  /** AWS's time less this machine's, in milliseconds; only the local system's is far from zero. */
  clockOffset: number;
}

/**
 * Asks CloudFormation for a stack.
 * @returns undefined when there is none of this name
 * @throws Error saying what to do when CloudFormation does not say
 */
export async function describeStack(name: string, aws: AwsAccess): Promise<DescribedStack | undefined> {
  const client = new CloudFormationClient({ ...PATIENT, ...aws });
  let answeredAt = '';
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers = {} } = answer.response as { headers?: Record<string, string> };
      answeredAt = headers.date ?? '';
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (!stack) return undefined;
    return {
      name,
      status: stack.StackStatus ?? '',
      account: stack.StackId?.split(':')[4] ?? '',
      outputs: Object.fromEntries(
        (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
      clockOffset: answeredAt ? Date.parse(answeredAt) - Date.now() : 0,
    };
  } catch (error) {
    const { name: code, message } = error as Error;
    if (code === 'ValidationError' && message.includes('does not exist')) return undefined;
    throw new Error(explained(code, message, name, aws.profile), { cause: error });
  } finally {
    client.destroy();
  }
}

const REFUSED_CREDENTIALS =
  /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)/;

function explained(code: string, message: string, stack: string, profile: string | undefined): string {
  if (/^(CredentialsProvider|TokenProvider|ProviderError)/.test(code)) {
    return profile
      ? `The AWS profile ${profile} gives no credentials (${message}). Is it among those that \`aws configure list-profiles\` names? If so, sign in with \`aws sso login --profile ${profile}\`.`
      : `There are no AWS credentials (${message}). Sign in with \`aws sso login\` or set AWS_PROFILE, or name a profile with --profile.`;
  }
  if (REFUSED_CREDENTIALS.test(code)) {
    return `AWS does not accept these credentials (${code}: ${message}). Sign in again, or name another profile with --profile.`;
  }
  if (code.startsWith('AccessDenied')) {
    return `These credentials may not look at the stack ${stack}, which takes cloudformation:DescribeStacks (${message}).`;
  }
  return `CloudFormation cannot be asked for the stack ${stack} (${code}: ${message}).`;
}
