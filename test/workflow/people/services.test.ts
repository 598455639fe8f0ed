import { jest } from '@jest/globals';
import { documentedOf } from '../../../lambdas/shared/reference/index.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import { codeOf, freshEmail, problemsOf } from '../../support/people.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';

jest.setTimeout(30_000);

interface ServiceJson {
  records: { id: string; values: Record<string, unknown> }[];
  cursor?: string;
  record: { id: string; version: number; values: Record<string, unknown> };
}
interface EventJson {
  operation: string;
  service?: string;
  actor: { id: string; type: string; name: string };
}

let system: System;
let olga: Visitor;
let dora: Visitor;
/** Holds the role `export`, which is granted one service and nothing else. */
let payroll: Caller;
/** Holds a role for the other service. */
let personnel: Caller;

type Caller = (service: string, body?: object, headers?: Record<string, string>) => Promise<Answer>;

beforeAll(async () => {
  system = await startSystem();
  await seedDefinitions(system, PERSON_DIRECTORY);
  olga = await staffSession(system, 'olga@harbour.example');
  dora = await staffSession(system, 'dora@harbour.example');
  const accounts = (await olga.get('/admin/service-accounts')).json as {
    serviceAccounts: { id: string; name: string }[];
  };
  payroll = await keyed(accounts.serviceAccounts.find(({ name }) => name === 'Payroll')?.id ?? '');
  const role = { id: 'movers', name: 'Movers', environments: ['production'], services: ['move-person'] };
  expect((await olga.json('POST', '/admin/roles', role)).status).toBe(201);
  const made = await olga.json('POST', '/admin/service-accounts', { name: 'Personnel', roles: ['movers'] });
  personnel = await keyed((made.json as { id: string }).id);
}, 120_000);

afterAll(() => system?.stop());

/** Calls services with a new key of an account. */
async function keyed(account: string): Promise<Caller> {
  const { key } = (
    await olga.json('POST', `/admin/service-accounts/${account}/keys`, {
      name: 'Tests',
      environment: 'production',
      expiresAt: new Date(system.clock.now() + 86_400_000).toISOString(),
    })
  ).json as { key: string };
  return callerWith(key);
}

const callerWith =
  (key: string): Caller =>
  (service, body = {}, headers = {}) =>
    new Visitor(system.url).json('POST', `/production/services/${service}`, body, {
      authorization: `Bearer ${key}`,
      ...headers,
    });

async function addPerson(department: string): Promise<string> {
  const answer = await dora.json('POST', '/production/apps/directory/record-types/person/records', {
    operation: 'add',
    values: {
      firstName: 'Pia',
      lastName: 'Person',
      email: freshEmail('pia'),
      company: 'Harbour',
      department,
    },
  });
  expect(answer.status).toBe(201);
  return (answer.json as { id: string }).id;
}

const read = async (id: string) =>
  (await dora.get(`/production/records/${id}`)).json as { version: number; values: Record<string, unknown> };

/** What an answer has that the reference does not say, or lacks of it. */
const undocumented = (json: unknown) =>
  documentedOf(ROUTES.find(({ id }) => id === 'callService') as Route)
    ?.answer?.()
    .safeParse(json).error;

describe('a service', () => {
  it('[A35] is called by a service account whose role is granted that one service, and reads a view for it', async () => {
    const id = await addPerson('Piers');
    const { status, json } = await payroll('export-people', { limit: 100 });
    expect([status, undocumented(json)]).toEqual([200, undefined]);
    const found = (json as ServiceJson).records.find((record) => record.id === id);
    expect(found).toEqual({
      id,
      version: 1,
      state: 'Active',
      values: { user: expect.any(String), company: 'Harbour', department: 'Piers' },
      names: { [String(found?.values.user)]: 'Pia Person' },
    });
  });

  it('[A35, A34] gives its caller nothing else: no app, view, record, operation or other service', async () => {
    const id = await addPerson('Quay');
    const { token } = await plantCredential(system, {
      type: 'serviceAccount',
      kind: 'apiKey',
      roles: ['export'],
      environment: 'production',
    });
    const bearer = { authorization: `Bearer ${token}` };
    const anybody = new Visitor(system.url);
    const apps = (await anybody.get('/production/apps', bearer)).json as { apps: { id: string }[] };
    expect(apps.apps.map((app) => app.id)).not.toContain('directory');
    for (const path of [
      'apps/directory/record-types/person/views/all',
      `records/${id}`,
      `records/${id}/history`,
    ]) {
      expect([path, (await anybody.get(`/production/${path}`, bearer)).status]).toEqual([path, 404]);
    }
    const edited = await anybody.json(
      'POST',
      `/production/records/${id}/operations/edit-own`,
      { values: { department: 'X' } },
      bearer,
    );
    expect(edited.status).toBe(404);
    expect(codeOf(await payroll('move-person', { record: id, values: { department: 'X' } }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect(codeOf(await payroll('no-such-service'))).toEqual([404, 'NOT_FOUND']);
    expect((await read(id)).values.department).toBe('Quay');
  });

  it('[A35] runs an operation with the rights of the robot, and the journal names who called it', async () => {
    const id = await addPerson('Docks');
    const answer = await personnel('move-person', { record: id, values: { department: 'Cranes' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
    const { record } = answer.json as ServiceJson;
    expect(undocumented(answer.json)).toBeUndefined();
    // Company is the view's business, and not among what this service answers.
    expect([record.id, Object.keys(record.values).sort()]).toEqual([id, ['department', 'user']]);
    expect((await read(id)).values).toMatchObject({ department: 'Cranes', company: 'Harbour' });
    const { items } = (await dora.get(`/production/records/${id}/history`)).json as { items: EventJson[] };
    expect(items[0]).toMatchObject({
      operation: 'edit-own',
      service: 'move-person',
      actor: { type: 'serviceAccount', name: 'Personnel' },
    });
  });

  it('takes no field, record or parameter beyond what it says', async () => {
    const id = await addPerson('Yard');
    const more = await personnel('move-person', { record: id, values: { department: 'A', company: 'B' } });
    expect([codeOf(more), problemsOf(more)]).toEqual([
      [422, 'VALUES_INVALID'],
      [{ path: '/values/company', message: 'is not a field that this service takes' }],
    ]);
    const notice = await dora.json('POST', '/production/apps/notices/record-types/notice/records', {
      operation: 'add',
      values: { title: 'Not a person' },
    });
    const foreign = await personnel('move-person', { record: (notice.json as { id: string }).id });
    expect(codeOf(foreign)).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await personnel('move-person', { values: {} }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await personnel('move-person', { record: id, cursor: 'x' }))).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
    expect(codeOf(await payroll('export-people', { record: id }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await payroll('export-people', { parameters: { company: 'x' } }))).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
    expect((await read(id)).version).toBe(1);
  });

  it('happens once for one Idempotency-Key of one caller, and under If-Match only to the version that was read', async () => {
    const id = await addPerson('Locks');
    const body = { record: id, values: { department: 'Bridge' } };
    const once = { 'idempotency-key': 'move-1' };
    const answers = [await personnel('move-person', body, once), await personnel('move-person', body, once)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await read(id)).version).toBe(2);
    const other = await personnel('move-person', { ...body, values: { department: 'Tower' } }, once);
    expect(codeOf(other)).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
    const account = await plantCredential(system, {
      type: 'serviceAccount',
      kind: 'apiKey',
      roles: ['movers'],
      environment: 'production',
    });
    const another = callerWith(account.token);
    expect((await another('move-person', { ...body, values: { department: 'Tower' } }, once)).status).toBe(
      200,
    );
    const stale = await personnel('move-person', body, { 'if-match': '"1"' });
    expect(codeOf(stale)).toEqual([412, 'VERSION_MISMATCH']);
  });

  it('leads on page by page, and a cursor only the caller who got it', async () => {
    for (const department of ['P', 'Q', 'R']) await addPerson(department);
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const { json } = await payroll('export-people', { limit: 2, ...(cursor && { cursor }) });
      const page = json as ServiceJson;
      for (const { id } of page.records) seen.add(id);
      const thief = await plantCredential(system, {
        type: 'serviceAccount',
        kind: 'apiKey',
        roles: ['export'],
        environment: 'production',
      });
      if (page.cursor) {
        const stolen = await callerWith(thief.token)('export-people', { cursor: page.cursor });
        expect(codeOf(stolen)).toEqual([400, 'REQUEST_INVALID']);
      }
      cursor = page.cursor;
    } while (cursor);
    const all = (await payroll('export-people', { limit: 100 })).json as ServiceJson;
    expect([...seen].sort()).toEqual(all.records.map(({ id }) => id).sort());
  });

  it('[A4, A35] is closed without its role, outside its environment, and without a credential', async () => {
    expect((await dora.json('POST', '/production/services/export-people', {})).status).toBe(404);
    expect(
      (await new Visitor(system.url).json('POST', '/production/services/export-people', {})).status,
    ).toBe(401);
    const plant = (roles: string[], environment: 'test' | 'production') =>
      plantCredential(system, { type: 'serviceAccount', kind: 'apiKey', roles, environment });
    const elsewhere = await plant(['export'], 'test');
    expect(codeOf(await callerWith(elsewhere.token)('export-people'))).toEqual([401, 'CREDENTIAL_INVALID']);
    await olga.json('POST', '/admin/roles', {
      id: 'nowhere',
      name: 'Nowhere',
      environments: [],
      services: ['export-people'],
    });
    const gated = await plant(['nowhere'], 'production');
    expect(codeOf(await callerWith(gated.token)('export-people'))).toEqual([404, 'NOT_FOUND']);
  });

  it('[A42] is closed by the next request once the role or the key is gone', async () => {
    const account = (
      await olga.json('POST', '/admin/service-accounts', { name: 'Leaver', roles: ['export'] })
    ).json as {
      id: string;
      version: number;
    };
    const leaver = await keyed(account.id);
    expect((await leaver('export-people')).status).toBe(200);
    const changed = await olga.json(
      'PATCH',
      `/admin/service-accounts/${account.id}`,
      { roles: [] },
      { 'if-match': `"${account.version}"` },
    );
    expect(changed.status).toBe(200);
    expect((await leaver('export-people')).status).toBe(404);

    const machine = async (name: string) => {
      const made = await olga.json('POST', '/admin/service-accounts', { name, roles: ['export'] });
      return `/admin/service-accounts/${(made.json as { id: string }).id}`;
    };
    const [keeps, goes] = [await machine('Keeps its account'), await machine('Loses its account')];
    const callers = [keeps, goes].map((path) => keyed(path.split('/').at(-1) ?? ''));
    const [revoked, deleted] = (await Promise.all(callers)) as [Caller, Caller];
    for (const caller of [revoked, deleted]) expect((await caller('export-people')).status).toBe(200);
    const { keys } = (await olga.get(keeps)).json as { keys: { id: string }[] };
    expect((await olga.send('DELETE', `${keeps}/keys/${keys[0]?.id}`)).status).toBe(204);
    expect(codeOf(await revoked('export-people'))).toEqual([401, 'CREDENTIAL_INVALID']);
    expect((await olga.send('DELETE', `${goes}?confirm=production`)).status).toBe(204);
    expect(codeOf(await deleted('export-people'))).toEqual([401, 'CREDENTIAL_INVALID']);
  });

  it('[F48] is answered by no robot that does not work for its app', async () => {
    const address = '/admin/service-accounts/registrar';
    const setApps = async (...apps: string[]) => {
      const { version } = (await olga.get(address)).json as { version: number };
      const answer = await olga.json('PATCH', address, { apps }, { 'if-match': `"${version}"` });
      expect([answer.status, answer.text]).toEqual([200, answer.text]);
    };
    await setApps('notices');
    expect(codeOf(await payroll('export-people'))).toEqual([409, 'ROBOT_REFUSED']);
    await setApps('directory');
    expect((await payroll('export-people')).status).toBe(200);
  });

  it('is refused in a draft that names what is not there, two things, or what another app has', async () => {
    const draft = (await olga.get('/admin/apps/notices/draft')).json as {
      version: number;
      definition: Record<string, unknown>;
    };
    const wrong: [object, string, RegExp][] = [
      [{ view: 'nothing' }, '/services/0/view', /no view "nothing"/],
      [{ operation: 'nothing' }, '/services/0/operation', /no operation "nothing"/],
      [{ operation: 'view' }, '/services/0/operation', /viewing changes nothing/],
      [{ view: 'all', operation: 'add' }, '/services/0', /name one of them/],
      [{ operation: 'add', fields: ['nothing'] }, '/services/0/fields/0', /"nothing"/],
      [{ view: 'all', id: 'export-people' }, '/services/0/id', /the app "directory" has a service/],
      [{ view: 'all', id: 'access' }, '/services/0/id', /a service of the site itself/],
    ];
    for (const [part, path, message] of wrong) {
      const service = { id: 'read-notices', name: 'Read', recordType: 'notice', ...part };
      const refused = await olga.json(
        'PUT',
        '/admin/apps/notices/draft',
        { ...draft.definition, services: [service] },
        { 'if-match': `"${draft.version}"` },
      );
      expect([part, codeOf(refused), problemsOf(refused)]).toEqual([
        part,
        [422, 'DEFINITION_INVALID'],
        [{ path, message: expect.stringMatching(message) }],
      ]);
    }
  });
});
