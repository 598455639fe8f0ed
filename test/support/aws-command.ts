/**
 * Stands in for the AWS CLI where the runbook is followed on this machine: `aws <service> <operation> --option value …`,
 * sent to the endpoint in AWS_ENDPOINT_URL. Prints the answer as JSON, or with `--output text` its values.
 */
import { readFileSync } from 'node:fs';

const TARGETS: Record<string, { service: string; prefix: string }> = {
  stepfunctions: { service: 'states', prefix: 'AWSStepFunctions' },
  sqs: { service: 'sqs', prefix: 'AmazonSQS' },
};
/** What only the CLI itself knows, and what concerns services that this machine does not have. */
const OWN_OPTIONS = ['query', 'output', 'maxItems', 'cliBinaryFormat', 'messageAttributeNames'];
const ELSEWHERE = ['logs', 'cloudwatch', 'cloudformation', 'scheduler', 'sesv2', 'dynamodb'];

const [, , service = '', operation = '', ...rest] = process.argv;
const options = optionsOf(rest);
if (!ELSEWHERE.includes(service)) print(await send());

async function send(): Promise<unknown> {
  if (service === 'lambda' && operation === 'invoke') {
    const payload = String(options.payload);
    const body = payload.startsWith('file://')
      ? readFileSync(payload.slice('file://'.length), 'utf8')
      : payload;
    return post('lambda', `/2015-03-31/functions/${options.functionName}/invocations`, {}, body);
  }
  const target = TARGETS[service];
  if (!target) throw new Error(`aws ${service} ${operation}: not known here`);
  const input = Object.entries(options).filter(([name]) => !OWN_OPTIONS.includes(name));
  const asked = input.map(([name, value]) => [target.service === 'sqs' ? pascal(name) : name, value]);
  const headers = { 'x-amz-target': `${target.prefix}.${pascal(camel(operation))}` };
  return post(target.service, '/', headers, JSON.stringify(Object.fromEntries(asked)));
}

async function post(signedFor: string, path: string, headers: Record<string, string>, body: string) {
  const authorization = `AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/${signedFor}/aws4_request`;
  const url = `${process.env.AWS_ENDPOINT_URL}${path}`;
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, authorization }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`aws ${service} ${operation}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

function optionsOf(words: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [i, word] of words.entries()) {
    if (!word.startsWith('--')) continue;
    const value = words[i + 1];
    const given = value !== undefined && !value.startsWith('--') && !value.startsWith('/dev/');
    found[camel(word.slice(2))] = !given ? true : /^\d{1,9}$/.test(value) ? Number(value) : value;
  }
  return found;
}

function camel(words: string): string {
  return words.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function print(answer: unknown): void {
  if (options.output !== 'text') {
    console.log(JSON.stringify(answer, null, 2));
    return;
  }
  const values = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(values) : [value];
  console.log(values(answer).join('\t'));
}
