import { createClock } from '../../../local/clock.ts';
import type { Functions } from '../../../local/functions/functions.ts';
import type { ApiDefinition, Authorizer } from '../../../local/http-front/api-definition.ts';
import { createAuthorization } from '../../../local/http-front/authorization.ts';
import type { FrontRequest } from '../../../local/http-front/lambda-event.ts';

const api: ApiDefinition = { id: 'abc', account: '1', region: 'r', stage: '$default', routes: [] };
const route = { key: 'GET /', method: 'GET', path: '/', functionArn: 'fn', timeoutMs: 1 };
const match = { route, pathParameters: {} };
const clock = createClock();
afterAll(() => clock.stop());

const requestWith = (headers: Record<string, string>, query: Record<string, string> = {}): FrontRequest => ({
  id: 'r',
  method: 'GET',
  path: '/',
  rawQueryString: '',
  query,
  headers,
  cookies: [],
  body: Buffer.alloc(0),
  sourceIp: '127.0.0.1',
  protocol: 'HTTP/1.1',
  time: 0,
});

function authorizing(answer: unknown, authorizer: Partial<Authorizer> = {}) {
  const events: { identitySource: unknown }[] = [];
  const invoke = async (_: string, event: unknown) => {
    events.push(event as { identitySource: unknown });
    if (answer instanceof Error)
      return { error: { errorType: 'Error', errorMessage: answer.message, trace: [] } };
    return { payload: answer };
  };
  const functions = { invoke } as unknown as Functions;
  const authorize = createAuthorization({ api, clock, functions, checkInvoke: () => {} });
  const whole = { id: 'a', functionArn: 'fn', identitySources: [], cacheMs: 0, ...authorizer };
  return { events, ask: (request: FrontRequest) => authorize(request, match, whole) };
}

const yes = { isAuthorized: true, context: { who: 'me' } };

describe('asking the authorizer', () => {
  it('asks it for everybody when it lists no identity source', async () => {
    const { ask, events } = authorizing(yes);
    expect(await ask(requestWith({}))).toEqual({ context: { who: 'me' } });
    expect(events).toMatchObject([{ type: 'REQUEST', identitySource: null }]);
  });

  it('turns away whoever lacks a listed identity source, without asking it', async () => {
    const sources = ['$request.header.Authorization', '$request.querystring.key'];
    const { ask, events } = authorizing(yes, { identitySources: sources });
    expect((await ask(requestWith({ authorization: 'x' }))).refusal?.status).toBe(401);
    expect(events).toEqual([]);
    expect((await ask(requestWith({ authorization: 'x' }, { key: 'y' }))).context).toEqual({ who: 'me' });
    expect(events).toMatchObject([{ identitySource: ['x', 'y'] }]);
  });

  it('forbids what it does not authorise', async () => {
    const { refusal } = await authorizing({ isAuthorized: false }).ask(requestWith({}));
    expect([refusal?.status, refusal?.body.toString()]).toEqual([403, '{"message":"Forbidden"}']);
  });

  it.each([
    ['fails', new Error('x')],
    ['gives no simple response', { policyDocument: {} }],
  ])('fails when it %s', async (_, answer) => {
    await expect(authorizing(answer).ask(requestWith({}))).rejects.toThrow('the authorizer');
  });

  it('remembers an answer for as long as the cache says, and only for the same identity', async () => {
    const { ask, events } = authorizing(yes, {
      identitySources: ['$request.header.Authorization'],
      cacheMs: 60_000,
    });
    for (const authorization of ['one', 'one', 'two']) await ask(requestWith({ authorization }));
    expect(events.length).toBe(2);
    await clock.advance(61_000);
    await ask(requestWith({ authorization: 'one' }));
    expect(events.length).toBe(3);
  });
});
