import { DaypassError } from '../../../core/errors.ts';
import { partsOfName } from '../../../core/people/account.ts';
import { endSession, endSessions, listSessions } from '../../../core/people/sessions.ts';
import {
  createUser,
  deleteUser,
  listUsers,
  readUser,
  signOutUser,
  updateUser,
} from '../../../core/people/users.ts';
import type { Credential } from '../../../core/principals.ts';
import {
  AT,
  callerOf,
  DAY,
  idOf,
  journalOf,
  NOW,
  principalOf,
  refusal,
  SiteMemory,
  withoutJournal,
} from '../../fixtures/site-memory.ts';

const clerk = { id: 'clerk', name: 'Clerk', environments: ['production' as const] };
const pat = {
  id: 'pat',
  name: 'Pat Person',
  firstName: 'Pat',
  lastName: 'Person',
  email: 'pat@people.example',
  roles: ['clerk'],
  version: 4,
};
const siteWith = () =>
  new SiteMemory({ roles: [clerk] })
    .running('production')
    .add(pat, { id: 'bot', type: 'robot' }, { id: 'bare', name: 'Bare' });
const answer = { ...pat, environments: ['production'], createdAt: '2026-01-01T00:00:00.000Z' };
const given = {
  firstName: ' Zoë ',
  lastName: 'Meer',
  email: ' ｚoë@people.example',
  roles: ['clerk', 'clerk'],
};
const olga = { id: 'olga', type: 'user', name: 'Olga Owner' };

describe('a user', () => {
  it('is shown with names, email, roles, environments and version, as far as there are any', async () => {
    const session = siteWith().design(callerOf());
    expect(await readUser(session, 'pat')).toEqual(answer);
    expect(await readUser(session, 'bare')).toEqual({
      id: 'bare',
      name: 'Bare',
      email: '',
      roles: [],
      environments: [],
      createdAt: answer.createdAt,
      version: 1,
    });
    for (const id of ['bot', 'nobody'])
      expect((await refusal(() => readUser(session, id)))[0]).toBe('NOT_FOUND');
  });

  it('is listed by id, name, email and roles, page by page', async () => {
    const session = siteWith().design(callerOf());
    const page = await listUsers(session, { limit: 1 });
    expect(page).toEqual({ items: [{ id: 'bare', name: 'Bare', roles: [] }], cursor: expect.any(String) });
    expect(await listUsers(session, { limit: 1, cursor: page.cursor ?? '' })).toEqual({
      items: [{ id: 'pat', name: 'Pat Person', email: 'pat@people.example', roles: ['clerk'] }],
    });
  });

  it('[A13] is made with its journal entry and the memory of the request in one transaction', async () => {
    const site = siteWith();
    const made = await createUser(site.design(callerOf()), given, 'key-1');
    const user = {
      id: idOf(1),
      name: 'Zoë Meer',
      firstName: 'Zoë',
      lastName: 'Meer',
      email: 'zoë@people.example',
      roles: ['clerk'],
      createdAt: AT,
      version: 1,
    };
    expect(made).toEqual({ ...user, environments: ['production'] });
    const [changes = []] = site.commits;
    expect(withoutJournal(changes)).toEqual([
      {
        kind: 'addUser',
        principal: { ...user, type: 'user', profiles: [] },
        email: 'zoë@people.example',
      },
      {
        kind: 'addRequest',
        request: {
          principalId: 'olga',
          key: 'key-1',
          fingerprint: expect.stringMatching(/^[\w-]{43}$/),
          result: { recordId: idOf(1) },
          at: NOW,
        },
      },
    ]);
    expect(journalOf(changes)).toEqual([
      {
        action: 'create',
        subject: { type: 'user', id: idOf(1), name: 'Zoë Meer' },
        after: { name: 'Zoë Meer', email: 'zoë@people.example', roles: ['clerk'] },
        at: AT,
        actor: olga,
      },
    ]);
    expect(await createUser(site.design(callerOf()), given, 'key-1')).toEqual(made);
    expect(site.commits).toHaveLength(1);
  });

  it.each(['firstName', 'lastName'])(
    'has a %s that is not blank, when it is made and when it changes',
    async (part) => {
      const site = siteWith();
      const problem = [{ path: `/${part}`, message: 'must not be empty' }];
      const session = site.design(callerOf());
      expect((await refusal(() => createUser(session, { ...given, [part]: ' ' })))[2]).toEqual(problem);
      expect((await refusal(() => updateUser(session, 'pat', { [part]: '' }, 4)))[2]).toEqual(problem);
      expect(site.commits).toEqual([]);
    },
  );

  it.each([
    [{ firstName: 'Paul' }, { firstName: 'Paul', name: 'Paul Person' }],
    [{ lastName: ' Pine ' }, { lastName: 'Pine', name: 'Pat Pine' }],
    [{ roles: ['Publisher', 'clerk'] }, { roles: ['Publisher', 'clerk'] }],
    [{}, {}],
  ])('is changed in what is sent, %j, and stays in the rest', async (set, changed) => {
    const site = siteWith();
    const after = { ...principalOf(pat), ...changed, version: 5 };
    expect(await updateUser(site.design(callerOf()), 'pat', set, 4)).toMatchObject({
      ...changed,
      version: 5,
    });
    const [changes = []] = site.commits;
    expect(withoutJournal(changes)).toEqual([{ kind: 'updateAccount', before: principalOf(pat), after }]);
    const { firstName: _, lastName: __, ...told } = changed as Record<string, unknown>;
    const was = Object.fromEntries(Object.keys(told).map((name) => [name, pat[name as keyof typeof pat]]));
    const subject = { type: 'user', id: 'pat', name: after.name };
    expect(journalOf(changes)).toEqual([
      { action: 'change', subject, before: was, after: told, at: AT, actor: olga },
    ]);
  });

  it('that has no names yet keeps what it is called when its roles change', async () => {
    const site = siteWith();
    await updateUser(site.design(callerOf()), 'bare', { roles: ['clerk'] }, 1);
    const before = principalOf({ id: 'bare', name: 'Bare' });
    expect(withoutJournal(site.commits[0] ?? [])).toEqual([
      { kind: 'updateAccount', before, after: { ...before, roles: ['clerk'], version: 2 } },
    ]);
  });

  it('that was entered by one name keeps it beside the one that is sent', async () => {
    expect(await updateUser(siteWith().design(callerOf()), 'bare', { lastName: 'Bear' }, 1)).toMatchObject({
      name: 'Bare Bear',
      firstName: 'Bare',
      lastName: 'Bear',
    });
  });

  it('that was entered by the whole name is saved with the parts that it falls into, and corrected', async () => {
    const site = siteWith().add({ id: 'dana', name: 'Dana  de la Dispatch' });
    const session = site.design(callerOf());
    const { firstName, lastName } = partsOfName(principalOf({ id: 'dana', name: 'Dana  de la Dispatch' }));
    expect([firstName, lastName]).toEqual(['Dana de la', 'Dispatch']);
    expect(await updateUser(session, 'dana', { firstName, lastName }, 1)).toMatchObject({
      name: 'Dana de la Dispatch',
      firstName,
    });
    // Of the one name that somebody has, nothing has to be made up; what was there is not taken away.
    const saved = { firstName: 'Bare', lastName: '', roles: ['clerk'] };
    expect(await updateUser(session, 'bare', saved, 1)).toMatchObject({ name: 'Bare', roles: ['clerk'] });
    for (const [id, version, set, paths] of [
      ['bare', 2, { firstName: ' ', lastName: 'Bear' }, ['/firstName']],
      ['pat', 4, { firstName: '', lastName: ' ' }, ['/firstName', '/lastName']],
    ] as const) {
      const [code, , problems] = await refusal(() => updateUser(session, id, set, version));
      expect([id, code, problems]).toEqual([
        id,
        'REQUEST_INVALID',
        paths.map((path) => ({ path, message: 'must not be empty' })),
      ]);
    }
  });

  it('is neither changed nor deleted under another version, and the refusal names the one that it has', async () => {
    const site = siteWith();
    const refused = ['VERSION_MISMATCH', 'it is at version 4', []];
    const session = site.design(callerOf());
    for (const version of [3, 5]) {
      expect(await refusal(() => updateUser(session, 'pat', { firstName: 'X' }, version))).toEqual(refused);
      const options = { confirmed: ['production'], expectedVersion: version };
      expect(await refusal(() => deleteUser(session, 'pat', options))).toEqual(refused);
    }
    expect(site.commits).toEqual([]);
  });

  it('[A25] is deleted with its journal entry in one transaction', async () => {
    const site = siteWith();
    await deleteUser(site.design(callerOf()), 'pat', { confirmed: ['production'], expectedVersion: 4 });
    const [changes = []] = site.commits;
    expect(withoutJournal(changes)).toEqual([{ kind: 'endAccount', principal: principalOf(pat), at: NOW }]);
    const { name, email, roles } = pat;
    const subject = { type: 'user', id: 'pat', name };
    expect(journalOf(changes)).toEqual([
      { action: 'delete', subject, before: { name, email, roles }, at: AT, actor: olga },
    ]);
  });

  it('[D18] with a built-in role is deleted by those alone who could give it', async () => {
    const site = siteWith().add({ id: 'o2', roles: ['clerk', 'Owner'] });
    const maintainer = site.design(callerOf({ principalId: 'mina', roles: ['Maintainer'] }));
    const confirmed = ['development', 'production'];
    expect((await refusal(() => deleteUser(maintainer, 'o2', { confirmed })))[0]).toBe('FORBIDDEN');
    await deleteUser(maintainer, 'pat', { confirmed });
    expect(site.accounts.has('pat')).toBe(false);
    // What custom roles permit need not be held by who ends an account.
    const design = { accounts: ['delete' as const] };
    const roles = [clerk, { id: 'warden', name: 'Warden', environments: [], design }];
    const other = new SiteMemory({ roles }).running('production').add(pat);
    const warden = other.design(callerOf({ principalId: 'wim', roles: ['warden'] }));
    expect((await refusal(() => deleteUser(warden, 'pat', { confirmed: [] })))[0]).toBe(
      'CONFIRMATION_NEEDED',
    );
    await deleteUser(warden, 'pat', { confirmed: ['production'] });
    expect(other.accounts.has('pat')).toBe(false);
  });

  it('[A1, A23, A39] has an address that can be read and stays, and does not end itself', async () => {
    const session = siteWith().design(callerOf());
    expect((await refusal(() => createUser(session, { ...given, email: 'zoe@people' })))[2]).toEqual([
      { path: '/email', message: 'must be an address like name@example.org' },
    ]);
    expect((await refusal(() => updateUser(session, 'pat', { email: pat.email }, 4)))[0]).toBe(
      'EMAIL_IMMUTABLE',
    );
    expect((await refusal(() => deleteUser(session, 'olga', { confirmed: [] })))[0]).toBe('OWN_ACCOUNT');
  });

  it('that is made without an Idempotency-Key leaves no memory of the request', async () => {
    const site = siteWith();
    await createUser(site.design(callerOf()), given);
    expect(site.commits.flat().map(({ kind }) => kind)).toEqual(['addUser', 'addDesignEvent']);
  });

  it('[A10] is touched by nobody who may only read accounts, and read by nobody else', async () => {
    const site = siteWith();
    const reader = site.design(callerOf({ roles: ['Developer'] }));
    expect((await readUser(reader, 'pat')).id).toBe('pat');
    const stranger = site.design(callerOf({ roles: ['clerk'] }));
    for (const work of [
      () => createUser(reader, given),
      () => updateUser(reader, 'pat', {}, 4),
      () => deleteUser(reader, 'pat', { confirmed: ['production'] }),
      () => signOutUser(reader, 'pat'),
      () => readUser(stranger, 'pat'),
      () => listUsers(stranger, { limit: 1 }),
    ]) {
      expect((await refusal(work))[0]).toBe('FORBIDDEN');
    }
    expect(site.commits).toEqual([]);
  });
});

describe('sessions', () => {
  const credential = (id: string, more: Partial<Credential> = {}): Credential => ({
    id,
    principalId: 'pat',
    kind: 'session',
    keyId: '0002',
    createdAt: '2026-03-04T01:00:00.000Z',
    expiresAt: NOW + 1,
    ...more,
  });
  const caller = callerOf({
    principalId: 'pat',
    credential: { id: 'old', kind: 'session', expiresAt: NOW + DAY },
  });
  const opened = () => {
    const site = siteWith();
    site.credentials.push(
      credential('old'),
      credential('new', { createdAt: '2026-03-04T09:00:00.000Z' }),
      credential('over', { expiresAt: NOW }),
      credential('ended', { endedAt: AT }),
      credential('link', { kind: 'signIn' }),
      credential('usedLink', { kind: 'signIn', endedAt: AT }),
      credential('oldLink', { kind: 'signIn', expiresAt: NOW }),
      credential('key', { kind: 'apiKey' }),
      credential('else', { principalId: 'bare' }),
    );
    return site;
  };
  const end = (credentialId: string, signInLink = false) => ({
    kind: 'endCredential',
    principalId: 'pat',
    credentialId,
    reason: 'signedOut',
    at: NOW,
    requireLive: false,
    signInLink,
  });

  it('are listed while they live, newest first, and the one that asks is marked', async () => {
    const expiresAt = '2026-03-04T10:00:00.001Z';
    expect(await listSessions(opened().runtime, caller)).toEqual([
      { id: 'new', signedInAt: '2026-03-04T09:00:00.000Z', expiresAt, current: false },
      { id: 'old', signedInAt: '2026-03-04T01:00:00.000Z', expiresAt, current: true },
    ]);
  });

  it('end one by one: only one’s own, and only those that live', async () => {
    const site = opened();
    await endSession(site.runtime, caller, 'new');
    expect(site.commits).toEqual([[end('new')]]);
    for (const id of ['over', 'ended', 'link', 'key', 'else']) {
      expect((await refusal(() => endSession(site.runtime, caller, id)))[0]).toBe('NOT_FOUND');
    }
  });

  it('end all at once, with the links that were mailed and not used, which do not count as sessions', async () => {
    const site = opened();
    expect(await signOutUser(site.design(callerOf()), 'pat')).toEqual({ name: 'Pat Person', ended: 2 });
    const [ended, noted = []] = site.commits;
    expect(ended).toEqual([end('old'), end('new'), end('link', true)]);
    expect(journalOf(noted)).toEqual([
      {
        action: 'signOut',
        subject: { type: 'user', id: 'pat', name: 'Pat Person' },
        after: { sessionsEnded: 2 },
        at: AT,
        actor: olga,
      },
    ]);
  });

  it.each([
    [0, []],
    [80, [80]],
    [81, [80, 1]],
    [160, [80, 80]],
  ])('end %i of them in transactions of %j', async (count, sizes) => {
    const site = siteWith();
    site.credentials.push(...Array.from({ length: count }, (_, at) => credential(`s${at}`)));
    expect(await endSessions(site.runtime, 'pat')).toBe(count);
    expect(site.commits.map(({ length }) => length)).toEqual(sizes);
    const ids = site.commits.flat().map((change) => 'credentialId' in change && change.credentialId);
    expect(ids).toEqual(site.credentials.map(({ id }) => id));
  });

  it.each(['anonymous', 'tokenUser', 'serviceAccount', 'robot'] as const)(
    'are nothing that a %s has',
    async (type) => {
      const site = opened();
      for (const work of [
        () => listSessions(site.runtime, { ...caller, type }),
        () => endSession(site.runtime, { ...caller, type }, 'new'),
      ]) {
        expect((await refusal(work)).slice(0, 2)).toEqual([
          'FORBIDDEN',
          'Only people who sign in have sessions',
        ]);
      }
    },
  );
});

describe('a request with an Idempotency-Key', () => {
  it('that fails although the same one was first answers as that did, and otherwise with its failure', async () => {
    const site = siteWith();
    const session = site.design(callerOf());
    const first = await createUser(session, given, 'a key');
    const [request] = site.requests;
    site.requests.length = 0;
    site.beforeCommit = () => {
      // The other one has come first in the meantime.
      if (request) site.requests.push(request);
      throw new DaypassError('EMAIL_TAKEN');
    };
    expect((await createUser(session, given, 'a key')).id).toBe(first.id);
    site.requests.length = 0;
    site.beforeCommit = () => {
      throw new DaypassError('EMAIL_TAKEN');
    };
    expect((await refusal(() => createUser(session, given, 'a key')))[0]).toBe('EMAIL_TAKEN');
    expect((await refusal(() => createUser(session, given)))[0]).toBe('EMAIL_TAKEN');
  });

  it('is another one with another body, another caller, or for something else', async () => {
    const site = siteWith();
    await createUser(site.design(callerOf()), given, 'a key');
    const mismatch = await refusal(() =>
      createUser(site.design(callerOf()), { ...given, firstName: 'Other' }, 'a key'),
    );
    expect(mismatch[0]).toBe('IDEMPOTENCY_MISMATCH');
    const other = await createUser(
      site.design(callerOf({ principalId: 'oz' })),
      { ...given, email: 'oz@people.example' },
      'a key',
    );
    expect(other.email).toBe('oz@people.example');
    expect(site.commits).toHaveLength(2);
  });
});
