import { DaypassError } from '../../../core/errors.ts';
import { formatToken } from '../../../core/tokens/token.ts';
import { knownBrowser } from '../../../lambdas/portal/known-browsers.ts';
import { SITE_URL } from '../http/events.ts';
import { filledIn, leadsTo, leadsToSaying, logged, outline, portal, runtime, user } from './pages.ts';
import { type Answered, answering, asked, at, clock, NOW, serving, signing, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/sign-in/sign-in.ts`, 'redeemSignIn', 'requestSignIn', 'signOut');
await standIn(`${CORE}/sign-in/issuer.ts`, 'signInAs');
const { signInHandlers } = await import('../../../lambdas/portal/handlers/sign-in.tsx');
const { issuerHandlers } = await import('../../../lambdas/portal/handlers/issuer.ts');

const MINUTE = 60_000;
const SITE = 'ABC Property Management';
const FORM = { headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE_URL } };
const attempt = { state: 'state-1', nonce: 'nonce-1', verifier: 'verifier-1' };
const turns: unknown[][] = [];
let full = false;
const store = {
  takeTurn: async (purpose: string, _who: string, turn: object) => {
    turns.push([purpose, turn]);
    return !full;
  },
  returnTurn: async () => undefined,
};
Object.assign(runtime, { store });
const issuer = {
  name: 'Harbour Accounts',
  begin: async () => {
    asked.push(['begin']);
    return { location: 'https://issuer.example/authorize?x=1', attempt };
  },
  complete: async (...given: unknown[]) => {
    asked.push(['complete', ...given]);
    return { email: 'dora@abc.example', emailVerified: true };
  },
};
const withIssuer = { ...(portal as object), issuer } as never;
const failing = async ({ document }: { document: { status: number; code: string } }) => ({
  status: document.status,
  html: document.code,
});
const serve = (place: never) =>
  serving('portal', { ...signInHandlers(place), ...issuerHandlers(place) } as never, failing);
const send = serve(withIssuer);
const plain = serve(portal);

const codeOf = ({ status, text }: Answered) => [status, text];
const signedIn = { token: 'session-token', expiresAt: NOW + 7 * MINUTE, email: 'dora@abc.example' };
const sessionCookie =
  '__Host-dp_session=session-token; Path=/; Expires=Sun, 01 Mar 2026 12:07:00 GMT; HttpOnly; SameSite=Lax; Secure';
const cleared = (name: string) =>
  `__Host-${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure`;
const post = (path: string, fields: Record<string, string>) =>
  at('POST', path, {}, { ...FORM, body: new URLSearchParams(fields).toString() });
/** Whether a `Set-Cookie` line makes the browser one that this address has signed in with, for half a year. */
function makesKnown(line = '', email: string) {
  const [, value = '', expires] =
    /^__Host-dp_known=([^;]+); Path=\/; Expires=([^;]+); HttpOnly/.exec(line) ?? [];
  return [expires, knownBrowser(value, email, runtime as never) !== undefined];
}

beforeEach(() => {
  clock.now = NOW;
  full = false;
  turns.length = 0;
  logged.length = 0;
  answering({});
});

describe('the page to sign in', () => {
  const byMail = (to: string, email = '') =>
    `We send you a link by mail. There is no password. <form /sign-in> ${to}Email {email=${email}} (Send me a link) You were sent a link to a job? Open it from that mail: you need not sign in here.`;

  it('asks for an address, keeps where to go back to, and offers the issuer where there is one', async () => {
    const ask = at('GET', '/sign-in', {}, { query: 'to=%2Fapp%2Ftest%3Fx%3D1' });
    expect(outline(await plain(ask))).toEqual([
      200,
      `Sign in – ${SITE}`,
      `Sign in ${byMail('{to=/app/test?x=1} ')}`,
    ]);
    expect(outline(await send(ask))[2]).toBe(
      `Sign in [Sign in with Harbour Accounts](/sign-in/oidc?to=%2Fapp%2Ftest%3Fx%3D1) Or by mail ${byMail('{to=/app/test?x=1} ')}`,
    );
    const elsewhere = at('GET', '/sign-in', {}, { query: 'to=%2F%2Fevil.example' });
    expect(outline(await send(elsewhere))[2]).toBe(
      `Sign in [Sign in with Harbour Accounts](/sign-in/oidc) Or by mail ${byMail('')}`,
    );
  });

  it('comes back for what is no address, with what was typed and where to go, and counts nothing', async () => {
    const page = await send(post('/sign-in', { email: ' dora at abc ', to: '/app/test' }));
    expect(outline(page)).toEqual([
      422,
      `Error: Sign in – ${SITE}`,
      `Sign in [Sign in with Harbour Accounts](/sign-in/oidc?to=%2Fapp%2Ftest) Or by mail ${byMail('{to=/app/test} ', 'dora at abc').replace('Email ', 'Email Enter an address like name@example.org ')}`,
    ]);
    expect([asked, turns]).toEqual([[], []]);
  });

  it('has the link sent to the address, and says the same in no less time when that fails', async () => {
    const says = (who: string, to = '') =>
      `Check your email If ${who} belongs to somebody here, a link is on its way. It works once, for 15 minutes. Nothing there after a few minutes? Look among the spam, or [try again](/sign-in${to}) .`;
    answering({ requestSignIn: async () => undefined });
    const began = performance.now();
    const answer = await send(post('/sign-in', { email: ' dora@abc.example ', to: '/app/test' }));
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(leadsTo(answer)).toEqual([303, '/sign-in/sent?to=%2Fapp%2Ftest']);
    const cookies = answer.cookies.map((line) => line.split(';')[0] ?? '');
    const next = (more = {}) => send(at('GET', '/sign-in/sent', {}, { query: 'to=%2Fapp%2Ftest', ...more }));
    const again = '?to=%2Fapp%2Ftest';
    expect(outline(await next({ cookies }))).toEqual([
      200,
      `Check your email – ${SITE}`,
      says('dora@abc.example', again),
    ]);
    // Loaded again it says the same, and names no address.
    expect(outline(await next())[2]).toBe(says('the address that you entered', again));
    expect(outline(await next({ query: 'to=%2F%2Fevil.example' }))[2]).toBe(
      says('the address that you entered'),
    );
    expect(asked).toEqual([
      [
        'requestSignIn',
        expect.objectContaining({ mailer: { the: 'mailer' }, store }),
        {
          email: 'dora@abc.example',
          siteName: SITE,
          contact: 'The office, office@abc.example',
          to: '/app/test',
        },
      ],
    ]);
    const error = new Error('no mail today');
    answering({ requestSignIn: async () => Promise.reject(error) });
    const failed = await send(post('/sign-in', { email: 'dora@abc.example', to: 'https://evil.example' }));
    expect([leadsTo(failed), failed.text]).toEqual([[303, '/sign-in/sent'], '']);
    expect(asked[0]?.[2]).not.toHaveProperty('to');
    expect(logged).toEqual([['error', 'a sign-in link was not sent', { requestId: 'request-1', error }]]);
  });

  it('sends nothing once too many were asked for', async () => {
    full = true;
    expect(codeOf(await send(post('/sign-in', { email: 'dora@abc.example' })))).toEqual([
      429,
      'RATE_LIMITED',
    ]);
    expect(asked).toEqual([]);
  });
});

describe('a mailed link', () => {
  const ids = { principalId: 'P'.repeat(22), credentialId: 'C'.repeat(22) };
  const token = formatToken({ kind: 'signIn', ...ids }, signing.keyring, signing.siteId);
  const session = formatToken({ kind: 'session', ...ids }, signing.keyring, signing.siteId);
  const dead = (to: string) =>
    `This link cannot be used any more A sign-in link works once, for 15 minutes. Ask for another one. [Send me another link](/sign-in${to})`;

  it('shows one button, which carries the link and where to go', async () => {
    const look = (query: Record<string, string>) =>
      send(at('GET', '/sign-in/link', {}, { query: new URLSearchParams(query).toString() }));
    expect(outline(await look({ token, to: '/app/test' }))).toEqual([
      200,
      `Sign in – ${SITE}`,
      `Sign in Press the button to sign in with this browser. <form /sign-in/link> {token=${token}} {to=/app/test} (Sign in)`,
    ]);
    expect(outline(await look({ token, to: '//evil.example' }))[2]).not.toContain('{to=');
    for (const wrong of [session, '', `${token}x`]) {
      expect(outline(await look({ token: wrong, to: '/app/test' }))).toEqual([
        404,
        `Sign in – ${SITE}`,
        dead('?to=%2Fapp%2Ftest'),
      ]);
    }
    expect([asked, turns]).toEqual([[], []]);
  });

  it('signs its person in and leads on, and the browser is known from then on', async () => {
    answering({ redeemSignIn: signedIn });
    const press = (fields: Record<string, string>) => send(post('/sign-in/link', fields));
    const done = await press({ token, to: '/app/test?x=1' });
    expect([leadsTo(done), done.cookies[0]]).toEqual([[303, '/app/test?x=1'], sessionCookie]);
    expect(makesKnown(done.cookies[1], signedIn.email)).toEqual(['Fri, 28 Aug 2026 12:00:00 GMT', true]);
    expect([asked, turns]).toEqual([[['redeemSignIn', runtime, token]], []]);
    expect(leadsTo(await press({ token }))).toEqual([303, '/']);
    expect(leadsTo(await press({ token, to: 'https://evil.example/' }))).toEqual([303, '/']);
  });

  it('that is over says so and is counted; what else goes wrong is not', async () => {
    const fails = (code: ConstructorParameters<typeof DaypassError>[0]) =>
      answering({
        redeemSignIn: () => {
          throw new DaypassError(code);
        },
      });
    fails('CREDENTIAL_INVALID');
    const over = await send(post('/sign-in/link', { token, to: '/app/test' }));
    expect(outline(over)).toEqual([410, `Sign in – ${SITE}`, dead('?to=%2Fapp%2Ftest')]);
    expect([over.cookies, turns]).toEqual([
      [],
      [['exchange', { at: NOW, windowMs: 15 * MINUTE, limit: 60 }]],
    ]);
    fails('CONFLICT');
    expect(codeOf(await send(post('/sign-in/link', { token })))).toEqual([409, 'CONFLICT']);
    expect(turns).toHaveLength(1);
    full = true;
    fails('CREDENTIAL_INVALID');
    expect(codeOf(await send(post('/sign-in/link', { token })))).toEqual([429, 'RATE_LIMITED']);
  });

  it('signing out ends the session and takes its cookie away', async () => {
    const done = await send(at('POST', '/sign-out', {}, filledIn({})));
    expect([leadsToSaying(done, null), done.cookies[0], asked]).toEqual([
      [303, '/', 'You are signed out.'],
      cleared('dp_session'),
      [['signOut', runtime, user]],
    ]);
  });
});

describe('signing in with an issuer', () => {
  const leave = (query = '', headers: Record<string, string> = {}) =>
    send(at('GET', '/sign-in/oidc', {}, { query, headers }));
  const comeBack = (cookie: string | undefined, query = 'code=c1&state=state-1&other=x') =>
    send(at('GET', '/sign-in/oidc/callback', {}, { query, ...(cookie && { cookies: [cookie] }) }));
  const attemptIn = ({ cookies }: Answered) => cookies[0]?.split(';')[0];

  it('leads to the issuer and back to where one came from, with a cookie for ten minutes', async () => {
    const left = await leave('to=%2Fapp%2Ftest');
    expect([leadsTo(left), turns, left.cookies]).toEqual([
      [303, 'https://issuer.example/authorize?x=1'],
      [['issuerFrom', { at: NOW, windowMs: 15 * MINUTE, limit: 200 }]],
      [
        expect.stringMatching(
          /^__Host-dp_sign_in=[\w-]+; Path=\/; Expires=Sun, 01 Mar 2026 12:10:00 GMT; HttpOnly; SameSite=Lax; Secure$/,
        ),
      ],
    ]);
    answering({ signInAs: async () => signedIn });
    const back = await comeBack(attemptIn(left));
    expect([leadsTo(back), back.cookies.slice(0, 2)]).toEqual([
      [303, '/app/test'],
      [cleared('dp_sign_in'), sessionCookie],
    ]);
    expect(makesKnown(back.cookies[2], signedIn.email)[1]).toBe(true);
    expect(asked).toEqual([
      ['complete', { code: 'c1', state: 'state-1' }, expect.objectContaining(attempt)],
      ['signInAs', runtime, { email: 'dora@abc.example', emailVerified: true }],
    ]);
    const elsewhere = await leave('to=%2F%2Fevil.example');
    expect(leadsTo(await comeBack(attemptIn(elsewhere)))).toEqual([303, '/']);
  });

  it('is over to the millisecond ten minutes after one has left, and for a browser that never has', async () => {
    answering({ signInAs: async () => signedIn });
    const cookie = attemptIn(await leave());
    clock.now = NOW + 10 * MINUTE - 1;
    expect(leadsTo(await comeBack(cookie))).toEqual([303, '/']);
    clock.now = NOW + 10 * MINUTE;
    asked.length = 0;
    for (const refused of [
      cookie,
      undefined,
      '__Host-dp_sign_in=',
      '__Host-dp_sign_in=made-up',
      `__Host-dp_known=${cookie?.split('=')[1]}`,
    ]) {
      expect(codeOf(await comeBack(refused))).toEqual([403, 'SIGN_IN_REFUSED']);
    }
    expect(asked).toEqual([]);
  });

  it.each([
    [{}, 303],
    [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 303],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 303],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 303],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 303],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'document' }, 403],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
  ] as const)('asked for with %j answers %s', async (headers, status) => {
    const answer = await leave('', headers as never);
    expect([answer.status, turns.length]).toEqual([status, status === 303 ? 1 : 0]);
  });

  it('is nowhere where none is configured', async () => {
    for (const path of ['/sign-in/oidc', '/sign-in/oidc/callback']) {
      expect(codeOf(await plain(at('GET', path, {})))).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('is not begun once too many from the same network have', async () => {
    full = true;
    expect(codeOf(await leave())).toEqual([429, 'RATE_LIMITED']);
    expect(asked).toEqual([]);
  });

  const away = Object.assign(new TypeError('fetch failed'), { code: 'OAUTH_X' });
  const wrong = Object.assign(new Error('nonce of another'), { name: 'ClientError', code: 'OAUTH_NONCE' });

  it.each([
    ['begin', away, 503, 'UNAVAILABLE', 'TypeError OAUTH_X'],
    ['begin', wrong, 403, 'SIGN_IN_REFUSED', 'ClientError OAUTH_NONCE'],
    ['complete', away, 503, 'UNAVAILABLE', 'TypeError OAUTH_X'],
    ['complete', wrong, 403, 'SIGN_IN_REFUSED', 'ClientError OAUTH_NONCE'],
  ] as const)(
    'that fails to %s tells the log why, and the person whether later is better',
    async (step, error, status, code, reason) => {
      const cookie = attemptIn(await leave());
      const broken = serve({
        ...(withIssuer as object),
        issuer: { ...issuer, [step]: async () => Promise.reject(error) },
      } as never);
      const path = step === 'begin' ? '/sign-in/oidc' : '/sign-in/oidc/callback';
      const answer = await broken(at('GET', path, {}, { cookies: [cookie ?? ''] }));
      expect([codeOf(answer), answer.cookies]).toEqual([[status, code], []]);
      expect(logged).toEqual([
        ['warn', 'signing in with the issuer failed', { requestId: 'request-1', reason }],
      ]);
    },
  );

  it('is refused in the same words for a person whom the site does not know, and nothing is logged of them', async () => {
    answering({ signInAs: async () => Promise.reject(new DaypassError('SIGN_IN_REFUSED')) });
    const cookie = attemptIn(await leave());
    expect([codeOf(await comeBack(cookie)), logged]).toEqual([[403, 'SIGN_IN_REFUSED'], []]);
  });
});
