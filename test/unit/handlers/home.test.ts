import { DaypassError } from '../../../core/errors.ts';
import { MAINTAINER, OWNER } from '../../../core/policy/built-in.ts';
import type { Credential, Principal } from '../../../core/principals.ts';
import { formatToken, type TokenKind } from '../../../core/tokens/token.ts';
import { SITE_URL, userContext } from '../http/events.ts';
import { formToken, handedOn, leadsTo, outline, portal, runtime, settings, surroundings } from './pages.ts';
import { answering, at, NOW, serving, signing, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/records/apps.ts`, 'listApps');
const { homeHandlers } = await import('../../../lambdas/portal/handlers/home.tsx');

const SITE = 'ABC Property Management';
const principal = { id: 'P'.repeat(22), type: 'tokenUser', name: 'Ana Ruiz', roles: [], profiles: [] };
const credentialId = `Pass0001${'c'.repeat(14)}`;
const tokenOf = (kind: TokenKind, environment?: 'staging') =>
  formatToken(
    { kind, principalId: principal.id, credentialId, ...(environment && { environment }) },
    signing.keyring,
    signing.siteId,
  );
const token = tokenOf('access', 'staging');
const turns: unknown[][] = [];
let full = false;
let stored: Partial<Credential> | undefined;
const credential = {
  id: credentialId,
  principalId: principal.id,
  kind: 'access',
  keyId: '0001',
  environment: 'staging',
  createdAt: '2026-02-01T00:00:00.000Z',
  expiresAt: NOW + 1,
} as const;
Object.assign(runtime, {
  store: {
    takeTurn: async (purpose: string, _: string, turn: object) => {
      turns.push([purpose, turn]);
      return !full;
    },
    readPrincipal: async () => principal as unknown as Principal,
    readCredential: async () => stored && { ...credential, ...stored },
  },
});
const readAsset = (file: string, accepts: string | undefined) =>
  file === 'style.css'
    ? { bytes: Buffer.from('a{}'), type: 'text/css', ...(accepts === 'br' && { encoding: 'br' }) }
    : undefined;
const place = { ...(portal as object), readAsset };
const serve = (more = {}) =>
  serving('portal', homeHandlers({ ...place, ...more } as never) as never, async ({ document }) => ({
    status: document.status,
    html: document.code,
  }));
const send = serve();
const FAILED = ['exchange', { at: NOW, windowMs: 900_000, limit: 60 }];
const pathOf = (query: Record<string, string>) => ({ query: new URLSearchParams(query).toString() });

beforeEach(() => {
  turns.length = 0;
  full = false;
  stored = {};
});

describe('who has not signed in', () => {
  const app = { id: 'notices', name: 'Notices', description: 'For everybody' };
  const door = 'Without signing in [Notices](/app/production/notices) For everybody';

  it('is shown the apps that are open to anybody in production, and asked for nothing elsewhere', async () => {
    const opened: string[] = [];
    runtime.published = async (environment: string) => {
      opened.push(environment);
      return { environment, settings };
    };
    answering({
      listApps: ({ caller, published }: { caller: { type: string }; published: { environment: string } }) =>
        caller.type === 'anonymous' && published.environment === 'production' ? [app] : [],
    });
    expect(outline(await send(at('GET', '/', {})))[2]).toContain(door);
    expect([...new Set(opened)]).toEqual(['production']);
    answering({ listApps: [] });
    expect(outline(await send(at('GET', '/', {})))[2]).not.toContain('Without signing in');
  });

  it('can sign in though it cannot be told what is open', async () => {
    runtime.published = async () => {
      throw new DaypassError('UNAVAILABLE');
    };
    const [status, , text] = outline(await send(at('GET', '/', {})));
    expect([status, text]).toEqual([200, expect.stringMatching(/^Sign in /)]);
    expect(text).not.toContain('Without signing in');
  });
});

describe('the start page', () => {
  const open = (roles: string[]) => {
    const principal = JSON.stringify({ type: 'user', name: 'Dora Dispatch', roles, profiles: [] });
    return send(at('GET', '/', {}, { context: { ...userContext, principal } }));
  };
  /** What can be reached, by environment; where nothing is said nothing is published. */
  const reaching = (places: Record<string, string[]>) => {
    runtime.published = async (environment: string) => {
      if (!places[environment]) throw new DaypassError('NOT_FOUND');
      return { environment, settings };
    };
    answering({
      listApps: ({ published }: { published: { environment: string } }) =>
        places[published.environment]?.map((id) => ({ id })),
    });
  };

  it('leads somebody who can reach one app straight to it, and to the apps of one environment', async () => {
    reaching({ test: [], staging: ['orders'] });
    expect(leadsTo(await open(['dispatcher']))).toEqual([303, '/app/staging/orders']);
    reaching({ test: ['orders', 'parts'], production: [] });
    expect(leadsTo(await open(['dispatcher']))).toEqual([303, '/app/test']);
    expect(handedOn()).toEqual([
      ['listApps', 'Dora Dispatch in test'],
      ['listApps', 'Dora Dispatch in production'],
    ]);
  });

  it('offers several environments, and administration to whoever holds a built-in role', async () => {
    const choice = 'Where do you want to work? [Test](/app/test) [Production](/app/production)';
    reaching({ test: ['orders'], staging: [], production: ['orders'] });
    const page = await open(['dispatcher']);
    expect(outline(page)).toEqual([200, `Home – ${SITE}`, choice]);
    expect(surroundings(page)[0]).toBe(
      `[${SITE}](/) <form /sign-out> {formToken=${formToken}} [Dora Dispatch](/account) (Sign out)`,
    );
    expect(outline(await open(['dispatcher', MAINTAINER]))[2]).toBe(`${choice} [Administration](/manage)`);
    reaching({ test: ['orders'] });
    expect(outline(await open([OWNER]))[2]).toBe(
      'Where do you want to work? [Test](/app/test) [Administration](/manage)',
    );
  });

  it('says so to somebody who can reach nothing, and fails where it cannot be found out', async () => {
    reaching({ production: [] });
    expect(outline(await open(['dispatcher']))[2]).toBe(
      'Where do you want to work? There is nothing here that you can open. Ask an administrator for a role in one of the apps.',
    );
    answering({
      listApps: () => {
        throw new DaypassError('UNAVAILABLE');
      },
    });
    expect((await open(['dispatcher'])).status).toBe(503);
  });

  it('asks everybody else to sign in, by the name of the site in production, or where it has one', async () => {
    reaching({ test: [], production: [] });
    const page = await serve({ issuer: { name: 'Harbour' } })(at('GET', '/', {}));
    expect([outline(page), surroundings(page)[0]]).toEqual([
      [
        200,
        `Sign in – ${SITE}`,
        expect.stringMatching(/^Sign in \[Sign in with Harbour\]\(\/sign-in\/oidc\) Or by mail/),
      ],
      SITE,
    ]);
    const named = (name: string) => ({ settings: { ...settings, name } });
    const order: string[] = [];
    runtime.published = async (environment: string) => {
      order.push(environment);
      if (environment === 'test') return named('Test site');
      throw new DaypassError('NOT_FOUND');
    };
    expect(outline(await send(at('GET', '/', {})))[1]).toBe('Sign in – Test site');
    // Production once more, for what is open there.
    expect(order).toEqual(['production', 'staging', 'test', 'production']);
    runtime.published = async () => {
      throw new DaypassError('UNAVAILABLE');
    };
    expect(outline(await send(at('GET', '/', {})))[1]).toBe('Sign in – Daypass');
  });
});

describe('the link of a pass', () => {
  const kept = (value = token) =>
    `__Host-dp_pass_Pass0001=${value}; Path=/; Expires=Sun, 31 Jan 2027 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure`;
  const useless = '__Host-dp_pass_Old00001';
  const cookies = [`${useless}=nonsense`, `__Host-dp_pass_Pass0001=nonsense`];
  const cleared = `${useless}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure`;
  const land = (query: Record<string, string>, more = {}) =>
    send(at('GET', '/', {}, { ...pathOf(query), ...more }));

  beforeEach(() => {
    runtime.published = async (environment: string) => ({
      settings: { ...settings, name: environment === 'staging' ? 'Staging site' : SITE },
    });
  });

  it.each([
    [undefined, '/pass/Pass0001'],
    ['records/r-1_x', '/pass/Pass0001/records/r-1_x'],
    ['records/r1/operations/complete', '/pass/Pass0001/records/r1/operations/complete'],
    ['views/open-ones', '/pass/Pass0001?view=open-ones'],
    ['records/r1/operations/complete/more', '/pass/Pass0001'],
    ['records/../x', '/pass/Pass0001'],
    [`records/${'r'.repeat(48)}`, `/pass/Pass0001/records/${'r'.repeat(48)}`],
    [`records/${'r'.repeat(49)}`, '/pass/Pass0001'],
    ['views/', '/pass/Pass0001'],
    ['xviews/open', '/pass/Pass0001'],
    ['/app/test?x=1', '/app/test?x=1'],
    ['//evil.example', '/pass/Pass0001'],
  ])('that points to %s leads to %s', async (to, location) => {
    const landed = await land({ token, ...(to !== undefined && { to }) }, { cookies });
    expect([leadsTo(landed), landed.cookies, landed.headers['referrer-policy'], turns]).toEqual([
      [303, location],
      [kept(), cleared],
      'no-referrer',
      [],
    ]);
  });

  it('may have blanks around it, and may be handed over in a form', async () => {
    const [spaced, posted] = [
      await land({ token: ` ${token}\n` }),
      await send(
        at(
          'POST',
          '/',
          {},
          {
            headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE_URL },
            body: new URLSearchParams({ token, to: 'records/r1' }).toString(),
          },
        ),
      ),
    ];
    for (const landed of [spaced, posted]) {
      expect([leadsTo(landed), landed.cookies]).toEqual([[303, '/pass/Pass0001'], [kept()]]);
    }
  });

  it('that is broken says so, and counts; so do other tokens than passes', async () => {
    for (const broken of ['', 'x', `${token}x`, tokenOf('signIn'), tokenOf('session')]) {
      const page = await land({ token: broken }, { cookies });
      expect(outline(page).slice(0, 2)).toEqual([404, `Broken link – ${SITE}`]);
      expect([page.cookies, page.headers['referrer-policy']]).toEqual([[], 'no-referrer']);
    }
    expect(turns).toEqual(Array(5).fill(FAILED));
    full = true;
    expect((await land({ token: 'x' })).text).toBe('RATE_LIMITED');
  });

  it.each([
    [{ endedAt: '2026-02-28T00:00:00Z', endReason: 'completed' }, 'This job is done'],
    [{ endedAt: '2026-02-28T00:00:00Z', endReason: 'superseded' }, 'A newer link has taken its place'],
    [{ expiresAt: NOW }, 'The pass expired before the job was done.'],
    [{ endedAt: '2026-02-28T00:00:00Z', endReason: 'revoked' }, 'The office cancelled it.'],
    [{ environment: 'test' }, 'It does not work any more.'],
    [undefined, 'It does not work any more.'],
  ] as const)('of a pass that is over (%j) says why, and counts', async (change, words) => {
    stored = change as never;
    const page = await land({ token }, { cookies });
    expect(outline(page)).toEqual([
      410,
      'This pass has ended – Staging site',
      expect.stringContaining(words),
    ]);
    expect([page.cookies, page.headers['referrer-policy'], turns]).toEqual([
      [cleared],
      'no-referrer',
      [FAILED],
    ]);
    full = true;
    expect((await land({ token })).text).toBe('RATE_LIMITED');
  });
});

describe('what anybody may read', () => {
  it('files are kept for good, packed as the browser takes them', async () => {
    const ask = (file: string, encoding?: string) =>
      send(
        at(
          'GET',
          '/assets/{file}',
          { file },
          { headers: { ...(encoding && { 'accept-encoding': encoding }) } },
        ),
      );
    const headers = {
      'content-type': 'text/css',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    };
    const [packed, whole] = [await ask('style.css', 'br'), await ask('style.css')];
    expect([packed.status, packed.headers]).toEqual([
      200,
      expect.objectContaining({ ...headers, 'content-encoding': 'br' }),
    ]);
    expect([whole.status, whole.headers]).toEqual([200, expect.objectContaining(headers)]);
    expect(whole.headers).not.toHaveProperty('content-encoding');
    expect(Buffer.from(whole.text, 'base64').toString()).toBe('a{}');
    expect((await ask('script.js')).text).toBe('NOT_FOUND');
  });

  it('the reference, the error codes and the description have their titles and forms', async () => {
    const codes = await send(at('GET', '/errors', {}));
    expect(outline(codes).slice(0, 2)).toEqual([200, `Error codes – ${SITE}`]);
    const description = await send(at('GET', '/openapi.json', {}));
    expect([description.status, description.json]).toMatchObject([
      200,
      { openapi: '3.1.0', servers: [{ url: SITE_URL }] },
    ]);
    const reference = await send(at('GET', '/reference', {}));
    expect([reference.status, reference.headers['content-type'], reference.headers.vary]).toEqual([
      200,
      'text/html; charset=utf-8',
      'accept-encoding',
    ]);
    const html = Buffer.from(reference.text, 'base64').toString();
    expect(html).toContain(`<title>API reference – ${SITE}</title>`);
    expect(html).toContain('<body class="wide">');
    const packed = await send(at('GET', '/reference', {}, { headers: { 'accept-encoding': 'gzip' } }));
    expect(packed.headers['content-encoding']).toBe('gzip');
  });
});
