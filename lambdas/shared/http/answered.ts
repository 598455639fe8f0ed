import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../../../core/ports.ts';
import { toCaller } from './caller.ts';
import type { CallerContext } from './caller-context.ts';
import type { Exchange } from './exchange.ts';
import type { HttpMiddleware } from './observed.ts';
import { type Failure, toFailure } from './problem.ts';
import type { ApiResponse } from './request.ts';
import { toResult } from './result.ts';
import { securityHeaders } from './security-headers.ts';

/** A failure on a page, with what is needed to lose nothing that somebody has typed. */
export interface PageFailure extends Failure {
  path: string;
  method: string;
  /** The fields of the form that was sent, if one was. */
  typed: Readonly<Record<string, unknown>>;
  signedIn: boolean;
  /** Whoever is signed in, so that the page shows them its bar; absent for everybody else. */
  caller?: Caller;
  /** Cookie name → value, as sent. */
  cookies: Readonly<Record<string, string>>;
  /** Why the credential was ended, or `expired`, where that is known. */
  endReason?: string;
}

interface Answering {
  siteUrl: string;
  logger: Logger;
  errorPage?: (failure: PageFailure) => Promise<ApiResponse>;
}

/** What a caller may call a request so that the name is sent back. */
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** Gives every answer its security headers, and turns every error into a problem document or a page. */
export function answered({ siteUrl, logger, errorPage }: Answering): HttpMiddleware {
  const finish = (exchange: Exchange, result: APIGatewayProxyStructuredResultV2) => {
    result.headers = { ...securityHeaders(exchange.kind, siteUrl), ...result.headers };
    const asked = exchange.route?.standard === 'authzen' ? exchange.headers['x-request-id'] : undefined;
    if (asked !== undefined && REQUEST_ID.test(asked)) result.headers['x-request-id'] = asked;
    if (exchange.setCookies.length > 0) result.cookies = [...(result.cookies ?? []), ...exchange.setCookies];
    // The length of what GET would send is not known to API Gateway; an empty body is all that HEAD asks for.
    if (exchange.method === 'HEAD') delete result.body;
    return result;
  };
  return {
    after: ({ context, response }) => {
      if (response) finish(context.exchange, response);
    },
    onError: async (request) => {
      const { exchange } = request.context;
      const { error } = request;
      const failure = toFailure(error, siteUrl, exchange.requestId);
      const { document, headers } = failure;
      exchange.refusedWith = document.code;
      if (document.status >= 500)
        logger.error('failed', { requestId: exchange.requestId, error: error as Error });
      const answer: ApiResponse =
        exchange.kind === 'page' && errorPage
          ? await errorPage({ ...failure, ...pageContext(exchange) })
          : {
              status: document.status,
              body: document,
              headers: { 'content-type': 'application/problem+json' },
            };
      request.response = finish(
        exchange,
        toResult({ ...answer, headers: { ...headers, ...answer.headers } }),
      );
    },
  };
}

function pageContext(exchange: Exchange) {
  const { path, method, body, context, cookies } = exchange;
  // What fails before the caller is looked at has the authorizer's word for it.
  const caller = exchange.caller ?? (context?.outcome === 'ok' ? toCaller(context) : undefined);
  return {
    path,
    method,
    cookies,
    typed: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
    signedIn: caller !== undefined && caller.type !== 'anonymous',
    ...(caller?.type === 'user' && { caller }),
    ...endReasonOf(context),
  };
}

function endReasonOf(context: CallerContext | undefined): { endReason?: string } {
  const reason = context?.endReason ?? (context?.outcome === 'expired' ? 'expired' : undefined);
  return reason === undefined ? {} : { endReason: reason };
}
