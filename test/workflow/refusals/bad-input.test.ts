import { jest } from '@jest/globals';
import { OWNER } from '../../../core/policy/built-in.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  DISPATCHER,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { type ExpectedRefusal, expectRefused } from '../../support/refusal.ts';
import {
  addressOf,
  bodyMembers,
  ENDLESS,
  ODD,
  type PathValues,
  refusesUnknown,
  wrongMethods,
} from '../../support/route-requests.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { photograph, watchCalls } from '../../support/witness.ts';

jest.setTimeout(30_000);

let system: System;
let dispatcher: Visitor;
let owner: Visitor;
let values: PathValues;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  owner = new Visitor(system.url);
  owner.setCookie(
    'dp_session',
    (await plantCredential(system, { type: 'user', kind: 'session', roles: [OWNER] })).token,
  );
  const { id } = await addWorkOrder(dispatcher, workOrder());
  values = {
    environment: 'production',
    target: 'production',
    app: 'work-orders',
    recordType: 'work-order',
    record: id,
    view: 'all',
    operation: 'complete',
    user: id,
    role: 'dispatcher',
    account: id,
    key: id,
  };
  await system.settled();
}, 120_000);

afterAll(() => system?.stop());

const documented = ROUTES.filter(({ answers, path }) => answers === 'json' && path !== '/openapi.json');
const writing = documented.filter(({ body }) => body);

interface Sent {
  method?: string;
  path?: string;
  query?: string;
  body?: string;
  headers?: Record<string, string>;
  /** Without the If-Match that a route needs. */
  unversioned?: boolean;
}

async function send(route: Route, sent: Sent) {
  const { method = route.method, query = '', body, headers = {}, path, unversioned } = sent;
  const visitor = route.function === 'admin' ? owner : dispatcher;
  const watch = watchCalls(system);
  const answer = await visitor.send(method, (path ?? addressOf(route, values)) + query, {
    ...(body !== undefined && { body }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(route.ifMatch === 'required' && !unversioned && { 'if-match': '"1"' }),
      ...headers,
    },
  });
  return { answer, written: watch.written() };
}

describe.each(documented.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_, route) => {
    it('refuses every other method, and names the right ones', async () => {
      for (const method of wrongMethods(route)) {
        const sent = await send(route, { method, ...(method !== 'GET' && { body: '{}' }) });
        expectRefused(sent, { status: 405, code: 'METHOD_NOT_ALLOWED' });
        expect(sent.answer.headers.get('allow')?.split(', ')).toContain(route.method);
      }
    });

    it('refuses a query parameter that it does not know, and one given twice', async () => {
      const body = route.body ? '{}' : undefined;
      const sent = { ...(body && { body }) };
      if (route.id !== 'openView') {
        expectRefused(await send(route, { ...sent, query: '?surplus=1' }), {
          status: 400,
          code: 'REQUEST_INVALID',
          place: '/surplus',
        });
      }
      expectRefused(await send(route, { ...sent, query: '?twice=1&twice=2' }), {
        status: 400,
        code: 'REQUEST_INVALID',
        place: '/twice',
      });
    });

    it('refuses query parameters of a wrong type or size, by name', async () => {
      for (const name of Object.keys(route.query?.shape ?? {})) {
        const schema = route.query?.shape[name];
        const wrong = schema?.safeParse('a'.repeat(30)).success ? ENDLESS.slice(0, 5000) : 'a'.repeat(30);
        expectRefused(await send(route, { query: `?${name}=${wrong}` }), {
          status: 400,
          code: 'REQUEST_INVALID',
          place: `/${name}`,
        });
      }
    });

    it('finds nothing behind ids that cannot be ids', async () => {
      const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
      // A first segment that is no environment is no address of the API: what it answers is a page.
      for (const name of names.filter((id) => id !== 'environment')) {
        for (const strange of [
          '%252e%252e',
          '%00',
          'a%20b',
          `${'x'.repeat(101)}`,
          "'%20OR%20'1'='1",
          '%E2%80%AE',
        ]) {
          const path = addressOf(route, { ...values, [name]: strange });
          const sent = await send(route, {
            path,
            ...(route.body && { body: '{}' }),
            ...(route.ifMatch && { headers: { 'if-match': '"1"' } }),
          });
          expectRefused(sent, { status: 404, code: 'NOT_FOUND' });
        }
      }
    });
  },
);

describe.each(writing.map((route) => [`${route.method} ${route.path}`, route] as const))(
  'the body of %s',
  (_, route) => {
    const versioned = route.ifMatch ? { headers: { 'if-match': '"1"' } } : {};

    it.each<[string, Sent, ExpectedRefusal]>([
      ['is missing', { body: '' }, { status: 400, code: 'REQUEST_MALFORMED', says: /not JSON/ }],
      [
        'is not JSON',
        { body: '{"operation": ' },
        { status: 400, code: 'REQUEST_MALFORMED', says: /not JSON/ },
      ],
      ['is a form', form('operation=add'), { status: 415, code: 'MEDIA_TYPE', says: /application\/json/ }],
      ['has no type', { body: '{}', headers: { 'content-type': '' } }, { status: 415, code: 'MEDIA_TYPE' }],
      ['is a text', { body: '"complete"' }, { status: 400, code: 'REQUEST_INVALID', says: /object|record/ }],
      ['is a list', { body: '[]' }, { status: 400, code: 'REQUEST_INVALID', says: /object|record/ }],
      ['is null', { body: 'null' }, { status: 400, code: 'REQUEST_INVALID', says: /object|record/ }],
      [
        'is too large',
        { body: JSON.stringify({ values: 'x'.repeat(530_000) }) },
        { status: 413, code: 'TOO_LARGE', says: /limit is 524288/ },
      ],
      [
        'tries to reach a prototype',
        { body: '{"values": {"__proto__": {"admin": true}}}' },
        { status: 400, code: 'REQUEST_MALFORMED' },
      ],
      [
        'is nested without end',
        { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` },
        { status: 400, code: 'REQUEST_MALFORMED' },
      ],
    ])('%s: refused', async (_case, sent, expected) => {
      // The standard that these routes follow has no answer but 400.
      const authzen = route.standard === 'authzen' && expected.status === 415;
      expectRefused(await send(route, sent), authzen ? { status: 400, code: 'REQUEST_MALFORMED' } : expected);
    });

    it('has a member that is not known: refused by name', async () => {
      // A definition is checked as a whole; AuthZEN lets members be added that a service does not know.
      if (!refusesUnknown(route)) return expect(route.standard ?? route.id).toMatch(/^(authzen|saveDraft)$/);
      expectRefused(await send(route, { body: JSON.stringify({ surplus: 1 }), ...versioned }), {
        status: 400,
        code: 'REQUEST_INVALID',
        place: '/surplus',
      });
    });

    it('has a member of a wrong type, or one that is too long: refused by name', async () => {
      for (const [name, schema] of bodyMembers(route)) {
        for (const wrong of [ODD, ENDLESS, 17].filter((value) => !schema.safeParse(value).success)) {
          expectRefused(await send(route, { body: JSON.stringify({ [name]: wrong }), ...versioned }), {
            status: 400,
            code: 'REQUEST_INVALID',
            place: `/${name}`,
          });
        }
      }
    });

    it('lacks a member: refused by name', async () => {
      for (const [name, schema] of bodyMembers(route)) {
        if (schema.safeParse(undefined).success) continue;
        expectRefused(await send(route, { body: '{}', ...versioned }), {
          status: 400,
          code: 'REQUEST_INVALID',
          place: `/${name}`,
        });
      }
    });

    it('comes with an unusable If-Match or Idempotency-Key: refused by header', async () => {
      const body = '{}';
      if (route.ifMatch) {
        for (const tag of ['3', '"x"', '*', 'W/"3"', '"1", "2"', '"-1"']) {
          expectRefused(await send(route, { body, headers: { 'if-match': tag } }), {
            status: 400,
            code: 'REQUEST_INVALID',
            place: 'If-Match',
          });
        }
      }
      if (route.ifMatch === 'required')
        expectRefused(await send(route, { body, unversioned: true }), {
          status: 428,
          code: 'VERSION_REQUIRED',
          says: /If-Match/,
        });
      if (route.idempotent) {
        for (const key of ['k'.repeat(65), 'two words', '""', '"']) {
          expectRefused(await send(route, { body, headers: { 'idempotency-key': key } }), {
            status: 400,
            code: 'REQUEST_INVALID',
            place: 'Idempotency-Key',
          });
        }
      }
    });

    it('comes from another site, with a session’s cookie: refused', async () => {
      for (const origin of ['https://evil.example', 'null', `${system.url}.evil.example`]) {
        expectRefused(await send(route, { body: '{}', headers: { origin } }), {
          status: 403,
          code: 'ORIGIN_REFUSED',
        });
      }
    });
  },
);

describe('after all of it', () => {
  it('the table is as it was', async () => {
    const before = await photograph(system);
    for (const route of writing) await send(route, { body: '{"surplus": true}' });
    expect(await photograph(system)).toEqual(before);
  });
});

function form(body: string): Sent {
  return { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}
