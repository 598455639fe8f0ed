import { linkDefinitions } from '../../../core/apps/link.ts';
import { createToken } from '../../../core/grants/create.ts';
import { deleteToken } from '../../../core/grants/end.ts';
import { endBySystem } from '../../../core/grants/end-by-system.ts';
import { revokeAfterFailure } from '../../../core/grants/failure.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import { endOverdue } from '../../../core/grants/overdue.ts';
import { typeName } from '../../../core/lists/rebuild.ts';
import { indexName } from '../../../core/lists/rebuild-needs.ts';
import type { StoredRecord, Values } from '../../../core/records/record.ts';
import { endAborted } from '../../../lambdas/housekeeping/end-aborted.ts';
import { DAY_MS, iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const MINUTE_MS = 60_000;
const ORDER = 'order'.padEnd(22, '0');
const CONTRACTOR = 'contractor'.padEnd(22, '0');
const ANA = 'ana'.padEnd(22, '0');
const PASS = 'pass'.padEnd(22, '0');

/** What a use case made of the work order and its grant, as data. */
function left(desk: PassDesk) {
  const order = desk.records.get(ORDER) as StoredRecord;
  const { contractorToken, assignedTo } = order.values;
  const grant = [...desk.grants.values()].at(-1) as Grant;
  const { status, endReason, endedAt } = grant;
  return {
    order: { contractorToken, assignedTo, grantId: order.grantId, trouble: order.trouble },
    grant: { status, endReason, endedAt, steps: grant.steps },
    contractor: desk.records.get(CONTRACTOR),
    outbox: desk.outbox,
  };
}

const ended = (reason: string) => [
  {
    kind: 'endCredential',
    principalId: ANA,
    credentialId: PASS,
    reason,
    at: NOON,
    requireLive: false,
  },
];
const tombstone = [{ kind: 'endPrincipal', principalId: ANA, at: NOON }];

describe('[D8, D9] issuing a pass', () => {
  it('makes record, token user and credential, copies the references back, and makes the grant live, in one write', async () => {
    const desk = new PassDesk();
    desk.order();
    const { id } = desk.grant();

    const wait = await createToken(desk.runtime, 'production', id);

    // Due in ten days: to the end of that day. A reminder comes a day before.
    const expiresAt = Date.parse('2027-01-24T00:00:00Z');
    expect(wait).toEqual({ seconds: (expiresAt - DAY_MS - NOON) / 1000, next: 'wait' });
    expect(desk.committed).toHaveLength(1);
    expect(desk.committed[0]?.map(({ kind }) => kind)).toEqual([
      'addRecord',
      'addEvent',
      'addPrincipal',
      'addCredential',
      'updateRecord',
      'addEvent',
      'changeGrant',
    ]);
    const [{ record } = { record: undefined }] = desk.last('addRecord');
    const [{ principal } = { principal: undefined }] = desk.last('addPrincipal');
    const [{ credential } = { credential: undefined }] = desk.last('addCredential');
    expect(record).toMatchObject({
      app: 'contractor-tokens',
      recordType: 'contractor',
      createdBy: 'work-order-robot',
      values: {
        name: 'Ana Ruiz',
        email: 'ana@firm.example',
        roles: ['property-contractors'],
        token: `${principal?.id}.${credential?.id}.0001`,
        self: principal?.id,
      },
    });
    expect(principal).toEqual({
      id: expect.any(String),
      type: 'tokenUser',
      name: 'Ana Ruiz',
      email: 'ana@firm.example',
      roles: ['property-contractors'],
      profiles: [],
      environment: 'production',
      createdAt: iso(NOON),
    });
    expect(credential).toEqual({
      id: expect.any(String),
      principalId: principal?.id,
      kind: 'access',
      environment: 'production',
      keyId: '0001',
      createdAt: iso(NOON),
      expiresAt,
      ceiling: { app: 'work-orders', recordType: 'work-order', records: [ORDER] },
      grantId: id,
    });
    const [{ record: order } = { record: undefined }] = desk.last('updateRecord');
    expect(order).toMatchObject({
      version: 4,
      state: 'Active',
      grantId: id,
      updatedAt: iso(NOON),
      updatedBy: 'work-order-robot',
      values: {
        contractorToken: record?.values.token,
        assignedTo: principal?.id,
        contractorName: 'Ana Ruiz',
      },
      names: { dana: 'Dana Dispatcher', [principal?.id ?? '']: 'Ana Ruiz' },
    });
    expect(desk.last('changeGrant')).toEqual([
      {
        kind: 'changeGrant',
        environment: 'production',
        grantId: id,
        from: ['requested'],
        set: {
          status: 'live',
          principalId: principal?.id,
          credentialId: credential?.id,
          tokenRecord: { app: 'contractor-tokens', recordType: 'contractor', id: record?.id },
          expiresAt,
          dueAt: NOON + 60 * MINUTE_MS,
        },
        step: { at: iso(NOON), step: 'CreateToken', outcome: 'done' },
      },
    ]);
    expect(desk.events.map(({ operation, grantId, actor }) => [operation, grantId, actor.name])).toEqual([
      ['add-user', id, 'Work Order Robot'],
      ['edit', id, 'Work Order Robot'],
    ]);
  });

  it('once more does nothing, and answers the wait of the pass that there is', async () => {
    const desk = new PassDesk();
    desk.order();
    const { id } = desk.grant();
    const first = await createToken(desk.runtime, 'production', id);

    expect(await createToken(desk.runtime, 'production', id)).toEqual(first);
    expect(desk.committed).toHaveLength(1);
  });

  it.each([
    ['has gone meanwhile', (desk: PassDesk) => void desk.records.delete(ORDER)],
    ['has another pass by now', (desk: PassDesk) => void desk.put({ ...desk.order(), grantId: 'another' })],
  ])('is given up where the record %s', async (_, change) => {
    const desk = new PassDesk();
    desk.order();
    const { id } = desk.grant();
    change(desk);

    expect(await createToken(desk.runtime, 'production', id)).toEqual({ seconds: 1, next: 'delete' });
    expect(desk.committed).toEqual([
      [
        {
          kind: 'changeGrant',
          environment: 'production',
          grantId: id,
          from: ['requested'],
          set: { status: 'ended', endReason: 'superseded', endedAt: iso(NOON) },
          step: {
            at: iso(NOON),
            step: 'CreateToken',
            outcome: 'skipped',
            message: 'the record is gone, or has another pass',
          },
        },
      ],
    ]);
  });

  it('is refused in the robot’s words where it may not add the token user', async () => {
    const desk = new PassDesk(({ 'contractor-tokens': tokens }) => {
      for (const permission of tokens.permissions ?? [])
        if (permission.role === 'robot') {
          permission.operations = ['view-user'];
          delete (permission.fields as Record<string, unknown>)['add-user'];
        }
    });
    desk.order();
    const { id } = desk.grant();

    await expect(createToken(desk.runtime, 'production', id)).rejects.toMatchObject({
      name: 'RobotRefused',
      message:
        'the robot could not run “Add the contractor and copy token and assignee back”: its roles do not permit it',
    });
    expect(desk.committed).toEqual([]);
  });

  it('is refused with the fields that the robot may not return, and with no others', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => {
      for (const permission of orders.permissions ?? [])
        if (permission.role === 'robot') permission.fields = { view: ['number'], edit: ['contractorToken'] };
    });
    desk.order();
    const { id } = desk.grant();

    await expect(createToken(desk.runtime, 'production', id)).rejects.toMatchObject({
      name: 'RobotRefused',
      message: 'the robot could not return assignedTo to the record: its roles do not permit it',
    });
  });

  it('is refused with the fields whose values are not accepted', async () => {
    const desk = new PassDesk();
    desk.order({ contractorEmail: 'nobody' });
    const { id } = desk.grant();

    await expect(createToken(desk.runtime, 'production', id)).rejects.toMatchObject({
      name: 'RobotRefused',
      message: expect.stringMatching(
        /^the robot could not run “Add .* back”: values are not accepted: email must be/,
      ),
    });
  });

  it.each([
    ['is gone', (desk: PassDesk) => void desk.principals.delete('work-order-robot'), /does not exist$/],
    [
      'is a person by now',
      (desk: PassDesk) => {
        const robot = desk.principals.get('work-order-robot');
        if (robot) desk.principals.set(robot.id, { ...robot, type: 'user' });
      },
      /^the app work-orders names a robot “work-order-robot” that does not exist$/,
    ],
    [
      'does not work for the app any more',
      (desk: PassDesk) => {
        const robot = desk.principals.get('work-order-robot');
        if (robot) desk.principals.set(robot.id, { ...robot, apps: ['contractor-tokens'] });
      },
      /^the robot Work Order Robot does not run tasks of the app work-orders; whoever administers robots can add the app to it$/,
    ],
  ])('is refused where its robot %s', async (_, change, message) => {
    const desk = new PassDesk();
    desk.order();
    const { id } = desk.grant();
    change(desk);

    await expect(createToken(desk.runtime, 'production', id)).rejects.toMatchObject({
      name: 'RobotRefused',
      message: expect.stringMatching(message),
    });
  });

  it('that is ended between its reading and its writing is no failure', async () => {
    const desk = new PassDesk();
    desk.order();
    const grant = desk.grant();
    desk.meanwhile = () => {
      desk.grants.set(grant.id, { ...grant, status: 'ending', endReason: 'revoked' });
    };

    expect(await createToken(desk.runtime, 'production', grant.id)).toEqual({ seconds: 1, next: 'delete' });
    expect(desk.committed).toEqual([]);
  });
});

describe('[D9, D10] DeleteToken', () => {
  const CASES: [string, Partial<Grant>, string, string | undefined][] = [
    ['ends what was completed', { status: 'ending', endReason: 'completed' }, 'completed', undefined],
    ['ends what was revoked', { status: 'ending', endReason: 'revoked' }, 'revoked', undefined],
    [
      'ends what has run out, and tells staff',
      { expiresAt: NOON },
      'expired',
      'The pass ended with Wednesday, 13 January 2027, and the job was not reported done.',
    ],
  ];

  it.each(CASES)(
    '%s: record, token and token user go, the work order loses its reference and keeps the name',
    async (_, more, reason, message) => {
      const desk = new PassDesk();
      const grant = desk.live(more);
      desk.put({
        ...(desk.records.get(ORDER) as StoredRecord),
        trouble: { at: 'then', step: 'Mail', message: 'bounced' },
      });

      await deleteToken(desk.runtime, 'production', grant.id);

      expect(desk.committed).toHaveLength(1);
      expect(desk.committed[0]?.filter(({ kind }) => /Credential|Principal/.test(kind))).toEqual([
        ...ended(reason),
        ...tombstone,
      ]);
      expect(left(desk)).toEqual({
        order: {
          contractorToken: null,
          assignedTo: ANA,
          grantId: undefined,
          trouble: message && {
            at: iso(NOON),
            step: 'DeleteToken',
            message,
          },
        },
        grant: {
          status: 'ended',
          endReason: reason,
          endedAt: iso(NOON),
          steps: [{ at: iso(NOON), step: 'DeleteToken', outcome: 'done' }],
        },
        contractor: undefined,
        outbox: [],
      });
      expect(desk.records.get(ORDER)?.names[ANA]).toBe('Ana Ruiz');
      expect(desk.events.map(({ operation, grantId }) => [operation, grantId])).toEqual([
        ['delete-user', grant.id],
        ['edit', grant.id],
      ]);
      const [change] = desk.last('changeGrant');
      // What runs out is ended only as it was read; what somebody has ended is ended whenever it would have run out.
      const expiredBy = reason === 'expired' ? NOON : undefined;
      expect([change?.from, change?.expiredBy, change?.dueBy]).toEqual([
        [grant.status],
        expiredBy,
        undefined,
      ]);
    },
  );

  it('goes on with the wait where nobody has ended the pass, a millisecond before its end', async () => {
    const desk = new PassDesk();
    const { id } = desk.live({ expiresAt: NOON + 1 });

    await expect(deleteToken(desk.runtime, 'production', id)).rejects.toMatchObject({ name: 'PassGoesOn' });
    expect(desk.committed).toEqual([]);
  });

  it('goes on with the wait where the end is moved just before it writes', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ expiresAt: NOON });
    desk.meanwhile = () => void desk.grants.set(grant.id, { ...grant, expiresAt: NOON + 1 });

    await expect(deleteToken(desk.runtime, 'production', grant.id)).rejects.toMatchObject({
      name: 'PassGoesOn',
    });
    expect(desk.committed).toEqual([]);
  });

  it.each(['ended', 'failed'] as const)('does nothing where all is %s already', async (status) => {
    const desk = new PassDesk();
    const { id } = desk.live({ status });

    expect(await deleteToken(desk.runtime, 'production', id)).toBeUndefined();
    expect(desk.committed).toEqual([]);
  });

  it('ends token and token user where their record is gone already', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ status: 'ending', endReason: 'completed' });
    const contractor = desk.records.get(CONTRACTOR) as StoredRecord;
    desk.put({ ...contractor, values: { ...contractor.values, token: 'x'.repeat(22) } as Values });

    await deleteToken(desk.runtime, 'production', grant.id);

    expect(desk.committed[0]?.slice(0, 2)).toEqual([...ended('revoked'), ...tombstone]);
    expect(left(desk).grant).toMatchObject({ status: 'ended', endReason: 'completed' });
    expect(left(desk).order).toMatchObject({ contractorToken: null, grantId: undefined });
  });

  it('ends all the same where the work order itself is gone', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ status: 'ending', endReason: 'revoked' });
    desk.records.delete(ORDER);

    await deleteToken(desk.runtime, 'production', grant.id);

    expect(desk.records.get(CONTRACTOR)).toBeUndefined();
    expect(desk.grants.get(grant.id)).toMatchObject({
      status: 'ended',
      endReason: 'revoked',
      steps: [{ at: iso(NOON), step: 'DeleteToken', outcome: 'done' }],
    });
  });

  it('is refused in the robot’s words where it may not delete', async () => {
    const desk = new PassDesk(({ 'contractor-tokens': tokens }) => {
      for (const permission of tokens.permissions ?? [])
        if (permission.role === 'robot') permission.operations = ['add-user', 'view-user'];
    });
    const { id } = desk.live({ status: 'ending', endReason: 'completed' });

    await expect(deleteToken(desk.runtime, 'production', id)).rejects.toMatchObject({
      name: 'RobotRefused',
      message:
        'the robot could not run “Find the contractor by token and delete”: its roles do not permit it',
    });
    expect(desk.committed).toEqual([]);
  });
});

describe('[D10] a pass that is ended from outside its workflow', () => {
  const end = { status: 'failed', reason: 'aborted', step: 'Somebody', message: 'told' } as const;

  it('loses everything at once, and the record says why', async () => {
    const desk = new PassDesk();
    const grant = desk.live();

    expect(await endBySystem(desk.runtime, grant, end)).toBe(true);

    expect(desk.committed).toHaveLength(1);
    expect(desk.committed[0]?.map(({ kind }) => kind)).toEqual([
      'removeRecord',
      'addEvent',
      'endCredential',
      'endPrincipal',
      'updateRecord',
      'addEvent',
      'changeGrant',
    ]);
    expect(desk.last('endCredential')).toEqual(ended('aborted'));
    expect(desk.last('changeGrant')).toEqual([
      {
        kind: 'changeGrant',
        environment: 'production',
        grantId: grant.id,
        from: ['live'],
        set: { status: 'failed', endReason: 'aborted', endedAt: iso(NOON) },
        step: { at: iso(NOON), step: 'Somebody', outcome: 'failed', message: 'told' },
        stepsRead: [],
      },
    ]);
    expect(left(desk).order).toEqual({
      contractorToken: null,
      assignedTo: ANA,
      grantId: undefined,
      trouble: { at: iso(NOON), step: 'Somebody', message: 'told' },
    });
    expect(desk.records.get(ORDER)).toMatchObject({ version: 4, updatedAt: iso(NOON), updatedBy: 'daypass' });
    expect(desk.events.map(({ operation, grantId, actor }) => [operation, grantId, actor])).toEqual([
      ['delete-user', grant.id, { id: 'daypass', type: 'robot', name: 'Daypass' }],
      ['Somebody', grant.id, { id: 'daypass', type: 'robot', name: 'Daypass' }],
    ]);
  });

  it('leaves what the record says of earlier trouble where there is nothing to tell, and wakes only if asked to', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    const trouble = { at: 'then', step: 'Mail', message: 'bounced' };
    desk.put({ ...(desk.records.get(ORDER) as StoredRecord), trouble });

    await endBySystem(desk.runtime, grant, {
      status: 'ended',
      reason: 'revoked',
      step: 'Reaper',
      wake: true,
    });

    expect(left(desk)).toMatchObject({
      order: { trouble },
      grant: { steps: [{ at: iso(NOON), step: 'Reaper', outcome: 'done' }] },
      outbox: [{ type: 'wakeGrant', environment: 'production', grantId: grant.id }],
    });
    expect(desk.last('addOutbox')[0]?.entry.createdAt).toBe(iso(NOON));
  });

  it('loses token and token user also where their record is gone', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    desk.records.delete(CONTRACTOR);

    await endBySystem(desk.runtime, grant, end);

    expect(desk.committed[0]?.slice(0, 2)).toEqual([...ended('revoked'), ...tombstone]);
  });

  it('leaves a record alone that has another pass by now', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    const order = desk.put({ ...(desk.records.get(ORDER) as StoredRecord), grantId: 'another' });

    await endBySystem(desk.runtime, grant, end);

    expect(desk.last('updateRecord')).toEqual([]);
    expect(desk.records.get(ORDER)).toEqual(order);
    expect(desk.grants.get(grant.id)?.status).toBe('failed');
  });

  it.each<[string, Partial<Grant>, object, boolean]>([
    ['was due then', { dueAt: NOON }, { dueBy: NOON }, true],
    ['is not due yet', { dueAt: NOON + 1 }, { dueBy: NOON }, false],
    ['runs out then', { expiresAt: NOON }, { expiredBy: NOON }, true],
    ['has not run out', { expiresAt: NOON + 1 }, { expiredBy: NOON }, false],
    [
      'is ending, whenever it would have run out',
      { status: 'ending', expiresAt: NOON + 1 },
      { expiredBy: NOON },
      true,
    ],
    ['was only asked for', { status: 'requested' }, {}, true],
    ['is over', { status: 'ended' }, {}, false],
    ['has failed', { status: 'failed' }, {}, false],
  ])('is ended or not as it stands, where it %s', async (_, more, by, expected) => {
    const desk = new PassDesk();
    const grant = desk.live(more);

    expect(await endBySystem(desk.runtime, grant, { ...end, ...by })).toBe(expected);
    expect(desk.committed).toHaveLength(expected ? 1 : 0);
  });

  it('is ended under the conditions that it was judged by, and only as it was read', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ dueAt: NOON - 1, expiresAt: NOON - 1 });
    await endBySystem(desk.runtime, grant, { ...end, dueBy: NOON, expiredBy: NOON });
    expect(desk.last('changeGrant')[0]).toMatchObject({ from: ['live'], dueBy: NOON, expiredBy: NOON });

    const asked = new PassDesk();
    const requested = asked.grant({ dueAt: NOON - 1 });
    await endBySystem(asked.runtime, requested, { ...end, dueBy: NOON, expiredBy: NOON });
    expect(asked.last('changeGrant')[0]).toEqual(expect.not.objectContaining({ expiredBy: NOON }));
    expect(asked.last('changeGrant')[0]).toMatchObject({ from: ['requested'], dueBy: NOON });
  });
});

describe('[P6] the reaper', () => {
  const wakes = (grant: Grant) => [{ type: 'wakeGrant', environment: 'production', grantId: grant.id }];
  const due = { dueAt: NOON - 1 };
  const EXPIRED = 'The pass ended with Wednesday, 13 January 2027, and the job was not reported done.';

  it.each<[string, Partial<Grant>, object | undefined]>([
    [
      'takes back what was never issued',
      { ...due, status: 'requested' },
      {
        status: 'failed',
        reason: 'failed',
        message: 'the pass was not issued in time; add it again, or ask whoever runs this site',
      },
    ],
    [
      'takes back what nobody was told of',
      { ...due },
      {
        status: 'failed',
        reason: 'failed',
        message: 'the workflow stopped before the contractor was told; the pass was taken away',
      },
    ],
    ['leaves what is waited for', { ...due, callbackToken: 'c' }, undefined],
    [
      'leaves what is waited for until five minutes after its end',
      { ...due, callbackToken: 'c', expiresAt: NOON - 5 * MINUTE_MS + 1 },
      undefined,
    ],
    [
      'ends what ran out five minutes ago',
      { ...due, callbackToken: 'c', expiresAt: NOON - 5 * MINUTE_MS },
      { status: 'ended', reason: 'expired', message: EXPIRED },
    ],
    [
      'cleans up what somebody has ended, as that which it was',
      { ...due, status: 'ending', endReason: 'completed' },
      { status: 'ended', reason: 'completed' },
    ],
    ['leaves what is not due', { dueAt: NOON + 1 }, undefined],
    ['leaves what is over', { ...due, status: 'ended' }, undefined],
  ])('%s', async (_, more, expected) => {
    const desk = new PassDesk();
    const grant = desk.live(more);

    expect(await endOverdue(desk.runtime, grant)).toBe(expected !== undefined);

    if (!expected) return expect(desk.committed).toEqual([]);
    const { status, reason, message } = expected as Record<string, string>;
    expect(left(desk)).toMatchObject({
      grant: {
        status,
        endReason: reason,
        steps: [
          {
            at: iso(NOON),
            step: 'Reaper',
            outcome: status === 'ended' ? 'done' : 'failed',
            ...(message && { message }),
          },
        ],
      },
      outbox: wakes(grant),
    });
    expect(left(desk).order.trouble).toEqual(message && { at: iso(NOON), step: 'Reaper', message });
    expect(desk.last('changeGrant')[0]?.dueBy).toBe(NOON);
  });

  it('says nothing of a grant that is not there', async () => {
    const desk = new PassDesk();
    expect(await endOverdue(desk.runtime, { environment: 'production', id: 'none' })).toBe(false);
  });
});

describe('[D10] a workflow that fails or is aborted', () => {
  it.each([
    ['ABORTED', 'aborted'],
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'failed'],
  ])('as %s has its pass taken away, and staff told', async (status, endReason) => {
    const desk = new PassDesk();
    const grant = desk.live();

    await endAborted(desk.runtime, 'production', grant.id, status);

    const message = `the workflow ended as ${status}; the pass was taken away`;
    expect(left(desk)).toEqual({
      order: {
        contractorToken: null,
        assignedTo: ANA,
        grantId: undefined,
        trouble: { at: iso(NOON), step: 'Housekeeping', message },
      },
      grant: {
        status: 'failed',
        endReason,
        endedAt: iso(NOON),
        steps: [{ at: iso(NOON), step: 'Housekeeping', outcome: 'failed', message }],
      },
      contractor: undefined,
      outbox: [{ type: 'wakeGrant', environment: 'production', grantId: grant.id }],
    });
    await endAborted(desk.runtime, 'production', 'none', status);
    expect(desk.committed).toHaveLength(1);
  });

  const failed = (step: string, message: string) =>
    ({ at: 'then', step, outcome: 'failed', message }) as const;
  it.each<[string, Grant['steps'], string | undefined, string]>([
    ['what the robot noted last', [failed('CreateToken', 'it may not')], 'RobotRefused', 'it may not'],
    [
      'that, also where a mail came back since',
      [failed('DeleteToken', 'it may not'), failed('Mail', 'came back')],
      'RobotRefused',
      'it may not',
    ],
    [
      'the error of the workflow where the last step went well',
      [failed('CreateToken', 'it may not'), { at: 'then', step: 'CreateToken', outcome: 'done' }],
      'States.Timeout',
      'it failed with States.Timeout',
    ],
    [
      'the error of the workflow where nothing was noted',
      [],
      'States.Timeout',
      'it failed with States.Timeout',
    ],
    ['that nobody knows', [], undefined, 'it did not say why'],
  ])('tells staff %s', async (_, steps, error, message) => {
    const desk = new PassDesk();
    const grant = desk.live({ steps });

    await revokeAfterFailure(desk.runtime, 'production', grant.id, { error });

    expect(left(desk)).toMatchObject({
      order: { trouble: { at: iso(NOON), step: 'RevokeAfterFailure', message } },
      grant: { status: 'failed', endReason: 'failed' },
      outbox: [],
    });
    await revokeAfterFailure(desk.runtime, 'production', 'none', {});
    expect(desk.committed).toHaveLength(1);
  });
});

describe('[D9] the task that ends a pass', () => {
  it('is the one of the record’s own type', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => {
      const [type] = orders.recordTypes;
      const [, task] = orders.tasks ?? [];
      if (!type || !task) throw new Error('The example has changed');
      orders.recordTypes.push({ ...structuredClone(type), id: 'inspection', name: 'Inspection' });
      for (const operation of orders.recordTypes[1]?.operations ?? [])
        Object.assign(operation, { tasks: [], notifications: [] });
      const actions = task.actions.map((action) => ({ ...action, returns: { assignedTo: 'null' } }));
      orders.tasks?.unshift({ ...task, id: 'end-inspection', recordType: 'inspection', actions } as never);
    });
    const { id } = desk.live({ expiresAt: NOON });
    await deleteToken(desk.runtime, 'production', id);
    expect(left(desk).order).toMatchObject({ contractorToken: null, assignedTo: ANA });
  });

  /** The site while the view by which the task finds token users is made anew. */
  function whileRebuilding(more: Partial<Grant>) {
    const desk = new PassDesk();
    const grant = desk.live({ status: 'ending', endReason: 'completed', ...more });
    const view = desk.published.site.recordType('contractor-tokens', 'contractor')?.views.get('by-token');
    const need = { since: 2, indexes: [indexName('by-token', view?.index.id ?? '')] };
    desk.published.rebuilds = { [typeName({ app: 'contractor-tokens', recordType: 'contractor' })]: need };
    desk.runtime.store.readRebuild = async () => ({ built: 1 }) as never;
    return { desk, id: grant.id };
  }

  it('finds the token user by what the grant knows, while the view that it works by is made anew', async () => {
    const { desk, id } = whileRebuilding({});
    await deleteToken(desk.runtime, 'production', id);
    expect(desk.committed[0]?.filter(({ kind }) => /Credential|Principal/.test(kind))).toEqual([
      ...ended('completed'),
      ...tombstone,
    ]);
    expect(left(desk).contractor).toBeUndefined();
  });

  it('waits for that view where the grant knows nothing', async () => {
    const { desk, id } = whileRebuilding({ tokenRecord: undefined } as never);
    const attempt = deleteToken(desk.runtime, 'production', id);
    await expect(attempt).rejects.toMatchObject({ code: 'LIST_NOT_READY' });
    expect(desk.committed).toEqual([]);
  });

  it.each([null, undefined])(
    'ends what the grant knows where the work order holds %s for a token',
    async (none) => {
      const desk = new PassDesk();
      const grant = desk.live({ status: 'ending', endReason: 'completed' });
      const order = desk.records.get(ORDER) as StoredRecord;
      const { contractorToken: _token, ...values } = order.values;
      desk.put({ ...order, values: none === null ? { ...values, contractorToken: null } : values });
      await deleteToken(desk.runtime, 'production', grant.id);
      expect(desk.committed[0]?.slice(0, 2)).toEqual([...ended('revoked'), ...tombstone]);
    },
  );

  it('begins anew where the end was moved after the pass was read, and its record is gone', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ expiresAt: NOON });
    desk.records.delete(ORDER);
    const { readGrant } = desk.runtime.store;
    let reads = 0;
    desk.runtime.store.readGrant = async (environment, id) => {
      reads += 1;
      if (reads === 2) desk.grants.set(grant.id, { ...grant, expiresAt: NOON + 1 });
      return readGrant(environment, id);
    };
    const attempt = deleteToken(desk.runtime, 'production', grant.id);
    await expect(attempt).rejects.toMatchObject({ name: 'PassGoesOn' });
    expect(desk.committed).toEqual([]);
  });
});

it('[D8] a value that cannot be worked out is left out of what the task writes, and missed as such', async () => {
  const desk = new PassDesk();
  const { contractorName: _name, ...values } = desk.order().values;
  desk.put({ ...desk.order(), values });
  const { id } = desk.grant();
  await expect(createToken(desk.runtime, 'production', id)).rejects.toMatchObject({
    message:
      'the robot could not run “Add the contractor and copy token and assignee back”: values are not accepted: name is required',
  });
});

it.each<[string, string | null, number | undefined, number]>([
  ['with the day of its due date', '2027-01-20', undefined, Date.parse('2027-01-21T00:00:00Z')],
  ['a day after it was issued where that is nearer, or over', '2027-01-13', undefined, NOON + DAY_MS],
  ['364 days after it was issued where that is later', '2029-01-13', undefined, NOON + 364 * DAY_MS],
  ['after the lifetime of its app without one', null, 30, NOON + 30 * DAY_MS],
  ['after that of the site without either', null, undefined, NOON + 7 * DAY_MS],
])('[D17] a pass ends %s', async (_, dueDate, tokenLifetimeDays, expiresAt) => {
  const desk = new PassDesk(({ 'contractor-tokens': tokens }) => {
    delete tokens.tokenLifetimeDays;
    if (tokenLifetimeDays !== undefined) Object.assign(tokens, { tokenLifetimeDays });
  });
  desk.order({ dueDate });
  const { id } = desk.grant();
  await createToken(desk.runtime, 'production', id);
  expect([desk.last('addCredential')[0]?.credential.expiresAt, desk.grants.get(id)?.expiresAt]).toEqual([
    expiresAt,
    expiresAt,
  ]);
});

describe('a pass whose definitions are not what they were', () => {
  it('[D10] ends as the task says that the operation has asked for', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => {
      const [, task] = orders.tasks ?? [];
      if (!task) throw new Error('The example has changed');
      const actions = task.actions.map((action) => ({
        ...action,
        returns: { contractorToken: 'null', assignedTo: 'null' },
      }));
      orders.tasks?.push({ ...task, id: 'send-home', title: 'Send Home', actions } as never);
    });
    const { id } = desk.live({ status: 'ending', endReason: 'completed', endTask: 'send-home' });
    await deleteToken(desk.runtime, 'production', id);
    expect(left(desk).order).toMatchObject({ contractorToken: null, assignedTo: null });

    desk.live({ status: 'ending', endReason: 'completed', endTask: 'gone' });
    await deleteToken(desk.runtime, 'production', id);
    expect(left(desk).order).toMatchObject({ contractorToken: null, assignedTo: ANA });
  });

  it('ends all the same where its app is not published any more', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    Object.assign(desk.published, { site: linkDefinitions([]) });
    const order = desk.records.get(ORDER);
    await endBySystem(desk.runtime, grant, { status: 'failed', reason: 'failed', step: 'Reaper' });
    expect(desk.committed[0]?.map(({ kind }) => kind)).toEqual([
      'endCredential',
      'endPrincipal',
      'changeGrant',
    ]);
    expect(desk.records.get(ORDER)).toEqual(order);
  });

  it('cannot be worked on by the robot then, who says why', async () => {
    const desk = new PassDesk();
    desk.order();
    const { id } = desk.grant();
    const refusal = async (grant: string) =>
      createToken(desk.runtime, 'production', grant).catch(
        ({ name, message }: Error) => `${name}: ${message}`,
      );
    expect(await refusal('none')).toBe('RobotRefused: there is no grant none');
    desk.grants.set(id, { ...(desk.grants.get(id) as Grant), task: 'gone' });
    expect(await refusal(id)).toBe('RobotRefused: the app work-orders has no task gone any more');
    desk.grants.set(id, { ...(desk.grants.get(id) as Grant), recordType: 'gone' });
    expect(await refusal(id)).toBe('RobotRefused: the app work-orders is not published in production');
    Object.assign(desk.published, { site: linkDefinitions([]) });
    expect(await refusal(id)).toBe('RobotRefused: the app work-orders is not published in production');
  });
});
