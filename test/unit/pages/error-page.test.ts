import { ERRORS, type ErrorCode } from '../../../core/errors.ts';
import { errorPage } from '../../../lambdas/portal/error-page.tsx';
import type { Portal } from '../../../lambdas/portal/portal.ts';
import type { PageFailure } from '../../../lambdas/shared/http/answered.ts';
import { frame } from './fixtures.ts';

/** A portal that knows its site's name, or one whose keys and table are away. */
function portal(away = false): Portal {
  const settings = { name: 'ABC Property Management', contact: 'dispatch@abc.example', roles: [] };
  const runtime = async () => {
    if (away) throw new Error('the keys are away');
    return {
      published: async (environment: string) => {
        if (environment !== 'production') throw new Error('not published');
        return { settings };
      },
    };
  };
  return { assets: frame.assets, runtime } as unknown as Portal;
}

function failure(code: ErrorCode, change: Partial<PageFailure> = {}): PageFailure {
  const { status, title } = ERRORS[code];
  return {
    document: { type: '', title, status, code, requestId: 'request-1' },
    headers: {},
    path: '/app/production/orders',
    method: 'GET',
    typed: {},
    cookies: {},
    signedIn: true,
    ...change,
  };
}

describe('a page that failed', () => {
  it.each(['CREDENTIAL_MISSING', 'FORBIDDEN', 'NOT_FOUND'] as const)(
    'with %s for somebody without a session leads to signing in, and back',
    async (code) => {
      const answer = await errorPage(portal())(failure(code, { signedIn: false }));
      expect(answer).toMatchObject({
        status: 303,
        headers: { location: '/sign-in?to=%2Fapp%2Fproduction%2Forders' },
      });
    },
  );

  it('after a form was filled in keeps what was typed, and offers to sign in', async () => {
    const typed = { 'field.notes': 'an hour of work' };
    const answer = await errorPage(portal())(
      failure('CREDENTIAL_MISSING', { signedIn: false, method: 'POST', typed }),
    );
    expect(answer.status).toBe(401);
    expect(answer.html).toContain('an hour of work</textarea>');
    expect(answer.html).toContain('href="/sign-in?to=%2Fapp%2Fproduction%2Forders"');
  });

  it('says to somebody who is signed in that there is nothing, and never sends them to sign in again', async () => {
    const answer = await errorPage(portal())(failure('NOT_FOUND'));
    expect(answer.status).toBe(404);
    expect(answer.html).toContain('<h1>Not found</h1>');
    expect(answer.html).toContain('dispatch@abc.example');
  });

  it('under a pass that has ended says so, with its reason', async () => {
    const path = '/pass/Pass0001/records/r1';
    const ended = await errorPage(portal())(failure('PASS_ENDED', { path, endReason: 'superseded' }));
    expect([ended.status, ended.html]).toEqual([
      410,
      expect.stringContaining('A newer link has taken its place'),
    ]);
    const absent = await errorPage(portal())(failure('CREDENTIAL_MISSING', { path, signedIn: false }));
    expect([absent.status, absent.html]).toEqual([
      401,
      expect.stringContaining('open the link in your mail again'),
    ]);
    const missing = await errorPage(portal())(failure('NOT_FOUND', { path }));
    expect(missing.html).toContain('href="/pass/Pass0001"');
  });

  it('is shown even when neither keys nor table can be read', async () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const answer = await errorPage(portal(true))(
        failure(code, { path: '/pass/Pass0001', signedIn: false }),
      );
      expect({ code, status: answer.status, named: answer.html?.includes('Daypass') }).toEqual({
        code,
        status: ERRORS[code].status,
        named: true,
      });
    }
  });
});
