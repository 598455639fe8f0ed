import { ERRORS, type ErrorCode } from '../../../core/errors.ts';
import type { Caller } from '../../../core/ports.ts';
import { errorPage } from '../../../lambdas/portal/error-page.tsx';
import type { Portal } from '../../../lambdas/portal/portal.ts';
import type { PageFailure } from '../../../lambdas/shared/http/answered.ts';
import { cookieNames } from '../../../lambdas/shared/http/cookies.ts';
import { signing } from '../handlers/use-cases.ts';
import { frame } from './fixtures.ts';
import { outlineOf } from './outline.ts';

const SITE = 'https://daypass.example';
/** A portal of which every environment is called otherwise. */
const portal = {
  siteUrl: SITE,
  names: cookieNames(SITE),
  assets: frame.assets,
  runtime: async () => ({
    ...signing,
    published: async (name: string) => ({ settings: { name: `ABC ${name}`, contact: '' } }),
  }),
} as unknown as Portal;

async function shown(code: ErrorCode, change: Partial<PageFailure>) {
  const { status, title } = ERRORS[code];
  const answer = await errorPage(portal)({
    document: { type: '', title, status, code, requestId: 'request-1' },
    headers: {},
    path: '/',
    method: 'GET',
    typed: {},
    cookies: {},
    signedIn: false,
    ...change,
  });
  if (answer.html === undefined) return [answer.status, answer.headers?.location];
  const lines = outlineOf(answer.html);
  const on = lines.find((line) => line.includes('.button')) ?? '';
  return [
    answer.status,
    lines.find((line) => line.startsWith('title'))?.replace('title ', ''),
    lines.find((line) => line.startsWith('h1'))?.replace('h1 ', ''),
    ...(on ? [on.replace('p ', '')] : []),
  ];
}

const START = '[To the start page](/ .button)';
const AGAIN = '/sign-in?to=%2Fapp%2Ftest%2Forders';

describe('somebody whose request failed is shown', () => {
  it.each<[string, ErrorCode, Partial<PageFailure>, unknown[]]>([
    ['the way to sign in and back', 'FORBIDDEN', { path: '/app/test/orders' }, [303, AGAIN]],
    [
      'the same for live passes',
      'NOT_FOUND',
      { path: '/passes/test' },
      [303, '/sign-in?to=%2Fpasses%2Ftest'],
    ],
    [
      'what failed where signing in would not help',
      'STATE_REFUSED',
      { path: '/app/test/orders' },
      [409, 'Error – ABC test', 'Not possible any more', START],
    ],
    [
      'what failed where they are signed in',
      'FORBIDDEN',
      { path: '/app/test/orders', signedIn: true },
      [403, 'Error – ABC test', 'Access denied', START],
    ],
    [
      'what was sent, and the way to sign in',
      'FORBIDDEN',
      { path: '/app/test/orders', method: 'POST' },
      [403, 'Error – ABC test', 'Access denied', `[Sign in](${AGAIN} .button)`],
    ],
    [
      'no way to sign in from pages of no environment',
      'CREDENTIAL_MISSING',
      { path: '/application/x' },
      [401, 'Error – ABC production', 'Please sign in', START],
    ],
    [
      'production’s name where the address names no environment',
      'NOT_FOUND',
      { path: '/app/nowhere', signedIn: true },
      [404, 'Error – ABC production', 'Not found', START],
    ],
    [
      'the environment’s name on its live passes',
      'CONFLICT',
      { path: '/passes/staging', signedIn: true },
      [409, 'Error – ABC staging', 'Please try again', START],
    ],
    [
      'no environment’s name elsewhere',
      'CONFLICT',
      { path: '/manage/staging', signedIn: true },
      [409, 'Error – ABC production', 'Please try again', START],
    ],
    [
      'that their pass has ended',
      'PASS_ENDED',
      { path: '/pass/P1/records/r1', endReason: 'expired' },
      [410, 'This pass has ended – ABC production', 'This pass has ended'],
    ],
    [
      'that their job is done',
      'PASS_ENDED',
      { path: '/pass/P1', endReason: 'completed' },
      [410, 'This pass has ended – ABC production', 'This job is done'],
    ],
    [
      'an error where a pass has ended on another page',
      'PASS_ENDED',
      { path: '/sign-out' },
      [410, 'Error – ABC production', 'That did not work', START],
    ],
    [
      'that their pass is not open',
      'CREDENTIAL_MISSING',
      { path: '/pass/P1' },
      [401, 'Open your link again – ABC production', 'Please open the link in your mail again'],
    ],
    [
      'the way back to their work',
      'FORBIDDEN',
      { path: '/pass/P1/records/r1' },
      [403, 'Error – ABC production', 'Access denied', '[Back to my work](/pass/P1 .button)'],
    ],
    [
      'the same where the pass is not named',
      'NOT_FOUND',
      { path: '/pass' },
      [404, 'Error – ABC production', 'Not found', '[Back to my work](/pass/ .button)'],
    ],
    [
      'where to begin signing in again',
      'SIGN_IN_REFUSED',
      { path: '/sign-in/oidc/callback' },
      [403, 'Error – ABC production', 'Not signed in', '[Begin again](/sign-in .button)'],
    ],
  ])('%s', async (_, code, change, told) => {
    expect(await shown(code, change)).toEqual(told);
  });

  it('the bar, and a way on to what it was about, where they are signed in', async () => {
    const caller = { type: 'user', name: 'Dana', principalId: 'U1', credential: { id: 'S1' } } as Caller;
    const ways = async (code: ErrorCode, path: string) =>
      (await shown(code, { path, signedIn: true, caller })).at(-1);
    expect([
      await ways('NOT_FOUND', '/app/test/records/r1'),
      await ways('NOT_FOUND', '/app/test/records/r1/operations/edit'),
      await ways('STATE_REFUSED', '/app/test/records/r1/operations/complete'),
      await ways('CONFLICT', '/passes/test'),
      await ways('FORBIDDEN', '/manage/roles'),
      await ways('NOT_FOUND', '/nowhere'),
    ]).toEqual([
      '[To the apps](/app/test .button)',
      '[To the apps](/app/test .button)',
      '[Back](/app/test/records/r1 .button)',
      '[To the apps](/app/test .button)',
      '[To the administration](/manage .button)',
      START,
    ]);
    const document = { type: '', title: 'No.', status: 404, code: 'NOT_FOUND' as const, requestId: 'r' };
    const failure = { document, headers: {}, method: 'GET', cookies: {}, typed: {}, signedIn: true };
    const { html = '' } = await errorPage(portal)({ ...failure, path: '/app/test/records/r1', caller });
    const header = html.slice(html.indexOf('<header'), html.indexOf('</header>'));
    expect(header).toMatch(
      /ABC test.*>test<.*action="\/sign-out".*name="formToken" value="\w.*>Dana<.*Sign out/s,
    );
    const { html: other = '' } = await errorPage(portal)({ ...failure, path: '/app/test/records/r1' });
    expect(other).not.toMatch(/sign-out|Dana/);
  });

  it('detail, problems and what was typed, also where a pass is not open any more', async () => {
    const typed = { 'field.notes': 'an hour' };
    const problems = [{ path: '/values/notes', message: 'is too long' }];
    const document = {
      type: '',
      title: 'No.',
      status: 400,
      code: 'REQUEST_INVALID' as const,
      requestId: 'request-1',
      detail: 'Why not.',
      problems,
    };
    const failure = {
      document,
      headers: {},
      path: '/pass/P1',
      method: 'POST',
      cookies: {},
      typed,
      signedIn: false,
    };
    const lines = outlineOf((await errorPage(portal)(failure)).html ?? '');
    expect(lines.slice(lines.indexOf('h1 That did not work'), -1)).toEqual([
      'h1 That did not work',
      'p The address or the form is not complete, or was changed on the way.',
      'p Why not.',
      'li notes is too long',
      'p Go back and try again.',
      'section.kept labelled “What you had typed”',
      'h2 What you had typed',
      'p It was not saved. You can copy it from here.',
      'label notes',
      'textarea readonly rows=3 "an hour"',
      'p [Back to my work](/pass/P1 .button)',
      'p.aside REQUEST_INVALID, request request-1',
    ]);
    for (const code of ['PASS_ENDED', 'CREDENTIAL_MISSING'] as const) {
      const { html } = await errorPage(portal)({ ...failure, document: { ...document, code } });
      expect([code, html?.includes('an hour</textarea>')]).toEqual([code, true]);
    }
  });

  it('nothing of an attempt to sign in that came back: its cookie is cleared then, and only then', async () => {
    const cookies = async (path: string) => {
      const document = {
        type: '',
        title: 'No.',
        status: 403,
        code: 'SIGN_IN_REFUSED' as const,
        requestId: 'r',
      };
      return (
        await errorPage(portal)({
          document,
          headers: {},
          path,
          method: 'GET',
          cookies: {},
          typed: {},
          signedIn: false,
        })
      ).cookies;
    };
    expect(await cookies('/sign-in/oidc/callback')).toEqual([
      '__Host-dp_sign_in=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure',
    ]);
    expect(await cookies('/sign-in')).toEqual([]);
  });
});
