import type { AppDefinition, Field } from '../../../core/apps/definition.ts';
import { DEVELOPER } from '../../../core/policy/built-in.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { firstOwner, somebody } from '../../support/people.ts';
import { DISPATCHER, startPropertyManagement } from '../../support/property-management.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';

interface Draft {
  app: string;
  version: number;
  kind: string;
  definition: AppDefinition;
}
interface Problems {
  code: string;
  detail: string;
  problems: { path: string; message: string }[];
}

let system: System;
let developer: Visitor;
let dispatcher: Visitor;
let owner: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  owner = await firstOwner(system);
  developer = new Visitor(system.url);
  const planted = await plantCredential(system, { type: 'user', kind: 'session', roles: [DEVELOPER] });
  developer.setCookie('dp_session', planted.token);
}, 120_000);

afterAll(() => system?.stop());

function create(id: string, kind?: string): Promise<Answer> {
  return developer.json('POST', '/admin/apps', { id, name: `The ${id}`, ...(kind && { kind }) });
}

async function read(app: string): Promise<Draft> {
  const answer = await developer.get(`/admin/apps/${app}/draft`);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return answer.json as Draft;
}

function save(app: string, definition: unknown, version: number): Promise<Answer> {
  return developer.json('PUT', `/admin/apps/${app}/draft`, definition, { 'if-match': `"${version}"` });
}

/** Reads a draft, changes it, and saves it. */
async function change(app: string, edit: (definition: AppDefinition) => void): Promise<Answer> {
  const { definition, version } = await read(app);
  edit(definition);
  return save(app, definition, version);
}

function publish(target: string, apps: string[], by: Visitor = developer): Promise<Answer> {
  return by.json('POST', `/admin/environments/${target}/publish`, { apps });
}

const formOf = (definition: AppDefinition) =>
  definition.recordTypes[0] as AppDefinition['recordTypes'][number];
const fieldOf = (definition: AppDefinition, id: string) =>
  formOf(definition).fields.find((field) => field.id === id) as Field;
const problemsOf = (answer: Answer) => (answer.json as Problems).problems ?? answer.text;

describe('an app is made', () => {
  it.each(['records', 'users', 'tokens'])('[F2] with the kind %s', async (kind) => {
    const made = await create(`of-${kind}`, kind);

    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    expect(made.headers.get('location')).toBe(`/admin/apps/of-${kind}/draft`);
    expect(await read(`of-${kind}`)).toMatchObject({ app: `of-${kind}`, kind, version: 1 });
  });

  it('[F2] with the kind records, if none is said; an unknown kind is refused', async () => {
    await create('notes');
    expect((await read('notes')).kind).toBe('records');

    const refused = await create('odd', 'flows');
    expect([refused.status, (refused.json as Problems).code]).toEqual([400, 'REQUEST_INVALID']);
    expect((await developer.get('/admin/apps/odd/draft')).status).toBe(404);
  });

  it('[F3] and its kind stays', async () => {
    const refused = await change('notes', (definition) => Object.assign(definition, { kind: 'tokens' }));

    expect([refused.status, (refused.json as Problems).code]).toEqual([409, 'APP_KIND_IMMUTABLE']);
    expect(problemsOf(refused)).toEqual([
      { path: '/kind', message: expect.stringContaining('its kind stays') },
    ]);
    expect(await read('notes')).toMatchObject({ kind: 'records', version: 1 });
  });

  it('only once', async () => {
    const again = await create('notes');
    expect([again.status, (again.json as Problems).code]).toEqual([409, 'ALREADY_EXISTS']);
  });
});

describe('a tokens app', () => {
  it('[F4] comes with a form of required fields: name, email, roles, token, self user', async () => {
    const { definition } = await read('of-tokens');
    expect(formOf(definition).fields.map(({ id, type, required }) => [id, type, required])).toEqual([
      ['name', 'string', true],
      ['email', 'email', true],
      ['roles', 'roles', true],
      ['token', 'token', true],
      ['self', 'user', true],
    ]);
  });

  it('[F8] comes with Add User, View User, Edit User and Delete User', async () => {
    const { definition } = await read('of-tokens');
    expect(formOf(definition).operations.map(({ name, kind }) => [name, kind])).toEqual([
      ['Add User', 'add'],
      ['View User', 'view'],
      ['Edit User', 'edit'],
      ['Delete User', 'delete'],
    ]);
  });

  it.each(['name', 'email', 'roles', 'token', 'self'])('[F5] keeps its field %s', async (id) => {
    const refused = await change('of-tokens', (definition) => {
      const form = formOf(definition);
      form.fields = form.fields.filter((field) => field.id !== id);
    });

    expect([refused.status, (refused.json as Problems).code]).toEqual([422, 'DEFINITION_INVALID']);
    expect(problemsOf(refused)).toContainEqual({
      path: '/recordTypes/0/fields',
      message: expect.stringContaining(`the built-in field "${id}" cannot be removed`),
    });
  });

  it('[F6] locks what its fields are', async () => {
    const refused = await change('of-tokens', (definition) => {
      Object.assign(fieldOf(definition, 'token'), { type: 'string', readOnly: false });
      Object.assign(fieldOf(definition, 'email'), { required: false });
    });

    expect(refused.status).toBe(422);
    expect(problemsOf(refused)).toEqual(
      expect.arrayContaining(
        [
          '/recordTypes/0/fields/3/type',
          '/recordTypes/0/fields/3/readOnly',
          '/recordTypes/0/fields/1/required',
        ].map((path) => ({ path, message: expect.stringContaining('is locked') })),
      ),
    );
  });

  it('[F6, F7, F20] takes other words and another order, further fields, fewer roles and a default one', async () => {
    const saved = await change('of-tokens', (definition) => {
      fieldOf(definition, 'name').label = 'Full name';
      fieldOf(definition, 'email').help = 'Where the link is sent';
      fieldOf(definition, 'roles').rolesFrom = ['property-contractors'];
      fieldOf(definition, 'roles').default = '["property-contractors"]';
      formOf(definition).fields.reverse();
      formOf(definition).fields.push({ id: 'telephone', label: 'Telephone', type: 'phone' });
    });

    expect([saved.status, saved.headers.get('etag')]).toEqual([200, '"2"']);
    expect(fieldOf((await read('of-tokens')).definition, 'telephone')).toMatchObject({ type: 'phone' });
  });

  it('[F7] needs no further field to be published', async () => {
    await create('plain-passes', 'tokens');
    const published = await publish('test', ['plain-passes']);

    expect([published.status, published.text]).toEqual([200, published.text]);
    expect((published.json as { apps: object }).apps).toMatchObject({ 'plain-passes': { version: 1 } });
  });
});

describe('a draft', () => {
  it('is saved only by who has read it as it is now', async () => {
    const { definition } = await read('notes');
    const without = await developer.json('PUT', '/admin/apps/notes/draft', definition);
    expect([without.status, (without.json as Problems).code]).toEqual([428, 'VERSION_REQUIRED']);

    expect((await save('notes', definition, 1)).status).toBe(200);
    const late = await save('notes', definition, 1);
    expect([late.status, (late.json as Problems).code]).toEqual([412, 'VERSION_MISMATCH']);
  });

  it('with mistakes is refused with all places and what to write, and nothing is saved', async () => {
    const before = await read('notes');
    const refused = await change('notes', (definition) => {
      const form = formOf(definition);
      form.titleField = 'titel';
      Object.assign(form.fields[0] as Field, { maxLenght: 3 });
    });
    expect([refused.status, (refused.json as Problems).code]).toEqual([422, 'DEFINITION_INVALID']);
    expect(problemsOf(refused)).toEqual([
      {
        path: '/recordTypes/0/fields/0/maxLenght',
        message: '"maxLenght" is not known here; remove it. Did you mean "maxLength"?',
      },
    ]);

    const again = await change('notes', (definition) =>
      Object.assign(formOf(definition), { titleField: 'titel' }),
    );
    expect(problemsOf(again)).toEqual([
      { path: '/recordTypes/0/titleField', message: 'there is no field "titel". Did you mean "title"?' },
    ]);
    expect(await read('notes')).toEqual(before);
  });

  it('[F25] a task is a list of data actions with title, comment, source, target, fields and returns', async () => {
    const { definition } = await read('work-orders');
    const [create, remove] = definition.tasks;

    expect(create).toMatchObject({
      title: 'Create Contractor Token & Copy to Work Order',
      actions: [
        {
          target: { app: 'contractor-tokens', operation: 'add-user' },
          fields: { name: 'record.contractorName', email: 'record.contractorEmail' },
          returns: { contractorToken: 'result.token', assignedTo: 'result.self' },
        },
      ],
    });
    expect(remove?.actions[0]?.source).toEqual({
      app: 'contractor-tokens',
      view: 'by-token',
      parameters: { token: 'record.contractorToken' },
    });
    const refused = await change('work-orders', (changed) => {
      Object.assign(changed.tasks[0]?.actions[0]?.fields ?? {}, { email: 'record.dueDate' });
    });
    expect(problemsOf(refused)).toEqual([
      {
        path: '/tasks/0/actions/0/fields/email',
        message: expect.stringContaining('its result is a timestamp, and a string or null is needed here'),
      },
    ]);
  });
});

describe('publishing', () => {
  interface Manifest {
    version: number;
  }
  const versionOf = async (target: string) =>
    ((await owner.get(`/admin/environments/${target}`)).json as Manifest).version;
  const optionsFor = (target: string, by: Visitor) =>
    by.get(`/admin/environments/${target}/publish?apps=work-orders`);
  const both = ['work-orders', 'contractor-tokens'];

  function makeRole(id: string, design: object, by: Visitor = owner): Promise<Answer> {
    return by.json('POST', '/admin/roles', { id, name: `The ${id}`, environments: [], design });
  }

  it('[A12, F37] is for the environments that a role says, and nothing is published or offered beyond them', async () => {
    const apps = { '*': ['read', 'publish', 'changePermissions'] };
    expect((await makeRole('tester', { apps, publish: ['development', 'test'] })).status).toBe(201);
    expect((await makeRole('nowhere', { apps, publish: [] })).status).toBe(201);
    expect((await makeRole('everywhere', { apps })).status).toBe(201);
    const before = await versionOf('production');
    const answers = async (role: string) => {
      const by = await somebody(system, role);
      const statuses = ['development', 'test', 'production'].map(async (target) => [
        (await optionsFor(target, by)).status,
        (await publish(target, both, by)).status,
      ]);
      return Promise.all(statuses);
    };

    expect(await answers('tester')).toEqual([
      [200, 200],
      [200, 200],
      [403, 403],
    ]);
    expect(await answers('nowhere')).toEqual([
      [403, 403],
      [403, 403],
      [403, 403],
    ]);
    expect(await versionOf('production')).toBe(before);
    expect(await answers('everywhere')).toEqual([
      [200, 200],
      [200, 200],
      [200, 200],
    ]);
    expect((await makeRole('moon', { apps, publish: ['moon'] })).status).toBe(400);
  });

  it('[A12, F37] an app that is needed and that somebody may not publish there is not chosen beforehand', async () => {
    const apps = { 'work-orders': ['read', 'publish'], 'contractor-tokens': ['read'] };
    expect((await makeRole('half', { apps })).status).toBe(201);
    const { json } = await optionsFor('staging', await somebody(system, 'half'));
    const options = (json as { apps: { id: string; preselected: boolean }[] }).apps;
    expect(options.map(({ id, preselected }) => [id, preselected])).toEqual([
      ['work-orders', true],
      ['contractor-tokens', false],
    ]);
  });

  it('[A12, D18] nobody gives a role to publish where they may not publish themselves', async () => {
    const apps = { 'work-orders': ['publish'] };
    const design = { apps, publish: ['test'], roles: ['read', 'create', 'edit'] };
    expect((await makeRole('test-lead', design)).status).toBe(201);
    const lead = await somebody(system, 'test-lead');
    for (const publish of [undefined, ['production'], ['test', 'production']]) {
      const refused = await makeRole('reacher', { apps, ...(publish && { publish }) }, lead);
      expect([publish, refused.status]).toEqual([publish, 403]);
    }
    expect((await makeRole('tests', { apps, publish: ['test'] }, lead)).status).toBe(201);
    const {
      version,
      id: _,
      ...role
    } = (await owner.get('/admin/roles/test-lead')).json as {
      id: string;
      version: number;
      design: object;
    };
    for (const publish of [undefined, ['test', 'staging']]) {
      const wider = { ...role, design: { ...design, publish } };
      const refused = await lead.json('PUT', '/admin/roles/test-lead', wider, { 'if-match': `"${version}"` });
      expect([publish, refused.status]).toEqual([publish, 403]);
    }
  });

  it('[F37] lists the dependent apps, preselected where they are not there as they are now', async () => {
    const options = async (target: string) => {
      const answer = await developer.get(`/admin/environments/${target}/publish?apps=work-orders`);
      return (answer.json as { apps: { id: string; needed: boolean; preselected: boolean }[] }).apps.map(
        ({ id, needed, preselected }) => [id, needed, preselected],
      );
    };

    expect(await options('staging')).toEqual([
      ['work-orders', false, true],
      ['contractor-tokens', true, true],
    ]);
    expect(await options('production')).toEqual([
      ['work-orders', false, true],
      ['contractor-tokens', true, false],
    ]);
  });

  it('[F37] publishes the chosen apps in one step, all or none', async () => {
    const none = await publish('staging', ['work-orders']);
    expect([none.status, (none.json as Problems).code]).toEqual([422, 'DEFINITION_INVALID']);
    expect(problemsOf(none)).toContainEqual({
      path: '/work-orders',
      message: 'it needs "contractor-tokens"; publish that as well',
    });
    expect((await developer.get('/admin/environments/staging')).status).toBe(404);

    const all = await publish('staging', ['work-orders', 'contractor-tokens']);
    expect(all.status).toBe(200);
    expect((await developer.get('/admin/environments/staging')).json).toMatchObject({
      environment: 'staging',
      version: 1,
      apps: { 'work-orders': { version: 1 }, 'contractor-tokens': { version: 1 } },
    });
  });

  it('[F38] an app with tasks and no robot is refused with a clear error, and stays as it was published', async () => {
    const before = (await developer.get('/admin/environments/production')).json;
    const saved = await change('work-orders', (definition) => {
      delete definition.robot;
    });
    expect(saved.status).toBe(200);

    const refused = await publish('production', ['work-orders']);
    expect([refused.status, (refused.json as Problems).code]).toEqual([409, 'ROBOT_MISSING']);
    expect(problemsOf(refused)).toEqual([
      {
        path: '/work-orders/robot',
        message: '"Property Management Work Orders" has tasks: name the robot that runs them',
      },
    ]);
    expect((await developer.get('/admin/environments/production')).json).toEqual(before);
  });

  it('[F38] with a robot assigned it is published', async () => {
    const unknown = await change('work-orders', (definition) => Object.assign(definition, { robot: 'dana' }));
    expect(problemsOf(unknown)).toEqual([{ path: '/robot', message: 'there is no robot "dana".' }]);

    await change('work-orders', (definition) => Object.assign(definition, { robot: 'work-order-robot' }));
    const published = await publish('production', ['work-orders']);
    expect([published.status, published.text]).toEqual([200, published.text]);
  });

  it('holds from the next request on: a new field is on the form at once', async () => {
    const address = '/production/apps/work-orders/record-types/work-order/forms/add';
    const fields = async () =>
      ((await dispatcher.get(address)).json as { fields: { id: string }[] }).fields.map(({ id }) => id);
    expect(await fields()).not.toContain('floor');

    await change('work-orders', (definition) => {
      formOf(definition).fields.push({ id: 'floor', label: 'Floor', type: 'number' });
      formOf(definition)
        .operations.find(({ id }) => id === 'add')
        ?.fields?.push('floor');
    });
    expect(await fields()).not.toContain('floor');
    await publish('production', ['work-orders']);
    expect(await fields()).toContain('floor');
  });

  it('the list of apps says what is published where', async () => {
    const { apps } = (await developer.get('/admin/apps')).json as {
      apps: { id: string; draft: { version: number }; published: Record<string, { isDraft: boolean }> }[];
    };
    const workOrders = apps.find(({ id }) => id === 'work-orders');

    expect(workOrders?.published).toMatchObject({
      production: { isDraft: true },
      staging: { isDraft: false },
    });
    expect(apps.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['contractor-tokens', 'notes', 'of-users']),
    );
  });

  it('to what is no environment is refused', async () => {
    expect((await publish('nowhere', ['notes'])).status).toBe(404);
  });
});

describe('the design plane', () => {
  it('is closed to people without a built-in role, who cannot tell which apps there are', async () => {
    expect((await dispatcher.get('/admin/apps')).json).toEqual({ apps: [] });
    const answers = [
      await dispatcher.get('/admin/apps/work-orders/draft'),
      await dispatcher.get('/admin/apps/no-such-app/draft'),
      await publish('test', ['notes'], dispatcher),
      await dispatcher.json('POST', '/admin/apps', { id: 'mine', name: 'Mine' }),
      await dispatcher.get('/admin/environments/production'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 403, 403]);
  });

  it('asks for a credential', async () => {
    const nobody = new Visitor(system.url);
    expect((await nobody.get('/admin/apps')).status).toBe(401);
    expect((await nobody.json('POST', '/admin/apps', { id: 'mine', name: 'Mine' })).status).toBe(401);
  });
});
