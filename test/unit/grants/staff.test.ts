import type { DaypassError } from '../../../core/errors.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import { listAllLivePasses, listLivePasses, readPasses } from '../../../core/grants/live-passes.ts';
import { extendPass, resendPass, revokePasses } from '../../../core/grants/staff.ts';
import { MailUncertain } from '../../../core/mail/mail.ts';
import type { Caller } from '../../../core/ports.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { DAY_MS, iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const MINUTE_MS = 60_000;
const ORDER = 'order'.padEnd(22, '0');
const CONTRACTOR = 'contractor'.padEnd(22, '0');
const ANA = 'ana'.padEnd(22, '0');
const PASS = 'pass'.padEnd(22, '0');
const grantOf = (desk: PassDesk) => [...desk.grants.values()].at(-1) as Grant;

/** The example's site, where dispatchers may do no more with contractors than this. */
const onlyWith = (...operations: string[]) =>
  new PassDesk(({ 'contractor-tokens': tokens }) => {
    for (const permission of tokens.permissions ?? [])
      if (permission.role === 'dispatcher') permission.operations = operations;
  });

/** How an attempt ended: as it should, or by which refusal. */
const ending = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: DaypassError) => error.code,
  );

describe('[D26] staff extend a pass', () => {
  const until = NOON + 20 * DAY_MS;

  it('with what it was before and after in the history, and in its task run', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ callbackToken: 'c' });

    expect(await extendPass(desk.session('dana'), grant.id, until)).toEqual({ expiresAt: iso(until) });

    expect(desk.turns).toEqual([
      { purpose: 'extend', who: grant.id, at: NOON, windowMs: 60 * MINUTE_MS, limit: 10 },
    ]);
    const [event] = desk.events;
    expect(desk.committed).toEqual([
      [
        { kind: 'extendCredential', principalId: ANA, credentialId: PASS, expiresAt: until, at: NOON },
        {
          kind: 'changeGrant',
          environment: 'production',
          grantId: grant.id,
          from: ['live'],
          set: { expiresAt: until, dueAt: until + 5 * MINUTE_MS },
          step: {
            at: iso(NOON),
            step: 'Extend',
            outcome: 'done',
            message: 'until Tuesday, 2 February 2027, by Dana Dispatcher',
          },
          stepsRead: [],
        },
        {
          kind: 'countEvent',
          environment: 'production',
          recordId: ORDER,
          expectedVersion: 3,
          expectedEventCount: 3,
          set: { eventCount: 4, eventMac: expect.any(String) },
        },
        { kind: 'addEvent', event },
      ],
    ]);
    expect(event).toMatchObject({
      operation: 'ExtendPass',
      number: 4,
      grantId: grant.id,
      actor: { id: 'dana', type: 'user', name: 'Dana Dispatcher' },
      pass: { endBefore: iso(grant.expiresAt ?? 0), endAfter: iso(until) },
      before: {},
      after: {},
    });
  });

  it('once more to the same end, which takes no turn and writes nothing', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    expect(await extendPass(desk.session('dana'), grant.id, grant.expiresAt as number)).toEqual({
      expiresAt: iso(grant.expiresAt as number),
    });
    expect([desk.turns, desk.committed]).toEqual([[], []]);
  });

  it('also where its record is gone, and no history is left', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.records.delete(ORDER);
    await extendPass(desk.session('dana'), id, until);
    expect(desk.committed[0]?.map(({ kind }) => kind)).toEqual(['extendCredential', 'changeGrant']);
  });

  const latest = NOON - DAY_MS + 364 * DAY_MS;
  it.each<[string, number, string]>([
    ['now', NOON, 'REQUEST_INVALID'],
    ['a millisecond later', NOON + 1, 'done'],
    ['364 days after it began', latest, 'done'],
    ['a millisecond after that', latest + 1, 'REQUEST_INVALID'],
    ['no time at all', Number.NaN, 'REQUEST_INVALID'],
  ])('until %s, or not', async (_, moment, expected) => {
    const desk = new PassDesk();
    const { id } = desk.live();
    const attempt = extendPass(desk.session('dana'), id, moment);
    if (expected === 'done') return expect(await ending(attempt)).toBe('done');
    await expect(attempt).rejects.toMatchObject({
      code: expected,
      problems: [
        {
          path: '/until',
          message: `must lie in the future, and before ${iso(latest)}: a pass lasts 364 days at most`,
        },
      ],
    });
    expect(desk.turns).toEqual([]);
  });

  it('ten times an hour at most', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.usedUp.add('extend');
    await expect(extendPass(desk.session('dana'), id, until)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'the end of a pass is moved at most ten times an hour',
    });
    expect(desk.committed).toEqual([]);
  });

  it('once more where somebody wrote to its record in between', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.meanwhile = () =>
      void desk.put({ ...(desk.records.get(ORDER) as StoredRecord), version: 7, eventCount: 9 });
    await extendPass(desk.session('dana'), id, until);
    expect(desk.last('countEvent')[0]).toMatchObject({ expectedVersion: 7, expectedEventCount: 9 });
  });
});

describe('[D26] who may do what with a pass', () => {
  const all = async (desk: PassDesk, id: string, session = desk.session('dana')) => [
    await ending(extendPass(session, id, NOON + 20 * DAY_MS)),
    await ending(resendPass(session, id)),
    await ending(revokePasses(session, [id])),
  ];

  it.each<[string, string[], string[]]>([
    [
      'whoever edits and deletes its token user',
      ['view-user', 'edit-user', 'delete-user'],
      ['done', 'done', 'done'],
    ],
    ['whoever edits it only', ['view-user', 'edit-user'], ['done', 'done', 'FORBIDDEN']],
    ['whoever deletes it only', ['view-user', 'delete-user'], ['FORBIDDEN', 'FORBIDDEN', 'done']],
    ['whoever views it', ['view-user'], ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
    ['whoever may not view it', ['edit-user', 'delete-user'], ['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']],
  ])('%s extends, sends again and ends it as far as that goes', async (_, operations, expected) => {
    const desk = onlyWith(...operations);
    const { id } = desk.live();
    const [pass] = await readPasses(desk.session('dana'), [id]);
    expect(await all(desk, id)).toEqual(expected);
    const may = (at: number) => expected[at] === 'done';
    expect(pass?.can).toEqual(
      operations.includes('view-user') ? { extend: may(0), resend: may(1), revoke: may(2) } : undefined,
    );
  });

  it.each<[string, Partial<Grant>, string[]]>([
    [
      'is asked for',
      { status: 'requested', tokenRecord: undefined } as never,
      ['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
    ],
    ['has run out, and is not cleaned up', { expiresAt: NOON }, ['PASS_ENDED', 'PASS_ENDED', 'done']],
    ['is ending', { status: 'ending' }, ['PASS_ENDED', 'PASS_ENDED', 'done']],
    ['has ended', { status: 'ended' }, ['PASS_ENDED', 'PASS_ENDED', 'done']],
    ['has failed', { status: 'failed' }, ['PASS_ENDED', 'PASS_ENDED', 'done']],
  ])('finds one that %s', async (_, more, expected) => {
    const desk = new PassDesk();
    const { id } = desk.live(more as Partial<Grant>);
    expect(await all(desk, id)).toEqual(expected);
    expect(desk.mails).toEqual([]);
  });

  it('is told what has become of one whose token user is gone, where their right had no condition', async () => {
    const desk = new PassDesk();
    const { id } = desk.live({ status: 'ended' });
    desk.records.delete(CONTRACTOR);
    expect(await all(desk, id)).toEqual(['PASS_ENDED', 'PASS_ENDED', 'done']);
    expect(await all(desk, id, desk.session('theo'))).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    // One that is live has a token user; where it has none something is out of order.
    desk.grants.set(id, { ...grantOf(desk), status: 'live' });
    expect(await all(desk, id)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
  });

  it.each([
    ['what it holds', 'record.name == "Ana Ruiz"'],
    ['who has made it', 'record.createdBy == me.id'],
  ])(
    'is told nothing more of one whose token user is gone where their right hung on %s',
    async (_, condition) => {
      const desk = new PassDesk(({ 'contractor-tokens': tokens }) => {
        for (const permission of tokens.permissions ?? [])
          if (permission.role === 'dispatcher') permission.when = condition;
      });
      const { id } = desk.live({ status: 'ended' });
      const contractor = desk.records.get(CONTRACTOR) as StoredRecord;
      expect(await all(desk, id)).toEqual(['PASS_ENDED', 'PASS_ENDED', 'done']);
      desk.records.delete(contractor.id);
      expect(await all(desk, id)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    },
  );
});

describe('[D26] staff send a link again', () => {
  const run = (outcome: string, message: string) => ({ at: iso(NOON), step: 'Resend', outcome, message });

  it('and what became of it is in the history and in the task run', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ steps: [{ at: 'then', step: 'CreateToken', outcome: 'done' }] });

    expect(await resendPass(desk.session('dana'), grant.id)).toEqual({ sent: 1 });

    expect(desk.turns).toEqual([
      { purpose: 'resend', who: grant.id, at: NOON, windowMs: 60 * MINUTE_MS, limit: 5 },
    ]);
    expect([desk.mails.length, desk.returned]).toEqual([1, []]);
    expect(desk.committed[0]?.[0]).toEqual({
      kind: 'changeGrant',
      environment: 'production',
      grantId: grant.id,
      from: ['requested', 'live', 'ending', 'ended', 'failed'],
      set: {},
      step: run('done', 'by Dana Dispatcher'),
      stepsRead: grant.steps,
    });
    expect(desk.events).toEqual([
      expect.objectContaining({
        operation: 'ResendPass',
        grantId: grant.id,
        pass: { endBefore: iso(grant.expiresAt ?? 0), mails: 1 },
      }),
    ]);
  });

  it.each<[string, Error, string, number]>([
    ['did not leave, which gives the turn back', new Error('x'), 'MAIL_FAILED', 1],
    ['may have left, which does not', new MailUncertain(), 'MAIL_UNCERTAIN', 0],
  ])('that %s', async (_, mishap, code, returned) => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.mishaps.push(mishap);
    expect(await ending(resendPass(desk.session('dana'), id))).toBe(code);
    expect(desk.returned).toEqual(
      returned ? [{ purpose: 'resend', who: id, at: NOON, windowMs: 60 * MINUTE_MS }] : [],
    );
    const { failure } = desk.events[0]?.pass ?? {};
    expect(desk.events[0]?.pass).toEqual({
      endBefore: iso(NOON + 10 * DAY_MS),
      mails: 0,
      failure: expect.stringContaining('the mail service'),
    });
    expect(grantOf(desk).steps).toEqual([run('failed', `by Dana Dispatcher: ${failure}`)]);
  });

  it('where the app sends none, and that is no failure', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => {
      for (const { notifications } of orders.recordTypes[0]?.operations ?? []) notifications?.splice(0);
    });
    const { id } = desk.live();
    expect(await resendPass(desk.session('dana'), id)).toEqual({ sent: 0 });
    expect(grantOf(desk).steps).toEqual([run('skipped', 'by Dana Dispatcher')]);
    expect(desk.returned).toEqual([]);
  });

  it('five times an hour at most', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.usedUp.add('resend');
    await expect(resendPass(desk.session('dana'), id)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'a pass is sent again at most five times an hour',
    });
    expect([desk.mails, desk.committed]).toEqual([[], []]);
  });

  it('and it is noted although the pass ended, or somebody wrote to its record, meanwhile', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.meanwhile = () => {
      desk.put({ ...(desk.records.get(ORDER) as StoredRecord), version: 7 });
      desk.grants.set(id, { ...grantOf(desk), status: 'ended' });
    };
    expect(await resendPass(desk.session('dana'), id)).toEqual({ sent: 1 });
    expect([desk.mails.length, grantOf(desk).steps]).toEqual([1, [run('done', 'by Dana Dispatcher')]]);
  });
});

describe('[D26] staff end passes', () => {
  /** A second pass for the same work order. */
  const second = (desk: PassDesk) =>
    desk.grant({ ...grantOf(desk), id: `${ORDER}-${'2'.padStart(22, '0')}`, status: 'live' });

  it('all at once, each once; those that have ended already are counted apart', async () => {
    const desk = new PassDesk();
    const first = desk.live();
    const other = second(desk);
    const over = desk.grant({ ...first, id: `${ORDER}-${'3'.padStart(22, '0')}`, status: 'ended' });

    const answer = await revokePasses(desk.session('dana'), [first.id, other.id, first.id, over.id]);

    expect(answer).toEqual({ revoked: 2, alreadyEnded: 1 });
    expect(desk.committed).toHaveLength(1);
    expect(desk.last('changeGrant').map(({ grantId, set }) => [grantId, set.status, set.endReason])).toEqual([
      [first.id, 'ending', 'revoked'],
      [other.id, 'ending', 'revoked'],
    ]);
    expect(desk.outbox).toEqual(
      [first, other].map(({ id }) => ({ type: 'wakeGrant', environment: 'production', grantId: id })),
    );
    // Two events of one record would not fit each other: its history tells of it once.
    expect(desk.events).toEqual([
      expect.objectContaining({
        operation: 'RevokePass',
        grantId: first.id,
        pass: { endBefore: iso(first.expiresAt ?? 0), endAfter: iso(NOON) },
      }),
    ]);
  });

  it('or none, where one of them is not theirs to end', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    expect(await ending(revokePasses(desk.session('dana'), [id, 'none']))).toBe('NOT_FOUND');
    expect(desk.committed).toEqual([]);
  });

  it('fifteen at once, and not sixteen', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    const named = (count: number) => Array.from({ length: count }, () => id);
    expect(await revokePasses(desk.session('dana'), named(15))).toEqual({ revoked: 1, alreadyEnded: 0 });
    await expect(revokePasses(desk.session('dana'), named(16))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'at most 15 passes can be ended at once; these are 16',
    });
  });
});

describe('[D26] the list of live passes', () => {
  const row = (grant: Grant, more: object = {}) => ({
    id: grant.id,
    status: 'live',
    person: 'Ana Ruiz',
    email: 'ana@firm.example',
    record: { id: ORDER, app: 'work-orders', recordType: 'work-order', title: 'WO-1' },
    issuedAt: iso(NOON - DAY_MS),
    expiresAt: iso(grant.expiresAt ?? 0),
    lastUsedAt: iso(NOON - 60 * MINUTE_MS),
    can: { extend: true, resend: true, revoke: true },
    ...more,
  });
  const trouble = { at: 'then', step: 'Mail', message: 'It came back.' };

  it.each<[string, Partial<Grant>, boolean]>([
    ['a whole row for one that lets in', {}, true],
    ['no row for one that has run out and is not cleaned up', { expiresAt: NOON }, false],
    ['no row for one that is ending', { status: 'ending' }, false],
  ])('has %s', async (_, more, listed) => {
    const desk = new PassDesk();
    const grant = desk.live(more);
    const session = desk.session('dana');
    const rows = listed ? [row(grant)] : [];
    expect(await listLivePasses(session, { limit: 25 })).toEqual({ items: rows });
    expect(await listAllLivePasses(session)).toEqual(rows);
    expect(await readPasses(session, [grant.id, grant.id, 'none'])).toEqual(rows);
  });

  it('has no row for one that has just been ended, although the index of open passes has not heard of it', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    const session = desk.session('dana');
    const { store } = session.runtime;
    const lagging = { ...session.runtime, store: { ...store, listOpenGrants: async () => [grant] } };
    await revokePasses(session, [grant.id]);
    expect(await listLivePasses({ ...session, runtime: lagging }, { limit: 25 })).toEqual({ items: [] });
    expect(await listAllLivePasses({ ...session, runtime: lagging })).toEqual([]);
  });

  it('tells people of trouble, and not programs', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    desk.put({ ...(desk.records.get(ORDER) as StoredRecord), trouble });
    const session = desk.session('dana');
    expect(await listAllLivePasses(session)).toEqual([row(grant, { trouble: 'It came back.' })]);
    const machine: Caller = { ...session.caller, type: 'serviceAccount', channel: 'api' };
    expect(await listAllLivePasses(desk.as(machine))).toEqual([row(grant)]);
  });

  it('tells of the person only what the caller may view of them, and of the record nothing that they may not', async () => {
    const desk = new PassDesk(({ 'contractor-tokens': tokens, 'work-orders': orders }) => {
      for (const permission of tokens.permissions ?? [])
        if (permission.role === 'dispatcher')
          Object.assign(permission, { fields: { 'view-user': ['email'] }, views: [] });
      orders.permissions = orders.permissions?.filter(({ role }) => role !== 'dispatcher') as never;
    });
    const grant = desk.live();
    desk.put({ ...(desk.records.get(ORDER) as StoredRecord), trouble });
    const { person: _person, ...rest } = row(grant);
    const { title: _title, ...record } = rest.record;
    expect(await listAllLivePasses(desk.session('dana'))).toEqual([{ ...rest, record }]);
  });

  it('tells nothing of passes whose token users the caller may not view, or that are not there yet', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    expect(await listAllLivePasses(desk.session('theo'))).toEqual([]);
    desk.grants.set(grant.id, { ...grant, status: 'requested', tokenRecord: undefined } as never);
    expect(await listAllLivePasses(desk.session('dana'))).toEqual([]);
  });

  it('goes on after the last one of a page, for the same caller in the same list', async () => {
    const desk = new PassDesk();
    const first = desk.live({ dueAt: 9 });
    const others = [10, 10, 11].map((dueAt, at) =>
      desk.grant({ ...first, id: `${ORDER}-${String(at + 2).padStart(22, '0')}`, dueAt }),
    );
    const ids = [first, ...others].map(({ id }) => id);
    const session = desk.session('dana');
    const pages: string[][] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await listLivePasses(session, { limit: 2, ...(cursor && { cursor }) });
      pages.push(page.items.map(({ id }) => id));
      cursor = page.cursor;
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2)]);

    const { cursor = '' } = await listLivePasses(session, { limit: 1 });
    const theo = listLivePasses(desk.session('theo'), { limit: 1, cursor });
    expect(await ending(theo)).toBe('REQUEST_INVALID');
  });

  it('looks many up at once and keeps their order', async () => {
    const desk = new PassDesk();
    const first = desk.live({ dueAt: 1 });
    for (let at = 2; at <= 60; at++)
      desk.grant({ ...first, id: `${ORDER}-${String(at).padStart(22, '0')}`, dueAt: at });
    const passes = await listAllLivePasses(desk.session('dana'));
    expect(passes.map(({ id }) => id)).toEqual([...desk.grants.keys()]);
  });
});
