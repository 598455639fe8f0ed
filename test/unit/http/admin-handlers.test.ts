import type { Credential } from '../../../core/principals.ts';
import { adminHandlers } from '../../../lambdas/admin/handlers.ts';
import { passHandlers } from '../../../lambdas/admin/pass-handlers.ts';
import { confirmedIn, peopleHandlers } from '../../../lambdas/admin/people-handlers.ts';
import { policyHandlers } from '../../../lambdas/admin/policy-handlers.ts';
import { serviceAccountHandlers } from '../../../lambdas/admin/service-account-handlers.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';
import { AT, callerOf, DAY, idOf, NOW, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const site = () => {
  const memory = new SiteMemory({ roles: exampleSite().roles }, exampleApps()).running('production');
  for (const principal of exampleSite().people) {
    const { id, kind, name, roles, apps } = principal;
    memory.add({ id, type: kind, name, roles, ...(apps && { apps }) });
  }
  return memory;
};

/** A request as the middleware gives it to a handler. */
const request = (given: object = {}): never =>
  ({
    caller: callerOf(),
    now: NOW,
    params: {},
    query: {},
    body: {},
    headers: {},
    cookies: {},
    ...given,
  }) as never;

const peopleOf = (memory: SiteMemory) => {
  const open = async ({ caller }: { caller: ReturnType<typeof callerOf> }) => memory.design(caller);
  return { ...peopleHandlers(open), ...serviceAccountHandlers(open), ...policyHandlers(open) };
};
const designOf = (memory: SiteMemory) =>
  adminHandlers({ definitions: memory.definitions, runtime: async () => memory.runtime } as never);

describe('the design plane answers', () => {
  it('an app that is made with its address, and each version with its ETag', async () => {
    const handlers = designOf(site());
    const made = await handlers.createApp(
      request({ body: { id: 'berths', name: 'Berths', kind: 'records' } }),
    );
    const { definition } = made.body as { definition: object };
    const draft = { app: 'berths', kind: 'records', updatedAt: AT, updatedBy: 'olga' };
    expect(made).toEqual({
      status: 201,
      headers: { location: '/admin/apps/berths/draft', etag: '"1"' },
      body: { ...draft, version: 1, definition },
    });
    const params = { app: 'berths' };
    expect(await handlers.readDraft(request({ params }))).toEqual({
      status: 200,
      headers: { etag: '"1"' },
      body: { ...draft, version: 1, definition },
    });
    const body = { ...definition, description: 'Where ships lie' };
    expect(await handlers.saveDraft(request({ params, body, ifMatch: 1 }))).toEqual({
      status: 200,
      headers: { etag: '"2"' },
      body: { ...draft, version: 2, definition: body },
    });
    expect(await handlers.listDrafts(request())).toMatchObject({
      status: 200,
      body: { apps: [{ id: 'berths', name: 'Berths', draft: { version: 2 } }] },
    });
    const target = { params: { target: 'test' } };
    expect(
      await handlers.listPublishingOptions(request({ ...target, query: { apps: 'berths' } })),
    ).toMatchObject({
      status: 200,
      body: { apps: [{ id: 'berths', draftVersion: 2 }] },
    });
    const manifest = {
      status: 200,
      headers: {},
      body: {
        environment: 'test',
        version: 1,
        apps: { berths: { version: 2, hash: expect.any(String) } },
        rebuilds: [],
        publishedAt: AT,
        publishedBy: 'olga',
      },
    };
    expect(await handlers.publish(request({ ...target, body: { apps: ['berths'] } }))).toEqual(manifest);
    expect(await handlers.readManifest(request(target))).toEqual(manifest);
    expect(await handlers.listIndexes(request(target))).toEqual({
      status: 200,
      headers: {},
      body: { recordTypes: expect.any(Array) },
    });
  });

  it('which types wait for a rebuild by their names', async () => {
    const memory = site();
    const manifest = memory.definitions.manifests.get('production');
    Object.assign(manifest ?? {}, {
      rebuilds: { 'work-orders/work-order': { since: 1 }, 'a/b': { since: 2 } },
    });
    expect(
      (await designOf(memory).readManifest(request({ params: { target: 'production' } }))).body,
    ).toMatchObject({
      rebuilds: ['work-orders/work-order', 'a/b'],
    });
  });

  it('that there is nothing at what is no environment', async () => {
    const memory = site();
    const wrong = request({
      params: { target: 'Production', grant: 'g' },
      body: { passes: [] },
      query: { apps: 'x' },
    });
    const mailer = { send: async () => {} };
    const passes = passHandlers({ session: async () => memory.open(callerOf()) } as never, mailer);
    const handlers = { ...designOf(memory), ...peopleOf(memory), ...passes };
    for (const name of [
      'listPublishingOptions',
      'publish',
      'listIndexes',
      'rebuildIndexes',
      'readManifest',
      'exportPolicy',
      'readEnvironmentSettings',
      'changeEnvironmentSettings',
      'listPasses',
      'revokePasses',
      'extendPass',
      'resendPass',
    ] as const) {
      expect([name, (await refusal(() => handlers[name](wrong)))[0]]).toEqual([name, 'NOT_FOUND']);
    }
  });

  it('people, roles and programs with their addresses and versions, and lists by their names', async () => {
    const memory = site();
    const handlers = peopleOf(memory);
    const body = { firstName: 'Zoë', lastName: 'Meer', email: 'zoe@people.example', roles: [] };
    const made = await handlers.createUser(request({ body, idempotencyKey: 'k' }));
    const user = idOf(1);
    expect([made.status, made.headers]).toEqual([201, { location: `/admin/users/${user}`, etag: '"1"' }]);
    const params = { user };
    const ofUser = (more: object = {}) => request({ params, ...more });
    expect(
      await handlers.updateUser(ofUser({ body: { firstName: 'Zora', lastName: undefined }, ifMatch: 1 })),
    ).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { name: 'Zora Meer' },
    });
    expect(await handlers.readUser(ofUser())).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    const found = await handlers.listUsers(request({ query: { limit: 1, search: 'zor' } }));
    expect(found).toMatchObject({ status: 200, body: { users: [{ id: user }] } });
    const first = await handlers.listUsers(request({ query: { limit: 1 } }));
    const { users, cursor } = first.body as { users: { id: string }[]; cursor: string };
    const second = await handlers.listUsers(request({ query: { limit: 1, cursor } }));
    expect((second.body as { users: { id: string }[] }).users[0]?.id).not.toBe(users[0]?.id);
    expect(await handlers.suggestPeople(request({ query: { text: 'zora' } }))).toEqual({
      status: 200,
      headers: {},
      body: { suggestions: [{ type: 'user', id: user, name: 'Zora Meer' }] },
    });
    expect(await handlers.signOutUser(ofUser())).toEqual({ status: 200, headers: {}, body: { ended: 0 } });
    expect((await refusal(() => handlers.deleteUser(ofUser({ ifMatch: 1 }))))[0]).toBe('VERSION_MISMATCH');
    expect(await handlers.deleteUser(ofUser({ ifMatch: 2 }))).toEqual({ status: 204 });

    const role = { id: 'clerk', name: 'Clerk', environments: [] };
    expect(await handlers.createRole(request({ body: role }))).toEqual({
      status: 201,
      headers: { location: '/admin/roles/clerk', etag: '"2"' },
      body: { ...role, version: 2 },
    });
    const ofRole = { params: { role: 'clerk' } };
    const named = { name: 'Clerks', environments: [] };
    expect((await handlers.changeRole(request({ ...ofRole, body: named, ifMatch: 2 }))).headers).toEqual({
      etag: '"3"',
    });
    expect((await handlers.readRole(request(ofRole))).headers).toEqual({ etag: '"3"' });
    expect(await handlers.listRoles(request())).toMatchObject({ status: 200, body: { version: 3 } });
    expect((await refusal(() => handlers.removeRole(request({ ...ofRole, ifMatch: 2 }))))[0]).toBe(
      'VERSION_MISMATCH',
    );
    expect(await handlers.removeRole(request({ ...ofRole, ifMatch: 3 }))).toEqual({ status: 204 });

    expect(await handlers.listEnvironments(request())).toMatchObject({
      status: 200,
      body: { environments: [{}, {}, {}, { environment: 'production' }] },
    });
    const target = { params: { target: 'test' } };
    expect((await handlers.readEnvironmentSettings(request(target))).headers).toEqual({ etag: '"4"' });
    expect((await handlers.changeEnvironmentSettings(request({ ...target, ifMatch: 4 }))).headers).toEqual({
      etag: '"5"',
    });
  });

  it('a program with its address, and its key once, which no cache keeps', async () => {
    const memory = site();
    const handlers = peopleOf(memory);
    const body = { name: 'Ledger', roles: [] };
    const made = await handlers.createServiceAccount(request({ body, idempotencyKey: 'k' }));
    const account = idOf(1);
    expect([made.status, made.headers]).toEqual([
      201,
      { location: `/admin/service-accounts/${account}`, etag: '"1"' },
    ]);
    const again = await handlers.createServiceAccount(request({ body, idempotencyKey: 'k' }));
    expect((again.body as { id: string }).id).toBe(account);
    const of = (more: object = {}) => request({ params: { account }, ...more });
    expect(
      await handlers.updateServiceAccount(of({ body: { name: 'Books', roles: undefined }, ifMatch: 1 })),
    ).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { name: 'Books' },
    });
    expect((await handlers.readServiceAccount(of())).headers).toEqual({ etag: '"2"' });
    const listed = await handlers.listServiceAccounts(request({ query: { limit: 1 } }));
    const { serviceAccounts, cursor } = listed.body as { serviceAccounts: { id: string }[]; cursor: string };
    const next = await handlers.listServiceAccounts(request({ query: { limit: 1, cursor } }));
    const { serviceAccounts: rest } = next.body as { serviceAccounts: { id: string }[] };
    expect(new Set([...serviceAccounts, ...rest].map(({ id }) => id))).toEqual(
      new Set([account, 'work-order-robot']),
    );

    const expiresAt = new Date(NOW + DAY).toISOString();
    const key = (more: object) => handlers.createKey(of({ body: { name: 'Nightly', expiresAt, ...more } }));
    const bound = await key({ environment: 'test' });
    expect([bound.status, bound.headers]).toEqual([201, { 'cache-control': 'no-store' }]);
    expect(bound.body).toMatchObject({
      environment: 'test',
      expiresAt,
      key: expect.stringMatching(/^dp_kt/),
    });
    expect((await key({ site: true })).body).toMatchObject({
      site: true,
      key: expect.stringMatching(/^dp_kx/),
    });
    const path = '/environment';
    const message =
      'say one of them: the environment that the key is for, or `"site": true` for the whole site';
    for (const wrong of [{}, { environment: 'test', site: true }]) {
      expect((await refusal(() => key(wrong)))[2]).toEqual([{ path, message }]);
    }
    const { id } = memory.credentials[0] as Credential;
    expect(await handlers.revokeKey(request({ params: { account, key: id } }))).toEqual({ status: 204 });
    expect(await handlers.deleteServiceAccount(of())).toEqual({ status: 204 });
    expect(memory.accounts.has(account)).toBe(false);
  });

  it('the policy to those alone who may read all apps and the environment', async () => {
    const memory = site();
    const handlers = peopleOf(memory);
    const params = { target: 'production' };
    expect(await handlers.exportPolicy(request({ params }))).toEqual({
      status: 200,
      headers: {},
      body: {
        environment: 'production',
        policy: 'p',
        policies: expect.any(String),
        schema: expect.anything(),
        refused: expect.any(Array),
      },
    });
    for (const roles of [['Publisher'], ['dispatcher']]) {
      expect(
        (await refusal(() => handlers.exportPolicy(request({ params, caller: callerOf({ roles }) }))))[0],
      ).toBe('FORBIDDEN');
    }
    expect((await refusal(() => handlers.exportPolicy(request({ params: { target: 'test' } }))))[0]).toBe(
      'NOT_FOUND',
    );
  });

  it.each([
    [undefined, ['']],
    ['test', ['test']],
    ['test,production', ['test', 'production']],
  ])('a confirmation %j names %j', (confirm, named) => {
    expect(confirmedIn({ confirm })).toEqual(named);
  });
});
