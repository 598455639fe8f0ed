import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DaypassError, ERRORS, type ErrorCode } from '../../../core/errors.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { toCaller } from '../../../lambdas/shared/http/caller.ts';
import type { CallerContext } from '../../../lambdas/shared/http/caller-context.ts';
import { createHandler } from '../../../lambdas/shared/http/create-handler.ts';
import { MethodNotAllowed, toFailure } from '../../../lambdas/shared/http/problem.ts';
import type { ApiResponse } from '../../../lambdas/shared/http/request.ts';
import { toResult } from '../../../lambdas/shared/http/result.ts';
import { securityHeaders } from '../../../lambdas/shared/http/security-headers.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { FunctionName } from '../../../lambdas/shared/routes/route.ts';
import { httpEvent, keyContext, lambdaContext, type Sent, SITE_URL, userContext } from './events.ts';

const signing = {
  siteId: 'site-one',
  keyring: readKeyring(JSON.stringify({ active: '0001', '0001': 'a signing key '.repeat(4) })),
};

/** A function whose routes all answer so; what its error page was told, what it logged, and what it counted. */
function stand(functionName: FunctionName, answer: () => ApiResponse) {
  const failures: unknown[] = [];
  const lines: Record<string, unknown>[] = [];
  const metrics: unknown[][] = [];
  let now = 1000;
  const logger = new Logger({ serviceName: functionName });
  const note = (line: string) => lines.push(JSON.parse(line));
  Object.defineProperty(logger, 'console', { value: { info: note, error: note, warn: note, debug: note } });
  const handler = createHandler({
    functionName,
    handlers: Object.fromEntries(ROUTES.map(({ id }) => [id, async () => answer()])) as never,
    siteUrl: SITE_URL,
    signing: async () => signing,
    errorPage: async (failure) => {
      failures.push(failure);
      return { status: failure.document.status, html: 'page', headers: { 'retry-after': '5' } };
    },
    logger,
    metrics: {
      addMetric: (...given: unknown[]) => metrics.push(given),
      publishStoredMetrics: () => metrics.push(['published']),
    } as never,
    now: () => (now += 7),
  });
  return {
    failures,
    metrics,
    entries: () => lines.filter(({ message }) => message === 'request'),
    failed: () => lines.filter(({ message }) => message === 'failed'),
    send: async (sent: Sent) =>
      (await handler(httpEvent(sent), { ...lambdaContext } as never)) as APIGatewayProxyStructuredResultV2,
  };
}

const nothing = () => ({ status: 204 });
const failing = (error: unknown) => () => {
  throw error;
};

describe('an answer', () => {
  it.each([
    [{ status: 204 }, { statusCode: 204, headers: {} }],
    [
      { status: 200, html: '<p>é' },
      { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<p>é' },
    ],
    [
      { status: 201, body: { a: 1 }, headers: { etag: '"1"' } },
      { statusCode: 201, headers: { 'content-type': 'application/json', etag: '"1"' }, body: '{"a":1}' },
    ],
    [
      { status: 200, body: null },
      { statusCode: 200, headers: { 'content-type': 'application/json' }, body: 'null' },
    ],
    [
      { status: 400, body: 1, headers: { 'content-type': 'application/problem+json' } },
      { statusCode: 400, headers: { 'content-type': 'application/problem+json' }, body: '1' },
    ],
    [
      {
        status: 200,
        bytes: Buffer.from('ab'),
        headers: { 'content-type': 'text/css' },
        cookies: ['a=1', 'b=2'],
      },
      {
        statusCode: 200,
        headers: { 'content-type': 'text/css' },
        body: 'YWI=',
        isBase64Encoded: true,
        cookies: ['a=1', 'b=2'],
      },
    ],
    [
      { status: 303, headers: { location: '/' }, cookies: [] },
      { statusCode: 303, headers: { location: '/' } },
    ],
  ])('%j takes the form that API Gateway wants', (response, result) =>
    expect(toResult(response)).toEqual(result),
  );

  const everywhere = {
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
  const page = {
    ...everywhere,
    'content-security-policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'strict-origin',
    'x-robots-tag': 'noindex',
  };
  const json = {
    ...everywhere,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  };
  const secure = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' };

  it('has these headers and no others that protect browsers', () => {
    expect(securityHeaders('page', SITE_URL)).toEqual({ ...page, ...secure });
    expect(securityHeaders('json', SITE_URL)).toEqual({ ...json, ...secure });
    expect(securityHeaders('page', 'http://localhost:4000')).toEqual(page);
  });

  it('keeps the headers that its handler sets itself', async () => {
    const { send } = stand('portal', () => ({
      status: 200,
      html: 'x',
      headers: { 'cache-control': 'public' },
    }));
    expect((await send({ path: '/' })).headers).toEqual({
      ...page,
      ...secure,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public',
    });
  });

  it('sends the name of a request back on addresses of the standard that asks for it, refusals included', async () => {
    const question = (id: string, body = '{}'): Sent => ({
      method: 'POST',
      path: '/access/v1/search/action',
      headers: { 'content-type': 'application/json', 'x-request-id': id },
      context: keyContext,
      body,
    });
    const { send } = stand('api', nothing);
    const named = async (sent: Sent) => (await send(sent)).headers?.['x-request-id'];
    expect(await named(question('id-1'))).toBe('id-1');
    expect(await named(question('x'.repeat(200), 'no JSON'))).toBe('x'.repeat(200));
    for (const id of ['', 'x'.repeat(201), 'a b', 'é']) expect(await named(question(id))).toBeUndefined();
    expect(await named({ path: '/me', headers: { 'x-request-id': 'id-1' } })).toBeUndefined();
  });

  it('takes a session cookie away that is good for nothing, beside the cookies of its handler, and no other', async () => {
    const { send } = stand('portal', () => ({ status: 204, cookies: ['a=1'] }));
    const cleared = expect.stringMatching(/^__Host-dp_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
    for (const outcome of ['invalid', 'revoked', 'expired', 'channel', 'tokensInactive'] as const) {
      const context: CallerContext = { outcome, channel: 'browser' };
      expect((await send({ path: '/', context })).cookies).toEqual(['a=1', cleared]);
    }
    const pass: Sent = { path: '/pass/Pass0001', routeKey: 'GET /pass/{pass}', params: { pass: 'Pass0001' } };
    for (const sent of [
      { path: '/', context: { outcome: 'anonymous' } },
      { path: '/', context: userContext },
      { ...pass, context: { outcome: 'revoked', channel: 'browser' } },
      {
        path: '/',
        headers: { 'daypass-pass': 'Pass0001' },
        context: { outcome: 'expired', channel: 'browser' },
      },
      { path: '/', context: { outcome: 'unavailable', channel: 'browser' } },
      { path: '/', context: { outcome: 'expired', channel: 'api' } },
    ] as Sent[]) {
      expect((await send(sent)).cookies ?? []).not.toContainEqual(cleared);
    }
  });
});

describe('a failure', () => {
  const headersOf: Partial<Record<ErrorCode, object>> = {
    CREDENTIAL_INVALID: { 'www-authenticate': 'Bearer realm="daypass"' },
    CREDENTIAL_MISSING: { 'www-authenticate': 'Bearer realm="daypass"' },
    RATE_LIMITED: { 'retry-after': '60' },
    UNAVAILABLE: { 'retry-after': '2' },
  };

  it.each(Object.keys(ERRORS) as ErrorCode[])(
    '%s says its title, and what happened where that is known',
    (code) => {
      const { status, title } = ERRORS[code];
      const document = { type: `${SITE_URL}/errors#${code}`, title, status, code, requestId: 'r1' };
      const headers = headersOf[code] ?? {};
      expect(toFailure(new DaypassError(code), SITE_URL, 'r1')).toEqual({ document, headers });
      const problems = [{ path: '/a', message: 'b' }];
      const more = code === 'INTERNAL' ? {} : { detail: 'This time.', problems };
      expect(toFailure(new DaypassError(code, 'This time.', problems), SITE_URL, 'r1')).toEqual({
        document: { ...document, ...more },
        headers,
      });
    },
  );

  it.each([
    ['ThrottlingException', 'UNAVAILABLE'],
    ['ProvisionedThroughputExceededException', 'UNAVAILABLE'],
    ['RequestLimitExceeded', 'UNAVAILABLE'],
    ['TooManyRequestsException', 'UNAVAILABLE'],
    ['TimeoutError', 'UNAVAILABLE'],
    ['ServiceUnavailable', 'UNAVAILABLE'],
    ['InternalServerError', 'UNAVAILABLE'],
    ['ValidationException', 'INTERNAL'],
    ['TypeError', 'INTERNAL'],
  ])('of a service that is called %s is %s', (name, code) => {
    const { document } = toFailure(Object.assign(new Error('inner'), { name }), SITE_URL, 'r1');
    expect([document.code, document.detail]).toEqual([code, undefined]);
    expect(toFailure({ name }, SITE_URL, 'r1').document.code).toBe('INTERNAL');
  });

  it('of the method lists those that there are', () =>
    expect(toFailure(new MethodNotAllowed(['GET', 'POST']), SITE_URL, 'r1').headers).toEqual({
      allow: 'GET, POST',
    }));

  it('on a page tells the page everything that was typed and who it was, and its headers go before the failure’s', async () => {
    const error = new DaypassError('RATE_LIMITED');
    const { send, failures } = stand('portal', failing(error));
    const form: Sent = {
      method: 'POST',
      path: '/sign-in',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE_URL },
      body: 'email=a&more=1&more=2&more=3',
    };
    const answer = await send({ ...form, context: { outcome: 'expired', channel: 'browser' } });
    expect([answer.statusCode, answer.headers?.['retry-after']]).toEqual([429, '5']);
    const known = {
      ...toFailure(error, SITE_URL, 'request-1'),
      path: '/sign-in',
      method: 'POST',
      cookies: {},
      typed: { email: 'a', more: ['1', '2', '3'] },
      signedIn: false,
    };
    await send({ ...form, context: userContext });
    await send({ ...form, context: { outcome: 'revoked', channel: 'browser', endReason: 'completed' } });
    expect(failures).toEqual([
      { ...known, endReason: 'expired' },
      { ...known, signedIn: true, caller: toCaller(userContext) },
      { ...known, endReason: 'completed' },
    ]);
    // Before the caller is looked at, the authorizer's word counts.
    failures.length = 0;
    await send({
      ...form,
      headers: { ...form.headers, origin: 'https://evil.example' },
      context: userContext,
    });
    expect(failures).toMatchObject([
      { typed: {}, signedIn: true, caller: { name: 'Dora Dispatch' }, document: { code: 'ORIGIN_REFUSED' } },
    ]);
  });

  it('is logged with its cause where the product is to blame, and not where the caller is', async () => {
    for (const [error, logged] of [
      [new DaypassError('FORBIDDEN'), 0],
      [new DaypassError('UNAVAILABLE'), 1],
      [new TypeError('broken'), 1],
    ] as const) {
      const { send, failed } = stand('api', failing(error));
      await send({ path: '/me' });
      expect(failed().map(({ requestId }) => requestId)).toEqual(Array(logged).fill('request-1'));
    }
  });
});

describe('what is kept of a request', () => {
  const ids = { principalId: userContext.principalId, credentialId: userContext.credentialId };

  it.each([
    [nothing, {}, { status: 204, outcome: 'anonymous' }, []],
    [nothing, { context: userContext }, { status: 204, outcome: 'ok', ...ids }, []],
    [() => ({ status: 399 }), {}, { status: 399, outcome: 'anonymous' }, []],
    [() => ({ status: 400 }), {}, { status: 400, outcome: 'anonymous' }, ['Refusals']],
    [() => ({ status: 499 }), {}, { status: 499, outcome: 'anonymous' }, ['Refusals']],
    [() => ({ status: 500 }), {}, { status: 500, outcome: 'anonymous' }, ['Failures']],
    [
      failing(new DaypassError('FORBIDDEN')),
      {},
      { status: 403, code: 'FORBIDDEN', outcome: 'anonymous' },
      ['Refusals'],
    ],
    [failing(new TypeError('x')), {}, { status: 500, code: 'INTERNAL', outcome: 'anonymous' }, ['Failures']],
    [nothing, { context: null }, { status: 401, code: 'CREDENTIAL_INVALID', outcome: 'none' }, ['Refusals']],
  ] as [() => ApiResponse, Partial<Sent>, object, string[]][])(
    'is one line and its counts (%#)',
    async (answer, sent, line, counts) => {
      const { send, entries, metrics } = stand('api', answer);
      await send({ path: '/me', ...sent });
      const { requestId, method, route, status, ms, code, outcome, exemption, principalId, credentialId } =
        entries()[0] ?? {};
      expect({
        requestId,
        method,
        route,
        status,
        ms,
        code,
        outcome,
        exemption,
        principalId,
        credentialId,
      }).toEqual({
        requestId: 'request-1',
        method: 'GET',
        route: 'readMe',
        ms: 7,
        ...line,
      });
      expect([entries().length, metrics]).toEqual([
        1,
        [
          ['Requests', 'Count', 1],
          ['Duration', 'Milliseconds', 7],
          ...counts.map((name) => [name, 'Count', 1]),
          ['published'],
        ],
      ]);
    },
  );

  it('of an address that is nowhere names no route', async () => {
    const { send, entries } = stand('portal', nothing);
    await send({ path: '/nowhere', routeKey: '$default' });
    expect(entries()).toMatchObject([{ route: 'none', status: 404, code: 'NOT_FOUND' }]);
  });
});
