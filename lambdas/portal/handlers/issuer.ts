import { DaypassError } from '../../../core/errors.ts';
import type { Runtime } from '../../../core/runtime.ts';
import { signInAs } from '../../../core/sign-in/issuer.ts';
import { openPurpose, sealPurpose } from '../../../core/tokens/sealed.ts';
import { clearCookie, setCookie } from '../../shared/http/cookies.ts';
import { seeOther } from '../../shared/http/request.ts';
import { type Attempt, isIssuerDown, reasonOf } from '../issuer.ts';
import { knownBrowserCookie } from '../known-browsers.ts';
import type { Portal } from '../portal.ts';
import { sameSitePath } from '../same-site.ts';
import { takeIssuerTurn } from '../sign-in-turns.ts';
import type { PortalHandlers } from './handlers.ts';

/** Long enough to find one's second factor. */
const ATTEMPT_LIFETIME_MS = 10 * 60_000;
const BOUND = 'issuer';

/** What the cookie of an attempt holds, sealed: the browser that left is the one that must come back. */
interface Held extends Attempt {
  to?: string;
  expiresAt: number;
}

/** Staff may also come in by the site's OpenID Connect issuer, where one is configured. */
export function issuerHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'startIssuerSignIn' | 'finishIssuerSignIn'> {
  const { siteUrl, names } = portal;

  /** Tells the log why, and the person no more than that it did not work. */
  function refused(error: unknown, requestId: string): DaypassError {
    if (error instanceof DaypassError) return error;
    portal.logger.warn('signing in with the issuer failed', { requestId, reason: reasonOf(error) });
    return new DaypassError(isIssuerDown(error) ? 'UNAVAILABLE' : 'SIGN_IN_REFUSED');
  }

  return {
    async startIssuerSignIn({ query, headers, sourceIp, now, requestId }) {
      const { issuer } = portal;
      if (!issuer) throw new DaypassError('NOT_FOUND');
      if (isEmbedded(headers)) throw new DaypassError('ORIGIN_REFUSED');
      const runtime = await portal.runtime();
      await takeIssuerTurn(runtime, sourceIp, now);
      const { location, attempt } = await issuer.begin().catch((error: unknown) => {
        throw refused(error, requestId);
      });
      const to = sameSitePath(query.to, siteUrl);
      const expiresAt = now + ATTEMPT_LIFETIME_MS;
      const held: Held = { ...attempt, ...(to !== undefined && { to }), expiresAt };
      const text = sealPurpose('signIn', JSON.stringify(held), BOUND, runtime);
      return seeOther(location, [setCookie(siteUrl, names.signIn, text, expiresAt)]);
    },

    async finishIssuerSignIn({ query, cookies, now, requestId }) {
      const { issuer } = portal;
      if (!issuer) throw new DaypassError('NOT_FOUND');
      const runtime = await portal.runtime();
      const held = heldIn(cookies[names.signIn], runtime, now);
      try {
        const session = await signInAs(runtime, await issuer.complete(query, held));
        return seeOther(held.to ?? '/', [
          clearCookie(siteUrl, names.signIn),
          setCookie(siteUrl, names.session, session.token, session.expiresAt),
          knownBrowserCookie(portal, runtime, session.email),
        ]);
      } catch (error) {
        throw refused(error, requestId);
      }
    },
  };
}

/**
 * Whether another site's page asks for this address in the background: as an image, a frame or by script. Leaving for the
 * issuer is something that people do, so that no page can use up the attempts of everybody who shares a network with its
 * readers. Browsers that do not say (`Sec-Fetch-*`) are let through.
 */
function isEmbedded(headers: Readonly<Record<string, string | undefined>>): boolean {
  const { 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers;
  const own = site === 'none' || site === 'same-origin';
  return !own && (mode !== 'navigate' || dest !== 'document');
}

/** @throws DaypassError SIGN_IN_REFUSED for a browser that has not left for the issuer, or too long ago */
function heldIn(cookie: string | undefined, runtime: Runtime, now: number): Held {
  const text = cookie && openPurpose('signIn', cookie, BOUND, runtime);
  const held = text ? (JSON.parse(text) as Held) : undefined;
  if (!held || held.expiresAt <= now) throw new DaypassError('SIGN_IN_REFUSED');
  return held;
}
