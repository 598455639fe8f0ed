import { jest } from '@jest/globals';
import { OWNER } from '../../../core/policy/built-in.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  changeDefinitions,
  DISPATCHER,
  readRecord,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { watchCalls } from '../../support/witness.ts';

jest.setTimeout(120_000);

let system: System;
let dispatcher: Visitor;
let owner: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  owner = new Visitor(system.url);
  const planted = await plantCredential(system, { type: 'user', kind: 'session', roles: [OWNER] });
  owner.setCookie('dp_session', planted.token);
}, 180_000);

afterAll(() => system?.stop());

describe('records that grow without end', () => {
  it('are refused with the limit, and nothing is written', async () => {
    const ids = Array.from({ length: 24 }, (_, at) => `page${at}`);
    await changeDefinitions(system, (apps) => {
      const [type] = apps['work-orders']?.recordTypes ?? [];
      for (const id of ids) type?.fields.push({ id, label: id, type: 'text' });
      for (const operation of type?.operations ?? [])
        if (operation.id === 'add' || operation.id === 'edit') operation.fields?.push(...ids);
    });
    const pages = (count: number) =>
      Object.fromEntries(ids.slice(0, count).map((id) => [id, 'é'.repeat(10_000)]));
    const watch = watchCalls(system);
    const added = await dispatcher.json('POST', `${WORK_ORDERS}/records`, {
      operation: 'add',
      values: workOrder(undefined, pages(24)),
    });
    expect([added.status, (added.json as { code: string }).code]).toEqual([422, 'LIMIT_EXCEEDED']);
    expect(added.text).toMatch(/400 KB/);
    expect(watch.written()).toEqual([]);

    // The event of a change holds what was and what is: it is the first to become too large.
    const { id } = await addWorkOrder(dispatcher, workOrder(undefined, pages(12)));
    const path = `/production/records/${id}/operations/edit`;
    const values = Object.fromEntries(ids.slice(0, 12).map((field) => [field, 'è'.repeat(10_000)]));
    const edited = await dispatcher.json('POST', path, { values });
    expect([edited.status, (edited.json as { code: string }).code]).toEqual([422, 'LIMIT_EXCEEDED']);
    expect((await readRecord(dispatcher, id)).values.page0).toBe('é'.repeat(10_000));
    await changeDefinitions(system, () => {});
  });
});

describe('requests that are too much', () => {
  it('are refused before they are read', async () => {
    const watch = watchCalls(system);
    const answers = await Promise.all([
      dispatcher.get(`/production/apps?${'a=1&'.repeat(3000)}`),
      dispatcher.get('/me', { 'x-long': 'x'.repeat(20_000) }),
      dispatcher.send('POST', `${WORK_ORDERS}/records`, {
        body: `{"values": "${'x'.repeat(11 * 1024 * 1024)}"}`,
        headers: { 'content-type': 'application/json' },
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([431, 431, 413]);
    // These do not get as far as a function; what does is measured before it is parsed, and nothing is looked up for it.
    expect(watch.all()).toEqual([]);
    const large = await dispatcher.send('POST', `${WORK_ORDERS}/records`, {
      body: `{"values": ${'x'.repeat(512 * 1024)}`,
      headers: { 'content-type': 'application/json' },
    });
    expect([large.status, large.text]).toEqual([413, expect.stringContaining('the limit is 524288')]);
    expect([watch.by('api'), watch.by('authorizer').length]).toEqual([[], 1]);
  });

  it('with a thousand values at once are answered by name and in time', async () => {
    const values = Object.fromEntries(
      Array.from({ length: 5000 }, (_, at) => [`field${at}`, 'x'.repeat(60)]),
    );
    const since = performance.now();
    const answer = await dispatcher.json('POST', `${WORK_ORDERS}/records`, { operation: 'add', values });
    expect([400, 422]).toContain(answer.status);
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

const nested = (depth: number, open: string, close: string, core = '1') =>
  open.repeat(depth) + core + close.repeat(depth);

/** Expressions that mean to cost more than they say. */
const COSTLY: [what: string, expression: string][] = [
  ['ten thousand brackets', `${nested(10_000, '(', ')')} == 1`],
  ['ten thousand negations', `${'!'.repeat(10_000)}true`],
  ['a list within a list within …', `${nested(5000, '[', ']')} == []`],
  ['a sum without end', `${Array.from({ length: 20_000 }, () => '1').join(' + ')} == 1`],
  ['a chain of conditions', `${Array.from({ length: 5000 }, () => 'true ? 1').join(' : ')} : 1 == 1`],
  ['a pattern that backtracks', 'record.number.matches("^(a+)+$")'],
  ['a pattern that is no pattern', 'record.number.matches("(((((")'],
  ['a text without end', `record.number == "${'x'.repeat(300_000)}"`],
  ['a macro within a macro', '[1,2,3].all(x, [1,2,3].all(y, [1,2,3].all(z, x + y + z > 0)))'],
  ['somebody else’s variable', 'process.env.SIGNING_KEYS_ARN == ""'],
  ['a constructor', 'record.constructor.constructor("return 1")() == 1'],
  ['a prototype', 'record.__proto__.polluted == 1'],
];

describe('definitions that mean harm', () => {
  it.each(COSTLY)(
    '%s in a condition: answered within seconds, and the draft can be read afterwards',
    async (_what, condition) => {
      const draft = (await owner.get('/admin/apps/work-orders/draft')).json as {
        version: number;
        definition: { permissions: { when?: string }[] };
      };
      const definition = structuredClone(draft.definition);
      const [first] = definition.permissions;
      if (first) first.when = condition;
      const since = performance.now();
      const answer = await owner.json('PUT', '/admin/apps/work-orders/draft', definition, {
        'if-match': `"${draft.version}"`,
      });
      expect([answer.status < 500, answer.status]).toEqual([true, answer.status]);
      expect(performance.now() - since).toBeLessThan(10_000);
      if (answer.status >= 400) expect(answer.text).toMatch(/permissions/);
      expect((await owner.get('/admin/apps/work-orders/draft')).status).toBe(200);
    },
  );

  it.each([
    ['nested a thousand times', JSON.parse(nested(1000, '{"a":', '}')) as object],
    ['with a thousand fields', { fields: Array.from({ length: 1000 }, (_, at) => ({ id: `f${at}` })) }],
    ['with names of a prototype', JSON.parse('{"constructor": {"prototype": {"polluted": 1}}}') as object],
    ['with ids that are paths', { id: '../../manifest', recordTypes: [{ id: '#RECORD' }] }],
  ])('a definition %s: refused', async (_what, document) => {
    const { version } = (await owner.get('/admin/apps/work-orders/draft')).json as { version: number };
    const answer = await owner.json('PUT', '/admin/apps/work-orders/draft', document, {
      'if-match': `"${version}"`,
    });
    expect(answer.status).toBe(422);
  });

  it('apps named like something else: refused', async () => {
    for (const id of [
      '',
      'A',
      'a b',
      '../x',
      'a#b',
      '__proto__',
      'constructor',
      'x'.repeat(49),
      'é',
      'apps/',
    ]) {
      const answer = await owner.json('POST', '/admin/apps', { id, name: 'X', kind: 'records' });
      expect([id, answer.status >= 400 && answer.status < 500]).toEqual([id, true]);
    }
  });
});
