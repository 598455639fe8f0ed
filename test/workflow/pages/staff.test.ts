import { readableDay } from '../../../core/grants/readable-day.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, linkIn, Visitor } from '../../../local/visitor.ts';
import { fieldsOf, readable, send, submit } from '../../support/page-forms.ts';
import {
  addWorkOrder,
  changeDefinitions,
  DISPATCHER,
  finished,
  type RecordJson,
  readRecord,
  signIn,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';

const DAY_MS = 86_400_000;
const APP = '/app/production';
const ADD = `${APP}/work-orders/work-order/operations/add`;
let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await signIn(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

let technicianSignedIn: Promise<Visitor> | undefined;
/** Signed in once: sign-in links are few. */
const theTechnician = () => (technicianSignedIn ??= signIn(system, TECHNICIAN));

describe('signing in', () => {
  async function askForLink(visitor: Visitor, fields: Record<string, string>) {
    await system.mail.clear();
    const answer = await visitor.form('/sign-in', { email: DISPATCHER, ...fields });
    const mail = await system.mail.waitFor(({ to }) => to.includes(DISPATCHER));
    const link = new URL(linkIn(mail.text));
    return { answer, path: link.pathname + link.search };
  }

  it('says the same whether or not the address is known, and mails only to those who are', async () => {
    const [one, other] = [new Visitor(system.url), new Visitor(system.url)];
    const known = await askForLink(one, {});
    const unknown = await other.form('/sign-in', { email: 'nobody@abc.example' });
    const told = ({ status, text, headers }: Answer) => [status, text, headers.get('location')];
    expect(told(known.answer)).toEqual([303, '', '/sign-in/sent']);
    expect(told(unknown)).toEqual(told(known.answer));
    const [mine, theirs] = [await one.get('/sign-in/sent'), await other.get('/sign-in/sent')];
    expect(readable(mine.text)).toContain(`Check your email If ${DISPATCHER} belongs to somebody here`);
    expect(theirs.text.replaceAll('nobody@abc.example', DISPATCHER)).toBe(mine.text);
    // Loaded again it says the same of no address.
    expect(readable((await one.get('/sign-in/sent')).text)).toContain(
      'If the address that you entered belongs to somebody here',
    );
    expect((await system.mail.messages()).map(({ to }) => to)).toEqual([[DISPATCHER]]);
  });

  it('works once, by a button; looking at the link uses nothing up', async () => {
    const visitor = new Visitor(system.url);
    const { path } = await askForLink(visitor, { to: `${APP}/work-orders` });
    for (const method of ['HEAD', 'GET', 'GET']) {
      const page = await new Visitor(system.url).send(method, path);
      expect([method, page.status, page.headers.getSetCookie()]).toEqual([method, 200, []]);
    }
    const page = await visitor.get(path);
    const redeemed = await visitor.form('/sign-in/link', fieldsOf(page.text));
    expect([redeemed.status, redeemed.headers.get('location')]).toEqual([303, `${APP}/work-orders`]);
    expect((await visitor.get(`${APP}/work-orders`)).status).toBe(200);
    const second = await new Visitor(system.url).form('/sign-in/link', fieldsOf(page.text));
    expect([second.status, second.headers.getSetCookie()]).toEqual([410, []]);
  });

  it('leads to no other site', async () => {
    const visitor = new Visitor(system.url);
    const { path } = await askForLink(visitor, { to: '//evil.example/' });
    const fields = fieldsOf((await visitor.get(path)).text);
    const redeemed = await visitor.form('/sign-in/link', { ...fields, to: 'https://evil.example/' });
    expect(redeemed.headers.get('location')).toBe('/');
  });

  it('is asked for where a page needs it, and leads back there', async () => {
    const page = await new Visitor(system.url).get(`${APP}/work-orders`);
    expect([page.status, page.headers.get('location')]).toEqual([
      303,
      `/sign-in?to=${encodeURIComponent(`${APP}/work-orders`)}`,
    ]);
  });

  it('ends with signing out, at once and everywhere the session was', async () => {
    const visitor = await signIn(system, DISPATCHER);
    const copy = new Visitor(system.url);
    for (const [name, value] of visitor.cookies) copy.setCookie(name, value);
    const page = await visitor.get(APP);
    const [, formToken = ''] = /name="formToken" value="([^"]+)"/.exec(page.text) ?? [];
    expect((await visitor.form('/sign-out', { formToken })).status).toBe(303);
    expect(readable((await visitor.get('/')).text)).toContain('You are signed out. Sign in');
    // What stays tells that the browser is known, or what a page has to say, and lets nobody in.
    const kept = [...visitor.cookies.keys()].filter((name) => !name.startsWith('dp_notice_'));
    expect(kept).toEqual(['dp_known']);
    expect((await visitor.get(APP)).status).toBe(303);
    expect((await copy.get(APP)).status).toBe(303);
  });
});

describe('the pages of staff', () => {
  it('lead from the start to the apps, their views and their records', async () => {
    const start = await dispatcher.follow('/');
    expect(readable(start.text)).toContain('Property Management Work Orders');
    const order = await addWorkOrder(dispatcher, workOrder());
    const view = await dispatcher.get(`${APP}/work-orders?type=work-order&view=all`);
    expect(view.text).toContain(`href="${APP}/records/${order.id}"`);
    const page = await dispatcher.get(`${APP}/records/${order.id}`);
    expect(readable(page.text)).toContain(`${order.title} Due date: Tue, 31 Mar 2099`);
    expect(readable(page.text)).toContain('Created by Dana Dispatcher');
  });

  it('[F16, F17] a work order is added by the form; conditional fields are asked for only where they apply', async () => {
    const form = await dispatcher.get(ADD);
    expect(form.text).toContain('Only if “External contractor” is Yes');
    const values = { ...workOrder(), externalContractor: [] };
    const ticked = await send(dispatcher, ADD, form, { ...values, externalContractor: 'Yes' });
    expect(ticked.status).toBe(422);
    expect(readable(ticked.text)).toContain('Fill in “Contractor Name”');
    expect(readable(ticked.text)).toContain('Fill in “Contractor Email”');
    expect(fieldsOf(ticked.text)).toMatchObject({
      'field.number': values.number,
      'field.externalContractor': 'Yes',
    });
    const added = await send(dispatcher, ADD, form, values);
    expect(added.status).toBe(303);
    const record = added.headers.get('location') ?? '';
    // It is said once: neither a reload nor the address says it again.
    const said = `Work order ${values.number} created`;
    expect(record).toMatch(/^\/app\/production\/records\/\w+$/);
    expect(readable((await dispatcher.get(record)).text)).toContain(said);
    expect(readable((await dispatcher.get(record)).text)).not.toContain(said);
  });

  it('going back after completing shows the work order, and says why it cannot be completed again', async () => {
    const order = await addWorkOrder(dispatcher, workOrder());
    const list = new URLSearchParams({ list: 'type=work-order&view=all&page=2&cursor=x' });
    const form = `${APP}/records/${order.id}/operations/complete?${list}`;
    const done = await submit(dispatcher, form, { completionNotes: 'It is quiet again.' });
    const record = `${APP}/records/${order.id}?${list}`;
    expect([done.status, done.headers.get('location')]).toEqual([303, record]);
    const said = `Complete Work Order : work order ${order.title} is now Closed`;
    const page = await dispatcher.get(record);
    expect(readable(page.text)).toContain(said);
    // From there it goes back to the page of the list.
    expect(page.text).toContain(
      `href="${APP}/work-orders?type=work-order&amp;view=all&amp;cursor=x&amp;page=2"`,
    );
    const back = await dispatcher.get(form);
    expect([back.status, back.headers.get('location')]).toEqual([303, record]);
    expect(readable((await dispatcher.get(record)).text)).toContain(
      `“ Complete Work Order ” is not possible now: work order ${order.title} is Closed`,
    );
    expect(readable((await dispatcher.get(record)).text)).not.toMatch(/is not possible now|is now Closed/);
  });

  it('a second click on the button adds nothing', async () => {
    const form = await dispatcher.get(ADD);
    const values = { ...workOrder(), externalContractor: [] };
    const [one, two] = await Promise.all([
      send(dispatcher, ADD, form, values),
      send(dispatcher, ADD, form, values),
    ]);
    expect([one.status, two.status]).toEqual([303, 303]);
    expect(one.headers.get('location')).toBe(two.headers.get('location'));
  });

  it('an edit that comes after somebody else’s is shown what differs, and goes through when it is sent again', async () => {
    const order = await addWorkOrder(dispatcher, workOrder());
    const path = `${APP}/records/${order.id}/operations/edit`;
    const [mine, theirs] = [await dispatcher.get(path), await dispatcher.get(path)];
    expect((await send(dispatcher, path, theirs, { building: 'Their building' })).status).toBe(303);
    const late = await send(dispatcher, path, mine, { building: 'My building' });
    expect(late.status).toBe(422);
    expect(readable(late.text)).toContain('Building is stored as “Their building”');
    expect((await readRecord(dispatcher, order.id)).values.building).toBe('Their building');
    expect((await send(dispatcher, path, late, {})).status).toBe(303);
    expect((await readRecord(dispatcher, order.id)).values.building).toBe('My building');
  });

  it('[F51] a due date that is over is warned of before anything is written; it goes through once somebody wants it', async () => {
    const ana = { name: 'Ana', email: 'warned@contractor.example' };
    const typed = { ...workOrder(ana), dueDate: '2020-01-31' };
    const orders = async () => (await dispatcher.get(`${APP}/work-orders?view=all`)).text;
    const warned = await submit(dispatcher, ADD, typed);
    const until = readableDay(system.clock.now() + DAY_MS);
    const warning = `This date is over. The link would last for one day only, until ${until}. Change it, or choose “Create anyway”.`;
    expect([warned.status, readable(warned.text)]).toEqual([422, expect.stringContaining(warning)]);
    expect(readable(warned.text)).toContain('Nothing is saved yet');
    expect(warned.text).toContain('id="f-dueDate-problem"');
    expect(fieldsOf(warned.text)).toMatchObject({
      'field.number': typed.number,
      'field.dueDate': '2020-01-31',
      'field.contractorEmail': ana.email,
    });
    expect(await orders()).not.toContain(typed.number);

    // Another date is looked at anew, also with the button that goes over the first warning.
    const far = await send(
      dispatcher,
      ADD,
      warned,
      { dueDate: '2099-03-31' },
      { anyway: 'PASS_LASTS_ONE_DAY' },
    );
    expect([far.status, readable(far.text)]).toEqual([
      422,
      expect.stringMatching(
        /The link would end before this date, with \w+, \d+ \w+ \d+: no link lasts longer\./,
      ),
    ]);
    const again = await send(dispatcher, ADD, warned, {});
    expect([again.status, await orders()]).toEqual([
      422,
      expect.not.stringContaining(typed.number as string),
    ]);
    const added = await send(dispatcher, ADD, warned, {}, { anyway: 'PASS_LASTS_ONE_DAY' });
    expect(added.status).toBe(303);
    expect(await orders()).toContain(typed.number);

    // Nobody is warned where no pass is asked for.
    const own = await submit(dispatcher, ADD, {
      ...workOrder(),
      dueDate: '2020-01-31',
    });
    expect(own.status).toBe(303);

    // Of a live pass the new end is told, too.
    await system.settled();
    const [, id = ''] = /records\/(\w+)/.exec(added.headers.get('location') ?? '') ?? [];
    const form = `${APP}/records/${id}/operations/edit`;
    const { assignedTo } = (await readRecord(dispatcher, id)).values as { assignedTo: string };
    const moved = await submit(dispatcher, form, { assignedTo, dueDate: '2020-02-01' });
    expect([moved.status, readable(moved.text)]).toEqual([
      422,
      expect.stringContaining(
        'This date is over. The link would end at once. Change it, or choose “Save anyway”.',
      ),
    ]);
    const saved = await send(dispatcher, form, moved, { assignedTo }, { anyway: 'PASS_ENDS_NOW' });
    expect(saved.status).toBe(303);
  });

  it('[F51] a program is told in the answer of a due date that a pass does not end with, and told again when it asks again', async () => {
    const add = (dueDate: string, key?: string) =>
      dispatcher.json(
        'POST',
        `${WORK_ORDERS}/records`,
        { operation: 'add', values: { ...values, dueDate } },
        key ? { 'idempotency-key': key } : {},
      );
    const values = workOrder({ name: 'Ana', email: 'told@contractor.example' });
    const warningsOf = ({ status, json }: { status: number; json?: unknown }) => [
      status,
      (json as { warnings?: { code: string; path: string; message: string }[] }).warnings,
    ];
    const path = '/values/dueDate';
    const lasts = {
      code: 'PASS_LASTS_ONE_DAY',
      path,
      message: expect.stringMatching(/^This date is over\. The link lasts for one day only, until /),
    };
    expect(warningsOf(await add('2020-01-31', 'a-key'))).toEqual([201, [lasts]]);
    expect(warningsOf(await add('2020-01-31', 'a-key'))).toEqual([201, [lasts]]);
    const earlier = {
      code: 'PASS_ENDS_EARLIER',
      path,
      message: expect.stringMatching(/^The link ends before this date, with /),
    };
    const far = await add('2099-03-31');
    expect(warningsOf(far)).toEqual([201, [earlier]]);
    const soon = new Date(system.clock.now() + 9 * DAY_MS).toISOString().slice(0, 10);
    expect(warningsOf(await add(soon))).toEqual([201, undefined]);

    await system.settled();
    const { id } = far.json as RecordJson;
    const edit = (dueDate: string) =>
      dispatcher.json('POST', `/production/records/${id}/operations/edit`, { values: { dueDate } });
    expect(warningsOf(await edit('2098-03-31'))).toEqual([200, [earlier]]);
    expect(warningsOf(await edit(soon))).toEqual([200, undefined]);
    const ended = { code: 'PASS_ENDS_NOW', path, message: 'This date is over. The link has ended.' };
    expect(warningsOf(await edit('2020-01-31'))).toEqual([200, [ended]]);
  });

  it('[F16] a technician who is assigned beside a contractor is refused at the field, and is never replaced unsaid', async () => {
    const technician = await theTechnician();
    const { id: assignedTo } = (await technician.get('/me')).json as { id: string };
    const page = await dispatcher.get(ADD);
    expect(readable(page.text)).toContain(
      'Leave this empty if “External contractor” is Yes: it is filled in by itself then.',
    );
    const typed = {
      ...workOrder({ name: 'Ana', email: 'beside@contractor.example' }),
    };
    const refused = await submit(dispatcher, ADD, { ...typed, assignedTo });
    const words = 'must be left empty: whoever gets the link is entered here';
    expect([refused.status, readable(refused.text)]).toEqual([
      422,
      expect.stringContaining(`Assigned to ${words}`),
    ]);
    expect(refused.text).toContain('id="f-assignedTo-problem"');
    const problems = [{ path: '/values/assignedTo', message: words }];

    // Ticking the contractor later neither takes the work order away from a technician without a word.
    const { id } = await addWorkOrder(dispatcher, { ...workOrder(), assignedTo });
    const edit = `/production/records/${id}/operations/edit`;
    const { externalContractor, contractorName, contractorEmail } = typed;
    const contractor = { externalContractor, contractorName, contractorEmail };
    const ticked = await dispatcher.json('POST', edit, { values: contractor });
    expect([ticked.status, ticked.json]).toEqual([422, expect.objectContaining({ problems })]);
    expect(
      (await dispatcher.json('POST', edit, { values: { ...contractor, assignedTo: null } })).status,
    ).toBe(200);
    await system.settled();
    expect((await readRecord(dispatcher, id)).values.assignedTo).not.toBe(assignedTo);

    // Given to the technician the pass ends, and another one is issued only once they are out of it.
    expect((await dispatcher.json('POST', edit, { values: { assignedTo } })).status).toBe(200);
    await system.settled();
    const runs = `/production/records/${id}/task-runs`;
    const [offered] = ((await dispatcher.get(runs)).json as { taskRuns: object[] }).taskRuns;
    expect(offered).not.toHaveProperty('mayRunAgain');
    const again = await dispatcher.json('POST', runs, {});
    expect([again.status, again.text]).toEqual([
      409,
      expect.stringContaining('“Assigned to” names somebody else by now: empty it first'),
    ]);
    expect((await dispatcher.json('POST', edit, { values: { assignedTo: null } })).status).toBe(200);
    expect((await dispatcher.json('POST', runs, {})).status).toBe(202);
  });

  it('[D16] offer what somebody may do, and everything so offered has its page', async () => {
    const technician = await theTechnician();
    const { id: technicianId } = (await technician.get('/me')).json as { id: string };
    const order = await addWorkOrder(dispatcher, workOrder());
    const own = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: technicianId }));
    for (const [who, visitor, id, offered] of [
      ['dispatcher', dispatcher, own.id, ['complete', 'delete', 'edit']],
      ['technician', technician, own.id, ['complete']],
      ['technician', technician, order.id, []],
    ] as const) {
      const page = await visitor.get(`${APP}/records/${id}`);
      const links = [...page.text.matchAll(/operations\/([\w-]+)"/g)].map(([, each]) => each).sort();
      expect([who, links]).toEqual([who, offered]);
      const answered = (await visitor.get(`/production/records/${id}`)).json as Partial<RecordJson>;
      expect(answered.can?.operations.map((each) => each.id).sort() ?? []).toEqual(offered);
      for (const operation of ['complete', 'delete', 'edit']) {
        const { status } = await visitor.get(`${APP}/records/${id}/operations/${operation}`);
        const shown = (offered as readonly string[]).includes(operation);
        expect([who, operation, shown ? [200] : [403, 404]]).toEqual([
          who,
          operation,
          expect.arrayContaining([status]),
        ]);
      }
    }
    expect((await technician.get(`${APP}/records/${order.id}`)).status).toBe(404);
    expect((await technician.get(ADD)).status).toBe(404);
    // What was offered does succeed.
    const done = await submit(technician, `${APP}/records/${own.id}/operations/complete`, {
      completionNotes: 'It is quiet again.',
    });
    expect([done.status, (await readRecord(dispatcher, own.id)).state]).toEqual([303, 'Closed']);
    expect((await submit(dispatcher, `${APP}/records/${own.id}/operations/delete`, {})).status).toBe(303);
  });

  it('a record is deleted after a page that asks, and not by a page that another change has overtaken', async () => {
    const order = await addWorkOrder(dispatcher, workOrder());
    const path = `${APP}/records/${order.id}/operations/delete`;
    expect(readable((await dispatcher.get(path)).text)).toContain('This cannot be undone.');
    const seen = await dispatcher.get(path);
    const edited = await submit(dispatcher, path.replace(/delete$/, 'edit'), {
      building: 'Not for deletion',
    });
    expect(edited.status).toBe(303);
    const overtaken = await send(dispatcher, path, seen, {});
    expect([overtaken.status, readable(overtaken.text)]).toEqual([
      422,
      expect.stringContaining('Somebody else changed this meanwhile'),
    ]);
    expect((await readRecord(dispatcher, order.id)).values.building).toBe('Not for deletion');
    const deleted = await send(dispatcher, path, overtaken, {});
    const list = deleted.headers.get('location') ?? '';
    expect(list).toBe(`${APP}/work-orders?type=work-order`);
    expect(readable((await dispatcher.get(list)).text)).toContain(`Work order ${order.title} deleted`);
    expect((await dispatcher.get(`${APP}/records/${order.id}`)).status).toBe(404);
  });

  it('a view with a parameter asks for it, and finds by it', async () => {
    const path = `${APP}/contractor-tokens?type=contractor&view=by-token`;
    expect((await dispatcher.get(path)).text).toContain('name="param.token"');
    const found = await dispatcher.get(`${path}&param.token=nothing`);
    expect([found.status, readable(found.text)]).toEqual([200, expect.stringContaining('Nothing matches')]);
  });

  it('[P7] the API is described by an OpenAPI document, and its error codes by a page', async () => {
    const visitor = new Visitor(system.url);
    const described = await visitor.get('/openapi.json');
    expect(described.json).toMatchObject({
      openapi: '3.1.0',
      paths: { '/{environment}/records/{record}': {} },
    });
    const problem = (await visitor.get('/production/records/nothing')).json as { type: string; code: string };
    const { pathname, hash } = new URL(problem.type);
    expect((await visitor.get(pathname)).text).toContain(`id="${hash.slice(1)}"`);
    expect(hash).toBe(`#${problem.code}`);
  });

  it('serve style and script packed, to be kept, and nothing from elsewhere', async () => {
    const visitor = new Visitor(system.url);
    const page = await visitor.get('/sign-in');
    const files = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file]) => file as string);
    const assets = files.filter((file) => file.startsWith('/assets/'));
    expect(files.filter((file) => !file.startsWith('/') && !file.startsWith('#'))).toEqual(
      files.filter((file) => /^(mailto|tel):/.test(file)),
    );
    expect(assets).toHaveLength(3);
    const types: [string | undefined, string | null][] = [];
    for (const file of assets) {
      const answer = await visitor.get(file, { 'accept-encoding': 'gzip, br' });
      expect([file, answer.status, answer.headers.get('cache-control')]).toEqual([
        file,
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(answer.headers.get('content-encoding')).toBe('br');
      expect(answer.text).not.toContain('data:image');
      // Whoever asks next is sent it as they take it, and not as somebody else was.
      for (const [accepts, encoding] of [
        ['gzip', 'gzip'],
        ['identity', null],
        ['br', 'br'],
      ] as const) {
        const again = await visitor.get(file, { 'accept-encoding': accepts });
        expect([file, again.headers.get('content-encoding'), again.text === answer.text]).toEqual([
          file,
          encoding,
          true,
        ]);
      }
      types.push([file.split('.').at(-1), answer.headers.get('content-type')]);
    }
    expect(types.sort()).toEqual([
      ['css', 'text/css; charset=utf-8'],
      ['js', 'text/javascript; charset=utf-8'],
      ['svg', 'image/svg+xml'],
    ]);
    expect((await visitor.get('/assets/nothing.css')).status).toBe(404);
  });
});

describe('what stands for somebody or something else', () => {
  const cellOf = (html: string, record: string, label: string) => {
    const row = html.split('<tr').find((each) => each.includes(`/records/${record}`)) ?? '';
    return new RegExp(`<td[^>]*data-label="${label}"[^>]*>(.*?)</td>`).exec(row)?.[1];
  };

  it('is shown by its name: who created a record, and the record that a reference leads to', async () => {
    await changeDefinitions(system, ({ 'work-orders': app }) => {
      const [type] = app?.recordTypes ?? [];
      const [all] = type?.views ?? [];
      const mine = type?.views.find(({ id }) => id === 'assigned-to-me');
      const target = { app: 'work-orders', recordType: 'work-order' };
      type?.fields.push({ id: 'follows', label: 'Follows', type: 'reference', target });
      for (const { id, fields } of type?.operations ?? [])
        if (id === 'add' || id === 'edit') fields?.push('follows');
      all?.columns.push('createdBy', 'follows');
      mine?.columns.push('createdBy', 'follows');
      const seen = app?.permissions.find(({ role }) => role === 'technician')?.fields?.view;
      (seen as string[]).push('follows');
    });
    const technician = await theTechnician();
    const { id: assignedTo } = (await technician.get('/me')).json as { id: string };
    const first = await addWorkOrder(dispatcher, workOrder());
    const second = await addWorkOrder(dispatcher, { ...workOrder(), assignedTo, follows: first.id });

    const list = await dispatcher.get(`${APP}/work-orders?view=all`);
    expect(cellOf(list.text, second.id, 'Created by')).toBe('<bdi>Dana Dispatcher</bdi>');
    const link = `<a href="${APP}/records/${first.id}"><bdi>${first.title}</bdi></a>`;
    expect(cellOf(list.text, second.id, 'Follows')).toBe(link);
    const page = await dispatcher.get(`${APP}/records/${second.id}`);
    expect(page.text).toContain(link);
    const { names } = (await dispatcher.get(`/production/records/${second.id}`)).json as RecordJson;
    expect(names[first.id]).toBe(first.title);
  });

  it('is not named to whoever may not see it', async () => {
    const technician = await theTechnician();
    const list = await technician.get(`${APP}/work-orders?view=assigned-to-me`);
    const [, record = ''] = /records\/(\w+)"/.exec(list.text) ?? [];
    expect(cellOf(list.text, record, 'Follows')).toBe('<bdi>a record that you may not see</bdi>');
    // Their fields do not name who created a record.
    expect(cellOf(list.text, record, 'Created by')).toContain('–');
    const answer = (await technician.get(`/production/records/${record}`)).json as RecordJson;
    expect([Object.keys(answer.names).length, 'createdBy' in answer]).toEqual([1, false]);
  });

  it('[D13] is named in a history also after it stands there no more, or is gone', async () => {
    const technician = await theTechnician();
    const { id: assignedTo, name } = (await technician.get('/me')).json as { id: string; name: string };
    const leaf = { name: 'Leaf & Söhne', email: 'leaf@contractor.example' };
    const first = await addWorkOrder(dispatcher, workOrder());
    const { id } = await addWorkOrder(dispatcher, { ...workOrder(leaf), follows: first.id });
    await system.settled();
    // The contractor's pass ends with it, and the token user is deleted.
    const edit = `/production/records/${id}/operations/edit`;
    const values = { assignedTo, follows: null };
    expect((await dispatcher.json('POST', edit, { values })).status).toBe(200);
    await finished(system, id);
    const handed = { values: { assignedTo: null, externalContractor: [], contractorName: null } };
    expect((await dispatcher.json('POST', edit, handed)).status).toBe(200);

    const { text } = await dispatcher.get(`${APP}/records/${id}`);
    const history = text.slice(text.indexOf('id="history"'));
    expect(history).toContain(`<del><bdi>Leaf &amp; Söhne</bdi></del> <ins><bdi>${name}</bdi></ins>`);
    expect(history).toContain(
      `<del><a href="${APP}/records/${first.id}"><bdi>${first.title}</bdi></a></del>`,
    );
    expect(history).toContain(`<del><bdi>${name}</bdi></del>`);
    expect(history).not.toMatch(/unknown|not kept|may not see/);
    const { names } = (await dispatcher.get(`/production/records/${id}/history`)).json as RecordJson;
    expect(Object.values(names).sort()).toEqual([leaf.name, name, first.title].sort());
  });

  it('[D13] is not named in a history to whoever may not see it', async () => {
    const technician = await theTechnician();
    const { id: assignedTo } = (await technician.get('/me')).json as { id: string };
    const first = await addWorkOrder(dispatcher, workOrder());
    const { id } = await addWorkOrder(dispatcher, { ...workOrder(), assignedTo, follows: first.id });
    const { text } = await technician.get(`${APP}/records/${id}`);
    expect(text.slice(text.indexOf('id="history"'))).toContain(
      '<ins><bdi>a record that you may not see</bdi></ins>',
    );
    const { names } = (await technician.get(`/production/records/${id}/history`)).json as RecordJson;
    expect(Object.keys(names)).toEqual([assignedTo]);
  });
});
