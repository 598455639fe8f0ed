import { jest } from '@jest/globals';
import type { AppDefinition } from '../../../core/apps/definition.ts';
import { DEVELOPER, MAINTAINER, TENANT_ADMINISTRATOR } from '../../../core/policy/built-in.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import {
  codeOf,
  createUser,
  firstOwner,
  patchUser,
  postUser,
  problemsOf,
  readUser,
  somebody,
} from '../../support/people.ts';
import {
  addWorkOrder,
  DISPATCHER,
  finished,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { photograph } from '../../support/witness.ts';

jest.setTimeout(30_000);

interface Role {
  id: string;
  name: string;
  environments: string[];
  version: number;
}

let system: System;
let owner: Visitor & { id: string };

beforeAll(async () => {
  system = await startPropertyManagement();
  owner = await firstOwner(system);
}, 120_000);

afterAll(() => system?.stop());

let count = 0;
const freshId = () => `role-${++count}`;

function createRole(given: object = {}, by: Visitor = owner): Promise<Answer> {
  const id = freshId();
  return by.json('POST', '/admin/roles', { id, name: `Role ${id}`, environments: [], ...given });
}

async function changeRole(id: string, set: object, by: Visitor = owner): Promise<Answer> {
  const { version, id: _, ...role } = (await owner.get(`/admin/roles/${id}`)).json as Role;
  return by.json('PUT', `/admin/roles/${id}`, { ...role, ...set }, { 'if-match': `"${version}"` });
}

const remove = (id: string, by: Visitor = owner) => by.send('DELETE', `/admin/roles/${id}`);

describe('roles', () => {
  it('[F19] are created, listed, read, changed and removed', async () => {
    const created = await createRole({ environments: ['production'] });
    expect(created.status).toBe(201);
    const { id, version } = created.json as Role;
    const { roles, builtIn } = (await owner.get('/admin/roles')).json as { roles: Role[]; builtIn: string[] };
    expect(roles.map((role) => role.id)).toEqual(
      expect.arrayContaining(['dispatcher', 'property-contractors', id]),
    );
    expect(builtIn).toContain('Owner');

    expect((await changeRole(id, { name: 'Renamed' })).json).toMatchObject({ id, name: 'Renamed' });
    const stale = await owner.send('DELETE', `/admin/roles/${id}`, {
      headers: { 'if-match': `"${version}"` },
    });
    expect(codeOf(stale)).toEqual([412, 'VERSION_MISMATCH']);
    expect((await remove(id)).status).toBe(204);
    expect((await owner.get(`/admin/roles/${id}`)).status).toBe(404);
  });

  it('[F19] a role in use is not removed, and the refusal says where', async () => {
    const refused = await remove('dispatcher');
    expect(codeOf(refused)).toEqual([409, 'ROLE_IN_USE']);
    expect(problemsOf(refused)).toEqual(
      expect.arrayContaining([
        {
          path: '/environments/production/apps/work-orders/permissions',
          message: 'Property Management Work Orders in production gives it permissions',
        },
        { path: expect.stringMatching(/^\/users\//), message: 'Dana Dispatcher holds it' },
      ]),
    );
    const { roles } = (await owner.get('/admin/roles')).json as { roles: Role[] };
    expect(roles.map(({ id }) => id)).toContain('dispatcher');
  });

  it('[F19] a role that people of an app begin with is in use, also if the app offers every role', async () => {
    const { id } = (await createRole()).json as Role;
    const made = await owner.json('POST', '/admin/apps', { id: 'guests', name: 'Guests', kind: 'tokens' });
    const { definition } = made.json as { definition: AppDefinition };
    const roles = definition.recordTypes[0]?.fields.find(({ type }) => type === 'roles');
    Object.assign(roles ?? {}, { default: `["${id}"]`, rolesFrom: undefined });
    const saved = await owner.json('PUT', '/admin/apps/guests/draft', definition, { 'if-match': '"1"' });
    expect([saved.status, saved.text]).toEqual([200, saved.text]);
    const refused = await remove(id);
    expect([codeOf(refused), problemsOf(refused)]).toEqual([
      [409, 'ROLE_IN_USE'],
      [{ path: '/apps/guests/draft/fields/roles', message: '“Roles” in the draft offers it' }],
    ]);
  });

  it('[F19] who removes roles and may not read accounts is told of no person and no program that holds one', async () => {
    const warden = (await createRole({ environments: ['production'], design: { roles: ['read', 'delete'] } }))
      .json as Role;
    const { email } = await createUser(owner, { roles: [warden.id] });
    const by = await staffSession(system, email);
    const { id } = (await createRole()).json as Role;
    await createUser(owner, { roles: [id] });
    const program = { name: 'Nightly', roles: [id] };
    expect((await owner.json('POST', '/admin/service-accounts', program)).status).toBe(201);
    const places = (answer: Answer) => problemsOf(answer).map(({ path }) => path.split('/')[1]);
    const [told, all] = [await remove(id, by), await remove(id)];
    expect([codeOf(told), places(told), codeOf(all), places(all).sort()]).toEqual([
      [409, 'ROLE_IN_USE'],
      [],
      [409, 'ROLE_IN_USE'],
      ['service-accounts', 'users'],
    ]);
  });

  it('[F19] the role that a live pass holds is in use, too', async () => {
    const dispatcher = await staffSession(system, DISPATCHER);
    const { id } = await addWorkOrder(dispatcher, workOrder({ name: 'Lena Lift', email: 'l@lift.example' }));
    await system.mail.waitFor(({ to }) => to.includes('l@lift.example'));
    const named = problemsOf(await remove('property-contractors')).map(({ message }) => message);
    expect(named).toContain('Lena Lift has a live pass with it');
    await dispatcher.json('POST', `/production/records/${id}/operations/delete`, {});
    await finished(system, id);
  });

  it('a removed role’s id and a name that is taken are not used again', async () => {
    const { id } = (await createRole()).json as Role;
    expect((await remove(id)).status).toBe(204);
    expect(codeOf(await createRole({ id, name: 'Another' }))).toEqual([409, 'ALREADY_EXISTS']);
    expect(codeOf(await createRole({ name: 'Dispatcher' }))).toEqual([409, 'ALREADY_EXISTS']);
  });

  it('a role that is removed while it is being given is either held or gone, never both', async () => {
    for (let round = 0; round < 4; round++) {
      const [{ id }, user] = [(await createRole()).json as Role, await createUser(owner)];
      const [given, removed] = await Promise.all([patchUser(owner, user.id, { roles: [id] }), remove(id)]);
      const { roles } = await readUser(owner, user.id);
      expect([given.status, removed.status, roles]).toEqual(
        given.status === 200 ? [200, 409, [id]] : [422, 204, []],
      );
    }
  });

  it('[A4] only a role that permits signing in to the environment lets somebody in there', async () => {
    const { id } = (await createRole({ environments: ['test'] })).json as Role;
    const user = await createUser(owner, { roles: [id] });
    expect(user.environments).toEqual(['test']);
    const both = await createUser(owner, { roles: [id, 'dispatcher'] });
    const visitor = await staffSession(system, both.email);
    expect((await visitor.get(`${WORK_ORDERS}/views/all`)).status).toBe(200);

    expect((await changeRole('dispatcher', { environments: ['test'] })).status).toBe(200);
    expect((await visitor.get(`${WORK_ORDERS}/views/all`)).status).toBe(404);
    expect(
      (await changeRole('dispatcher', { environments: ['development', 'test', 'staging', 'production'] }))
        .status,
    ).toBe(200);
    expect((await visitor.get(`${WORK_ORDERS}/views/all`)).status).toBe(200);
  });

  it('[A41] a new role permits nothing on record types', async () => {
    const { id } = (await createRole({ environments: ['production'] })).json as Role;
    const user = await createUser(owner, { roles: [id] });
    const visitor = await staffSession(system, user.email);
    expect((await visitor.get('/production/apps')).json).toEqual({ apps: [] });
    expect((await visitor.get(`${WORK_ORDERS}/views/all`)).status).toBe(404);
  });

  it('[A12] what a custom role may do in the design plane is viewed and adjusted', async () => {
    const { id } = (await createRole({ environments: ['production'] })).json as Role;
    const user = await createUser(owner, { roles: [id] });
    const visitor = await staffSession(system, user.email);
    expect((await visitor.get('/admin/apps')).json).toEqual({ apps: [] });
    expect((await visitor.get('/admin/users')).status).toBe(403);

    const design = { apps: { 'work-orders': ['read'] }, accounts: ['read'] };
    expect((await changeRole(id, { design })).json).toMatchObject({ design });
    const { apps } = (await visitor.get('/admin/apps')).json as { apps: { id: string }[] };
    expect(apps.map((app) => app.id)).toEqual(['work-orders']);
    expect((await visitor.get('/admin/apps/contractor-tokens/draft')).status).toBe(404);
    expect((await visitor.get('/admin/users')).status).toBe(200);
    expect(codeOf(await postUser(visitor))).toEqual([403, 'FORBIDDEN']);
    const draft = await visitor.get('/admin/apps/work-orders/draft');
    const { definition, version } = draft.json as { definition: object; version: number };
    const saved = await visitor.json('PUT', '/admin/apps/work-orders/draft', definition, {
      'if-match': `"${version}"`,
    });
    expect(saved.status).toBe(403);
  });

  it('[D18] nobody gives a role more than they hold: a maintainer makes no role that could make owners', async () => {
    const maintainer = await somebody(system, MAINTAINER);
    expect((await createRole({ environments: ['test'] }, maintainer)).status).toBe(201);
    expect((await createRole({ design: { accounts: ['read', 'create'] } }, maintainer)).status).toBe(201);
    const administrator = await somebody(system, TENANT_ADMINISTRATOR);
    const refused = await createRole({ design: { apps: { '*': ['edit'] } } }, administrator);
    expect(codeOf(refused)).toEqual([403, 'FORBIDDEN']);
    expect(problemsOf(refused)[0]?.message).toContain('reaches further');
    expect((await createRole({}, await somebody(system, DEVELOPER))).status).toBe(403);
  });

  describe('the parts of a role', () => {
    const held = {
      environments: ['production'],
      accounts: { create: true, assign: ['technician'] },
      services: ['reports'],
      design: {
        apps: { 'work-orders': ['read'] },
        roles: ['read', 'edit'],
        accounts: ['read'],
        environments: ['read'],
      },
    };
    const NONE = { environments: [], accounts: {}, services: [], design: {} };
    let editor: Visitor;

    beforeAll(async () => {
      const { id } = (await createRole(held)).json as Role;
      editor = await somebody(system, id);
    });

    it.each([
      ['sign-in to test', '/environments', { environments: ['test'] }, { environments: ['production'] }],
      [
        'update accounts from apps',
        '/accounts/update',
        { accounts: { update: true } },
        { accounts: { create: true } },
      ],
      [
        'delete accounts from apps',
        '/accounts/delete',
        { accounts: { delete: true } },
        { accounts: { create: true } },
      ],
      [
        'give the role Dispatcher',
        '/accounts/assign',
        { accounts: { assign: ['dispatcher'] } },
        { accounts: { assign: ['technician'] } },
      ],
      ['call the service payroll', '/services', { services: ['payroll'] }, { services: ['reports'] }],
      [
        'edit the app work-orders',
        '/design/apps/work-orders',
        { design: { apps: { 'work-orders': ['edit'] } } },
        { design: { apps: { 'work-orders': ['read'] } } },
      ],
      ['read every app', '/design/apps/*', { design: { apps: { '*': ['read'] } } }, {}],
      ['create roles', '/design/roles', { design: { roles: ['create'] } }, { design: { roles: ['edit'] } }],
      [
        'edit accounts',
        '/design/accounts',
        { design: { accounts: ['edit'] } },
        { design: { accounts: ['read'] } },
      ],
      [
        'configure environments',
        '/design/environments',
        { design: { environments: ['configure'] } },
        { design: { environments: ['read'] } },
      ],
    ])(
      '[D18] “%s” is neither given nor taken away by who edits roles and does not hold it',
      async (words, path, beyond, within) => {
        const { id } = (await createRole(NONE)).json as Role;
        const problem = { path, message: `“${words}” reaches further than your own rights` };
        const refusal = [[403, 'FORBIDDEN'], [problem]];
        const refused = await changeRole(id, beyond, editor);
        expect([codeOf(refused), problemsOf(refused)]).toEqual(refusal);
        for (const set of [within, NONE]) expect((await changeRole(id, set, editor)).status).toBe(200);

        expect((await changeRole(id, beyond)).status).toBe(200);
        const taken = await changeRole(id, NONE, editor);
        expect([codeOf(taken), problemsOf(taken)]).toEqual(refusal);
        expect((await changeRole(id, { name: `What ${id} is called` }, editor)).status).toBe(200);
        expect((await owner.get(`/admin/roles/${id}`)).json).toMatchObject(beyond);
      },
    );

    it('[D18] are neither made nor removed with a whole role beyond one’s own rights, and nothing is written', async () => {
      const { id: makers } = (
        await createRole({ environments: ['test'], design: { roles: ['create', 'delete'] } })
      ).json as Role;
      const maker = await somebody(system, makers);
      const { id, version } = (await createRole({ environments: ['test'] }, maker)).json as Role;
      for (const more of [
        { environments: ['staging'] },
        { design: { roles: ['edit'] } },
        { services: ['reports'] },
      ]) {
        expect(codeOf(await createRole(more, maker))).toEqual([403, 'FORBIDDEN']);
      }
      expect((await remove(id, maker)).status).toBe(204);
      const { id: other } = (await createRole({ environments: ['test', 'staging'] })).json as Role;
      const refused = await remove(other, maker);
      expect([codeOf(refused), problemsOf(refused)]).toEqual([
        [403, 'FORBIDDEN'],
        [{ path: '/environments', message: '“sign-in to staging” reaches further than your own rights' }],
      ]);
      const { version: now } = (await owner.get(`/admin/roles/${other}`)).json as Role;
      expect(now).toBe(version + 2);
    });

    it('[D18] a tenant administrator is the authority over roles, accounts, environments and services, not over apps', async () => {
      const administrator = await somebody(system, TENANT_ADMINISTRATOR);
      const { id } = (await createRole(NONE, administrator)).json as Role;
      const { apps: _, ...design } = held.design;
      const all = { ...held, environments: ['test', 'production'], design };
      expect((await changeRole(id, all, administrator)).status).toBe(200);
      expect((await changeRole(id, NONE, administrator)).status).toBe(200);
      const refused = await changeRole(id, { design: { apps: { 'work-orders': ['edit'] } } }, administrator);
      expect(problemsOf(refused).map(({ path }) => path)).toEqual(['/design/apps/work-orders']);
    });
  });

  it('a role that may assign one that does not exist is refused by name', async () => {
    const refused = await createRole({ accounts: { create: true, assign: ['pilot'] } });
    expect([codeOf(refused), problemsOf(refused)]).toEqual([
      [422, 'ROLE_UNKNOWN'],
      [{ path: '/accounts/assign/0', message: '“pilot” is not a role of this site' }],
    ]);
  });

  it('two roles created at once are both there', async () => {
    const answers = await Promise.all([createRole(), createRole(), createRole()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const { roles } = (await owner.get('/admin/roles')).json as { roles: Role[] };
    const ids = answers.map(({ json }) => (json as Role).id);
    expect(roles.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });
});

describe('service accounts', () => {
  const inDays = (days: number) => new Date(system.clock.now() + days * 86_400_000).toISOString();

  async function createAccount(roles: string[] = ['dispatcher']): Promise<{ id: string }> {
    const answer = await owner.json('POST', '/admin/service-accounts', { name: `Machine ${++count}`, roles });
    if (answer.status !== 201)
      throw new Error(`Creating an account answered ${answer.status}: ${answer.text}`);
    return answer.json as { id: string };
  }

  function createKey(id: string, given: object = {}, by: Visitor = owner): Promise<Answer> {
    const key = { name: 'Nightly', environment: 'production', expiresAt: inDays(30), ...given };
    return by.json('POST', `/admin/service-accounts/${id}/keys`, key);
  }

  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const machine = () => new Visitor(system.url);

  it('[A32, A34, A42] hold roles like users and come by a key that is shown once', async () => {
    const { id } = await createAccount();
    const made = await createKey(id);
    const { key } = made.json as { key: string };
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(key).toMatch(/^dp_kp/);
    expect((await machine().get(`${WORK_ORDERS}/views/all`, bearer(key))).status).toBe(200);
    expect((await machine().get('/me', bearer(key))).json).toMatchObject({ type: 'serviceAccount', id });

    const read = await owner.get(`/admin/service-accounts/${id}`);
    expect(read.text).not.toContain(key);
    expect(read.text).not.toMatch(/password|email/i);
    expect(JSON.stringify(await photograph(system))).not.toContain(key);
  });

  it('[A42] several keys live at once, each named, with its last use, and revoked by itself', async () => {
    const { id } = await createAccount();
    const [first, second] = await Promise.all([
      createKey(id, { name: 'Old' }),
      createKey(id, { name: 'New' }),
    ]);
    const keys = [first, second].map(({ json }) => json as { id: string; key: string });
    for (const { key } of keys) {
      expect((await machine().get(`${WORK_ORDERS}/views/all`, bearer(key))).status).toBe(200);
    }
    const listed = (await owner.get(`/admin/service-accounts/${id}`)).json as {
      keys: { name: string; lastUsedAt?: string }[];
    };
    expect(listed.keys.map(({ name }) => name).sort()).toEqual(['New', 'Old']);
    expect(listed.keys.every(({ lastUsedAt }) => lastUsedAt)).toBe(true);

    const [old, young] = keys as [{ id: string; key: string }, { id: string; key: string }];
    expect((await owner.send('DELETE', `/admin/service-accounts/${id}/keys/${old.id}`)).status).toBe(204);
    expect((await machine().get('/production/apps', bearer(old.key))).status).toBe(401);
    expect((await machine().get('/production/apps', bearer(young.key))).status).toBe(200);
  });

  it('[A34] a key works in its environment only, and nowhere without a role that permits it', async () => {
    const { id } = await createAccount();
    const { key } = (await createKey(id, { environment: 'test' })).json as { key: string };
    expect((await machine().get('/production/apps', bearer(key))).status).toBe(401);
    const without = await createAccount([]);
    const bare = (await createKey(without.id)).json as { key: string };
    expect((await machine().get('/production/apps', bearer(bare.key))).json).toEqual({ apps: [] });
  });

  it('[A33] are made in the design plane only, with custom roles only', async () => {
    const refused = await owner.json('POST', '/admin/service-accounts', { name: 'X', roles: ['Owner'] });
    expect(codeOf(refused)).toEqual([400, 'REQUEST_INVALID']);
    const dispatcher = await staffSession(system, DISPATCHER);
    expect((await dispatcher.json('POST', '/admin/service-accounts', { name: 'X' })).status).toBe(403);
  });

  it('[A34, D18] roles are changed under If-Match, and show in the very next request', async () => {
    const { id } = await createAccount();
    const { key } = (await createKey(id)).json as { key: string };
    const change = { roles: [] };
    const answer = await owner.json('PATCH', `/admin/service-accounts/${id}`, change, { 'if-match': '"1"' });
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ roles: [], version: 2 })]);
    expect((await machine().get('/production/apps', bearer(key))).json).toEqual({ apps: [] });
    const path = `/admin/service-accounts/${id}`;
    const back = { roles: ['dispatcher'] };
    expect(codeOf(await owner.json('PATCH', path, back, { 'if-match': '"1"' }))).toEqual([
      412,
      'VERSION_MISMATCH',
    ]);
    expect((await owner.json('PATCH', path, back)).status).toBe(428);

    // Whoever gives a role, or takes it, holds what it permits.
    const keeper = await createRole({ design: { accounts: ['read', 'edit'] } });
    const stranger = await somebody(system, (keeper.json as Role).id);
    const named = await stranger.json('PATCH', path, { name: 'Named' }, { 'if-match': '"2"' });
    expect([named.status, named.text]).toEqual([200, named.text]);
    expect(codeOf(await stranger.json('PATCH', path, back, { 'if-match': '"3"' }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect((await owner.json('PATCH', path, back, { 'if-match': '"3"' })).status).toBe(200);
    expect(codeOf(await stranger.json('PATCH', path, change, { 'if-match': '"4"' }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect((await machine().get(`${WORK_ORDERS}/views/all`, bearer(key))).status).toBe(200);
    const developer = await somebody(system, DEVELOPER);
    expect((await createKey(id, {}, developer)).status).toBe(403);
  });

  it('the robot is one of them: listed, with roles, and without a key', async () => {
    const { serviceAccounts } = (await owner.get('/admin/service-accounts?limit=100')).json as {
      serviceAccounts: { id: string; type: string; roles: string[] }[];
    };
    expect(serviceAccounts).toContainEqual(
      expect.objectContaining({ id: 'work-order-robot', type: 'robot', roles: ['robot'] }),
    );
    expect(codeOf(await createKey('work-order-robot'))).toEqual([403, 'FORBIDDEN']);
  });

  it('a deleted one is refused at once, after a confirmation', async () => {
    const { id } = await createAccount();
    const { key } = (await createKey(id)).json as { key: string };
    const path = `/admin/service-accounts/${id}`;
    expect(codeOf(await owner.send('DELETE', path))).toEqual([409, 'CONFIRMATION_NEEDED']);
    const everywhere = '?confirm=development,test,staging,production';
    expect((await owner.send('DELETE', path + everywhere)).status).toBe(204);
    expect((await machine().get('/production/apps', bearer(key))).status).toBe(401);
    expect((await owner.get(path)).status).toBe(404);
  });

  it('[A42] a key works until the very millisecond of its end, and then does not count among the ten', async () => {
    const { id } = await createAccount();
    system.clock.freeze();
    try {
      const end = system.clock.now() + 60_000;
      const expiresAt = new Date(end).toISOString();
      const { key } = (await createKey(id, { expiresAt })).json as { key: string };
      for (let made = 1; made < 10; made++) expect((await createKey(id)).status).toBe(201);
      expect(codeOf(await createKey(id))).toEqual([422, 'LIMIT_EXCEEDED']);
      await system.clock.moveTo(end - 1);
      expect((await machine().get('/production/apps', bearer(key))).status).toBe(200);
      await system.clock.moveTo(end);
      expect((await machine().get('/production/apps', bearer(key))).status).toBe(401);
      expect(codeOf(await createKey(id, { expiresAt }))).toEqual([400, 'REQUEST_INVALID']);
      expect((await createKey(id)).status).toBe(201);
    } finally {
      system.clock.resume();
    }
  });

  it('[A42] a key expires, and none lives longer than a year', async () => {
    const { id } = await createAccount();
    for (const expiresAt of [inDays(-1), inDays(366)]) {
      expect(codeOf(await createKey(id, { expiresAt }))).toEqual([400, 'REQUEST_INVALID']);
    }
    const { key } = (await createKey(id, { expiresAt: inDays(1) })).json as { key: string };
    expect((await machine().get('/production/apps', bearer(key))).status).toBe(200);
    await system.clock.advance(25 * 3_600_000);
    expect((await machine().get('/production/apps', bearer(key))).status).toBe(401);
  });
});
