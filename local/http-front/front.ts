import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Functions } from '../functions/functions.ts';
import type { CheckInvokePermission } from '../iam/resource-policies.ts';
import { accessLogLine, type RequestOutcome } from './access-log.ts';
import type { ApiDefinition } from './api-definition.ts';
import { createAuthorization } from './authorization.ts';
import { type FrontRequest, readRequest, routeArn, routeEvent } from './lambda-event.ts';
import { apiMessage, type FrontResponse, toResponse } from './lambda-response.ts';
import { createRouteTable, type RouteMatch } from './route-table.ts';

/** API Gateway's and Lambda's limits, in bytes. */
const BODY_LIMIT = 10 * 1024 * 1024;
const EVENT_LIMIT = 6 * 1024 * 1024;
const HEADER_LIMIT = 10_240;

export interface FrontOptions {
  api: ApiDefinition;
  clock: Clock;
  functions: Functions;
  checkInvoke: CheckInvokePermission;
  report(line: string): void;
  logAccess(line: string): void;
}

/** A server that may be bound before it is known what it serves: until then it answers 503. */
export interface Front {
  server: Server;
  serve(options: FrontOptions): void;
}

interface Outcome extends Omit<RequestOutcome, 'latencyMs'> {
  response: FrontResponse;
}

type Serve = (request: FrontRequest) => Promise<Outcome>;

export function createFront(): Front {
  let handle: { serve: Serve; options: FrontOptions } | undefined;

  const server = createServer(
    { maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 },
    async (incoming, outgoing) => {
      try {
        if (handle) await answer(incoming, outgoing, handle.serve, handle.options);
        else write(outgoing, apiMessage(503, 'Service Unavailable'));
      } catch (problem) {
        // A client that went away in the middle of its request is nobody to answer.
        handle?.options.report(`${incoming.method} request broken off: ${(problem as Error).message}`);
        outgoing.destroy();
      }
    },
  );

  return {
    server,
    serve(options) {
      handle = { options, serve: createServe(options) };
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  serve: Serve,
  { api, clock, logAccess }: FrontOptions,
): Promise<void> {
  const time = clock.now();
  const since = performance.now();
  const body = await readBody(incoming);
  const request = readRequest(incoming, body ?? Buffer.alloc(0), time, incoming.socket.localPort ?? 80);
  const refusal = body ? headerProblem(incoming) : apiMessage(413, 'Request Entity Too Large');
  const outcome = refusal ? { response: refusal, routeKey: '-' } : await serve(request);
  outgoing.setHeader('apigw-requestid', request.id);
  outgoing.setHeader('date', new Date(time).toUTCString());
  write(outgoing, outcome.response);
  if (!api.accessLogFormat) return;
  const latencyMs = Math.round(performance.now() - since);
  logAccess(accessLogLine(api.accessLogFormat, api, request, outcome.response, { ...outcome, latencyMs }));
}

function createServe(options: FrontOptions): Serve {
  const { api, functions, checkInvoke, report } = options;
  const findRoute = createRouteTable(api.routes);
  const authorize = createAuthorization(options);

  async function run(request: FrontRequest, match: RouteMatch, context?: object): Promise<FrontResponse> {
    const { route } = match;
    checkInvoke(route.functionArn, 'apigateway.amazonaws.com', routeArn(api, match));
    const event = routeEvent(request, api, match, context);
    if (Buffer.byteLength(JSON.stringify(event)) > EVENT_LIMIT)
      return apiMessage(413, 'Request Entity Too Large');
    const result = await within(route.timeoutMs, functions.invoke(route.functionArn, event, 'apigateway'));
    if (result === 'late') return apiMessage(503, 'Service Unavailable');
    if (result.error) throw new Error(`the function failed with ${result.error.errorType}`);
    if (Buffer.byteLength(JSON.stringify(result.payload) ?? '') > EVENT_LIMIT) {
      throw new Error('the result is larger than 6 MB');
    }
    return toResponse(result.payload);
  }

  return async (request) => {
    const match = findRoute(request.method, request.path);
    if (!match) return { response: apiMessage(404, 'Not Found'), routeKey: '-' };
    const routeKey = match.route.key;
    try {
      const { authorizer } = match.route;
      const { context, refusal } = authorizer
        ? await authorize(request, match, authorizer)
        : { context: undefined };
      if (refusal) return { response: refusal, routeKey };
      const response = await run(request, match, context);
      return { response, routeKey, ...(context ? { authorizer: context } : {}) };
    } catch (problem) {
      const { message, name } = problem as Error;
      report(`${routeKey}: ${message}`);
      const throttled = name === 'TooManyRequestsException';
      const response = throttled
        ? apiMessage(503, 'Service Unavailable')
        : apiMessage(500, 'Internal Server Error');
      return { response, routeKey, error: message };
    }
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function headerProblem({ rawHeaders, url = '' }: IncomingMessage): FrontResponse | undefined {
  const size = rawHeaders.reduce((sum, text) => sum + text.length + 2, url.length);
  return size > HEADER_LIMIT ? apiMessage(431, 'Request Header Fields Too Large') : undefined;
}

/** Undefined when the body is over the limit; the rest of it is read and dropped. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined;
}

function write(outgoing: ServerResponse, { status, headers, cookies, body }: FrontResponse): void {
  try {
    outgoing.writeHead(status, {
      ...headers,
      ...(cookies.length ? { 'set-cookie': cookies } : {}),
      ...(status === 204 || status === 304 ? {} : { 'content-length': body.length }),
    });
    outgoing.end(body);
  } catch (problem) {
    outgoing.writeHead(500, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ message: 'Internal Server Error', problem: (problem as Error).message }));
  }
}
