import type { IncomingMessage } from 'node:http';
import type { ApiDefinition } from './api-definition.ts';
import { decode, type RouteMatch } from './route-table.ts';

/** A request with everything that events and log lines say about it. */
export interface FrontRequest {
  id: string;
  method: string;
  /** As it was sent. */
  path: string;
  rawQueryString: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
  sourceIp: string;
  protocol: string;
  /** System time, epoch milliseconds. */
  time: number;
}

/** Headers of the connection, which no event shows. */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'expect', 'upgrade', 'cookie'];

export function readRequest(
  incoming: IncomingMessage,
  body: Buffer,
  time: number,
  port: number,
): FrontRequest {
  const [path = '/', ...rest] = (incoming.url ?? '/').split('?');
  const rawQueryString = rest.join('?');
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    if (value && !CONNECTION_HEADERS.includes(name)) headers[name] = value.join(',');
  }
  const sourceIp = (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  headers['x-forwarded-for'] = [headers['x-forwarded-for'], sourceIp].filter(Boolean).join(', ');
  headers['x-forwarded-port'] = String(port);
  headers['x-forwarded-proto'] = 'http';
  return {
    id: `${crypto.randomUUID().replaceAll('-', '').slice(0, 15)}=`,
    method: incoming.method ?? 'GET',
    path,
    rawQueryString,
    query,
    headers,
    cookies: (incoming.headersDistinct.cookie ?? []).flatMap((line) => line.split(/;\s*/)).filter(Boolean),
    body,
    sourceIp,
    protocol: `HTTP/${incoming.httpVersion}`,
    time,
  };
}

/** HTTP APIs hand paths over decoded, and cut them at a decoded question mark. */
function decodedPath(path: string): string {
  return decode(path).split('?')[0] ?? '';
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `12/Mar/2026:19:03:58 +0000` */
export function commonLogTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}

function common(request: FrontRequest, api: ApiDefinition, { route, pathParameters }: RouteMatch) {
  const { method, headers, query, cookies } = request;
  const host = headers.host ?? 'localhost';
  const path = decodedPath(request.path);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: request.rawQueryString,
    ...(cookies.length ? { cookies } : {}),
    headers,
    ...(Object.keys(query).length ? { queryStringParameters: query } : {}),
    ...(Object.keys(pathParameters).length ? { pathParameters } : {}),
    requestContext: {
      accountId: api.account,
      apiId: api.id,
      domainName: host,
      domainPrefix: host.split(/[.:]/)[0],
      http: {
        method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: request.id,
      routeKey: route.key,
      stage: api.stage,
      time: commonLogTime(request.time),
      timeEpoch: request.time,
    },
  };
}

/** Bodies of these types travel as text, all others in base64 (forms too). */
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml)))/i;

/** The event that a route's function receives (payload format 2.0). */
export function routeEvent(
  request: FrontRequest,
  api: ApiDefinition,
  match: RouteMatch,
  context?: object,
): object {
  const event = common(request, api, match);
  const isBase64Encoded = !TEXT_TYPES.test(request.headers['content-type'] ?? 'text/plain');
  return {
    ...event,
    requestContext: { ...event.requestContext, ...(context ? { authorizer: { lambda: context } } : {}) },
    ...(request.body.length ? { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded: request.body.length > 0 && isBase64Encoded,
  };
}

/** The event that a route's authorizer receives. `identitySource` holds the values of its listed sources. */
export function authorizerEvent(
  request: FrontRequest,
  api: ApiDefinition,
  match: RouteMatch,
  identitySource: string[],
): object {
  return {
    ...common(request, api, match),
    type: 'REQUEST',
    routeArn: routeArn(api, match),
    identitySource: identitySource.length ? identitySource : null,
  };
}

/** What permissions and authorizers name a route by. */
export function routeArn(api: ApiDefinition, { route }: RouteMatch): string {
  const name = route.key === '$default' ? '$default' : `${route.method}${route.path}`;
  return `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${api.stage}/${name}`;
}
