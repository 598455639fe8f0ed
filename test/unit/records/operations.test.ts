import type { Change } from '../../../core/changes.ts';
import { DaypassError } from '../../../core/errors.ts';
import {
  addRecord,
  type OperationAnswer,
  readRecord,
  runOperation,
} from '../../../core/records/operation.ts';
import type { StoredRecord, Values } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { NOW, RepairSite } from '../../fixtures/repairs.ts';

const AT = '2027-03-10T09:00:00.000Z';
const DAY_MS = 86_400_000;

const add = (session: Session, values: Values, idempotencyKey?: string): Promise<OperationAnswer> =>
  addRecord(session, {
    app: 'repairs',
    recordType: 'job',
    operation: 'add',
    values,
    ...(idempotencyKey && { idempotencyKey }),
  });

const invalid = (...problems: [path: string, message: string][]) => ({
  code: 'VALUES_INVALID',
  problems: problems.map(([path, message]) => ({ path, message })),
});

const stored = (site: RepairSite, id = 'r1') => site.store.records.get(id) as StoredRecord;
const last = (site: RepairSite) => site.store.commits.at(-1) as Change[];
const change = <Kind extends Change['kind']>(site: RepairSite, kind: Kind) =>
  last(site).find((each) => each.kind === kind) as Extract<Change, { kind: Kind }>;

/** A site with one job, the chief's, of Bob. */
async function siteWith(values: Values = {}) {
  const site = new RepairSite();
  await site.job({ title: 'Mend', hours: 2, worker: 'bob', ...values });
  return site;
}

describe('a record that was read', () => {
  it('tells the chief all that is there, with names', async () => {
    const site = await siteWith({ house: 'r2', secret: 'x', helper: 'cid', urgent: true, why: 'rain' });
    await addRecord(site.as('ann'), {
      app: 'repairs',
      recordType: 'house',
      operation: 'add',
      values: { street: 'Elm Street' },
    });

    expect(await readRecord(site.as('ann'), 'r1')).toEqual({
      id: 'r1',
      app: 'repairs',
      recordType: 'job',
      version: 1,
      state: 'Open',
      stateName: 'To be done',
      title: 'Mend',
      values: {
        title: 'Mend',
        hours: 2,
        urgent: true,
        day: '2027-03-10',
        worker: 'bob',
        helper: 'cid',
        house: 'r2',
        why: 'rain',
        secret: 'x',
        twice: '4',
      },
      names: { bob: 'Bob', cid: 'Cid', ann: 'Ann', r2: 'Elm Street' },
      createdAt: AT,
      createdBy: 'ann',
      updatedAt: AT,
      can: {
        operations: [
          { id: 'change', name: 'Change', kind: 'edit' },
          { id: 'finish', name: 'Finish', kind: 'transition' },
          { id: 'remove', name: 'Remove', kind: 'delete', confirm: 'Remove it' },
        ],
        edit: ['title', 'hours', 'urgent', 'kind', 'worker', 'helper', 'why', 'secret', 'word'],
      },
    });
  });

  it('tells whoever sees less neither values nor names that they may not see, nor where a reference leads', async () => {
    const site = await siteWith({ house: 'r2', secret: 'x', helper: 'cid', urgent: true, why: 'rain' });
    await addRecord(site.as('ann'), {
      app: 'repairs',
      recordType: 'house',
      operation: 'add',
      values: { street: 'Elm Street' },
    });

    expect(await readRecord(site.as('bob'), 'r1')).toEqual({
      id: 'r1',
      app: 'repairs',
      recordType: 'job',
      version: 1,
      state: 'Open',
      stateName: 'To be done',
      title: 'Mend',
      values: { title: 'Mend', hours: 2, urgent: true, worker: 'bob', house: 'r2', twice: '4' },
      names: { bob: 'Bob' },
      createdAt: AT,
      updatedAt: AT,
      can: {
        operations: [
          { id: 'change', name: 'Change', kind: 'edit' },
          { id: 'finish', name: 'Finish', kind: 'transition' },
        ],
        edit: ['hours', 'helper', 'secret'],
      },
    });
    await expect(readRecord(site.as('cid'), 'r1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(readRecord(site.as('ann'), 'r9')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('names a reference only if it leads to a record of the type that the field refers to', async () => {
    const site = await siteWith();
    await site.job({ title: 'Other', house: 'r1' });
    expect((await readRecord(site.as('ann'), 'r2')).names).toEqual({ ann: 'Ann' });
  });

  it('tells trouble to people, and to no pass, service account or robot', async () => {
    const site = await siteWith();
    const trouble = { at: AT, step: 'SendMail', message: 'refused' };
    site.store.records.set('r1', { ...stored(site), trouble });
    const told = async (session: Session) => (await readRecord(session, 'r1')).trouble;

    expect(await told(site.as('ann'))).toEqual(trouble);
    expect(await told(site.pass('ann'))).toBeUndefined();
    expect(await told(site.as('ann', { type: 'serviceAccount' }))).toBeUndefined();
    expect(await told(site.as('fixer'))).toBeUndefined();
  });

  it('tells no value of a field that the others hide, and lets nobody write what is read-only', async () => {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      job?.fields.push({ id: 'fixed', label: 'Fixed', type: 'string', readOnly: true });
      job?.operations.find(({ id }) => id === 'change')?.fields?.push('fixed');
    });
    await site.job({ title: 'Mend', urgent: true, why: 'rain' });
    const record = stored(site);
    site.store.records.set('r1', { ...record, values: { ...record.values, urgent: false, fixed: 'f' } });
    const { values, can } = await readRecord(site.as('ann'), 'r1');
    expect(values).toEqual({ title: 'Mend', urgent: false, day: '2027-03-10', fixed: 'f' });
    expect(can.edit).not.toContain('fixed');
    await expect(
      runOperation(site.as('ann'), { recordId: 'r1', operation: 'change', values: { fixed: 'g' } }),
    ).rejects.toMatchObject(invalid(['/values/fixed', 'is read-only']));
  });

  it('is called by a number where that is its title', async () => {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      Object.assign(job ?? {}, { titleField: 'hours' });
    });
    expect((await site.job({ title: 'Mend', hours: 7 })).title).toBe('7');
    expect((await site.job({ title: 'Mend' })).title).toBe('Job');
  });

  it('is called as its type where the title is not the caller’s to see, or empty', async () => {
    const site = new RepairSite(({ permissions = [] }) => {
      const worker = permissions.find(({ role, recordType }) => role === 'worker' && recordType === 'job');
      if (worker?.fields) worker.fields.look = ['hours', 'worker'];
      if (worker) worker.views = [];
    });
    await site.job({ title: 'Mend', worker: 'bob' });
    const { title, values } = await readRecord(site.as('bob'), 'r1');
    expect([title, values]).toEqual(['Job', { worker: 'bob' }]);
  });
});

describe('adding', () => {
  it('writes the record, its places, its event, and nothing besides', async () => {
    const site = new RepairSite();
    const answered = await add(site.as('ann'), {
      title: ' Mend ',
      hours: 2,
      kind: 'Roof',
      secret: 'x',
      worker: 'bob',
      word: 'typed',
    });
    const { all, mine, kind } = Object.fromEntries(
      [...site.type('job').views.values()].map((view) => [
        view.id === 'of-kind' ? 'kind' : view.id,
        view.index,
      ]),
    );
    const [narrow] = all?.narrow.keys() ?? [];
    const projected = (values: Values) =>
      expect.objectContaining({ version: 1, state: 'Open', values, updatedBy: 'ann', createdBy: 'ann' });
    const at = { app: 'repairs', recordType: 'job', recordId: 'r1' };
    const inAll = projected({ title: 'Mend', hours: 2, worker: 'bob', secret: 'x' });

    expect(answered).toEqual({
      operation: { id: 'add', name: 'Add Job' },
      record: await readRecord(site.as('ann'), 'r1'),
      recordId: 'r1',
      deleted: false,
    });
    expect(last(site)).toEqual([
      {
        kind: 'addRecord',
        record: {
          id: 'r1',
          environment: 'production',
          app: 'repairs',
          recordType: 'job',
          definitionVersion: 1,
          version: 1,
          state: 'Open',
          values: { title: 'Mend', hours: 2, kind: 'Roof', secret: 'x', worker: 'bob', day: '2027-03-10' },
          names: { ann: 'Ann', bob: 'Bob' },
          createdAt: AT,
          createdBy: 'ann',
          updatedAt: AT,
          updatedBy: 'ann',
          eventCount: 1,
          eventMac: expect.any(String),
          layout: expect.any(String),
          indexed: [
            ['all', all?.id, 'mend'],
            ['all', narrow, 'mend', '=bob'],
            ['of-kind', kind?.id, 'c000000000000000', '=Roof'],
            ['mine', mine?.id, AT.toLowerCase(), '=bob'],
          ],
        },
        index: [
          { ...at, view: 'all', index: all?.id, partition: [], sort: 'mend', projection: inAll },
          { ...at, view: 'all', index: narrow, partition: ['=bob'], sort: 'mend', projection: inAll },
          {
            ...at,
            view: 'of-kind',
            index: kind?.id,
            partition: ['=Roof'],
            sort: 'c000000000000000',
            projection: projected({ title: 'Mend', hours: 2, kind: 'Roof', worker: 'bob' }),
          },
          {
            ...at,
            view: 'mine',
            index: mine?.id,
            partition: ['=bob'],
            sort: AT.toLowerCase(),
            projection: projected({ title: 'Mend', day: '2027-03-10', worker: 'bob' }),
          },
        ],
      },
      {
        kind: 'addEvent',
        event: {
          environment: 'production',
          recordId: 'r1',
          number: 1,
          at: AT,
          app: 'repairs',
          recordType: 'job',
          operation: 'add',
          actor: { id: 'ann', type: 'user', name: 'Ann' },
          stateAfter: 'Open',
          before: {},
          after: { title: 'Mend', hours: 2, kind: 'Roof', secret: 'x', worker: 'bob', day: '2027-03-10' },
          keyId: '0002',
          mac: expect.any(String),
        },
      },
    ]);
  });

  it.each<[string, Values, [string, string][]]>([
    ['what is required', {}, [['/values/title', 'is required']]],
    [
      'what is required where something says so',
      { title: 'a', urgent: true },
      [['/values/why', 'is required']],
    ],
    [
      'nothing in a field that something hides',
      { title: 'a', why: 'rain' },
      [['/values/why', 'is hidden with these values: leave it out']],
    ],
    [
      'no field that there is none of',
      { title: 'a', other: 1 },
      [['/values/other', 'is not a field that you can write here']],
    ],
    ['no formula', { title: 'a', twice: '4' }, [['/values/twice', 'is read-only']]],
    [
      'somebody who exists',
      { title: 'a', helper: 'dan' },
      [['/values/helper', 'names somebody who does not exist']],
    ],
    ['a person', { title: 'a', helper: 'fixer' }, [['/values/helper', 'names somebody who does not exist']]],
    [
      'what the field takes',
      { title: 'a'.repeat(31) },
      [['/values/title', 'must have at most 30 characters; it has 31']],
    ],
    [
      'everything at once',
      { title: '', hours: 'two' as never, helper: 'dan' },
      [
        ['/values/hours', 'must be a number'],
        ['/values/title', 'is required'],
        ['/values/helper', 'names somebody who does not exist'],
      ],
    ],
  ])('asks for %s, by name', async (_, values, problems) => {
    const site = new RepairSite();
    await expect(add(site.as('ann'), values)).rejects.toMatchObject(invalid(...problems));
    expect(site.store.commits).toEqual([]);
  });

  it.each([
    [{ app: 'other' }],
    [{ recordType: 'other' }],
    [{ operation: 'other' }],
    [{ operation: 'change' }],
  ])('what there is none of, or is no adding, is one answer to all: %j', async (wrong) => {
    const site = new RepairSite();
    const refused = {
      code: 'NOT_FOUND',
      problems: [{ path: '/operation', message: 'names nothing that you can add here' }],
    };
    const request = { app: 'repairs', recordType: 'job', operation: 'add', values: { title: 'a' } };
    await expect(addRecord(site.as('ann'), { ...request, ...wrong })).rejects.toMatchObject(refused);
    await expect(addRecord(site.as('bob'), request)).rejects.toMatchObject(refused);
  });

  it('keeps a default’s place free for what was sent, and takes it where nothing was', async () => {
    const site = new RepairSite();
    const days = async (values: Values) =>
      (await add(site.as('ann'), { title: 'a', ...values })).record?.values.day;
    expect(await days({ day: '2027-05-01' })).toBe('2027-05-01');
    expect([await days({}), await days({ day: '' }), await days({ day: null })]).toEqual(
      Array(3).fill('2027-03-10'),
    );
  });
});

describe('changing', () => {
  const run = (session: Session, operation: string, values: Values = {}, more: object = {}) =>
    runOperation(session, { recordId: 'r1', operation, values, ...more });

  it('writes what is new on the version that was read, moves the record in its lists, and says who did it', async () => {
    const site = await siteWith({ kind: 'Roof', secret: 'x' });
    const before = stored(site);
    const answered = await run(site.as('ann'), 'change', { kind: 'Lift', worker: 'cid', title: 'Mend' });
    const { record, indexPut, indexRemove, ...rest } = change(site, 'updateRecord');

    expect(answered.record).toEqual(await readRecord(site.as('ann'), 'r1'));
    expect(rest).toEqual({ kind: 'updateRecord', expectedVersion: 1, expectedLayout: before.layout });
    expect(record).toEqual({
      ...before,
      version: 2,
      values: { ...before.values, kind: 'Lift', worker: 'cid' },
      names: { ann: 'Ann', bob: 'Bob', cid: 'Cid' },
      eventCount: 2,
      eventMac: expect.any(String),
      indexed: expect.any(Array),
    });
    expect(record.eventMac).not.toBe(before.eventMac);
    expect(indexPut.map(({ view, partition }) => [view, ...partition])).toEqual([
      ['all'],
      ['all', '=cid'],
      ['of-kind', '=Lift'],
      ['mine', '=cid'],
    ]);
    expect(indexRemove.map(({ view, partition }) => [view, ...partition])).toEqual([
      ['all', '=bob'],
      ['of-kind', '=Roof'],
      ['mine', '=bob'],
    ]);
    expect(site.store.index.size).toBe(4);
    expect(change(site, 'addEvent').event).toMatchObject({
      number: 2,
      operation: 'change',
      stateBefore: 'Open',
      stateAfter: 'Open',
      before: { kind: 'Roof', worker: 'bob' },
      after: { kind: 'Lift', worker: 'cid' },
    });
  });

  it('leads to another state, from which it is not offered again', async () => {
    const site = await siteWith();
    const { record } = await run(site.as('bob'), 'finish', {});

    expect([record?.state, record?.stateName, record?.can]).toEqual([
      'Done',
      'All done',
      { operations: [{ id: 'change', name: 'Change', kind: 'edit' }], edit: ['hours', 'helper', 'secret'] },
    ]);
    expect(stored(site)).toMatchObject({ state: 'Done', updatedBy: 'bob', createdBy: 'ann', version: 2 });
    await expect(run(site.as('bob'), 'finish')).rejects.toMatchObject({
      code: 'STATE_REFUSED',
      message: '“Finish” is offered in the state To be done; this record is All done',
    });
  });

  it('deletes: the head goes with its places and can be brought back for 30 days, its event stays', async () => {
    const site = await siteWith();
    const { indexed: _, ...before } = stored(site);
    expect(await run(site.as('ann'), 'remove')).toEqual({
      operation: { id: 'remove', name: 'Remove' },
      recordId: 'r1',
      deleted: true,
    });
    expect(last(site)).toEqual([
      {
        kind: 'removeRecord',
        record: {
          ...before,
          version: 2,
          deletedAt: AT,
          eventCount: 2,
          eventMac: expect.any(String),
        },
        expectedVersion: 1,
        expectedLayout: before.layout,
        indexRemove: [expect.anything(), expect.anything(), expect.anything()],
        purgeAt: NOW + 30 * DAY_MS,
      },
      {
        kind: 'addEvent',
        event: expect.objectContaining({
          number: 2,
          operation: 'remove',
          stateBefore: 'Open',
          before: { title: 'Mend', hours: 2, worker: 'bob', day: '2027-03-10' },
          after: {},
        }),
      },
    ]);
    expect(change(site, 'addEvent').event).not.toHaveProperty('stateAfter');
    expect(site.store.index.size).toBe(0);
  });

  it.each<[string, Values, [string, string][]]>([
    ['title', { title: 'b' }, [['/values/title', 'is not a field that you can write here']]],
    ['day', { day: '2027-01-01' }, [['/values/day', 'is not a field that you can write here']]],
  ])('refuses the field %s, which is not that caller’s to write', async (_, values, problems) => {
    const site = await siteWith();
    await expect(run(site.as('bob'), 'change', values)).rejects.toMatchObject(invalid(...problems));
  });

  it('is nobody’s who does not see the record, and no adding or viewing', async () => {
    const site = await siteWith();
    const missing = { code: 'NOT_FOUND' };
    await expect(run(site.as('cid'), 'change', { hours: 1 })).rejects.toMatchObject(missing);
    await expect(run(site.as('bob'), 'remove')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(run(site.as('ann'), 'add', { title: 'a' })).rejects.toMatchObject(missing);
    await expect(run(site.as('ann'), 'look')).rejects.toMatchObject(missing);
  });

  it('asks nothing anew that is there already, and nothing of what is not stored', async () => {
    const site = await siteWith({ urgent: true, why: 'rain' });
    await run(site.as('ann'), 'change', { hours: 3 });
    expect(stored(site).values).toMatchObject({ title: 'Mend', hours: 3, why: 'rain' });
    await expect(run(site.as('ann'), 'change', { title: null })).rejects.toMatchObject(
      invalid(['/values/title', 'is required']),
    );
  });

  it('says what version there is, where another one was read', async () => {
    const site = await siteWith();
    await expect(run(site.as('ann'), 'change', { hours: 3 }, { expectedVersion: 2 })).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      message: 'the record is at version 1',
    });
    await run(site.as('ann'), 'change', { hours: 3 }, { expectedVersion: 1 });
    expect(stored(site).version).toBe(2);
  });

  describe('while others write', () => {
    const others = (site: RepairSite, times: number) => {
      for (let at = 0; at < times; at++)
        site.store.meanwhile.push(() => {
          const record = stored(site);
          site.store.records.set('r1', {
            ...record,
            version: record.version + 1,
            values: { ...record.values, kind: 'Lift' },
          });
        });
    };

    it('is planned anew on what they have written, three times', async () => {
      const site = await siteWith();
      others(site, 3);
      const { record } = await run(site.as('ann'), 'change', { hours: 5 });
      expect([record?.version, record?.values]).toMatchObject([5, { hours: 5, kind: 'Lift' }]);
    });

    it('gives up after that', async () => {
      const site = await siteWith();
      others(site, 4);
      await expect(run(site.as('ann'), 'change', { hours: 5 })).rejects.toMatchObject({
        code: 'VERSION_MISMATCH',
      });
      expect(site.store.meanwhile).toEqual([]);
    });

    it('is refused at once with the version that was read', async () => {
      const site = await siteWith();
      others(site, 2);
      await expect(run(site.as('ann'), 'change', { hours: 5 }, { expectedVersion: 1 })).rejects.toMatchObject(
        { code: 'VERSION_MISMATCH' },
      );
      expect(site.store.meanwhile).toHaveLength(1);
    });

    it('is planned anew, too, where the table was busy with the same items', async () => {
      const site = await siteWith();
      site.store.meanwhile.push(() => {
        throw new DaypassError('CONFLICT');
      });
      expect((await run(site.as('ann'), 'change', { hours: 5 })).record?.version).toBe(2);
    });

    it('that adds is not repeated: nobody else has written what is not there yet', async () => {
      const site = new RepairSite();
      for (let at = 0; at < 2; at++)
        site.store.meanwhile.push(() => {
          throw new DaypassError('CONFLICT');
        });
      await expect(add(site.as('ann'), { title: 'a' })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(site.store.meanwhile).toHaveLength(1);
    });

    it('is not repeated for other refusals', async () => {
      const site = await siteWith();
      site.store.meanwhile.push(() => {
        throw new DaypassError('PASS_ENDED');
      });
      await expect(run(site.as('ann'), 'change', { hours: 5 })).rejects.toMatchObject({ code: 'PASS_ENDED' });
    });
  });

  it('of a pass commits only while it lives', async () => {
    const site = await siteWith();
    await run(site.pass('bob'), 'finish');
    expect(last(site).at(-1)).toEqual({
      kind: 'requireLive',
      principalId: 'bob',
      credentialId: 'c1',
      at: NOW,
    });
    const credential = { id: 'c2', kind: 'session', expiresAt: NOW + 1 } as const;
    await run(site.as('ann', { credential }), 'change', { hours: 1 });
    expect(last(site).map(({ kind }) => kind)).toEqual(['updateRecord', 'addEvent']);
  });

  it('takes away what staff were told of a mail that was left out, and nothing else', async () => {
    const site = await siteWith();
    const afterChange = async (step: string, who: Session) => {
      site.store.records.set('r1', { ...stored(site), trouble: { at: AT, step, message: 'm' } });
      await run(who, 'change', { hours: 1 });
      return stored(site).trouble?.step;
    };
    expect(await afterChange('MailLeftOut', site.as('ann'))).toBeUndefined();
    expect(await afterChange('MailLeftOut', site.as('ann', { type: 'serviceAccount' }))).toBe('MailLeftOut');
    expect(await afterChange('SendMail', site.as('ann'))).toBe('SendMail');
  });

  it('of who is not of the house names nobody but themselves and who is there before their eyes', async () => {
    const site = await siteWith({ helper: 'ann' });
    const pass = site.pass('bob');
    const nobody = invalid(['/values/helper', 'names somebody who does not exist']);
    // Ann is there, but not for them to see.
    await expect(run(pass, 'change', { helper: 'ann' })).rejects.toMatchObject(nobody);
    await expect(run(pass, 'change', { helper: 'cid' })).rejects.toMatchObject(nobody);
    await run(pass, 'change', { helper: 'bob' });
    expect(stored(site).values.helper).toBe('bob');
    await run(site.as('bob'), 'change', { helper: 'cid' });
    expect(stored(site).names).toEqual({ ann: 'Ann', bob: 'Bob', cid: 'Cid' });
  });
});

describe('what is sent', () => {
  it('may leave hidden fields empty, shows fields by what is only typed, and is never asked for that again', async () => {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      const word = job?.fields.find(({ id }) => id === 'word');
      Object.assign(word ?? {}, { required: true });
      job?.fields.push({ id: 'extra', label: 'Extra', type: 'string', visibleIf: 'record.word == "x"' });
      for (const operation of job?.operations ?? [])
        if (['add', 'change'].includes(operation.id)) operation.fields?.push('extra');
    });
    const { record } = await add(site.as('ann'), { title: 'a', word: 'x', extra: 'e', why: '' });
    expect(record?.values).toEqual({ title: 'a', day: '2027-03-10' });
    expect(stored(site).values).toMatchObject({ extra: 'e' });
    await expect(add(site.as('ann'), { title: 'a' })).rejects.toMatchObject(
      invalid(['/values/word', 'is required']),
    );
    await runOperation(site.as('ann'), { recordId: 'r1', operation: 'change', values: { hours: 1 } });
    expect(stored(site).values.hours).toBe(1);
  });

  it('names holders of passes as well as users, and is told one thing about each field', async () => {
    const site = new RepairSite();
    const bob = site.store.principals.get('bob');
    site.store.principals.set('p1', {
      ...(bob as NonNullable<typeof bob>),
      id: 'p1',
      type: 'tokenUser',
      name: 'Holder',
    });
    const { record } = await add(site.as('ann'), { title: 'a', helper: 'p1' });
    expect(record?.names).toEqual({ p1: 'Holder', ann: 'Ann' });
    await expect(add(site.as('ann'), { title: 'a', why: 7 as never })).rejects.toMatchObject(
      invalid(['/values/why', 'must be text']),
    );
    await expect(
      runOperation(site.as('ann'), { recordId: 'r1', operation: 'change', values: { day: '2027-01-01' } }),
    ).rejects.toMatchObject(invalid(['/values/day', 'is not a field that you can write here']));
  });

  it('by who is exempt from the rules is written down as such', async () => {
    const site = await siteWith();
    const administrator = site.as('dan', { roles: ['TenantAdministrator'] });
    await runOperation(administrator, { recordId: 'r1', operation: 'change', values: { hours: 9 } });
    expect(change(site, 'addEvent').event.exemption).toBe('tenantAdministrator');
    await runOperation(site.as('ann'), { recordId: 'r1', operation: 'change', values: { hours: 8 } });
    expect(change(site, 'addEvent').event.exemption).toBeUndefined();
  });
});

describe('a request that is sent again with its key', () => {
  const MISMATCH = { code: 'IDEMPOTENCY_MISMATCH' };

  it('is answered as before, and done once', async () => {
    const site = new RepairSite();
    const first = await add(site.as('ann'), { title: 'a' }, 'k1');
    expect(last(site).at(-1)).toEqual({
      kind: 'addRequest',
      request: {
        principalId: 'ann',
        key: 'k1',
        fingerprint: expect.stringMatching(/^[\w-]{43}$/),
        result: { recordId: 'r1' },
        at: NOW,
      },
    });
    expect(await add(site.as('ann'), { title: 'a' }, 'k1')).toEqual(first);
    expect(site.store.commits).toHaveLength(1);
  });

  it('is another one with other values, of another caller, with another key, or without one', async () => {
    const site = new RepairSite();
    await add(site.as('ann'), { title: 'a' }, 'k1');
    await expect(add(site.as('ann'), { title: 'b' }, 'k1')).rejects.toMatchObject(MISMATCH);
    await add(site.as('ann'), { title: 'a' }, 'k2');
    await add(site.as('ann'), { title: 'a' });
    await add(site.as('dan', { roles: ['chief'] }), { title: 'a' }, 'k1');
    expect(site.store.commits).toHaveLength(4);
    const elsewhere = {
      ...site.as('ann'),
      published: { ...site.published, environment: 'staging' as const },
    };
    await expect(add(elsewhere, { title: 'a' }, 'k1')).rejects.toMatchObject(MISMATCH);
  });

  it('that deleted is told so again', async () => {
    const site = await siteWith();
    const remove = () =>
      runOperation(site.as('ann'), { recordId: 'r1', operation: 'remove', values: {}, idempotencyKey: 'k1' });
    const head = stored(site);
    const first = await remove();
    expect(change(site, 'addRequest').request.result).toEqual({ recordId: 'r1', deleted: true });
    site.store.records.set('r1', head);
    expect(await remove()).toEqual(first);
  });

  it('whose record is gone by now is told so', async () => {
    const site = new RepairSite();
    await add(site.as('ann'), { title: 'a' }, 'k1');
    site.store.records.clear();
    expect(await add(site.as('ann'), { title: 'a' }, 'k1')).toEqual({
      operation: { id: 'add', name: 'Add Job' },
      recordId: 'r1',
      deleted: true,
    });
  });

  it('tells nothing of a record that is out of sight', async () => {
    const site = await siteWith();
    await runOperation(site.as('cid', { roles: ['chief'] }), {
      recordId: 'r1',
      operation: 'change',
      values: { hours: 3 },
      idempotencyKey: 'k1',
    });
    const again = { recordId: 'r1', operation: 'change', values: { hours: 4 }, idempotencyKey: 'k1' };
    await expect(runOperation(site.as('cid', { roles: ['chief'] }), again)).rejects.toMatchObject(MISMATCH);
    await expect(runOperation(site.as('cid'), again)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('at the same moment is done once: the other one’s answer is this one’s', async () => {
    const [site, twin] = [new RepairSite(), new RepairSite()];
    await twin.job({ title: 'before' });
    const other = await add(twin.as('ann'), { title: 'a' }, 'k1');
    site.store.meanwhile.push(() => {
      site.store.requests.push(...twin.store.requests);
      site.store.records.set('r2', stored(twin, 'r2'));
    });
    expect(await add(site.as('ann'), { title: 'a' }, 'k1')).toEqual(other);
    expect(other.recordId).toBe('r2');
    expect(site.store.commits).toEqual([]);
  });

  it('by nobody in particular is a new one each time', async () => {
    const site = new RepairSite(({ permissions }) =>
      permissions?.push({
        role: 'NonAuthenticatedUser',
        recordType: 'house',
        operations: ['add', 'view'],
        fields: { add: ['street'], view: ['street'] },
      }),
    );
    const anybody = site.as('anonymous', { type: 'anonymous', roles: ['NonAuthenticatedUser'] });
    const request = { app: 'repairs', recordType: 'house', operation: 'add', values: { street: 'Elm' } };
    const ids = [
      (await addRecord(anybody, { ...request, idempotencyKey: 'k1' })).recordId,
      (await addRecord(anybody, { ...request, idempotencyKey: 'k1' })).recordId,
    ];
    expect([ids, site.store.requests]).toEqual([['r1', 'r2'], []]);
  });
});
