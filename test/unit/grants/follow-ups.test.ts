import type { LinkedOperation } from '../../../core/apps/published.ts';
import { mayRunAgain, runTaskAgain } from '../../../core/grants/again.ts';
import { endChanges } from '../../../core/grants/end-changes.ts';
import { addFollowUps, canBeDone } from '../../../core/grants/follow-ups.ts';
import { type Grant, grantId, overdueAfter, recordIdOfGrant } from '../../../core/grants/grant.ts';
import { moveEnd } from '../../../core/grants/moved-end.ts';
import { originOf } from '../../../core/grants/origin.ts';
import type { Caller } from '../../../core/ports.ts';
import type { Plan } from '../../../core/records/plan.ts';
import type { StoredRecord, Values } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { DAY_MS, iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const MINUTE_MS = 60_000;
const ORDER = 'order'.padEnd(22, '0');
const ANA = 'ana'.padEnd(22, '0');
const PASS = 'pass'.padEnd(22, '0');
const day = (days: number) => iso(NOON + days * DAY_MS).slice(0, 10);
const midnightAfter = (days: number) => Date.parse(`${day(days)}T00:00:00Z`) + DAY_MS;

/** What an operation on the work order, as it is and with other values, makes follow. */
async function followed(
  desk: PassDesk,
  operation: string,
  values: Values = {},
  session: Session = desk.session('dana'),
) {
  const before = desk.records.get(ORDER) as StoredRecord;
  const after = { ...before, values: { ...before.values, ...values }, version: before.version + 1 };
  const linked = desk.type.operations.get(operation) as LinkedOperation;
  const plan: Plan = { operation: linked, before, after, runtimeValues: {}, changes: [] };
  await addFollowUps(session, plan);
  return { changes: plan.changes, after };
}

const killed = (reason: string) => ({
  kind: 'endCredential',
  principalId: ANA,
  credentialId: PASS,
  reason,
  at: NOON,
  requireLive: false,
});

const marked = (grant: Grant, reason: string, more: object = {}) => ({
  kind: 'changeGrant',
  environment: 'production',
  grantId: grant.id,
  from: [grant.status],
  set: {
    status: 'ending',
    endReason: reason,
    ...(grant.expiresAt !== undefined && { expiresAt: grant.expiresAt }),
    dueAt: NOON + 10 * MINUTE_MS,
    ...more,
  },
});

const outbox = (type: string, grant: string) => ({
  kind: 'addOutbox',
  entry: {
    id: expect.any(String),
    createdAt: iso(NOON),
    action: { type, environment: 'production', grantId: grant },
  },
});

const wake = (grant: Grant) => outbox('wakeGrant', grant.id);

/** A new grant of the work order, and what starts its workflow. */
const opened = (id: string | undefined, createdBy = 'dana') => [
  {
    kind: 'addGrant',
    grant: {
      id,
      environment: 'production',
      recordId: ORDER,
      app: 'work-orders',
      recordType: 'work-order',
      operation: 'add',
      task: 'create-contractor-token',
      status: 'requested',
      createdAt: iso(NOON),
      createdBy,
      steps: [],
      dueAt: NOON + 60 * MINUTE_MS,
    },
  },
  {
    kind: 'addOutbox',
    entry: {
      id,
      createdAt: iso(NOON),
      action: { type: 'startGrant', environment: 'production', grantId: id },
    },
  },
];

describe('what an operation means for the pass of its record', () => {
  it('[D9] completing ends the token now, once, and wakes the workflow, which is told by which task', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    const { changes } = await followed(desk, 'complete');
    expect(changes).toEqual([
      killed('completed'),
      marked(grant, 'completed', { endTask: 'delete-contractor-token' }),
      wake(grant),
    ]);
  });

  it('[D9] completing ends also a token that the record holds and no grant knows', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.grants.delete(id);
    const { changes } = await followed(desk, 'complete');
    expect(changes).toEqual([killed('completed')]);
  });

  it('completing before anything was issued ends what was asked for', async () => {
    const desk = new PassDesk();
    desk.order();
    const grant = desk.grant();
    const { changes } = await followed(desk, 'complete');
    expect(changes).toEqual([
      marked(grant, 'completed', { endTask: 'delete-contractor-token' }),
      wake(grant),
    ]);
  });

  it.each<[string, string, Values, string]>([
    ['[D25] unticking the contractor', 'edit', { externalContractor: [] }, 'revoked'],
    ['[D25] giving it to somebody else', 'edit', { assignedTo: 'theo' }, 'revoked'],
    ['[D25] giving it to nobody', 'edit', { assignedTo: null }, 'revoked'],
    ['[D25] deleting it', 'delete', {}, 'revoked'],
  ])('%s ends it, and asks for no other', async (_, operation, values, reason) => {
    const desk = new PassDesk();
    const grant = desk.live();
    const { changes, after } = await followed(desk, operation, values);
    expect(changes).toEqual([killed(reason), marked(grant, reason), wake(grant)]);
    expect(after.grantId).toBe(grant.id);
  });

  it.each<[string, Values]>([
    ['the name', { contractorName: 'Bea Ruiz' }],
    ['the address', { contractorEmail: 'bea@firm.example' }],
    ['the name, to none,', { contractorName: null }],
  ])('[D24] correcting %s ends it, and asks for another one', async (_, values) => {
    const desk = new PassDesk();
    const grant = desk.live();
    const { changes, after } = await followed(desk, 'edit', values);
    expect(after.grantId).not.toBe(grant.id);
    expect(changes.slice(0, 3)).toEqual([killed('superseded'), marked(grant, 'superseded'), wake(grant)]);
    expect(changes.slice(3)).toEqual(opened(after.grantId));
  });

  it.each<[string, Values]>([
    ['that concerns something else', { building: 'Tide House', description: 'Doors' }],
    ['that changes nothing', { contractorName: 'Ana Ruiz', dueDate: day(10) }],
  ])('an edit %s leaves it as it is', async (_, values) => {
    const desk = new PassDesk();
    desk.live({ expiresAt: midnightAfter(10) });
    expect((await followed(desk, 'edit', values)).changes).toEqual([]);
  });

  it('[D25] ticking the contractor asks for one, and takes what is said of the one before off the record', async () => {
    const desk = new PassDesk();
    desk.order({ externalContractor: [] }, { trouble: { at: 'then', step: 'Mail', message: 'bounced' } });
    const { changes, after } = await followed(desk, 'edit', { externalContractor: ['Yes'] });
    expect(changes).toEqual(opened(after.grantId));
    expect([after.grantId?.slice(0, 23), after.trouble]).toEqual([`${ORDER}-`, undefined]);
  });

  it('[D25] ticking the contractor of a job that is done asks for none', async () => {
    const desk = new PassDesk();
    desk.order({ externalContractor: [] }, { state: 'Closed' });
    expect((await followed(desk, 'edit', { externalContractor: ['Yes'] })).changes).toEqual([]);
  });

  it('an edit of a record that was in need of a pass before asks for none', async () => {
    const desk = new PassDesk();
    desk.order();
    expect((await followed(desk, 'edit', { building: 'Tide House' })).changes).toEqual([]);
  });

  it.each(['ending', 'ended', 'failed'] as const)('one that is %s is not ended once more', async (status) => {
    const desk = new PassDesk();
    desk.live({ status });
    expect((await followed(desk, 'delete')).changes).toEqual([]);
    expect((await followed(desk, 'edit', { externalContractor: [] })).changes).toEqual([]);
  });
});

describe('[D17] an edit of the due date moves the end of the pass', () => {
  const moved = (grant: Grant, until: number, message: string, dueAt: number) => [
    { kind: 'extendCredential', principalId: ANA, credentialId: PASS, expiresAt: until, at: NOON },
    {
      kind: 'changeGrant',
      environment: 'production',
      grantId: grant.id,
      from: ['live'],
      set: { expiresAt: until, dueAt },
      step: { at: iso(NOON), step: 'DueDate', outcome: 'done', message },
      stepsRead: [],
    },
  ];

  it('to a later day, with what stood before', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ expiresAt: midnightAfter(10), callbackToken: 'c' });
    expect((await followed(desk, 'edit', { dueDate: day(12) })).changes).toEqual(
      moved(
        grant,
        midnightAfter(12),
        'until Monday, 25 January 2027, with the due date, by Dana Dispatcher',
        midnightAfter(12) + 5 * MINUTE_MS,
      ),
    );
  });

  it('to an earlier one, and has its workflow look again', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ expiresAt: midnightAfter(10), callbackToken: 'c' });
    expect((await followed(desk, 'edit', { dueDate: day(0) })).changes).toEqual([
      ...moved(
        grant,
        midnightAfter(0),
        'until Wednesday, 13 January 2027, with the due date, by Dana Dispatcher',
        midnightAfter(0) + 5 * MINUTE_MS,
      ),
      outbox('recheckGrant', grant.id),
    ]);
  });

  it('to one that is over, and ends at once: staff are told of the new end', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ expiresAt: midnightAfter(10) });
    expect((await followed(desk, 'edit', { dueDate: day(-1) })).changes).toEqual([
      killed('expired'),
      marked(grant, 'expired', { expiresAt: midnightAfter(-1) }),
      wake(grant),
    ]);
  });

  it('at most to 364 days after it was asked for', async () => {
    const desk = new PassDesk();
    desk.live({ expiresAt: midnightAfter(10) });
    const { changes } = await followed(desk, 'edit', { dueDate: day(900) });
    expect(changes[0]).toMatchObject({ expiresAt: NOON + 363 * DAY_MS });
  });

  it('taken away, to as long as its app gives where no date says so', async () => {
    const desk = new PassDesk();
    desk.live({ expiresAt: midnightAfter(10) });
    const { changes } = await followed(desk, 'edit', { dueDate: null });
    expect(changes[0]).toMatchObject({ expiresAt: NOON + 30 * DAY_MS });

    const plain = new PassDesk(({ 'contractor-tokens': tokens }) => void delete tokens.tokenLifetimeDays);
    plain.live({ expiresAt: midnightAfter(10) });
    const site = await followed(plain, 'edit', { dueDate: null });
    expect(site.changes[0]).toMatchObject({ expiresAt: NOON + 7 * DAY_MS });
  });

  it.each<[string, Partial<Grant>, (desk: PassDesk) => Session]>([
    ['by whoever holds it', {}, (desk) => desk.as(tokenUser)],
    ['of one that has run out', { expiresAt: NOON }, (desk) => desk.session('dana')],
    ['of one that was only asked for', { status: 'requested' }, (desk) => desk.session('dana')],
    ['to the end that it has', { expiresAt: midnightAfter(12) }, (desk) => desk.session('dana')],
  ])('not %s', async (_, more, as) => {
    const desk = new PassDesk();
    desk.live({ expiresAt: midnightAfter(10), ...more });
    expect((await followed(desk, 'edit', { dueDate: day(12) }, as(desk))).changes).toEqual([]);
  });
});

const tokenUser: Caller = {
  outcome: 'ok',
  principalId: ANA,
  type: 'tokenUser',
  name: 'Ana Ruiz',
  roles: ['property-contractors'],
  profiles: [],
  channel: 'browser',
};

describe('moving the end of a pass', () => {
  const step = { at: 'then', step: 'Extend', outcome: 'done' } as const;
  const dueAt = (desk: PassDesk, more: Partial<Grant>, until: number) => {
    const grant = desk.live({ expiresAt: NOON + 5 * DAY_MS, ...more });
    const changes = moveEnd(desk.session('dana'), grant as Parameters<typeof moveEnd>[1], until, step);
    return [changes.map(({ kind }) => kind), changes[1]?.kind === 'changeGrant' && changes[1].set.dueAt];
  };
  const UNTIL = NOON + 2 * DAY_MS;

  it.each<[string, Partial<Grant>, number, number, boolean]>([
    [
      'a workflow that waits is overdue after the new end',
      { callbackToken: 'c' },
      UNTIL,
      UNTIL + 5 * MINUTE_MS,
      true,
    ],
    [
      'one that has yet to tell the contractor gets no longer for it',
      { dueAt: NOON + 1 },
      UNTIL,
      NOON + 1,
      true,
    ],
    ['but shorter', { dueAt: UNTIL + DAY_MS }, UNTIL, UNTIL + 5 * MINUTE_MS, true],
    [
      'to the same end needs no second look',
      { callbackToken: 'c' },
      NOON + 5 * DAY_MS,
      NOON + 5 * DAY_MS + 5 * MINUTE_MS,
      false,
    ],
  ])('%s', (_, more, until, expected, looks) => {
    expect(dueAt(new PassDesk(), more, until)).toEqual([
      ['extendCredential', 'changeGrant', ...(looks ? ['addOutbox'] : [])],
      expected,
    ]);
  });
});

describe('a grant', () => {
  it('of which no end is known is marked without one, and no token is ended where there is none', () => {
    const desk = new PassDesk();
    desk.order();
    const grant = desk.grant({ principalId: ANA });
    expect(endChanges(desk.session('dana'), grant, 'revoked')).toEqual([
      marked(grant, 'revoked'),
      wake(grant),
    ]);
  });

  it('tells its record by its id', () => {
    expect(recordIdOfGrant(grantId(ORDER, PASS))).toBe(ORDER);
    expect(overdueAfter(NOON)).toBe(NOON + 5 * MINUTE_MS);
  });
});

describe('what a pass came of, as its app is published now', () => {
  const desk = new PassDesk(({ 'work-orders': orders }) => {
    const [task] = orders.tasks ?? [];
    if (task) orders.tasks?.push({ ...task, id: 'second-task', title: 'Second' });
    const transition = { kind: 'transition', from: ['Active'], to: 'Active' };
    orders.recordTypes[0]?.operations.push(
      { ...transition, id: 'hand-over', name: 'Hand Over', tasks: [{ task: 'second-task' }] } as never,
      { ...transition, id: 'again', name: 'Again', tasks: [{ task: 'create-contractor-token' }] } as never,
    );
  });

  it.each([
    ['operation and task are there', 'again', 'create-contractor-token', 'again create-contractor-token'],
    ['others have the same task', 'add', 'create-contractor-token', 'add create-contractor-token'],
    ['the operation has another name by now', 'gone', 'second-task', 'hand-over second-task'],
    ['the task has another name by now', 'again', 'gone', 'again create-contractor-token'],
    ['the task has another place by now', 'add', 'second-task', 'hand-over second-task'],
    ['both have another name by now', 'gone', 'gone', 'add create-contractor-token'],
  ])('is known where %s', (_, operation, task, expected) => {
    const origin = originOf(desk.type, { operation, task });
    expect(`${origin?.operation.id} ${origin?.task.id}`).toBe(expected);
  });

  it('is not known where nothing issues passes any more', () => {
    const none = new PassDesk(({ 'work-orders': orders }) => {
      for (const operation of orders.recordTypes[0]?.operations ?? [])
        if (operation.kind === 'add') Object.assign(operation, { tasks: [], notifications: [] });
    });
    expect(originOf(none.type, { operation: 'add', task: 'create-contractor-token' })).toBeUndefined();
  });
});

describe('running the issuing task once more', () => {
  const over = { status: 'ended', endReason: 'expired' } as const;

  it.each<[string, Partial<Grant>, Values, boolean]>([
    ['expired', over, {}, true],
    ['was revoked', { ...over, endReason: 'revoked' }, {}, true],
    ['failed', { status: 'failed', endReason: 'failed' }, {}, true],
    ['was completed', { ...over, endReason: 'completed' }, {}, false],
    ['is live', { status: 'live' }, {}, false],
    ['is asked for', { status: 'requested' }, {}, false],
    ['is ending', { status: 'ending', endReason: 'revoked' }, {}, false],
    ['expired, of a record that needs none,', over, { externalContractor: [] }, false],
  ])('is offered, and done, where it should be: the last one %s', async (_, more, values, expected) => {
    const desk = new PassDesk();
    const grant = desk.live(more, values);
    const { grantId: _was, ...record } = desk.records.get(ORDER) as StoredRecord;
    const order = desk.put(record as StoredRecord);
    const session = desk.session('dana');

    expect(mayRunAgain(session, desk.type, order, [grant])).toBe(expected);
    if (!expected) {
      await expect(runTaskAgain(session, ORDER)).rejects.toMatchObject({ code: 'STATE_REFUSED' });
      return expect(desk.committed).toEqual([]);
    }
    const id = await runTaskAgain(session, ORDER);
    expect(desk.committed).toHaveLength(1);
    expect(desk.committed[0]?.map(({ kind }) => kind)).toEqual([
      'updateRecord',
      'addEvent',
      'addGrant',
      'addOutbox',
    ]);
    expect(desk.committed[0]?.slice(2)).toEqual(opened(id));
    expect(desk.records.get(ORDER)).toMatchObject({ grantId: id, version: 4, updatedBy: 'dana' });
    expect(desk.events.map(({ operation, grantId: of }) => [operation, of])).toEqual([['edit', id]]);
  });

  it.each<[string, Grant['status'] | undefined, string]>([
    ['there was none', undefined, 'no pass was ever asked for: edit the record so that it needs one'],
    ['it is asked for', 'requested', 'the pass is live: extend it, or send its link again'],
    ['it is live', 'live', 'the pass is live: extend it, or send its link again'],
    ['the job is done', 'ended', 'the job is done, or the record does not ask for a pass any more'],
  ])('is refused with the reason where %s', async (_, status, detail) => {
    const desk = new PassDesk();
    const grant = desk.live({ ...(status && { status }), endReason: 'completed' });
    if (!status) desk.grants.delete(grant.id);
    await expect(runTaskAgain(desk.session('dana'), ORDER)).rejects.toMatchObject({
      code: 'STATE_REFUSED',
      message: expect.stringContaining(detail),
    });
  });

  it('is for staff who may edit the record and raise such a one', async () => {
    const desk = new PassDesk();
    const grant = desk.live(over);
    const order = desk.records.get(ORDER) as StoredRecord;
    for (const session of [desk.as({ ...tokenUser, roles: ['dispatcher'] }), desk.session('theo')]) {
      expect(mayRunAgain(session, desk.type, order, [grant])).toBe(false);
      await expect(runTaskAgain(session, ORDER)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    const machine = { ...desk.session('dana').caller, type: 'serviceAccount', channel: 'api' } as const;
    expect(mayRunAgain(desk.as(machine), desk.type, order, [grant])).toBe(true);
    expect(mayRunAgain(desk.session('dana'), desk.type, order, [])).toBe(false);
  });

  it('is not offered for a job that cannot be reported done any more', () => {
    const desk = new PassDesk();
    const grant = desk.live(over);
    const closed = { ...(desk.records.get(ORDER) as StoredRecord), state: 'Closed' };
    expect([
      canBeDone(desk.type, closed),
      mayRunAgain(desk.session('dana'), desk.type, closed, [grant]),
    ]).toEqual([false, false]);
    const open = new PassDesk(({ 'work-orders': orders }) => {
      for (const operation of orders.recordTypes[0]?.operations ?? [])
        if (operation.id === 'complete') operation.tasks = [];
    });
    expect(canBeDone(open.type, closed)).toBe(true);
  });
});

/** The worked example with a second operation that issues passes, and one that only puts a job off. */
const withHandOver = (change: (operations: { id: string; tasks?: object[] }[]) => void = () => {}) =>
  new PassDesk(({ 'work-orders': orders }) => {
    const operations = (orders.recordTypes[0]?.operations ?? []) as { id: string; tasks?: object[] }[];
    const transition = { kind: 'transition', from: ['Active'], to: 'Active' };
    operations.unshift(
      {
        ...transition,
        id: 'hand-over',
        name: 'Hand Over',
        tasks: [{ task: 'create-contractor-token' }],
      } as never,
      { ...transition, id: 'put-off', name: 'Put Off', fields: ['externalContractor'] } as never,
    );
    change(operations);
    for (const { role, operations: granted } of orders.permissions ?? [])
      if (role === 'dispatcher') granted?.push('hand-over', 'put-off');
  });

describe('an operation that issues a pass, beside the first submission,', () => {
  it('[D10] ends the one that there is, and asks for another one, of itself', async () => {
    const desk = withHandOver();
    const grant = desk.live();
    const { changes, after } = await followed(desk, 'hand-over');
    expect(changes.slice(0, 3)).toEqual([killed('superseded'), marked(grant, 'superseded'), wake(grant)]);
    expect(changes.slice(3)).toEqual([
      { kind: 'addGrant', grant: expect.objectContaining({ id: after.grantId, operation: 'hand-over' }) },
      outbox('startGrant', after.grantId ?? ''),
    ]);
    expect(after.grantId).not.toBe(grant.id);
  });

  it('is not what is run again: that is what raised the record', () => {
    const over: Partial<Grant> = { status: 'ended', endReason: 'expired' };
    const desk = withHandOver((operations) => {
      for (const operation of operations)
        if (operation.id === 'add') Object.assign(operation, { tasks: [], notifications: [] });
    });
    const grant = desk.live(over);
    const order = desk.records.get(ORDER) as StoredRecord;
    expect(mayRunAgain(desk.session('dana'), desk.type, order, [grant])).toBe(false);
  });

  it('alone, and an edit: whatever a transition changes, it asks for no pass by itself', async () => {
    const desk = withHandOver();
    desk.order({ externalContractor: [] });
    expect((await followed(desk, 'put-off', { externalContractor: ['Yes'] })).changes).toEqual([]);
  });
});

it('running a task again is for whoever may raise such a record', async () => {
  const desk = new PassDesk(({ 'work-orders': orders }) => {
    for (const permission of orders.permissions ?? [])
      if (permission.role === 'dispatcher') permission.operations = ['view', 'edit'];
  });
  const grant = desk.live({ status: 'ended', endReason: 'expired' });
  const order = desk.records.get(ORDER) as StoredRecord;
  expect(mayRunAgain(desk.session('dana'), desk.type, order, [grant])).toBe(false);
  await expect(runTaskAgain(desk.session('dana'), ORDER)).rejects.toMatchObject({ code: 'STATE_REFUSED' });
});

it('[D9] completing ends the token that the record held before, whatever the operation writes', async () => {
  const desk = new PassDesk();
  const { id } = desk.live();
  desk.grants.delete(id);
  expect((await followed(desk, 'complete', { contractorToken: null })).changes).toEqual([
    killed('completed'),
  ]);
});

it('[D17] a due date whose day ends this very moment ends the pass at once', async () => {
  const desk = new PassDesk();
  desk.live({ expiresAt: midnightAfter(10) });
  desk.now = midnightAfter(0);
  const { changes } = await followed(desk, 'edit', { dueDate: day(0) });
  expect(changes.map(({ kind }) => kind)).toEqual(['endCredential', 'changeGrant', 'addOutbox']);
});
