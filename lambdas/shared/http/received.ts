import type { FunctionName } from '../routes/route.ts';
import { readBody } from './body.ts';
import { requireSameOrigin } from './forgery.ts';
import type { HttpMiddleware } from './observed.ts';
import { matchRoute } from './router.ts';

/**
 * Finds the route and parses the body. A write on a page, or one that a cookie vouches for, must come from a page of
 * this site; that is settled before anything of it is read.
 */
export function received(functionName: FunctionName, siteUrl: string): HttpMiddleware {
  return {
    before: ({ event, context: { exchange } }) => {
      const { route, params } = matchRoute(functionName, {
        routeKey: event.routeKey,
        rawPath: event.rawPath,
        method: exchange.method,
        ...(event.pathParameters && { pathParameters: event.pathParameters }),
      });
      exchange.route = route;
      exchange.params = params;
      exchange.kind = route.answers;
      const writes = route.method !== 'GET';
      const vouchedByCookie = exchange.context?.channel === 'browser';
      if (writes && (route.answers === 'page' || vouchedByCookie))
        requireSameOrigin(exchange.headers, siteUrl);
      exchange.body = readBody({ ...event, headers: exchange.headers }, route);
    },
  };
}
