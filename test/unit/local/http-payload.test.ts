import { accessLogLine } from '../../../local/http-front/access-log.ts';
import type { ApiDefinition } from '../../../local/http-front/api-definition.ts';
import { type FrontRequest, routeEvent } from '../../../local/http-front/lambda-event.ts';
import { toResponse } from '../../../local/http-front/lambda-response.ts';

const api: ApiDefinition = {
  id: 'abc',
  account: '111122223333',
  region: 'eu-central-1',
  stage: '$default',
  routes: [],
};
const route = {
  key: 'POST /items/{id}',
  method: 'POST',
  path: '/items/{id}',
  functionArn: 'arn',
  timeoutMs: 1,
};
const match = { route, pathParameters: { id: '7' } };
const request: FrontRequest = {
  id: 'r1',
  method: 'POST',
  path: '/items/7',
  rawQueryString: 'a=1&a=2',
  query: { a: '1,2' },
  headers: { host: 'localhost:4000', 'content-type': 'application/json', 'user-agent': 'test' },
  cookies: ['one=1', 'two=2'],
  body: Buffer.from('{"x":1}'),
  sourceIp: '127.0.0.1',
  protocol: 'HTTP/1.1',
  time: Date.parse('2026-03-12T19:03:58Z'),
};

describe('payload format 2.0', () => {
  it('describes a request as API Gateway does', () => {
    expect(routeEvent(request, api, match, { principalId: 'u1' })).toEqual({
      version: '2.0',
      routeKey: 'POST /items/{id}',
      rawPath: '/items/7',
      rawQueryString: 'a=1&a=2',
      cookies: ['one=1', 'two=2'],
      headers: request.headers,
      queryStringParameters: { a: '1,2' },
      pathParameters: { id: '7' },
      requestContext: {
        accountId: '111122223333',
        apiId: 'abc',
        authorizer: { lambda: { principalId: 'u1' } },
        domainName: 'localhost:4000',
        domainPrefix: 'localhost',
        http: {
          method: 'POST',
          path: '/items/7',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: 'r1',
        routeKey: 'POST /items/{id}',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: request.time,
      },
      body: '{"x":1}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
    ['text/csv', false],
    ['application/problem+json', false],
  ])('sends a body of type %s in base64: %s', (type, isBase64Encoded) => {
    const headers = { ...request.headers, 'content-type': type };
    expect(routeEvent({ ...request, headers }, api, match)).toMatchObject({ isBase64Encoded });
  });

  it.each([
    [
      'an object without a status as JSON',
      { a: 1 },
      { status: 200, type: 'application/json', body: '{"a":1}' },
    ],
    ['a text as JSON text', 'hello', { status: 200, type: 'application/json', body: 'hello' }],
    [
      'a whole response',
      { statusCode: 201, body: 'made' },
      { status: 201, type: 'text/plain;charset=UTF-8', body: 'made' },
    ],
    [
      'its headers, in whatever case',
      { statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: '' },
      { status: 200, type: 'text/html', body: '' },
    ],
    [
      'base64',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true },
      { status: 200, type: 'text/plain;charset=UTF-8', body: 'hi' },
    ],
    [
      'a wrong status as an error',
      { statusCode: 'ok' },
      { status: 500, type: 'application/json', body: '{"message":"Internal Server Error"}' },
    ],
  ])('answers %s', (_, result, { status, type, body }) => {
    const response = toResponse(result);
    expect([response.status, response.headers['content-type'], response.body.toString()]).toEqual([
      status,
      type,
      body,
    ]);
  });

  it('answers cookies apart from headers', () => {
    expect(toResponse({ statusCode: 303, cookies: ['a=1', 'b=2'] }).cookies).toEqual(['a=1', 'b=2']);
  });

  it('writes the access log in the format of the template, with a dash for what there is not', () => {
    const format =
      '$context.requestId $context.routeKey $context.status $context.authorizer.outcome $context.error.message';
    const line = accessLogLine(format, api, request, toResponse('x'), {
      routeKey: route.key,
      latencyMs: 3,
      authorizer: { outcome: 'ok' },
    });
    expect(line).toBe('r1 POST /items/{id} 200 ok -');
  });
});
