import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AwsError, notOnThisMachine } from './aws-call.ts';
import type { InvokeAnswer } from './lambda.ts';

/** What the endpoint reads from a request before it knows what it is about. */
export interface ParsedRequest {
  accessKeyId: string;
  service: string;
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own shapes
  input: Record<string, any>;
  invocationId: string;
  attempt: number;
}

interface Protocol {
  contentType: string;
  /** What an access refusal is called. */
  accessDenied: string;
  accessDeniedStatus: number;
  /** Of services that take a form and answer with XML (AWS's query protocol). */
  xmlns?: string;
}

/** Wire protocols of the services that the endpoint has, by their name in the signature. */
const PROTOCOLS: Record<string, Protocol> = {
  dynamodb: {
    contentType: 'application/x-amz-json-1.0',
    accessDenied: 'AccessDeniedException',
    accessDeniedStatus: 400,
  },
  states: {
    contentType: 'application/x-amz-json-1.0',
    accessDenied: 'AccessDeniedException',
    accessDeniedStatus: 400,
  },
  sqs: { contentType: 'application/x-amz-json-1.0', accessDenied: 'AccessDenied', accessDeniedStatus: 403 },
  secretsmanager: {
    contentType: 'application/x-amz-json-1.1',
    accessDenied: 'AccessDeniedException',
    accessDeniedStatus: 400,
  },
  events: {
    contentType: 'application/x-amz-json-1.1',
    accessDenied: 'AccessDeniedException',
    accessDeniedStatus: 400,
  },
  lambda: {
    contentType: 'application/json',
    accessDenied: 'AccessDeniedException',
    accessDeniedStatus: 403,
  },
  ses: {
    contentType: 'text/xml',
    accessDenied: 'AccessDenied',
    accessDeniedStatus: 403,
    xmlns: 'http://ses.amazonaws.com/doc/2010-12-01/',
  },
  cloudformation: {
    contentType: 'text/xml',
    accessDenied: 'AccessDenied',
    accessDeniedStatus: 403,
    xmlns: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  },
};

const CREDENTIAL = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/;

/** Reads caller, service, operation and input. Throws AwsError for what no service here speaks. */
export function parseRequest({ headers, url = '' }: IncomingMessage, body: string): ParsedRequest {
  const [, accessKeyId = '', service = ''] = CREDENTIAL.exec(headers.authorization ?? '') ?? [];
  if (!PROTOCOLS[service]) throw notOnThisMachine(`the service ${service || 'of an unsigned request'}`);
  return {
    accessKeyId,
    service,
    ...asked(service, url, String(headers['x-amz-target'] ?? ''), body),
    invocationId: String(headers['amz-sdk-invocation-id'] ?? `${accessKeyId}-${performance.now()}`),
    attempt: Number(/attempt=(\d+)/.exec(String(headers['amz-sdk-request']))?.[1] ?? 1),
  };
}

/** Operation and input, which are in the body, in a header or in the path. */
function asked(
  service: string,
  url: string,
  target: string,
  body: string,
): Pick<ParsedRequest, 'operation' | 'input'> {
  if (PROTOCOLS[service]?.xmlns) {
    const query = Object.fromEntries(new URLSearchParams(body));
    return { operation: query.Action ?? '', input: query };
  }
  const json = body ? JSON.parse(body) : {};
  if (service !== 'lambda') return { operation: target.slice(target.lastIndexOf('.') + 1), input: json };
  const [, name] = INVOCATION.exec(url) ?? [];
  if (!name) throw notOnThisMachine(`the Lambda address ${url}`);
  return { operation: 'Invoke', input: { FunctionName: decodeURIComponent(name), Payload: json } };
}

const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** How this service words that a caller may not. */
export function accessDeniedNames(service: string): { code: string; status: number } {
  const protocol = PROTOCOLS[service];
  return {
    code: protocol?.accessDenied ?? 'AccessDeniedException',
    status: protocol?.accessDeniedStatus ?? 400,
  };
}

/** Writes a success in the service's protocol. */
export function sendAnswer(
  response: ServerResponse,
  service: string,
  operation: string,
  answer: object,
): void {
  if (service === 'lambda') {
    const { payload, functionError } = answer as InvokeAnswer;
    if (functionError) response.setHeader('x-amz-function-error', functionError);
    response.setHeader('x-amz-executed-version', '$LATEST');
    send(response, 200, service, JSON.stringify(payload));
    return;
  }
  const xmlns = PROTOCOLS[service]?.xmlns;
  const text = xmlns
    ? `<${operation}Response xmlns="${xmlns}"><${operation}Result>` +
      `${elements(answer)}</${operation}Result></${operation}Response>`
    : JSON.stringify(answer);
  send(response, 200, service, text);
}

/** Writes an error in the service's protocol. */
export function sendError(response: ServerResponse, service: string, error: AwsError): void {
  const { code, message, status, details } = error;
  const fault = status >= 500 ? 'Receiver' : 'Sender';
  const xmlns = PROTOCOLS[service]?.xmlns;
  const text = xmlns
    ? `<ErrorResponse xmlns="${xmlns}"><Error>` +
      `${elements({ Type: fault, Code: code, Message: message })}</Error></ErrorResponse>`
    : JSON.stringify({ __type: code, message, Message: message, ...details });
  if (service === 'sqs') response.setHeader('x-amzn-query-error', `${code};${fault}`);
  send(response, status, service, text);
}

function send(response: ServerResponse, status: number, service: string, text: string): void {
  const type = PROTOCOLS[service]?.contentType ?? 'application/x-amz-json-1.0';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Members as elements, lists as `member` elements. */
function elements(values: object): string {
  const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
  const content = (value: unknown): string => {
    if (Array.isArray(value)) return value.map((each) => `<member>${content(each)}</member>`).join('');
    return typeof value === 'object' && value !== null ? elements(value) : escaped(String(value));
  };
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${content(value)}</${name}>`)
    .join('');
}
