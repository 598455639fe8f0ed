import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Change } from '../../../core/changes.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import type { RecordEvent } from '../../../core/journal/event.ts';
import type { Principal } from '../../../core/principals.ts';
import type { Store } from '../../../core/store.ts';
import { createJournal, type Journal } from '../../../lambdas/shared/table/journal.ts';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import { type LocalTables, startLocalTables } from '../../support/local-table.ts';
import { ADA, AT, addRecord, credential, DAY, entry, GRANT, GUEST, LATER, NOW, RECORD } from './fixtures.ts';

let tables: LocalTables;
let table: string;
let store: Store;
let journal: Journal;
beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);
beforeEach(async () => {
  table = await tables.create();
  store = createStore(tables.client, table);
  journal = createJournal(tables.client, table);
});
afterAll(() => tables?.stop());

const user = (id: string, name: string, type: Principal['type'] = 'user'): Change =>
  type === 'user'
    ? { kind: 'addUser', principal: { ...ADA, id, name, roles: [] }, email: `${id}@example.org` }
    : { kind: 'addPrincipal', principal: { ...ADA, id, name, type, roles: [] } };

const recordEvent = (number: number, more: Partial<RecordEvent> = {}): RecordEvent => ({
  environment: 'staging',
  recordId: RECORD.id,
  number,
  at: AT,
  app: 'desk',
  recordType: 'job',
  operation: 'edit',
  actor: { id: 'u1', type: 'user', name: 'Ada' },
  before: {},
  after: {},
  keyId: '0001',
  mac: `mac-${number}`,
  ...more,
});
const siteEvent = (id: string, at: string): DesignEvent => ({
  id,
  at,
  action: 'change',
  subject: { type: 'role', id: 'r', name: 'R' },
  actor: { id: 'u1', type: 'user', name: 'Ada' },
  keyId: '0001',
  mac: `mac-${id}`,
});

describe('the store reads', () => {
  it('a record in its own environment until it is deleted', async () => {
    await store.commit([addRecord]);

    expect(await store.readRecord('staging', RECORD.id)).toMatchObject(RECORD);
    expect(await store.readRecord('production', RECORD.id)).toBeUndefined();
    const removal: Change = {
      kind: 'removeRecord',
      record: { ...RECORD, deletedAt: AT },
      expectedVersion: 1,
      indexRemove: [],
      purgeAt: LATER,
    };
    await store.commit([removal]);
    expect(await store.readRecord('staging', RECORD.id)).toBeUndefined();
    // Who checks the journal sees its head all the same.
    expect(await journal.head('staging', RECORD.id)).toMatchObject({ eventCount: 1, deletedAt: AT });
  });

  it("a record's events newest first, page by page, and nothing else of the record", async () => {
    const events = Array.from({ length: 12 }, (_, at) => recordEvent(at + 1));
    await store.commit([addRecord, ...events.map((event): Change => ({ kind: 'addEvent', event }))]);
    const numbers: number[][] = [];
    let cursor: string | undefined;
    do {
      const page = await store.readEvents('staging', RECORD.id, { limit: 5, ...(cursor && { cursor }) });
      numbers.push(page.items.map(({ number }) => number));
      cursor = page.cursor;
    } while (cursor);

    expect(numbers).toEqual([
      [12, 11, 10, 9, 8],
      [7, 6, 5, 4, 3],
      [2, 1],
    ]);
    expect(await journal.recordEvents('staging', RECORD.id)).toEqual(events);
  });

  it('changes of the site newest first, page by page, as they were written', async () => {
    const events = [1, 2, 3].map((day) => siteEvent(`e${day}`, `2026-01-0${day}T00:00:00.000Z`));
    await store.commit(events.map((event): Change => ({ kind: 'addDesignEvent', event })));
    const [first, second, third] = events;

    const page = await store.readDesignEvents({ limit: 2 });
    expect(page).toEqual({
      events: [
        { ...third, place: '2026-01-03T00:00:00.000Z#e3' },
        { ...second, place: '2026-01-02T00:00:00.000Z#e2' },
      ],
      last: '2026-01-02T00:00:00.000Z#e2',
    });
    expect(await store.readDesignEvents({ limit: 2, after: page.last as string })).toEqual({
      events: [{ ...first, place: '2026-01-01T00:00:00.000Z#e1' }],
    });
  });

  it('people by id and by email, until they are gone', async () => {
    await store.commit([user('u1', 'Ada'), user('u2', 'Bea')]);

    expect(await store.readPrincipal('u1')).toMatchObject({ id: 'u1', name: 'Ada' });
    expect(await store.readUserByEmail('u2@example.org')).toMatchObject({ id: 'u2' });
    expect(await store.readUserByEmail('u3@example.org')).toBeUndefined();
    expect(await store.readUserByEmail(`${'u'.repeat(309)}@example.org`)).toBeUndefined();
    await store.commit([
      {
        kind: 'endAccount',
        principal: { ...ADA, id: 'u1', name: 'Ada', email: 'u1@example.org', roles: [] },
        at: NOW,
      },
    ]);
    expect(await store.readPrincipal('u1')).toBeUndefined();
    expect(await store.readUserByEmail('u1@example.org')).toBeUndefined();
  });

  it('a user whose address is as long as an address can be', async () => {
    const email = `${'u'.repeat(308)}@example.org`;
    await store.commit([{ kind: 'addUser', principal: ADA, email }]);

    expect(email).toHaveLength(320);
    expect(await store.readUserByEmail(email)).toMatchObject({ id: 'u1' });
  });

  it('the directory in order of name: users for choices with id and name only, page by page with all for administrators', async () => {
    await store.commit([
      user('u1', 'bea'),
      user('u2', 'Ada'),
      user('u3', 'Zoe'),
      user('s1', 'Sync', 'serviceAccount'),
      user('b1', 'Robot', 'robot'),
      user('t1', 'Guest', 'tokenUser'),
    ]);

    expect(await store.listUsers()).toEqual([
      { id: 'u2', name: 'Ada' },
      { id: 'u1', name: 'bea' },
      { id: 'u3', name: 'Zoe' },
    ]);
    const page = await store.listDirectory('users', { limit: 2 });
    const entryOf = (id: string, name: string, type = 'user') => ({
      id,
      name,
      type,
      email: ADA.email,
      roles: [],
    });
    expect(page).toEqual({
      entries: [
        { ...entryOf('u2', 'Ada'), place: 'ada#u2' },
        { ...entryOf('u1', 'bea'), place: 'bea#u1' },
      ],
      last: 'bea#u1',
    });
    expect(await store.listDirectory('users', { limit: 2, after: 'bea#u1' })).toEqual({
      entries: [{ ...entryOf('u3', 'Zoe'), place: 'zoe#u3' }],
    });
    expect((await store.listDirectory('machines', { limit: 10 })).entries).toEqual([
      { ...entryOf('b1', 'Robot', 'robot'), place: 'robot#b1' },
      { ...entryOf('s1', 'Sync', 'serviceAccount'), place: 'sync#s1' },
    ]);
  });

  it('all credentials of one principal, links to sign in too, however many', async () => {
    // So much is in each that a page of the table, one megabyte, does not hold them.
    const name = 'x'.repeat(30_000);
    const many = Array.from({ length: 40 }, (_, at) => ({ ...credential('apiKey'), id: `key-${at}`, name }));
    for (const one of many) await store.commit([{ kind: 'addCredential', credential: one }]);
    await store.commit([
      { kind: 'addCredential', credential: { ...credential('signIn'), id: 'link' } },
      { kind: 'addCredential', credential: { ...credential('access'), principalId: 'p2' } },
      { kind: 'addPrincipal', principal: { ...GUEST, id: 'p1' } },
    ]);

    const ids = (await store.listCredentials('p1')).map(({ id }) => id);
    expect(ids.sort()).toEqual([...many.map(({ id }) => id), 'link'].sort());
    expect(await store.readCredential('p1', 'key-3')).toMatchObject({ kind: 'apiKey' });
    expect(await store.readCredential('p1', 'link')).toBeUndefined();
  });

  it("a record's grants, newest first", async () => {
    const grants = ['2026-01-02', '2026-01-03', '2026-01-01'].map((day, at) => ({
      ...GRANT,
      id: `${GRANT.recordId}-${at}`,
      createdAt: `${day}T00:00:00.000Z`,
    }));
    await store.commit(grants.map((grant): Change => ({ kind: 'addGrant', grant })));

    expect((await store.readGrants('test', GRANT.recordId)).map(({ id }) => id.slice(-1))).toEqual([
      '1',
      '0',
      '2',
    ]);
    expect(await store.readGrants('staging', GRANT.recordId)).toEqual([]);
    expect(await store.readGrant('test', `${GRANT.recordId}-1`)).toMatchObject({ status: 'requested' });
    expect(await store.readGrant('staging', `${GRANT.recordId}-1`)).toBeUndefined();
  });

  it('one partition of an index up or down, page by page', async () => {
    const at = (sort: string) => ({ ...entry('open', sort), recordId: `r${sort}` });
    await store.commit([
      {
        ...addRecord,
        index: [...['1', '2', '3'].map(at), { ...at('4'), partition: ['a', 'b', 'ü'] }],
      } as Change,
    ]);
    const address = {
      environment: 'staging',
      app: 'desk',
      recordType: 'job',
      view: 'open',
      index: 'all',
      partition: ['a#b', 'ü'],
    } as const;
    const read = async (descending: boolean, after?: string) => {
      const { entries, last } = await store.queryIndex(address, {
        limit: 2,
        descending,
        ...(after && { after }),
      });
      return [entries.map(({ recordId, place }) => `${recordId} at ${place}`), last];
    };

    expect(await read(false)).toEqual([['r1 at 1#r1', 'r2 at 2#r2'], '2#r2']);
    expect(await read(false, '2#r2')).toEqual([['r3 at 3#r3'], undefined]);
    expect(await read(true)).toEqual([['r3 at 3#r3', 'r2 at 2#r2'], '2#r2']);
    expect(await read(true, '2#r2')).toEqual([['r1 at 1#r1'], undefined]);
  });

  it('the register of a type part by part, each record once, and counts it', async () => {
    const ids = Array.from({ length: 25 }, (_, at) => `record-${at}`);
    await store.commit(
      ids.map((id): Change => ({ kind: 'addRecord', record: { ...RECORD, id }, index: [] })),
    );
    await store.commit([
      { kind: 'addRecord', record: { ...RECORD, id: 'other', recordType: 'task' }, index: [] },
    ]);
    const found: string[] = [];
    for (let shard = 0; shard < store.shards; shard++) {
      let after: string | undefined;
      do {
        const { ids: page, last } = await store.listRegister(RECORD, shard, {
          limit: 2,
          ...(after && { after }),
        });
        expect(page.length).toBeLessThanOrEqual(2);
        found.push(...page);
        after = last;
      } while (after);
    }

    expect(found.sort()).toEqual([...ids].sort());
    expect(await store.countRegister(RECORD)).toBe(25);
    expect(store.shards).toBe(8);
  });

  it('a rebuild without the keys that it lies under, and none where none was asked for', async () => {
    const rebuild = {
      id: 'rebuild-1',
      environment: 'test',
      app: 'desk',
      recordType: 'job',
      mode: 'all',
      status: 'requested',
      since: 1,
      done: 0,
      notBefore: AT,
      requestedAt: AT,
      requestedBy: 'u1',
      updatedAt: AT,
    } as const;
    await store.commit([{ kind: 'requestRebuild', rebuild }]);

    expect(await store.readRebuild(rebuild)).toEqual(rebuild);
    expect(await store.readRebuild({ ...rebuild, environment: 'production' })).toBeUndefined();
  });

  it('a repeated request for one day, to the millisecond', async () => {
    const request = { principalId: 'u1', key: 'a b', fingerprint: 'f', result: { recordId: 'r' }, at: NOW };
    await store.commit([{ kind: 'addRequest', request }]);

    expect(await store.readRequest('u1', 'a b', NOW + DAY * 1000 - 1)).toMatchObject(request);
    expect(await store.readRequest('u1', 'a b', NOW + DAY * 1000)).toBeUndefined();
    expect(await store.readRequest('u2', 'a b', NOW)).toBeUndefined();
  });
});

describe('the store notes', () => {
  it('that a live credential was used, and nothing of one that has ended or never was', async () => {
    await store.commit([{ kind: 'addCredential', credential: credential('access') }]);
    await store.touchCredential('p1', 'c1', NOW + 1000);
    await store.touchCredential('p1', 'never', NOW + 1000);
    await store.commit([
      {
        kind: 'endCredential',
        principalId: 'p1',
        credentialId: 'c1',
        reason: 'revoked',
        at: NOW,
        requireLive: false,
      },
    ]);
    await store.touchCredential('p1', 'c1', NOW + 2000);

    expect(await store.listCredentials('p1')).toEqual([
      expect.objectContaining({ id: 'c1', lastUsedAt: '2026-01-01T00:00:01.000Z' }),
    ]);
  });

  it('turns up to a limit, per purpose, person and window of time, and takes them back', async () => {
    const rate = { at: NOW + 59_999, windowMs: 60_000, limit: 2 };
    const take = (purpose = 'mail', who = 'ada', at = rate.at) =>
      store.takeTurn(purpose, who, { ...rate, at });

    expect([await take(), await take(), await take()]).toEqual([true, true, false]);
    expect([
      await take('sign-in'),
      await take('mail', 'eve'),
      await take('mail', 'ada', NOW + 60_000),
    ]).toEqual([true, true, true]);
    await store.returnTurn('mail', 'ada', rate);
    expect([await take(), await take()]).toEqual([true, false]);
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: table }));
    const window = NOW / 60_000;
    expect(Items.find(({ PK }) => PK === `RATE#mail#ada#${window}`)).toEqual({
      PK: `RATE#mail#ada#${window}`,
      SK: '#RATE',
      count: 2,
      // The window and one more, in seconds.
      ttl: NOW / 1000 + 120,
    });
  });

  it('no turn that was taken back more often than it was taken', async () => {
    const rate = { at: NOW, windowMs: 60_000, limit: 1 };
    await store.takeTurn('mail', 'ada', rate);
    await store.returnTurn('mail', 'ada', rate);
    await expect(store.returnTurn('mail', 'ada', rate)).rejects.toThrow('conditional request failed');

    expect([await store.takeTurn('mail', 'ada', rate), await store.takeTurn('mail', 'ada', rate)]).toEqual([
      true,
      false,
    ]);
  });
});

describe('the journal', () => {
  it('finds all events of a day in an environment, and those of the site apart', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `record-${at}`);
    const events = ids.map((recordId) => recordEvent(1, { recordId, at: '2026-01-01T23:59:59.999Z' }));
    const other = [
      recordEvent(2, { at: '2026-01-02T00:00:00.000Z' }),
      recordEvent(3, { environment: 'production' }),
    ];
    const ofSite = ['e1', 'e2', 'e3'].map((id) => siteEvent(id, AT));
    await store.commit([...events, ...other].map((event): Change => ({ kind: 'addEvent', event })));
    await store.commit(
      [...ofSite, siteEvent('e4', '2026-01-02T00:00:00.000Z')].map(
        (event): Change => ({ kind: 'addDesignEvent', event }),
      ),
    );
    const byRecord = (a: RecordEvent, b: RecordEvent) => (a.recordId < b.recordId ? -1 : 1);

    expect((await journal.eventsOf('staging', '2026-01-01')).sort(byRecord)).toEqual(events.sort(byRecord));
    const found = await journal.designEventsOf('2026-01-01');
    expect(found.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(ofSite);
  });

  it('is read whole, however much is in a day', async () => {
    const before = { text: 'x'.repeat(90_000) };
    for (let number = 1; number <= 15; number++)
      await store.commit([{ kind: 'addEvent', event: recordEvent(number, { before }) }]);

    expect(await journal.eventsOf('staging', '2026-01-01')).toHaveLength(15);
    expect(await journal.recordEvents('staging', RECORD.id)).toHaveLength(15);
  });

  it('seals a day once, and lists seals oldest first, of one part only', async () => {
    const seal = (day: string, environment: 'test' | 'site' = 'test') =>
      ({ environment, day, mac: `mac ${day}` }) as never;
    for (const day of ['2026-01-02', '2026-01-01']) await journal.putSeal(seal(day));
    await journal.putSeal(seal('2026-01-01', 'site'));

    await expect(journal.putSeal(seal('2026-01-01'))).rejects.toThrow('conditional request failed');
    expect(await journal.seals('test')).toEqual([seal('2026-01-01'), seal('2026-01-02')]);
  });
});
