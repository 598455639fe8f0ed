import type { APIGatewayProxyEventV2WithLambdaAuthorizer, Context } from 'aws-lambda';
import type { Caller } from '../../../core/ports.ts';
import type { Route } from '../routes/route.ts';
import type { CallerContext } from './caller-context.ts';
import { parseCookies } from './cookies.ts';
import type { ApiRequest } from './request.ts';
import { expectsDocument } from './router.ts';

export type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<CallerContext>;

/** What the middleware finds out about a request, step by step; it travels in the Lambda context. */
export interface Exchange {
  readonly requestId: string;
  readonly startedAt: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly context: CallerContext | undefined;
  /** Whether the answer is a page or a document, known from the address before the route is. */
  kind: 'page' | 'json';
  route?: Route;
  params?: Record<string, string>;
  /** Parsed, not yet checked. */
  body?: unknown;
  caller?: Caller;
  /** `Set-Cookie` values that go with whatever is answered. */
  readonly setCookies: string[];
  request?: ApiRequest;
  /** The code of the problem that was answered, for log and metrics. */
  refusedWith?: string;
}

export interface ExchangeContext extends Context {
  exchange: Exchange;
}

export function openExchange(event: HttpEvent, now: number): Exchange {
  return {
    requestId: event.requestContext.requestId,
    startedAt: now,
    method: event.requestContext.http.method,
    path: event.rawPath,
    headers: event.headers,
    cookies: parseCookies(event.cookies),
    context: event.requestContext.authorizer?.lambda,
    kind: expectsDocument(event.rawPath) ? 'json' : 'page',
    setCookies: [],
  };
}

/** The short id of the pass that a request is made with, named by its address or by header. */
export function namedPass(exchange: Exchange): string | undefined {
  const [, first, second] = exchange.path.split('/');
  return first === 'pass' ? second : exchange.headers['daypass-pass'];
}
