import { DaypassError } from '../../../core/errors.ts';
import type { RecordAnswer } from '../../../core/records/record.ts';
import { formatToken } from '../../../core/tokens/token.ts';
import { toCaller } from '../../../lambdas/shared/http/caller.ts';
import type { CallerContext } from '../../../lambdas/shared/http/caller-context.ts';
import { formTokenOf } from '../../../lambdas/shared/http/forgery.ts';
import { userContext } from '../http/events.ts';
import { field, form } from '../pages/fixtures.ts';
import { filledIn, freshIds, handedOn, leadsTo, outline, portal, runtime, surroundings } from './pages.ts';
import { answering, at, NOW, serving, signing, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/records/apps.ts`, 'listApps');
await standIn(`${CORE}/records/form.ts`, 'readForm');
await standIn(`${CORE}/records/list.ts`, 'openView');
await standIn(`${CORE}/records/operation.ts`, 'addRecord', 'readRecord', 'runOperation');
await standIn(`${CORE}/records/references.ts`, 'nameReferences');
const { passHandlers } = await import('../../../lambdas/portal/handlers/pass.tsx');
const { errorPage } = await import('../../../lambdas/portal/error-page.tsx');

const send = serving('portal', passHandlers(portal) as never, errorPage(portal));

const PASS = 'Pass0001';
const OTHER = 'Pass0002';
const idOf = (short: string) => short.padEnd(22, 'c');
/** Passes by their short ids, each of its own holder. */
const held = new Map<string, object>();
const hold = (short: string, more: object = {}) =>
  held.set(idOf(short), {
    id: idOf(short),
    principalId: short.padEnd(22, 'P'),
    kind: 'access',
    keyId: '0001',
    environment: 'staging',
    createdAt: '2026-02-01T00:00:00.000Z',
    expiresAt: NOW + 3_600_000,
    ...more,
  });
Object.assign(runtime, {
  store: {
    readPrincipal: async (id: string) => ({
      id,
      type: 'tokenUser',
      name: id.slice(0, 8),
      roles: [],
      profiles: [],
    }),
    readCredential: async (_: string, id: string) => held.get(id),
  },
});
const cookie = (short: string, environment: 'staging' | 'test' = 'staging') =>
  `__Host-dp_pass_${short}=${formatToken(
    { kind: 'access', principalId: short.padEnd(22, 'P'), credentialId: idOf(short), environment },
    signing.keyring,
    signing.siteId,
  )}`;
const context: CallerContext = {
  ...userContext,
  kind: 'access',
  credentialId: idOf(PASS),
  principalId: PASS.padEnd(22, 'P'),
  environment: 'staging',
  expiresAt: NOW + 3_600_000,
  principal: JSON.stringify({ type: 'tokenUser', name: 'Ana Ruiz', roles: [], profiles: [] }),
};
const formToken = formTokenOf(toCaller(context), signing);
const ANA = 'Ana Ruiz in staging';
const SITE = 'ABC Property Management';
const USELESS = 'Old00001';
const cleared = `__Host-dp_pass_${USELESS}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure`;

const recordOf = (id: string, dueDate?: string): RecordAnswer => ({
  id,
  app: 'work-orders',
  recordType: 'work-order',
  version: 3,
  state: 'Active',
  stateName: 'Active',
  title: `WO-${id}`,
  values: { number: `WO-${id}`, ...(dueDate && { dueDate }) },
  names: {},
  createdAt: '2026-02-01T08:00:00Z',
  updatedAt: '2026-02-02T08:00:00Z',
  can: { operations: [{ id: 'complete', name: 'Complete', kind: 'transition' }], edit: [] },
});
const columns = [{ id: 'number', label: 'Number', type: 'string' }];
const viewOf = (id: string, name: string, parameters: object[] = []) => ({ id, name, parameters });
const reaching = (...views: object[]) => [
  {
    id: 'work-orders',
    name: 'Orders',
    recordTypes: [{ id: 'work-order', name: 'Work Order', plural: 'Work Orders', views, operations: [] }],
  },
];
const asksFor = (who: string, view: string, more = {}) => [
  'openView',
  who,
  { app: 'work-orders', recordType: 'work-order', view, params: {}, limit: 50, ...more },
];
const card = (base: string, id: string, due = '') => `[WO-${id}${due}](${base}/records/${id})`;

beforeEach(() => {
  freshIds();
  held.clear();
  hold(PASS);
  answering({
    nameReferences: (_: unknown, records: unknown) => records,
    readRecord: (_: unknown, id: string) => recordOf(id),
    listApps: reaching(viewOf('mine', 'Mine')),
  });
});

describe('the start page of a pass', () => {
  const home = (query = '', cookies: string[] = []) =>
    send(at('GET', '/pass/{pass}', { pass: PASS }, { context, query, cookies }));

  it('is the record itself where there is but one, with a word on what was done, and useless cookies go', async () => {
    answering({ openView: { columns, records: [recordOf('r1')] } });
    const page = await home('done=complete', [`__Host-dp_pass_${USELESS}=x`, cookie(PASS)]);
    expect(outline(page)).toEqual([
      200,
      `Work Order WO-r1 – ${SITE}`,
      `Saved. Thank you! Work Order WO-r1 Active [Complete](/pass/${PASS}/records/r1/operations/complete)`,
    ]);
    expect(page.cookies).toEqual([cleared]);
    expect(handedOn()).toEqual([
      ['listApps', ANA],
      asksFor(ANA, 'mine'),
      ['nameReferences', ANA, [recordOf('r1')]],
      ['readRecord', ANA, 'r1'],
    ]);
    expect(surroundings(page)).toEqual([
      `${SITE} staging`,
      'This pass is for Ana Ruiz . It works until 1 March 2026 at 13:00 UTC, or until the job is done. No password is needed; do not pass the link on. Questions? ABC dispatch, [dispatch@abc.example](mailto:dispatch@abc.example) , [+1 555 0100](tel:+15550100)',
    ]);
    expect(outline(await home())[2]).toMatch(/^Work Order WO-r1 Active/);
  });

  it('lists each view that asks for nothing, by the name of the view where there are several', async () => {
    answering({
      listApps: reaching(
        viewOf('mine', 'Mine'),
        viewOf('by', 'By place', [{ id: 'floor' }]),
        viewOf('late', 'Late'),
      ),
      openView: (_: unknown, { view }: { view: string }) => ({
        columns,
        records: view === 'mine' ? [recordOf('r1'), recordOf('r2')] : [recordOf('r3')],
        ...(view === 'late' && { cursor: 'c 2' }),
      }),
    });
    const page = await home('done=x');
    const base = `/pass/${PASS}`;
    expect(outline(page)).toEqual([
      200,
      `My work – ${SITE}`,
      `Saved. Thank you! Hello Ana Ruiz Mine ${card(base, 'r1')} ${card(base, 'r2')} Late ${card(base, 'r3')} [Show more](${base}?view=late&cursor=c+2)`,
    ]);
    expect(handedOn().filter(([name]) => name === 'openView')).toEqual([
      asksFor(ANA, 'mine'),
      asksFor(ANA, 'late'),
    ]);
    expect(surroundings(page)[1]).toMatch(/^This pass is for Ana Ruiz \..*Questions\? ABC dispatch/);
  });

  it('opens one view alone, and turns its pages without looking at other passes', async () => {
    hold(OTHER);
    answering({
      listApps: reaching(viewOf('mine', 'Mine'), viewOf('late', 'Late')),
      openView: { columns, records: [recordOf('r1'), recordOf('r2')] },
    });
    const cookies = [cookie(OTHER), `__Host-dp_pass_${USELESS}=x`];
    const one = await home('view=late', cookies);
    expect([handedOn().filter(([name]) => name === 'openView'), one.cookies]).toEqual([
      [asksFor(ANA, 'late')],
      [cleared],
    ]);
    answering({});
    const page = await home('view=late&cursor=c2', cookies);
    expect([handedOn().filter(([name]) => name === 'openView'), page.cookies]).toEqual([
      [asksFor(ANA, 'late', { cursor: 'c2' })],
      [],
    ]);
  });

  it('is of its own pass where the browser holds others, and leads to the work of all', async () => {
    hold(OTHER);
    const due: Record<string, RecordAnswer[]> = { 'Ana Ruiz': [recordOf('r1')], Pass0002: [recordOf('r2')] };
    answering({
      openView: ({ caller }: { caller: { name: string } }) => ({ columns, records: due[caller.name] ?? [] }),
    });
    const all = `[All my work](/pass/${PASS}?all=yes)`;
    const own = await home('', [cookie(OTHER), cookie(PASS)]);
    expect(outline(own)[2]).toBe(
      `${all} Work Order WO-r1 Active [Complete](/pass/${PASS}/records/r1/operations/complete)`,
    );
    expect(handedOn().flatMap(([name, who]) => (name === 'openView' ? [who] : []))).toEqual([ANA]);
    due['Ana Ruiz'] = [recordOf('r1'), recordOf('r3')];
    const base = `/pass/${PASS}`;
    expect(outline(await home('', [cookie(OTHER)]))[2]).toBe(
      `${all} Hello Ana Ruiz Work Orders ${card(base, 'r1')} ${card(base, 'r3')}`,
    );
    due['Ana Ruiz'] = [];
    expect(outline(await home('', [cookie(OTHER)]))[2]).toBe(
      `${all} Hello Ana Ruiz There is nothing to do for you at the moment.`,
    );
  });

  it('shows all passes in one list where that is asked for, what is due first at its head, each under its own', async () => {
    hold(OTHER);
    hold('Pass0003');
    const due: Record<string, RecordAnswer[]> = {
      'Ana Ruiz': [recordOf('r1')],
      Pass0002: [recordOf('r2', '2026-03-09')],
      Pass0003: [recordOf('r3', '2026-03-08')],
    };
    answering({
      openView: ({ caller }: { caller: { name: string } }) => ({ columns, records: due[caller.name] ?? [] }),
    });
    const page = await home('all=yes', [cookie(OTHER), cookie('Pass0003'), cookie(PASS)]);
    const third = card('/pass/Pass0003', 'r3', ' Due date: Sun, 8 Mar 2026 in 7 days');
    expect(outline(page).slice(1)).toEqual([
      `All my work – ${SITE}`,
      `Hello Ana Ruiz Work Orders ${third} ${card('/pass/Pass0002', 'r2', ' Due date: Mon, 9 Mar 2026 in 8 days')} ${card(`/pass/${PASS}`, 'r1')}`,
    ]);
    // A list, also where only another pass has something left.
    due['Ana Ruiz'] = [];
    const single = await home('all=yes', [cookie('Pass0003')]);
    expect(outline(single)[2]).toBe(`Hello Ana Ruiz Work Orders ${third}`);
    due.Pass0003 = [];
    expect(outline(await home('all=yes', [cookie('Pass0003')]))[2]).toBe(
      'Hello Ana Ruiz There is nothing to do for you at the moment.',
    );
  });

  it('lists one record where more may follow, and keeps apart what is of other environments', async () => {
    const page = { columns, records: [recordOf('r1')] };
    answering({ openView: { ...page, cursor: 'c2' } });
    expect(outline(await home())[1]).toBe(`My work – ${SITE}`);
    hold(OTHER, { environment: 'test' });
    answering({ openView: page });
    expect(outline(await home('all=yes', [cookie(OTHER, 'test')]))[2]).toBe(
      `Hello Ana Ruiz Work Orders ${card(`/pass/${PASS}`, 'r1')} Work Orders ${card(`/pass/${OTHER}`, 'r1')}`,
    );
  });

  it('shows nine other passes together with its own', async () => {
    const shorts = Array.from({ length: 10 }, (_, number) => `Many000${number}`);
    for (const short of shorts) hold(short);
    answering({ openView: { columns, records: [] } });
    await home(
      'all=yes',
      shorts.map((short) => cookie(short)),
    );
    expect(handedOn().flatMap(([name, who]) => (name === 'listApps' ? [who] : []))).toEqual([
      ANA,
      ...shorts.slice(0, 9).map((short) => `${short} in staging`),
    ]);
  });

  it('is for holders of passes: a session is asked for its link', async () => {
    const answer = await send(at('GET', '/pass/{pass}', { pass: PASS }, { context: userContext }));
    expect(outline(answer).slice(0, 2)).toEqual([401, `Open your link again – ${SITE}`]);
  });
});

describe('a record of a pass', () => {
  const RECORD = '/pass/{pass}/records/{record}';
  const FORM = `${RECORD}/operations/{operation}`;
  const place = { pass: PASS, record: 'r1' };
  const ofForm = { ...place, operation: 'complete' };
  const building = field({ id: 'building', type: 'string', label: 'Building', required: true });
  const complete = form([building], {
    operation: { id: 'complete', name: 'Complete', kind: 'transition' },
    record: { id: 'r1', version: 3, title: 'WO-r1' },
  });
  const askedFor = { app: 'work-orders', recordType: 'work-order', operation: 'complete', recordId: 'r1' };
  const run = (fields: Record<string, string> = {}, cookies: string[] = []) =>
    send(at('POST', FORM, ofForm, { ...filledIn({ ...fields, formToken }), context, cookies }));
  const done = (more = {}) => ({
    recordId: 'r1',
    operation: { id: 'complete', name: 'Complete Work Order' },
    ...more,
  });

  it('leads back to all work, and says that something was saved', async () => {
    const open = (query = '') => send(at('GET', RECORD, place, { context, query }));
    const shown = `Work Order WO-r1 Active [Complete](/pass/${PASS}/records/r1/operations/complete)`;
    expect(outline(await open())).toEqual([
      200,
      `Work Order WO-r1 – ${SITE}`,
      `[All my work](/pass/${PASS}?all=yes) ${shown}`,
    ]);
    expect(outline(await open('done=complete'))[2]).toBe(
      `[All my work](/pass/${PASS}?all=yes) Saved. Thank you! ${shown}`,
    );
    expect(handedOn()).toEqual(Array(2).fill(['readRecord', ANA, 'r1']));
  });

  it('has forms that lead back to it, and say beforehand that the link ends with them', async () => {
    answering({ readForm: complete });
    const page = await send(at('GET', FORM, ofForm, { context }));
    expect(outline(page)).toEqual([
      200,
      `Complete WO-r1 – ${SITE}`,
      `[Back](/pass/${PASS}/records/r1) Complete WO-r1 <form here> {formToken=${formToken}} {once=id-1} {version=3} Building {field.building=} Your link ends with this: once it is sent, the link opens nothing any more. (Complete) [Cancel](/pass/${PASS}/records/r1)`,
    ]);
    expect(handedOn()).toEqual([
      ['readRecord', ANA, 'r1'],
      ['readForm', ANA, askedFor],
    ]);
    expect(surroundings(page)[1]).toMatch(/^This pass is for Ana Ruiz/);
    const edit = await send(at('GET', FORM, { ...place, operation: 'edit' }, { context }));
    expect([edit.status, edit.text]).toEqual([200, expect.not.stringContaining('Your link ends')]);
  });

  it('hands on what was typed; while the pass goes on it leads to the record, or to the list', async () => {
    answering({ readForm: complete, runOperation: done({ record: recordOf('r1') }) });
    expect(leadsTo(await run({ 'field.building': 'North Gate', once: 'o1', version: '3' }))).toEqual([
      303,
      `/pass/${PASS}/records/r1?done=complete`,
    ]);
    const { operation, recordId } = askedFor;
    expect(handedOn()).toEqual([
      ['readRecord', ANA, 'r1'],
      ['readForm', ANA, askedFor],
      [
        'runOperation',
        ANA,
        { operation, recordId, values: { building: 'North Gate' }, accepts: [], idempotencyKey: 'o1' },
      ],
    ]);
    answering({ runOperation: done() });
    expect(leadsTo(await run())).toEqual([303, `/pass/${PASS}?done=complete`]);
  });

  it.each([
    ['ended', { endedAt: '2026-03-01T11:00:00Z' }],
    ['gone', undefined],
  ])(
    'leads to its page where the pass is %s with it, which thanks once and leads on to the browser’s other passes',
    async (_, change) => {
      held.clear();
      if (change) hold(PASS, change);
      answering({ readForm: complete, runOperation: done({ record: recordOf('r1') }) });
      const reported = await run();
      expect(leadsTo(reported)).toEqual([303, `/pass/${PASS}`]);
      const notice = reported.cookies.map((line) => line.split(';')[0] ?? '');
      const over = { outcome: 'revoked', channel: 'browser', endReason: 'completed' } as const;
      const look = (...cookies: string[]) =>
        send(at('GET', '/pass/{pass}', { pass: PASS }, { context: over, cookies: [...notice, ...cookies] }));
      const page = await look(`__Host-dp_pass_${USELESS}=x`, cookie(PASS));
      const thanks =
        'Done. Thank you! “Complete Work Order” is recorded for WO-r1 . Your link has ended with it and opens nothing any more. You can close this page; there is nothing to sign out of.';
      expect([outline(page), page.cookies]).toEqual([
        [200, `Done – ${SITE}`, thanks],
        [cleared, expect.stringContaining(`${notice[0]?.split('=')[0]}=; `)],
      ]);
      expect(surroundings(page)).toEqual([SITE, expect.stringMatching(/^Questions\? The office/)]);
      hold(OTHER);
      hold('Pass0003');
      const on = `[Go on with your other work](/pass/${OTHER})`;
      expect(outline(await look(cookie(OTHER), cookie('Pass0003')))[2]).toBe(`${thanks} ${on}`);
      // Loaded again it says what has become of the pass.
      notice.length = 0;
      const again = outline(await look(cookie(OTHER), cookie('Pass0003')));
      expect([again[0], again[2]]).toEqual([
        410,
        `This job is done It was reported as done, and the link ended with it. Thank you! There is nothing left to do here. If something is still missing, tell the contact below. ${on}`,
      ]);
    },
  );

  it('comes back with what was typed where it is refused', async () => {
    answering({
      readForm: complete,
      runOperation: () => {
        throw new DaypassError('VALUES_INVALID', undefined, [
          { path: '/values/building', message: 'is wrong' },
        ]);
      },
    });
    const page = outline(await run({ 'field.building': 'x' }));
    expect([page[0], page[2]]).toEqual([422, expect.stringContaining('[Building is wrong](#f-building)')]);
    expect(page[2]).toContain('{field.building=x}');
  });
});
