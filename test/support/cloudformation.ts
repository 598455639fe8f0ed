import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What CloudFormation is to say of a stack: how it is, an error, or (undefined) that there is none. */
export type Said =
  | { status: string; outputs?: Record<string, string>; account?: string }
  | { error: string; message?: string };

/** Who asked for which stack, where. */
export interface Question {
  stack: string;
  region: string;
  accessKeyId: string;
}

/** A CloudFormation of one's own, for stacks in states that the local system is never in. */
export async function startCloudFormation() {
  const stacks: Record<string, Said> = {};
  const asked: Question[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const stack = new URLSearchParams(Buffer.concat(chunks).toString()).get('StackName') ?? '';
      const [, accessKeyId = '', region = ''] =
        /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
      asked.push({ stack, region, accessKeyId });
      const said = stacks[stack] ?? {
        error: 'ValidationError',
        message: `Stack with id ${stack} does not exist`,
      };
      response.writeHead('error' in said ? 400 : 200, { 'content-type': 'text/xml' });
      response.end('error' in said ? errorXml(said) : stackXml(stack, region, said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stacks,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const errorXml = ({ error, message = 'no' }: { error: string; message?: string }) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${error}</Code><Message>${message}</Message></Error></ErrorResponse>`;

function stackXml(name: string, region: string, said: Exclude<Said, { error: string }>): string {
  const { status, outputs = {}, account = '111122223333' } = said;
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackId>arn:aws:cloudformation:${region}:${account}:stack/${name}/1</StackId>
    <StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>
    <StackStatus>${status}</StackStatus><Outputs>${members.join('')}</Outputs>
  </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}
