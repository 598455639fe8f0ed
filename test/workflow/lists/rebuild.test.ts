import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { IndexState } from '../../../core/apps/rebuilding.ts';
import { DEVELOPER, OWNER, PUBLISHER } from '../../../core/policy/built-in.ts';
import { AwsError } from '../../../local/aws-endpoint/aws-call.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { listsRebuilt, rebuildEnded } from '../../support/lists.ts';
import { fieldsOf, readable } from '../../support/page-forms.ts';
import {
  addWorkOrder,
  changeDefinitions,
  DISPATCHER,
  type RecordJson,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { plantCredential, staffSession, staffSessionToken } from '../../support/site-runtime.ts';

const INDEXES = '/admin/environments/production/indexes';
const WORK_ORDER = { app: 'work-orders', recordType: 'work-order' };
const BACKUP = 'backup-designer';

let system: System;
let dispatcher: Visitor;
let backup: Visitor;
const orders: RecordJson[] = [];

async function withRole(role: string): Promise<Visitor> {
  const visitor = new Visitor(system.url);
  const { token } = await plantCredential(system, { type: 'user', kind: 'session', roles: [role] });
  visitor.setCookie('dp_session', token);
  return visitor;
}

const VIEW = {
  id: 'by-building',
  name: 'By building',
  columns: ['number', 'building'],
  filter: 'record.building == "Mill House"',
  sort: { field: 'number', descending: true },
};

/** The site as the example has it, with somebody who edits one form and designs nothing else. */
function withBackup(views: object[] = [], opener?: string) {
  return changeDefinitions(system, (apps, site) => {
    site.roles.push({
      id: BACKUP,
      name: 'Backup designer',
      environments: [],
      design: { apps: { 'work-orders': ['read', 'edit'] } },
    });
    const app = apps['work-orders'];
    app?.recordTypes[0]?.views.push(...(views as never[]));
    for (const permission of app?.permissions ?? []) {
      if (permission.role !== 'dispatcher' && permission.role !== opener) continue;
      permission.views?.push(...views.map((view) => (view as { id: string }).id));
    }
  });
}

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  await withBackup();
  backup = await withRole(BACKUP);
  for (const dueDate of ['2099-01-03', '2099-01-01', '2099-01-02']) {
    orders.push(await addWorkOrder(dispatcher, workOrder(undefined, { dueDate })));
  }
}, 120_000);

afterAll(() => system?.stop());

async function listed(view: string): Promise<string[]> {
  const answer = await dispatcher.get(`${WORK_ORDERS}/views/${view}?limit=100`);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return (answer.json as { records: RecordJson[] }).records.map(({ values }) => String(values.number));
}

const numbersOf = (...some: (RecordJson | undefined)[]) => some.map((order) => String(order?.values.number));

async function state(): Promise<IndexState | undefined> {
  const { recordTypes } = (await backup.get(INDEXES)).json as { recordTypes: IndexState[] };
  return recordTypes.find(({ recordType }) => recordType === 'work-order');
}

const refresh = (by: Visitor, type: object = WORK_ORDER): Promise<Answer> => by.json('POST', INDEXES, type);

/** Takes a record out of every index, as no operation could. */
async function forget({ id }: RecordJson): Promise<number> {
  const { client } = system.dynamodb;
  const TableName = system.dynamodb.tableName();
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'PK = :pk AND SK = :sk',
      ExpressionAttributeValues: { ':pk': `RECORD#production#${id}`, ':sk': '#RECORD' },
    }),
  );
  const places = (Items[0]?.indexed ?? []) as string[][];
  for (const [view, index, sort, ...partition] of places) {
    const values = partition.map(encodeURIComponent);
    const PK = ['INDEX', 'production', 'work-orders', 'work-order', view, index, ...values].join('#');
    await client.send(new DeleteCommand({ TableName, Key: { PK, SK: `${sort}#${id}` } }));
  }
  return places.length;
}

describe('Refresh Searchable Fields', () => {
  it('[V32] a backup designer runs it: what an index had lost is listed again, in order, and progress is told', async () => {
    const [third, first, second] = orders as [RecordJson, RecordJson, RecordJson];
    expect(await forget(first)).toBeGreaterThan(0);
    expect(await listed('all')).toEqual(numbersOf(second, third));

    const started = await refresh(backup);
    expect([started.status, (started.json as IndexState).rebuild?.status]).toEqual([202, 'requested']);
    const again = await refresh(backup);
    expect([again.status, (again.json as { code: string }).code]).toEqual([409, 'CONFLICT']);

    expect(await listsRebuilt(system)).toMatchObject({ mode: 'all', done: 3, known: 3 });
    expect(await state()).toMatchObject({ ready: true, rebuild: { status: 'finished', done: 3, known: 3 } });
    expect(await listed('all')).toEqual(numbersOf(first, second, third));
  });

  it('[V32] whoever does not design the app may not: others are refused, or find nothing', async () => {
    const publisher = await withRole(PUBLISHER);
    expect((await refresh(publisher)).status).toBe(403);
    // Nor is it offered to them: they read how the lists are, and that is all.
    const offered = async (by: Visitor) => {
      const states = ((await by.get(INDEXES)).json as { recordTypes: IndexState[] }).recordTypes;
      const page = (await by.get('/manage/lists')).text;
      return [
        ...new Set(states.map(({ mayRebuild }) => mayRebuild)),
        page.includes('Refresh searchable fields'),
      ];
    };
    expect([await offered(publisher), await offered(await withRole(DEVELOPER))]).toEqual([
      [false, false],
      [true, true],
    ]);
    expect((await refresh(dispatcher)).status).toBe(404);
    expect((await refresh(backup, { app: 'contractor-tokens', recordType: 'contractor' })).status).toBe(404);
    expect((await dispatcher.get(INDEXES)).status).toBe(403);
    const { recordTypes } = (await backup.get(INDEXES)).json as { recordTypes: IndexState[] };
    expect(recordTypes.map(({ app }) => app)).toEqual(['work-orders']);
  });

  it('[V32] the page shows how far it has come, and begins it', async () => {
    const developer = await withRole(DEVELOPER);
    const page = await developer.get('/manage/lists');
    expect([page.status, page.text.includes('finished: 3 of 3 records')]).toEqual([200, true]);
    const begun = await developer.form('/manage/lists/production/work-orders/work-order', {
      formToken: fieldsOf(page.text).formToken as string,
    });
    expect([begun.status, begun.headers.get('location')]).toEqual([303, '/manage/lists']);
    await listsRebuilt(system);
  });

  it('[V32] a workflow that failed is told of, goes on by redrive, and can be started anew', async () => {
    system.faults.inject({
      when: ({ operation, caller }) => operation === 'TransactWriteItems' && caller.includes('robot'),
      failure: new AwsError('AccessDeniedException', 'not allowed'),
    });
    expect((await refresh(backup)).status).toBe(202);
    // The state is tried again with growing pauses before its workflow fails.
    await system.clock.advance(120_000);
    await rebuildEnded(system, 'failed');
    expect((await state())?.rebuild?.status).toBe('failed');

    system.faults.clear();
    const [execution] = await system.executions.list('rebuild-indexes');
    await system.executions.redrive(String(execution?.executionArn));
    expect(await rebuildEnded(system, 'finished')).toMatchObject({ done: 3 });

    expect((await refresh(backup)).status).toBe(202);
    await rebuildEnded(system, 'finished');
  });
});

describe('a view that is published for records that are there', () => {
  it('[V32] waits until they are indexed, which begins by itself, while records are added, changed and removed', async () => {
    const [third, first, second] = orders as [RecordJson, RecordJson, RecordJson];
    system.faults.inject({
      when: ({ service, operation }) => service === 'states' && operation === 'StartExecution',
      failure: 'throttle',
    });
    await withBackup([VIEW]);
    const early = await dispatcher.get(`${WORK_ORDERS}/views/by-building`);
    expect([early.status, (early.json as { code: string }).code]).toEqual([503, 'LIST_NOT_READY']);
    // The page says so in the list's place, and goes on saying it until the list is there.
    const path = '/app/production/work-orders?type=work-order&view=by-building';
    const waiting = await dispatcher.get(path);
    expect([waiting.status, readable(waiting.text)]).toEqual([
      200,
      expect.stringContaining('This list is being prepared. It takes about a minute. Refresh'),
    ]);
    expect(waiting.text).toMatch(/<div id="list" data-refresh[^>]*><p[^>]* role="status"/);
    // A change of roles, which writes anew what the environment runs, forgets nothing of it.
    const role = { id: 'wardens', name: 'Wardens', environments: [] };
    expect((await (await withRole(OWNER)).json('POST', '/admin/roles', role)).status).toBe(201);
    const meanwhile = await dispatcher.get(`${WORK_ORDERS}/views/by-building`);
    expect([meanwhile.status, (meanwhile.json as { code: string }).code]).toEqual([503, 'LIST_NOT_READY']);
    system.faults.clear();
    expect(await listed('all')).toEqual(numbersOf(first, second, third));
    expect(await state()).toMatchObject({ ready: false, rebuild: { mode: 'outdated' } });

    const added = await addWorkOrder(dispatcher, workOrder());
    const changed = `/production/records/${second.id}/operations/edit`;
    const edited = await dispatcher.json(
      'POST',
      changed,
      { values: { building: 'Elsewhere' } },
      { 'if-match': `"${second.version}"` },
    );
    expect([edited.status, edited.text]).toEqual([200, edited.text]);
    const removed = await dispatcher.json(
      'POST',
      `/production/records/${first.id}/operations/delete`,
      {},
      {
        'if-match': `"${first.version}"`,
      },
    );
    expect(removed.status).toBeLessThan(300);

    expect(await listsRebuilt(system)).toMatchObject({ mode: 'outdated', done: 3 });
    expect(await listed('by-building')).toEqual(numbersOf(added, third));
    const ready = await dispatcher.get(path);
    expect([ready.text.includes('data-refresh'), readable(ready.text).includes(added.title)]).toEqual([
      false,
      true,
    ]);
    expect(await state()).toMatchObject({ ready: true });
  });

  it('[V32] stays open while its indexes are written anew: what was complete once does not close', async () => {
    const before = await listed('by-building');
    system.faults.inject({
      when: ({ service, operation }) => service === 'states' && operation === 'StartExecution',
      failure: 'throttle',
    });
    expect((await refresh(backup)).status).toBe(202);
    expect(await state()).toMatchObject({ ready: true, rebuild: { status: 'requested', mode: 'all' } });
    expect(await listed('by-building')).toEqual(before);
    // Not every function has seen the list complete: the pages' own never had it open.
    const page = await dispatcher.get('/app/production/work-orders?type=work-order&view=by-building');
    expect([page.status, ...before.map((number) => page.text.includes(number))]).toEqual([
      200,
      ...before.map(() => true),
    ]);
    system.faults.clear();
    await listsRebuilt(system);
  });

  it('[V32] a rebuild leaves versions as they are: what somebody has read can still be saved', async () => {
    const [third] = orders as [RecordJson];
    const edited = await dispatcher.json(
      'POST',
      `/production/records/${third.id}/operations/edit`,
      { values: { building: 'Garden Court' } },
      { 'if-match': `"${third.version}"` },
    );
    expect([edited.status, edited.text]).toEqual([200, edited.text]);
    expect(await listed('by-building')).toHaveLength(1);
  });
});

describe('a view of which somebody sees only part', () => {
  it('lists the same before and after it is indexed for them; afterwards nothing else is read', async () => {
    const { principalId } = await staffSessionToken(system, TECHNICIAN);
    const technician = await staffSession(system, TECHNICIAN);
    const own = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: principalId }));
    await withBackup([VIEW], 'technician');
    const partitions = async (): Promise<string[]> => {
      system.dynamodb.reset();
      const answer = await technician.get(`${WORK_ORDERS}/views/by-building`);
      const { records } = answer.json as { records: RecordJson[] };
      expect([answer.status, records.map(({ id }) => id)]).toEqual([200, [own.id]]);
      const keys = system.dynamodb.calls().flatMap((call) => (call.operation === 'Query' ? call.keys : []));
      return keys.flatMap((key) => (key?.startsWith('INDEX#') ? [key] : []));
    };

    const [wide, ...others] = await partitions();
    expect([wide?.split('#').length, others]).toEqual([6, []]);
    await listsRebuilt(system);
    const [narrow, ...more] = await partitions();
    expect([narrow?.endsWith(`#${encodeURIComponent(`=${principalId}`)}`), more]).toEqual([true, []]);
  });
});
