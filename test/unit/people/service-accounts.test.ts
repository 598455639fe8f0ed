import type { AppDefinition } from '../../../core/apps/definition.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import { workOf } from '../../../core/people/robot-work.ts';
import {
  createServiceAccount,
  deleteServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  updateServiceAccount,
} from '../../../core/people/service-accounts.ts';
import type { Credential } from '../../../core/principals.ts';
import { exampleApps } from '../../fixtures/property-management.ts';
import {
  AT,
  callerOf,
  idOf,
  journalOf,
  NOW,
  principalOf,
  refusal,
  SiteMemory,
  withoutJournal,
} from '../../fixtures/site-memory.ts';

const role = (id: string, ...environments: ('test' | 'production')[]) => ({ id, name: id, environments });
const roles = [role('clerk', 'production'), role('pilot', 'test')];
const payroll = { id: 'pay', type: 'serviceAccount', name: 'Payroll', roles: ['clerk'], version: 2 } as const;
const bot = { id: 'bot', type: 'robot', name: 'Bot', roles: ['clerk'], apps: ['one'], version: 2 } as const;
const siteWith = (apps: CheckedApp[] = []) =>
  new SiteMemory({ roles }, apps)
    .running('production')
    .add(
      { ...payroll, roles: ['clerk'] },
      { ...bot, roles: ['clerk'], apps: ['one'] },
      { id: 'ann', name: 'Ann' },
    );
const createdAt = '2026-01-01T00:00:00.000Z';
const actor = { id: 'olga', type: 'user', name: 'Olga Owner' };

describe('a service account', () => {
  it('[A32] is made with its journal entry, and once for one Idempotency-Key', async () => {
    const site = siteWith();
    const session = site.design(callerOf());
    const given = { name: ' Ledger ', roles: ['pilot', 'clerk', 'pilot'] };
    const made = await createServiceAccount(session, given, 'key');
    const is = { id: idOf(1), type: 'serviceAccount', name: 'Ledger', roles: ['clerk', 'pilot'], version: 1 };
    expect(made).toEqual({ ...is, environments: ['test', 'production'], keys: [], createdAt: AT });
    const [changes = []] = site.commits;
    expect(withoutJournal(changes)).toEqual([
      { kind: 'addPrincipal', principal: { ...is, profiles: [], createdAt: AT } },
      { kind: 'addRequest', request: expect.objectContaining({ key: 'key', result: { recordId: idOf(1) } }) },
    ]);
    const subject = { type: 'serviceAccount', id: idOf(1), name: 'Ledger' };
    expect(journalOf(changes)).toEqual([
      { action: 'create', subject, after: { name: 'Ledger', roles: is.roles }, at: AT, actor },
    ]);
    expect(await createServiceAccount(session, given, 'key')).toEqual(made);
    for (const other of [
      { ...given, roles: ['clerk'] },
      { ...given, name: 'Book' },
    ])
      expect((await refusal(() => createServiceAccount(session, other, 'key')))[0]).toBe(
        'IDEMPOTENCY_MISMATCH',
      );
    expect(site.commits).toHaveLength(1);
  });

  it('[A33] holds no built-in role, and the refusal names it', async () => {
    const session = siteWith().design(callerOf());
    const message = '“Developer” is for people; give it a custom role';
    const refused = ['ROLE_UNKNOWN', message, [{ path: '/roles', message }]];
    const given = { name: 'X', roles: ['clerk', 'Developer'] };
    expect(await refusal(() => createServiceAccount(session, given))).toEqual(refused);
    expect(await refusal(() => updateServiceAccount(session, 'pay', given, 2))).toEqual(refused);
  });

  it('keeps a name: a blank one is refused to who may change it, and nobody else is told', async () => {
    const site = siteWith();
    const blank = (session: ReturnType<typeof site.design>) =>
      refusal(() => updateServiceAccount(session, 'pay', { name: '  ' }, 2));
    expect((await blank(site.design(callerOf())))[2]).toEqual([
      { path: '/name', message: 'must not be empty' },
    ]);
    expect((await blank(site.design(callerOf({ roles: ['Developer'] }))))[0]).toBe('FORBIDDEN');
    expect(site.commits).toEqual([]);
  });

  it('[A42] is shown with its keys, newest first, and nothing else that lets somebody in', async () => {
    const site = siteWith();
    const key = (id: string, at: string, kind: Credential['kind'] = 'apiKey'): Credential => ({
      id,
      principalId: 'pay',
      kind,
      keyId: '0002',
      createdAt: at,
      expiresAt: NOW,
    });
    site.credentials.push(key('a', '2026-01-01'), key('b', '2026-01-03'), key('c', '2026-01-02', 'session'));
    const { keys, ...is } = await readServiceAccount(site.design(callerOf()), 'pay');
    expect(is).toEqual({ ...payroll, environments: ['production'], createdAt });
    expect(keys.map(({ id }) => id)).toEqual(['b', 'a']);
    for (const id of ['ann', 'nobody'])
      expect((await refusal(() => readServiceAccount(site.design(callerOf()), id)))[0]).toBe('NOT_FOUND');
  });

  it('is listed with robots by id, type, name and roles, page by page', async () => {
    const session = siteWith().design(callerOf());
    const page = await listServiceAccounts(session, { limit: 1 });
    expect(page).toEqual({
      items: [{ id: 'bot', type: 'robot', name: 'Bot', roles: ['clerk'] }],
      cursor: expect.any(String),
    });
    expect(await listServiceAccounts(session, { limit: 1, cursor: page.cursor ?? '' })).toEqual({
      items: [{ id: 'pay', type: 'serviceAccount', name: 'Payroll', roles: ['clerk'] }],
    });
  });

  it.each([
    [{ name: ' Wages ' }, { name: 'Wages' }],
    [{ roles: ['pilot', 'clerk'] }, { roles: ['clerk', 'pilot'] }],
    [{ roles: [] }, { roles: [] }],
  ])('[A34] is changed in what is sent, %j, and stays in the rest', async (set, told) => {
    const site = siteWith();
    const before = principalOf({ ...payroll, roles: ['clerk'] });
    const after = { ...before, ...told, version: 3 };
    expect(await updateServiceAccount(site.design(callerOf()), 'pay', set, 2)).toMatchObject({
      ...told,
      version: 3,
    });
    const [changes = []] = site.commits;
    expect(withoutJournal(changes)).toEqual([{ kind: 'updateAccount', before, after }]);
    const was = Object.fromEntries(Object.keys(told).map((name) => [name, before[name as 'name']]));
    const subject = { type: 'serviceAccount', id: 'pay', name: after.name };
    expect(journalOf(changes)).toEqual([
      { action: 'change', subject, before: was, after: told, at: AT, actor },
    ]);
    expect(await refusal(() => updateServiceAccount(site.design(callerOf()), 'pay', set, 2))).toEqual([
      'VERSION_MISMATCH',
      'it is at version 3',
      [],
    ]);
  });

  it('works for no app: that is a robot’s', async () => {
    const site = siteWith();
    const message = '“Payroll” is no robot: only robots run tasks and services of apps';
    for (const apps of [['one'], []]) {
      expect(await refusal(() => updateServiceAccount(site.design(callerOf()), 'pay', { apps }, 2))).toEqual([
        'REQUEST_INVALID',
        message,
        [{ path: '/apps', message }],
      ]);
    }
  });

  it('is deleted where it is confirmed; a robot stays, and nobody deletes themselves', async () => {
    const site = siteWith();
    const session = site.design(callerOf());
    expect((await refusal(() => deleteServiceAccount(session, 'bot', ['production']))).slice(0, 2)).toEqual([
      'FORBIDDEN',
      'A robot runs the tasks of the apps that name it, and stays',
    ]);
    expect((await refusal(() => deleteServiceAccount(session, 'pay', ['test'])))[2]).toEqual([
      { path: '/confirm', message: 'name production to confirm' },
    ]);
    const itself = site.design(callerOf({ principalId: 'pay', type: 'serviceAccount' }));
    expect((await refusal(() => deleteServiceAccount(itself, 'pay', ['production'])))[0]).toBe('OWN_ACCOUNT');
    expect(site.commits).toEqual([]);
    await deleteServiceAccount(session, 'pay', ['production']);
    const [changes = []] = site.commits;
    const principal = principalOf({ ...payroll, roles: ['clerk'] });
    expect(withoutJournal(changes)).toEqual([{ kind: 'endAccount', principal, at: NOW }]);
    const subject = { type: 'serviceAccount', id: 'pay', name: 'Payroll' };
    expect(journalOf(changes)).toEqual([
      { action: 'delete', subject, before: { name: 'Payroll', roles: ['clerk'] }, at: AT, actor },
    ]);
  });

  it('[A10] is touched by nobody who may only read accounts', async () => {
    const reader = siteWith().design(callerOf({ roles: ['Developer'] }));
    const stranger = siteWith().design(callerOf({ roles: ['clerk'] }));
    for (const work of [
      () => createServiceAccount(reader, { name: 'X', roles: [] }),
      () => updateServiceAccount(reader, 'pay', {}, 2),
      () => deleteServiceAccount(reader, 'pay', ['production']),
      () => readServiceAccount(stranger, 'pay'),
      () => listServiceAccounts(stranger, { limit: 1 }),
    ]) {
      expect((await refusal(work))[0]).toBe('FORBIDDEN');
    }
    expect((await readServiceAccount(reader, 'pay')).id).toBe('pay');
  });
});

describe('a robot', () => {
  const keeper = {
    id: 'keeper',
    name: 'Keeper',
    environments: [],
    design: { accounts: ['read' as const, 'edit' as const] },
  };

  it('[F48, D18] is lent to an app by those alone who could give its roles; sending the same apps lends nothing', async () => {
    const site = siteWith();
    site.settings = { ...site.settings, roles: [...roles, keeper] };
    site.definitions.settings.set(1, site.settings);
    const session = site.design(callerOf({ principalId: 'kim', roles: ['keeper'] }));
    const set = (apps: string[], version: number) => updateServiceAccount(session, 'bot', { apps }, version);
    for (const apps of [['one', 'two'], [], ['two']]) {
      expect((await refusal(() => set(apps, 2))).slice(0, 1)).toEqual(['FORBIDDEN']);
    }
    expect(await set(['one', 'one'], 2)).toMatchObject({ apps: ['one'], version: 3 });
    const owner = site.design(callerOf());
    expect(await updateServiceAccount(owner, 'bot', { apps: ['two', 'one', 'two'] }, 3)).toMatchObject({
      apps: ['one', 'two'],
      version: 4,
    });
    expect(journalOf(site.commits.at(-1) ?? [])).toMatchObject([
      { before: { apps: ['one'] }, after: { apps: ['one', 'two'] } },
    ]);
  });

  it('shows the published apps whose tasks or services are its own, in order of name, with where they run', async () => {
    const app = (id: string, name: string, robot: string, tasks: number, services = 0): CheckedApp => {
      const [tokens] = exampleApps() as [CheckedApp];
      return {
        ...tokens,
        definition: {
          ...tokens.definition,
          id,
          name,
          robot,
          tasks: Array.from({ length: tasks }, () => ({}) as AppDefinition['tasks'][number]),
          services: Array.from({ length: services }, () => ({}) as never),
        },
      };
    };
    const site = siteWith([
      app('zoo', 'Zoo', 'bot', 1),
      app('ark', 'Ark', 'bot', 0, 1),
      app('idle', 'Idle', 'bot', 0),
      app('other', 'Other', 'registrar', 1),
    ]).running('test', 'production');
    const { manifests } = site.definitions;
    const work = [
      { app: 'ark', name: 'Ark', environments: ['test', 'production'] },
      { app: 'zoo', name: 'Zoo', environments: ['test', 'production'] },
    ];
    const inOrder = new Map([...manifests].sort(([a], [b]) => (a > b ? -1 : 1)));
    expect(await workOf(site, { manifests: inOrder }, 'bot')).toEqual(work);
    expect(await workOf(site, { manifests: inOrder }, 'nobody')).toEqual([]);
    expect(await readServiceAccount(site.design(callerOf()), 'bot')).toMatchObject({ apps: ['one'], work });
  });
});
