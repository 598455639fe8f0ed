import { jest } from '@jest/globals';
import { OWNER } from '../../../core/policy/built-in.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  type Contractor,
  DISPATCHER,
  readRecord,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { addressOf, bodyMembers, type PathValues, wrongMethods } from '../../support/route-requests.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { photograph, watchCalls } from '../../support/witness.ts';

jest.setTimeout(60_000);

const FORM = 'application/x-www-form-urlencoded';

let system: System;
let dispatcher: Visitor;
let owner: Visitor;
let contractor: Contractor;
let values: PathValues;
let order: string;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  owner = new Visitor(system.url);
  const planted = await plantCredential(system, { type: 'user', kind: 'session', roles: [OWNER] });
  owner.setCookie('dp_session', planted.token);
  order = (await addWorkOrder(dispatcher, workOrder({ name: 'Lifts', email: 'lifts@contractor.example' })))
    .id;
  contractor = await arrive(system, 'lifts@contractor.example');
  await contractor.visitor.get(contractor.home);
  await system.settled();
  values = {
    environment: 'production',
    target: 'production',
    app: 'work-orders',
    recordType: 'work-order',
    record: order,
    operation: 'complete',
    pass: contractor.home.split('/')[2] ?? '',
  };
}, 120_000);

afterAll(() => system?.stop());

const pages = ROUTES.filter(({ answers }) => answers === 'page');
const writing = pages.filter(({ method }) => method !== 'GET');

function visitorOf({ path }: Route): Visitor {
  if (path.startsWith('/pass/')) return contractor.visitor;
  return path.startsWith('/manage') ? owner : dispatcher;
}

async function send(route: Route, request: { method?: string; path?: string; body?: string; type?: string }) {
  const watch = watchCalls(system);
  const { method = route.method, path = addressOf(route, values), body, type = FORM } = request;
  const answer = await visitorOf(route).send(method, path, {
    ...(body !== undefined && { body, headers: { 'content-type': type } }),
  });
  return { answer, written: watch.written() };
}

/** A page that says what went wrong, in words and with a way on, from a request that wrote nothing. */
function expectPage(
  { answer, written }: { answer: Answer; written: unknown[] },
  status: number,
  says?: RegExp,
) {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  expect(answer.text).toMatch(/<h1[^>]*>[^<]*\w/);
  expect(answer.text).toMatch(/<a [^>]*href="\//);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  if (says) expect(answer.text).toMatch(says);
  expect(written).toEqual([]);
}

describe.each(writing.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  it('refuses other methods, other types, and what is too large', async () => {
    for (const method of wrongMethods(route).filter((other) => other !== 'GET'))
      expectPage(await send(route, { method, body: '' }), 405);
    expectPage(await send(route, { body: '{}', type: 'application/json' }), 415, /urlencoded/);
    expectPage(await send(route, { body: 'x', type: 'multipart/form-data; boundary=x' }), 415);
    expectPage(await send(route, { body: `field.x=${'y'.repeat(530_000)}` }), 413, /524288/);
  });

  it('refuses a form without its token, or with fields that it cannot read', async () => {
    const asks = bodyMembers(route).some(([name]) => name === 'formToken');
    if (asks) {
      expectPage(await send(route, { body: '' }), 403);
      expectPage(await send(route, { body: 'formToken=nonsense&field.building=B' }), 403);
      expectPage(await send(route, { body: `formToken=${'x'.repeat(101)}` }), 403);
    }
    const needed = bodyMembers(route).filter(([, schema]) => !schema.safeParse(undefined).success);
    for (const [name] of asks ? [] : needed)
      expectPage(await send(route, { body: 'x=1' }), 400, new RegExp(name));
    // A name that is repeated is a list, which no single field is.
    for (const [name] of asks ? [] : needed)
      expectPage(await send(route, { body: `${name}=1&${name}=2` }), 400, new RegExp(name));
    const bytes = await send(route, { body: 'formToken=%ff%fe&email=%00&token=%C3%28' });
    expect([route.id, bytes.answer.status < 500]).toEqual([route.id, true]);
  });
});

describe('a page at an address that is nowhere', () => {
  it('is said to be nowhere, whatever the address is made of', async () => {
    for (const path of [
      '/nowhere',
      '/app',
      '/app/nowhere',
      '/app/production/nonsense',
      '/app/production/records/nonsense',
      '/app/production/work-orders/work-order/operations/nonsense',
      `/app/production/records/${order}/operations/nonsense`,
      `/app/production/records/${order}/operations/view`,
      '/app/production/%252e%252e',
      '/assets/nonsense.css',
      '/assets/..%2f..%2fhandler.mjs',
      '/assets/%2e%2e%2fhandler.mjs',
      '/errors/nonsense',
      '//evil.example',
      '/%00',
      '/%',
      `/${'x'.repeat(2000)}`,
    ]) {
      const answer = await dispatcher.get(path.startsWith('//') ? `/.${path}` : path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    }
  });

  it('HEAD is answered like GET, without a body and without a write', async () => {
    for (const route of pages.filter(({ method }) => method === 'GET')) {
      const path = addressOf(route, values);
      const watch = watchCalls(system);
      const [get, head] = await Promise.all([
        visitorOf(route).get(path),
        visitorOf(route).send('HEAD', path),
      ]);
      expect([route.id, head.status, head.text]).toEqual([route.id, get.status, '']);
      expect(watch.written()).toEqual([]);
    }
  });

  it('query parameters that are too long or unknown do no harm', async () => {
    for (const route of pages.filter(({ method }) => method === 'GET')) {
      for (const query of [
        `done=${'x'.repeat(3000)}`,
        'cursor=nonsense',
        'utm_source=mail',
        'view[]=1',
        '%ff=%ff',
        '__proto__=1',
      ]) {
        const { status } = await visitorOf(route).get(`${addressOf(route, values)}?${query}`);
        expect([route.id, query.slice(0, 20), status < 500]).toEqual([route.id, query.slice(0, 20), true]);
      }
    }
  });
});

describe('forms whose values are refused', () => {
  const formTokenOf = async (visitor: Visitor, path: string) =>
    /name="formToken" value="([^"]+)"/.exec((await visitor.get(path)).text)?.[1] ?? '';

  it('[F17] name every field, keep what was typed, and write nothing', async () => {
    const path = '/app/production/work-orders/work-order/operations/add';
    const formToken = await formTokenOf(dispatcher, path);
    const before = await photograph(system);
    const answer = await dispatcher.form(path, {
      formToken,
      'field.number': 'x'.repeat(41),
      'field.description': 'What I typed',
      'field.category': 'Demolition',
      'field.dueDate': '2099-02-30',
      'field.externalContractor': 'Yes',
      'field.contractorEmail': 'no address',
    });
    expect(answer.status).toBe(422);
    for (const says of [
      /at most 40 characters/,
      /must be one of Cleaning/,
      /date like/,
      /must be an email/,
      /Fill in “Contractor Name”/,
    ])
      expect(answer.text).toMatch(says);
    expect(answer.text).toContain('What I typed');
    expect(answer.text).toContain('no address');
    expect(await photograph(system)).toEqual(before);
  });

  it('[F15] and one in a wrong state say so', async () => {
    const { id } = await addWorkOrder(dispatcher, workOrder());
    const path = `/app/production/records/${id}/operations/complete`;
    const formToken = await formTokenOf(dispatcher, path);
    expect((await dispatcher.form(path, { formToken })).status).toBe(303);
    await system.settled();
    const watch = watchCalls(system);
    const again = await dispatcher.form(path, { formToken });
    expectPage({ answer: again, written: watch.written() }, 409, /Active.*Closed/);
    // Who goes back to the form comes to the record, which says so.
    const back = await dispatcher.get(path);
    expect([back.status, back.headers.get('location')]).toEqual([303, `/app/production/records/${id}`]);
    const record = await dispatcher.get(`/app/production/records/${id}`);
    expect([record.status, record.text]).toEqual([200, expect.stringMatching(/is not possible now.*Closed/)]);
  });

  it('an overtaken one comes back with what differs', async () => {
    const { id, version } = await addWorkOrder(dispatcher, workOrder());
    const path = `/app/production/records/${id}/operations/edit`;
    const formToken = await formTokenOf(dispatcher, path);
    await dispatcher.json('POST', `/production/records/${id}/operations/edit`, {
      values: { building: 'Theirs' },
    });
    const record = await readRecord(dispatcher, id);
    const kept = Object.entries(record.values).map(([field, value]) => [`field.${field}`, String(value)]);
    const answer = await dispatcher.form(path, {
      ...Object.fromEntries(kept),
      formToken,
      version: String(version),
      'field.building': 'Mine',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/Somebody else changed this/);
    expect(answer.text).toContain('Theirs');
    expect(answer.text).toContain('Mine');
    expect((await readRecord(dispatcher, id)).values.building).toBe('Theirs');
  });
});
