import { jest } from '@jest/globals';

const asked: unknown[][] = [];
let claims: object | undefined;
let failing = false;
const note =
  <Answer>(name: string, answer: Answer) =>
  (...given: unknown[]) => {
    asked.push([name, ...given]);
    return answer;
  };
const configuration = { the: 'configuration' };
const tokens = { access_token: 'access-1', claims: () => claims };

jest.unstable_mockModule('openid-client', () => ({
  allowInsecureRequests: 'allowInsecureRequests',
  enableNonRepudiationChecks: 'enableNonRepudiationChecks',
  authorizationCodeGrant: async (...given: unknown[]) => note('grant', tokens)(...given),
  buildAuthorizationUrl: note('authorise', new URL('https://issuer.example/authorize?x=1')),
  ClientSecretBasic: (secret: string) => `basic ${secret}`,
  None: () => 'none',
  calculatePKCECodeChallenge: async (verifier: string) => `challenge of ${verifier}`,
  discovery: async (...given: unknown[]) => {
    note('discover', undefined)(...given);
    if (failing) throw new Error('away');
    return configuration;
  },
  fetchUserInfo: async (...given: unknown[]) =>
    note('userInfo', { email: 'told@abc.example', email_verified: true })(...given),
  randomNonce: () => 'nonce-1',
  randomPKCECodeVerifier: () => 'verifier-1',
  randomState: () => 'state-1',
}));
const { createIssuer, isIssuerDown, reasonOf } = await import('../../../lambdas/portal/issuer.ts');

const SITE_URL = 'https://passes.example.org';
const CALLBACK = `${SITE_URL}/sign-in/oidc/callback`;
const settings = { OIDC_ISSUER: 'https://issuer.example/', OIDC_CLIENT_ID: 'client-1', OIDC_NAME: 'Harbour' };
const attempt = { state: 'state-1', nonce: 'nonce-1', verifier: 'verifier-1' };
const secrets = {
  send: async ({ input }: { input: { SecretId: string } }) => {
    asked.push(['secret', input.SecretId]);
    return { SecretString: 'hush' };
  },
} as never;
const issuerOf = (more = {}) => createIssuer({ ...settings, ...more } as never, SITE_URL, secrets);
const discover = (auth: string, insecure: string[] = [], url = settings.OIDC_ISSUER) => [
  'discover',
  new URL(url),
  'client-1',
  undefined,
  auth,
  { timeout: 5, execute: [...insecure, 'enableNonRepudiationChecks'] },
];

beforeEach(() => {
  asked.length = 0;
  claims = { email: 'dora@abc.example', email_verified: true, sub: 'sub-1' };
  failing = false;
});
afterEach(() => jest.restoreAllMocks());

describe('the issuer', () => {
  it('is looked up when somebody leaves for it, and gets what their way back is checked against', async () => {
    const issuer = issuerOf();
    expect([issuer.name, asked]).toEqual(['Harbour', []]);
    expect(await issuer.begin()).toEqual({ location: 'https://issuer.example/authorize?x=1', attempt });
    expect(asked).toEqual([
      discover('none'),
      [
        'authorise',
        configuration,
        {
          redirect_uri: CALLBACK,
          scope: 'openid email',
          state: 'state-1',
          nonce: 'nonce-1',
          code_challenge: 'challenge of verifier-1',
          code_challenge_method: 'S256',
        },
      ],
    ]);
  });

  it('is told the secret of the site where there is one, and answers without TLS on the same machine only', async () => {
    await issuerOf({ OIDC_SECRET_ARN: 'arn:secret' }).begin();
    expect(asked.slice(0, 2)).toEqual([['secret', 'arn:secret'], discover('basic hush')]);
    asked.length = 0;
    const local = 'http://localhost:4010/';
    await issuerOf({ OIDC_ISSUER: local }).begin();
    expect(asked[0]).toEqual(discover('none', ['allowInsecureRequests'], local));
  });

  it('is asked to redeem what came back, with what the browser left with', async () => {
    const answer = { code: 'c1', state: 's 1', iss: undefined };
    expect(await issuerOf().complete(answer, attempt)).toEqual({
      email: 'dora@abc.example',
      emailVerified: true,
    });
    expect(asked).toEqual([
      discover('none'),
      [
        'grant',
        configuration,
        new URL(`${CALLBACK}?code=c1&state=s+1`),
        {
          expectedState: 'state-1',
          expectedNonce: 'nonce-1',
          pkceCodeVerifier: 'verifier-1',
          idTokenExpected: true,
        },
      ],
    ]);
  });

  it('is asked for the email where its ID token has none, and nobody is let in without an ID token', async () => {
    claims = { sub: 'sub-1', email_verified: false };
    expect(await issuerOf().complete({}, attempt)).toEqual({
      email: 'told@abc.example',
      emailVerified: true,
    });
    expect(asked.at(-1)).toEqual(['userInfo', configuration, 'access-1', 'sub-1']);
    claims = undefined;
    await expect(issuerOf().complete({}, attempt)).rejects.toThrow('without an ID token');
  });

  it('is looked up once in five minutes, and again at once where that failed', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const lookedUp = () => asked.filter(([name]) => name === 'discover').length;
    const issuer = issuerOf();
    await Promise.all([issuer.begin(), issuer.begin()]);
    clock.mockReturnValue(1_000_000 + 300_000);
    await issuer.complete({}, attempt);
    expect(lookedUp()).toBe(1);
    clock.mockReturnValue(1_000_000 + 300_001);
    failing = true;
    await expect(issuer.begin()).rejects.toThrow('away');
    failing = false;
    await issuer.begin();
    await issuer.begin();
    expect(lookedUp()).toBe(3);
  });
});

describe('what is said of an issuer that failed', () => {
  const caused = (cause: unknown) => new Error('outer', { cause });
  const unreachable = new TypeError('fetch failed');
  const timeout = Object.assign(new Error('late'), { name: 'TimeoutError' });

  it.each([
    ['a connection that failed', unreachable, true],
    ['one behind another error', caused(caused(unreachable)), true],
    ['time that ran out', timeout, true],
    ['an answer that it is broken', caused(new Response('', { status: 500 })), true],
    ['an answer that it is busy', caused(new Response('', { status: 503 })), true],
    ['a refusal', caused(new Response('', { status: 499 })), false],
    ['another TypeError', new TypeError('x is not a function'), false],
    ['another error that says the same', new Error('fetch failed'), false],
    ['a text', 'fetch failed', false],
    ['nothing', undefined, false],
  ])('it is down after %s: %#', (_, error, down) => expect(isIssuerDown(error)).toBe(down));

  it.each([
    [
      { name: 'ClientError', code: 'OAUTH_X', error: 'access_denied', message: 'secret' },
      'ClientError OAUTH_X access_denied',
    ],
    [{ name: 'E', code: 7, error: { secret: 1 } }, 'E'],
    [{ message: 'secret' }, 'unknown'],
    [{ code: 'x'.repeat(300) }, 'x'.repeat(200)],
  ])('the log is told nothing but codes of %j', (error, reason) => expect(reasonOf(error)).toBe(reason));
});
