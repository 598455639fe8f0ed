import type { ApiDefinition } from './api-definition.ts';
import { commonLogTime, type FrontRequest } from './lambda-event.ts';
import type { FrontResponse } from './lambda-response.ts';

/** What became of a request, besides its response. */
export interface RequestOutcome {
  routeKey: string;
  latencyMs: number;
  /** The authorizer's context. */
  authorizer?: object;
  error?: string;
}

/** One line of the access log in the template's format; variables without a value are `-`. */
export function accessLogLine(
  format: string,
  api: ApiDefinition,
  request: FrontRequest,
  response: FrontResponse,
  { routeKey, latencyMs, authorizer = {}, error }: RequestOutcome,
): string {
  const values: Record<string, unknown> = {
    apiId: api.id,
    stage: api.stage,
    requestId: request.id,
    extendedRequestId: request.id,
    requestTime: commonLogTime(request.time),
    requestTimeEpoch: request.time,
    httpMethod: request.method,
    path: request.path,
    protocol: request.protocol,
    routeKey,
    status: response.status,
    responseLength: response.body.length,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers['user-agent'],
    domainName: request.headers.host,
    responseLatency: latencyMs,
    integrationLatency: latencyMs,
    integrationErrorMessage: error,
    'integration.error': error,
    'error.message': error,
    ...Object.fromEntries(Object.entries(authorizer).map(([name, value]) => [`authorizer.${name}`, value])),
  };
  return format.replace(/\$context\.([\w.]+)/g, (_, name: string) => {
    const value = values[name];
    return value === undefined || value === null || value === '' ? '-' : String(value);
  });
}
