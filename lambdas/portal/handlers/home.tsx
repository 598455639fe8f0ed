import { ENVIRONMENTS, type Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { BUILT_IN_ROLES } from '../../../core/policy/built-in.ts';
import type { Caller } from '../../../core/ports.ts';
import { listApps } from '../../../core/records/apps.ts';
import { openSession, type Runtime } from '../../../core/runtime.ts';
import { readToken, shortId } from '../../../core/tokens/token.ts';
import { MAX_LIFETIME_MS } from '../../../core/tokenusers/token-users.ts';
import { resolveToken } from '../../authorizer/resolve.ts';
import { setCookie } from '../../shared/http/cookies.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';
import { type ApiResponse, json, seeOther } from '../../shared/http/request.ts';
import { heldPasses, readFrom } from '../held-passes.ts';
import { noticeFor } from '../notice.ts';
import { openApps } from '../open-apps.ts';
import { packText } from '../packed.ts';
import { EnvironmentsPage } from '../pages/apps.tsx';
import { ErrorCodesPage } from '../pages/failed.tsx';
import { renderPage } from '../pages/layout.tsx';
import { BrokenLinkPage, EndedPage } from '../pages/pass.tsx';
import { ReferencePage } from '../pages/reference.tsx';
import { SignInPage } from '../pages/sign-in.tsx';
import { type Portal, page, plainFrame } from '../portal.ts';
import { type DescribedGroup, describeApi } from '../reference/described.ts';
import { sameSitePath } from '../same-site.ts';
import { countFailedExchange } from '../sign-in-turns.ts';
import type { PortalHandlers } from './handlers.ts';

/** The way in: pass links, and home for everybody else. */
export function homeHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'home' | 'takePass' | 'asset' | 'errorsPage' | 'referencePage' | 'openApi'> {
  let reference: DescribedGroup[] | undefined;
  return {
    async home(request) {
      const { query, caller, cookies, sourceIp, now } = request;
      const { token, to } = query;
      if (token !== undefined) return takePass(portal, { token, to, cookies, sourceIp, now });
      const runtime = await portal.runtime();
      const frame = { ...(await plainFrame(portal)), ...noticeFor(portal, runtime, request) };
      if (caller.type !== 'user') {
        const content = <SignInPage issuer={portal.issuer?.name} open={await openApps(portal)} />;
        return page(frame, 'Sign in', content);
      }
      const places = await reachable(runtime, caller);
      const manages = caller.roles.some((role) => BUILT_IN_ROLES.has(role));
      const [place, ...others] = places;
      if (place && others.length === 0 && !manages) {
        // Exactly one app: straight to it.
        const [app, ...more] = place.apps;
        return seeOther(`/app/${place.environment}${more.length === 0 ? `/${app}` : ''}`);
      }
      const environments = places.map(({ environment }) => environment);
      const user = { name: caller.name, formToken: formTokenOf(caller, runtime) };
      return page(
        { ...frame, user },
        'Home',
        <EnvironmentsPage environments={environments} manages={manages} />,
      );
    },

    async takePass({ body, cookies, sourceIp, now }) {
      return takePass(portal, { token: body.token, to: undefined, cookies, sourceIp, now });
    },

    async asset({ params, headers }) {
      const asset = portal.readAsset(params.file, headers['accept-encoding']);
      if (!asset) throw new DaypassError('NOT_FOUND');
      return {
        status: 200,
        bytes: asset.bytes,
        headers: {
          'content-type': asset.type,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'accept-encoding',
          ...(asset.encoding && { 'content-encoding': asset.encoding }),
        },
      };
    },

    async errorsPage() {
      return page(await plainFrame(portal), 'Error codes', <ErrorCodesPage />);
    },

    async referencePage({ headers }) {
      reference ??= describeApi(portal.siteUrl);
      const frame = { ...(await plainFrame(portal)), wide: true };
      const content = <ReferencePage groups={reference} siteUrl={portal.siteUrl} />;
      const { bytes, encoding } = packText(
        renderPage(frame, 'API reference', content),
        headers['accept-encoding'],
      );
      return {
        status: 200,
        bytes,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          vary: 'accept-encoding',
          ...(encoding && { 'content-encoding': encoding }),
        },
      };
    },

    async openApi() {
      return json(200, openApiDocument(portal.siteUrl));
    },
  };
}

interface Landing {
  token: string;
  /** Where the link points within its pass. */
  to: string | undefined;
  cookies: Readonly<Record<string, string>>;
  sourceIp: string;
  now: number;
}

/**
 * Following a pass link: a cookie of its own and a clean address. It consumes nothing, so programs that open links in
 * mails do no harm, and the same link works again for as long as the pass lives.
 * @throws DaypassError RATE_LIMITED for a link that lets nobody in, after many of them from the same network
 */
async function takePass(
  portal: Portal,
  { token, to, cookies, sourceIp, now }: Landing,
): Promise<ApiResponse> {
  const headers = { 'referrer-policy': 'no-referrer' };
  const runtime = await portal.runtime();
  const parts = readToken(token.trim(), runtime.keyring, runtime.siteId);
  if (parts?.kind !== 'access') {
    await countFailedExchange(runtime, sourceIp, now);
    return page(await plainFrame(portal), 'Broken link', <BrokenLinkPage />, { status: 404, headers });
  }
  const short = shortId(parts.credentialId);
  const [resolution, { cleared }] = await Promise.all([
    resolveToken(parts, readFrom(runtime), now),
    heldPasses(portal, runtime, cookies, { own: short, now }),
  ]);
  if (resolution.outcome !== 'ok') {
    await countFailedExchange(runtime, sourceIp, now);
    const reason = resolution.endReason ?? (resolution.outcome === 'expired' ? 'expired' : undefined);
    const frame = await plainFrame(portal, parts.environment);
    return page(frame, 'This pass has ended', <EndedPage {...(reason && { reason })} />, {
      status: 410,
      headers,
      cookies: cleared,
    });
  }
  const { createdAt } = resolution.credential;
  // As long as the pass can be extended at most: whether it still lets somebody in is asked at every request, and a
  // browser that was in stays in when staff have moved the end.
  const keptUntil = Date.parse(createdAt) + MAX_LIFETIME_MS;
  const cookie = setCookie(portal.siteUrl, portal.names.pass(short), token.trim(), keptUntil);
  const home = `/pass/${short}`;
  const answer = seeOther(placeInPass(to, home) ?? sameSitePath(to, portal.siteUrl) ?? home, [
    cookie,
    ...cleared,
  ]);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

const RECORD = /^records\/[\w-]{1,48}(\/operations\/[\w-]{1,48})?$/;
const VIEW = /^views\/([\w-]{1,48})$/;

/**
 * Where a link points within its pass: `records/<id>`, `records/<id>/operations/<operation>` or `views/<view>`, as an
 * app's formula writes it. It opens nothing that the pass does not.
 */
function placeInPass(to: string | undefined, home: string): string | undefined {
  if (to !== undefined && RECORD.test(to)) return `${home}/${to}`;
  const [, view] = VIEW.exec(to ?? '') ?? [];
  return view && `${home}?view=${view}`;
}

/** The environments in which somebody can open or add something, and the apps there. */
async function reachable(
  runtime: Runtime,
  caller: Caller,
): Promise<{ environment: Environment; apps: string[] }[]> {
  const found = await Promise.all(
    ENVIRONMENTS.map(async (environment) => {
      try {
        const apps = listApps(await openSession(runtime, caller, environment)).map(({ id }) => id);
        return { environment, apps };
      } catch (error) {
        if (error instanceof DaypassError && error.code === 'NOT_FOUND') return { environment, apps: [] };
        throw error;
      }
    }),
  );
  return found.filter(({ apps }) => apps.length > 0);
}
