import { get } from 'node:http';
import { jest } from '@jest/globals';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import { type IssuerAccount, signInThere, startWithIssuer, type TestIssuer } from '../../support/issuer.ts';
import { readable } from '../../support/page-forms.ts';
import { createUser } from '../../support/people.ts';
import { plantCredential, siteRuntime, staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(30_000);

const DORA = 'dora@harbour.example';
const COOKIE = 'dp_sign_in';

let system: System;
let issuer: TestIssuer;

beforeAll(async () => {
  // It says that it keeps everything in memory, which is what tests want.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  ({ system, issuer } = await startWithIssuer());
  await seedDefinitions(system, PERSON_DIRECTORY);
}, 180_000);

afterAll(async () => {
  await system?.stop();
  await issuer?.stop();
});

beforeEach(() => {
  issuer.forge = undefined;
  issuer.down = false;
});

/** An account at the issuer, which has verified its email unless it says otherwise. */
function accountOf(account: IssuerAccount): string {
  const name = `account-${issuer.accounts.size + 1}`;
  issuer.accounts.set(name, { email_verified: true, ...account });
  return name;
}

/** A browser that has left for the issuer, and where it was sent. */
async function leave(path = '/sign-in/oidc'): Promise<{ visitor: Visitor; location: string }> {
  const visitor = new Visitor(system.url);
  const { status, headers } = await visitor.get(path);
  expect(status).toBe(303);
  return { visitor, location: headers.get('location') ?? '' };
}

/** Signs in all the way. */
async function signIn(account: IssuerAccount, path?: string) {
  const { visitor, location } = await leave(path);
  const callback = await signInThere(issuer, location, accountOf(account));
  return { visitor, answer: await visitor.get(callback) };
}

/** A refusal is one page, whatever the reason, and no session. */
async function expectRefused(visitor: Visitor, answer: Answer): Promise<void> {
  expect([answer.status, /\b[A-Z]+(?:_[A-Z]+)+\b/.exec(readable(answer.text))?.[0]]).toEqual([
    403,
    'SIGN_IN_REFUSED',
  ]);
  expect(bare(answer)).toBe(bare(await new Visitor(system.url).get('/sign-in/oidc/callback')));
  expect([...visitor.cookies.keys()]).toEqual([]);
  expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
}

/** A page without what differs between any two requests. */
const bare = ({ text }: Answer) => text.replace(/request [\w=-]+/, '');

describe('signing in with an issuer', () => {
  it('that is down answers that it is busy, and mailed links go on', async () => {
    issuer.down = true;
    const start = await new Visitor(system.url).get('/sign-in/oidc');
    expect([start.status, readable(start.text)]).toEqual([503, expect.stringContaining('UNAVAILABLE')]);
    const visitor = new Visitor(system.url);
    await visitor.form('/sign-in', { email: DORA });
    expect(readable((await visitor.get('/sign-in/sent')).text)).toContain('Check your email');
  });

  it('is offered on the page, with the way back', async () => {
    const page = await new Visitor(system.url).get('/sign-in?to=%2Fapp%2Fproduction');
    expect(page.text).toContain('href="/sign-in/oidc?to=%2Fapp%2Fproduction"');
    expect(readable(page.text)).toContain('Sign in with Harbour Accounts');
  });

  it('[A3, A4] lets the user with this verified email in, back to the page that asked, as a mailed link does', async () => {
    const { visitor, answer } = await signIn(
      { email: DORA },
      '/sign-in/oidc?to=%2Fapp%2Fproduction%2Fdirectory',
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/app/production/directory']);
    expect([...visitor.cookies.keys()]).toEqual(['dp_session', 'dp_known']);
    expect((await visitor.get('/me')).json).toMatchObject({ type: 'user', email: DORA });
    expect((await visitor.get('/app/production/directory')).status).toBe(200);
    // Where her roles do not let her sign in she is not, whoever vouches for her.
    expect(readable((await visitor.get('/app/staging/directory')).text)).not.toContain('Person Directory');
  });

  it('asks with code, PKCE, state and nonce, and keeps them in a cookie that scripts and other sites do not get', async () => {
    const visitor = new Visitor(system.url);
    const { headers } = await visitor.get('/sign-in/oidc');
    const { searchParams } = new URL(headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'openid email',
      redirect_uri: `${system.url}/sign-in/oidc/callback`,
      code_challenge_method: 'S256',
    });
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^dp_sign_in=[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect([name, searchParams.get(name)?.length]).toEqual([name, 43]);
      expect(cookie).not.toContain(searchParams.get(name));
    }
  });

  it.each([
    ['in capitals', 'DORA@Harbour.EXAMPLE', DORA],
    ['decomposed', 'zoë@harbour.example'.normalize('NFD').toUpperCase(), 'zoë@harbour.example'],
    ['with space around it', ` ${DORA} `, DORA],
  ])('[A1] finds the user by an email %s', async (_, told, email) => {
    const olga = await staffSession(system, 'olga@harbour.example');
    if (email !== DORA) await createUser(olga, { email });
    const { visitor, answer } = await signIn({ email: told });
    expect(answer.status).toBe(303);
    expect((await visitor.get('/me')).json).toMatchObject({ email });
  });

  it.each([
    ['unverified', { email: DORA, email_verified: false }],
    ['unverified, as a text', { email: DORA, email_verified: 'false' }],
    ['of which it is not said whether it is verified', { email: DORA, email_verified: undefined }],
    ['that nobody has here', { email: 'stranger@harbour.example' }],
    ['in letters that only look alike', { email: 'ｄora@harbour.example' }],
    ['that is missing', {}],
    ['that is no address', { email: 'dora' }],
  ])('is refused with an email %s, and makes nobody a user', async (_, account) => {
    const { visitor, answer } = await signIn(account);
    await expectRefused(visitor, answer);
    const olga = await staffSession(system, 'olga@harbour.example');
    expect((await olga.get('/admin/users?search=stranger')).json).toEqual({ users: [] });
  });

  it('is refused to a token user, whose email the issuer has verified', async () => {
    const email = 'carl@contractor.example';
    const { principalId } = await plantCredential(system, {
      type: 'tokenUser',
      kind: 'access',
      roles: [],
      environment: 'production',
    });
    const { store } = await siteRuntime(system);
    await store.commit([{ kind: 'changePrincipal', principalId, set: { email } }]);
    const { visitor, answer } = await signIn({ email });
    await expectRefused(visitor, answer);
  });

  it('ends for a user who was deleted', async () => {
    const olga = await staffSession(system, 'olga@harbour.example');
    const user = await createUser(olga);
    const { visitor } = await signIn({ email: user.email });
    expect((await visitor.get('/me')).json).toMatchObject({ type: 'user' });
    expect((await olga.send('DELETE', `/admin/users/${user.id}`)).status).toBe(204);
    expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
    const again = await signIn({ email: user.email });
    await expectRefused(again.visitor, again.answer);
  });

  it('is refused when the ID token was made for another nonce', async () => {
    const { visitor, location } = await leave();
    const other = new URL(location);
    other.searchParams.set('nonce', 'n'.repeat(43));
    await expectRefused(
      visitor,
      await visitor.get(await signInThere(issuer, other.href, accountOf({ email: DORA }))),
    );
  });

  it('is refused when the code was asked for with another PKCE challenge', async () => {
    const { visitor, location } = await leave();
    const other = new URL(location);
    other.searchParams.set('code_challenge', 'c'.repeat(43));
    await expectRefused(
      visitor,
      await visitor.get(await signInThere(issuer, other.href, accountOf({ email: DORA }))),
    );
  });

  it.each([
    ['signed by another key', (claims: object) => ({ claims: { ...claims }, by: 'another' as const })],
    [
      'for another site',
      (claims: object) => ({ claims: { ...claims, aud: 'other' }, by: 'itself' as const }),
    ],
    [
      'of another issuer',
      (claims: object) => ({ claims: { ...claims, iss: 'http://evil' }, by: 'itself' as const }),
    ],
    ['out of date', (claims: object) => ({ claims: { ...claims, exp: 1 }, by: 'itself' as const })],
    [
      'about somebody else than UserInfo speaks of',
      (claims: object) => ({ claims: { ...claims, sub: 'x' }, by: 'itself' as const }),
    ],
  ])('is refused with an ID token %s', async (_, forge) => {
    issuer.forge = forge;
    const { visitor, answer } = await signIn({ email: DORA });
    await expectRefused(visitor, answer);
  });

  it('goes on with a token that was only signed anew: the refusals above are about what was changed', async () => {
    issuer.forge = (claims) => ({ claims, by: 'itself' });
    expect((await signIn({ email: DORA })).answer.status).toBe(303);
  });

  it('is refused with a code that was used, also in the browser that used it', async () => {
    const { visitor, location } = await leave();
    const held = visitor.cookies.get(COOKIE) ?? '';
    const callback = await signInThere(issuer, location, accountOf({ email: DORA }));
    expect((await visitor.get(callback)).status).toBe(303);
    const again = new Visitor(system.url);
    again.setCookie(COOKIE, held);
    await expectRefused(again, await again.get(callback));
  });

  it('is refused in another browser than the one that left: without its cookie, and with a cookie of its own', async () => {
    const { location } = await leave();
    const callback = await signInThere(issuer, location, accountOf({ email: DORA }));
    const before = issuer.asked.length;
    const bystander = new Visitor(system.url);
    await expectRefused(bystander, await bystander.get(callback));
    const { visitor: other } = await leave();
    await expectRefused(other, await other.get(callback));
    expect(issuer.asked.slice(before)).not.toContain('/token');
  });

  it('is refused with a cookie that was made up, changed, or is ten minutes old', async () => {
    const { visitor, location } = await leave();
    const callback = await signInThere(issuer, location, accountOf({ email: DORA }));
    const held = visitor.cookies.get(COOKIE) ?? '';
    const wrong = [
      `${held.slice(0, 40)}${held[40] === 'A' ? 'B' : 'A'}${held.slice(41)}`,
      'x'.repeat(80),
      '',
    ];
    for (const cookie of wrong) {
      const thief = new Visitor(system.url);
      thief.setCookie(COOKIE, cookie);
      await expectRefused(thief, await thief.get(callback));
    }
    await system.clock.advance(10 * 60_000);
    await expectRefused(visitor, await visitor.get(callback));
  });

  it('that fails on the way back says that it is busy, and does not say more', async () => {
    const { visitor, location } = await leave();
    const callback = await signInThere(issuer, location, accountOf({ email: DORA }));
    issuer.down = true;
    const answer = await visitor.get(callback);
    expect([answer.status, readable(answer.text)]).toEqual([503, expect.stringContaining('Begin again')]);
    expect(answer.text).not.toContain(issuer.url);
    expect([...visitor.cookies.keys()]).toEqual([]);
  });

  it.each([
    ['the person did not agree', 'error=access_denied&error_description=%3Cb%3Eno%3C%2Fb%3E'],
    ['nothing', ''],
    ['a code without a state', 'code=abc'],
  ])('is refused when the issuer sends back %s', async (_, query) => {
    const { visitor, location } = await leave();
    const state = new URL(location).searchParams.get('state') ?? '';
    const sent = query.startsWith('error') ? `${query}&state=${state}` : query;
    await expectRefused(visitor, await visitor.get(`/sign-in/oidc/callback?${sent}`));
  });

  it('leads back to no other site, and counts attempts by network address', async () => {
    const { visitor, location } = await leave('/sign-in/oidc?to=%2F%2Fevil.example');
    const back = await visitor.get(await signInThere(issuer, location, accountOf({ email: DORA })));
    expect(back.headers.get('location')).toBe('/');
    const quarter = 15 * 60_000;
    await system.clock.moveTo(Math.ceil((system.clock.now() + 1) / quarter) * quarter);
    const statuses = new Set<number>();
    for (let asked = 0; asked < 201; asked++) {
      statuses.add((await new Visitor(system.url).get('/sign-in/oidc')).status);
    }
    expect([...statuses]).toEqual([303, 429]);
    // Mailed links have a count of their own.
    expect((await new Visitor(system.url).form('/sign-in', { email: DORA })).status).toBe(303);
  });

  it('is for people: what another site’s page asks for in the background is refused and uses nothing up', async () => {
    const quarter = 15 * 60_000;
    await system.clock.moveTo(Math.ceil((system.clock.now() + 1) / quarter) * quarter);
    const ask = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(`${system.url}/sign-in/oidc`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    const image = { ...elsewhere, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const statuses = new Set<number | undefined>();
    for (let asked = 0; asked < 201; asked++) statuses.add(await ask(image));
    expect([...statuses]).toEqual([403]);
    const frame = { ...elsewhere, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    expect(await ask(frame)).toBe(403);

    const link = { ...elsewhere, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const own = { ...link, 'sec-fetch-site': 'same-origin' };
    expect([await ask(link), await ask(own), await ask({})]).toEqual([303, 303, 303]);
  });

  it('leaves neither codes nor tokens nor the client secret in any log', async () => {
    const logs = system.logs().join('\n');
    const secret = system.secrets.read('OidcSecret');
    expect(logs).toContain('signing in with the issuer failed');
    expect(logs).toContain('OAUTH_');
    expect(logs).not.toMatch(/eyJ|code=|state=/);
    expect(logs).not.toContain(secret);
  });
});
