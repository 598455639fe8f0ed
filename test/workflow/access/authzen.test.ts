import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  CERTIFICATION,
  type CertificationCase,
  EnforcementPoint,
  startCertification,
} from '../../support/access.ts';
import { somebody } from '../../support/people.ts';
import { plantCredential, siteRuntime } from '../../support/site-runtime.ts';

jest.setTimeout(120_000);

const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
const SUBJECTS = '/access/v1/search/subject';
const RESOURCES = '/access/v1/search/resource';
const ACTIONS = '/access/v1/search/action';

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const read = { name: 'read' };
const write = { name: 'write' };
const first = { type: 'record', id: 'record-1' };
const second = { type: 'record', id: 'record-2' };

interface Page {
  results: { type: string; id: string }[];
  page: { next_token: string; count: number };
}

let system: System;
let point: EnforcementPoint;
/** An editor who has signed in. */
let session: Awaited<ReturnType<typeof somebody>>;

beforeAll(async () => {
  system = await startCertification();
  session = await somebody(system, 'editor');
  point = await EnforcementPoint.withRoles(system, 'enforcement-point');
}, 180_000);

afterAll(() => system?.stop());

describe('the certification scenario of AuthZEN 1.0', () => {
  /** Tokens of the page before, for the case that goes on. */
  let token = '';

  it('has 37 cases', () => {
    expect(CERTIFICATION).toHaveLength(37);
  });

  it.each(CERTIFICATION)('[D6] $id: $title', async (each) => {
    const request = each.id === 'c-4-5-2' ? { ...each.request, page: { token } } : each.request;
    const { status, json, text } = await point.ask(each.endpoint, request);

    expect([status, text]).toEqual([each.status, text]);
    if (status === 200) expect(json).toEqual(expected(each));
    token = (json as Partial<Page>).page?.next_token ?? '';
  });

  function expected({ endpoint, expect: { decision, evaluations, results } }: CertificationCase) {
    const answer = (value: boolean | undefined) =>
      expect.objectContaining({ decision: value ?? expect.any(Boolean) });
    if (decision !== undefined) return answer(decision);
    if (evaluations) return { evaluations: evaluations.map((each) => answer(each.decision)) };
    expect(endpoint).toContain('/search/');
    return {
      results: results?.length === 0 ? [] : expect.arrayContaining(results ?? []),
      page: { next_token: expect.any(String), count: expect.any(Number) },
    };
  }
});

describe('requests that cannot be read', () => {
  const valid = { subject: alice, action: read, resource: first };

  it.each([
    ['without a subject', { action: read, resource: first }],
    ['without an action', { subject: alice, resource: first }],
    ['with a subject without a type', { ...valid, subject: { id: 'alice' } }],
    ['with a subject without an id', { ...valid, subject: { type: 'user' } }],
    ['with an action without a name', { ...valid, action: {} }],
    ['with a resource without a type', { ...valid, resource: { id: 'record-1' } }],
    ['with a text for a subject', { ...valid, subject: 'alice' }],
    ['with properties that are no object', { ...valid, subject: { ...alice, properties: 'x' } }],
    ['that are a list', [valid]],
  ])('[D6] %s are answered 400, alone and as the one question of several', async (_, body) => {
    expect((await point.ask(EVALUATION, body)).status).toBe(400);
    expect((await point.ask(EVALUATIONS, body)).status).toBe(400);
  });

  it.each([
    [SUBJECTS, { subject: { type: 'user' }, resource: first }],
    [SUBJECTS, { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    [RESOURCES, { action: read, resource: { type: 'record' } }],
    [RESOURCES, { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    [ACTIONS, { subject: alice }],
  ])('[D6] searches that lack a member are answered 400: %s %j', async (path, body) => {
    expect((await point.ask(path, body)).status).toBe(400);
  });

  it('[D6] of another type, broken or empty are answered 400', async () => {
    const send = (body: string, type: string) =>
      point.send('POST', EVALUATION, { body, headers: { 'content-type': type } });

    expect((await send(JSON.stringify(valid), 'text/plain')).status).toBe(400);
    expect((await send('{"subject":', 'application/json')).status).toBe(400);
    expect((await send('', 'application/json')).status).toBe(400);
    expect((await send(JSON.stringify(valid), 'application/json; charset=utf-8')).status).toBe(200);
  });

  it('[D6] name a way of evaluating that there is none of, or an environment that there is none of', async () => {
    const options = { evaluations_semantic: 'sometimes' };
    expect((await point.ask(EVALUATIONS, { ...valid, options })).status).toBe(400);
    expect((await point.ask(EVALUATION, { ...valid, context: { environment: 'moon' } })).status).toBe(400);
  });
});

describe('X-Request-ID', () => {
  it('[D6] is sent back, whatever the answer, and its absence disturbs nothing', async () => {
    const asked = { 'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' };
    const body = { subject: alice, action: read, resource: first };
    const answers = [
      await point.ask(EVALUATION, body, asked),
      await point.ask(SUBJECTS, { ...body, subject: { type: 'user' } }, asked),
      await point.ask(EVALUATION, {}, asked),
      await new Visitor(system.url).json('POST', EVALUATION, body, asked),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401]);
    expect(answers.map(({ headers }) => headers.get('x-request-id'))).toEqual(
      answers.map(() => asked['x-request-id']),
    );
    expect((await point.ask(EVALUATION, body)).headers.get('x-request-id')).toBeNull();
  });
});

describe('several questions', () => {
  const evaluations = [
    { subject: alice, resource: first },
    { subject: bob, resource: first },
    { subject: alice, resource: first },
  ];
  const decisions = async (evaluations_semantic?: string, more: object[] = evaluations) => {
    const options = evaluations_semantic ? { options: { evaluations_semantic } } : {};
    const { json } = await point.ask(EVALUATIONS, { action: write, evaluations: more, ...options });
    return (json as { evaluations: { decision: boolean }[] }).evaluations.map(({ decision }) => decision);
  };

  it('[D6] are answered as far as their semantic says', async () => {
    expect(await decisions()).toEqual([true, false, true]);
    expect(await decisions('execute_all')).toEqual([true, false, true]);
    expect(await decisions('deny_on_first_deny')).toEqual([true, false]);
    expect(await decisions('permit_on_first_permit')).toEqual([true]);
  });

  it('[D6] take what they lack from the defaults: the type of a resource, but not its properties', async () => {
    const { json } = await point.ask(EVALUATIONS, {
      subject: alice,
      action: write,
      resource: { type: 'record', properties: { status: 'archived' } },
      evaluations: [
        { resource: { id: 'record-1' } },
        { resource: { ...second, properties: { status: 'active' } } },
      ],
    });

    expect(json).toMatchObject({ evaluations: [{ decision: true }, { decision: true }] });
  });

  it('[D6] that cannot be answered are denied one by one, with what is wrong', async () => {
    const { status, json } = await point.ask(EVALUATIONS, {
      subject: alice,
      action: read,
      evaluations: [
        { resource: first },
        { resource: { type: 'record', id: 7 } },
        'nonsense',
        { resource: first, context: { environment: 'staging' } },
      ],
    });

    expect(status).toBe(200);
    expect(json).toMatchObject({
      evaluations: [
        { decision: true },
        {
          decision: false,
          context: { error: { status: 400, message: expect.stringContaining('/resource/id') } },
        },
        { decision: false, context: { error: { status: 400 } } },
        { decision: false, context: { error: { status: 403 } } },
      ],
    });
  });

  it('[D6] are at most a hundred', async () => {
    const many = Array.from({ length: 101 }, () => ({}));
    expect((await point.ask(EVALUATIONS, { subject: alice, action: read, evaluations: many })).status).toBe(
      400,
    );
  });
});

describe('who may ask', () => {
  const question = { subject: alice, action: read, resource: first };
  it('[D6] a session asks about itself and records as they are, and hears no reasons', async () => {
    const own = { ...question, subject: { type: 'user', id: session.id } };
    const answers = [
      await session.json('POST', EVALUATION, own),
      await session.json('POST', EVALUATION, { ...own, action: write, resource: second }),
      await session.json('POST', EVALUATION, { ...own, resource: { type: 'record', id: 'record-3' } }),
    ];
    expect(answers.map(({ status, json }) => [status, json])).toEqual([
      [200, { decision: true }],
      [200, { decision: false }],
      [200, { decision: false }],
    ]);
    const found = await session.json('POST', RESOURCES, { ...own, resource: { type: 'record' } });
    expect((found.json as Page).results).toEqual([first, second]);
  });

  it.each<[string, string, (id: string) => object]>([
    ['about somebody else', EVALUATION, () => ({ subject: bob })],
    ['about somebody who does not exist', EVALUATION, () => ({ subject: { type: 'user', id: 'nobody' } })],
    [
      'about themselves with another role',
      EVALUATION,
      (id) => ({ subject: { type: 'user', id, properties: { role: 'admin' } } }),
    ],
    [
      'about a record as it might be',
      EVALUATION,
      (id) => ({ subject: { type: 'user', id }, resource: { ...second, properties: { status: 'active' } } }),
    ],
    ['who may do something', SUBJECTS, () => ({ subject: { type: 'user' } })],
    [
      'where somebody else may do something',
      RESOURCES,
      () => ({ subject: bob, resource: { type: 'record' } }),
    ],
    [
      'for which records as they might be they may do something',
      RESOURCES,
      (id) => ({
        subject: { type: 'user', id },
        resource: { type: 'record', properties: { status: 'active' } },
      }),
    ],
    ['what somebody else may do', ACTIONS, () => ({ subject: bob })],
  ])('[D6] nobody asks %s without the right to', async (_, path, asked) => {
    const body = { ...question, ...asked(session.id) };
    const editor = await EnforcementPoint.withRoles(system, 'editor');

    expect((await session.json('POST', path, body)).status).toBe(403);
    expect((await editor.ask(path, body)).status).toBe(403);
    expect((await new Visitor(system.url).json('POST', path, body)).status).toBe(401);
    expect((await point.ask(path, body)).status).toBe(200);
  });

  it('[D6] the right to ask is a role of its own, and gives nothing else', async () => {
    const asking = await point.send('GET', '/production/records/record-1');
    expect(asking.status).toBe(404);
    const apps = await point.send('GET', '/production/apps');
    expect(apps.json).toEqual({ apps: [] });
  });

  it('[D6] a key is asked for its own environment', async () => {
    const context = { environment: 'staging' };
    expect((await point.ask(EVALUATION, { ...question, context })).status).toBe(403);
    expect(
      (await point.ask(EVALUATION, { ...question, context: { environment: 'production' } })).status,
    ).toBe(200);
  });

  it('[D6] a pass asks about nobody', async () => {
    const { token } = await plantCredential(system, {
      type: 'tokenUser',
      kind: 'access',
      roles: ['enforcement-point'],
      environment: 'production',
      ceiling: { app: 'certification' },
    });
    const visitor = new Visitor(system.url);
    const short = token.slice(31, 39);
    visitor.setCookie(`dp_pass_${short}`, token);

    expect((await visitor.json('POST', EVALUATION, question, { 'daypass-pass': short })).status).toBe(403);
  });

  it('[D6] another site cannot have a session ask', async () => {
    const origin = 'https://elsewhere.example';
    expect((await session.json('POST', EVALUATION, question, { origin })).status).toBe(403);
  });
});

describe('properties', () => {
  it('[D6] make a record that is not saved yet, and are honoured for it', async () => {
    const unsaved = (status: string) => ({ type: 'certification/record', id: 'new', properties: { status } });

    expect(await point.decides(alice, { name: 'add' }, unsaved('active'))).toBe(true);
    expect(await point.decides(bob, { name: 'add' }, unsaved('active'))).toBe(false);
    expect(await point.decides(bob, write, unsaved('archived'))).toBe(true);
    expect(await point.decides(bob, write, unsaved('active'))).toBe(false);
    expect(await point.decides(bob, write, { type: 'record', id: 'new' })).toBe(false);
  });

  it('[D6] of an action are what it would write: an edit is tested on the record as it would be saved', async () => {
    const archiving = { name: 'write', properties: { status: 'archived' } };
    expect(await point.decides(alice, write, first)).toBe(true);
    expect(await point.decides(alice, archiving, first)).toBe(false);
  });

  it('[D6] of a subject are roles that it might hold besides its own, known or not', async () => {
    const somebody = (role: string) => ({ type: 'user', id: 'to-be-hired', properties: { role } });

    expect(await point.decides(somebody('editor'), write, first)).toBe(true);
    expect(await point.decides(somebody('admin'), write, first)).toBe(false);
    expect(await point.decides({ type: 'user', id: 'to-be-hired' }, read, first)).toBe(false);
    expect(await point.decides({ ...bob, properties: { roles: ['editor'] } }, write, first)).toBe(true);
    // A pass is what it was issued as: properties make none.
    expect(
      await point.decides({ type: 'tokenUser', id: 'x', properties: { role: 'editor' } }, read, first),
    ).toBe(false);
  });

  it('[D6] name the fields that are asked for', async () => {
    const asked = async (fields: string[]) =>
      (
        await point.ask(EVALUATION, {
          subject: alice,
          action: { name: 'read', properties: { fields } },
          resource: first,
        })
      ).json;

    expect(await asked(['title', 'status'])).toMatchObject({ decision: true, context: { fields: '*' } });
  });

  it('[D6] other resources are views, apps, services and environments', async () => {
    const resource = (type: string, id: string) => ({ type, id });
    const open = { name: 'open' };

    expect(await point.decides(bob, open, resource('view', 'certification/record/all'))).toBe(true);
    expect(await point.decides(bob, open, resource('view', 'certification/record/active'))).toBe(false);
    expect(await point.decides(bob, open, resource('app', 'certification'))).toBe(true);
    expect(await point.decides(bob, { name: 'call' }, resource('service', 'access'))).toBe(false);
    expect(await point.decides(bob, { name: 'signIn' }, resource('environment', 'production'))).toBe(true);
    expect(await point.decides(bob, { name: 'signIn' }, resource('environment', 'staging'))).toBe(false);
  });
});

describe('searches', () => {
  it('[D6] go on by page, without gaps or repeats, and every result is granted when asked for', async () => {
    const { store } = await siteRuntime(system);
    // The last of all accounts is among them, so that the page that it fills is the last one.
    for (const id of ['editor0', 'editor1', 'editor2', 'editor3', 'editor4', 'zora']) {
      const email = `${id}@authzen.example`;
      const createdAt = new Date(system.clock.now()).toISOString();
      const principal = {
        id,
        type: 'user' as const,
        name: id,
        email,
        roles: ['editor'],
        profiles: [],
        createdAt,
      };
      await store.commit([{ kind: 'addUser', principal, email }]);
    }
    const search = { subject: { type: 'user' }, action: write, resource: first };
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = { limit: 2, ...(token && { token }) };
      const { json } = await point.ask(SUBJECTS, { ...search, page });
      const { results, page: answered } = json as Page;
      expect(results).toHaveLength(2);
      expect(answered.count).toBe(results.length);
      found.push(...results.map(({ id }) => id));
      token = answered.next_token;
    } while (token);

    const editors = ['alice', 'editor0', 'editor1', 'editor2', 'editor3', 'editor4', 'zora', session.id];
    expect(found.sort()).toEqual(editors.sort());
    for (const id of found) expect(await point.decides({ type: 'user', id }, write, first)).toBe(true);
  });

  it('[D6] walk through several views and name every record once', async () => {
    const page = (token: string) => ({
      subject: alice,
      action: read,
      resource: { type: 'record' },
      page: { limit: 1, ...(token && { token }) },
    });
    const found: string[] = [];
    let token = '';
    do {
      const answer = (await point.ask(RESOURCES, page(token))).json as Page;
      found.push(...answer.results.map(({ id }) => id));
      token = answer.page.next_token;
    } while (token);

    expect(found.sort()).toEqual(['record-1', 'record-2']);
  });

  it('[D6] a token is good for its own search and caller only', async () => {
    const search = { subject: { type: 'user' }, action: write, resource: first, page: { limit: 1 } };
    const { page } = (await point.ask(SUBJECTS, search)).json as Page;
    const on = { ...search, page: { token: page.next_token } };
    const somebodyElse = await EnforcementPoint.withRoles(system, 'enforcement-point');

    expect(page.next_token).not.toBe('');
    expect((await point.ask(SUBJECTS, on)).status).toBe(200);
    expect((await point.ask(SUBJECTS, { ...on, action: read })).status).toBe(400);
    expect((await somebodyElse.ask(SUBJECTS, on)).status).toBe(400);
  });

  it('[D6] find nothing of types that there are none of, however they are called', async () => {
    for (const type of ['spaceship', 'constructor', '__proto__', 'a/b/c', '/', '☃']) {
      const subjects = await point.ask(SUBJECTS, { subject: { type }, action: read, resource: first });
      const resources = await point.ask(RESOURCES, { subject: alice, action: read, resource: { type } });
      const actions = await point.ask(ACTIONS, { subject: { type, id: type }, resource: { type, id: type } });
      const found = [subjects, resources, actions].map(({ json }) => (json as Page).results);
      expect([type, found]).toEqual([type, [[], [], []]]);
    }
  });

  it('[D6] find machines, views and apps as well', async () => {
    const machines = {
      subject: { type: 'serviceAccount' },
      action: { name: 'call' },
      resource: { type: 'service', id: 'access' },
    };
    const { results } = (await point.ask(SUBJECTS, machines)).json as Page;
    expect(results.length).toBeGreaterThan(0);
    const views = { subject: bob, action: { name: 'open' }, resource: { type: 'view' } };
    expect(((await point.ask(RESOURCES, views)).json as Page).results).toEqual([
      { type: 'view', id: 'certification/record/all' },
    ]);
  });
});

describe('the metadata', () => {
  it('[D6] names every endpoint, to anybody', async () => {
    const { status, json, headers } = await new Visitor(system.url).get('/.well-known/authzen-configuration');

    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(json).toEqual({
      policy_decision_point: system.url,
      access_evaluation_endpoint: `${system.url}${EVALUATION}`,
      access_evaluations_endpoint: `${system.url}${EVALUATIONS}`,
      search_subject_endpoint: `${system.url}${SUBJECTS}`,
      search_resource_endpoint: `${system.url}${RESOURCES}`,
      search_action_endpoint: `${system.url}${ACTIONS}`,
    });
  });
});
