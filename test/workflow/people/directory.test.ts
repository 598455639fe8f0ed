import { jest } from '@jest/globals';
import { MAINTAINER } from '../../../core/policy/built-in.ts';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import type { Answer, Visitor } from '../../../local/visitor.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import {
  type Account,
  codeOf,
  createUser,
  firstOwner,
  freshEmail,
  patchUser,
  problemsOf,
  readUser,
  somebody,
} from '../../support/people.ts';
import type { RecordJson } from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';

jest.setTimeout(30_000);

const PEOPLE = '/production/apps/directory/record-types/person';
const ACCOUNTS = '/production/apps/accounts/record-types/user';

let system: System;
let owner: Visitor & { id: string };
let dora: Visitor;

beforeAll(async () => {
  system = await startSystem();
  for (const environment of ['production', 'test'] as const) {
    await seedDefinitions(system, { ...PERSON_DIRECTORY, environment });
  }
  owner = await firstOwner(system);
  dora = await staffSession(system, 'dora@harbour.example');
}, 120_000);

afterAll(() => system?.stop());

const person = (more: Record<string, unknown> = {}) => ({
  firstName: 'Pia',
  lastName: 'Person',
  email: freshEmail(),
  company: 'Harbour',
  ...more,
});

function add(values: Record<string, unknown>, by = dora, people = PEOPLE): Promise<Answer> {
  return by.json('POST', `${people}/records`, { operation: 'add', values });
}

async function added(values: Record<string, unknown> = person()): Promise<RecordJson> {
  const answer = await add(values);
  if (answer.status !== 201) throw new Error(`Adding a person answered ${answer.status}: ${answer.text}`);
  return answer.json as RecordJson;
}

function run(record: RecordJson, operation: string, body: object = {}, by = dora): Promise<Answer> {
  return by.json('POST', `/production/records/${record.id}/operations/${operation}`, body);
}

async function userWith(email: string): Promise<Account | undefined> {
  const found = (await owner.get(`/admin/users?search=${encodeURIComponent(email)}`)).json as {
    users: Account[];
  };
  return found.users[0];
}

const peopleNow = async () =>
  ((await dora.get(`${PEOPLE}/views/all?limit=100`)).json as { records: RecordJson[] }).records.length;

describe('adding a person makes their user account', () => {
  it('[A15, A18, A20, A30] the user exists at once with names, email and role, and the record refers to it', async () => {
    const values = person();
    const record = await added(values);
    const user = await userWith(values.email);
    expect(record.values.user).toBe(user?.id);
    expect(record.names[String(user?.id)]).toBe('Pia Person');
    expect(user).toMatchObject({ name: 'Pia Person', email: values.email, roles: ['app-users'] });
    expect((await staffSession(system, values.email)).cookies.size).toBe(1);
  });

  it('[A21] what is runtime-only is on the form and never stored, in the record or its history', async () => {
    const values = person({ firstName: 'Never', lastName: 'Stored' });
    const record = await added(values);
    expect(Object.keys(record.values).sort()).toEqual(['company', 'user']);
    const history = await dora.get(`/production/records/${record.id}/history`);
    expect(history.text).not.toContain(values.email);
    const missing = await add({ ...person(), lastName: null });
    expect([codeOf(missing), problemsOf(missing)]).toEqual([
      [422, 'VALUES_INVALID'],
      [{ path: '/values/lastName', message: 'is required' }],
    ]);
  });

  it('[A19] a new user is mailed a welcome, with the text of the environment, after the commit', async () => {
    const usual = person();
    await added(usual);
    const mail = await system.mail.waitFor(({ to }) => to.includes(usual.email));
    expect([mail.subject, mail.text.includes('Hello Pia Person')]).toEqual(['Welcome', true]);

    const settings = await owner.get('/admin/environments/production/settings');
    const changed = await owner.json(
      'PUT',
      '/admin/environments/production/settings',
      { welcomeMail: { subject: 'Come aboard', body: 'The harbour is open.\n\nSee you.' } },
      { 'if-match': settings.headers.get('etag') ?? '' },
    );
    expect(changed.status).toBe(200);
    const other = person();
    await added(other);
    const changedMail = await system.mail.waitFor(({ to }) => to.includes(other.email));
    expect([changedMail.subject, changedMail.text.includes('The harbour is open.')]).toEqual([
      'Come aboard',
      true,
    ]);
  });

  it('[A16, A17] an existing email is accepted: the names stay, the role is added, no second welcome', async () => {
    const user = await createUser(owner, { firstName: 'Known', lastName: 'Already', roles: ['Developer'] });
    const record = await added(person({ email: user.email.toUpperCase() }));
    expect(record.values.user).toBe(user.id);
    expect(await readUser(owner, user.id)).toMatchObject({
      name: 'Known Already',
      roles: ['Developer', 'app-users'],
    });
    await system.settled();
    expect((await system.mail.messages()).filter(({ to }) => to.includes(user.email))).toEqual([]);
  });

  it('[A1] eight additions of one new email at once make one user and eight people', async () => {
    const values = person();
    const answers = await Promise.all(Array.from({ length: 8 }, () => add(values)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    const users = new Set(answers.map(({ json }) => (json as RecordJson).values.user));
    expect(users.size).toBe(1);
  });

  it('[A36] where existing emails are not accepted, a duplicate is refused by its own code and changes nothing', async () => {
    const user = await createUser(owner, { roles: [] });
    const before = (await dora.get(`${ACCOUNTS}/views/all`)).text;
    const refused = await dora.json('POST', `${ACCOUNTS}/records`, {
      operation: 'add-user',
      values: { firstName: 'A', lastName: 'B', email: user.email, roles: ['app-users'] },
    });
    expect(codeOf(refused)).toEqual([409, 'EMAIL_TAKEN']);
    expect((await dora.get(`${ACCOUNTS}/views/all`)).text).toBe(before);
    expect(await readUser(owner, user.id)).toEqual(user);
  });
});

describe('one missing permission and nothing has happened', () => {
  it.each([
    ['create', { update: true, delete: true, assign: ['app-users'] }],
    ['assign', { create: true, update: true, delete: true }],
  ])('[A15, A30, A37, A43] without %s no person, no user and no mail', async (_, accounts) => {
    await withGrant(accounts, async () => {
      const [people, values] = [await peopleNow(), person()];
      const refused = await add(values);
      expect(codeOf(refused)).toEqual([403, 'FORBIDDEN']);
      await system.settled();
      expect(await peopleNow()).toBe(people);
      expect(await userWith(values.email)).toBeUndefined();
      expect((await system.mail.messages()).filter(({ to }) => to.includes(values.email))).toEqual([]);
    });
  });

  it('[A30, A37] without update the record of an edit stays as it was, too', async () => {
    const record = await added();
    await withGrant({ create: true, delete: true, assign: ['app-users'] }, async () => {
      const refused = await run(record, 'edit', { values: { firstName: 'New', company: 'Elsewhere' } });
      expect(codeOf(refused)).toEqual([403, 'FORBIDDEN']);
      const now = (await dora.get(`/production/records/${record.id}`)).json as RecordJson;
      expect([now.version, now.values.company]).toEqual([record.version, 'Harbour']);
    });
  });

  it('[A43] roles are taken away only by whoever may; otherwise no mail about it goes out either', async () => {
    const record = await added();
    await withGrant({ create: true, update: true, delete: true }, async () => {
      const before = (await system.mail.messages()).length;
      expect(codeOf(await run(record, 'lock-out'))).toEqual([403, 'FORBIDDEN']);
      await system.settled();
      expect((await system.mail.messages()).length).toBe(before);
      expect((await readUser(owner, String(record.values.user))).roles).toEqual(['app-users']);
    });
  });

  it('[A31, A38] design-plane rights are no rights in apps: an owner without the role adds nobody', async () => {
    const values = person();
    const refused = await add(values, owner);
    expect([403, 404]).toContain(refused.status);
    expect(await userWith(values.email)).toBeUndefined();
    const maintainer = await somebody(system, MAINTAINER, 'app-users');
    expect([403, 404]).toContain((await add(values, maintainer)).status);
  });

  it('[A38] holders of built-in roles are neither deleted nor stripped from apps, and built-in roles not given', async () => {
    const user = await createUser(owner, { roles: ['Developer'] });
    const record = await added(person({ email: user.email }));
    expect(codeOf(await run(record, 'remove'))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await run(record, 'lock-out'))).toEqual([403, 'FORBIDDEN']);
    expect((await readUser(owner, user.id)).roles).toEqual(['Developer', 'app-users']);
    const refused = await dora.json('POST', `${ACCOUNTS}/records`, {
      operation: 'add-user',
      values: { firstName: 'A', lastName: 'B', email: freshEmail(), roles: ['Owner'] },
    });
    expect(refused.status).toBeGreaterThanOrEqual(400);
  });
});

describe('who edits roles', () => {
  const accounts = { create: true, update: true, delete: true, assign: ['app-users'] };
  const environments = ['development', 'test', 'staging', 'production'];

  it('[D18, A30] widens no role that they hold: no user is deleted through an app, and `test` stays shut', async () => {
    const record = await added();
    const editor = { environments: ['production'], accounts: {}, design: { roles: ['read', 'edit'] } };
    await withRole(editor, async () => {
      const { version: _, id: __, ...role } = await readRole('directory-admin');
      const widened = await changeRole('directory-admin', { ...role, environments, accounts }, dora);
      const removed = await run(record, 'remove');
      const read = await dora.get('/test/apps/directory/record-types/person/views/all');
      expect([codeOf(widened), codeOf(removed), read.status]).toEqual([
        [403, 'FORBIDDEN'],
        [403, 'FORBIDDEN'],
        404,
      ]);
      expect(await readRole('directory-admin')).toMatchObject(role);
      expect((await readUser(owner, String(record.values.user))).name).toBe('Pia Person');
    });
  });
});

describe('who may give a role through an app', () => {
  /** The role, and whether Dora has given it to somebody through the users app of production. */
  async function given(id: string): Promise<[string, number]> {
    const values = { firstName: 'A', lastName: 'B', email: freshEmail(), roles: [id] };
    const answer = await dora.json('POST', `${ACCOUNTS}/records`, { operation: 'add-user', values });
    expect((await userWith(values.email)) !== undefined).toBe(answer.status === 201);
    return [id, answer.status];
  }

  it('[D18, A30, A43] holds whatever the role permits: in the design plane and in every environment, too', async () => {
    const made: Record<string, object> = {
      'same-place': { environments: ['test'] },
      designers: { design: { accounts: ['read'] } },
      'other-place': { environments: ['staging'] },
      callers: { services: ['export-people'] },
      makers: { accounts: { assign: ['export'] } },
      'quay-hands': {},
    };
    for (const [id, more] of Object.entries(made)) {
      const role = { id, name: `The ${id}`, environments: [], ...more };
      expect((await owner.json('POST', '/admin/roles', role)).status).toBe(201);
    }
    await publishQuay();
    const accounts = {
      create: true,
      update: true,
      delete: true,
      assign: ['app-users', ...Object.keys(made)],
    };
    await withGrant(accounts, async () => {
      const answers = [];
      for (const id of Object.keys(made)) answers.push(await given(id));
      expect(answers).toEqual([
        ['same-place', 201],
        ['designers', 403],
        ['other-place', 403],
        ['callers', 403],
        ['makers', 403],
        ['quay-hands', 403],
      ]);
    });
  });

  /** An app that runs in test alone, and permits something to who works at the quay. */
  async function publishQuay(): Promise<void> {
    const made = await owner.json('POST', '/admin/apps', { id: 'quay', name: 'Quay', kind: 'records' });
    const { definition } = made.json as { definition: object };
    const permissions = [{ role: 'quay-hands', recordType: 'record', operations: ['view'], views: ['all'] }];
    const draft = { ...definition, permissions };
    await owner.json('PUT', '/admin/apps/quay/draft', draft, { 'if-match': '"1"' });
    const published = await owner.json('POST', '/admin/environments/test/publish', { apps: ['quay'] });
    expect(published.status).toBe(200);
  }
});

describe('changing and ending accounts from an app', () => {
  it('[A22, A24] editing a person starts from the names of the user, and changes them', async () => {
    const record = await added();
    const form = (await dora.get(`${PEOPLE}/forms/edit?record=${record.id}`)).json as {
      fields: { id: string; value: unknown }[];
    };
    const shown = Object.fromEntries(form.fields.map(({ id, value }) => [id, value]));
    expect(shown).toMatchObject({ firstName: 'Pia', lastName: 'Person' });

    expect((await run(record, 'edit', { values: { firstName: 'Petra' } })).status).toBe(200);
    const user = await readUser(owner, String(record.values.user));
    expect([user.name, user.roles]).toEqual(['Petra Person', ['app-users']]);
  });

  it('[A23] the email is not on the form for editing, and sending it is refused', async () => {
    const values = person();
    const record = await added(values);
    expect(codeOf(await run(record, 'edit', { values: { email: freshEmail() } }))).toEqual([
      422,
      'VALUES_INVALID',
    ]);
    expect((await readUser(owner, String(record.values.user))).email).toBe(values.email);
  });

  it('[A27, A44] with all roles taken away the user stays and can do nothing; a mail says so after the commit', async () => {
    const values = person();
    const record = await added(values);
    const visitor = await staffSession(system, values.email);
    expect((await visitor.get(`${PEOPLE}/views/all`)).status).toBe(200);

    expect((await run(record, 'lock-out')).status).toBe(200);
    expect((await readUser(owner, String(record.values.user))).roles).toEqual([]);
    expect((await visitor.get(`${PEOPLE}/views/all`)).status).toBe(404);
    const mail = await system.mail.waitFor(({ subject }) => subject === 'Roles taken away');
    expect([mail.to, mail.text.includes('Dora Directory')]).toEqual([['dora@harbour.example'], true]);
  });

  it('[A24, D1] an entry is decided as it will be saved: with the roles that its account has by now', async () => {
    const path = '/admin/apps/accounts/draft';
    const publish = async (permissions: object[]) => {
      const draft = await owner.get(path);
      const { definition } = draft.json as { definition: { permissions: object[] } };
      const match = { 'if-match': draft.headers.get('etag') ?? '' };
      expect((await owner.json('PUT', path, { ...definition, permissions }, match)).status).toBe(200);
      const answer = await owner.json('POST', '/admin/environments/production/publish', {
        apps: ['accounts'],
      });
      expect(answer.status).toBe(200);
      return definition.permissions;
    };
    const made = await dora.json('POST', `${ACCOUNTS}/records`, {
      operation: 'add-user',
      values: { firstName: 'Pia', lastName: 'Person', email: freshEmail(), roles: ['app-users'] },
    });
    const record = made.json as RecordJson;
    const user = String(record.values.user);
    await patchUser(owner, user, { roles: ['app-users', 'export'] });
    const before = await publish([
      { role: 'directory-admin', recordType: 'user', operations: ['add-user', 'view-user', 'edit-user'] },
      {
        role: 'directory-admin',
        effect: 'deny',
        recordType: 'user',
        operations: ['edit-user'],
        when: '"export" in record.roles',
      },
    ]);
    const rename = () => run(record, 'edit-user', { values: { firstName: 'Petra' } });
    expect(codeOf(await rename())).toEqual([403, 'FORBIDDEN']);
    expect((await readUser(owner, user)).name).toBe('Pia Person');
    await patchUser(owner, user, { roles: ['app-users'] });
    expect((await rename()).status).toBe(200);
    await publish(before);
  });

  it('[A25] removing a person ends the account everywhere, at once and for good', async () => {
    const values = person();
    const record = await added(values);
    const visitor = await staffSession(system, values.email);
    expect((await run(record, 'remove')).status).toBe(204);
    expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
    expect((await owner.get(`/admin/users/${record.values.user}`)).status).toBe(404);
    expect((await dora.get(`/production/records/${record.id}`)).status).toBe(404);
  });

  it('[A39] nobody deletes their own account from an app', async () => {
    const { id } = (await dora.get('/me')).json as { id: string };
    const email = 'dora@harbour.example';
    const record = await added(person({ email }));
    expect(record.values.user).toBe(id);
    expect(codeOf(await run(record, 'remove'))).toEqual([403, 'OWN_ACCOUNT']);
    const user = await readUser(owner, id);
    expect(user.email).toBe(email);
    await patchUser(owner, id, { roles: ['directory-admin'] });
  });
});

describe('each environment says what apps may do with accounts', () => {
  const TEST_PEOPLE = '/test/apps/directory/record-types/person';

  it('[A28, A29] in test nothing is created before it is switched on', async () => {
    const values = person();
    const refused = await add(values, dora, TEST_PEOPLE);
    expect([codeOf(refused), refused.text]).toEqual([
      [403, 'FORBIDDEN'],
      expect.stringContaining('switched off'),
    ]);
    expect(await userWith(values.email)).toBeUndefined();
    await accountsIn('test', { manipulation: true, deletion: false });
    expect((await add(values, dora, TEST_PEOPLE)).status).toBe(201);
  });

  it('[A26, D19] deletion is switched on by itself, and names where the user is in use besides', async () => {
    const values = person();
    await accountsIn('test', { manipulation: true, deletion: false });
    const { id } = (await add(values, dora, TEST_PEOPLE)).json as RecordJson;
    const remove = (body: object = {}) => dora.json('POST', `/test/records/${id}/operations/remove`, body);
    expect(codeOf(await remove())).toEqual([403, 'FORBIDDEN']);

    await accountsIn('test', { manipulation: true, deletion: true });
    const asked = await remove();
    expect([codeOf(asked), problemsOf(asked)]).toEqual([
      [409, 'CONFIRMATION_NEEDED'],
      [{ path: '/confirm', message: 'name production to confirm' }],
    ]);
    expect(await userWith(values.email)).toBeDefined();
    expect((await remove({ confirm: ['production'] })).status).toBe(204);
    expect(await userWith(values.email)).toBeUndefined();
  });

  it('[A26] production can forbid deletion, too', async () => {
    const record = await added();
    await accountsIn('production', { manipulation: true, deletion: false });
    expect(codeOf(await run(record, 'remove'))).toEqual([403, 'FORBIDDEN']);
    expect((await run(record, 'edit', { values: { lastName: 'Still' } })).status).toBe(200);
    await accountsIn('production', { manipulation: true, deletion: true });
    expect((await run(record, 'remove')).status).toBe(204);
  });
});

describe('a users app', () => {
  it('[F49] its operations act on the site’s users', async () => {
    const email = freshEmail();
    const values = { firstName: 'Uma', lastName: 'User', email, roles: ['app-users'] };
    const answer = await dora.json('POST', `${ACCOUNTS}/records`, { operation: 'add-user', values });
    expect(answer.status).toBe(201);
    const record = answer.json as RecordJson;
    expect(await userWith(email)).toMatchObject({ id: record.values.user, name: 'Uma User' });

    expect((await run(record, 'edit-user', { values: { firstName: 'Una' } })).status).toBe(200);
    expect((await userWith(email))?.name).toBe('Una User');
    expect((await run(record, 'delete-user')).status).toBe(204);
    expect(await userWith(email)).toBeUndefined();
  });
});

describe('a name that was changed elsewhere', () => {
  const usersRecord = async (email: string): Promise<RecordJson> => {
    const values = { firstName: 'Uma', lastName: 'User', email, roles: ['app-users'] };
    const answer = await dora.json('POST', `${ACCOUNTS}/records`, { operation: 'add-user', values });
    expect(answer.status).toBe(201);
    return answer.json as RecordJson;
  };
  const rowOf = async (people: string, id: string) => {
    const { records } = (await dora.get(`${people}/views/all?limit=100`)).json as { records: RecordJson[] };
    return records.find((record) => record.id === id);
  };
  const startOf = async (id: string, people: string, operation: string) => {
    const form = await dora.get(`${people}/forms/${operation}?record=${id}`);
    const { fields } = form.json as { fields: { id: string; value: unknown }[] };
    return Object.fromEntries(fields.map((field) => [field.id, field.value]));
  };

  it('[F49, A22] on management pages shows wherever a users app shows the person, and is not undone there', async () => {
    const email = freshEmail();
    const record = await usersRecord(email);
    const user = String(record.values.user);
    const renamed = { firstName: 'Ursula', lastName: 'Unger', roles: ['app-users', 'export'] };
    expect((await patchUser(owner, user, renamed)).status).toBe(200);

    const read = (await dora.get(`/production/records/${record.id}`)).json as RecordJson;
    expect([read.values, read.title, read.names[user]]).toEqual([
      expect.objectContaining(renamed),
      'Unger',
      'Ursula Unger',
    ]);
    expect((await rowOf(ACCOUNTS, record.id))?.values).toMatchObject(renamed);
    expect(await startOf(record.id, ACCOUNTS, 'edit-user')).toMatchObject({
      firstName: 'Ursula',
      lastName: 'Unger',
    });

    // Who changes one name leaves the other as it is now, and the roles that were given meanwhile.
    expect((await run(record, 'edit-user', { values: { firstName: 'Uli' } })).status).toBe(200);
    expect(await readUser(owner, user)).toMatchObject({ name: 'Uli Unger', roles: ['app-users', 'export'] });
    // And somebody can be called again what they were when the record was saved.
    await patchUser(owner, user, { firstName: 'Ulrike' });
    expect((await run(record, 'edit-user', { values: { firstName: 'Uli' } })).status).toBe(200);
    expect((await readUser(owner, user)).name).toBe('Uli Unger');
  });

  it('[A22, A24] in the one app shows in the other, on management pages, and to the person', async () => {
    const email = freshEmail();
    const account = await usersRecord(email);
    const entry = await added(person({ email, firstName: 'Other', lastName: 'Name' }));
    const user = String(account.values.user);
    expect(entry.values.user).toBe(user);

    expect((await run(account, 'edit-user', { values: { lastName: 'Ulm' } })).status).toBe(200);
    expect((await rowOf(PEOPLE, entry.id))?.names[user]).toBe('Uma Ulm');
    expect(await startOf(entry.id, PEOPLE, 'edit')).toMatchObject({ firstName: 'Uma', lastName: 'Ulm' });

    expect((await run(entry, 'edit', { values: { firstName: 'Ulla', lastName: 'Ulm' } })).status).toBe(200);
    expect((await rowOf(ACCOUNTS, account.id))?.values).toMatchObject({ firstName: 'Ulla', lastName: 'Ulm' });
    expect(await readUser(owner, user)).toMatchObject({ name: 'Ulla Ulm' });
    const self = await staffSession(system, email);
    expect((await self.get('/me')).json).toMatchObject({ name: 'Ulla Ulm' });
  });
});

describe('what roles open', () => {
  it('[A14] a user has fixed properties; further ones are kept on the person', async () => {
    const record = await added(person({ department: 'Pilots' }));
    const refused = await patchUser(owner, String(record.values.user), { department: 'Pilots' });
    expect([codeOf(refused), problemsOf(refused)]).toEqual([
      [400, 'REQUEST_INVALID'],
      [{ path: '/department', message: 'is not known here' }],
    ]);
    expect(record.values.department).toBe('Pilots');
  });

  it('[A7, A8, A41] only record types that the roles may read, each operation by itself', async () => {
    const made = await owner.json('POST', '/admin/apps', { id: 'harbour', name: 'Harbour', kind: 'records' });
    const { definition } = made.json as { definition: { recordTypes: object[] } };
    const [type] = definition.recordTypes as [Record<string, unknown>];
    const second = { ...type, id: 'berth', name: 'Berth', plural: 'Berths' };
    const permissions = [
      { role: 'app-users', recordType: 'record', operations: ['view'], views: ['all'] },
      { role: 'directory-admin', recordType: 'berth', operations: ['add'] },
    ];
    const saved = await owner.json(
      'PUT',
      '/admin/apps/harbour/draft',
      { ...definition, recordTypes: [type, second], permissions },
      { 'if-match': '"1"' },
    );
    expect(saved.status).toBe(200);
    const publishing = await owner.json('POST', '/admin/environments/production/publish', {
      apps: ['harbour'],
    });
    expect(publishing.status).toBe(200);

    const ulf = await staffSession(system, 'ulf@harbour.example');
    const opened = async (visitor: Visitor) =>
      (
        (await visitor.get('/production/apps')).json as {
          apps: { id: string; recordTypes: { id: string; views: unknown[]; operations: unknown[] }[] }[];
        }
      ).apps
        .find(({ id }) => id === 'harbour')
        ?.recordTypes.map(({ id, views, operations }) => [id, views.length, operations.length]);
    expect(await opened(ulf)).toEqual([['record', 1, 0]]);
    expect(await opened(dora)).toEqual([['berth', 0, 1]]);

    const berths = '/production/apps/harbour/record-types/berth';
    const berth = await dora.json('POST', `${berths}/records`, {
      operation: 'add',
      values: { title: 'One' },
    });
    expect(berth.status).toBe(201);
    const { recordId } = berth.json as { recordId: string };
    expect((await dora.get(`/production/records/${recordId}`)).status).toBe(404);
    expect((await ulf.get(`${berths}/views/all`)).status).toBe(404);
    expect((await ulf.json('POST', `${berths}/records`, { operation: 'add', values: {} })).status).toBe(404);
  });

  it('[D18] whoever gives a role holds all that it permits: once it permits more, it is out of reach', async () => {
    const values = person();
    expect(codeOf(await add(values))).toEqual([403, 'FORBIDDEN']);
    expect(await userWith(values.email)).toBeUndefined();
  });
});

/** With another permission on accounts for Directory Admin, and the usual one again afterwards. */
const withGrant = (accounts: object, work: () => Promise<void>) => withRole({ accounts }, work);

/** Does something while Dora's role says something else in these members. */
async function withRole(set: object, work: () => Promise<void>): Promise<void> {
  const { version: _, id: __, ...role } = await readRole('directory-admin');
  const change = async (given: object) => {
    const answer = await changeRole('directory-admin', given);
    if (answer.status !== 200) throw new Error(`Changing the role answered ${answer.status}: ${answer.text}`);
  };
  await change({ ...role, ...set });
  try {
    await work();
  } finally {
    await change(role);
  }
}

interface Role {
  id: string;
  version: number;
}

const readRole = async (id: string) => (await owner.get(`/admin/roles/${id}`)).json as Role;

/** Writes a role as it is given, under the version that it has now. */
async function changeRole(id: string, role: object, by: Visitor = owner): Promise<Answer> {
  const { version } = await readRole(id);
  return by.json('PUT', `/admin/roles/${id}`, role, { 'if-match': `"${version}"` });
}

async function accountsIn(environment: string, accounts: object): Promise<void> {
  const path = `/admin/environments/${environment}/settings`;
  const before = await owner.get(path);
  const answer = await owner.json(
    'PUT',
    path,
    { accounts },
    { 'if-match': before.headers.get('etag') ?? '' },
  );
  if (answer.status !== 200) throw new Error(`Changing ${path} answered ${answer.status}: ${answer.text}`);
}
