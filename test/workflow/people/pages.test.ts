import { jest } from '@jest/globals';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { signIn, Visitor } from '../../../local/visitor.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import { fieldsOf, readable, sendForm, submit } from '../../support/page-forms.ts';
import { createUser, freshEmail, readUser } from '../../support/people.ts';
import { siteRuntime, staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';

jest.setTimeout(60_000);

let system: System;
let olga: Visitor;

beforeAll(async () => {
  system = await startSystem();
  await seedDefinitions(system, PERSON_DIRECTORY);
  olga = await staffSession(system, 'olga@harbour.example');
}, 120_000);

afterAll(() => system?.stop());

describe('signing in', () => {
  it('[A3, A4, A6] more than one app: a page to choose from, after signing in by the mailed link', async () => {
    const visitor = await signIn(system, 'dora@harbour.example');
    const page = await visitor.follow('/');
    expect(page.status).toBe(200);
    for (const app of ['Person Directory', 'Notices', 'Accounts']) expect(readable(page.text)).toContain(app);
  });

  it('[A6] none: a page that says so', async () => {
    const role = { id: 'elsewhere', name: 'Elsewhere', environments: ['staging'] };
    expect((await olga.json('POST', '/admin/roles', role)).status).toBe(201);
    const { email } = await createUser(olga, { roles: ['elsewhere'] });
    const visitor = await staffSession(system, email);
    expect(readable((await visitor.follow('/')).text)).toContain('There is nothing here that you can open');
  });

  it('[A6] exactly one: straight to it', async () => {
    const role = { id: 'reader', name: 'Reader', environments: ['production'] };
    expect((await olga.json('POST', '/admin/roles', role)).status).toBe(201);
    const { email } = await createUser(olga, { roles: ['reader'] });
    const visitor = await staffSession(system, email);
    expect((await visitor.get('/')).headers.get('location')).toBe('/app/production/notices');
  });

  it('[A5] an app with public access opens from its direct link with no sign-in', async () => {
    const anybody = new Visitor(system.url);
    const page = await anybody.get('/app/production/notices');
    expect([page.status, readable(page.text)]).toEqual([200, expect.stringContaining('Notices')]);
    expect((await anybody.get('/app/production/directory')).status).not.toBe(200);
  });

  it('[A5] what is open to anybody in production has a door on the sign-in page, and its pages have one to sign in', async () => {
    const anybody = new Visitor(system.url);
    for (const door of ['/', '/sign-in']) {
      const page = await anybody.get(door);
      expect([door, readable(page.text)]).toEqual([
        door,
        expect.stringMatching(/Without signing in Notices\b/),
      ]);
      expect(page.text).toContain('href="/app/production/notices"');
      // What asks for a role there is told of to nobody, nor is any other environment.
      expect(page.text).not.toContain('/app/production/directory');
      expect(page.text).not.toMatch(/href="\/app\/(?!production)/);
    }
    const list = '/app/production/notices?view=all&type=notice';
    const shown = await anybody.get(list);
    const [, signInHere = ''] = /<a href="(\/sign-in\?[^"]+)">Sign in</.exec(shown.text) ?? [];
    expect([
      shown.status,
      new URL(signInHere.replaceAll('&amp;', '&'), system.url).searchParams.get('to'),
    ]).toEqual([200, list]);
    const visitor = await staffSession(system, 'dora@harbour.example');
    expect((await visitor.get(list)).text).not.toContain('href="/sign-in');
  });

  it('[A3] returns to the page that asked, and to no other site', async () => {
    const { email } = await createUser(olga, { roles: ['directory-admin'] });
    const visitor = new Visitor(system.url);
    await visitor.form('/sign-in', { email, to: '/app/production/directory' });
    const mail = await system.mail.waitFor(({ to }) => to.includes(email));
    const link = new URL(/https?:\S+sign-in\/link\S+/.exec(mail.text)?.[0] ?? '');
    const shown = await visitor.get(link.pathname + link.search);
    const redeemed = await visitor.form('/sign-in/link', fieldsOf(shown.text));
    expect([redeemed.status, redeemed.headers.get('location')]).toEqual([303, '/app/production/directory']);
  });

  it('the answer is the same for an address that nobody has, and no mail goes out', async () => {
    const stranger = freshEmail('stranger');
    const before = (await system.mail.messages()).length;
    const ask = async (email: string) => {
      const visitor = new Visitor(system.url);
      const asked = await visitor.form('/sign-in', { email });
      const page = await visitor.follow(asked.headers.get('location') ?? '');
      return [asked.status, page.status, readable(page.text).replace(email, '')];
    };
    expect(await ask(stranger)).toEqual(await ask('nora@harbour.example'));
    await system.settled();
    expect((await system.mail.messages()).length).toBe(before + 1);
  });

  it('[A9] the caller’s own properties are what /me answers', async () => {
    const dora = await staffSession(system, 'dora@harbour.example');
    expect((await dora.get('/me')).json).toMatchObject({
      type: 'user',
      name: 'Dora Directory',
      firstName: 'Dora',
      lastName: 'Directory',
      email: 'dora@harbour.example',
      roles: ['directory-admin'],
    });
  });
});

describe('pages of administrators', () => {
  it('create a user, change roles, sign out everywhere, and delete after a confirmation', async () => {
    const email = freshEmail();
    const created = await sendForm(olga, '/manage/users', 'New user', {
      firstName: 'Paula',
      lastName: 'Page',
      email,
      roles: ['app-users'],
    });
    expect([created.status, created.headers.get('location')]).toEqual([303, '/manage/users']);
    expect(readable((await olga.get('/manage/users')).text)).toContain('User Paula Page created.');
    expect(readable((await olga.get('/manage/users')).text)).not.toContain('created.');
    const again = await sendForm(olga, '/manage/users', 'New user', { firstName: 'A', lastName: 'B', email });
    expect([again.status, readable(again.text)]).toEqual([
      422,
      expect.stringContaining('Please correct what is marked Somebody has this email already'),
    ]);
    expect(again.text).toContain('<a href="#f-email">Somebody has this email already');

    const list = await olga.get(`/manage/users?search=${email}`);
    const path = /\/manage\/users\/[0-9A-Za-z]{22}/.exec(list.text)?.[0] ?? '';
    const id = path.split('/')[3] ?? '';
    expect((await sendForm(olga, path, 'Names and roles', { lastName: 'Pages' })).status).toBe(303);
    expect(await readUser(olga, id)).toMatchObject({ name: 'Paula Pages', roles: ['app-users'] });

    const paula = await staffSession(system, email);
    expect((await sendForm(olga, path, 'Sessions')).status).toBe(303);
    expect((await paula.get('/me')).json).toMatchObject({ type: 'anonymous' });

    const asked = await sendForm(olga, path, 'Delete user');
    expect([asked.status, readable(asked.text)]).toEqual([
      422,
      expect.stringContaining('also in use in production'),
    ]);
    expect((await sendForm(olga, path, 'Delete user', { confirm: 'production' })).status).toBe(303);
    expect((await olga.get(path)).status).toBe(404);
  });

  it('show somebody who was entered by the whole name with its parts, save them, and say at the field what is missing', async () => {
    const { store } = await siteRuntime(system);
    const [id, email] = ['seeded'.padEnd(22, '0'), freshEmail('seeded')];
    const createdAt = new Date(system.clock.now()).toISOString();
    const principal = {
      id,
      type: 'user' as const,
      name: 'Sven Seeded',
      email,
      roles: [],
      profiles: [],
      createdAt,
    };
    await store.commit([{ kind: 'addUser', principal, email }]);
    const path = `/manage/users/${id}`;
    const page = await olga.get(path);
    expect(fieldsOf(page.text)).toMatchObject({ firstName: 'Sven', lastName: 'Seeded' });
    expect(readable(page.text)).toContain('Taken from “Sven Seeded”: check which part is which.');
    const saved = await sendForm(olga, path, 'Names and roles', { roles: ['app-users'] });
    expect([saved.status, saved.headers.get('location')]).toEqual([303, path]);
    expect(readable((await olga.get(path)).text)).toContain('User Sven Seeded saved.');
    expect(await readUser(olga, id)).toMatchObject({ name: 'Sven Seeded', roles: ['app-users'] });

    const empty = await sendForm(olga, path, 'Names and roles', { firstName: ' ', lastName: 'Later' });
    const text = readable(empty.text);
    expect([empty.status, text]).toEqual([
      422,
      expect.stringContaining('Please correct what is marked Enter a first name'),
    ]);
    expect(empty.text).toContain('<a href="#f-firstName">Enter a first name</a>');
    expect(empty.text).toMatch(
      /id="f-firstName"[^>]*aria-describedby="f-firstName-problem" aria-invalid="true"/,
    );
    expect(empty.text).toContain('value="Later"');
  });

  it('[F19] show roles with a matrix of what each may do, and create, change and remove them', async () => {
    const page = readable((await olga.get('/manage/roles')).text);
    expect(page).toContain('Person Directory, People: Edit My Entry on some yes yes – –');
    const made = await sendForm(olga, '/manage/roles', 'New role', { id: 'guests', name: 'Guests' });
    expect([made.status, made.text]).toEqual([303, '']);
    const changed = await sendForm(olga, '/manage/roles/guests', 'Role', {
      environments: ['test', 'production'],
      accounts: 'update',
    });
    expect(changed.status).toBe(303);
    expect((await olga.get('/admin/roles/guests')).json).toMatchObject({
      name: 'Guests',
      environments: ['test', 'production'],
      accounts: { update: true },
    });
    const used = await sendForm(olga, '/manage/roles/app-users', 'Remove role');
    expect([used.status, readable(used.text)]).toEqual([422, expect.stringContaining('Ulf User holds it')]);
    // A page that was opened before somebody changed the role removes nothing.
    const { version } = (await olga.get('/admin/roles/guests')).json as { version: number };
    const old = { version: String(version - 1) };
    const overtaken = await sendForm(olga, '/manage/roles/guests', 'Remove role', old);
    expect([overtaken.status, (await olga.get('/admin/roles/guests')).status]).toEqual([422, 200]);
    expect((await sendForm(olga, '/manage/roles/guests', 'Remove role')).status).toBe(303);
  });

  it('[D18] say beside the form which part of a role reaches further than the rights of who writes it', async () => {
    const desk = {
      id: 'desk',
      name: 'Desk',
      environments: ['production'],
      design: { roles: ['read', 'edit'] },
    };
    expect((await olga.json('POST', '/admin/roles', desk)).status).toBe(201);
    const { email } = await createUser(olga, { roles: ['desk'] });
    const editor = await staffSession(system, email);
    const refused = await sendForm(editor, '/manage/roles/desk', 'Role', {
      environments: ['test', 'production'],
      accounts: ['delete'],
      assign: ['app-users'],
    });
    expect([refused.status, readable(refused.text)]).toEqual([
      403,
      expect.stringContaining('Nobody can give or take away more than they hold themselves'),
    ]);
    const beside = [
      ...refused.text.matchAll(
        /<fieldset[^>]*aria-describedby="([^"]+)".*?<small id="\1"[^>]*>(.*?)<\/small>/gs,
      ),
    ];
    expect(beside.map(([, place, said]) => [place, readable(`<main>${said}</main>`)])).toEqual([
      ['f-environments-problem', 'Error: “sign-in to test” reaches further than your own rights'],
      ['f-accounts-problem', 'Error: “delete accounts from apps” reaches further than your own rights'],
      ['f-assign-problem', 'Error: “give the role App Users” reaches further than your own rights'],
    ]);
    expect((await olga.get('/admin/roles/desk')).json).toMatchObject(desk);
  });

  it('[A12, F37] say of a role where it publishes apps, and change it; the matrix shows it by environment', async () => {
    const publishers = { id: 'publishers', name: 'Publishers', environments: [] };
    const design = { apps: { notices: ['read', 'publish'] } };
    expect((await olga.json('POST', '/admin/roles', { ...publishers, design })).status).toBe(201);
    const path = '/manage/roles/publishers';
    const saved = async () => (await olga.get('/admin/roles/publishers')).json;
    const boxes = (await olga.get(path)).text.match(/<input[^>]*name="publish"[^>]*checked/g);
    expect(boxes).toHaveLength(4);
    const everywhere = ['development', 'test', 'staging', 'production'];
    expect((await sendForm(olga, path, 'Role', { publish: everywhere })).status).toBe(303);
    expect(await saved()).toMatchObject({ design });
    expect(await saved()).not.toHaveProperty('design.publish');
    const matrix = async (environment: string) =>
      readable((await olga.get(`/manage/roles?environment=${environment}`)).text);
    expect(await matrix('production')).toMatch(/notices: publish/i);

    expect((await sendForm(olga, path, 'Role', { publish: ['test', 'staging'] })).status).toBe(303);
    expect(await saved()).toMatchObject({ design: { ...design, publish: ['test', 'staging'] } });
    const tester = { id: 'test-editor', name: 'Test editor', environments: [] };
    const rights = { ...design, publish: ['test', 'staging'], roles: ['read', 'edit'] };
    expect((await olga.json('POST', '/admin/roles', { ...tester, design: rights })).status).toBe(201);
    const editor = await staffSession(system, (await createUser(olga, { roles: ['test-editor'] })).email);
    const refused = await sendForm(editor, path, 'Role', { publish: ['test', 'production'] });
    expect([refused.status, readable(refused.text)]).toEqual([
      403,
      expect.stringContaining(
        '“publish the app notices into production” reaches further than your own rights',
      ),
    ]);
    expect(await matrix('staging')).toMatch(/notices: publish/i);
    expect(await matrix('production')).not.toMatch(/notices: publish/i);
    expect((await olga.get('/manage/roles/app-users')).text).not.toContain('name="publish"');
  });

  it('lead on in what was searched for, to all of the users who were found', async () => {
    const { store } = await siteRuntime(system);
    const createdAt = new Date(system.clock.now()).toISOString();
    const ids = Array.from({ length: 51 }, (_, at) => `turner${at}`);
    for (const id of ids) {
      const email = `${id}@harbour.example`;
      const account = { id, type: 'user' as const, name: id, email, roles: [], profiles: [], createdAt };
      await store.commit([{ kind: 'addUser', principal: account, email }]);
    }
    const listedOn = ({ text }: { text: string }) =>
      [...text.matchAll(/href="\/manage\/users\/(\w+)"/g)].map(([, id = '']) => id);
    const first = await olga.get('/manage/users?search=turner');
    const next = /href="(\/manage\/users\?[^"]*cursor=[^"]*)"/.exec(first.text)?.[1] ?? '';
    const second = await olga.get(next.replaceAll('&amp;', '&'));
    expect([listedOn(first).length, second.status]).toEqual([50, 200]);
    expect([...listedOn(first), ...listedOn(second)].sort()).toEqual(ids.sort());
  });

  it('[A42] make a key that is on one page once, and revoke it', async () => {
    const list = await olga.get('/manage/service-accounts');
    const path = /\/manage\/service-accounts\/[0-9A-Za-z]{22}/.exec(list.text)?.[0] ?? '';
    // Its last day is a whole one, also where that is today.
    const until = new Date(system.clock.now()).toISOString().slice(0, 10);
    const form = await olga.get(path);
    const once =
      / name="action" value="createKey".*? name="once" value="([^"]+)"/s.exec(form.text)?.[1] ?? '';
    const values = { name: 'Nightly', environment: 'production', until, once };
    const made = await sendForm(olga, path, 'New key', values);
    const to = made.headers.get('location') ?? '';
    expect([made.status, made.text, to]).toEqual([303, '', expect.stringContaining(`${path}/keys/`)]);
    // Neither the address nor what the browser was given holds the key, and nobody else is shown it there.
    expect([to, ...made.headers.getSetCookie()].join()).not.toContain('dp_k');
    const another = await staffSession(system, 'olga@harbour.example');
    expect((await another.get(to)).text).not.toContain('dp_k');
    const shown = await olga.get(to);
    const key = /dp_k[0-9A-Za-z]+/.exec(shown.text)?.[0] ?? '';
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const bearer = { authorization: `Bearer ${key}` };
    expect((await new Visitor(system.url).get('/me', bearer)).json).toMatchObject({ name: 'Payroll' });
    // Loaded again it says why the key is not there; the form sent again makes no second one.
    const again = await olga.get(to);
    expect(again.text).not.toContain('dp_k');
    expect(readable(again.text)).toContain('The key is shown only once, when it is made.');
    const repeated = await sendForm(olga, path, 'New key', values);
    expect([repeated.status, repeated.headers.get('location')]).toEqual([303, to]);
    const keys = await olga.get(path);
    expect(keys.text).not.toContain(key);
    expect(keys.text.match(/Revoke Nightly/g)).toHaveLength(1);
    expect((await sendForm(olga, path, 'Revoke Nightly')).status).toBe(303);
    expect(readable((await olga.get(path)).text)).toContain('Key Nightly revoked.');
    expect((await new Visitor(system.url).get('/me', bearer)).status).toBe(401);
    const revoked = await olga.get(to);
    expect([revoked.status, revoked.text.includes('dp_k')]).toEqual([200, false]);
  });

  it('[A26, A29] set what apps may do with accounts in an environment', async () => {
    const saved = await sendForm(olga, '/manage/environments', 'test', { allow: 'manipulation' });
    expect(saved.status).toBe(303);
    expect((await olga.get('/admin/environments/test/settings')).json).toMatchObject({
      accounts: { manipulation: true, deletion: false },
    });
  });

  it('everybody sees where they are signed in, and signs out there', async () => {
    const { email } = await createUser(olga, { roles: ['app-users'] });
    const [here, there] = [await staffSession(system, email), await staffSession(system, email)];
    expect(readable((await here.get('/account')).text)).toContain('(this browser)');
    const page = await here.get('/account');
    const [token = ''] = [fieldsOf(page.text).formToken];
    expect((await here.form('/account', { formToken: token })).status).toBe(303);
    for (const visitor of [here, there]) {
      expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
    }
  });

  it('[A10] are closed to whoever has no part in the design plane', async () => {
    const dora = await staffSession(system, 'dora@harbour.example');
    for (const path of ['', '/users', '/roles', '/service-accounts', '/environments']) {
      expect([path, (await dora.get(`/manage${path}`)).status]).toEqual([path, 403]);
      const stranger = await new Visitor(system.url).get(`/manage${path}`);
      expect([path, [401, 303].includes(stranger.status)]).toEqual([path, true]);
    }
  });
});

describe('pages of an app that makes accounts', () => {
  it('[A24, D19] a person is added, edited from the user’s names, and removed after naming where else they end', async () => {
    await seedDefinitions(system, { ...PERSON_DIRECTORY, environment: 'test' });
    const path = '/admin/environments/test/settings';
    const { version } = (await olga.get(path)).json as { version: number };
    const accounts = { manipulation: true, deletion: true };
    await olga.json('PUT', path, { accounts }, { 'if-match': `"${version}"` });
    const dora = await staffSession(system, 'dora@harbour.example');
    const email = freshEmail();
    const added = await submit(dora, '/app/test/directory/person/operations/add', {
      firstName: 'Ada',
      lastName: 'Added',
      email,
    });
    expect(added.status).toBe(303);
    const record = new URL(added.headers.get('location') ?? '', system.url).pathname;
    const form = fieldsOf((await dora.get(`${record}/operations/edit`)).text);
    expect([form['field.firstName'], form['field.lastName']]).toEqual(['Ada', 'Added']);

    const asked = await submit(dora, `${record}/operations/remove`, {});
    expect([asked.status, readable(asked.text)]).toEqual([
      422,
      expect.stringContaining('in use in production'),
    ]);
    const confirmed = await dora.form(`${record}/operations/remove`, {
      ...fieldsOf(asked.text),
      confirm: 'production',
    });
    expect(confirmed.status).toBe(303);
    const found = (await olga.get(`/admin/users?search=${email}`)).json as { users: unknown[] };
    expect(found.users).toEqual([]);
  });
});
