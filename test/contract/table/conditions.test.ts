import type { Change } from '../../../core/changes.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { Principal } from '../../../core/principals.ts';
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
  ROBOT,
} from './fixtures.ts';

let tables: LocalTables;
beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);
afterAll(() => tables?.stop());

const HELD = 'is written';

/** What becomes of the last transaction after the ones before. */
async function answerTo(...transactions: Change[][]): Promise<string> {
  const store: Store = createStore(tables.client, await tables.create());
  const last = transactions.pop() ?? [];
  for (const changes of transactions) await store.commit(changes);
  try {
    await store.commit(last);
    return HELD;
  } catch (error) {
    if (error instanceof DaypassError) return error.code;
    throw error;
  }
}

type Row = [title: string, before: Change[][], last: Change[], answer: string];

const eve: Principal = { ...ADA, id: 'u2', name: 'Eve', email: 'eve@example.org' };
const addEve: Change = { kind: 'addUser', principal: eve, email: 'eve@example.org' };
const update = (before: Principal, more: Partial<Principal>): Change => ({
  kind: 'updateAccount',
  before,
  after: { ...before, version: (before.version ?? 1) + 1, ...more },
});
const endAda: Change = { kind: 'endAccount', principal: ADA, at: NOW };
const ada2 = { ...ADA, version: 2 };
const guestGone: Change = { kind: 'endPrincipal', principalId: 't1', at: NOW };
const rename: Change = { kind: 'changePrincipal', principalId: 't1', set: { name: 'Bobby' } };
const account: Principal = { ...ROBOT, id: 's1', type: 'serviceAccount', version: 2 };
const addAccount: Change = { kind: 'addPrincipal', principal: account };
const countKey = (more: Partial<Principal> = {}): Change => ({
  kind: 'countKey',
  account: { ...account, ...more },
});

const PEOPLE: Row[] = [
  [
    'a user with an id that somebody has',
    [[addAda]],
    [{ ...addEve, principal: { ...eve, id: 'u1' } } as Change],
    'ALREADY_EXISTS',
  ],
  [
    'a user with an email that somebody has in other letters',
    [[addAda]],
    [{ ...addEve, email: 'ADA@example.ORG' } as Change],
    'EMAIL_TAKEN',
  ],
  [
    'a user with an email that was given up',
    [[addAda, addEve], [endAda]],
    [{ kind: 'addUser', principal: { ...ADA, id: 'u3' }, email: 'ada@example.org' }],
    HELD,
  ],
  ['a user with the id of somebody who is gone', [[addAda, addEve], [endAda]], [addAda], 'ALREADY_EXISTS'],
  [
    'a robot twice',
    [[{ kind: 'addPrincipal', principal: ROBOT }]],
    [{ kind: 'addPrincipal', principal: ROBOT }],
    'ALREADY_EXISTS',
  ],
  ['a change of an account as it is', [[addAda]], [update(ADA, { profiles: ['x'] })], HELD],
  [
    'a change of an account as it was one change ago',
    [[addAda], [update(ADA, {})]],
    [update(ADA, {})],
    'VERSION_MISMATCH',
  ],
  ['a change of an account that changed before', [[addAda], [update(ADA, {})]], [update(ada2, {})], HELD],
  ['a change of an account as nobody has read it', [[addAda]], [update(ada2, {})], 'VERSION_MISMATCH'],
  [
    'a change of an account that is gone',
    [[addAda, addEve], [endAda]],
    [update(ADA, {})],
    'VERSION_MISMATCH',
  ],
  ['a change of an account that never was', [], [update({ ...ROBOT }, {})], 'VERSION_MISMATCH'],
  [
    'the end of an account that changed meanwhile',
    [[addAda, addEve], [update(ADA, {})]],
    [endAda],
    'VERSION_MISMATCH',
  ],
  ['the end of an account that is gone', [[addAda, addEve], [endAda]], [endAda], 'VERSION_MISMATCH'],
  ['the last owner who stays one', [[addAda]], [update(ADA, { roles: ['Owner'] })], HELD],
  ['the last owner who is one no longer', [[addAda]], [update(ADA, { roles: ['staff'] })], 'LAST_OWNER'],
  ['the last owner who goes', [[addAda]], [endAda], 'LAST_OWNER'],
  ['one owner of two who goes', [[addAda, addEve]], [endAda], HELD],
  [
    'both owners who are demoted at once',
    [[addAda, addEve]],
    [update(ADA, { roles: [] }), update(eve, { roles: [] })],
    'LAST_OWNER',
  ],
  [
    'an owner who hands the role on',
    [[addAda], [{ ...addEve, principal: { ...eve, roles: [] } } as Change]],
    [update(ADA, { roles: [] }), update({ ...eve, roles: [] }, { roles: ['Owner'] })],
    HELD,
  ],
  ['a key of an account as it is', [[addAccount]], [countKey()], HELD],
  ['a key that was made at the same time as another', [[addAccount], [countKey()]], [countKey()], 'CONFLICT'],
  ['a second key', [[addAccount], [countKey()]], [countKey({ keysMade: 1 })], HELD],
  [
    'a third key that saw one only',
    [[addAccount], [countKey()], [countKey({ keysMade: 1 })]],
    [countKey({ keysMade: 1 })],
    'CONFLICT',
  ],
  [
    'a key of an account that changed meanwhile',
    [[addAccount], [update(account, {})]],
    [countKey()],
    'CONFLICT',
  ],
  [
    'a key of an account that is gone',
    [[addAccount], [{ kind: 'endAccount', principal: account, at: NOW }]],
    [countKey()],
    'CONFLICT',
  ],
  [
    'a token user who is what the record says',
    [[{ kind: 'addPrincipal', principal: GUEST }]],
    [rename],
    HELD,
  ],
  ['a change of a token user who never was', [], [rename], 'NOT_FOUND'],
  [
    'a change of a token user who is gone',
    [[{ kind: 'addPrincipal', principal: GUEST }], [guestGone]],
    [rename],
    'NOT_FOUND',
  ],
  [
    'a token user who comes back by a retry',
    [[{ kind: 'addPrincipal', principal: GUEST }], [guestGone]],
    [{ kind: 'addPrincipal', principal: GUEST }],
    'ALREADY_EXISTS',
  ],
];

const pass = credential('access');
const addPass: Change = { kind: 'addCredential', credential: pass };
const by = { principalId: 'p1', credentialId: 'c1' };
const live = (at: number): Change => ({ kind: 'requireLive', ...by, at });
const extend = (at: number): Change => ({
  kind: 'extendCredential',
  ...by,
  expiresAt: LATER + DAY * 1000,
  at,
});
const end = (at: number, requireLive: boolean): Change => ({
  kind: 'endCredential',
  ...by,
  reason: 'revoked',
  at,
  requireLive,
});
const mark: Change = { kind: 'addPrincipal', principal: GUEST };

const CREDENTIALS: Row[] = [
  ['a credential twice', [[addPass]], [addPass], 'ALREADY_EXISTS'],
  ...(
    [
      ['a write with', (at: number) => [live(at), mark]],
      ['a longer life for', (at: number) => [extend(at)]],
      ['the use of', (at: number) => [end(at, true)]],
      ['a write that uses up', (at: number) => [live(at), end(at, false)]],
    ] as const
  ).flatMap(([what, change]): Row[] => [
    [`${what} a pass one millisecond before its end`, [[addPass]], change(LATER - 1), HELD],
    [`${what} a pass at its very end`, [[addPass]], change(LATER), 'PASS_ENDED'],
    [`${what} a pass after its end`, [[addPass]], change(LATER + 1), 'PASS_ENDED'],
    [`${what} a pass that was ended`, [[addPass], [end(NOW, false)]], change(NOW), 'PASS_ENDED'],
    [`${what} a pass that never was`, [], change(NOW), 'PASS_ENDED'],
  ]),
  ['the end of a pass that has expired', [[addPass]], [end(LATER + 1, false)], HELD],
  ['the end of a pass that never was', [], [end(NOW, false)], 'NOT_FOUND'],
  [
    'the end of a link to sign in that is a pass',
    [[addPass]],
    [{ ...end(NOW, false), signInLink: true } as Change],
    'NOT_FOUND',
  ],
];

const written = {
  record: { ...RECORD, version: 2, eventCount: 2 },
  expectedVersion: 1,
  indexRemove: [],
  indexPut: [],
};
const edit = (more: object = {}): Change => ({ kind: 'updateRecord', ...written, ...more });
const reindex = (more: object = {}): Change => ({
  kind: 'reindexRecord',
  ...written,
  record: { ...RECORD, layout: 'layout-2' },
  ...more,
});
const removal = (more: object = {}): Change => ({ kind: 'removeRecord', ...written, ...more });
const laidOut = reindex();
const count = (more: object = {}): Change => ({
  kind: 'countEvent',
  environment: 'staging',
  recordId: RECORD.id,
  expectedVersion: 1,
  expectedEventCount: 1,
  set: { eventCount: 2, eventMac: 'mac-2' },
  ...more,
});

const RECORDS: Row[] = [
  ['a record twice', [[addRecord]], [addRecord], 'ALREADY_EXISTS'],
  ...(
    [
      ['a change', edit],
      ['new indexes', reindex],
      ['the removal', removal],
      ['the deletion', (more?: object) => removal({ purgeAt: LATER, ...more })],
    ] as const
  ).flatMap(([what, change]): Row[] => [
    [`${what} of a record as it is`, [[addRecord]], [change()], HELD],
    [`${what} of a record that changed meanwhile`, [[addRecord], [edit()]], [change()], 'VERSION_MISMATCH'],
    [`${what} of a record that is gone`, [[addRecord], [removal()]], [change()], 'VERSION_MISMATCH'],
    [
      `${what} of a record that was indexed anew meanwhile`,
      [[addRecord], [laidOut]],
      [change()],
      'VERSION_MISMATCH',
    ],
    [
      `${what} of a record in its present layout`,
      [[addRecord], [laidOut]],
      [change({ expectedLayout: 'layout-2' })],
      HELD,
    ],
    [
      `${what} of a record in a layout that it has not`,
      [[addRecord], [laidOut]],
      [change({ expectedLayout: 'layout-1' })],
      'VERSION_MISMATCH',
    ],
  ]),
  ['a change of a record that has counted an event meanwhile', [[addRecord], [count()]], [edit()], HELD],
  [
    'new indexes of a record that has counted an event meanwhile',
    [[addRecord], [count()]],
    [reindex()],
    'VERSION_MISMATCH',
  ],
  ['an event of a record as it is', [[addRecord]], [count()], HELD],
  [
    'an event of a record that changed meanwhile',
    [[addRecord], [edit()]],
    [count({ expectedEventCount: 2 })],
    'VERSION_MISMATCH',
  ],
  ['an event beside another one', [[addRecord], [count()]], [count()], 'VERSION_MISMATCH'],
  [
    'an event of a record that was deleted',
    [[addRecord], [removal({ purgeAt: LATER, record: { ...RECORD, deletedAt: AT } })]],
    [count()],
    'VERSION_MISMATCH',
  ],
  ['an index item a second time', [[addRecord]], [edit({ indexPut: [entry('open', '1')] })], HELD],
];

const step = { at: AT, step: 'Remind', outcome: 'done' as const };
const manySteps = Array.from({ length: 50 }, () => step);
const DUE = changeGrant({ set: { dueAt: NOW, expiresAt: LATER } });
const GRANTS: Row[] = [
  ['a grant twice', [[addGrant]], [addGrant], 'ALREADY_EXISTS'],
  [
    'a change of a grant in the first of its states',
    [[addGrant]],
    [changeGrant({ set: { remindedAt: AT } })],
    HELD,
  ],
  [
    'a change of a grant in the second of its states',
    [[addGrant], [changeGrant({ set: { status: 'live' } })]],
    [changeGrant({ set: { remindedAt: AT } })],
    HELD,
  ],
  [
    'a change of a grant in another state',
    [[addGrant], [changeGrant({ set: { status: 'ending' } })]],
    [changeGrant({ set: { remindedAt: AT } })],
    'CONFLICT',
  ],
  ['a change of a grant that never was', [], [changeGrant({ set: { remindedAt: AT } })], 'CONFLICT'],
  ...(['dueBy', 'expiredBy'] as const).flatMap((which): Row[] => {
    const moment = which === 'dueBy' ? NOW : LATER;
    return [
      [
        `the end of a grant at the very moment of its ${which}`,
        [[addGrant], [DUE]],
        [changeGrant({ set: { status: 'ended' }, [which]: moment })],
        HELD,
      ],
      [
        `the end of a grant before its ${which}`,
        [[addGrant], [DUE]],
        [changeGrant({ set: { status: 'ended' }, [which]: moment - 1 })],
        'CONFLICT',
      ],
      [
        `the end of a grant after its ${which}`,
        [[addGrant], [DUE]],
        [changeGrant({ set: { status: 'ended' }, [which]: moment + 1 })],
        HELD,
      ],
    ];
  }),
  [
    'a longer life for a grant that ends when it did',
    [[addGrant], [DUE]],
    [changeGrant({ set: { expiresAt: LATER + 1 }, expiresAt: LATER })],
    HELD,
  ],
  [
    'a longer life for a grant that ends later by now',
    [[addGrant], [DUE]],
    [changeGrant({ set: { expiresAt: LATER + 1 }, expiresAt: LATER - 1 })],
    'CONFLICT',
  ],
  [
    'a step of a grant that has as many as were read',
    [[{ kind: 'addGrant', grant: { ...GRANT, steps: manySteps } }]],
    [changeGrant({ set: { remindedAt: AT }, step, stepsRead: manySteps })],
    HELD,
  ],
  [
    'a step of a grant that has one more by now',
    [[{ kind: 'addGrant', grant: { ...GRANT, steps: [...manySteps, step] } }]],
    [changeGrant({ set: { remindedAt: AT }, step, stepsRead: manySteps })],
    'CONFLICT',
  ],
];

const request = { principalId: 'u1', key: 'k', fingerprint: 'f', result: { recordId: 'r' }, at: NOW };
const again = (at: number): Change => ({ kind: 'addRequest', request: { ...request, at } });
const event = {
  kind: 'addEvent' as const,
  event: {
    environment: 'test' as const,
    recordId: 'r',
    number: 1,
    at: AT,
    app: 'desk',
    recordType: 'job',
    operation: 'add',
    actor: { id: 'u1', type: 'user', name: 'Ada' },
    before: {},
    after: {},
    keyId: '1',
    mac: 'm',
  },
};
const designEvent: Change = {
  kind: 'addDesignEvent',
  event: {
    id: 'e',
    at: AT,
    action: 'create',
    subject: { type: 'app', id: 'a', name: 'A' },
    actor: event.event.actor,
    keyId: '1',
    mac: 'm',
  },
};
const outbox: Change = {
  kind: 'addOutbox',
  entry: { id: 'o', createdAt: AT, action: { type: 'startGrant', environment: 'test', grantId: 'g' } },
};
const OTHERS: Row[] = [
  ['a request within its day', [[again(NOW)]], [again(NOW + DAY * 1000 - 1)], 'CONFLICT'],
  ['a request after its day', [[again(NOW)]], [again(NOW + DAY * 1000)], HELD],
  ['an event of a record twice', [[event]], [event], 'CONFLICT'],
  ['a change of the site twice', [[designEvent]], [designEvent], 'CONFLICT'],
  ['what must follow twice', [[outbox]], [outbox], 'CONFLICT'],
  ['nothing', [], [], HELD],
  // Whoever holds a pass that has ended learns that, and not what the record is like.
  [
    'a record that is there already, with a pass that has ended',
    [[addRecord]],
    [addRecord, live(NOW)],
    'PASS_ENDED',
  ],
];

describe('the table', () => {
  it.each(
    [...PEOPLE, ...CREDENTIALS, ...RECORDS, ...GRANTS, ...OTHERS].map(
      ([title, before, last, answer]) => [answer, title, before, last] as const,
    ),
  )('answers “%s” to %s', async (answer, _, before, last) => {
    expect(await answerTo(...before, last)).toBe(answer);
  });
});
