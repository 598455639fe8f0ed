import type { Context } from 'aws-lambda';
import type { CallerContext } from '../../../lambdas/shared/http/caller-context.ts';
import type { HttpEvent } from '../../../lambdas/shared/http/exchange.ts';

export const SITE_URL = 'https://passes.example.org';

export interface Sent {
  method?: string;
  path: string;
  /** API Gateway's choice; by default method and path. */
  routeKey?: string;
  query?: string;
  headers?: Record<string, string>;
  cookies?: string[];
  /** Text, or bytes, which travel as base64. */
  body?: string | Buffer;
  params?: Record<string, string>;
  /** What the authorizer found; null: the request did not come through it. */
  context?: CallerContext | null;
}

/** An event in payload format 2.0, as API Gateway sends it. */
export function httpEvent(sent: Sent): HttpEvent {
  const { method = 'GET', path, query = '', headers = {}, cookies, body, params, context } = sent;
  return {
    version: '2.0',
    routeKey: sent.routeKey ?? `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(cookies && { cookies }),
    ...(params && { pathParameters: params }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : body.toString('base64') }),
    isBase64Encoded: body instanceof Buffer,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'passes.example.org',
      domainPrefix: 'passes',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: sent.routeKey ?? `${method} ${path}`,
      stage: '$default',
      time: '01/Mar/2026:12:00:00 +0000',
      timeEpoch: Date.parse('2026-03-01T12:00:00Z'),
      authorizer: { lambda: context === null ? (undefined as never) : (context ?? { outcome: 'anonymous' }) },
    },
  };
}

export const lambdaContext = {
  functionName: 'f',
  functionVersion: '1',
  invokedFunctionArn: 'arn',
  memoryLimitInMB: '512',
  awsRequestId: 'lambda-1',
  logGroupName: 'g',
  logStreamName: 's',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 5000,
} as unknown as Context;

export const userContext: CallerContext = {
  outcome: 'ok',
  channel: 'browser',
  credentialId: 'S'.repeat(22),
  principalId: 'U'.repeat(22),
  kind: 'session',
  expiresAt: Date.parse('2026-03-02T12:00:00Z'),
  principal: JSON.stringify({ type: 'user', name: 'Dora Dispatch', roles: ['dispatcher'], profiles: [] }),
};

export const keyContext: CallerContext = {
  ...userContext,
  channel: 'api',
  kind: 'apiKey',
  environment: 'test',
  principal: JSON.stringify({ type: 'serviceAccount', name: 'CI', roles: [], profiles: [] }),
};
