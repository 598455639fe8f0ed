import { AwsError, type AwsService, notOnThisMachine } from './aws-call.ts';

/** A stack of the templates that run here. */
export interface LocalStack {
  name: string;
  account: string;
  region: string;
  /** What it puts out for people. */
  outputs: Record<string, string>;
}

/** CloudFormation as far as commands ask it where a site lies: DescribeStacks. `since` is when the stacks were made. */
export function createCloudFormation(stacks: readonly LocalStack[], since: number): AwsService {
  const described = stacks.map(({ name, account, region, outputs }) => ({
    StackId: `arn:aws:cloudformation:${region}:${account}:stack/${name}/00000000-0000-4000-8000-000000000000`,
    StackName: name,
    CreationTime: new Date(since).toISOString(),
    StackStatus: 'CREATE_COMPLETE',
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  }));
  const named = (name: string) =>
    described.filter(({ StackName, StackId }) => name === StackName || name === StackId);

  return {
    accessRequests: ({ operation, input: { StackName = '*' } }) => [
      { action: `cloudformation:${operation}`, resource: named(StackName)[0]?.StackId ?? StackName },
    ],
    async handle({ operation, input: { StackName } }) {
      if (operation !== 'DescribeStacks') throw notOnThisMachine(`the CloudFormation operation ${operation}`);
      const found = StackName === undefined ? described : named(StackName);
      if (found.length > 0) return { Stacks: found };
      throw new AwsError('ValidationError', `Stack with id ${StackName} does not exist`);
    },
  };
}
