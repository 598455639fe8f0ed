import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { jest } from '@jest/globals';
import { OWNER } from '../../../core/policy/built-in.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import { designEventKey } from '../../../lambdas/shared/table/keys.ts';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { runCommand } from '../../support/command.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import { readable } from '../../support/page-forms.ts';
import { codeOf, createUser, freshEmail, somebody } from '../../support/people.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';

jest.setTimeout(60_000);

interface ChangeJson {
  id: string;
  at: string;
  actor: { id: string; type: string; name: string };
  action: string;
  subject: { type: string; id: string; name: string };
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  via?: object;
}

let system: System;
let olga: Visitor;
let mina: Visitor;
let dora: Visitor;

beforeAll(async () => {
  system = await startSystem();
  await seedDefinitions(system, PERSON_DIRECTORY);
  [olga, mina, dora] = (await Promise.all(
    ['olga', 'mina', 'dora'].map((name) => staffSession(system, `${name}@harbour.example`)),
  )) as [Visitor, Visitor, Visitor];
}, 120_000);

afterAll(() => system?.stop());

async function journal(query = ''): Promise<ChangeJson[]> {
  const answer = await olga.get(`/admin/journal?limit=100${query}`);
  expect(answer.status).toBe(200);
  return (answer.json as { changes: ChangeJson[] }).changes;
}

const newest = async (query = '') => (await journal(query))[0] as ChangeJson;

/** Does something that must succeed, under the version that is there. */
async function write(by: Visitor, method: string, path: string, body?: object, at = path): Promise<Answer> {
  const { headers } = await by.get(at);
  const etag = headers.get('etag');
  const given = { 'content-type': 'application/json', ...(etag && { 'if-match': etag }) };
  const answer = await by.send(method, path, { headers: given, ...(body && { body: JSON.stringify(body) }) });
  expect([path, answer.status < 300, answer.text]).toEqual([path, true, answer.text]);
  return answer;
}

describe('the journal of the design plane', () => {
  it('[D12, A12] tells who changed a role, and how it was before', async () => {
    await write(olga, 'POST', '/admin/roles', { id: 'clerk', name: 'Clerk', environments: ['test'] });
    const change = { name: 'Clerk', environments: ['test', 'production'], accounts: { update: true } };
    await write(mina, 'PUT', '/admin/roles/clerk', change);
    const [changed, created] = await journal('&subject=role/clerk');
    expect(changed).toMatchObject({
      action: 'change',
      actor: { type: 'user', name: 'Mina Maintainer' },
      subject: { type: 'role', id: 'clerk', name: 'Clerk' },
      before: { environments: ['test'] },
      after: { environments: ['test', 'production'], accounts: { update: true } },
    });
    expect(Object.keys(changed?.before ?? {})).toEqual(['environments']);
    expect(created).toMatchObject({
      action: 'create',
      actor: { name: 'Olga Owner' },
      after: { name: 'Clerk' },
    });
    await write(olga, 'DELETE', '/admin/roles/clerk', undefined);
    expect(await newest('&subject=role')).toMatchObject({ action: 'delete', before: { name: 'Clerk' } });
  });

  it('[D12] has one entry for each write of the design plane, and none for what was refused', async () => {
    const until = new Date(system.clock.now() + 86_400_000).toISOString();
    const before = (await journal()).length;
    const user = await createUser(olga);
    const account = (await write(olga, 'POST', '/admin/service-accounts', { name: 'Ledger', roles: [] }))
      .json as { id: string };
    const machine = `/admin/service-accounts/${account.id}`;
    const key = (
      await write(olga, 'POST', `${machine}/keys`, { name: 'Nightly', environment: 'test', expiresAt: until })
    ).json as { id: string; key: string };
    const works: [route: string, work: () => Promise<unknown>][] = [
      ['updateUser', () => write(olga, 'PATCH', `/admin/users/${user.id}`, { lastName: 'Renamed' })],
      ['signOutUser', () => write(olga, 'POST', `/admin/users/${user.id}/sign-out`, {})],
      ['deleteUser', () => write(olga, 'DELETE', `/admin/users/${user.id}`)],
      ['updateServiceAccount', () => write(olga, 'PATCH', machine, { name: 'Ledgers' })],
      ['revokeKey', () => write(olga, 'DELETE', `${machine}/keys/${key.id}`)],
      ['deleteServiceAccount', () => write(olga, 'DELETE', machine)],
      [
        'createRole',
        () => write(olga, 'POST', '/admin/roles', { id: 'temp', name: 'Temp', environments: [] }),
      ],
      ['changeRole', () => write(olga, 'PUT', '/admin/roles/temp', { name: 'Temps', environments: [] })],
      ['removeRole', () => write(olga, 'DELETE', '/admin/roles/temp')],
      [
        'changeEnvironmentSettings',
        () =>
          write(olga, 'PUT', '/admin/environments/test/settings', {
            accounts: { manipulation: true, deletion: false },
          }),
      ],
      [
        'createApp',
        () => write(olga, 'POST', '/admin/apps', { id: 'berths', name: 'Berths', kind: 'records' }),
      ],
      ['saveDraft', () => saveDraft()],
      ['publish', () => write(olga, 'POST', '/admin/environments/test/publish', { apps: ['berths'] })],
      [
        'rebuildIndexes',
        () =>
          write(olga, 'POST', '/admin/environments/production/indexes', {
            app: 'directory',
            recordType: 'person',
          }),
      ],
    ];
    for (const [, work] of works) await work();
    const made = ['createUser', 'createServiceAccount', 'createKey', ...works.map(([route]) => route)];
    const changes = (await journal()).slice(0, made.length).reverse();
    expect((await journal()).length - before).toBe(made.length);
    expect(changes.map(({ action, subject }) => `${action} ${subject.type}`)).toEqual([
      'create user',
      'create serviceAccount',
      'createKey serviceAccount',
      'change user',
      'signOut user',
      'delete user',
      'change serviceAccount',
      'revokeKey serviceAccount',
      'delete serviceAccount',
      'create role',
      'change role',
      'delete role',
      'change environment',
      'create app',
      'change app',
      'publish environment',
      'rebuild app',
    ]);
    expect(changes[3]).toMatchObject({ before: { name: 'Pat Person' }, after: { name: 'Pat Renamed' } });
    expect(changes[14]).toMatchObject({
      before: { version: 1 },
      after: { version: 2, changed: ['/description'] },
    });
    expect(changes[15]).toMatchObject({ after: { berths: 2 } });
    expect(changes[16]).toMatchObject({
      subject: { id: 'directory' },
      after: { environment: 'production', recordType: 'person' },
    });
    // A key is named and never shown; nothing else here lets anybody in either.
    expect(changes[2]?.after).toMatchObject({ key: { name: 'Nightly', environment: 'test' } });
    expect(JSON.stringify(changes)).not.toContain(key.key);
    expect(JSON.stringify(changes)).not.toMatch(/dp_[a-z]/);

    const writes = ROUTES.filter(({ function: where, method }) => where === 'admin' && method !== 'GET');
    // Each is an event in the history of the pass's record: test/workflow/faults/follow-ups.test.ts holds them to it.
    const apart = ['extendPass', 'resendPass', 'revokePasses'];
    expect(writes.map(({ id }) => id).filter((id) => !made.includes(id) && !apart.includes(id))).toEqual([]);

    const dispatcherless = await somebody(system);
    expect(
      (await dispatcherless.json('POST', '/admin/roles', { id: 'x', name: 'X', environments: [] })).status,
    ).toBe(403);
    const taken = await olga.json('POST', '/admin/roles', { id: 'export', name: 'Again', environments: [] });
    expect(codeOf(taken)).toEqual([409, 'ALREADY_EXISTS']);
    expect((await journal()).length - before).toBe(made.length);
  });

  it('[A30, D12] tells of accounts that apps make, change and end: who asked, and by which operation', async () => {
    const email = freshEmail('via');
    const values = { firstName: 'Via', lastName: 'App', email, company: 'Harbour' };
    const people = '/production/apps/directory/record-types/person/records';
    const added = await dora.json('POST', people, { operation: 'add', values });
    expect(added.status).toBe(201);
    expect(await newest()).toMatchObject({
      action: 'create',
      actor: { name: 'Dora Directory' },
      subject: { type: 'user', name: 'Via App' },
      after: { email, roles: ['app-users'] },
      via: { environment: 'production', app: 'directory', operation: 'add' },
    });
    const { id } = added.json as { id: string };
    await write(
      dora,
      'POST',
      `/production/records/${id}/operations/lock-out`,
      {},
      `/production/records/${id}`,
    );
    expect(await newest()).toMatchObject({
      action: 'change',
      before: { roles: ['app-users'] },
      after: { roles: [] },
      via: { environment: 'production', app: 'directory', operation: 'lock-out' },
    });

    // A service does its work with a robot's rights, and whoever called it is who asked.
    const person = `/production/records/${id}`;
    const renamed = await (await renamer())(id, { firstName: 'Vera', lastName: 'Service' });
    expect([renamed.status, renamed.text]).toEqual([200, renamed.text]);
    expect(await newest()).toMatchObject({
      action: 'change',
      actor: { type: 'serviceAccount', name: 'Personnel' },
      subject: { type: 'user', name: 'Vera Service' },
      before: { name: 'Via App' },
      after: { name: 'Vera Service' },
      via: { environment: 'production', app: 'directory', operation: 'edit' },
    });

    await write(dora, 'POST', `${person}/operations/remove`, {}, person);
    expect(await newest()).toMatchObject({
      action: 'delete',
      actor: { name: 'Dora Directory' },
      subject: { type: 'user', name: 'Vera Service' },
      before: { email, roles: [] },
      via: { environment: 'production', app: 'directory', operation: 'remove' },
    });
  });

  it('is read by owners and tenant administrators page by page, and by nobody else', async () => {
    for (const reader of [mina, dora, await somebody(system)]) {
      expect((await reader.get('/admin/journal')).status).toBe(403);
      expect((await reader.get('/manage/journal')).status).toBe(403);
    }
    const all = await journal();
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = (await olga.get(`/admin/journal?limit=7${cursor}`)).json as {
        changes: ChangeJson[];
        cursor?: string;
      };
      seen.push(...page.changes.map(({ id }) => id));
      if (!page.cursor) break;
      const foreign = await (await somebody(system, OWNER)).get(`/admin/journal?cursor=${page.cursor}`);
      expect(codeOf(foreign)).toEqual([400, 'REQUEST_INVALID']);
      cursor = `&cursor=${page.cursor}`;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect((await olga.get('/admin/journal?subject=Role')).status).toBe(400);

    const page = readable((await olga.get('/manage/journal?subject=role/clerk')).text);
    expect(page).toContain('Mina Maintainer Changed role Clerk environments test');
    expect(page).toContain('environments test, production');
  });

  it('[D12] verification finds what was altered, and from a sealed day what was removed', async () => {
    const { client } = system.dynamodb;
    const TableName = system.dynamodb.tableName();
    const [altered, removed] = (await journal()) as [ChangeJson, ChangeJson];
    system.fireSchedule('sealJournal');
    await system.settled();
    await system.clock.advance(25 * 3_600_000);
    system.fireSchedule('sealJournal');
    await system.settled();
    const Key = { ...designEventKey(altered.at, altered.id) };
    const { Item } = await client.send(new GetCommand({ TableName, Key }));
    const actor = { id: 'x', type: 'user', name: 'Somebody Else' };
    await client.send(new PutCommand({ TableName, Item: { ...Item, actor } }));
    await client.send(new DeleteCommand({ TableName, Key: { ...designEventKey(removed.at, removed.id) } }));
    const { exitCode, stdout } = await runCommand(system, 'bin/journal-verify.ts');
    expect(stdout).toMatch(/^site: \d+ changes, \d+ sealed days, the newest site\//m);
    expect(stdout).toContain(`site ${altered.id}: the event is not what was written`);
    expect(stdout).toMatch(/site \d{4}-\d\d-\d\d: \d+ events were sealed; \d+ are there/);
    expect([exitCode, stdout.trim().split('\n').at(-1)]).toEqual([1, '2 findings.']);
  });
});

/** Publishes a service that renames people, and answers how a service account calls it. */
async function renamer(): Promise<(record: string, values: object) => Promise<Answer>> {
  const draft = '/admin/apps/directory/draft';
  const { definition } = (await olga.get(draft)).json as {
    definition: { permissions: object[]; services: object[] };
  };
  const may = { role: 'directory-robot', recordType: 'person', operations: ['edit'] };
  const service = {
    id: 'rename',
    name: 'Rename',
    recordType: 'person',
    operation: 'edit',
    returns: ['user'],
  };
  await write(olga, 'PUT', draft, {
    ...definition,
    permissions: [...definition.permissions, may],
    services: [...definition.services, { ...service, fields: ['firstName', 'lastName'] }],
  });
  const robot = { name: 'Directory Robot', environments: [], accounts: { update: true } };
  await write(olga, 'PUT', '/admin/roles/directory-robot', robot);
  await write(olga, 'POST', '/admin/environments/production/publish', { apps: ['directory'] });
  const caller = { id: 'renamers', name: 'Renamers', environments: ['production'], services: ['rename'] };
  await write(olga, 'POST', '/admin/roles', caller);
  const { token } = await plantCredential(system, {
    type: 'serviceAccount',
    kind: 'apiKey',
    name: 'Personnel',
    roles: ['renamers'],
    environment: 'production',
  });
  const bearer = { authorization: `Bearer ${token}` };
  return (record, values) =>
    new Visitor(system.url).json('POST', '/production/services/rename', { record, values }, bearer);
}

async function saveDraft(): Promise<void> {
  const draft = (await olga.get('/admin/apps/berths/draft')).json as { definition: object };
  const definition = { ...draft.definition, description: 'Where ships lie' };
  await write(olga, 'PUT', '/admin/apps/berths/draft', definition);
}
