import { jest } from '@jest/globals';
import type { AppDefinition } from '../../../core/apps/definition.ts';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import { PROPERTY_MANAGEMENT, seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { ApiKeys } from '../../support/api-keys.ts';
import { fieldsOf, readable, sendForm } from '../../support/page-forms.ts';
import { codeOf, firstOwner, type ProblemJson, somebody } from '../../support/people.ts';
import { addWorkOrder, DISPATCHER, WORK_ORDERS, workOrder } from '../../support/property-management.ts';
import { addressOf } from '../../support/route-requests.ts';
import { COMMON_VALUES, type Sample, samplesOf } from '../../support/route-samples.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';
import { watchCalls } from '../../support/witness.ts';

jest.setTimeout(120_000);

/** Every right that a custom role can have. */
const EVERYTHING = {
  id: 'automation',
  name: 'Automation',
  environments: ENVIRONMENTS,
  services: ['access'],
  design: {
    apps: { '*': ['read', 'create', 'edit', 'publish', 'delete', 'changePermissions', 'changeAccessLists'] },
    roles: ['read', 'create', 'edit', 'delete'],
    accounts: ['read', 'create', 'edit', 'delete'],
    environments: ['read', 'configure'],
  },
};

interface KeyList {
  keys: { id: string; roles: string[]; endedAt?: string }[];
}

let system: System;
let owner: Visitor & { id: string };
let keys: ApiKeys;
/** Of an account that holds every right. */
let automation: { id: string };
let samples: Record<string, Sample>;

beforeAll(async () => {
  system = await startSystem();
  for (const environment of ENVIRONMENTS) {
    await seedDefinitions(system, { ...PROPERTY_MANAGEMENT, environment });
  }
  owner = await firstOwner(system);
  keys = new ApiKeys(system, owner);
  expect((await owner.json('POST', '/admin/roles', EVERYTHING)).status).toBe(201);
  automation = await keys.account('automation');
  const dispatcher = await staffSession(system, DISPATCHER);
  const { id } = await addWorkOrder(dispatcher, workOrder());
  const somebodyElse = await somebody(system);
  const ids = { record: id, pass: '', grant: '', user: somebodyElse.id, account: automation.id };
  const known = samplesOf({ ...ids, now: system.clock.now() });
  // A record type that is there, so that only rights stand in the way.
  const rebuildIndexes = { body: { app: 'contractor-tokens', recordType: 'contractor' } };
  samples = { ...known, rebuildIndexes };
}, 240_000);

afterAll(() => system?.stop());

const FORM = 'application/x-www-form-urlencoded';

/** The sample request of a route, about the environment. */
function ask(route: Route, by: Visitor, environment: string, more: object = {}): Promise<Answer> {
  const sample = samples[route.id] as Sample;
  const values = { ...COMMON_VALUES, environment, target: environment, ...sample.values };
  const path = addressOf(route, values) + (sample.query ?? '');
  const headers = sample.headers ?? {};
  if (!route.body) return by.send(route.method, path, { headers });
  const body = { ...sample.body, ...more };
  if (route.answers === 'json') return by.json(route.method, path, body, headers);
  const fields = new URLSearchParams(body as Record<string, string>).toString();
  return by.send(route.method, path, { headers: { ...headers, 'content-type': FORM }, body: fields });
}

/** Counts the transactions that functions commit from now on. */
function transactions(): () => number {
  const watch = watchCalls(system);
  return () => watch.written().filter(({ operation }) => operation === 'TransactWriteItems').length;
}

const routeOf = (id: string) => ROUTES.find((route) => route.id === id) as Route;
const designRoutes = ROUTES.filter(({ path }) => path.startsWith('/admin/'));

/** Routes of the design plane that are about one environment: all that a key of this environment can use there. */
const ABOUT_ONE_ENVIRONMENT = [
  'changeEnvironmentSettings',
  'exportPolicy',
  'extendPass',
  'listIndexes',
  'listPasses',
  'listPublishingOptions',
  'publish',
  'readEnvironmentSettings',
  'readManifest',
  'rebuildIndexes',
  'resendPass',
  'revokePasses',
];

/** Questions about who may do what, and why. */
const ASKING = ROUTES.filter(({ path }) => path.startsWith('/access/v1/')).map(({ id }) => id);

describe('an API key of one environment', () => {
  it('[A34] touches nothing of another environment, whatever its account may do there', async () => {
    const { machine } = await keys.make(automation.id, { environment: 'test' });
    const writes = transactions();
    const answers: Record<string, string> = {};
    for (const id of ABOUT_ONE_ENVIRONMENT) {
      answers[id] = codeOf(await ask(routeOf(id), machine, 'production')).join(' ');
    }
    expect(answers).toEqual(Object.fromEntries(ABOUT_ONE_ENVIRONMENT.map((id) => [id, '404 NOT_FOUND'])));
    expect(writes()).toBe(0);

    const { version } = (await machine.get('/admin/environments/test/settings')).json as { version: number };
    const settings = '/admin/environments/test/settings';
    const changed = await machine.json('PUT', settings, {}, { 'if-match': `"${version}"` });
    expect([changed.status, writes()]).toEqual([200, 1]);
    for (const id of ['publish', 'exportPolicy', 'listIndexes', 'readManifest', 'listPublishingOptions']) {
      expect([id, (await ask(routeOf(id), machine, 'test')).status]).toEqual([id, 200]);
    }
  });

  it('[A34] is refused what is the site’s on every route of the design plane, and told that it takes a site key', async () => {
    const { machine } = await keys.make(automation.id, { environment: 'test' });
    const writes = transactions();
    const others = designRoutes.filter(({ id }) => !ABOUT_ONE_ENVIRONMENT.includes(id));
    expect(designRoutes.length - others.length).toBe(ABOUT_ONE_ENVIRONMENT.length);
    for (const route of others) {
      const { status, json } = await ask(route, machine, 'test');
      const { detail, problems } = json as Partial<ProblemJson>;
      expect([route.id, status, detail, problems]).toEqual([
        route.id,
        403,
        'this key is for one environment; what is the site’s needs a site key',
        undefined,
      ]);
    }
    expect(writes()).toBe(0);
  });

  it('[A34] is told the same of what is there and what is not', async () => {
    const { machine } = await keys.make(automation.id, { environment: 'test' });
    const texts = ['work-orders', 'nothing'].map(async (app) => {
      const { status, json } = await machine.get(`/admin/apps/${app}/draft`);
      return { ...(json as object), requestId: '', status };
    });
    const [there, absent] = await Promise.all(texts);
    expect(there).toEqual(absent);
  });

  it('[A34, D6] asks about its environment only, also in one of many questions', async () => {
    const { machine } = await keys.make(automation.id, { environment: 'test' });
    const elsewhere = { context: { environment: 'production' } };
    const open = { action: { name: 'open' }, resource: { type: 'app', id: 'work-orders' } };
    for (const id of ASKING) {
      expect([id, (await ask(routeOf(id), machine, '', open)).status]).toEqual([id, 200]);
      const refused = await ask(routeOf(id), machine, '', { ...open, ...elsewhere });
      expect([id, codeOf(refused)]).toEqual([id, [403, 'FORBIDDEN']]);
    }
    const evaluations = [{}, elsewhere];
    const many = await ask(routeOf('evaluateAccesses'), machine, '', { ...open, evaluations });
    const { evaluations: answers } = many.json as { evaluations: { context: { error?: object } }[] };
    expect(answers.map(({ context: { error } }) => error)).toEqual([
      undefined,
      expect.objectContaining({ status: 403 }),
    ]);
    const reach = await machine.get('/production/subjects/anonymous/access');
    expect(codeOf(reach)).toEqual([401, 'CREDENTIAL_INVALID']);
  });

  it('[A34, D6] asking who may sign in to another environment is told as of one that there is not', async () => {
    const { machine } = await keys.make(automation.id, { environment: 'test' });
    const subject = { type: 'serviceAccount', id: automation.id };
    const answers = async (by: Visitor, environment: string) => {
      const question = {
        subject,
        action: { name: 'signIn' },
        resource: { type: 'environment', id: environment },
      };
      const found = await Promise.all(ASKING.map((id) => ask(routeOf(id), by, '', question)));
      return found.map(({ status, json }) =>
        JSON.stringify([status, { ...(json as object), requestId: '' }]),
      );
    };
    expect(await answers(machine, 'production')).toEqual(await answers(machine, 'moon'));
    expect(await answers(machine, 'test')).not.toEqual(await answers(machine, 'moon'));
    const site = await keys.make(automation.id, { site: true });
    expect(await answers(site.machine, 'production')).not.toEqual(await answers(site.machine, 'moon'));
  });
});

describe('a site key', () => {
  it('[A34, A42] is chosen as such: a key is for one environment or for the site, and says which', async () => {
    const { id } = await keys.account('dispatcher');
    for (const reach of [{}, { environment: 'test', site: true }, { site: false }, { environment: 'site' }]) {
      const refused = await keys.post(id, reach);
      expect([reach, codeOf(refused)]).toEqual([reach, [400, 'REQUEST_INVALID']]);
    }
    const { problems } = (await keys.post(id, {})).json as ProblemJson;
    expect(problems).toEqual([{ path: '/environment', message: expect.stringContaining('"site": true') }]);

    const made = (await keys.post(id, { site: true })).json as { key: string };
    expect(made).toMatchObject({ site: true, roles: ['dispatcher'] });
    expect(made).not.toHaveProperty('environment');
    expect(made.key).toMatch(/^dp_kx/);
    const headers = { authorization: `Bearer ${made.key}` };
    for (const environment of ENVIRONMENTS) {
      const view = `${WORK_ORDERS.replace('production', environment)}/views/all`;
      expect((await new Visitor(system.url).get(view, headers)).status).toBe(200);
    }
    await keys.make(id, { environment: 'test' });
    const listed = (await owner.get(`/admin/service-accounts/${id}`)).json as { keys: object[] };
    expect(listed.keys.map((key) => ({ site: false, environment: 'none', ...key }))).toEqual([
      expect.objectContaining({ site: false, environment: 'test' }),
      expect.objectContaining({ site: true, environment: 'none' }),
    ]);
    const { changes } = (await owner.get(`/admin/journal?subject=serviceAccount/${id}`)).json as {
      changes: { action: string; after: { key: object } }[];
    };
    expect(changes.slice(0, 2).map(({ after }) => after.key)).toEqual([
      expect.objectContaining({ environment: 'test', roles: ['dispatcher'] }),
      expect.objectContaining({ site: true, roles: ['dispatcher'] }),
    ]);
  });

  it('[A34] reaches drafts, roles and accounts, and the environments that its account’s roles reach', async () => {
    const { machine, id: made } = await keys.make(automation.id, { site: true });
    for (const id of ['listDrafts', 'readDraft', 'listRoles', 'listUsers', 'readServiceAccount']) {
      expect([id, (await ask(routeOf(id), machine, '')).status]).toEqual([id, 200]);
    }
    const { keys: listed } = (await owner.get(`/admin/service-accounts/${automation.id}`)).json as KeyList;
    expect(listed.find(({ id }) => id === made)).toHaveProperty('lastUsedAt');
    for (const environment of ENVIRONMENTS) {
      expect((await ask(routeOf('readManifest'), machine, environment)).status).toBe(200);
      const context = { environment };
      expect((await ask(routeOf('evaluateAccess'), machine, '', { context })).status).toBe(200);
    }
    const role = { id: 'tester', name: 'Tester', environments: ['test'], services: ['access'] };
    expect((await owner.json('POST', '/admin/roles', role)).status).toBe(201);
    const tester = await keys.account('tester');
    const bounded = await keys.make(tester.id, { site: true });
    const asks = (environment: string) =>
      ask(routeOf('evaluateAccess'), bounded.machine, '', { context: { environment } });
    expect((await asks('test')).status).toBe(200);
    expect(codeOf(await asks('production'))).toEqual([403, 'FORBIDDEN']);
    expect((await ask(routeOf('listUsers'), bounded.machine, '')).status).toBe(403);
  });
});

describe('what an API key carries', () => {
  const inProduction = (machine: Visitor) => machine.get(`${WORK_ORDERS}/views/all`);

  async function setRoles(id: string, roles: string[]): Promise<void> {
    const path = `/admin/service-accounts/${id}`;
    const { version } = (await owner.get(path)).json as { version: number };
    expect((await owner.json('PATCH', path, { roles }, { 'if-match': `"${version}"` })).status).toBe(200);
  }

  it('[A34] is what its account held when it was made, and holds now: it never grows', async () => {
    const { id } = await keys.account();
    const early = await keys.make(id, { environment: 'production' });
    const site = await keys.make(id, { site: true });
    await setRoles(id, ['dispatcher', 'automation']);
    for (const { machine } of [early, site]) {
      expect(codeOf(await inProduction(machine))).toEqual([404, 'NOT_FOUND']);
      expect((await machine.get('/me')).json).toMatchObject({ id, roles: [] });
      const own = await machine.get(`/production/subjects/${id}/access`);
      expect(own.json).toMatchObject({ subject: { roles: [] }, apps: [] });
    }
    expect((await site.machine.get('/admin/users')).status).toBe(403);

    const later = await keys.make(id, { environment: 'production' });
    expect((await inProduction(later.machine)).status).toBe(200);
    await setRoles(id, ['automation']);
    expect(codeOf(await inProduction(later.machine))).toEqual([404, 'NOT_FOUND']);
    const { keys: listed } = (await owner.get(`/admin/service-accounts/${id}`)).json as KeyList;
    const rolesOf = (key: { id: string }) => listed.find((each) => each.id === key.id)?.roles;
    expect([rolesOf(early), rolesOf(site), rolesOf(later)]).toEqual([[], [], ['automation']]);
  });

  it('[A34] keys that were made before they named roles carry what their account holds', async () => {
    const key = { type: 'serviceAccount', kind: 'apiKey', environment: 'production' } as const;
    const { token } = await plantCredential(system, { ...key, roles: ['dispatcher'] });
    const headers = { authorization: `Bearer ${token}` };
    expect((await new Visitor(system.url).get(`${WORK_ORDERS}/views/all`, headers)).status).toBe(200);
  });

  const live = async (id: string) =>
    ((await owner.get(`/admin/service-accounts/${id}`)).json as KeyList).keys.filter(
      ({ endedAt }) => !endedAt,
    );

  /** Holds the transactions that make a key until something has happened meanwhile. */
  const holdKeys = (times: number, meanwhile: () => Promise<unknown>) =>
    system.faults.inject({
      when: ({ operation, input }) =>
        operation === 'TransactWriteItems' && JSON.stringify(input).includes('apiKey'),
      failure: { meanwhile },
      times,
    });

  it('[A42] are ten that live at once, also when twenty-five are made in the same moment', async () => {
    const { id } = await keys.account('dispatcher');
    const codesOf = (answers: Answer[]) => answers.map((answer) => codeOf(answer).join(' ').trim()).sort();
    const make = () => keys.post(id, { environment: 'test' });
    const answers = await Promise.all(Array.from({ length: 25 }, make));
    expect(codesOf(answers)).toEqual([...Array(10).fill('201'), ...Array(15).fill('422 LIMIT_EXCEEDED')]);
    const [first, ...others] = await live(id);
    expect(others).toHaveLength(9);

    // With room for one, three that have all seen it.
    await owner.send('DELETE', `/admin/service-accounts/${id}/keys/${first?.id}`);
    const all = Promise.withResolvers<void>();
    let held = 0;
    holdKeys(3, async () => {
      held += 1;
      if (held === 3) all.resolve();
      await all.promise;
    });
    const three = await Promise.all([make(), make(), make()]);
    system.faults.clear();
    expect(codesOf(three)).toEqual(['201', '422 LIMIT_EXCEEDED', '422 LIMIT_EXCEEDED']);
    expect(await live(id)).toHaveLength(10);
  });

  it('[A34, A42] is no role that its account loses while the key is made; and none is made for an account that ends', async () => {
    const { id } = await keys.account('dispatcher', 'technician');
    holdKeys(1, () => setRoles(id, ['technician']));
    const { machine } = await keys.make(id, { environment: 'production' });
    await setRoles(id, ['dispatcher', 'technician']);
    expect((await machine.get('/me')).json).toMatchObject({ roles: ['technician'] });

    const leaver = await keys.account();
    holdKeys(1, () => owner.send('DELETE', `/admin/service-accounts/${leaver.id}`));
    expect(codeOf(await keys.post(leaver.id, { environment: 'test' }))).toEqual([404, 'NOT_FOUND']);
    system.faults.clear();
  });
});

describe('who makes API keys', () => {
  it('[A42, D18] holds what the account holds; nobody else gets one, of the API or on the page', async () => {
    const { id } = await keys.account('automation');
    const modest = {
      id: 'account-keeper',
      name: 'Account keeper',
      environments: [],
      design: { accounts: ['read', 'create', 'edit'] },
    };
    expect((await owner.json('POST', '/admin/roles', modest)).status).toBe(201);
    const keeper = await somebody(system, 'account-keeper');
    const path = `/manage/service-accounts/${id}`;
    const until = new Date(system.clock.now() + 86_400_000).toISOString().slice(0, 10);
    for (const reach of [{ environment: 'test' }, { site: true }]) {
      expect(codeOf(await keys.post(id, reach, keeper))).toEqual([403, 'FORBIDDEN']);
      const form = { name: 'Nightly', until, environment: 'site', ...('site' in reach ? {} : reach) };
      const refused = await sendForm(keeper, path, 'New key', form);
      expect([refused.status, refused.text.includes('dp_k')]).toEqual([403, false]);
    }
    expect((await owner.get(`/admin/service-accounts/${id}`)).json).toMatchObject({ keys: [] });
    const { id: own } = await keys.account();
    expect((await keys.post(own, { environment: 'test' }, keeper)).status).toBe(201);
  });

  it('[A42, D18] holds what apps permit the account by its name, too', async () => {
    const named = await keys.account();
    const draft = (await owner.get('/admin/apps/work-orders/draft')).json as {
      definition: AppDefinition;
      version: number;
    };
    draft.definition.permissions.push({
      subject: named.id,
      recordType: 'work-order',
      operations: ['view'],
      views: ['all'],
    });
    const match = { 'if-match': `"${draft.version}"` };
    const saved = await owner.json('PUT', '/admin/apps/work-orders/draft', draft.definition, match);
    const apps = { apps: ['work-orders'] };
    const published = await owner.json('POST', '/admin/environments/test/publish', apps);
    expect([saved.status, published.status]).toEqual([200, 200]);

    const keeper = await somebody(system, 'account-keeper');
    const path = `/manage/service-accounts/${named.id}`;
    const until = new Date(system.clock.now() + 86_400_000).toISOString().slice(0, 10);
    for (const environment of ['production', 'test']) {
      const refused = await keys.post(named.id, { environment }, keeper);
      expect([codeOf(refused), (refused.json as ProblemJson).problems]).toEqual([
        [403, 'FORBIDDEN'],
        [{ path: '/account', message: expect.stringContaining('by its name reaches further than your own') }],
      ]);
      const form = { name: 'Nightly', until, environment };
      expect((await sendForm(keeper, path, 'New key', form)).status).toBe(403);
    }
    expect((await keys.post(named.id, { environment: 'test' })).status).toBe(201);
  });

  it('[A42, D12] is who ends them, too: a key does not sign itself out unseen', async () => {
    const { id } = await keys.account('dispatcher');
    const { machine } = await keys.make(id, { environment: 'test' });
    const page = await machine.get('/app/test/work-orders/work-order/operations/add');
    const { formToken = '' } = fieldsOf(page.text);
    const body = new URLSearchParams({ formToken }).toString();
    const left = await machine.send('POST', '/sign-out', { headers: { 'content-type': FORM }, body });
    expect([left.status, (await machine.get('/test/apps')).status]).toEqual([303, 200]);
    const { keys: made } = (await owner.get(`/admin/service-accounts/${id}`)).json as KeyList;
    expect(made.map(({ endedAt }) => endedAt)).toEqual([undefined]);
  });

  it('[A42] gets none for a robot, of the API or on the page', async () => {
    for (const reach of [{ environment: 'test' }, { site: true }]) {
      expect(codeOf(await keys.post('work-order-robot', reach))).toEqual([403, 'FORBIDDEN']);
    }
    const path = '/manage/service-accounts/work-order-robot';
    expect((await owner.get(path)).text).not.toContain('Make key');
    const { formToken = '' } = fieldsOf((await owner.get(path)).text);
    const fields = { formToken, action: 'createKey', name: 'X', environment: 'site', until: '2026-12-24' };
    expect((await owner.form(path, fields)).status).toBe(403);
  });

  it('[A42] sees on the page what each key is for and carries, and which roles take a new one', async () => {
    const { id } = await keys.account('dispatcher');
    const path = `/manage/service-accounts/${id}`;
    const until = new Date(system.clock.now() + 86_400_000).toISOString().slice(0, 10);
    const none = await sendForm(owner, path, 'New key', { name: 'Nightly', until });
    expect([none.status, readable(none.text)]).toEqual([
      422,
      expect.stringContaining('Choose one environment for the key, or the whole site'),
    ]);
    const made = await sendForm(owner, path, 'New key', { name: 'Nightly', until, environment: 'site' });
    const shown = await owner.follow(made.headers.get('location') ?? '');
    expect([made.status, /dp_kx[0-9A-Za-z]+/.test(shown.text)]).toEqual([303, true]);
    expect(readable((await owner.get(path)).text)).toMatch(/Nightly whole site Dispatcher /);
    expect(readable((await owner.get(path)).text)).not.toContain('make a new key to use it');

    const { version } = (await owner.get(`/admin/service-accounts/${id}`)).json as { version: number };
    const roles = { roles: ['dispatcher', 'technician'] };
    await owner.json('PATCH', `/admin/service-accounts/${id}`, roles, { 'if-match': `"${version}"` });
    const page = readable((await owner.get(path)).text);
    expect(page).toContain('Technician is carried by no key: make a new key to use it.');
    expect(page).not.toContain('Dispatcher is carried by');
    await keys.make(id, { environment: 'test' });
    const text = readable((await owner.get(path)).text);
    expect(text).toContain('Technician is carried by 1 of 2 live keys: make a new key to use it.');
  });
});
