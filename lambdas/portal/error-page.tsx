import { isEnvironment } from '../../core/environments.ts';
import type { PageFailure } from '../shared/http/answered.ts';
import { clearCookie } from '../shared/http/cookies.ts';
import { formTokenOf } from '../shared/http/forgery.ts';
import { type ApiResponse, seeOther } from '../shared/http/request.ts';
import { endedPassPage } from './ended-pass.tsx';
import type { Frame } from './frame.ts';
import { ISSUER_CALLBACK } from './issuer.ts';
import { FailedPage } from './pages/failed.tsx';
import { NotOpenPage } from './pages/pass.tsx';
import { type Portal, page, plainFrame } from './portal.ts';

/** What a browser is shown when something failed: whatever was typed is on it, and a way on. */
export function errorPage(portal: Portal): (failure: PageFailure) => Promise<ApiResponse> {
  return async (failure) => {
    const { document, path, typed } = failure;
    const { code, status } = document;
    const pass = passIn(path);
    if (mustSignIn(failure) && failure.method !== 'POST') return seeOther(signIn(path));
    if (code === 'PASS_ENDED' && pass !== undefined) return endedPassPage(portal, failure, pass);
    const frame = await frameOf(portal, failure);
    if (pass !== undefined && code === 'CREDENTIAL_MISSING') {
      return page(frame, 'Open your link again', <NotOpenPage typed={typed} />, { status });
    }
    const back = path === ISSUER_CALLBACK;
    const { title, detail, problems, requestId } = document;
    const content = (
      <FailedPage
        code={code}
        title={title}
        requestId={requestId}
        typed={typed}
        on={wayOn(failure)}
        {...(detail && { detail })}
        {...(problems && { problems })}
      />
    );
    // Whatever came back was the answer to this one attempt.
    const cookies = back ? [clearCookie(portal.siteUrl, portal.names.signIn)] : [];
    return page(frame, 'Error', content, { status, cookies });
  };
}

/** The page's surroundings: with the bar for whoever is signed in, as on every other page. */
async function frameOf(portal: Portal, { path, caller }: PageFailure): Promise<Frame> {
  const environment = environmentIn(path);
  const frame: Frame = {
    ...(await plainFrame(portal, environment)),
    ...(environment && { environment }),
  };
  if (!caller) return frame;
  try {
    return { ...frame, user: { name: caller.name, formToken: formTokenOf(caller, await portal.runtime()) } };
  } catch {
    // A page that says what went wrong must not fail itself.
    return frame;
  }
}

/** Where to go on: to what the request was about, if that is there, or else to what lies above it. */
function wayOn(failure: PageFailure): { href: string; label: string } {
  const { path, caller, document } = failure;
  const pass = passIn(path);
  if (path === ISSUER_CALLBACK) return { href: '/sign-in', label: 'Begin again' };
  if (mustSignIn(failure)) return { href: signIn(path), label: 'Sign in' };
  if (pass !== undefined) return { href: `/pass/${pass}`, label: 'Back to my work' };
  const [record] = /^\/app\/\w+\/records\/[\w-]+(?=\/)/.exec(path) ?? [];
  if (record !== undefined && document.code !== 'NOT_FOUND') return { href: record, label: 'Back' };
  const environment = environmentIn(path);
  if (environment && caller) return { href: `/app/${environment}`, label: 'To the apps' };
  return path.startsWith('/manage/') && caller
    ? { href: '/manage', label: 'To the administration' }
    : { href: '/', label: 'To the start page' };
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
