import { parse } from 'csv-parse/sync';
import { type Grant, grantId as idOfGrant } from '../../../core/grants/grant.ts';
import { randomId } from '../../../core/tokens/base62.ts';
import { formatDate } from '../../../lambdas/portal/pages/format.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import { fieldsOf, readable } from '../../support/page-forms.ts';
import { somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  type Contractor,
  changeDefinitions,
  DISPATCHER,
  finished,
  livePassOf,
  type RecordJson,
  signIn,
  startPropertyManagement,
  TECHNICIAN,
  workOrder,
} from '../../support/property-management.ts';
import { siteRuntime } from '../../support/site-runtime.ts';

const PASSES = '/passes/production';
const CONTRACTOR = { name: 'Lift & Söhne', email: 'lifts@contractor.example' };
let system: System;
let dispatcher: Visitor;
let order: RecordJson;
let contractor: Contractor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await signIn(system, DISPATCHER);
  order = await addWorkOrder(dispatcher, workOrder(CONTRACTOR));
  contractor = await arrive(system, CONTRACTOR.email);
}, 120_000);

afterAll(() => system?.stop());

/** Presses a button of the page of live passes, as a browser with no script does. */
async function press(action: string, more: Record<string, string> = {}) {
  const page = await dispatcher.get(PASSES);
  const { formToken = '', grant = '' } = fieldsOf(page.text);
  return dispatcher.form(PASSES, { formToken, grant, action, ...more });
}

/** Keeps the workflow from cleaning up after a pass until it is released. */
function holdCleaningUp() {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  system.faults.inject({
    times: 1,
    when: ({ service, input }) => service === 'lambda' && isState(input.Payload, 'DeleteToken'),
    failure: {
      async meanwhile() {
        held.resolve();
        await released.promise;
      },
    },
  });
  return { held: held.promise, release: released.resolve };
}

const isState = (payload: unknown, state: string) =>
  (payload as { state?: string } | undefined)?.state === state;

const page = async () => readable((await dispatcher.get(PASSES)).text);

describe('the page of live passes', () => {
  it('[D26] says who has a pass, for what, until when and when it was last used', async () => {
    expect(await page()).toContain(
      `${CONTRACTOR.name} For ${order.title} , sent to ${CONTRACTOR.email} . Until`,
    );
    await contractor.visitor.get(contractor.home);
    expect(await page()).toContain('Last used');
    expect((await dispatcher.get('/app/production')).text).toContain(`href="${PASSES}"`);
  });

  it('sends the same link again', async () => {
    await system.mail.clear();
    const sent = await press('resend');
    expect(sent.headers.get('location')).toBe(PASSES);
    // Said once: a reload does not say it again.
    expect(await page()).toContain(`The link was sent to ${CONTRACTOR.name} again.`);
    expect(await page()).not.toContain('again.');
    const { link } = await arrive(system, CONTRACTOR.email);
    expect(link).toBe(contractor.link);
  });

  it('changes the end of a pass, and says what is wrong with another one', async () => {
    const until = new Date(system.clock.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    expect((await press('extend', { until })).status).toBe(303);
    expect(await page()).toContain(`Until the end of ${formatDate(until)}`);
    const past = await press('extend', { until: '2020-01-01' });
    expect([past.status, readable(past.text)]).toEqual([
      422,
      expect.stringContaining('must lie in the future'),
    ]);
    const before = await page();
    for (const none of ['2027-02-31', '2027-02-29', '2027-13-01', '31.3.2027', '2027-3-1', '']) {
      const refused = await press('extend', { until: none });
      expect([none, refused.status, readable(refused.text)]).toEqual([
        none,
        422,
        expect.stringContaining('The end must be a date like 2027-03-31.'),
      ]);
    }
    expect(await page()).toBe(before);
  });

  it('asks before it ends a pass; then the very next request of that pass is refused', async () => {
    const asked = await press('revoke');
    expect(readable(asked.text)).toContain(`End this pass? ${CONTRACTOR.name} , for ${order.title}`);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(200);
    const { held, release } = holdCleaningUp();
    const ended = await dispatcher.form(PASSES, { ...fieldsOf(asked.text), action: 'revokeNow' });
    expect(ended.headers.get('location')).toBe(PASSES);
    expect(await page()).toContain(`The pass of ${CONTRACTOR.name} is ended.`);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    // It is not listed as live any more, although the workflow has still to clean up after it.
    await held;
    expect(readable((await dispatcher.get(ended.headers.get('location') ?? '')).text)).toContain(
      'Nobody has a pass at the moment.',
    );
    expect((await dispatcher.get('/admin/tokens/production')).json).toEqual({ passes: [] });
    const file = (await dispatcher.get(`${PASSES}/live-passes.csv`)).text;
    expect(parse(file, { bom: true, columns: true })).toEqual([]);
    release();
    await finished(system, order.id);
  });

  it('[D27] another pass for the record is offered to whoever may ask for it, and to nobody else', async () => {
    // Who sees the record and its task runs, and lacks one of the two rights that asking for a pass takes, or both.
    const lacking = { watcher: ['view'], mender: ['view', 'edit'], raiser: ['view', 'add'] };
    await changeDefinitions(system, ({ 'work-orders': orders }, site) => {
      for (const [role, operations] of Object.entries(lacking)) {
        site.roles.push({ id: role, name: role, environments: ['production'] });
        orders?.permissions.push({ role, recordType: 'work-order', operations });
      }
    });
    const record = `/production/records/${order.id}`;
    const asked = async (visitor: Visitor) => {
      const runs = (await visitor.get(`${record}/task-runs`)).json as { taskRuns: { mayRunAgain?: true }[] };
      const html = (await visitor.get(`/app${record}`)).text;
      return [runs.taskRuns.map(({ mayRunAgain = false }) => mayRunAgain), html.includes('Issue a new pass')];
    };
    for (const role of Object.keys(lacking)) {
      const visitor = await somebody(system, role);
      expect([role, await asked(visitor)]).toEqual([role, [[false], false]]);
      const again = await visitor.json('POST', `${record}/task-runs`, {});
      expect([role, again.status]).toEqual([role, role === 'mender' ? 409 : 403]);
    }
    expect(await asked(dispatcher)).toEqual([[true], true]);
    expect((await dispatcher.json('POST', `${record}/task-runs`, {})).status).toBe(202);
    await arrive(system, CONTRACTOR.email);
    // While it is live there is nothing to run again, and of two runs only the younger one ever is.
    expect(await asked(dispatcher)).toEqual([[false, false], false]);
    const pass = await livePassOf(dispatcher, order.id);
    await dispatcher.json('POST', '/admin/tokens/production/revoke', { passes: [pass?.id] });
    await system.settled();
    expect(await asked(dispatcher)).toEqual([[true, false], true]);
  });

  it('[D26] are to be had as a file, which holds no link and is for those who may see the passes', async () => {
    const { id, title } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Ana, "Lifts"', email: 'ana@contractor.example' }),
    );
    const { link } = await arrive(system, 'ana@contractor.example');
    const pass = await livePassOf(dispatcher, id);
    expect((await dispatcher.get(PASSES)).text).toContain(`href="${PASSES}/live-passes.csv"`);

    const file = await dispatcher.get(`${PASSES}/live-passes.csv`);
    const today = new Date(system.clock.now()).toISOString().slice(0, 10);
    expect([file.status, file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      `attachment; filename="live-passes-production-${today}.csv"`,
    ]);
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(parse(file.text, { bom: true, columns: true })).toEqual([
      {
        Person: 'Ana, "Lifts"',
        Email: 'ana@contractor.example',
        For: title,
        App: 'work-orders',
        'Record type': 'work-order',
        Record: `${system.url}/app/production/records/${id}`,
        Issued: pass?.issuedAt,
        Ends: pass?.expiresAt,
        'Last used': '',
        Status: 'live',
        Trouble: '',
        Pass: pass?.id,
      },
    ]);
    expect(file.text).not.toContain(new URL(link).searchParams.get('token'));

    const technician = await signIn(system, TECHNICIAN);
    const others = (await technician.get(`${PASSES}/live-passes.csv`)).text;
    expect(parse(others, { bom: true, columns: true })).toEqual([]);
    await dispatcher.json('POST', '/admin/tokens/production/revoke', { passes: [pass?.id] });
    await finished(system, id);
  });

  it('[D26] shows some at a time and leads on to the others, soonest end first; so does the API', async () => {
    const { store } = await siteRuntime(system);
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Yan', email: 'yan@contractor.example' }),
    );
    await arrive(system, 'yan@contractor.example');
    const { id: grantId = '' } = (await livePassOf(dispatcher, id)) ?? {};
    const grant = (await store.readGrant('production', grantId)) as Grant;
    const later = Array.from({ length: 60 }, (_, number) => ({
      ...grant,
      id: idOfGrant(id, randomId()),
      dueAt: grant.dueAt + number * 1000 + 1000,
    }));
    for (const each of later) await store.commit([{ kind: 'addGrant', grant: each }]);

    const first = (await dispatcher.get(PASSES)).text;
    expect(first.match(/class="pass-card"/g)).toHaveLength(50);
    const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first) ?? [];
    const second = (await dispatcher.get(next)).text;
    expect(second.match(/class="pass-card"/g)).toHaveLength(11);
    expect(second).not.toContain('rel="next"');
    expect(readable(second)).toContain('First page');
    expect(readable(first)).not.toContain('First page');

    const listed: string[] = [];
    let query = '?limit=25';
    for (let pages = 0; pages < 3; pages++) {
      const { json } = await dispatcher.get(`/admin/tokens/production${query}`);
      const { passes, cursor } = json as { passes: { id: string }[]; cursor?: string };
      listed.push(...passes.map((pass) => pass.id));
      expect(cursor !== undefined).toBe(pages < 2);
      query = `?limit=25&cursor=${cursor}`;
    }
    expect(listed).toEqual([grantId, ...later.map((each) => each.id)]);
    const cursor = next.split('cursor=')[1] ?? '';
    const technician = await signIn(system, TECHNICIAN);
    expect((await technician.get(`/admin/tokens/production?cursor=${cursor}`)).status).toBe(400);
    expect((await dispatcher.get(`/admin/tokens/production?cursor=${cursor}`)).status).toBe(200);

    // Those of a page further on can be ended as well, and one comes back to that page.
    const { formToken = '', cursor: here = '' } = fieldsOf(second);
    const grantOfLast = later.at(-1)?.id ?? '';
    const asked = await dispatcher.form(PASSES, {
      formToken,
      cursor: here,
      grant: grantOfLast,
      action: 'revoke',
    });
    expect(readable(asked.text)).toContain('End this pass? Yan');
    const cancel = /href="([^"]+)"[^>]*>\s*Cancel/.exec(asked.text)?.[1] ?? '';
    expect((await dispatcher.get(cancel)).text.match(/class="pass-card"/g)).toHaveLength(11);
    const until = '2020-01-01';
    const refused = await dispatcher.form(PASSES, {
      formToken,
      cursor: here,
      grant: grantOfLast,
      action: 'extend',
      until,
    });
    expect([refused.status, refused.text.match(/class="pass-card"/g)?.length]).toEqual([422, 11]);
  });

  it('shows no pass to somebody who may not see the contractors, and asks others to sign in', async () => {
    await addWorkOrder(dispatcher, workOrder({ name: 'Zoë', email: 'zoe@contractor.example' }));
    await arrive(system, 'zoe@contractor.example');
    const technician = await signIn(system, TECHNICIAN);
    expect(readable((await technician.get(PASSES)).text)).toContain('Nobody has a pass');
    expect((await contractor.visitor.get(PASSES)).headers.get('location')).toContain('/sign-in');
  });
});
