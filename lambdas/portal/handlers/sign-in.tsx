import { setTimeout } from 'node:timers/promises';
import { DaypassError } from '../../../core/errors.ts';
import { readableEmail } from '../../../core/mail/address.ts';
import type { Runtime } from '../../../core/runtime.ts';
import { redeemSignIn, requestSignIn, signOut } from '../../../core/sign-in/sign-in.ts';
import { readToken } from '../../../core/tokens/token.ts';
import { clearCookie, setCookie } from '../../shared/http/cookies.ts';
import { type ApiResponse, seeOther } from '../../shared/http/request.ts';
import { knownBrowser, knownBrowserCookie } from '../known-browsers.ts';
import { type Notice, notice, noticeFor, seeOtherSaying, showing } from '../notice.ts';
import { openApps } from '../open-apps.ts';
import { DeadLinkPage, LinkSentPage, RedeemPage, SignInPage } from '../pages/sign-in.tsx';
import { type Portal, page, plainFrame } from '../portal.ts';
import { sameSitePath } from '../same-site.ts';
import { countFailedExchange, takeSignInTurn } from '../sign-in-turns.ts';
import type { PortalHandlers } from './handlers.ts';

/** Longer than sending a mail takes as a rule. */
const LEAST_MS = 300;

/** Staff come in by a mailed link that works once; looking at it uses nothing up. */
export function signInHandlers(
  portal: Portal,
): Pick<
  PortalHandlers,
  'signInPage' | 'requestSignIn' | 'signInSent' | 'signInLink' | 'redeemSignIn' | 'signOut'
> {
  const { siteUrl } = portal;
  const safe = (to: string | undefined) => {
    const path = sameSitePath(to, siteUrl);
    return path === undefined ? {} : { to: path };
  };

  return {
    async signInPage({ query }) {
      const open = await openApps(portal);
      const content = <SignInPage {...safe(query.to)} issuer={portal.issuer?.name} open={open} />;
      return page(await plainFrame(portal), 'Sign in', content);
    },

    async requestSignIn(request) {
      const { body, cookies, sourceIp, now, requestId } = request;
      const frame = await plainFrame(portal);
      const email = body.email.trim();
      const { to } = safe(body.to);
      const runtime = await portal.runtime();
      if (!readableEmail(email)) {
        const again = (
          <SignInPage
            {...safe(body.to)}
            email={email}
            problem="Enter an address like name@example.org"
            issuer={portal.issuer?.name}
            open={await openApps(portal)}
          />
        );
        return page(frame, 'Error: Sign in', again, { status: 422 });
      }
      const browser = knownBrowser(cookies[portal.names.known], email, runtime);
      await takeSignInTurn(runtime, { email, address: sourceIp, browser, at: now });
      const asked = { email, siteName: frame.siteName, contact: frame.contact ?? '', ...(to && { to }) };
      const sent = requestSignIn({ ...runtime, mailer: portal.mailer }, asked).catch((error) =>
        portal.logger.error('a sign-in link was not sent', { requestId, error }),
      );
      // Neither the answer nor the time it takes tells whether somebody has this address.
      await Promise.all([sent, setTimeout(LEAST_MS)]);
      const next = to ? `/sign-in/sent?${new URLSearchParams({ to })}` : '/sign-in/sent';
      return seeOtherSaying(portal, runtime, request, next, showing(email));
    },

    async signInSent(request) {
      const said = noticeFor(portal, await portal.runtime(), request);
      const { shows } = said.notice ?? {};
      const frame = { ...(await plainFrame(portal)), ...said };
      const content = <LinkSentPage {...safe(request.query.to)} {...(shows && { email: shows })} />;
      return page(frame, 'Check your email', content);
    },

    async signInLink({ query }) {
      const frame = await plainFrame(portal);
      const runtime = await portal.runtime();
      const token = query.token ?? '';
      if (readToken(token, runtime.keyring, runtime.siteId)?.kind !== 'signIn') {
        return page(frame, 'Sign in', <DeadLinkPage {...safe(query.to)} />, { status: 404 });
      }
      return page(frame, 'Sign in', <RedeemPage token={token} {...safe(query.to)} />);
    },

    async redeemSignIn({ body, sourceIp, now }) {
      const { to } = safe(body.to);
      const runtime = await portal.runtime();
      try {
        const session = await redeemSignIn(runtime, body.token);
        return seeOther(to ?? '/', [
          setCookie(siteUrl, portal.names.session, session.token, session.expiresAt),
          knownBrowserCookie(portal, runtime, session.email),
        ]);
      } catch (error) {
        if (!(error instanceof DaypassError) || error.code !== 'CREDENTIAL_INVALID') throw error;
        await countFailedExchange(runtime, sourceIp, now);
        return page(await plainFrame(portal), 'Sign in', <DeadLinkPage {...safe(body.to)} />, {
          status: 410,
        });
      }
    },

    async signOut({ caller }) {
      const runtime = await portal.runtime();
      await signOut(runtime, caller);
      return signedOut(portal, runtime);
    },
  };
}

/** To the start page, without the session; who comes there is nobody any more. */
export function signedOut(
  portal: Portal,
  runtime: Runtime,
  said: Notice = notice`You are signed out.`,
): ApiResponse {
  return seeOtherSaying(portal, runtime, {}, '/', said, [clearCookie(portal.siteUrl, portal.names.session)]);
}
