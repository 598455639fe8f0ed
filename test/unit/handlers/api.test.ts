import type { Caller } from '../../../core/ports.ts';
import { toCaller } from '../../../lambdas/shared/http/caller.ts';
import type { Sent } from '../http/events.ts';
import { keyContext, SITE_URL, userContext } from '../http/events.ts';
import { answering, asked, at, serving, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/grants/again.ts`, 'runTaskAgain');
await standIn(`${CORE}/people/sessions.ts`, 'endSession', 'endSessions', 'listSessions');
await standIn(`${CORE}/records/apps.ts`, 'listApps');
await standIn(`${CORE}/records/form.ts`, 'readForm');
await standIn(`${CORE}/records/list.ts`, 'openView');
await standIn(`${CORE}/records/operation.ts`, 'addRecord', 'readRecord', 'runOperation');
await standIn(`${CORE}/records/references.ts`, 'nameReferences');
await standIn(`${CORE}/records/trace.ts`, 'readHistory', 'readTaskRuns');
await standIn(`${CORE}/services/call.ts`, 'callService');
await standIn(`${CORE}/authzen/evaluate.ts`, 'evaluate', 'evaluateAll');
await standIn(`${CORE}/authzen/explain.ts`, 'explainQuestion');
await standIn(`${CORE}/authzen/search.ts`, 'searchActions', 'searchSubjects');
await standIn(`${CORE}/authzen/search-resources.ts`, 'searchResources');
await standIn(`${CORE}/reach/record-access.ts`, 'whoReachesRecord');
await standIn(`${CORE}/reach/subject-access.ts`, 'whatSubjectReaches');
const { runtimeHandlers } = await import('../../../lambdas/api/handlers.ts');
const { accessHandlers } = await import('../../../lambdas/api/access-handlers.ts');

const user = toCaller(userContext);
const siteKey = { ...keyContext, environment: undefined } as never;
const RUNTIME = { the: 'runtime' };
const session = (environment: string, caller: Caller = user) => ({ caller, environment });
const wiring = {
  session: async (caller: Caller, environment: string) => session(environment, caller),
  runtime: async () => RUNTIME,
} as never;
const send = serving('api', { ...runtimeHandlers(wiring), ...accessHandlers(wiring, SITE_URL) });

const json = { 'content-type': 'application/json', origin: SITE_URL };
const body = (value: object, headers: Record<string, string> = {}): Partial<Sent> => ({
  body: JSON.stringify(value),
  headers: { ...json, ...headers },
});
const signedIn = { context: userContext };
const record = { id: 'r1', version: 7, title: 'North gate' };
const RECORD = '/{environment}/records/{record}';
const TYPE = '/{environment}/apps/{app}/record-types/{recordType}';
const PLACE = { environment: 'staging', app: 'orders', recordType: 'order' };
const ONE = { environment: 'test', record: 'r1' };

/** A request, what its use cases are given and answer, and what the request is answered. */
type Case = [
  title: string,
  sent: Sent,
  useCases: [name: string, given: unknown[], answer: unknown][],
  status: number,
  answer: unknown,
  headers?: Record<string, unknown>,
];

const cases: Case[] = [
  [
    'apps',
    at('GET', '/{environment}/apps', { environment: 'staging' }, signedIn),
    [['listApps', [session('staging')], [{ id: 'orders' }]]],
    200,
    { apps: [{ id: 'orders' }] },
  ],
  [
    'a new record',
    at('POST', `${TYPE}/records`, PLACE, {
      ...signedIn,
      ...body({ operation: 'add', values: { number: 7 } }, { 'idempotency-key': 'k1' }),
    }),
    [
      [
        'addRecord',
        [
          session('staging'),
          {
            app: 'orders',
            recordType: 'order',
            operation: 'add',
            values: { number: 7 },
            idempotencyKey: 'k1',
          },
        ],
        { recordId: 'r1', record, operation: { id: 'add' } },
      ],
    ],
    201,
    record,
    { location: '/staging/records/r1', etag: '"7"' },
  ],
  [
    'a new record that its author may not see, without an Idempotency-Key',
    at('POST', `${TYPE}/records`, PLACE, { ...signedIn, ...body({ operation: 'add', values: {} }) }),
    [
      [
        'addRecord',
        [session('staging'), { app: 'orders', recordType: 'order', operation: 'add', values: {} }],
        { recordId: 'r1', operation: { id: 'add', name: 'Add' }, secret: 1 },
      ],
    ],
    201,
    { operation: { id: 'add', name: 'Add' }, recordId: 'r1' },
    { location: '/staging/records/r1', etag: undefined },
  ],
  [
    'the first page of a view',
    at('GET', `${TYPE}/views/{view}`, { ...PLACE, view: 'open' }, signedIn),
    [
      [
        'openView',
        [session('staging'), { app: 'orders', recordType: 'order', view: 'open', params: {}, limit: 25 }],
        { columns: [], records: [record] },
      ],
      ['nameReferences', [session('staging'), [record]], [{ ...record, names: {} }]],
    ],
    200,
    { columns: [], records: [{ ...record, names: {} }] },
  ],
  [
    'a later page of a view with parameters',
    at(
      'GET',
      `${TYPE}/views/{view}`,
      { ...PLACE, view: 'open' },
      { ...signedIn, query: 'limit=100&cursor=c1&param.building=North+Gate&param.floor=2' },
    ),
    [
      [
        'openView',
        [
          session('staging'),
          {
            app: 'orders',
            recordType: 'order',
            view: 'open',
            params: { building: 'North Gate', floor: '2' },
            limit: 100,
            cursor: 'c1',
          },
        ],
        { columns: [], records: [], cursor: 'c2' },
      ],
      ['nameReferences', [session('staging'), []], []],
    ],
    200,
    { columns: [], records: [], cursor: 'c2' },
  ],
  [
    'the form of an operation that adds',
    at('GET', `${TYPE}/forms/{operation}`, { ...PLACE, operation: 'add' }, signedIn),
    [['readForm', [session('staging'), { app: 'orders', recordType: 'order', operation: 'add' }], { f: 1 }]],
    200,
    { f: 1 },
  ],
  [
    'the form of an operation on a record',
    at(
      'GET',
      `${TYPE}/forms/{operation}`,
      { ...PLACE, operation: 'edit' },
      { ...signedIn, query: 'record=r1' },
    ),
    [
      [
        'readForm',
        [session('staging'), { app: 'orders', recordType: 'order', operation: 'edit', recordId: 'r1' }],
        { f: 2 },
      ],
    ],
    200,
    { f: 2 },
  ],
  [
    'a record',
    at('GET', RECORD, ONE, signedIn),
    [['readRecord', [session('test'), 'r1'], record]],
    200,
    record,
    { etag: '"7"' },
  ],
  [
    'an operation with everything that goes with one',
    at(
      'POST',
      `${RECORD}/operations/{operation}`,
      { ...ONE, operation: 'edit' },
      {
        ...signedIn,
        ...body(
          { values: { number: 8 }, confirm: ['test', 'production'] },
          { 'if-match': '"6"', 'idempotency-key': 'k2' },
        ),
      },
    ),
    [
      [
        'runOperation',
        [
          session('test'),
          {
            recordId: 'r1',
            operation: 'edit',
            values: { number: 8 },
            confirm: ['test', 'production'],
            expectedVersion: 6,
            idempotencyKey: 'k2',
          },
        ],
        { recordId: 'r1', record, operation: { id: 'edit' } },
      ],
    ],
    200,
    record,
    { etag: '"7"', location: undefined },
  ],
  [
    'an operation on version 0, by which the record leaves the sight of whoever did it',
    at(
      'POST',
      `${RECORD}/operations/{operation}`,
      { ...ONE, operation: 'close' },
      {
        ...signedIn,
        ...body({}, { 'if-match': '"0"' }),
      },
    ),
    [
      [
        'runOperation',
        [session('test'), { recordId: 'r1', operation: 'close', values: {}, expectedVersion: 0 }],
        { recordId: 'r1', operation: { id: 'close', name: 'Close' } },
      ],
    ],
    200,
    { operation: { id: 'close', name: 'Close' }, recordId: 'r1' },
    { etag: undefined },
  ],
  [
    'an operation that deletes',
    at(
      'POST',
      `${RECORD}/operations/{operation}`,
      { ...ONE, operation: 'delete' },
      {
        ...signedIn,
        ...body({}),
      },
    ),
    [
      [
        'runOperation',
        [session('test'), { recordId: 'r1', operation: 'delete', values: {} }],
        { recordId: 'r1', deleted: true, operation: { id: 'delete' } },
      ],
    ],
    204,
    undefined,
  ],
  [
    'a service that runs an operation',
    at(
      'POST',
      '/{environment}/services/{service}',
      { environment: 'test', service: 'report' },
      {
        ...signedIn,
        ...body({ record: 'r1', values: { number: 9 } }, { 'if-match': '"0"', 'idempotency-key': 'k3' }),
      },
    ),
    [
      [
        'callService',
        [
          session('test'),
          {
            service: 'report',
            record: 'r1',
            values: { number: 9 },
            expectedVersion: 0,
            idempotencyKey: 'k3',
          },
        ],
        { record },
      ],
    ],
    200,
    { record },
    { etag: '"7"' },
  ],
  [
    'a service that reads a view',
    at(
      'POST',
      '/{environment}/services/{service}',
      { environment: 'test', service: 'find' },
      {
        ...signedIn,
        ...body({ parameters: { floor: '2' }, limit: 5, cursor: 'c1' }),
      },
    ),
    [
      [
        'callService',
        [session('test'), { service: 'find', parameters: { floor: '2' }, limit: 5, cursor: 'c1' }],
        { records: [], cursor: 'c2' },
      ],
    ],
    200,
    { records: [], cursor: 'c2' },
    { etag: undefined },
  ],
  [
    'the beginning of a history',
    at('GET', `${RECORD}/history`, ONE, signedIn),
    [['readHistory', [session('test'), 'r1', { limit: 25 }], { items: [] }]],
    200,
    { items: [] },
  ],
  [
    'more of a history',
    at('GET', `${RECORD}/history`, ONE, { ...signedIn, query: 'limit=3&cursor=c1' }),
    [['readHistory', [session('test'), 'r1', { limit: 3, cursor: 'c1' }], { items: [1], cursor: 'c2' }]],
    200,
    { items: [1], cursor: 'c2' },
  ],
  [
    'task runs',
    at('GET', `${RECORD}/task-runs`, ONE, signedIn),
    [['readTaskRuns', [session('test'), 'r1'], [{ id: 'g1' }]]],
    200,
    { taskRuns: [{ id: 'g1' }] },
  ],
  [
    'another pass, with the runs that there are then',
    at('POST', `${RECORD}/task-runs`, ONE, { ...signedIn, headers: json }),
    [
      ['runTaskAgain', [session('test'), 'r1'], undefined],
      ['readTaskRuns', [session('test'), 'r1'], [{ id: 'g2' }, { id: 'g1' }]],
    ],
    202,
    { taskRuns: [{ id: 'g2' }, { id: 'g1' }] },
  ],
  [
    'where one is signed in',
    at('GET', '/me/sessions', {}, signedIn),
    [['listSessions', [RUNTIME, user], [{ id: 's1' }]]],
    200,
    { sessions: [{ id: 's1' }] },
  ],
  [
    'signing out of one browser',
    at('DELETE', '/me/sessions/{session}', { session: 's1' }, { ...signedIn, headers: json }),
    [['endSession', [RUNTIME, user, 's1'], undefined]],
    204,
    undefined,
  ],
  [
    'signing out everywhere',
    at('DELETE', '/me/sessions', {}, { ...signedIn, headers: json }),
    [['endSessions', [RUNTIME, user.principalId], undefined]],
    204,
    undefined,
  ],
  [
    'who can reach a record',
    at('GET', `${RECORD}/access`, ONE, signedIn),
    [['whoReachesRecord', [session('test'), 'r1'], { roles: [] }]],
    200,
    { roles: [] },
  ],
  [
    'what somebody can reach',
    at(
      'GET',
      '/{environment}/subjects/{subject}/access',
      { environment: 'staging', subject: 'u1' },
      signedIn,
    ),
    [['whatSubjectReaches', [session('staging'), 'u1'], { apps: [] }]],
    200,
    { apps: [] },
  ],
];

describe('the API', () => {
  it.each(cases)('asks and answers: %s', async (_, sent, useCases, status, answer, headers = {}) => {
    answering(Object.fromEntries(useCases.map(([name, , given]) => [name, given])));
    const found = await send(sent);
    expect(asked).toEqual(useCases.map(([name, given]) => [name, ...given]));
    expect([found.status, found.json]).toEqual([status, answer]);
    const shown = Object.keys(headers).map((name) => [name, found.headers[name]]);
    expect(Object.fromEntries(shown)).toEqual(headers);
  });

  it('tells anybody who they are: nothing of nobody, and the end of what lets somebody in', async () => {
    const me = async (context?: Sent['context']) =>
      (await send(at('GET', '/me', {}, context ? { context } : {}))).json;
    expect(await me()).toEqual({ type: 'anonymous' });
    const person = {
      type: 'user',
      name: 'Dora Dispatch',
      firstName: 'Dora',
      lastName: 'Dispatch',
      email: 'dora@abc.example',
      roles: ['dispatcher'],
    };
    expect(
      await me({ ...userContext, principal: JSON.stringify({ ...person, profiles: ['p'], level: 'admin' }) }),
    ).toEqual({ ...person, id: userContext.principalId, expiresAt: '2026-03-02T12:00:00.000Z' });
    expect(await me(keyContext)).toEqual({
      type: 'serviceAccount',
      id: keyContext.principalId,
      name: 'CI',
      roles: [],
      expiresAt: '2026-03-02T12:00:00.000Z',
    });
  });

  it('lets no program sign anybody out everywhere', async () => {
    answering({});
    const refused = await send(at('DELETE', '/me/sessions', {}, { context: siteKey }));
    expect([refused.status, asked]).toEqual([403, []]);
  });

  it('refuses every parameter of a view that is not called param.<id>, and asks for nothing', async () => {
    answering({});
    const query = 'param.floor=2&building=1&params.floor=3';
    const refused = await send(
      at('GET', `${TYPE}/views/{view}`, { ...PLACE, view: 'open' }, { ...signedIn, query }),
    );
    const message = 'is not a parameter of this address';
    expect([refused.status, asked, refused.json]).toMatchObject([
      400,
      [],
      {
        code: 'REQUEST_INVALID',
        problems: [
          { path: '/building', message },
          { path: '/params.floor', message },
        ],
      },
    ]);
  });
});

describe('a question about who may do what', () => {
  const subject = { type: 'user', id: 'u1' };
  const action = { name: 'view' };
  const resource = { type: 'orders/order', id: 'r1' };
  const kinds: [path: string, useCase: string, body: object][] = [
    ['/access/v1/evaluation', 'evaluate', { subject, action, resource }],
    ['/access/v1/search/subject', 'searchSubjects', { subject: { type: 'user' }, action, resource }],
    ['/access/v1/search/resource', 'searchResources', { subject, action, resource: { type: resource.type } }],
    ['/access/v1/search/action', 'searchActions', { subject, resource }],
    ['/access/v1/explanation', 'explainQuestion', { subject, action, resource }],
  ];

  it.each(kinds)(
    'at %s is asked where it says, else where its key is for, else in production',
    async (path, useCase, asking) => {
      for (const [context, named, environment] of [
        [userContext, undefined, 'production'],
        [userContext, 'staging', 'staging'],
        [siteKey, undefined, 'production'],
        [siteKey, 'test', 'test'],
        [keyContext, undefined, 'test'],
        [keyContext, 'test', 'test'],
      ] as const) {
        answering({ [useCase]: { answered: useCase } });
        const sent = { ...asking, ...(named && { context: { environment: named } }) };
        const found = await send(at('POST', path, {}, { context, ...body(sent) }));
        expect([found.status, found.json]).toEqual([200, { answered: useCase }]);
        expect(asked).toEqual([
          [useCase, session(environment, toCaller(context)), expect.objectContaining(sent)],
        ]);
      }
    },
  );

  it.each(kinds)(
    'at %s is refused about another environment than its key is for, and about none that there is',
    async (path, _, asking) => {
      const refusals = [
        [keyContext, 'production', 403, 'FORBIDDEN'],
        [keyContext, 'prod', 400, 'REQUEST_INVALID'],
        [userContext, 'prod', 400, 'REQUEST_INVALID'],
      ] as const;
      for (const [context, environment, status, code] of refusals) {
        answering({});
        const sent = body({ ...asking, context: { environment } });
        const found = await send(at('POST', path, {}, { context, ...sent }));
        expect([found.status, found.json, asked]).toMatchObject([status, { code }, []]);
      }
    },
  );

  it('among several has a session of its own environment', async () => {
    const opened: unknown[] = [];
    answering({
      evaluateAll: async (open: (context: object) => Promise<unknown>, questions: unknown) => {
        opened.push(await open({ environment: 'staging' }), await open({}));
        return { evaluations: questions };
      },
    });
    const questions = { subject, action, evaluations: [{ resource }] };
    const found = await send(at('POST', '/access/v1/evaluations', {}, { ...signedIn, ...body(questions) }));
    expect(opened).toEqual([session('staging'), session('production')]);
    expect(found.json).toEqual({ evaluations: expect.objectContaining(questions) });
  });

  it('finds its addresses at the one that the standard names', async () => {
    const found = await send(at('GET', '/.well-known/authzen-configuration', {}));
    expect(found.json).toEqual({
      policy_decision_point: SITE_URL,
      access_evaluation_endpoint: `${SITE_URL}/access/v1/evaluation`,
      access_evaluations_endpoint: `${SITE_URL}/access/v1/evaluations`,
      search_subject_endpoint: `${SITE_URL}/access/v1/search/subject`,
      search_resource_endpoint: `${SITE_URL}/access/v1/search/resource`,
      search_action_endpoint: `${SITE_URL}/access/v1/search/action`,
    });
  });
});
