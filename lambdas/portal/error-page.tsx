import { isEnvironment } from '../../core/environments.ts';
import type { PageFailure } from '../shared/http/answered.ts';
import { clearCookie } from '../shared/http/cookies.ts';
import { type ApiResponse, seeOther } from '../shared/http/request.ts';
import { ISSUER_CALLBACK } from './issuer.ts';
import { FailedPage } from './pages/failed.tsx';
import { EndedPage, NotOpenPage } from './pages/pass.tsx';
import { type Portal, page, plainFrame } from './portal.ts';

/** What a browser is shown when something failed: whatever was typed is on it, and a way on. */
export function errorPage(portal: Portal): (failure: PageFailure) => Promise<ApiResponse> {
  return async (failure) => {
    const { document, path, typed, endReason } = failure;
    const { code, status } = document;
    const pass = passIn(path);
    if (mustSignIn(failure) && failure.method !== 'POST') return seeOther(signIn(path));
    const frame = await plainFrame(portal, environmentIn(path));
    if (code === 'PASS_ENDED' && pass !== undefined) {
      const content = <EndedPage typed={typed} {...(endReason && { reason: endReason })} />;
      return page(frame, 'This pass has ended', content, { status });
    }
    if (pass !== undefined && code === 'CREDENTIAL_MISSING') {
      return page(frame, 'Open your link again', <NotOpenPage typed={typed} />, { status });
    }
    const back = path === ISSUER_CALLBACK;
    const on = back
      ? { href: '/sign-in', label: 'Begin again' }
      : mustSignIn(failure)
        ? { href: signIn(path), label: 'Sign in' }
        : pass !== undefined
          ? { href: `/pass/${pass}`, label: 'Back to my work' }
          : { href: '/', label: 'To the start page' };
    const { title, detail, problems, requestId } = document;
    const content = (
      <FailedPage
        code={code}
        title={title}
        requestId={requestId}
        typed={typed}
        on={on}
        {...(detail && { detail })}
        {...(problems && { problems })}
      />
    );
    // Whatever came back was the answer to this one attempt.
    const cookies = back ? [clearCookie(portal.siteUrl, portal.names.signIn)] : [];
    return page(frame, 'Error', content, { status, cookies });
  };
}

/**
 * Whether signing in may help. To somebody without a session, what they may not see and what is not there look alike,
 * so both lead to the sign-in page and from there back.
 */
function mustSignIn({ document, path, signedIn }: PageFailure): boolean {
  if (signedIn || !/^\/(app|passes)\//.test(path)) return false;
  return ['CREDENTIAL_MISSING', 'FORBIDDEN', 'NOT_FOUND'].includes(document.code);
}

const signIn = (path: string) => `/sign-in?${new URLSearchParams({ to: path })}`;

function passIn(path: string): string | undefined {
  const [, first, second] = path.split('/');
  return first === 'pass' ? (second ?? '') : undefined;
}

function environmentIn(path: string) {
  const [, first, second = ''] = path.split('/');
  return (first === 'app' || first === 'passes') && isEnvironment(second) ? second : undefined;
}
