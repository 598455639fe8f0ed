import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Change, OutboxEntry } from '../../../core/changes.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import type { RecordEvent } from '../../../core/journal/event.ts';
import type { Rebuild } from '../../../core/lists/rebuild.ts';
import type { Credential, Principal } from '../../../core/principals.ts';
import type { Store } from '../../../core/store.ts';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import { type LocalTables, startLocalTables } from '../../support/local-table.ts';
import {
  ADA,
  AT,
  addAda,
  addGrant,
  addRecord,
  changeGrant,
  credential,
  DAY,
  entry,
  GRANT,
  GUEST,
  LATER,
  NOW,
  RECORD,
  RECORD_ID,
  ROBOT,
  SECONDS,
} from './fixtures.ts';

let tables: LocalTables;
beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);
afterAll(() => tables?.stop());

/** The whole table after these transactions and other writes, in order of its keys. */
async function rowsAfter(
  ...steps: (Change[] | ((store: Store) => Promise<void>))[]
): Promise<Record<string, unknown>[]> {
  const table = await tables.create();
  const store = createStore(tables.client, table);
  for (const step of steps) await (Array.isArray(step) ? store.commit(step) : step(store));
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: table }));
  return Items.sort((a, b) => (`${a.PK} ${a.SK}` < `${b.PK} ${b.SK}` ? -1 : 1));
}

const adaRow = { PK: 'PRINCIPAL#u1', SK: '#PRINCIPAL', ...ADA };
const adaEmail = { PK: 'EMAIL#ada@example.org', SK: '#EMAIL', principalId: 'u1' };
const adaEntry = {
  PK: 'DIRECTORY#users',
  SK: 'ada king#u1',
  id: 'u1',
  type: 'user',
  name: 'Ada King',
  email: 'Ada@Example.org',
  roles: ['staff', 'Owner'],
};
const held = (role: string, holders: number) => ({ PK: `ROLE#${role}`, SK: '#ROLE', holders });

describe('people in the table', () => {
  it('are a principal, a unique email, an entry in the directory, and one holder more of each role', async () => {
    expect(await rowsAfter([addAda])).toEqual([
      adaEntry,
      adaEmail,
      adaRow,
      held('Owner', 1),
      held('staff', 1),
    ]);
  });

  it('robots stand among the machines under their name in its plain form; token users have no entry and are not counted', async () => {
    expect(
      await rowsAfter([
        { kind: 'addPrincipal', principal: ROBOT },
        { kind: 'addPrincipal', principal: GUEST },
      ]),
    ).toEqual([
      {
        PK: 'DIRECTORY#machines',
        SK: 'robot#b1',
        id: 'b1',
        type: 'robot',
        name: 'Ｒobot',
        roles: ['staff'],
      },
      { PK: 'PRINCIPAL#b1', SK: '#PRINCIPAL', ...ROBOT },
      { PK: 'PRINCIPAL#t1', SK: '#PRINCIPAL', ...GUEST },
      held('staff', 1),
    ]);
  });

  it('whose name and roles change move in the directory, and are counted where they are now', async () => {
    const after = { ...ADA, name: 'Ada Lovelace', roles: ['Owner', 'editor'], version: 2 };

    expect(await rowsAfter([addAda], [{ kind: 'updateAccount', before: ADA, after }])).toEqual([
      { ...adaEntry, SK: 'ada lovelace#u1', name: 'Ada Lovelace', roles: ['Owner', 'editor'] },
      adaEmail,
      { ...adaRow, ...after },
      held('Owner', 1),
      held('editor', 1),
      held('staff', 0),
    ]);
  });

  it('who keep their name stay at their place, with what is new there', async () => {
    const after = { ...ADA, email: 'ada@example.org', version: 2 };

    expect(await rowsAfter([addAda], [{ kind: 'updateAccount', before: ADA, after }])).toEqual([
      { ...adaEntry, email: 'ada@example.org' },
      adaEmail,
      { ...adaRow, ...after },
      held('Owner', 1),
      held('staff', 1),
    ]);
  });

  it('who are deleted leave a tombstone for ninety days, and nothing that says who they were', async () => {
    const other: Principal = { ...ADA, id: 'u2', name: 'Eve', email: 'eve@example.org', roles: ['Owner'] };
    const rows = await rowsAfter(
      [addAda, { kind: 'addUser', principal: other, email: 'eve@example.org' }],
      [{ kind: 'endAccount', principal: ADA, at: NOW + 500 }],
    );

    expect(rows.filter(({ PK }) => !/eve|u2/.test(`${PK}`)).filter(({ SK }) => SK !== 'eve#u2')).toEqual([
      {
        PK: 'PRINCIPAL#u1',
        SK: '#PRINCIPAL',
        id: 'u1',
        deletedAt: '2026-01-01T00:00:00.500Z',
        ttl: SECONDS + 90 * DAY,
      },
      held('Owner', 1),
      held('staff', 0),
    ]);
  });

  it('the keys of a service account are counted, the first as the second', async () => {
    const account: Principal = { ...ROBOT, id: 's1', type: 'serviceAccount', name: 'Sync' };
    const made = { ...account, keysMade: 1 };
    const rows = await rowsAfter(
      [{ kind: 'addPrincipal', principal: account }],
      [{ kind: 'countKey', account }],
      [{ kind: 'countKey', account: made }],
    );

    expect(rows[1]).toEqual({ PK: 'PRINCIPAL#s1', SK: '#PRINCIPAL', ...account, keysMade: 2 });
  });

  it('a token user becomes what its record says, and in the end a tombstone', async () => {
    const set = { name: 'Bobby', email: 'bob@example.org' };
    const changed: Change = { kind: 'changePrincipal', principalId: 't1', set };

    expect(await rowsAfter([{ kind: 'addPrincipal', principal: GUEST }], [changed])).toEqual([
      { PK: 'PRINCIPAL#t1', SK: '#PRINCIPAL', ...GUEST, ...set },
    ]);
    expect(
      await rowsAfter(
        [{ kind: 'addPrincipal', principal: GUEST }],
        [{ kind: 'endPrincipal', principalId: 't1', at: NOW }],
      ),
    ).toEqual([{ PK: 'PRINCIPAL#t1', SK: '#PRINCIPAL', id: 't1', deletedAt: AT, ttl: SECONDS + 90 * DAY }]);
  });
});

describe('credentials in the table', () => {
  const over = SECONDS + 30 * DAY;

  it.each<[Credential['kind'], string, number]>([
    ['access', 'CREDENTIAL#c1', over + 90 * DAY],
    ['apiKey', 'CREDENTIAL#c1', over + 90 * DAY],
    ['session', 'CREDENTIAL#c1', over + DAY],
    ['signIn', 'SIGNIN#c1', over + DAY],
  ])(
    'of the kind %s lie where they are looked up, and go some time after they have expired',
    async (kind, SK, ttl) => {
      expect(await rowsAfter([{ kind: 'addCredential', credential: credential(kind) }])).toEqual([
        { PK: 'PRINCIPAL#p1', SK, ...credential(kind), ttl },
      ]);
    },
  );

  it('that are extended are kept as much longer', async () => {
    const expiresAt = LATER + 7 * DAY * 1000;
    const rows = await rowsAfter(
      [{ kind: 'addCredential', credential: credential('access') }],
      [{ kind: 'extendCredential', principalId: 'p1', credentialId: 'c1', expiresAt, at: NOW }],
    );

    expect(rows).toEqual([
      {
        PK: 'PRINCIPAL#p1',
        SK: 'CREDENTIAL#c1',
        ...credential('access'),
        expiresAt,
        ttl: over + 97 * DAY,
      },
    ]);
  });

  it.each([false, true])(
    'that are ended twice keep the first time and reason (link to sign in: %s)',
    async (signInLink) => {
      const end = (at: number, reason: string): Change => ({
        kind: 'endCredential',
        principalId: 'p1',
        credentialId: 'c1',
        reason,
        at,
        requireLive: false,
        ...(signInLink && { signInLink }),
      });
      const [row] = await rowsAfter(
        [{ kind: 'addCredential', credential: credential(signInLink ? 'signIn' : 'access') }],
        [end(NOW + 1000, 'revoked')],
        [end(NOW + 2000, 'completed')],
      );

      expect(row).toMatchObject({
        SK: signInLink ? 'SIGNIN#c1' : 'CREDENTIAL#c1',
        endedAt: '2026-01-01T00:00:01.000Z',
        endReason: 'revoked',
      });
    },
  );
});

const indexRow = (view: string, sort: string) => ({
  PK: `INDEX#staging#desk#job#${view}#all#a%23b#%C3%BC`,
  SK: `${sort}#record-1`,
  recordId: 'record-1',
  ...entry(view, sort).projection,
});
const recordRow = { PK: 'RECORD#staging#record-1', SK: '#RECORD', ...RECORD };
const registerRow = { PK: 'REGISTER#staging#desk#job#5', SK: 'record-1' };
describe('records in the table', () => {
  it('are a head, a place in the register of their type, and an item for each index', async () => {
    expect(await rowsAfter([addRecord])).toEqual([
      indexRow('mine', '2'),
      indexRow('open', '1'),
      recordRow,
      registerRow,
    ]);
  });

  it.each(['updateRecord', 'reindexRecord'] as const)('move in their indexes by %s', async (kind) => {
    const record = { ...RECORD, version: 2, layout: 'layout-2' };
    const rows = await rowsAfter(
      [addRecord],
      [
        {
          kind,
          record,
          expectedVersion: 1,
          indexRemove: [entry('open', '1'), entry('mine', '2')],
          indexPut: [entry('open', '3')],
        },
      ],
    );

    expect(rows).toEqual([indexRow('open', '3'), { ...recordRow, ...record }, registerRow]);
  });

  it('that are deleted are gone, or stay as long as they can be restored; no list finds them', async () => {
    const removal: Change = {
      kind: 'removeRecord',
      record: { ...RECORD, version: 2, deletedAt: AT },
      expectedVersion: 1,
      indexRemove: [entry('open', '1'), entry('mine', '2')],
    };

    expect(await rowsAfter([addRecord], [removal])).toEqual([]);
    expect(await rowsAfter([addRecord], [{ ...removal, purgeAt: LATER }])).toEqual([
      { ...recordRow, version: 2, deletedAt: AT, ttl: SECONDS + 30 * DAY },
    ]);
  });

  it('have events that stand in the journal of their day, too', async () => {
    const event: RecordEvent = {
      environment: 'staging',
      recordId: 'record-1',
      number: 12,
      at: '2026-01-01T23:59:59.999Z',
      app: 'desk',
      recordType: 'job',
      operation: 'edit',
      actor: { id: 'u1', type: 'user', name: 'Ada' },
      before: {},
      after: {},
      keyId: '0001',
      mac: 'mac-12',
    };

    expect(await rowsAfter([{ kind: 'addEvent', event }])).toEqual([
      {
        PK: 'RECORD#staging#record-1',
        SK: 'EVENT#00000012',
        ...event,
        GSI2PK: 'JOURNAL#staging#2026-01-01#5',
        GSI2SK: '2026-01-01T23:59:59.999Z#record-1#00000012',
      },
    ]);
  });

  it('count an event that changes nothing of theirs', async () => {
    const counted: Change = {
      kind: 'countEvent',
      environment: 'staging',
      recordId: 'record-1',
      expectedVersion: 1,
      expectedEventCount: 1,
      set: { eventCount: 2, eventMac: 'mac-2' },
    };

    expect((await rowsAfter([addRecord], [counted]))[2]).toEqual({
      ...recordRow,
      eventCount: 2,
      eventMac: 'mac-2',
    });
  });
});

describe('what else is in the table', () => {
  it('is a change of the site, in order of time, and in the journal of its day', async () => {
    const event: DesignEvent = {
      id: 'event-1',
      at: AT,
      action: 'create',
      subject: { type: 'app', id: 'desk', name: 'Desk' },
      actor: { id: 'u1', type: 'user', name: 'Ada' },
      keyId: '0001',
      mac: 'mac',
    };

    expect(await rowsAfter([{ kind: 'addDesignEvent', event }])).toEqual([
      {
        PK: 'DESIGN',
        SK: `${AT}#event-1`,
        ...event,
        GSI2PK: 'JOURNAL#site#2026-01-01#6',
        GSI2SK: `${AT}#event-1#00000001`,
      },
    ]);
  });

  it('is what must follow, spread, oldest first', async () => {
    const outbox: OutboxEntry = {
      id: 'outbox-1',
      createdAt: AT,
      action: { type: 'startGrant', environment: 'test', grantId: 'g' },
    };

    expect(await rowsAfter([{ kind: 'addOutbox', entry: outbox }])).toEqual([
      { PK: 'OUTBOX#1', SK: `${AT}#outbox-1`, ...outbox },
    ]);
  });

  it('is a repeated request for a day, under a key that cannot be taken for another', async () => {
    const request = {
      principalId: 'u1',
      key: 'a#b/c',
      fingerprint: 'f',
      result: { recordId: 'r' },
      at: NOW + 999,
    };

    expect(await rowsAfter([{ kind: 'addRequest', request }])).toEqual([
      { PK: 'REQUEST#u1#a%23b%2Fc', SK: '#REQUEST', ...request, ttl: SECONDS + DAY },
    ]);
  });

  it('is the last rebuild of a type: a new one takes its place, what had been built stays built', async () => {
    const rebuild: Rebuild = {
      id: 'rebuild-1',
      environment: 'test',
      app: 'desk',
      recordType: 'job',
      mode: 'outdated',
      status: 'requested',
      since: 4,
      done: 0,
      notBefore: AT,
      requestedAt: AT,
      requestedBy: 'u1',
      updatedAt: AT,
    };
    const next: Rebuild = { ...rebuild, id: 'rebuild-2', since: 5 };

    const finished = { status: 'finished', built: 4, done: 9, known: 9, finishedAt: AT } as const;
    const wanted = { PK: 'REBUILD#test#desk#job', SK: '#REBUILD', ...rebuild };

    expect(
      await rowsAfter(
        [{ kind: 'requestRebuild', rebuild }],
        (store) => store.changeRebuild(rebuild, 'rebuild-1', finished),
        // Of another rebuild, which was requested before.
        (store) => store.changeRebuild(rebuild, 'rebuild-0', { status: 'failed' }),
      ),
    ).toEqual([{ ...wanted, ...finished }]);
    expect(
      await rowsAfter(
        [{ kind: 'requestRebuild', rebuild }],
        (store) => store.changeRebuild(rebuild, 'rebuild-1', finished),
        [{ kind: 'requestRebuild', rebuild: next }],
      ),
    ).toEqual([{ ...wanted, ...next, built: 4 }]);
  });
});

describe('grants in the table', () => {
  const row = {
    PK: `RECORD#test#${RECORD_ID}`,
    SK: `GRANT#${RECORD_ID}-abc`,
    ...GRANT,
    GSI1PK: 'LIVE#5',
    GSI1SK: `${AT}#test#${RECORD_ID}-abc`,
  };
  it('lie with their record, and among the open ones by when the reaper looks at them', async () => {
    expect(await rowsAfter([addGrant])).toEqual([row]);
  });

  it('are looked at when their new time has come, and note what was done', async () => {
    const step = { at: AT, step: 'CreateToken', outcome: 'done' as const };
    const dueAt = NOW + 5_000;

    expect(
      await rowsAfter(
        [addGrant],
        [changeGrant({ set: { status: 'live', credentialId: 'c1', dueAt }, step })],
        [changeGrant({ set: { remindedAt: AT }, step: { ...step, step: 'Remind' } })],
      ),
    ).toEqual([
      {
        ...row,
        status: 'live',
        credentialId: 'c1',
        remindedAt: AT,
        dueAt,
        GSI1SK: `2026-01-01T00:00:05.000Z#test#${RECORD_ID}-abc`,
        steps: [step, { ...step, step: 'Remind' }],
      },
    ]);
  });

  it.each(['ended', 'failed'] as const)('that have %s are open no longer', async (status) => {
    const { GSI1PK: _, GSI1SK: __, ...closed } = row;

    expect(
      await rowsAfter([addGrant], [changeGrant({ set: { status, endReason: 'failed', endedAt: AT } })]),
    ).toEqual([{ ...closed, status, endReason: 'failed', endedAt: AT }]);
  });

  it('keep their last fifty steps', async () => {
    const step = (number: number) => ({ at: AT, step: `Step${number}`, outcome: 'done' as const });
    const steps = Array.from({ length: 50 }, (_, number) => step(number));
    const [after49] = await rowsAfter(
      [{ kind: 'addGrant', grant: { ...GRANT, steps: steps.slice(0, 49) } }],
      [changeGrant({ set: { remindedAt: AT }, step: step(49), stepsRead: steps.slice(0, 49) })],
    );
    const [after50] = await rowsAfter(
      [{ kind: 'addGrant', grant: { ...GRANT, steps } }],
      [changeGrant({ set: { remindedAt: AT }, step: step(50), stepsRead: steps })],
    );

    expect(after49?.steps).toEqual(steps);
    expect(after50?.steps).toEqual([...steps.slice(1), step(50)]);
  });
});
