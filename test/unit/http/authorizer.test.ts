import type { Credential, Principal } from '../../../core/principals.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { formatToken, shortId, type TokenKind } from '../../../core/tokens/token.ts';
import { authorize } from '../../../lambdas/authorizer/authorize.ts';
import { cookieNames } from '../../../lambdas/shared/http/cookies.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const SITE = 'site-one';
const keyring = readKeyring(JSON.stringify({ active: '0001', '0001': 'a signing key '.repeat(4) }));
const principalId = 'P'.repeat(22);
const credentialId = `Pass0001${'c'.repeat(14)}`;
const principal: Principal = {
  id: principalId,
  type: 'tokenUser',
  name: 'Ana Ruiz',
  email: 'ana@example.org',
  roles: ['contractors'],
  profiles: [],
  createdAt: '2026-02-01T00:00:00Z',
};

interface Setting {
  kind?: TokenKind;
  environment?: Credential['environment'] | null;
  stored?: Partial<Credential> | null;
  person?: Partial<Principal> | null;
  siteUrl?: string;
}

/** A table with one principal and one credential, and a count of the reads it answers. */
function setting({
  kind = 'access',
  environment = 'production',
  stored = {},
  person = {},
  siteUrl,
}: Setting = {}) {
  const bound = environment ? { environment } : {};
  const credential: Credential = {
    id: credentialId,
    principalId,
    kind,
    keyId: '0001',
    createdAt: '2026-02-01T00:00:00Z',
    expiresAt: NOW + 1000,
    ...bound,
    ...stored,
  };
  const reads: string[] = [];
  const names = cookieNames(siteUrl ?? 'http://localhost:3000');
  return {
    token: formatToken({ kind, principalId, credentialId, ...bound }, keyring, SITE),
    reads,
    names,
    ask: (request: { path: string; headers?: Record<string, string>; cookies?: string[] }) =>
      authorize(
        { rawPath: request.path, headers: request.headers ?? {}, cookies: request.cookies ?? [] },
        {
          names,
          check: async () => ({ keyring, siteId: SITE }),
          now: () => NOW,
          read: async (id, credentialId) => {
            reads.push(`${id} ${credentialId}`);
            return {
              ...(person && { principal: { ...principal, ...person } }),
              ...(stored && { credential }),
            };
          },
        },
      ),
  };
}

const pass = shortId(credentialId);
const passCookie = (token: string) => [`dp_pass_${pass}=${token}`];

describe('the authorizer', () => {
  it('finds a pass by the cookie that its address names, with one read', async () => {
    const { ask, token, reads } = setting({ stored: { ceiling: { app: 'orders' } } });
    const context = await ask({
      path: `/pass/${pass}/records/r1`,
      cookies: ['other=1', ...passCookie(token)],
    });
    expect(context).toEqual({
      outcome: 'ok',
      channel: 'browser',
      credentialId,
      principalId,
      kind: 'access',
      environment: 'production',
      expiresAt: NOW + 1000,
      principal: JSON.stringify({
        type: 'tokenUser',
        name: 'Ana Ruiz',
        roles: ['contractors'],
        profiles: [],
        email: 'ana@example.org',
        ceiling: { app: 'orders' },
      }),
    });
    expect(reads).toEqual([`${principalId} ${credentialId}`]);
  });

  it('finds a pass for an API call from a page by the Daypass-Pass header', async () => {
    const { ask, token } = setting();
    const request = { path: '/production/apps', cookies: passCookie(token) };
    expect(await ask({ ...request, headers: { 'daypass-pass': pass } })).toMatchObject({ outcome: 'ok' });
    expect(await ask(request)).toEqual({ outcome: 'anonymous' });
  });

  it('finds a session everywhere but under a pass', async () => {
    const { ask, token } = setting({ kind: 'session', environment: null, person: { type: 'user' } });
    const cookies = [`dp_session=${token}`];
    expect(await ask({ path: '/app/production/orders', cookies })).toMatchObject({
      outcome: 'ok',
      kind: 'session',
    });
    expect(await ask({ path: '/test/apps', cookies })).toMatchObject({ outcome: 'ok' });
    expect(await ask({ path: `/pass/${pass}`, cookies })).toEqual({ outcome: 'anonymous' });
  });

  it('finds an API key in the Authorization header, before any cookie', async () => {
    const { ask, token } = setting({ kind: 'apiKey', person: { type: 'serviceAccount' } });
    const headers = { authorization: `Bearer ${token}` };
    expect(await ask({ path: '/production/apps', headers, cookies: ['dp_session=x'] })).toMatchObject({
      outcome: 'ok',
      channel: 'api',
      kind: 'apiKey',
    });
  });

  it('counts with an API key the roles that it carries, of those that its account holds; without any, all of them', async () => {
    const rolesWith = async (stored: Partial<Credential>) => {
      const person: Partial<Principal> = { type: 'serviceAccount', roles: ['clerk', 'writer'] };
      const { ask, token, reads } = setting({ kind: 'apiKey', person, stored });
      const headers = { authorization: `Bearer ${token}` };
      const { principal } = await ask({ path: '/production/apps', headers });
      expect(reads).toHaveLength(1);
      return (JSON.parse(principal ?? '') as Principal).roles;
    };
    expect(await rolesWith({})).toEqual(['clerk', 'writer']);
    expect(await rolesWith({ roles: [] })).toEqual([]);
    expect(await rolesWith({ roles: ['owner', 'writer'] })).toEqual(['writer']);
  });

  it('finds a site key, which names no environment, at the address of each', async () => {
    const made: Setting = { kind: 'apiKey', environment: null, person: { type: 'serviceAccount' } };
    const { ask, token } = setting(made);
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/production/apps', '/test/apps', '/admin/apps']) {
      const context = await ask({ path, headers });
      expect([path, context.outcome, context.environment]).toEqual([path, 'ok', undefined]);
    }
    // A stored key of one environment is no site key, whatever its text says.
    const bound = setting({ ...made, stored: { environment: 'test' } });
    expect(await bound.ask({ path: '/test/apps', headers })).toMatchObject({ outcome: 'invalid' });
  });

  it('reads nothing when no credential is sent, and nothing for assets', async () => {
    const { ask, token, reads } = setting({ kind: 'session', environment: null });
    expect(await ask({ path: '/app/production' })).toEqual({ outcome: 'anonymous' });
    expect(await ask({ path: '/assets/daypass.css', cookies: [`dp_session=${token}`] })).toEqual({
      outcome: 'anonymous',
    });
    expect(reads).toEqual([]);
  });

  it('asks under https for cookies with the __Host- prefix only', async () => {
    const { ask, token, names } = setting({ siteUrl: 'https://passes.example.org' });
    expect(names.pass(pass)).toBe(`__Host-dp_pass_${pass}`);
    expect(names.shortIdIn(`dp_pass_${pass}`)).toBeUndefined();
    expect(await ask({ path: `/pass/${pass}`, cookies: passCookie(token) })).toEqual({
      outcome: 'anonymous',
    });
    const prefixed = passCookie(token).map((cookie) => `__Host-${cookie}`);
    expect(await ask({ path: `/pass/${pass}`, cookies: prefixed })).toMatchObject({ outcome: 'ok' });
  });
});

describe('the authorizer refuses without any read', () => {
  const refused = async (
    made: ReturnType<typeof setting>,
    request: Parameters<ReturnType<typeof setting>['ask']>[0],
    outcome: string,
  ) => {
    const context = await made.ask(request);
    expect({ context, reads: made.reads }).toEqual({
      context: { outcome, channel: request.headers?.authorization !== undefined ? 'api' : 'browser' },
      reads: [],
    });
  };

  it('a token with any one character changed', async () => {
    const made = setting();
    for (let at = 0; at < made.token.length; at++) {
      const letter = made.token[at] === 'a' ? 'b' : 'a';
      const changed = made.token.slice(0, at) + letter + made.token.slice(at + 1);
      await refused(made, { path: `/pass/${pass}`, cookies: passCookie(changed) }, 'invalid');
    }
  });

  it.each(['', 'Basic dXNlcjpwYXNz', 'Bearer', 'Bearer  ', 'Bearer not-a-token', 'Bearer a b'])(
    'the Authorization header %j',
    (authorization) => refused(setting(), { path: '/test/apps', headers: { authorization } }, 'invalid'),
  );

  it('an access token or a session as a bearer credential', async () => {
    for (const kind of ['access', 'session'] as const) {
      const made = setting({ kind });
      const headers = { authorization: `Bearer ${made.token}` };
      await refused(made, { path: '/production/apps', headers }, 'channel');
    }
  });

  it('an API key in a cookie', async () => {
    const made = setting({ kind: 'apiKey' });
    await refused(made, { path: '/production/apps', cookies: [`dp_session=${made.token}`] }, 'channel');
  });

  it('a sign-in link as a session, as a pass and as a bearer credential', async () => {
    const made = setting({ kind: 'signIn', environment: null });
    await refused(made, { path: '/app/test', cookies: [`dp_session=${made.token}`] }, 'invalid');
    await refused(made, { path: `/pass/${pass}`, cookies: passCookie(made.token) }, 'invalid');
    await refused(
      made,
      { path: '/test/apps', headers: { authorization: `Bearer ${made.token}` } },
      'invalid',
    );
  });

  it('a pass in the session cookie, a session in a pass cookie, and a pass under the name of another', async () => {
    const made = setting();
    await refused(made, { path: '/app/production', cookies: [`dp_session=${made.token}`] }, 'invalid');
    await refused(made, { path: '/pass/Other001', cookies: [`dp_pass_Other001=${made.token}`] }, 'invalid');
    const session = setting({ kind: 'session', environment: null });
    await refused(session, { path: `/pass/${pass}`, cookies: passCookie(session.token) }, 'invalid');
  });

  it('a credential of one environment at the address of another', async () => {
    const key = setting({ kind: 'apiKey', environment: 'test' });
    const headers = { authorization: `Bearer ${key.token}` };
    for (const path of ['/production/apps', '/app/production/orders', '/passes/production']) {
      await refused(key, { path, headers }, 'invalid');
    }
    const made = setting({ environment: 'test' });
    const request = { path: '/production/apps', cookies: passCookie(made.token) };
    await refused(made, { ...request, headers: { 'daypass-pass': pass } }, 'invalid');
  });
});

describe('the authorizer refuses an authentic token', () => {
  const outcome = async (change: Setting) => {
    const { ask, token } = setting(change);
    return ask({ path: `/pass/${pass}`, cookies: passCookie(token) });
  };
  const ids = { channel: 'browser', credentialId, principalId };

  it('from the millisecond in which it expires, whether or not the table still holds it', async () => {
    expect(await outcome({ stored: { expiresAt: NOW } })).toEqual({ outcome: 'expired', ...ids });
    expect(await outcome({ stored: { expiresAt: NOW + 1 } })).toMatchObject({ outcome: 'ok' });
    expect(await outcome({ stored: { expiresAt: Number.NaN } })).toEqual({ outcome: 'expired', ...ids });
  });

  it('that was ended, whose credential is gone, or whose principal is gone', async () => {
    const revoked = { outcome: 'revoked', ...ids };
    expect(await outcome({ stored: { endedAt: '2026-03-01T11:00:00Z' } })).toEqual(revoked);
    expect(await outcome({ stored: null })).toEqual(revoked);
    expect(await outcome({ person: null })).toEqual(revoked);
  });

  it('whose stored credential is of another kind or environment', async () => {
    expect(await outcome({ stored: { kind: 'signIn' } })).toEqual({ outcome: 'invalid', ...ids });
    expect(await outcome({ stored: { environment: 'test' } })).toEqual({ outcome: 'invalid', ...ids });
  });
});
