import { jest } from '@jest/globals';
import { principalIdOf } from '../../../bin/site-files/apply-person.ts';
import { MAINTAINER, OWNER, TENANT_ADMINISTRATOR } from '../../../core/policy/built-in.ts';
import { siteIdOf } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import {
  type Account,
  codeOf,
  createUser,
  firstOwner,
  freshEmail,
  patchUser,
  postUser,
  problemsOf,
  readUser,
  somebody,
} from '../../support/people.ts';
import { startPropertyManagement } from '../../support/property-management.ts';
import { pressLink, signInToken, staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(30_000);

let roleCount = 0;

const EVERYWHERE = 'development,test,staging,production';

let system: System;
let owner: Visitor & { id: string };
let maintainer: Visitor & { id: string };

beforeAll(async () => {
  system = await startPropertyManagement();
  owner = await firstOwner(system);
  // So that there is one owner and no more.
  const olivia = principalIdOf(siteIdOf(system), { id: 'olivia', kind: 'user' });
  await owner.send('DELETE', `/admin/users/${olivia}?confirm=${EVERYWHERE}`);
  maintainer = await somebody(system, MAINTAINER);
}, 120_000);

afterAll(() => system?.stop());

describe('users in the design plane', () => {
  it('[A13, A2] an owner adds a user by hand with a custom role, which says where they may sign in', async () => {
    const user = await createUser(owner, { roles: ['dispatcher'] });
    expect(user).toMatchObject({
      name: 'Pat Person',
      roles: ['dispatcher'],
      environments: ['development', 'test', 'staging', 'production'],
      version: 1,
    });
    const visitor = await staffSession(system, user.email);
    expect((await visitor.get('/production/apps')).text).toContain('Work Orders');
  });

  it('[A13] an owner adds a user with a built-in role', async () => {
    const user = await createUser(owner, { roles: ['Developer'] });
    expect([user.roles, user.environments]).toEqual([['Developer'], ['development']]);
    const designer = await staffSession(system, user.email);
    expect((await designer.get('/admin/apps')).status).toBe(200);
  });

  it('[A1, A36] the same email in other case, width or with space around it is taken, and nothing changes', async () => {
    const email = freshEmail('Zoë');
    const user = await createUser(owner, { email });
    for (const same of [email.toUpperCase(), ` ${email} `, email.normalize('NFD'), wide(email)]) {
      expect([same, codeOf(await postUser(owner, { email: same, firstName: 'Other' }))]).toEqual([
        same,
        [409, 'EMAIL_TAKEN'],
      ]);
    }
    expect(await readUser(owner, user.id)).toEqual(user);
  });

  it('[A1] of twenty creations of one email at once in all its forms, one makes the user', async () => {
    const email = freshEmail('åsa');
    const forms = [email, email.toUpperCase(), wide(email), email.normalize('NFD'), ` ${email}`];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => postUser(owner, { email: forms[at % forms.length] })),
    );
    const codes = answers.map((answer) => codeOf(answer).join(' ').trim());
    expect(codes.filter((code) => code === '201')).toHaveLength(1);
    expect(codes.filter((code) => code === '409 EMAIL_TAKEN')).toHaveLength(19);
    const found = (await owner.get('/admin/users?search=%C3%A5sa')).json as { users: Account[] };
    expect(found.users).toHaveLength(1);
  });

  it('[A23] an email cannot be changed, and the refusal says what to do', async () => {
    const user = await createUser(owner);
    const refused = await patchUser(owner, user.id, { email: freshEmail() });
    expect(codeOf(refused)).toEqual([422, 'EMAIL_IMMUTABLE']);
    expect(refused.text).toContain('Delete the account and create one');
    expect((await readUser(owner, user.id)).email).toBe(user.email);
  });

  it('names and roles change under If-Match, and the change shows in the very next request', async () => {
    const user = await createUser(owner, { roles: ['dispatcher'] });
    const visitor = await staffSession(system, user.email);
    expect((await visitor.get('/production/apps')).text).toContain('Work Orders');

    const changed = await patchUser(owner, user.id, { firstName: 'Paul', roles: [] });
    expect(changed.json).toMatchObject({ name: 'Paul Person', roles: [], version: 2 });
    expect((await visitor.get('/production/apps')).json).toEqual({ apps: [] });
    const stale = await owner.json('PATCH', `/admin/users/${user.id}`, { roles: [] }, { 'if-match': '"1"' });
    expect(codeOf(stale)).toEqual([412, 'VERSION_MISMATCH']);
    expect((await owner.json('PATCH', `/admin/users/${user.id}`, {})).status).toBe(428);
  });

  it.each(['pat@abc', '=?utf-8?b?YWxsQGV2aWwuZXhhbXBsZQ==?=@abc.example', `${'a'.repeat(65)}@abc.example`])(
    '[A1] nobody becomes a user whose email is %s, and why is said by its name',
    async (email) => {
      const refused = await postUser(owner, { email });
      expect(codeOf(refused)).toEqual([400, 'REQUEST_INVALID']);
      expect((refused.json as { problems: unknown }).problems).toEqual([
        { path: '/email', message: 'must be an address like name@example.org' },
      ]);
    },
  );

  it('[A11] the last owner is neither demoted nor deleted', async () => {
    expect(codeOf(await patchUser(owner, owner.id, { roles: [] }))).toEqual([409, 'LAST_OWNER']);
    expect(codeOf(await owner.send('DELETE', `/admin/users/${owner.id}`))).toEqual([403, 'OWN_ACCOUNT']);
  });

  it.each([
    ['demote', (by: Visitor, id: string) => patchUser(by, id, { roles: [] })],
    ['delete', (by: Visitor, id: string) => by.send('DELETE', `/admin/users/${id}?confirm=${EVERYWHERE}`)],
  ])('[A11] an owner adds another; when they %s each other at once, one of them stays', async (_, oust) => {
    const added = await createUser(owner, { roles: [OWNER, TENANT_ADMINISTRATOR] });
    const second = await staffSession(system, added.email);
    const answers = await Promise.all([oust(second, owner.id), oust(owner, added.id)]);
    const [lost, won] = answers.map(({ status }) => status < 300) as [boolean, boolean];
    expect([lost, won].filter(Boolean)).toHaveLength(1);
    // Who comes second is no owner any more, or is told that the last one stays.
    expect(['403 FORBIDDEN', '409 LAST_OWNER', '401 CREDENTIAL_MISSING', '404 NOT_FOUND']).toContain(
      codeOf(answers[lost ? 1 : 0] as Answer).join(' '),
    );
    if (lost) {
      Object.assign(owner, { id: added.id });
      owner.setCookie('dp_session', second.cookies.get('dp_session') ?? '');
    }
    expect((await readUser(owner, owner.id)).roles).toContain(OWNER);
    expect(codeOf(await patchUser(owner, owner.id, { roles: [] }))).toEqual([409, 'LAST_OWNER']);
  });

  it('[A39] nobody deletes their own account', async () => {
    const refused = await owner.send('DELETE', `/admin/users/${owner.id}`);
    expect(codeOf(refused)).toEqual([403, 'OWN_ACCOUNT']);
  });

  it('[A25, D19] deleting a user who can sign in elsewhere names where, and needs a confirmation', async () => {
    const user = await createUser(owner, { roles: ['dispatcher'] });
    const asked = await owner.send('DELETE', `/admin/users/${user.id}`);
    expect(codeOf(asked)).toEqual([409, 'CONFIRMATION_NEEDED']);
    expect(problemsOf(asked).map(({ message }) => message.split(' ')[1])).toEqual([
      'development',
      'test',
      'staging',
      'production',
    ]);
    const visitor = await staffSession(system, user.email);
    const mailed = await signInToken(system, user.email);
    const half = await owner.send('DELETE', `/admin/users/${user.id}?confirm=development,test,staging`);
    expect(codeOf(half)).toEqual([409, 'CONFIRMATION_NEEDED']);
    const done = await owner.send(
      'DELETE',
      `/admin/users/${user.id}?confirm=development,test,staging,production`,
    );
    expect(done.status).toBe(204);
    expect((await owner.get(`/admin/users/${user.id}`)).status).toBe(404);
    expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
    // Nobody comes in by a link that was mailed before, also not as whoever has the address next.
    expect(await pressLink(system, mailed)).toEqual([410, 0]);
    expect((await createUser(owner, { email: user.email })).id).not.toBe(user.id);
    expect(await pressLink(system, mailed)).toEqual([410, 0]);
  });

  it('a user whom somebody else has changed meanwhile is not deleted, if the deletion says which version was seen', async () => {
    const user = await createUser(owner, { roles: ['Developer'] });
    expect((await patchUser(owner, user.id, { roles: ['dispatcher'] })).status).toBe(200);
    const path = `/admin/users/${user.id}?confirm=${EVERYWHERE}`;
    const overtaken = await owner.send('DELETE', path, { headers: { 'if-match': '"1"' } });
    expect(codeOf(overtaken)).toEqual([412, 'VERSION_MISMATCH']);
    expect(await readUser(owner, user.id)).toMatchObject({ roles: ['dispatcher'], version: 2 });
    expect((await owner.send('DELETE', path, { headers: { 'if-match': '"2"' } })).status).toBe(204);
  });

  it('[D18] a maintainer gives the roles whose rights they hold, and makes no owner', async () => {
    expect((await postUser(maintainer, { roles: ['Developer'] })).status).toBe(201);
    expect((await postUser(maintainer, { roles: ['dispatcher'] })).status).toBe(201);
    expect(codeOf(await postUser(maintainer, { roles: [OWNER] }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await patchUser(maintainer, maintainer.id, { roles: [MAINTAINER, OWNER] }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect(codeOf(await patchUser(maintainer, owner.id, { roles: [] }))).toEqual([403, 'FORBIDDEN']);
  });

  it('[D18] who administers accounts gives and takes the roles of which they hold every part, and no other', async () => {
    const role = async (more: object): Promise<string> => {
      const id = `part-${++roleCount}`;
      const made = await owner.json('POST', '/admin/roles', { id, name: id, environments: [], ...more });
      expect(made.status).toBe(201);
      return id;
    };
    const clerks = await role({
      environments: ['production'],
      services: ['reports'],
      design: { accounts: ['read', 'create', 'edit'], roles: ['read', 'edit'] },
    });
    const clerk = await somebody(system, clerks);
    const within = await role({ environments: ['production'], services: ['reports'] });
    const beyond: [string, string][] = [
      [await role({ environments: ['production', 'test'] }), ': sign-in to test'],
      [await role({ accounts: { create: true } }), ': create accounts from apps'],
      [await role({ accounts: { assign: ['technician'] } }), ': give the role Technician'],
      [await role({ services: ['payroll'] }), ': call the service payroll'],
      [await role({ design: { accounts: ['delete'] } }), ': delete accounts'],
      [await role({ design: { apps: { 'work-orders': ['read'] } } }), ': read the app work-orders'],
      ['property-contractors', ' by what apps permit it in production'],
    ];
    const machine = await owner.json('POST', '/admin/service-accounts', { name: 'Machine', roles: [] });
    const path = `/admin/service-accounts/${(machine.json as Account).id}`;
    const user = await createUser(clerk, { roles: [within] });
    expect((await patchUser(clerk, user.id, { roles: [] })).status).toBe(200);

    for (const [id, why] of beyond) {
      const message = `“${id}” reaches further than your own rights${why}`;
      const held = await createUser(owner, { roles: [id] });
      for (const refused of [
        await postUser(clerk, { roles: [within, id] }),
        await patchUser(clerk, user.id, { roles: [id] }),
        await patchUser(clerk, held.id, { roles: [] }),
        await clerk.json('PATCH', path, { roles: [id] }, { 'if-match': '"1"' }),
      ]) {
        expect([codeOf(refused), problemsOf(refused)]).toEqual([
          [403, 'FORBIDDEN'],
          [{ path: '/roles', message }],
        ]);
      }
      expect((await readUser(owner, held.id)).roles).toEqual([id]);
      expect((await patchUser(clerk, held.id, { firstName: 'Renamed' })).status).toBe(200);
    }
    expect((await readUser(owner, user.id)).roles).toEqual([]);
  });

  it('what is no role of the site any more is taken from whoever still holds it, and given to nobody', async () => {
    const { id } = await somebody(system, 'gone', 'dispatcher');
    expect(codeOf(await patchUser(owner, id, { roles: ['dispatcher', 'gone', 'technician'] }))[0]).toBe(200);
    expect(codeOf(await patchUser(owner, id, { roles: ['dispatcher'] }))).toEqual([200, undefined]);
    expect((await readUser(owner, id)).roles).toEqual(['dispatcher']);
    expect(codeOf(await patchUser(owner, id, { roles: ['gone'] }))).toEqual([422, 'ROLE_UNKNOWN']);
  });

  it('a role that does not exist is refused by name', async () => {
    const refused = await postUser(owner, { roles: ['dispatcher', 'pilot'] });
    expect(codeOf(refused)).toEqual([422, 'ROLE_UNKNOWN']);
    expect(problemsOf(refused)).toEqual([
      { path: '/roles/1', message: '“pilot” is not a role of this site' },
    ]);
  });

  it('lists users in order of name, page by page, and finds them by a part of name or email', async () => {
    const names = ['Ada', 'bea', 'Cleo', 'dan'];
    for (const firstName of names) await createUser(owner, { firstName, lastName: 'Listed' });
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = (await owner.get(`/admin/users?search=LISTED&limit=3${cursor}`)).json as {
        users: Account[];
        cursor?: string;
      };
      seen.push(...page.users.map(({ name }) => name));
      if (!page.cursor) break;
      cursor = `&cursor=${page.cursor}`;
    }
    expect(seen).toEqual(names.map((name) => `${name} Listed`));
    const foreign = await maintainer.get('/admin/users?search=LISTED&cursor=abcd');
    expect(codeOf(foreign)).toEqual([400, 'REQUEST_INVALID']);
  });

  it('[V21] the picker finds users and roles that contain the text, at most five', async () => {
    for (let at = 0; at < 6; at++) await createUser(owner, { firstName: `Quentin${at}`, lastName: 'Picked' });
    const many = (await owner.get('/admin/suggestions?text=uentin')).json as { suggestions: unknown[] };
    expect(many.suggestions).toHaveLength(5);
    const role = (await owner.get('/admin/suggestions?text=spatch')).json as { suggestions: unknown[] };
    expect(role.suggestions).toContainEqual({ type: 'role', id: 'dispatcher', name: 'Dispatcher' });
    expect((await owner.get('/admin/suggestions?text=')).json).toEqual({ suggestions: [] });
  });

  it('a repeated creation with the same key makes one user', async () => {
    const body = { firstName: 'Once', lastName: 'Only', email: freshEmail(), roles: [] };
    const send = () => owner.json('POST', '/admin/users', body, { 'idempotency-key': 'once-only' });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect((second.json as Account).id).toBe((first.json as Account).id);
    const other = { ...body, email: freshEmail() };
    const mismatch = await owner.json('POST', '/admin/users', other, { 'idempotency-key': 'once-only' });
    expect(codeOf(mismatch)).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
  });

  it('[A10] without a built-in role, and for anybody who has not signed in, there is no design plane', async () => {
    const dispatcher = await somebody(system, 'dispatcher');
    for (const path of ['/admin/users', '/admin/roles', '/admin/service-accounts', '/admin/environments']) {
      expect([path, (await dispatcher.get(path)).status]).toEqual([path, 403]);
      expect([path, (await new Visitor(system.url).get(path)).status]).toEqual([path, 401]);
    }
    expect((await postUser(dispatcher)).status).toBe(403);
  });

  it('sessions are listed, ended one by one or all, by oneself and by an administrator', async () => {
    const user = await createUser(owner, { roles: ['dispatcher'] });
    const browsers = [
      await staffSession(system, user.email),
      await staffSession(system, user.email),
      await staffSession(system, user.email),
    ] as const;
    const [first, second, third] = browsers;
    const listed = (await first.get('/me/sessions')).json as { sessions: { id: string; current: boolean }[] };
    expect(listed.sessions.map(({ current }) => current).sort()).toEqual([false, false, true]);

    const current = (
      (await second.get('/me/sessions')).json as { sessions: { id: string; current: boolean }[] }
    ).sessions.find((session) => session.current);
    expect((await first.send('DELETE', `/me/sessions/${current?.id}`)).status).toBe(204);
    expect((await second.get('/me')).json).toMatchObject({ type: 'anonymous' });
    expect((await third.get('/me')).json).toMatchObject({ type: 'user' });

    const mailed = await signInToken(system, user.email);
    expect((await owner.json('POST', `/admin/users/${user.id}/sign-out`, {})).json).toEqual({ ended: 2 });
    for (const visitor of [first, third]) {
      expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
    }
    // A link that was mailed and not used would be a way back in.
    expect(await pressLink(system, mailed)).toEqual([410, 0]);
    expect((await third.send('DELETE', '/me/sessions')).status).toBe(401);

    const [here, there] = [await staffSession(system, user.email), await staffSession(system, user.email)];
    const another = await staffSession(system, (await createUser(owner)).email);
    const lost = await signInToken(system, user.email);
    expect((await here.send('DELETE', '/me/sessions')).status).toBe(204);
    for (const visitor of [here, there]) {
      expect((await visitor.get('/me')).json).toMatchObject({ type: 'anonymous' });
    }
    expect(await pressLink(system, lost)).toEqual([410, 0]);
    expect((await another.get('/me')).json).toMatchObject({ type: 'user' });
    expect((await another.send('DELETE', `/me/sessions/${current?.id}`)).status).toBe(404);
  });
});

/** Full-width letters, as some keyboards write them. */
function wide(text: string): string {
  return text.replace(/[a-z0-9]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
}
