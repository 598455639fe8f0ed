import type { Route } from '../routes/route.ts';
import { identify } from './caller.ts';
import { clearCookie, cookieNames } from './cookies.ts';
import { namedPass } from './exchange.ts';
import type { HttpMiddleware } from './observed.ts';

/** Takes the caller from the authorizer's finding, and drops a session cookie that is good for nothing. */
export function identified(siteUrl: string): HttpMiddleware {
  const names = cookieNames(siteUrl);
  return {
    before: ({ context: { exchange } }) => {
      const pass = namedPass(exchange);
      // The cookie of an ended pass stays, so that its page goes on saying that the pass has ended; pages of other
      // passes take it away once there are some of them.
      if (pass === undefined && isRefusedCookie(exchange.context)) {
        exchange.setCookies.push(clearCookie(siteUrl, names.session));
      }
      exchange.caller = identify(exchange.context, exchange.route as Route, pass !== undefined);
    },
  };
}

function isRefusedCookie(context: { outcome: string; channel?: string } | undefined): boolean {
  return context?.channel === 'browser' && context.outcome !== 'ok' && context.outcome !== 'unavailable';
}
