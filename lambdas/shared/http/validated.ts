import type { Caller } from '../../../core/ports.ts';
import type { Signing } from '../../../core/tokens/signed.ts';
import type { Route } from '../routes/route.ts';
import type { Exchange } from './exchange.ts';
import { requireFormToken } from './forgery.ts';
import type { HttpMiddleware } from './observed.ts';
import type { ApiRequest } from './request.ts';
import { checkBody, readIdempotencyKey, readIfMatch, readQuery } from './validation.ts';

/** Checks what is left, form token, query, headers and body, and makes the request that the handler gets. */
export function validated(signing: () => Promise<Signing>): HttpMiddleware {
  return {
    before: async ({ event, context: { exchange } }) => {
      const { route, caller, params, body, headers } = exchange as Exchange & {
        route: Route;
        caller: Caller;
      };
      if (asksForFormToken(route)) {
        const { formToken } = (body ?? {}) as { formToken?: unknown };
        requireFormToken(formToken, caller, await signing());
      }
      exchange.request = {
        route,
        path: exchange.path,
        params: params ?? {},
        query: readQuery(event.rawQueryString, route),
        ifMatch: readIfMatch(headers, route),
        idempotencyKey: readIdempotencyKey(headers, route),
        body: checkBody(body, route),
        caller,
        requestId: exchange.requestId,
        cookies: exchange.cookies,
        headers,
        now: exchange.startedAt,
        sourceIp: event.requestContext.http.sourceIp,
      } as ApiRequest;
    },
  };
}

/** A page's write asks for one wherever its schema names it. */
function asksForFormToken(route: Route): boolean {
  return (
    route.answers === 'page' &&
    route.body !== undefined &&
    'shape' in route.body &&
    'formToken' in (route.body.shape as object)
  );
}
