import { jest } from '@jest/globals';
import { DaypassError } from '../../../core/errors.ts';
import type { Principal } from '../../../core/principals.ts';
import { toContext } from '../../../lambdas/authorizer/authorize.ts';
import { readCollection } from '../../../lambdas/authorizer/principal-collection.ts';
import { report } from '../../../lambdas/authorizer/report.ts';
import { resolveToken } from '../../../lambdas/authorizer/resolve.ts';
import { BODY_LIMIT, readBody } from '../../../lambdas/shared/http/body.ts';
import { identify, toCaller } from '../../../lambdas/shared/http/caller.ts';
import { clearCookie, cookieNames, parseCookies, setCookie } from '../../../lambdas/shared/http/cookies.ts';
import { expectsDocument, matchRoute } from '../../../lambdas/shared/http/router.ts';
import { readIdempotencyKey, readIfMatch, readQuery } from '../../../lambdas/shared/http/validation.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import { keyContext, SITE_URL, userContext } from './events.ts';

const routeOf = (id: string) => ROUTES.find((route) => route.id === id) as Route;
const codeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as DaypassError).code;
  }
};

describe('cookies', () => {
  it('are read from a list: the first of a name counts, blanks do not, and what has no name is none', () => {
    expect({ ...parseCookies(['a=1', ' b = 2=3 ', 'a=4', 'c', '=5', '__proto__=6', 'd=']) }).toEqual({
      a: '1',
      b: '2=3',
      d: '',
      ...Object.fromEntries([['__proto__', '6']]),
    });
    expect({ ...parseCookies() }).toEqual({});
  });

  it('have names of this host only where the site is secure', () => {
    const [secure, plain] = [cookieNames(SITE_URL), cookieNames('http://localhost:4000')];
    const all = ({ session, signIn, known, pass }: typeof plain) => [
      session,
      signIn,
      known,
      pass('Pass0001'),
    ];
    expect(all(plain)).toEqual(['dp_session', 'dp_sign_in', 'dp_known', 'dp_pass_Pass0001']);
    expect(all(secure)).toEqual(all(plain).map((name) => `__Host-${name}`));
    expect(
      [
        'dp_pass_Pass0001',
        '__Host-dp_pass_Pass0001',
        'dp_pass_Pass001',
        'dp_pass_Pass00012',
        'xdp_pass_Pass0001',
        'dp_pass_Pass-001',
      ].map(plain.shortIdIn),
    ).toEqual(['Pass0001', undefined, undefined, undefined, undefined, undefined]);
    expect(secure.shortIdIn('__Host-dp_pass_Pass0001')).toBe('Pass0001');
  });

  it('are kept until they expire, for this site alone and from scripts', () => {
    const at = Date.parse('2026-03-01T12:00:00Z');
    const line = 'n=v; Path=/; Expires=Sun, 01 Mar 2026 12:00:00 GMT; HttpOnly; SameSite=Lax';
    expect(setCookie('http://localhost:4000', 'n', 'v', at)).toBe(line);
    expect(setCookie(SITE_URL, 'n', 'v', at)).toBe(`${line}; Secure`);
    expect(clearCookie(SITE_URL, 'n')).toBe(
      'n=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure',
    );
  });
});

describe('a body', () => {
  const json = (body: string | undefined, type = 'application/json', id = 'addRecord') =>
    codeOf(() => readBody({ body, isBase64Encoded: false, headers: { 'content-type': type } }, routeOf(id)));
  const form = (body: string, type = 'application/x-www-form-urlencoded') =>
    json(body, type, 'requestSignIn');

  it('is read by its type, whatever else is said of it', () => {
    expect(json('{"a":1}', 'Application/JSON ; charset=utf-8')).toEqual({ a: 1 });
    expect(json('{}', 'application/jsonx')).toBe('MEDIA_TYPE');
    expect(json('{}', 'text/plain', 'evaluateAccess')).toBe('REQUEST_MALFORMED');
    expect(form('a=1&b=2&b=3&b=%26&c=+x')).toEqual({ a: '1', b: ['2', '3', '&'], c: ' x' });
    expect(form('a=1', 'application/json')).toBe('MEDIA_TYPE');
    expect(json('not read', 'text/plain', 'readMe')).toBeUndefined();
    const coded = { body: Buffer.from('{"a":"é"}').toString('base64'), isBase64Encoded: true };
    const headers = { 'content-type': 'application/json' };
    expect(readBody({ ...coded, headers }, routeOf('addRecord'))).toEqual({ a: 'é' });
  });

  it('may have 512 kB in bytes, not in letters, and not one more', () => {
    const text = (letters: string) => JSON.stringify(letters);
    const most = BODY_LIMIT - 2;
    expect(BODY_LIMIT).toBe(524_288);
    expect(json(text('x'.repeat(most)))).toHaveLength(most);
    expect(json(text('x'.repeat(most + 1)))).toBe('TOO_LARGE');
    expect(json(text('é'.repeat(most / 2 + 1)))).toBe('TOO_LARGE');
  });

  it('that is not JSON is told where it breaks, as far as that is known, and not what stands there', () => {
    const detail = (body: string) => {
      try {
        readBody(
          { body, isBase64Encoded: false, headers: { 'content-type': 'application/json' } },
          routeOf('addRecord'),
        );
      } catch (error) {
        return (error as DaypassError).message;
      }
    };
    expect(detail('{"a" secret}')).toBe('The body is not JSON: it breaks at position 5 (line 1 column 6).');
    expect(detail('{"a": secret}')).toBe('The body is not JSON.');
    expect(detail('')).toBe('The body is not JSON.');
    expect(detail('{"__proto__": 1}')).toBe('The body is not JSON.');
  });
});

describe('headers and parameters', () => {
  it('name a version as its ETag does', () => {
    const read = (text: string | undefined, id: string) =>
      codeOf(() => readIfMatch({ 'if-match': text }, routeOf(id)));
    expect([' "3" ', '"0"', '"999999999"'].map((text) => read(text, 'runOperation'))).toEqual([
      3, 0, 999_999_999,
    ]);
    expect(['"1234567890"', '""', '3'].map((text) => read(text, 'runOperation'))).toEqual(
      Array(3).fill('REQUEST_INVALID'),
    );
    expect([read(undefined, 'runOperation'), read(undefined, 'saveDraft'), read('junk', 'readMe')]).toEqual([
      undefined,
      'VERSION_REQUIRED',
      undefined,
    ]);
  });

  it('name a request by up to 64 visible characters', () => {
    const read = (text: string | undefined, id = 'addRecord') =>
      codeOf(() => readIdempotencyKey({ 'idempotency-key': text }, routeOf(id)));
    const most = 'k'.repeat(64);
    expect([' "a-1" ', 'a!~', most, `"${most}"`].map((text) => read(text))).toEqual([
      'a-1',
      'a!~',
      most,
      most,
    ]);
    expect(['', '""', 'a b', 'é', `${most}k`, 'a"b'].map((text) => read(text))).toEqual(
      Array(6).fill('REQUEST_INVALID'),
    );
    expect([read(undefined), read('a b', 'readMe')]).toEqual([undefined, undefined]);
  });

  it('that nobody knows are refused in the API and passed over on pages, also where none is taken', () => {
    const read = (query: string, id: string) => codeOf(() => readQuery(query, routeOf(id)));
    expect(read('x=1', 'readMe')).toBe('REQUEST_INVALID');
    expect(read('x=1', 'managePage')).toEqual({});
    expect(read('to=%2Fa&utm=1&to=%2Fb', 'signInPage')).toEqual({ to: '/b' });
    expect(read('', 'readHistory')).toEqual({ limit: 25 });
    expect(read('limit=0', 'readHistory')).toBe('REQUEST_INVALID');
    expect(read('limit=100', 'readHistory')).toEqual({ limit: 100 });
    expect(read('limit=101', 'readHistory')).toBe('REQUEST_INVALID');
    expect(read('page=0', 'viewPage')).toEqual({ page: 1 });
  });
});

describe('an address', () => {
  const match = (
    method: string,
    rawPath: string,
    more: { routeKey?: string; pathParameters?: Record<string, string> } = {},
    name: Route['function'] = 'portal',
  ) =>
    codeOf(() => {
      const { route, params } = matchRoute(name, { routeKey: '$default', method, rawPath, ...more });
      return [route.id, params];
    });

  it.each([
    ['/production/apps', true],
    ['/test', true],
    ['/admin', true],
    ['/access/v1/evaluation', true],
    ['/.well-known/authzen-configuration', true],
    ['/me', true],
    ['/openapi.json', true],
    ['/', false],
    ['/app/production', false],
    ['/manage/users', false],
    ['/menu', false],
    ['/prod/apps', false],
  ])('%s is one of the API: %s', (path, expected) => expect(expectsDocument(path)).toBe(expected));

  it('that API Gateway has chosen brings its parameters along, the environment by its first segment', () => {
    const chosen = (environment: string, record: string) =>
      match(
        'GET',
        `/${environment}/records/r1`,
        { routeKey: 'GET /staging/records/{record}', pathParameters: { record } },
        'api',
      );
    expect(chosen('staging', 'r1')).toEqual(['readRecord', { environment: 'staging', record: 'r1' }]);
    expect(chosen('prod', 'r1')).toBe('NOT_FOUND');
    expect(chosen('staging', 'r'.repeat(100))).toEqual([
      'readRecord',
      { environment: 'staging', record: 'r'.repeat(100) },
    ]);
    for (const record of ['', 'r'.repeat(101), '.r', '-r', 'r/1', 'r 1', 'é'])
      expect(chosen('staging', record)).toBe('NOT_FOUND');
    const page = { routeKey: 'GET /app/{environment}', pathParameters: { environment: 'prod' } };
    expect(match('GET', '/app/prod', page)).toBe('NOT_FOUND');
  });

  it('that nobody has chosen answers HEAD of pages like GET, the more literal one first', () => {
    expect(match('HEAD', '/manage/users')).toEqual(['usersPage', {}]);
    expect(match('HEAD', '/passes/test/live-passes.csv')).toEqual(['exportPasses', { environment: 'test' }]);
    expect(match('HEAD', '/app/test/records/r1')).toEqual([
      'recordPage',
      { environment: 'test', record: 'r1' },
    ]);
    expect(match('HEAD', '/app/test/records/r1/operations/edit')).toEqual([
      'formPage',
      { environment: 'test', record: 'r1', operation: 'edit' },
    ]);
    expect(match('HEAD', '/app/prod')).toBe('NOT_FOUND');
    expect(match('HEAD', '/me')).toBe('METHOD_NOT_ALLOWED');
    expect(match('GET', '/manage/users')).toBe('NOT_FOUND');
    expect(match('PUT', '/manage/users')).toBe('METHOD_NOT_ALLOWED');
    expect(match('HEAD', '/sign-out')).toBe('METHOD_NOT_ALLOWED');
    expect(match('GET', '/nowhere')).toBe('NOT_FOUND');
  });
});

describe('the caller', () => {
  const page = routeOf('home');
  const api = routeOf('readMe');

  it('of a credential has everything that the authorizer found, with numbers for times', () => {
    const principal = {
      type: 'user',
      name: 'Dora Dispatch',
      firstName: 'Dora',
      lastName: 'Dispatch',
      email: 'dora@abc.example',
      roles: ['dispatcher'],
      profiles: ['p1'],
      level: 'guest',
    };
    const ceiling = { app: 'orders', records: ['r1'] };
    const context = {
      ...keyContext,
      expiresAt: '1772452800000' as never,
      principal: JSON.stringify({ ...principal, ceiling, lastUsedAt: '2026-03-01T11:45:00Z' }),
    };
    expect(toCaller(context)).toEqual({
      outcome: 'ok',
      principalId: 'U'.repeat(22),
      ...principal,
      channel: 'api',
      credential: {
        id: 'S'.repeat(22),
        kind: 'apiKey',
        environment: 'test',
        expiresAt: 1_772_452_800_000,
        ceiling,
        lastUsedAt: '2026-03-01T11:45:00Z',
      },
    });
    expect(toCaller(userContext).credential).toEqual({
      id: 'S'.repeat(22),
      kind: 'session',
      expiresAt: userContext.expiresAt,
    });
  });

  it.each(['principalId', 'credentialId', 'kind', 'expiresAt', 'channel', 'principal'] as const)(
    'is nobody where the authorizer leaves out %s',
    (member) => {
      const { [member]: _, ...less } = userContext;
      expect(codeOf(() => toCaller(less))).toBe('CREDENTIAL_INVALID');
    },
  );

  it('without one is nobody, who came by browser to a page', () => {
    const nobody = {
      outcome: 'anonymous',
      principalId: 'anonymous',
      type: 'anonymous',
      name: '',
      roles: [],
      profiles: [],
    };
    expect(identify({ outcome: 'anonymous' }, page, false)).toEqual({ ...nobody, channel: 'browser' });
    expect(identify({ outcome: 'anonymous' }, api, false)).toEqual({ ...nobody, channel: 'api' });
    expect(codeOf(() => identify({ outcome: 'anonymous' }, routeOf('passHome'), true))).toBe(
      'CREDENTIAL_MISSING',
    );
  });

  it.each([
    ['revoked', 'The credential was taken away.'],
    ['expired', 'The credential has expired.'],
    [
      'channel',
      'Only an API key can be sent in the Authorization header; passes and sessions come by browser.',
    ],
    ['invalid', new DaypassError('CREDENTIAL_INVALID').message],
  ] as const)('whose key is %s is told: %s', (outcome, message) =>
    expect(() => identify({ outcome, channel: 'api' }, api, false)).toThrow(message),
  );
});

describe('the authorizer', () => {
  const principal: Principal = {
    id: 'p1',
    type: 'user',
    name: 'Dora Dispatch',
    firstName: 'Dora',
    lastName: 'Dispatch',
    email: 'dora@abc.example',
    roles: ['dispatcher'],
    profiles: ['p'],
    level: 'admin',
    createdAt: '2026-02-01T00:00:00Z',
    version: 3,
  };
  const credential = {
    id: 'c1',
    principalId: 'p1',
    kind: 'session',
    keyId: '0001',
    createdAt: '2026-02-01T00:00:00Z',
    expiresAt: 1000,
  } as const;

  it('passes on of a person what decides, and nothing else that is stored of them', () => {
    const ceiling = { app: 'orders' };
    const found = toContext({
      outcome: 'ok',
      principal,
      credential: { ...credential, environment: 'test', ceiling, lastUsedAt: '2026-02-28T00:00:00Z' },
    });
    const { principal: travels = '', ...rest } = found;
    expect(rest).toEqual({
      outcome: 'ok',
      credentialId: 'c1',
      principalId: 'p1',
      kind: 'session',
      expiresAt: 1000,
      environment: 'test',
    });
    const { id: _, createdAt: __, version: ___, ...person } = principal;
    expect(JSON.parse(travels)).toEqual({ ...person, ceiling, lastUsedAt: '2026-02-28T00:00:00Z' });
    const bare = toContext({
      outcome: 'ok',
      principal: { ...principal, level: undefined } as never,
      credential,
    });
    expect([bare.environment, JSON.parse(bare.principal ?? '')]).toEqual([
      undefined,
      { ...person, level: undefined },
    ]);
  });

  it('passes on why a credential was ended, where that is known', async () => {
    const parts = { kind: 'session', principalId: 'p1', credentialId: 'c1', keyId: '0001' } as const;
    const ended = (more: object) =>
      resolveToken(parts, async () => ({ principal, credential: { ...credential, ...more } }), 0);
    const refusal = { outcome: 'revoked', principalId: 'p1', credentialId: 'c1' };
    const why = await ended({ endedAt: 'x', endReason: 'completed' });
    expect([why, toContext(why)]).toEqual(Array(2).fill({ ...refusal, endReason: 'completed' }));
    expect(await ended({ endedAt: 'x' })).toEqual(refusal);
    const gone = await resolveToken(
      parts,
      async () => ({ credential: { ...credential, endReason: 'deleted' } }),
      0,
    );
    expect(gone).toEqual({ ...refusal, endReason: 'deleted' });
  });

  it('reads on to the end of a collection that has several pages', async () => {
    const item = (sk: string, more = {}) => ({ PK: { S: 'PRINCIPAL#p1' }, SK: { S: sk }, ...more });
    const pages = [
      [item('#PRINCIPAL', { id: { S: 'p1' } })],
      [item('CREDENTIAL#c1')],
      [item('CREDENTIAL#c2', { id: { S: 'c2' } })],
    ];
    const from: unknown[] = [];
    const client = {
      send: async ({ input }: { input: { ExclusiveStartKey?: unknown } }) => {
        from.push(input.ExclusiveStartKey);
        return {
          Items: pages[from.length - 1],
          ...(from.length < 3 && { LastEvaluatedKey: { at: { N: `${from.length}` } } }),
        };
      },
    };
    const found = await readCollection(client as never, 'table')('p1', 'c2');
    expect([found.principal?.id, found.credential?.id]).toEqual(['p1', 'c2']);
    expect(from).toEqual([undefined, { at: { N: '1' } }, { at: { N: '2' } }]);
  });

  it('reports that it could not find out as one line, which the alarm counts', () => {
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(5);
    process.env.POWERTOOLS_METRICS_NAMESPACE = 'Daypass/test';
    report(new TypeError('the keys are away'), 'request-1');
    const [[line]] = written.mock.calls as [[string]];
    written.mockRestore();
    clock.mockRestore();
    delete process.env.POWERTOOLS_METRICS_NAMESPACE;
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 5,
        CloudWatchMetrics: [
          {
            Namespace: 'Daypass/test',
            Dimensions: [['service']],
            Metrics: [{ Name: 'ResolveFailed', Unit: 'Count' }],
          },
        ],
      },
      level: 'ERROR',
      service: 'authorizer',
      ResolveFailed: 1,
      requestId: 'request-1',
      name: 'TypeError',
      message: 'the keys are away',
    });
  });
});
