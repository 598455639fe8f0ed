import type { Grant } from '../../../core/grants/grant.ts';
import type { Credential } from '../../../core/principals.ts';
import { MOST_ACCOUNTS, readAccounts, readAllAccounts } from '../../../core/reach/candidates.ts';
import { mayAsk, mayAskAboutOthers, requireAskAboutOthers } from '../../../core/reach/permission.ts';
import { type RecordAccess, whoReachesRecord } from '../../../core/reach/record-access.ts';
import { whatSubjectReaches } from '../../../core/reach/subject-access.ts';
import { ANONYMOUS, asCaller, readCaller, readHolders, sessionAs } from '../../../core/reach/subjects.ts';
import { NOW, RepairSite } from '../../fixtures/repairs.ts';

const AT = '2027-03-10T09:00:00.000Z';

/** A token user with a pass for jobs, of the record that is named. */
function givePass(
  site: RepairSite,
  id: string,
  { grant = {}, credential = {} }: { grant?: Partial<Grant>; credential?: Partial<Credential> } = {},
) {
  site.store.principals.set(id, {
    id,
    type: 'tokenUser',
    name: `Holder ${id}`,
    roles: ['machine'],
    profiles: [],
    createdAt: AT,
  });
  site.store.credentials.push({
    id: `c-${id}`,
    principalId: id,
    kind: 'access',
    environment: 'production',
    keyId: '0002',
    createdAt: AT,
    expiresAt: NOW + 1,
    ceiling: { app: 'repairs', recordType: 'job', operations: ['look', 'finish'] },
    ...credential,
  });
  site.store.grants.push({
    id: `g-${id}`,
    environment: 'production',
    recordId: 'r1',
    app: 'repairs',
    recordType: 'job',
    operation: 'add',
    task: 't',
    status: 'live',
    createdAt: AT,
    createdBy: 'ann',
    principalId: id,
    credentialId: `c-${id}`,
    steps: [],
    dueAt: 0,
    ...grant,
  });
}

describe('who can reach a record', () => {
  async function siteWithJob() {
    const site = new RepairSite();
    await site.job({ title: 'Mend', worker: 'bob' });
    return site;
  }
  const operations = (...given: [id: string, name: string, fields?: '*' | string[]][]) =>
    given.map(([id, name, fields = '*']) => ({ id, name, fields }));
  const ALL = operations(['look', 'Look'], ['change', 'Change'], ['finish', 'Finish'], ['remove', 'Remove']);
  const MACHINE = operations(['look', 'Look'], ['finish', 'Finish'], ['remove', 'Remove']);
  const LOOK = ['hours', 'house', 'title', 'twice', 'urgent', 'worker'];

  it('is told whole: roles, people, machines and passes, each with operations and fields', async () => {
    const site = await siteWithJob();
    givePass(site, 'p1');
    const access = await whoReachesRecord(site.as('fixer', { type: 'serviceAccount' }), 'r1');
    expect(access).toEqual({
      record: { id: 'r1', app: 'repairs', recordType: 'job', state: 'Open' },
      roles: [
        { id: 'chief', name: 'The chiefs', operations: ALL },
        { id: 'machine', name: 'The machines', operations: MACHINE },
      ],
      subjects: [
        { type: 'user', id: 'ann', name: 'Ann', operations: ALL },
        {
          type: 'user',
          id: 'bob',
          name: 'Bob',
          operations: operations(
            ['look', 'Look', LOOK],
            ['change', 'Change', ['helper', 'hours', 'secret']],
            ['finish', 'Finish'],
          ),
        },
        { type: 'robot', id: 'fixer', name: 'Fixer', operations: MACHINE },
      ],
      // Its token's record is not there to be seen.
      otherPasses: 1,
      complete: true,
    });
  });

  it('names every pass and the rules to who may ask about others, and until when a pass lasts', async () => {
    const site = await siteWithJob();
    givePass(site, 'p1');
    const access = await whoReachesRecord(site.as('ann'), 'r1');
    expect(access.otherPasses).toBe(0);
    expect(access.subjects.at(-1)).toEqual({
      type: 'tokenUser',
      id: 'p1',
      name: 'Holder p1',
      until: '2027-03-10T09:00:00.001Z',
      operations: operations(['look', 'Look'], ['finish', 'Finish']).map((each) => ({
        ...each,
        rules: [`repairs/permissions/3/${each.id}`],
      })),
    });
    expect(access.roles[1]?.operations.map(({ rules: decided }) => decided)).toEqual(
      ['look', 'finish', 'remove'].map((id) => [`repairs/permissions/3/${id}`]),
    );
  });

  it('is told of a pass whose token’s record is in sight, by the name that may be seen there', async () => {
    const site = await siteWithJob();
    await site.job({ title: 'stands for a token', worker: 'bob' });
    const tokenRecord = { app: 'repairs', recordType: 'job', id: 'r2' };
    givePass(site, 'p1', { grant: { tokenRecord } });
    givePass(site, 'p2', { grant: { tokenRecord: { ...tokenRecord, id: 'r9' } } });
    const machine = site.as('fixer', { type: 'serviceAccount' });
    const access: RecordAccess = await whoReachesRecord(machine, 'r1');
    expect(access.otherPasses).toBe(1);
    expect(access.subjects.at(-1)).toEqual({
      type: 'tokenUser',
      id: 'p1',
      until: '2027-03-10T09:00:00.001Z',
      operations: operations(['look', 'Look'], ['finish', 'Finish']),
    });
  });

  it('hides a pass whose token’s record is out of sight', async () => {
    const site = await siteWithJob();
    await site.job({ title: 'stands for a token', worker: 'cid' });
    givePass(site, 'p1', { grant: { tokenRecord: { app: 'repairs', recordType: 'job', id: 'r2' } } });
    const { subjects, otherPasses } = await whoReachesRecord(site.as('bob'), 'r1');
    expect([subjects.map(({ id }) => id), otherPasses]).toEqual([['ann', 'bob', 'fixer'], 1]);
  });

  it('counts passes of the record and of its type once each, and of other types none', async () => {
    const site = await siteWithJob();
    givePass(site, 'p1');
    givePass(site, 'p2', { grant: { recordId: 'r2' } });
    givePass(site, 'p3', { grant: { recordId: 'r3', recordType: 'house' } });
    givePass(site, 'p4', { grant: { recordId: 'r4', app: 'other' } });
    const { subjects } = await whoReachesRecord(site.as('ann'), 'r1');
    expect(subjects.filter(({ type }) => type === 'tokenUser').map(({ id }) => id)).toEqual(['p1', 'p2']);
  });

  it('is told to staff who see the record, and to who may ask about others; to nobody else', async () => {
    const site = await siteWithJob();
    const missing = { code: 'NOT_FOUND' };
    expect((await whoReachesRecord(site.as('bob'), 'r1')).subjects.map(({ id }) => id)).toEqual([
      'ann',
      'bob',
      'fixer',
    ]);
    for (const session of [site.as('cid'), site.as('fixer'), site.pass('ann')])
      await expect(whoReachesRecord(session, 'r1')).rejects.toMatchObject(missing);
    await expect(whoReachesRecord(site.as('ann'), 'r9')).rejects.toMatchObject(missing);
  });

  it('has nobody without a credential, unless a permission is everybody’s', async () => {
    const site = new RepairSite(({ permissions }) =>
      permissions?.push({
        role: 'NonAuthenticatedUser',
        recordType: 'job',
        operations: ['look'],
        fields: { look: ['title'] },
      }),
    );
    await site.job({ title: 'Mend' });
    expect((await whoReachesRecord(site.as('bob', { roles: ['chief'] }), 'r1')).subjects[0]).toMatchObject({
      type: 'anonymous',
      name: '',
      operations: [{ id: 'look', fields: ['title'] }],
    });
    expect((await whoReachesRecord(site.as('ann'), 'r1')).subjects[0]).not.toHaveProperty('id');
  });
});

describe('a pass that lets somebody in now', () => {
  const readable = async (given: Parameters<typeof givePass>[2], session?: (site: RepairSite) => void) => {
    const site = new RepairSite();
    givePass(site, 'p1', given);
    session?.(site);
    const holders = await readHolders(site.as('ann'), site.store.grants);
    const caller = await readCaller(site.as('ann'), 'p1');
    return [holders.length === 1, caller !== undefined];
  };

  it('is a live one, with its grant', async () => {
    const site = new RepairSite();
    givePass(site, 'p1');
    const caller = {
      outcome: 'ok',
      principalId: 'p1',
      type: 'tokenUser',
      name: 'Holder p1',
      roles: ['machine'],
      profiles: [],
      channel: 'browser',
      credential: {
        id: 'c-p1',
        kind: 'access',
        expiresAt: NOW + 1,
        environment: 'production',
        ceiling: { app: 'repairs', recordType: 'job', operations: ['look', 'finish'] },
      },
    };
    expect(await readHolders(site.as('ann'), site.store.grants)).toEqual([
      { grant: site.store.grants[0], caller },
    ]);
    expect(await readCaller(site.as('ann'), 'p1')).toEqual(caller);
  });

  it.each<[string, Parameters<typeof givePass>[2], [boolean, boolean]]>([
    ['whose end has come', { credential: { expiresAt: NOW } }, [false, false]],
    ['that was ended', { credential: { endedAt: AT } }, [false, false]],
    ['of another environment', { credential: { environment: 'staging' } }, [false, false]],
    ['that is a link to sign in', { credential: { kind: 'signIn' } }, [false, false]],
    ['of a grant that is ending', { grant: { status: 'ending' } }, [false, true]],
    ['of a grant elsewhere', { grant: { environment: 'staging' } }, [false, true]],
    ['of a grant without a token yet', { grant: { credentialId: undefined as never } }, [false, true]],
  ])('is none %s', async (_, given, expected) => {
    expect(await readable(given)).toEqual(expected);
  });

  it('is none of a holder who is gone', async () => {
    expect(await readable({}, (site) => site.store.principals.delete('p1'))).toEqual([false, false]);
  });

  it('is found behind one that has ended, and holders come in order, however many', async () => {
    const site = new RepairSite();
    givePass(site, 'p1', { credential: { id: 'old', endedAt: AT } });
    for (let at = 1; at <= 7; at++) givePass(site, `p${at}`);
    expect((await readCaller(site.as('ann'), 'p1'))?.credential?.id).toBe('c-p1');
    const live = site.store.grants.slice(1);
    const holders = await readHolders(site.as('ann'), live, 3);
    expect(holders.map(({ caller }) => caller.principalId)).toEqual([
      'p1',
      'p2',
      'p3',
      'p4',
      'p5',
      'p6',
      'p7',
    ]);
  });
});

describe('an account as the caller that it would be', () => {
  it.each([
    ['user', 'browser'],
    ['tokenUser', 'browser'],
    ['serviceAccount', 'api'],
    ['robot', 'workflow'],
  ] as const)('%s comes by %s', (type, channel) => {
    const account = {
      id: 'x',
      type,
      name: 'Xenia Y',
      firstName: 'Xenia',
      lastName: 'Y',
      email: 'x@example.org',
      roles: ['a'],
      profiles: ['b'],
      level: 'guest' as const,
    };
    expect(asCaller({ ...account, createdAt: AT, version: 3 })).toEqual({
      outcome: 'ok',
      principalId: 'x',
      type,
      name: 'Xenia Y',
      firstName: 'Xenia',
      lastName: 'Y',
      email: 'x@example.org',
      roles: ['a'],
      profiles: ['b'],
      level: 'guest',
      channel,
    });
  });

  it('is nobody where there is none, and asks in the same session', async () => {
    const site = new RepairSite();
    const session = site.as('ann');
    expect(await readCaller(session, 'nobody')).toBeUndefined();
    expect(sessionAs(session, ANONYMOUS)).toEqual({ ...session, caller: ANONYMOUS });
  });
});

describe('accounts of the directory', () => {
  it('come page by page, as they are now, without those that are gone meanwhile', async () => {
    const site = new RepairSite();
    const listed = await site.store.listDirectory('users', { limit: 10 });
    Object.assign(site.store, { listDirectory: async () => ({ ...listed, last: 'Cid cid' }) });
    site.store.principals.delete('bob');
    const page = await readAccounts(site.as('ann'), 'users', { limit: 10 });
    expect(page.accounts.map(({ caller, place }) => [caller.principalId, caller.roles, place])).toEqual([
      ['ann', ['chief'], 'Ann ann'],
      ['cid', ['worker'], 'Cid cid'],
    ]);
    expect(page.last).toBe('Cid cid');
  });

  it.each([
    [MOST_ACCOUNTS, true],
    [MOST_ACCOUNTS + 1, false],
  ])('are read a thousand at most: of %s all are there: %s', async (count, complete) => {
    const site = new RepairSite();
    const bob = site.store.principals.get('bob');
    site.store.principals.clear();
    for (let at = 0; at < count; at++)
      site.store.principals.set(`u${at}`, { ...(bob as NonNullable<typeof bob>), id: `u${at}` });
    const all = await readAllAccounts(site.as('ann'), 'users');
    expect([all.callers.length, all.complete]).toEqual([MOST_ACCOUNTS, complete]);
    expect(new Set(all.callers.map(({ principalId }) => principalId)).size).toBe(MOST_ACCOUNTS);
  });
});

describe('what somebody can reach', () => {
  it('is their apps, and the records of their lists with what they may do with each', async () => {
    const site = new RepairSite();
    await site.job({ title: 'Mend', worker: 'bob' });
    const reached = {
      id: 'r1',
      state: 'Open',
      operations: ['change', 'finish'],
      edit: ['hours', 'helper', 'secret'],
    };
    const answer = await whatSubjectReaches(site.as('ann'), 'bob');
    expect(answer).toEqual({
      subject: { type: 'user', id: 'bob', name: 'Bob', roles: ['worker'] },
      apps: [
        {
          id: 'repairs',
          name: 'Repairs',
          recordTypes: [
            {
              id: 'job',
              name: 'Job',
              operations: [],
              views: [
                { id: 'all', name: 'All', records: [reached], more: false },
                { id: 'mine', name: 'Mine', records: [reached], more: false },
              ],
            },
          ],
        },
      ],
      complete: true,
    });
    expect(await whatSubjectReaches(site.as('bob'), 'bob')).toEqual(answer);
  });

  it('is not complete where a list asks for parameters, or goes on', async () => {
    const site = new RepairSite();
    const chief = await whatSubjectReaches(site.as('ann'), 'ann');
    expect(chief.complete).toBe(false);
    expect(chief.apps[0]?.recordTypes[1]?.views[1]).toEqual({ id: 'of-kind', name: 'Of a kind' });
    expect(chief.apps[0]?.recordTypes[0]?.operations).toEqual([{ id: 'add', name: 'Add House' }]);
    for (let at = 0; at < 26; at++) await site.job({ title: `${at}`, worker: 'bob' });
    const worker = await whatSubjectReaches(site.as('ann'), 'bob');
    expect(worker.complete).toBe(false);
    expect(worker.apps[0]?.recordTypes[0]?.views.map(({ records, more }) => [records?.length, more])).toEqual(
      [
        [25, true],
        [25, true],
      ],
    );
  });

  it('opens twenty lists for one answer', async () => {
    const site = new RepairSite(({ recordTypes: [house], permissions = [] }) => {
      for (let at = 0; at < 18; at++)
        house?.views.push({ id: `v${at}`, name: `V${at}`, columns: ['street'] });
      permissions[1]?.views?.push(...Array.from({ length: 18 }, (_, at) => `v${at}`));
    });
    const { apps, complete } = await whatSubjectReaches(site.as('ann'), 'ann');
    const views = apps.flatMap(({ recordTypes }) => recordTypes.flatMap((type) => type.views));
    // 19 lists of houses, the first of jobs; the second asks for parameters, and the third is one too many.
    expect(views.map(({ records }) => records !== undefined)).toEqual([
      ...Array(20).fill(true),
      false,
      false,
    ]);
    expect(complete).toBe(false);
  });

  it('of whoever has not signed in has no id', async () => {
    const site = new RepairSite();
    expect(await whatSubjectReaches(site.as('ann'), 'anonymous')).toEqual({
      subject: { type: 'anonymous', name: '', roles: [] },
      apps: [],
      complete: true,
    });
    await expect(whatSubjectReaches(site.as('ann'), 'nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is asked by who may ask about others, and by everybody who has signed in about themselves', async () => {
    const site = new RepairSite();
    const forbidden = {
      code: 'FORBIDDEN',
      message: 'only who may call the service “access” or read accounts may ask what others may do',
    };
    for (const [session, id] of [
      [site.as('bob'), 'ann'],
      [site.as('fixer'), 'fixer'],
      [site.pass('bob'), 'bob'],
    ] as const)
      await expect(whatSubjectReaches(session, id)).rejects.toMatchObject(forbidden);
    expect(() => requireAskAboutOthers(site.as('bob'))).toThrow(expect.objectContaining(forbidden));
    expect(() => requireAskAboutOthers(site.as('ann'))).not.toThrow();
  });

  it('nobody asks about others by a pass or as a robot, whatever roles they hold', () => {
    const site = new RepairSite();
    const types = ['user', 'serviceAccount', 'robot', 'tokenUser', 'anonymous'] as const;
    expect(types.map((type) => mayAsk(site.as('ann', { type })))).toEqual([true, true, false, false, false]);
    expect(types.map((type) => mayAskAboutOthers(site.as('ann', { type })))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    // Whoever reads accounts may ask where they may sign in.
    const designer = (environment: 'development' | 'production') => ({
      ...site.as('dan', { roles: ['Developer'] }),
      published: { ...site.published, environment },
    });
    expect([mayAskAboutOthers(designer('production')), mayAskAboutOthers(site.as('bob'))]).toEqual([
      false,
      false,
    ]);
    const administrator = site.as('dan', { roles: ['TenantAdministrator'] });
    expect(mayAskAboutOthers(administrator)).toBe(true);
  });
});
