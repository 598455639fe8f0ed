import { jest } from '@jest/globals';
import { OWNER } from '../../../core/policy/built-in.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import { PROPERTY_MANAGEMENT, seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  changeDefinitions,
  DISPATCHER,
  type RecordJson,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { addressOf } from '../../support/route-requests.ts';
import { plantCredential, staffSession, staffSessionToken } from '../../support/site-runtime.ts';
import { photograph } from '../../support/witness.ts';

jest.setTimeout(180_000);

interface Somebody {
  visitor: Visitor;
  headers: Record<string, string>;
  /** The records that they may see, by their name here. */
  sees: string[];
}

let system: System;
const records: Record<string, string> = {};
const people: Record<string, Somebody> = {};

beforeAll(async () => {
  system = await startPropertyManagement();
  await seedDefinitions(system, { ...PROPERTY_MANAGEMENT, environment: 'test' });
  await changeDefinitions(system, ({ 'work-orders': orders, 'contractor-tokens': tokens }, site) => {
    site.roles.push({ id: 'blind', name: 'Blind', environments: ['production'] });
    const operations = ['edit', 'complete', 'delete'];
    orders?.permissions.push({ role: 'blind', recordType: 'work-order', operations, views: ['all'] });
    const ofTokens = ['edit-user', 'delete-user'];
    tokens?.permissions.push({ role: 'blind', recordType: 'contractor', operations: ofTokens });
  });
  const dispatcher = await staffSession(system, DISPATCHER);
  const technician = await staffSession(system, TECHNICIAN);
  const assignedTo = (await staffSessionToken(system, TECHNICIAN)).principalId;
  const add = async (name: string, values: Record<string, unknown>) => {
    records[name] = (await addWorkOrder(dispatcher, values)).id;
  };
  await add('of the first contractor', workOrder({ name: 'First', email: 'first@contractor.example' }));
  await add('of the second contractor', workOrder({ name: 'Second', email: 'second@contractor.example' }));
  await add('of the technician', workOrder(undefined, { assignedTo }));
  await add('of nobody', workOrder());
  const [first, second] = await Promise.all(
    ['first', 'second'].map((name) => arrive(system, `${name}@contractor.example`)),
  );
  const tokens = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: RecordJson[] };
  for (const { id, values } of tokens.records) records[`token user ${values.name}`] = id;
  // The assignee of another work order, too: what the pass was not issued for stays out of its reach.
  const { values } = (await dispatcher.get(`/production/records/${records['of the first contractor']}`))
    .json as RecordJson;
  await add(
    'assigned to the first contractor by hand',
    workOrder(undefined, { assignedTo: values.assignedTo }),
  );
  records['that does not exist'] = '0'.repeat(22);

  const all = Object.keys(records).filter((name) => name !== 'that does not exist');
  const pass = (contractor: typeof first, sees: string[]): Somebody => ({
    visitor: contractor?.visitor as Visitor,
    headers: contractor?.pass ?? {},
    sees,
  });
  const withCookie = (name: string, token: string) => {
    const visitor = new Visitor(system.url);
    visitor.setCookie(name, token);
    return visitor;
  };
  const planted = async (options: Parameters<typeof plantCredential>[1]): Promise<Somebody> => {
    const { token } = await plantCredential(system, options);
    const short = token.slice(31, 39);
    return options.kind === 'session'
      ? { visitor: withCookie('dp_session', token), headers: {}, sees: [] }
      : { visitor: withCookie(`dp_pass_${short}`, token), headers: { 'daypass-pass': short }, sees: [] };
  };
  const tokenUser = { type: 'tokenUser', kind: 'access', environment: 'production' } as const;
  Object.assign(people, {
    dispatcher: { visitor: dispatcher, headers: {}, sees: all },
    technician: { visitor: technician, headers: {}, sees: ['of the technician'] },
    'first contractor': pass(first, ['of the first contractor']),
    'second contractor': pass(second, ['of the second contractor']),
    'nobody in particular': { visitor: new Visitor(system.url), headers: {}, sees: [] },
    'owner of the site': await planted({ type: 'user', kind: 'session', roles: [OWNER] }),
    'user without roles': await planted({ type: 'user', kind: 'session', roles: [] }),
    'user who may edit, complete and delete, and view nothing': await planted({
      type: 'user',
      kind: 'session',
      roles: ['blind'],
    }),
    'user with a role that does not exist': await planted({
      type: 'user',
      kind: 'session',
      roles: ['ghost'],
    }),
    'user with the contractors’ role': await planted({
      type: 'user',
      kind: 'session',
      roles: ['property-contractors'],
    }),
    'pass with the dispatcher’s role and no ceiling': await planted({ ...tokenUser, roles: ['dispatcher'] }),
    'pass with the dispatcher’s role for no record': await planted({
      ...tokenUser,
      roles: ['dispatcher'],
      ceiling: { app: 'work-orders', recordType: 'work-order', records: [] },
    }),
    'pass of another environment': await planted({
      ...tokenUser,
      environment: 'test',
      roles: ['dispatcher'],
      ceiling: { app: 'work-orders' },
    }),
    'pass that has expired': await planted({ ...tokenUser, roles: ['dispatcher'], lifetimeMs: -1 }),
  });
  await system.settled();
}, 240_000);

afterAll(() => system?.stop());

const reading = ROUTES.filter(
  ({ method, path }) => method === 'GET' && path.startsWith('/{environment}/records/'),
);
const writing = ROUTES.filter(
  ({ method, path }) => method === 'POST' && path.startsWith('/{environment}/records/'),
);
const OPERATIONS = ['edit', 'complete', 'delete', 'edit-user', 'delete-user'];

/** Headers that must not make a difference to who may. */
const VARIED: [operation: string, extra: Record<string, string>][] = [
  ['complete', { 'if-match': '"1"' }],
  ['complete', { 'idempotency-key': 'the-same-for-all' }],
];

/** What is answered, without what differs each time. */
const said = (text: string) => text.replace(/"requestId":"[^"]*"/, '');

describe('all records × all tokens', () => {
  it('[F21, F22, F32] every reading route shows a record to those whose it is, and to nobody else', async () => {
    const ids = reading.map(({ id }) => id).sort();
    expect(ids).toEqual(['readHistory', 'readRecord', 'readRecordAccess', 'readTaskRuns']);
    for (const [who, { visitor, headers, sees }] of Object.entries(people)) {
      for (const route of reading) {
        const path = (record: string) => addressOf(route, { environment: 'production', record });
        const absent = await visitor.get(path('0'.repeat(22)), headers);
        for (const [name, record] of Object.entries(records)) {
          const answer = await visitor.get(path(record), headers);
          const shown = sees.includes(name) && !(headers['daypass-pass'] && route.id !== 'readRecord');
          expect([who, route.id, name, answer.status === 200]).toEqual([who, route.id, name, shown]);
          // Whoever may not see it cannot tell it from one that is not there.
          if (!shown) expect([answer.status, said(answer.text)]).toEqual([absent.status, said(absent.text)]);
        }
      }
    }
  });

  it('[F21] neither forms nor views nor pages show more', async () => {
    for (const [who, { visitor, headers, sees }] of Object.entries(people)) {
      const hidden = Object.entries(records).filter(([name]) => !sees.includes(name));
      const pass = headers['daypass-pass'];
      const addresses = [
        ...['all', 'assigned-to-me', 'my-work-orders'].map((view) => `${WORK_ORDERS}/views/${view}`),
        `${CONTRACTORS}/views/all`,
        ...Object.values(records).flatMap((id) => [
          ...['edit', 'delete'].map((form) => `${WORK_ORDERS}/forms/${form}?record=${id}`),
          `${CONTRACTORS}/forms/edit-user?record=${id}`,
          `${pass ? `/pass/${pass}` : '/app/production'}/records/${id}/operations/edit`,
        ]),
        ...(pass ? [`/pass/${pass}`] : ['/app/production', '/app/production/work-orders']),
      ];
      for (const address of addresses) {
        const { text, status } = await visitor.get(address, headers);
        const asked = Object.entries(records).find(([, id]) => address.includes(id))?.[0];
        const seen = hidden.filter(([name, id]) => name !== asked && text.includes(id)).map(([name]) => name);
        expect([who, address, seen]).toEqual([who, address, []]);
        if (asked && !sees.includes(asked))
          expect([who, address, status >= 400 || status === 303]).toEqual([who, address, true]);
      }
    }
  });

  it('[F21] no operation runs on a record that is out of sight, and nothing is written', async () => {
    expect(writing.map(({ id }) => id)).toEqual(['runOperation', 'runTaskAgain']);
    const before = await photograph(system);
    for (const [who, { visitor, headers, sees }] of Object.entries(people)) {
      for (const [name, record] of Object.entries(records)) {
        if (sees.includes(name)) continue;
        const answers: number[] = [];
        for (const [operation, extra] of [...OPERATIONS.map((id) => [id, {}] as const), ...VARIED]) {
          const path = `/production/records/${record}/operations/${operation}`;
          answers.push((await visitor.json('POST', path, { values: {} }, { ...headers, ...extra })).status);
        }
        const refusal = ['pass of another environment', 'pass that has expired'].includes(who) ? 410 : 404;
        expect([who, name, [...new Set(answers)]]).toEqual([who, name, [refusal]]);
        const again = await visitor.json(
          'POST',
          `/production/records/${record}/task-runs`,
          undefined,
          headers,
        );
        expect([who, name, again.status]).toEqual([
          who,
          name,
          who === 'nobody in particular' ? 401 : refusal,
        ]);
      }
    }
    expect(await photograph(system)).toEqual(before);
  });

  it('[F21] an Idempotency-Key that was used tells nothing of a record that is out of sight', async () => {
    const own: [who: string, operation: string, name: string][] = [
      ['technician', 'complete', 'of the technician'],
      ['first contractor', 'note', 'of the first contractor'],
    ];
    for (const [who, operation, name] of own) {
      const { visitor, headers, sees } = people[who] as Somebody;
      const run = (record: string | undefined, completionNotes: string) =>
        visitor.json(
          'POST',
          `/production/records/${record}/operations/${operation}`,
          { values: { completionNotes } },
          { ...headers, 'idempotency-key': 'used-before' },
        );
      expect([who, (await run(records[name], 'Done')).status]).toEqual([who, 200]);
      const others = Object.entries(records).filter(([other]) => !sees.includes(other));
      const answers = await Promise.all(others.map(([, record]) => run(record, 'Well done')));
      const distinct = new Set(answers.map(({ status, text }) => `${status} ${said(text)}`));
      expect([who, [...distinct]]).toEqual([who, [expect.stringMatching(/^404 /)]]);
      expect([who, (await run(records[name], 'Well done')).status]).toEqual([who, 409]);
    }
  });

  it('a record of one environment is nowhere in another', async () => {
    const { visitor } = people.dispatcher as Somebody;
    for (const [name, record] of Object.entries(records)) {
      for (const environment of ['test', 'development', 'staging']) {
        const answer = await visitor.get(`/${environment}/records/${record}`);
        expect([name, environment, answer.status]).toEqual([name, environment, 404]);
      }
    }
  });

  it('a pass opens no other pass’s pages, whichever cookies the browser holds', async () => {
    const [first, second] = ['first contractor', 'second contractor'].map((name) => people[name] as Somebody);
    const names = [records['of the first contractor'], records['of the second contractor']];
    const home = `/pass/${first?.headers['daypass-pass']}`;
    expect((await second?.visitor.get(home))?.status).toBe(401);
    expect((await second?.visitor.get(`${home}/records/${names[0]}`))?.status).toBe(401);
    expect((await first?.visitor.get(`${home}/records/${names[1]}`))?.status).toBe(404);
    expect((await first?.visitor.get(`${home}/records/${names[0]}`))?.status).toBe(200);
  });
});

describe('live passes', () => {
  it('are listed, extended, sent again and revoked by nobody but staff of the app', async () => {
    const { visitor: dispatcher } = people.dispatcher as Somebody;
    const live = (await dispatcher.get('/admin/tokens/production')).json as { passes: { id: string }[] };
    expect(live.passes).toHaveLength(2);
    const before = await photograph(system);
    for (const [who, { visitor, headers }] of Object.entries(people)) {
      if (who === 'dispatcher') continue;
      const list = await visitor.get('/admin/tokens/production', headers);
      const passes = (list.json as { passes?: unknown[] } | undefined)?.passes ?? [];
      expect([who, passes]).toEqual([who, []]);
      for (const { id } of live.passes) {
        const until = new Date(system.clock.now() + 86_400_000).toISOString();
        const answers = await Promise.all([
          visitor.json('POST', `/admin/tokens/production/${id}/extend`, { until }, headers),
          visitor.json('POST', `/admin/tokens/production/${id}/resend`, {}, headers),
          visitor.json('POST', '/admin/tokens/production/revoke', { passes: [id] }, headers),
        ]);
        const refused = answers.map(({ status }) => [401, 403, 404, 410].includes(status));
        expect([who, refused]).toEqual([who, [true, true, true]]);
      }
    }
    expect(await photograph(system)).toEqual(before);
  });
});
