import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DaypassError } from '../../../core/errors.ts';
import type { Signing } from '../../../core/tokens/signed.ts';
import { createLogger, createMetrics } from '../observability.ts';
import type { SiteRoute } from '../routes/index.ts';
import type { FunctionName } from '../routes/route.ts';
import { answered, type PageFailure } from './answered.ts';
import type { ExchangeContext, HttpEvent } from './exchange.ts';
import { identified } from './identified.ts';
import { observed } from './observed.ts';
import { received } from './received.ts';
import type { ApiRequest, ApiResponse, Handlers } from './request.ts';
import { toResult } from './result.ts';
import { validated } from './validated.ts';

export interface HandlerOptions<Name extends FunctionName> {
  functionName: Name;
  /** One for every route of the function; the type says which are missing. */
  handlers: Handlers<Extract<SiteRoute, { function: Name }>>;
  siteUrl: string;
  /** Where form tokens are signed. */
  signing(): Promise<Signing>;
  /** Makes a page of a failure; needed by functions that answer pages. */
  errorPage?: (failure: PageFailure) => Promise<ApiResponse>;
  logger?: Logger;
  metrics?: Metrics;
  now?: () => number;
}

/**
 * The handler of a function: one stack of middleware, then the route's own handler. From the outside in:
 * log and metrics; security headers and the form of errors; route and body; caller; form token and checked input.
 */
export function createHandler<Name extends FunctionName>(options: HandlerOptions<Name>) {
  const { functionName, siteUrl, signing, errorPage, now = Date.now } = options;
  const logger = options.logger ?? createLogger(functionName);
  const metrics = options.metrics ?? createMetrics(functionName);
  const handlers = options.handlers as unknown as Record<
    string,
    (request: ApiRequest) => Promise<ApiResponse>
  >;

  async function run(
    _event: HttpEvent,
    { exchange }: ExchangeContext,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const request = exchange.request as ApiRequest;
    const handle = handlers[request.route.id] as (request: ApiRequest) => Promise<ApiResponse>;
    return toResult(await handle(request));
  }

  return middy<HttpEvent, APIGatewayProxyStructuredResultV2, Error, ExchangeContext>(run, {
    timeoutEarlyInMillis: 500,
    timeoutEarlyResponse: () => {
      throw new DaypassError('UNAVAILABLE');
    },
  })
    .use(observed(logger, metrics, now))
    .use(answered({ siteUrl, logger, ...(errorPage && { errorPage }) }))
    .use(received(functionName, siteUrl))
    .use(identified(siteUrl))
    .use(validated(signing));
}
