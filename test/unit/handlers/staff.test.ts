import { DaypassError } from '../../../core/errors.ts';
import type { RecordAnswer } from '../../../core/records/record.ts';
import { userContext } from '../http/events.ts';
import { field, form } from '../pages/fixtures.ts';
import {
  filledIn,
  formToken,
  freshIds,
  handedOn,
  leadsToSaying,
  outline,
  portal,
  signedIn,
  surroundings,
} from './pages.ts';
import { answering, at, serving, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/grants/again.ts`, 'runTaskAgain');
await standIn(`${CORE}/records/apps.ts`, 'listApps');
await standIn(`${CORE}/records/form.ts`, 'readForm');
await standIn(`${CORE}/records/list.ts`, 'openView');
await standIn(`${CORE}/records/operation.ts`, 'addRecord', 'readRecord', 'runOperation');
await standIn(`${CORE}/records/references.ts`, 'nameReferences');
await standIn(`${CORE}/records/trace.ts`, 'mayReadTrace', 'readHistory', 'readTaskRuns');
const { staffHandlers } = await import('../../../lambdas/portal/handlers/staff.tsx');

const send = serving('portal', staffHandlers(portal) as never, async ({ document }) => ({
  status: document.status,
  html: document.code,
}));

const record: RecordAnswer = {
  id: 'r1',
  app: 'work-orders',
  recordType: 'work-order',
  version: 3,
  state: 'Active',
  stateName: 'Active',
  title: 'WO-1',
  values: { number: 'WO-1', building: 'North Gate', dueDate: '2026-03-09' },
  names: {},
  createdAt: '2026-02-01T08:00:00Z',
  updatedAt: '2026-02-02T08:00:00Z',
  can: { operations: [{ id: 'edit', name: 'Edit', kind: 'edit' }], edit: [] },
};

beforeEach(() => {
  freshIds();
  answering({
    mayReadTrace: () => false,
    nameReferences: (_: unknown, records: unknown) => records,
    readRecord: record,
  });
});

const WHO = 'Dora Dispatch in staging';
const PLACE = { environment: 'staging' };
const APP = '/app/{environment}/{app}';
const RECORD = '/app/{environment}/records/{record}';
const ADD = `${APP}/{recordType}/operations/{operation}`;
const views = [
  { id: 'all', name: 'All', parameters: [] },
  {
    id: 'by',
    name: 'By place',
    parameters: [
      { id: 'building', label: 'Building' },
      { id: 'floor', label: 'Floor' },
    ],
  },
];
const type = { id: 'work-order', name: 'Work Order', plural: 'Work Orders', views, operations: [] };
const orders = { id: 'work-orders', name: 'Orders', recordTypes: [type] };
const adding = {
  ...type,
  id: 'part',
  name: 'Part',
  plural: 'Parts',
  views: [],
  operations: [{ id: 'add', name: 'Add' }],
};
const columns = [
  { id: 'number', label: 'Number', type: 'string' },
  { id: 'building', label: 'Building', type: 'string' },
  { id: 'state', label: 'State', type: 'string' },
];
const SITE = 'ABC Property Management';

describe('the page of apps', () => {
  const open = (context = {}) => send(at('GET', '/app/{environment}', PLACE, context));

  it('shows what can be reached there, to whom it is shown and where, and live passes where an app has them', async () => {
    answering({ listApps: [orders] });
    const page = await open(signedIn);
    const list = `${'[Work Orders: All](/app/staging/work-orders?type=work-order&view=all)'} ${'[Work Orders: By place](/app/staging/work-orders?type=work-order&view=by)'}`;
    expect(outline(page)).toEqual([200, `Apps – ${SITE}`, `Apps Orders ${list}`]);
    expect(handedOn()).toEqual([['listApps', WHO]]);
    expect(surroundings(page)).toEqual([
      `[${SITE}](/) staging <form /sign-out> {formToken=${formToken}} [Dora Dispatch](/account) (Sign out)`,
      'Questions? The office, [office@abc.example](mailto:office@abc.example) [API reference](/reference)',
    ]);
    answering({
      listApps: [
        { ...orders, recordTypes: [] },
        { id: 'contractor-tokens', name: 'Contractors', recordTypes: [] },
      ],
    });
    expect(outline(await open(signedIn))).toEqual([
      200,
      `Apps – ${SITE}`,
      'Apps [Live passes: who can get in now](/passes/staging) Orders Contractors',
    ]);
  });

  it('is empty for somebody who can reach nothing, and asks nobody else in', async () => {
    answering({ listApps: [] });
    expect(outline(await open(signedIn))[2]).toBe(
      'Apps There is nothing here that you can open. Ask an administrator for a role in one of the apps.',
    );
    const stranger = await open();
    expect([stranger.status, stranger.text]).toEqual([401, 'CREDENTIAL_MISSING']);
    answering({ listApps: [orders] });
    const page = await open();
    expect([page.status, surroundings(page)[0], handedOn()]).toEqual([
      200,
      `${SITE} staging [Sign in](/sign-in?to=%2Fapp%2Fstaging)`,
      [['listApps', 'anonymous in staging']],
    ]);
  });
});

describe('the page of a view', () => {
  const open = (query = '', app = 'work-orders') =>
    send(at('GET', APP, { ...PLACE, app }, { ...signedIn, query }));
  const asksFor = (more: object) => [
    'openView',
    WHO,
    { app: 'work-orders', recordType: 'work-order', limit: 50, ...more },
  ];
  const page = { columns, records: [record] };
  const top =
    '[Apps](/app/staging) Orders Work Orders [All](/app/staging/work-orders?type=work-order&view=all) [By place](/app/staging/work-orders?type=work-order&view=by)';
  const opened = (from: string) => `[WO-1](/app/staging/records/r1${from}) North Gate Active`;
  const row = opened('');

  it('is of the first view of the first type where none is named, fifty records at a time', async () => {
    answering({ listApps: [orders], openView: page });
    expect(outline(await open())).toEqual([
      200,
      `Work Orders: All – ${SITE}`,
      `${top} Work Orders: All Number Building State ${row}`,
    ]);
    expect(handedOn()).toEqual([
      ['listApps', WHO],
      asksFor({ view: 'all', params: {} }),
      ['nameReferences', WHO, [record]],
    ]);
  });

  it('hands on the page and the parameters, and keeps the parameters on the way to other pages', async () => {
    answering({ listApps: [orders], openView: { ...page, cursor: 'c2' } });
    const here = '/app/staging/work-orders?type=work-order&view=by&param.building=North+Gate&param.floor=2';
    const query = 'type=work-order&view=by&param.building=North+Gate&param.floor=2&param.room=&utm=1';
    const first = await open(query);
    const asking =
      '<form here> {type=work-order} {view=by} Building {param.building=North Gate} Floor {param.floor=2} (Show)';
    expect(outline(first)).toEqual([
      200,
      `Work Orders: By place – ${SITE}`,
      `${top} ${asking} Work Orders: By place Number Building State ${opened(`?${new URLSearchParams({ list: 'type=work-order&view=by' })}`)} Page 1 [Next page](${here}&cursor=c2&page=2)`,
    ]);
    const params = { building: 'North Gate', floor: '2' };
    expect(handedOn()[1]).toEqual(asksFor({ view: 'by', params }));

    answering({ listApps: [orders], openView: { ...page, previous: 'p2' } });
    const second = await open(`${query}&cursor=c2&page=2`);
    const from = `?${new URLSearchParams({ list: 'type=work-order&view=by&cursor=c2&page=2' })}`;
    const back = `[Previous page](${here}&before=p2)`;
    expect(outline(second)).toEqual([
      200,
      `Work Orders: By place, page 2 – ${SITE}`,
      `${top} ${asking} Work Orders: By place Number Building State ${opened(from)} ${back} Page 2`,
    ]);
    expect(handedOn()[1]).toEqual(asksFor({ view: 'by', params, cursor: 'c2' }));
  });

  it('goes back page by page, to the first one from any, and counts what it cannot know from what it can', async () => {
    const list = '/app/staging/work-orders?type=work-order&view=all';
    const shown = async (query: string) => {
      const [, title, text] = outline(await open(query));
      return [title?.replace(` – ${SITE}`, ''), text.slice(text.indexOf(' Active') + 8)];
    };
    answering({ listApps: [orders], openView: { ...page, cursor: 'c4', previous: 'p2' } });
    expect(await shown('before=p3&page=3')).toEqual([
      'Work Orders: All, page 3',
      `[First page](${list}) [Previous page](${list}&before=p2&page=2) Page 3 [Next page](${list}&cursor=c4&page=4)`,
    ]);
    expect(handedOn()[1]).toEqual(asksFor({ view: 'all', params: {}, before: 'p3' }));
    // A number without a place is nobody's page, and one that is none cannot be that of the first.
    expect(await shown('cursor=c2&page=none')).toEqual([
      'Work Orders: All, page 2',
      `[Previous page](${list}&before=p2) Page 2 [Next page](${list}&cursor=c4&page=3)`,
    ]);
    answering({ openView: { ...page, cursor: 'c2' } });
    for (const first of ['page=7', 'before=p2&page=5'])
      expect(await shown(first)).toEqual([
        'Work Orders: All',
        `Page 1 [Next page](${list}&cursor=c2&page=2)`,
      ]);
    answering({
      openView: () => {
        throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/cursor', message: 'is of another' }]);
      },
    });
    expect(outline(await open('cursor=x'))[2]).toBe(
      `${top} This page of the list cannot be opened any more. Go to the first page. Work Orders: All [First page](${list}) Page 2`,
    );
  });

  it('that is being prepared says so in the place of its table, and leads to itself', async () => {
    answering({
      listApps: [orders],
      openView: () => {
        throw new DaypassError('LIST_NOT_READY');
      },
    });
    const waiting = await open('cursor=c2&page=2');
    expect(outline(waiting)).toEqual([
      200,
      `Work Orders: All, page 2 – ${SITE}`,
      `${top} This list is being prepared. It takes about a minute. [Refresh](/app/staging/work-orders?type=work-order&view=all&cursor=c2&page=2)`,
    ]);
    expect(waiting.text).toContain('<div id="list" data-refresh><p class="empty" role="status">');
  });

  it('that lacks a parameter asks for it and reads nothing; what is wrong with one is said', async () => {
    answering({ listApps: [orders], openView: page });
    const asks = await open('view=by&param.building=North+Gate');
    expect(outline(asks)[2]).toBe(
      `${top} <form here> {type=work-order} {view=by} Building {param.building=North Gate} Floor {param.floor=} (Show) Enter what to look for.`,
    );
    expect(handedOn()).toEqual([['listApps', WHO]]);
    answering({
      openView: () => {
        throw new DaypassError('REQUEST_INVALID', undefined, [
          { path: '/param.building', message: 'is no building' },
          { path: '/param.floor', message: 'must be a number' },
        ]);
      },
    });
    const wrong = await open('view=by&param.building=x&param.floor=y');
    expect([wrong.status, outline(wrong)[2]]).toEqual([
      200,
      expect.stringContaining('(Show) building is no building; floor must be a number'),
    ]);
    answering({
      openView: () => {
        throw new DaypassError('FORBIDDEN');
      },
    });
    expect((await open()).status).toBe(403);
  });

  it('is that of the type that is named, also of one to which somebody can only add', async () => {
    answering({
      listApps: [
        { ...orders, id: 'other' },
        { ...orders, recordTypes: [type, adding] },
      ],
      openView: page,
    });
    expect(outline(await open('type=part'))).toEqual([
      200,
      `Parts: Orders – ${SITE}`,
      '[Apps](/app/staging) Orders Parts [Add](/app/staging/work-orders/part/operations/add) There is nothing in this list.',
    ]);
    expect(handedOn()).toEqual([['listApps', WHO]]);
  });

  it.each(['type=nothing', 'view=nothing', 'type=part&view=all'])('is nowhere at ?%s', async (query) => {
    answering({ listApps: [{ ...orders, recordTypes: [type, adding] }], openView: page });
    expect((await open(query)).status).toBe(404);
    expect((await open('', 'nothing')).status).toBe(404);
  });
});

describe('the page of a record', () => {
  const open = (query = '') => send(at('GET', RECORD, { ...PLACE, record: 'r1' }, { ...signedIn, query }));
  const shown =
    'Work Order WO-1 Due date: Mon, 9 Mar 2026 in 8 days Active Building North Gate [Edit](/app/staging/records/r1/operations/edit)';
  const back = '[Work Orders](/app/staging/work-orders?type=work-order)';

  it('says what it is and what can be done, and leads back to the page of the list that it was opened from', async () => {
    expect(outline(await open())).toEqual([200, `Work Order WO-1 – ${SITE}`, `${back} ${shown}`]);
    expect(handedOn()).toEqual([
      ['readRecord', WHO, 'r1'],
      ['mayReadTrace', WHO],
    ]);
    const from = (list: string) => new URLSearchParams({ list }).toString();
    const third = 'type=work-order&view=all&param.building=North+Gate&cursor=c3&page=3';
    const carrying = shown.replace('operations/edit', `operations/edit?${from(third)}`);
    expect(outline(await open(from(third)))[2]).toBe(
      `[Work Orders, page 3](/app/staging/work-orders?${third}) ${carrying}`,
    );
    // What is not the place of a list of this type leads to the list of the type, and nothing leads elsewhere.
    for (const list of ['//evil.example', 'type=part&view=all', 'view=all', 'type=work-order'])
      expect(outline(await open(from(list)))[2]).toContain(back);
    const odd = 'type=work-order&view=all&x=1&before=p2&page=none';
    expect(outline(await open(from(odd)))[2]).toContain(
      '[Work Orders](/app/staging/work-orders?type=work-order&view=all&before=p2)',
    );
  });

  it('shows the task runs and a part of the history, from where it was asked for, to whoever may read them', async () => {
    const event = {
      number: 4,
      at: '2026-02-02T08:00:00Z',
      operation: 'edit',
      actor: { type: 'user', name: 'Theo' },
      before: { building: 'South Gate', number: 'WO-1' },
      after: { building: 'North Gate', completionNotes: 'Oiled' },
      stateBefore: 'Active',
      stateAfter: 'gone',
    };
    answering({
      mayReadTrace: () => true,
      readTaskRuns: [],
      readHistory: {
        items: [
          { ...event, exemption: 'levelAdmin' },
          {
            ...event,
            number: 3,
            summary: 'Put right',
            actor: { type: 'robot', name: '' },
            exemption: 'tenantAdministrator',
          },
          { ...event, number: 2, operation: 'former', before: {}, after: {}, stateBefore: undefined },
        ],
        cursor: 'h2',
      },
    });
    const page = await open('history=h1');
    expect(handedOn()).toEqual([
      ['readRecord', WHO, 'r1'],
      ['mayReadTrace', WHO],
      ['readTaskRuns', WHO, 'r1'],
      ['readHistory', WHO, 'r1', { limit: 20, cursor: 'h1' }],
    ]);
    const at = '2 February 2026 at 08:00 UTC';
    const changes = 'Number WO-1 Building South Gate North Gate Completion notes Oiled';
    expect(outline(page)[2]).toBe(
      [
        `${back} ${shown} History`,
        `Changed by Theo , exempt from the rules as administrator of the app, ${at} Active → gone ${changes}`,
        `Put right by a robot , exempt from the rules as tenant administrator, ${at} Active → gone ${changes}`,
        `Former by Theo , ${at} gone`,
        '[Earlier events](/app/staging/records/r1?history=h2#history)',
      ].join(' '),
    );
    await open();
    expect(handedOn().at(-1)).toEqual(['readHistory', WHO, 'r1', { limit: 20 }]);
  });

  it('asks for another pass, and leads back to the record', async () => {
    answering({ runTaskAgain: undefined });
    const done = await send(at('POST', `${RECORD}/task-runs`, { ...PLACE, record: 'r1' }, filledIn({})));
    expect([leadsToSaying(done), handedOn()]).toEqual([
      [
        303,
        '/app/staging/records/r1',
        'New access for work order WO-1 asked for: its link is made and sent now',
      ],
      [
        ['readRecord', WHO, 'r1'],
        ['runTaskAgain', WHO, 'r1'],
      ],
    ]);
  });
});

describe('a form of staff', () => {
  const place = { ...PLACE, app: 'work-orders', recordType: 'work-order', operation: 'add' };
  const ofRecord = { ...PLACE, record: 'r1', operation: 'edit' };
  const building = field({ id: 'building', type: 'string', label: 'Building', value: 'South Gate' });
  const secret = field({ id: 'code', type: 'string', label: 'Code', hidden: true });
  const { record: _, ...addForm } = form([building], { operation: { id: 'add', name: 'Add', kind: 'add' } });
  const editForm = form([building, secret], { operation: { id: 'edit', name: 'Edit', kind: 'edit' } });
  const addAsked = { app: 'work-orders', recordType: 'work-order', operation: 'add' };
  const editAsked = { ...addAsked, operation: 'edit', recordId: 'r1' };
  const added = (more = {}) => ({ recordId: 'r1', operation: { id: 'add', name: 'Add' }, ...more });
  const edited = (more = {}) => ({ recordId: 'r1', operation: { id: 'edit', name: 'Edit' }, ...more });
  const add = (fields: Record<string, string> = {}) => send(at('POST', ADD, place, filledIn(fields)));
  const edit = (fields: Record<string, string | string[]> = {}) =>
    send(at('POST', `${RECORD}/operations/{operation}`, ofRecord, filledIn(fields)));

  it('that adds leads back to the list of its type, and is sent once', async () => {
    answering({ readForm: addForm });
    expect(outline(await send(at('GET', ADD, place, signedIn)))).toEqual([
      200,
      `Add – ${SITE}`,
      `[Back to the list](/app/staging/work-orders?type=work-order) Add <form here> {formToken=${formToken}} {once=id-1} Building (optional) {field.building=South Gate} (Add) [Cancel](/app/staging/work-orders?type=work-order)`,
    ]);
    expect(handedOn()).toEqual([['readForm', WHO, addAsked]]);
  });

  it('that adds hands on what was typed, and leads to the record, or to the list where it is not to be seen', async () => {
    answering({ readForm: addForm, addRecord: added({ record }) });
    const seen = await add({ 'field.building': 'North Gate', once: 'o1', version: '9' });
    expect(leadsToSaying(seen)).toEqual([303, '/app/staging/records/r1', 'Work order WO-1 created']);
    expect(handedOn()).toEqual([
      ['readForm', WHO, addAsked],
      [
        'addRecord',
        WHO,
        { ...addAsked, values: { building: 'North Gate' }, accepts: [], idempotencyKey: 'o1' },
      ],
    ]);
    answering({ addRecord: added() });
    const unseen = await add({ 'field.building': 'South Gate' });
    expect(leadsToSaying(unseen)).toEqual([
      303,
      '/app/staging/work-orders?type=work-order',
      'Work order created',
    ]);
    expect(handedOn()[1]).toEqual(['addRecord', WHO, { ...addAsked, values: {}, accepts: [] }]);
  });

  it('of a record leads back to the record, with the version that it shows', async () => {
    answering({ readForm: editForm });
    expect(outline(await send(at('GET', `${RECORD}/operations/{operation}`, ofRecord, signedIn)))).toEqual([
      200,
      `Edit WO-1 – ${SITE}`,
      `[Work Order WO-1](/app/staging/records/r1) Edit WO-1 <form here> {formToken=${formToken}} {once=id-1} {version=3} Building (optional) {field.building=South Gate} Code (optional) You may change this field, but not see what is in it. Left empty it stays as it is. {field.code=} (Edit) [Cancel](/app/staging/records/r1)`,
    ]);
    expect(handedOn()).toEqual([
      ['readRecord', WHO, 'r1'],
      ['readForm', WHO, editAsked],
    ]);
  });

  it('of a record hands everything on, and leads to the record, or to the list where it is not to be seen any more', async () => {
    answering({ readForm: editForm, runOperation: edited({ record }) });
    const sent = { 'field.building': 'North Gate', version: '3', once: 'o2', confirm: ['test', 'staging'] };
    expect(leadsToSaying(await edit(sent))).toEqual([
      303,
      '/app/staging/records/r1',
      'Work order WO-1 changed',
    ]);
    const { operation, recordId } = editAsked;
    expect(handedOn()[2]).toEqual([
      'runOperation',
      WHO,
      {
        operation,
        recordId,
        values: { building: 'North Gate' },
        accepts: [],
        idempotencyKey: 'o2',
        expectedVersion: 3,
        confirm: ['test', 'staging'],
      },
    ]);
    answering({ runOperation: edited() });
    expect(leadsToSaying(await edit({ 'field.building': 'South Gate', confirm: 'test' }))).toEqual([
      303,
      '/app/staging/work-orders?type=work-order',
      'Work order WO-1 changed',
    ]);
    expect(handedOn()[2]).toEqual([
      'runOperation',
      WHO,
      { operation, recordId, values: {}, accepts: [], confirm: ['test'] },
    ]);
  });

  it.each([
    ['edit', 3],
    ['delete', 3],
    ['transition', undefined],
  ])(
    'whose operation is a kind of %s is bound to version %s of what was looked at',
    async (kind, version) => {
      answering({
        readForm: { ...editForm, operation: { id: 'edit', name: 'Edit', kind } },
        runOperation: edited({ record }),
      });
      await edit({ version: '3', 'field.building': 'South Gate' });
      const [, , handed] = handedOn()[2] as [string, string, object];
      expect(handed).toEqual({
        operation: 'edit',
        recordId: 'r1',
        values: {},
        accepts: [],
        ...(version && { expectedVersion: version }),
      });
    },
  );

  const summary = (text: string) =>
    text.split(' <form here> ')[0]?.replace('[Work Order WO-1](/app/staging/records/r1) Edit WO-1 ', '');
  const refusedBy = (
    code: ConstructorParameters<typeof DaypassError>[0],
    ...more: [string?, { path: string; message: string }[]?]
  ) => ({
    readForm: editForm,
    runOperation: () => {
      throw new DaypassError(code, ...more);
    },
  });
  const meanwhile =
    'Somebody else changed this meanwhile. Check what differs, then send it again. [Building is stored as “South Gate”](#f-building)';

  it.each([
    [
      'VALUES_INVALID',
      undefined,
      [{ path: '/values/building', message: 'is too long' }],
      'Please correct what is marked [Building is too long](#f-building)',
    ],
    ['LIMIT_EXCEEDED', 'There are too many.', undefined, 'Please correct what is marked There are too many.'],
    ['VERSION_MISMATCH', undefined, undefined, meanwhile],
    ['CONFLICT', undefined, undefined, meanwhile],
    ['EMAIL_TAKEN', undefined, undefined, 'Somebody has this email already. Use theirs, or another address.'],
    [
      'EMAIL_IMMUTABLE',
      undefined,
      undefined,
      'An email cannot be changed. Delete the account and create one with the new address.',
    ],
    ['OWN_ACCOUNT', undefined, undefined, 'Nobody deletes their own account. Ask another administrator.'],
    ['RATE_LIMITED', 'inner words', undefined, 'Too many requests. Wait as long as Retry-After says.'],
    ['ROLE_UNKNOWN', undefined, undefined, 'There is no such role. Name one that the site has.'],
    [
      'IDEMPOTENCY_MISMATCH',
      undefined,
      undefined,
      'This form was sent before with other contents. To send it once more as it is now, press the button.',
    ],
  ] as const)(
    'that is refused with %s comes back with what was typed, and says why',
    async (code, said, problems, why) => {
      answering(refusedBy(code, said, problems as never));
      const page = outline(
        await edit({ 'field.building': 'North Gate', 'field.code': '4711', version: '2', once: 'o1' }),
      );
      expect(page.slice(0, 2)).toEqual([422, `Error: Edit WO-1 – ${SITE}`]);
      expect(summary(page[2])).toBe(why);
      // Sent again it is another request, measured against what is stored now.
      expect(page[2]).toContain('{once=id-1} {version=3} Building');
      expect(page[2]).toContain('{field.building=North Gate}');
    },
  );

  it('that needs confirmations asks for each environment in which an account ends besides', async () => {
    const problems = [
      { path: '/confirm', message: 'also in use in test' },
      { path: '/confirm', message: 'also in use in production' },
    ];
    answering(refusedBy('CONFIRMATION_NEEDED', 'It ends elsewhere.', problems));
    const page = outline(await edit({ version: '3' }));
    expect([page[0], summary(page[2])]).toEqual([422, 'It ends elsewhere.']);
    expect(page[2].match(/\{confirm=\w+\*?\}/g)).toEqual(['{confirm=test}', '{confirm=production}']);
  });

  it('that somebody goes back to when it is not offered any more leads to the record, which says so', async () => {
    answering({
      readForm: () => {
        throw new DaypassError('STATE_REFUSED');
      },
    });
    const list = new URLSearchParams({ list: 'type=work-order&view=all&cursor=c2&page=2' });
    const asked = at(
      'GET',
      `${RECORD}/operations/{operation}`,
      { ...ofRecord, operation: 'complete' },
      { ...signedIn, query: list.toString() },
    );
    expect(leadsToSaying(await send(asked))).toEqual([
      303,
      `/app/staging/records/r1?${list}`,
      '“Complete Work Order” is not possible now: work order WO-1 is Active',
    ]);
  });

  it.each(['FORBIDDEN', 'NOT_FOUND', 'STATE_REFUSED', 'MAIL_FAILED'] as const)(
    'that no other try can mend answers %s',
    async (code) => {
      answering(refusedBy(code));
      const answer = await edit({ version: '3' });
      expect(answer.text).toBe(code);
    },
  );

  it('is answered for nobody but the person whom it was made for', async () => {
    answering({ readForm: editForm, runOperation: edited({ record }) });
    const made = at('POST', `${RECORD}/operations/{operation}`, ofRecord, filledIn({ version: '3' }));
    const other = await send({ ...made, context: { ...userContext, principalId: 'V'.repeat(22) } });
    expect([other.status, handedOn()]).toEqual([403, []]);
  });
});
