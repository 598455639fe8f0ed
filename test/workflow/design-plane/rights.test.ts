import { jest } from '@jest/globals';
import type { AppDefinition, Field, Operation, RoleDefinition } from '../../../core/apps/definition.ts';
import type { System } from '../../../local/system.ts';
import type { Answer, Visitor } from '../../../local/visitor.ts';
import { codeOf, createUser, firstOwner, problemsOf } from '../../support/people.ts';
import {
  finished,
  type RecordJson,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(30_000);

type Design = NonNullable<RoleDefinition['design']>['apps'];

let system: System;
let owner: Visitor;
/** May change the app, and not its rules. */
let editor: Visitor;
/** May change the app's rules, and nothing else of it. */
let steward: Visitor;
/** May publish it, and change nothing. */
let publisher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  owner = await firstOwner(system);
  editor = await designer('editor', { 'work-orders': ['read', 'edit', 'publish'] });
  steward = await designer('steward', { 'work-orders': ['read', 'changePermissions', 'publish'] });
  publisher = await designer('publisher', { '*': ['read', 'publish'] });
}, 120_000);

afterAll(() => system?.stop());

/** Somebody with one role, which lets them sign in to production and gives them these design rights alone. */
async function designer(role: string, apps: Design): Promise<Visitor> {
  const made = await owner.json('POST', '/admin/roles', {
    id: role,
    name: `Role ${role}`,
    environments: ['production'],
    design: { apps },
  });
  expect([made.status, made.text]).toEqual([201, made.text]);
  const { email } = await createUser(owner, { roles: [role] });
  return staffSession(system, email);
}

/** Reads a draft, changes it, and saves it. */
async function change(by: Visitor, edit: (app: AppDefinition) => void, app = 'work-orders'): Promise<Answer> {
  const draft = (await by.get(`/admin/apps/${app}/draft`)).json as {
    definition: AppDefinition;
    version: number;
  };
  edit(draft.definition);
  return by.json('PUT', `/admin/apps/${app}/draft`, draft.definition, {
    'if-match': `"${draft.version}"`,
  });
}

const publish = (by: Visitor, ...apps: string[]) =>
  by.json('POST', '/admin/environments/production/publish', { apps });

interface Option {
  id: string;
  problems: { path: string; message: string }[];
}
const optionsOf = async (by: Visitor, app = 'work-orders') =>
  ((await by.get(`/admin/environments/production/publish?apps=${app}`)).json as { apps: Option[] }).apps.map(
    ({ id, problems }) => [id, problems],
  );

const typeOf = (app: AppDefinition) => app.recordTypes[0] as AppDefinition['recordTypes'][number];
const operationOf = (app: AppDefinition, id: string) =>
  typeOf(app).operations.find((operation) => operation.id === id) as Operation;
const fieldOf = (app: AppDefinition, id: string) =>
  typeOf(app).fields.find((field) => field.id === id) as Field;
const permit = (app: AppDefinition, role: string) =>
  app.permissions.push({
    role,
    recordType: 'work-order',
    operations: ['add', 'view', 'edit', 'delete', 'complete'],
    views: ['all'],
  });

describe('what an app permits', () => {
  it('is not given to oneself by whoever may edit and publish the app: permissions need a right of their own', async () => {
    const list = () => editor.get(`${WORK_ORDERS}/views/all`);
    expect((await list()).status).toBe(404);
    const saved = await change(editor, (app) => permit(app, 'editor'));
    await publish(editor, 'work-orders');

    expect([codeOf(saved), problemsOf(saved)]).toEqual([
      [403, 'FORBIDDEN'],
      [{ path: '/permissions/5', message: expect.stringContaining('needs “changePermissions”') }],
    ]);
    expect((await list()).status).toBe(404);
  });

  it('is changed by whoever holds “changePermissions”, who changes nothing else; whoever edits changes all the rest', async () => {
    const rest = await change(editor, (app) => {
      app.name = 'Work Orders';
      typeOf(app).fields.push({ id: 'floor', label: 'Floor', type: 'string' });
      typeOf(app).views[0]?.columns.push('floor');
      typeOf(app).operations.push({
        id: 'reopen',
        name: 'Reopen',
        kind: 'transition',
        from: ['Closed'],
        to: 'Active',
      });
      Object.assign(app.tasks[0] as object, { title: 'Create the contractor' });
      Object.assign(app.notifications[0] as object, { body: 'Follow the link.' });
    });
    expect([rest.status, rest.text]).toEqual([200, rest.text]);

    const alone = await change(steward, (app) => {
      permit(app, 'steward');
      fieldOf(app, 'floor').label = 'Storey';
    });
    expect([codeOf(alone), problemsOf(alone)]).toEqual([
      [403, 'FORBIDDEN'],
      [{ path: '/recordTypes/0/fields/12/label', message: expect.stringContaining('needs “edit”') }],
    ]);
    const rules = await change(steward, (app) => permit(app, 'steward'));
    expect([rules.status, rules.text]).toEqual([200, rules.text]);
  });

  it.each<[what: string, edit: (app: AppDefinition) => void, places: string[]]>([
    ['a permission that goes', (app) => app.permissions.splice(2, 1), ['/permissions']],
    ['the robot', (app) => delete app.robot, ['/robot']],
    [
      'a service',
      (app) => {
        app.services = [{ id: 'orders', name: 'Orders', recordType: 'work-order', view: 'all' }];
      },
      ['/services'],
    ],
    [
      'whose a record is',
      (app) => Object.assign(typeOf(app), { ownerField: 'assignedTo' }),
      ['/recordTypes/0/ownerField'],
    ],
    [
      'what a permitted operation is',
      (app) => Object.assign(operationOf(app, 'delete'), { kind: 'edit' }),
      ['/recordTypes/0/operations/3/kind'],
    ],
    [
      'in which states a permitted operation is offered',
      (app) => operationOf(app, 'complete').from?.push('Closed'),
      ['/recordTypes/0/operations/4/from/1'],
    ],
    [
      'a permitted operation under the name of another one',
      (app) => {
        operationOf(app, 'delete').id = 'remove';
        operationOf(app, 'edit').id = 'delete';
        operationOf(app, 'remove').id = 'edit';
      },
      ['', '/2/fields', '/2/kind', '/3/kind'].map((part) => `/recordTypes/0/operations${part}`),
    ],
    [
      'what a permitted operation writes',
      (app) => operationOf(app, 'complete').fields?.push('assignedTo'),
      ['/recordTypes/0/operations/4/fields/1'],
    ],
    [
      'what lies in a field that a permission shows',
      (app) =>
        Object.assign(fieldOf(app, 'description'), {
          type: 'formula',
          formula: 'record.contractorEmail',
          required: undefined,
          maxLength: undefined,
        }),
      ['formula', 'type'].map((part) => `/recordTypes/0/fields/3/${part}`),
    ],
    [
      'who is meant by a field that a condition reads',
      (app) => Object.assign(fieldOf(app, 'assignedTo'), { default: 'me.id' }),
      ['/recordTypes/0/fields/5/default'],
    ],
    [
      'a list by a field that those who open it may not view',
      (app) => {
        const filter = 'record.assignedTo == me.id && record.contractorName == "Lifts"';
        Object.assign(typeOf(app).views[2] as object, { filter });
      },
      ['/recordTypes/0/views/2/filter'],
    ],
    [
      'to whom the link of a pass is mailed',
      (app) => Object.assign(app.notifications[0] as object, { to: '"mallory@borrower.example"' }),
      ['/notifications/0/to'],
    ],
    [
      'who sees the link of a pass',
      (app) =>
        typeOf(app).fields.push({
          id: 'link',
          label: 'Link',
          type: 'formula',
          formula: 'site.url + record.contractorToken',
        }),
      ['/recordTypes/0/fields/13'],
    ],
    [
      'the roles that a task gives',
      (app) => Object.assign(app.tasks[0]?.actions[0]?.fields ?? {}, { roles: '["dispatcher"]' }),
      ['/tasks/0/actions/0/fields/roles'],
    ],
  ])('is more than its permissions: who edits alone does not change %s', async (_, edit, places) => {
    const refused = await change(editor, edit);
    expect([codeOf(refused), refused.text]).toEqual([[403, 'FORBIDDEN'], refused.text]);
    expect(
      problemsOf(refused)
        .filter(({ message }) => message.includes('“changePermissions”'))
        .map(({ path }) => path)
        .sort(),
    ).toEqual(places);
  });

  it('is what rules rest on, too: which operation views, whom a field follows, what roles are read from', async () => {
    const before = (await owner.get('/admin/apps/work-orders/draft')).json as { definition: AppDefinition };
    const prepared = await change(owner, (app) => {
      const type = typeOf(app);
      type.operations.push({ id: 'glance', name: 'Glance', kind: 'view' });
      const ofUser = { field: 'assignedTo', property: 'firstName' } as const;
      type.fields.push(
        { id: 'crew', label: 'Crew', type: 'string', runtimeOnly: true, ofUser },
        { id: 'passes', label: 'Passes', type: 'choices', choices: ['property-contractors', 'dispatcher'] },
      );
      operationOf(app, 'edit').fields?.push('crew');
      app.permissions.push({
        role: 'publisher',
        recordType: 'work-order',
        operations: ['glance', 'view'],
        fields: { view: ['crew'] },
        when: 'record.assignedTo == me.id',
      });
      Object.assign(app.tasks[0]?.actions[0]?.fields ?? {}, { roles: 'record.passes' });
    });
    expect([prepared.status, prepared.text]).toEqual([200, prepared.text]);
    const edits: [edit: (app: AppDefinition) => void, place: string][] = [
      [(app) => typeOf(app).operations.reverse(), '/recordTypes/0/operations'],
      [
        (app) => typeOf(app).operations.unshift({ id: 'peek', name: 'Peek', kind: 'view' }),
        '/recordTypes/0/operations/0',
      ],
      [
        (app) => Object.assign(fieldOf(app, 'crew'), { ofUser: { field: 'assignedTo', property: 'email' } }),
        '/recordTypes/0/fields/13/ofUser/property',
      ],
      [
        (app) => Object.assign(fieldOf(app, 'passes'), { default: '["dispatcher"]' }),
        '/recordTypes/0/fields/14/default',
      ],
    ];
    const answers: unknown[] = [];
    for (const [edit] of edits) {
      const refused = await change(editor, edit);
      answers.push([refused.status, problemsOf(refused).map(({ path }) => path)]);
    }
    expect(answers).toEqual(edits.map(([, place]) => [403, [place]]));
    const restored = await change(owner, (app) => Object.assign(app, before.definition));
    expect([restored.status, restored.text]).toEqual([200, restored.text]);
  });

  it('[F20] of a tokens app is which roles its people get', async () => {
    const clerk = await designer('token-clerk', { 'contractor-tokens': ['read', 'edit'] });
    const refused = await change(
      clerk,
      (app) => Object.assign(fieldOf(app, 'roles'), { rolesFrom: undefined, default: '["dispatcher"]' }),
      'contractor-tokens',
    );
    expect([
      codeOf(refused),
      problemsOf(refused)
        .map(({ path }) => path)
        .sort(),
    ]).toEqual([
      [403, 'FORBIDDEN'],
      ['default', 'rolesFrom'].map((part) => `/recordTypes/0/fields/2/${part}`),
    ]);
  });

  it('is no more for publishing what somebody else has written: the options say so, and publishing refuses', async () => {
    const opening = () => publisher.get(`${WORK_ORDERS}/views/all`);
    expect((await change(owner, (app) => permit(app, 'publisher'))).status).toBe(200);
    const problems = ['/work-orders/permissions/5', '/work-orders/permissions/6'].map((path) => ({
      path,
      message: expect.stringContaining(
        'its permissions differ here from what runs there; you may not publish that',
      ),
    }));
    expect(await optionsOf(publisher)).toEqual([
      ['work-orders', problems],
      ['contractor-tokens', []],
    ]);
    const refused = await publish(publisher, 'work-orders');
    expect([codeOf(refused), problemsOf(refused), (await opening()).status]).toEqual([
      [403, 'FORBIDDEN'],
      problems,
      404,
    ]);

    expect(await optionsOf(steward)).toEqual([['work-orders', []]]);
    expect((await publish(steward, 'work-orders')).status).toBe(200);
    expect((await opening()).status).toBe(200);
    expect((await change(editor, (app) => Object.assign(app, { contact: 'Desk' }))).status).toBe(200);
    expect((await publish(publisher, 'work-orders')).status).toBe(200);
  });

  it('is no more for publishing what its rules rest on: what a permitted operation writes, which no rule says', async () => {
    const writes = (operation: Operation) => operation.fields?.push('building');
    expect((await change(owner, (app) => writes(operationOf(app, 'complete')))).status).toBe(200);
    const places = ['/work-orders/recordTypes/0/operations/4/fields/1'];
    const [[, problems = []] = []] = await optionsOf(publisher);
    const refused = await publish(publisher, 'work-orders');
    expect([
      (problems as { path: string }[]).map(({ path }) => path),
      codeOf(refused),
      problemsOf(refused).map(({ path }) => path),
    ]).toEqual([places, [403, 'FORBIDDEN'], places]);
    expect((await publish(owner, 'work-orders')).status).toBe(200);
  });

  it('is not laundered by an app that comes along', async () => {
    const edited = await change(
      owner,
      (app) =>
        app.permissions.push({
          role: 'publisher',
          recordType: 'contractor',
          operations: ['view-user'],
          views: ['all'],
        }),
      'contractor-tokens',
    );
    expect(edited.status).toBe(200);
    const refused = await publish(steward, 'work-orders', 'contractor-tokens');
    expect(codeOf(refused)).toEqual([404, 'NOT_FOUND']);
    const along = await publish(publisher, 'work-orders', 'contractor-tokens');
    expect([codeOf(along), problemsOf(along).map(({ path }) => path)]).toEqual([
      [403, 'FORBIDDEN'],
      ['/contractor-tokens/permissions/2'],
    ]);
  });

  it('is nothing in an app that somebody makes with “create” alone', async () => {
    const maker = await designer('maker', { '*': ['read', 'create', 'publish'] });
    expect((await maker.json('POST', '/admin/apps', { id: 'notes', name: 'Notes' })).status).toBe(201);
    expect((await publish(maker, 'notes')).status).toBe(200);
    expect((await maker.get('/production/apps')).json).toEqual({ apps: [] });
    const refused = await change(maker, (app) => Object.assign(app, { name: 'Mine' }), 'notes');
    expect(codeOf(refused)).toEqual([403, 'FORBIDDEN']);
  });
});

describe('a robot', () => {
  const ROBOT = '/admin/service-accounts/work-order-robot';
  const RECORDS = '/production/apps/night-shift/record-types/work-order/records';
  let borrower: Visitor;

  beforeAll(async () => {
    borrower = await designer('borrower', {
      '*': ['read', 'create'],
      'night-shift': ['edit', 'changePermissions', 'publish'],
    });
    await borrower.json('POST', '/admin/apps', { id: 'night-shift', name: 'Night shift' });
  });

  const nameApps = async (by: Visitor, ...apps: string[]) => {
    const { version } = (await owner.get(ROBOT)).json as { version: number };
    return by.json('PATCH', ROBOT, { apps }, { 'if-match': `"${version}"` });
  };

  it('[F48] is not borrowed: who designs one app has no other app’s robot work for it', async () => {
    const orders = (await borrower.get('/admin/apps/work-orders/draft')).json as {
      definition: AppDefinition;
    };
    const saved = await change(
      borrower,
      (app) => {
        Object.assign(app, { ...orders.definition, id: 'night-shift', name: 'Night shift' });
        permit(app, 'borrower');
      },
      'night-shift',
    );
    expect([saved.status, saved.text]).toEqual([200, saved.text]);
    const problems = [
      { path: '/night-shift/robot', message: expect.stringContaining('ask who administers robots to add') },
    ];
    expect((await optionsOf(borrower, 'night-shift'))[0]).toEqual(['night-shift', problems]);
    const published = await publish(borrower, 'night-shift');
    const mallory = workOrder({ name: 'Mallory', email: 'mallory@borrower.example' });
    const added = await borrower.json('POST', RECORDS, { operation: 'add', values: mallory });
    expect([codeOf(published), problemsOf(published), added.status]).toEqual([
      [422, 'DEFINITION_INVALID'],
      problems,
      404,
    ]);
  });

  it('[F48] is lent to an app by who administers robots and could give its roles, and the journal tells it', async () => {
    const made = await owner.json('POST', '/admin/roles', {
      id: 'clerks',
      name: 'Account clerks',
      environments: [],
      design: { accounts: ['read', 'edit'] },
    });
    expect(made.status).toBe(201);
    const { email } = await createUser(owner, { roles: ['clerks'] });
    const clerk = await staffSession(system, email);
    const refused = await nameApps(clerk, 'work-orders', 'night-shift');
    expect([codeOf(refused), problemsOf(refused).map(({ message }) => message)]).toEqual([
      [403, 'FORBIDDEN'],
      ['“robot” reaches further than your own rights'],
    ]);
    expect(codeOf(await nameApps(borrower, 'work-orders', 'night-shift'))).toEqual([403, 'FORBIDDEN']);
    // Nor do they take it away from an app that it works for.
    expect(codeOf(await nameApps(clerk))).toEqual([403, 'FORBIDDEN']);

    const lent = await nameApps(owner, 'work-orders', 'night-shift', 'not-there-yet');
    expect([lent.status, lent.json]).toEqual([
      200,
      expect.objectContaining({
        apps: ['night-shift', 'not-there-yet', 'work-orders'],
        work: [expect.objectContaining({ app: 'work-orders', environments: ['production'] })],
      }),
    ]);
    expect((await owner.get('/admin/journal?subject=robot/work-order-robot&limit=1')).json).toMatchObject({
      changes: [
        {
          before: { apps: ['work-orders'] },
          after: { apps: ['night-shift', 'not-there-yet', 'work-orders'] },
        },
      ],
    });
    expect((await optionsOf(borrower, 'night-shift'))[0]).toEqual(['night-shift', []]);
    expect((await publish(borrower, 'night-shift')).status).toBe(200);
  });

  it('[F48] works for no app that was taken from it: the task fails where staff see it, and its page says which apps name it', async () => {
    const taken = await nameApps(owner, 'work-orders');
    expect(taken.status).toBe(200);
    const values = workOrder({ name: 'Mallory', email: 'mallory@borrower.example' });
    const added = await borrower.json('POST', RECORDS, { operation: 'add', values });
    expect([added.status, added.text]).toEqual([201, added.text]);
    const { id } = added.json as { id: string };
    expect((await finished(system, id)).status).toBe('FAILED');
    await system.settled();
    const { trouble, values: kept } = (await borrower.get(`/production/records/${id}`)).json as RecordJson;
    expect(trouble?.message).toContain('does not run tasks of the app night-shift');
    expect(kept.contractorToken).toBeUndefined();
    const page = (await owner.get('/manage/service-accounts/work-order-robot')).text;
    expect(page).toMatch(
      /<bdi>Night shift<\/bdi> in production names this robot, which does not work for it/,
    );
    expect(page).toMatch(/It works for <bdi>[^<]+<\/bdi> in production/);
  });

  it('[F48] is lent by nobody who does not hold what an app permits it by its name', async () => {
    const helper = { type: 'robot', kind: 'access', roles: [], name: 'Helper' } as const;
    const { principalId } = await plantCredential(system, { ...helper, roles: [] });
    const permitted = await change(owner, (app) =>
      app.permissions.push({ subject: principalId, recordType: 'work-order', operations: ['view', 'edit'] }),
    );
    expect([permitted.status, (await publish(owner, 'work-orders')).status]).toEqual([200, 200]);
    const { email } = await createUser(owner, { roles: ['clerks'] });
    const clerk = await staffSession(system, email);
    const lend = (by: Visitor) =>
      by.json(
        'PATCH',
        `/admin/service-accounts/${principalId}`,
        { apps: ['night-shift'] },
        { 'if-match': '"1"' },
      );
    const refused = await lend(clerk);
    expect([codeOf(refused), problemsOf(refused).map(({ path }) => path)]).toEqual([
      [403, 'FORBIDDEN'],
      ['/account'],
    ]);
    expect((await lend(owner)).status).toBe(200);
  });

  it('alone works for apps: a service account is given none', async () => {
    const made = (await owner.json('POST', '/admin/service-accounts', { name: 'Ledger', roles: [] }))
      .json as {
      id: string;
    };
    const address = `/admin/service-accounts/${made.id}`;
    const refused = await owner.json('PATCH', address, { apps: ['work-orders'] }, { 'if-match': '"1"' });
    expect([codeOf(refused), problemsOf(refused).map(({ path }) => path)]).toEqual([
      [400, 'REQUEST_INVALID'],
      ['/apps'],
    ]);
  });
});
