import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { exemptionOf } from '../../../core/access.ts';
import { type ExchangeContext, type HttpEvent, openExchange } from './exchange.ts';

export type HttpMiddleware = MiddlewareObj<
  HttpEvent,
  APIGatewayProxyStructuredResultV2,
  Error,
  ExchangeContext
>;

/**
 * Opens the exchange; at its end writes one log line and the counts of the request. The line names route, ids and
 * outcome only: never the query, a cookie, a header or a body.
 */
export function observed(logger: Logger, metrics: Metrics, now: () => number): HttpMiddleware {
  const close = ({ context, response }: { context: ExchangeContext; response: unknown }) => {
    const { exchange } = context;
    const status = (response as APIGatewayProxyStructuredResultV2 | undefined)?.statusCode ?? 500;
    const ms = now() - exchange.startedAt;
    const exemption = exchange.caller && exemptionOf(exchange.caller);
    logger.info('request', {
      requestId: exchange.requestId,
      method: exchange.method,
      route: exchange.route?.id ?? 'none',
      status,
      ms,
      ...(exchange.refusedWith && { code: exchange.refusedWith }),
      outcome: exchange.context?.outcome ?? 'none',
      ...(exemption && { exemption }),
      ...(exchange.caller?.credential && {
        principalId: exchange.caller.principalId,
        credentialId: exchange.caller.credential.id,
      }),
    });
    metrics.addMetric('Requests', MetricUnit.Count, 1);
    metrics.addMetric('Duration', MetricUnit.Milliseconds, ms);
    if (status >= 500) metrics.addMetric('Failures', MetricUnit.Count, 1);
    else if (status >= 400) metrics.addMetric('Refusals', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
  return {
    before: ({ event, context }) => {
      logger.addContext(context);
      context.exchange = openExchange(event, now());
    },
    after: close,
    onError: close,
  };
}
