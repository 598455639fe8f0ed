import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DaypassError } from '../../../core/errors.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { toCaller } from '../../../lambdas/shared/http/caller.ts';
import { createHandler } from '../../../lambdas/shared/http/create-handler.ts';
import { formTokenOf } from '../../../lambdas/shared/http/forgery.ts';
import type { ApiRequest, ApiResponse, Handlers } from '../../../lambdas/shared/http/request.ts';
import { redact } from '../../../lambdas/shared/observability.ts';
import { ROUTES, type SiteRoute } from '../../../lambdas/shared/routes/index.ts';
import type { FunctionName } from '../../../lambdas/shared/routes/route.ts';
import { httpEvent, keyContext, lambdaContext, type Sent, SITE_URL, userContext } from './events.ts';

const signing = {
  siteId: 'site-one',
  keyring: readKeyring(JSON.stringify({ active: '0001', '0001': 'a signing key '.repeat(4) })),
};

/** A function whose every route answers with `answer`; keeps what it was asked, and what was logged. */
function stand(
  functionName: FunctionName,
  answer: (request: ApiRequest) => ApiResponse = () => ({ status: 204 }),
) {
  const asked: ApiRequest[] = [];
  const lines: string[] = [];
  const console = Object.fromEntries(
    ['debug', 'info', 'warn', 'error', 'log'].map((level) => [level, (line: string) => lines.push(line)]),
  );
  const logger = new Logger({ serviceName: functionName, jsonReplacerFn: redact, logLevel: 'DEBUG' });
  Object.defineProperty(logger, 'console', { value: console });
  const handlers = Object.fromEntries(
    ROUTES.filter((route) => route.function === functionName).map((route) => [
      route.id,
      async (request: ApiRequest) => {
        asked.push(request);
        return answer(request);
      },
    ]),
  );
  const handler = createHandler({
    functionName,
    handlers: handlers as never,
    siteUrl: SITE_URL,
    signing: async () => signing,
    errorPage: async (failure) => ({
      status: failure.document.status,
      html: `page ${failure.document.code} ${JSON.stringify(failure.typed)}`,
    }),
    logger,
    metrics: { addMetric: () => undefined, publishStoredMetrics: () => undefined } as never,
    now: () => Date.parse('2026-03-01T12:00:00Z'),
  });
  return {
    asked,
    lines,
    send: async (sent: Sent) => {
      const result = (await handler(httpEvent(sent), {
        ...lambdaContext,
      } as never)) as APIGatewayProxyStructuredResultV2;
      const { statusCode, headers = {}, body, cookies } = result;
      const isJson = String(headers['content-type']).includes('json');
      return {
        status: statusCode,
        headers,
        cookies,
        text: body,
        body: isJson && body ? JSON.parse(body) : undefined,
      };
    },
  };
}

const json = { 'content-type': 'application/json' };
const add: Sent = {
  method: 'POST',
  path: '/test/apps/orders/record-types/order/records',
  routeKey: 'POST /test/apps/{app}/record-types/{recordType}/records',
  params: { app: 'orders', recordType: 'order' },
  headers: json,
  context: keyContext,
  body: JSON.stringify({ operation: 'add', values: { number: 7 } }),
};

describe('a request that fits', () => {
  it('reaches its handler with path, query, body, caller and headers read', async () => {
    const { send, asked } = stand('api');
    const sent = { ...add, headers: { ...json, 'idempotency-key': '"key-1"' } };
    expect(await send(sent)).toMatchObject({ status: 204 });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      route: { id: 'addRecord' },
      params: { environment: 'test', app: 'orders', recordType: 'order' },
      query: {},
      body: { operation: 'add', values: { number: 7 } },
      idempotencyKey: 'key-1',
      requestId: 'request-1',
      now: Date.parse('2026-03-01T12:00:00Z'),
      sourceIp: '192.0.2.1',
      caller: {
        outcome: 'ok',
        type: 'serviceAccount',
        channel: 'api',
        credential: { kind: 'apiKey', environment: 'test', expiresAt: Date.parse('2026-03-02T12:00:00Z') },
      },
    });
  });

  it('has its query typed, and keeps a catch-all of names', async () => {
    const { send, asked } = stand('api');
    const view: Sent = {
      path: '/test/apps/orders/record-types/order/views/all',
      routeKey: 'GET /test/apps/{app}/record-types/{recordType}/views/{view}',
      params: { app: 'orders', recordType: 'order', view: 'all' },
    };
    await send({ ...view, query: 'limit=50&param.building=North%20Gate' });
    expect(asked[0]?.query).toEqual({ limit: 50, 'param.building': 'North Gate' });
    const wrong = await send({ ...view, query: 'limit=500' });
    expect(wrong.body).toMatchObject({ code: 'REQUEST_INVALID', problems: [{ path: '/limit' }] });
    const twice = await send({ ...view, query: 'limit=5&limit=6' });
    expect(twice.body.problems).toEqual([{ path: '/limit', message: 'is given more than once' }]);
  });

  it('has its version read from If-Match', async () => {
    const { send, asked } = stand('api');
    const run: Sent = {
      ...add,
      path: '/test/records/r1/operations/edit',
      routeKey: 'POST /test/records/{record}/operations/{operation}',
      params: { record: 'r1', operation: 'edit' },
      body: '{}',
    };
    await send({ ...run, headers: { ...json, 'if-match': '"12"' } });
    expect(asked[0]?.ifMatch).toBe(12);
    for (const wrong of ['12', 'W/"12"', '*', '"12", "13"', '"-1"']) {
      const answer = await send({ ...run, headers: { ...json, 'if-match': wrong } });
      expect({ wrong, status: answer.status, problems: answer.body?.problems }).toMatchObject({
        wrong,
        status: 400,
        problems: [{ path: 'If-Match' }],
      });
    }
    expect(asked).toHaveLength(1);
  });

  it('must name a version where the route requires one', async () => {
    const draft: Sent = {
      method: 'PUT',
      path: '/admin/apps/orders/draft',
      routeKey: 'PUT /admin/apps/{app}/draft',
      params: { app: 'orders' },
      headers: json,
      context: keyContext,
      body: '{}',
    };
    expect((await stand('admin').send(draft)).body).toMatchObject({ status: 428, code: 'VERSION_REQUIRED' });
  });
});

describe('a request that does not fit is refused with a problem document, and reaches no handler', () => {
  const cases: [string, Partial<Sent>, number, object][] = [
    [
      'an unknown member',
      { body: '{"operation":"add","values":{},"extra/member":1}' },
      400,
      { code: 'REQUEST_INVALID', problems: [{ path: '/extra~1member', message: 'is not known here' }] },
    ],
    [
      'a member of the wrong type',
      { body: '{"operation":7,"values":{}}' },
      400,
      {
        code: 'REQUEST_INVALID',
        problems: [{ path: '/operation', message: 'expected string, received number' }],
      },
    ],
    [
      'a missing member',
      { body: '{"values":{}}' },
      400,
      { code: 'REQUEST_INVALID', problems: [{ path: '/operation', message: 'expected string' }] },
    ],
    [
      'a body that is not JSON',
      { body: '{"operation": dp_ap0001secret' },
      400,
      { code: 'REQUEST_MALFORMED' },
    ],
    ['no body', {}, 400, { code: 'REQUEST_MALFORMED' }],
    [
      'a prototype',
      { body: '{"operation":"add","values":{"__proto__":{"admin":true}}}' },
      400,
      { code: 'REQUEST_MALFORMED' },
    ],
    [
      'a form instead of JSON',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      { code: 'MEDIA_TYPE' },
    ],
    ['no content type', { headers: {} }, 415, { code: 'MEDIA_TYPE' }],
    [
      'a body over the limit',
      { body: JSON.stringify({ operation: 'x'.repeat(600_000), values: {} }) },
      413,
      { code: 'TOO_LARGE', detail: expect.stringMatching(/the limit is 524288\.$/) },
    ],
    [
      'a query nobody asked for',
      { query: 'debug=1' },
      400,
      { problems: [{ path: '/debug', message: 'is not a parameter of this address' }] },
    ],
    [
      'an Idempotency-Key of 65 characters',
      { headers: { ...json, 'idempotency-key': 'k'.repeat(65) } },
      400,
      { problems: [{ path: 'Idempotency-Key' }] },
    ],
    [
      'an id of other characters',
      { params: { app: '../orders', recordType: 'order' } },
      404,
      { code: 'NOT_FOUND' },
    ],
  ];

  it.each(cases)('%s', async (name, change, status, problem) => {
    const { send, asked } = stand('api');
    const { body: _, ...withoutBody } = add;
    const answer = await send(name === 'no body' ? withoutBody : { ...add, ...change });
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: { status, requestId: 'request-1', ...problem },
    });
    expect(answer.body.type).toBe(`${SITE_URL}/errors#${answer.body.code}`);
    expect(answer.text).not.toContain('dp_ap0001secret');
    expect(asked).toEqual([]);
  });

  it('text that is not UTF-8', async () => {
    const { send, asked } = stand('api');
    const answer = await send({ ...add, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) });
    expect(answer.body).toMatchObject({ code: 'REQUEST_MALFORMED', detail: 'The body is not UTF-8 text.' });
    expect(asked).toEqual([]);
  });
});

describe('the caller', () => {
  const me: Sent = { path: '/me', context: keyContext };

  it('is refused when the request did not come through the authorizer', async () => {
    const { send, asked } = stand('api');
    expect(await send({ ...me, context: null })).toMatchObject({
      status: 401,
      body: { code: 'CREDENTIAL_INVALID' },
    });
    expect(await send({ ...me, context: {} as never })).toMatchObject({ status: 401 });
    expect(await send({ ...me, context: { outcome: 'ok', channel: 'api' } })).toMatchObject({ status: 401 });
    expect(asked).toEqual([]);
  });

  it('is refused with 503 when the authorizer could not find out', async () => {
    const { send, asked } = stand('api');
    expect(await send({ ...me, context: { outcome: 'unavailable' } })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { code: 'UNAVAILABLE' },
    });
    expect(asked).toEqual([]);
  });

  it.each(['invalid', 'revoked', 'expired', 'channel', 'tokensInactive'] as const)(
    'with a bearer credential that is %s is refused with 401',
    async (outcome) => {
      const { send, asked } = stand('api');
      expect(await send({ ...me, context: { outcome, channel: 'api' } })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="daypass"' },
        body: { code: 'CREDENTIAL_INVALID' },
      });
      expect(asked).toEqual([]);
    },
  );

  it('with a bad session cookie is anonymous, and the cookie is cleared', async () => {
    const { send, asked } = stand('api');
    const answer = await send({ ...me, context: { outcome: 'expired', channel: 'browser' } });
    expect(asked[0]?.caller).toMatchObject({ type: 'anonymous', principalId: 'anonymous', roles: [] });
    expect(answer.cookies).toEqual([
      '__Host-dp_session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure',
    ]);
  });

  it('with an ended pass that the request names is told so', async () => {
    const { send } = stand('api');
    const context = { outcome: 'revoked', channel: 'browser' } as const;
    expect(await send({ ...me, headers: { 'daypass-pass': 'Pass0001' }, context })).toMatchObject({
      status: 410,
      body: { code: 'PASS_ENDED' },
    });
  });

  it('without a credential is refused where the route takes nobody anonymous', async () => {
    const { send, asked } = stand('admin');
    expect(await send({ path: '/admin/apps' })).toMatchObject({
      status: 401,
      body: { code: 'CREDENTIAL_MISSING' },
    });
    expect(asked).toEqual([]);
  });
});

describe('a write that a cookie vouches for', () => {
  const withCookie = { ...add, context: userContext };

  it('is refused unless it comes from a page of this site', async () => {
    const { send, asked } = stand('api');
    for (const origin of [
      undefined,
      'null',
      'https://evil.example',
      `${SITE_URL}.evil.example`,
      'http://passes.example.org',
    ]) {
      const answer = await send({ ...withCookie, headers: { ...json, ...(origin && { origin }) } });
      expect({ origin, status: answer.status, code: answer.body?.code }).toEqual({
        origin,
        status: 403,
        code: 'ORIGIN_REFUSED',
      });
    }
    expect(asked).toEqual([]);
    expect(await send({ ...withCookie, headers: { ...json, origin: SITE_URL } })).toMatchObject({
      status: 204,
    });
  });

  it('on a page needs the form token of this very person', async () => {
    const { send, asked } = stand('portal');
    const form = (formToken: string): Sent => ({
      method: 'POST',
      path: '/sign-out',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE_URL },
      context: userContext,
      body: new URLSearchParams({ formToken }).toString(),
    });
    const mine = formTokenOf(toCaller(userContext), signing);
    const other = formTokenOf(toCaller({ ...userContext, principalId: 'V'.repeat(22) }), signing);
    expect((await send(form(''))).text).toContain('page ORIGIN_REFUSED');
    expect((await send(form(other))).text).toContain('page ORIGIN_REFUSED');
    expect(asked).toEqual([]);
    expect(await send(form(mine))).toMatchObject({ status: 204 });
    const elsewhere = form(mine);
    expect(
      await send({ ...elsewhere, headers: { ...elsewhere.headers, origin: 'https://evil.example' } }),
    ).toMatchObject({
      status: 403,
    });
  });

  it('on a page hands what was typed to the error page, and nothing of it when it came from elsewhere', async () => {
    const { send } = stand('portal');
    const form: Sent = {
      method: 'POST',
      path: '/pass/Pass0001/records/r1/operations/complete',
      routeKey: 'POST /pass/{pass}/records/{record}/operations/{operation}',
      params: { pass: 'Pass0001', record: 'r1', operation: 'complete' },
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE_URL },
      context: { outcome: 'expired', channel: 'browser' },
      body: 'field.notes=All+done',
    };
    expect(await send(form)).toMatchObject({
      status: 410,
      text: 'page PASS_ENDED {"field.notes":"All done"}',
    });
    expect(
      await send({ ...form, headers: { ...form.headers, origin: 'https://evil.example' } }),
    ).toMatchObject({
      status: 403,
      text: 'page ORIGIN_REFUSED {}',
    });
  });
});

describe('an address that is not routed', () => {
  const anywhere = (method: string, path: string, context = keyContext): Sent => ({
    method,
    path,
    routeKey: '$default',
    context,
  });

  it('is not found, as a document under the API and as a page elsewhere', async () => {
    const { send } = stand('portal');
    expect(await send(anywhere('GET', '/production/nothing'))).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect(await send(anywhere('GET', '/nowhere'))).toMatchObject({ status: 404, text: 'page NOT_FOUND {}' });
    expect(await send(anywhere('GET', '/prod/apps'))).toMatchObject({ status: 404 });
  });

  it('with a wrong method names the right ones', async () => {
    const { send } = stand('portal');
    expect(await send(anywhere('DELETE', '/production/records/r1'))).toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
      body: { code: 'METHOD_NOT_ALLOWED' },
    });
    expect(await send(anywhere('PATCH', '/sign-in'))).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
    });
    expect(await send(anywhere('HEAD', '/production/records/r1'))).toMatchObject({ status: 405 });
  });

  it('asked by HEAD answers like GET without a body', async () => {
    const { send, asked } = stand('portal', () => ({ status: 200, html: '<p>Hello</p>' }));
    const answer = await send({ ...anywhere('HEAD', '/'), query: 'token=dp_x' });
    expect(answer).toMatchObject({
      status: 200,
      text: undefined,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    expect(asked[0]).toMatchObject({ route: { id: 'home' }, query: { token: 'dp_x' } });
  });
});

describe('every answer', () => {
  it('has the headers that browsers are protected by, errors included', async () => {
    const pages = stand('portal', () => ({ status: 200, html: 'x' }));
    for (const answer of [
      await pages.send({ path: '/' }),
      await pages.send({ path: '/x', routeKey: '$default' }),
    ]) {
      expect(answer.headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'strict-origin',
      });
    }
    const documents = stand('api');
    for (const answer of [
      await documents.send({ path: '/me' }),
      await documents.send({ path: '/me', context: null }),
    ]) {
      expect(answer.headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it('to a known error is its problem document with the occurrence and its places', async () => {
    const { send } = stand('api', () => {
      throw new DaypassError('VALUES_INVALID', undefined, [
        { path: '/values/dueDate', message: 'lies in the past' },
      ]);
    });
    const answer = await send(add);
    expect(answer.body).toEqual({
      type: `${SITE_URL}/errors#VALUES_INVALID`,
      title: 'Some values are not accepted. Correct the named fields.',
      status: 422,
      code: 'VALUES_INVALID',
      problems: [{ path: '/values/dueDate', message: 'lies in the past' }],
      requestId: 'request-1',
    });
  });

  it('to an unforeseen error says nothing of it, and the log does', async () => {
    const { send, lines } = stand('api', () => {
      throw new TypeError('the row of dp_ap0001ABCDEFGHIJ broke');
    });
    const answer = await send(add);
    expect(answer.body).toEqual({
      type: `${SITE_URL}/errors#INTERNAL`,
      title: expect.any(String),
      status: 500,
      code: 'INTERNAL',
      requestId: 'request-1',
    });
    const log = lines.join('\n');
    expect(log).toContain('the row of dp_[withheld] broke');
    expect(log).not.toContain('ABCDEFGHIJ');
  });

  it('to a service that is busy asks to repeat', async () => {
    const { send } = stand('api', () => {
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    });
    expect(await send(add)).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
  });
});

describe('the log of a request', () => {
  it('names route, status and ids, and nothing that was sent', async () => {
    const secret = 'dp_ap0001CanaryCanaryCanary';
    const { send, lines } = stand('portal', () => ({ status: 303, headers: { location: '/' } }));
    await send({
      path: '/',
      query: `token=${secret}`,
      cookies: [`__Host-dp_session=${secret}`],
      headers: { authorization: `Bearer ${secret}` },
      context: userContext,
    });
    const [entry] = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ message }) => message === 'request');
    expect(entry).toMatchObject({
      route: 'home',
      status: 303,
      outcome: 'ok',
      principalId: userContext.principalId,
      credentialId: userContext.credentialId,
      requestId: 'request-1',
    });
    expect(lines.join('\n')).not.toContain('Canary');
  });

  it('withholds tokens, cookies, queries and bodies even when somebody logs a whole event', () => {
    const { lines } = stand('api');
    const logger = new Logger({ serviceName: 'x', jsonReplacerFn: redact });
    Object.defineProperty(logger, 'console', { value: { error: (line: string) => lines.push(line) } });
    const secret = 'dp_ap0001CanaryCanaryCanary';
    const event = httpEvent({
      ...add,
      query: `token=${secret}`,
      cookies: [`dp_pass=${secret}`],
      headers: { cookie: secret },
    });
    logger.error(`in the message ${secret}`, {
      event,
      deep: [{ text: `x${secret}y` }],
      cause: new Error(secret),
    });
    const [line = ''] = lines;
    expect(line).not.toContain('Canary');
    expect(line).not.toContain('"number":7');
    expect(line).toContain('in the message dp_[withheld]');
  });
});

describe('the handlers of a function', () => {
  it('are proved by the type system to be one for every route', () => {
    const one = async (): Promise<ApiResponse> => ({ status: 204 });
    // @ts-expect-error The other routes of `admin` have no handler.
    const missing: Handlers<Extract<SiteRoute, { function: 'admin' }>> = { listDrafts: one };
    expect(Object.keys(missing)).toEqual(['listDrafts']);
  });
});
