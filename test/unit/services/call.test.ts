import type { Change } from '../../../core/changes.ts';
import { addRecord } from '../../../core/records/operation.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { callService, type ServiceRequest } from '../../../core/services/call.ts';
import { RepairSite } from '../../fixtures/repairs.ts';

const AT = '2027-03-10T09:00:00.000Z';
const call = (site: RepairSite, service: string, more: Partial<ServiceRequest> = {}, who = 'ann') =>
  callService(site.as(who), { service, ...more });

const invalid = (...problems: [path: string, message: string][]) => ({
  code: 'REQUEST_INVALID',
  problems: problems.map(([path, message]) => ({ path, message })),
});
const last = (site: RepairSite) => site.store.commits.at(-1) as Change[];
const eventOf = (site: RepairSite) => site.store.events[0];

describe('a service that adds', () => {
  it('takes its fields, answers what it returns, and does it as its robot for who called', async () => {
    const site = new RepairSite();
    const values = { title: 'Mend', worker: 'bob', helper: 'cid' };
    expect(await call(site, 'add-job', { values, idempotencyKey: 'k1' })).toEqual({
      service: 'add-job',
      record: {
        id: 'r1',
        version: 1,
        state: 'Open',
        values: { title: 'Mend', worker: 'bob' },
        names: { bob: 'Bob' },
      },
    });
    expect(site.store.records.get('r1')).toMatchObject({ createdBy: 'fixer', updatedBy: 'fixer' });
    expect(eventOf(site)).toMatchObject({
      operation: 'add',
      actor: { id: 'ann', type: 'user', name: 'Ann' },
      service: 'add-job',
      at: AT,
    });
    expect(last(site).at(-1)).toMatchObject({
      kind: 'addRequest',
      request: { principalId: 'fixer', key: 'add-job ann k1' },
    });
    expect((await call(site, 'add-job', { values, idempotencyKey: 'k1' })).record?.id).toBe('r1');
    const byDan = callService(site.as('dan', { roles: ['chief'] }), {
      service: 'add-job',
      values,
      idempotencyKey: 'k1',
    });
    expect((await byDan).record?.id).toBe('r2');
  });

  it('refuses fields that are not the service’s, and what is for other kinds of services', async () => {
    const site = new RepairSite();
    await expect(
      call(site, 'add-job', { values: { title: 'a', secret: 'x', hours: 1 } }),
    ).rejects.toMatchObject({
      code: 'VALUES_INVALID',
      problems: [
        { path: '/values/secret', message: 'is not a field that this service takes' },
        { path: '/values/hours', message: 'is not a field that this service takes' },
      ],
    });
    const why = 'leave it out: this service adds a record';
    await expect(
      call(site, 'add-job', { values: {}, parameters: {}, limit: 1, cursor: '', record: 'r1' }),
    ).rejects.toMatchObject(
      invalid(['/parameters', why], ['/limit', why], ['/cursor', why], ['/record', why]),
    );
    await expect(call(site, 'add-job')).rejects.toMatchObject({ code: 'VALUES_INVALID' });
    expect(site.store.commits).toEqual([]);
  });
});

describe('a service that runs an operation', () => {
  it('acts on the record that is named, and answers no values unless it says which', async () => {
    const site = new RepairSite();
    await site.job({ title: 'Mend', worker: 'bob' });
    expect(await call(site, 'close-job', { record: 'r1', values: { hours: 3 }, expectedVersion: 1 })).toEqual(
      {
        service: 'close-job',
        record: { id: 'r1', version: 2, state: 'Done', values: {}, names: {} },
      },
    );
    expect(site.store.records.get('r1')?.values.hours).toBe(3);
    expect(eventOf(site)).toMatchObject({ operation: 'finish', actor: { id: 'ann' }, service: 'close-job' });
  });

  it('that deletes says so', async () => {
    const site = new RepairSite();
    await site.job({ title: 'Mend' });
    expect(await call(site, 'drop-job', { record: 'r1' })).toEqual({ service: 'drop-job', deleted: true });
  });

  it('wants a record of its type, in the version that was read', async () => {
    const site = new RepairSite();
    const job = await site.job({ title: 'Mend' });
    const stored = site.store.records.get(job.id) as StoredRecord;
    site.store.records.set('h1', { ...stored, id: 'h1', recordType: 'house' });

    await expect(call(site, 'close-job')).rejects.toMatchObject(
      invalid(['/record', 'name the record to act on']),
    );
    await expect(call(site, 'close-job', { record: 'h1' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(call(site, 'close-job', { record: 'r9' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(call(site, 'close-job', { record: 'r1', expectedVersion: 2 })).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
    });
    const why = 'leave it out: this service runs an operation';
    await expect(call(site, 'close-job', { record: 'r1', limit: 1 })).rejects.toMatchObject(
      invalid(['/limit', why]),
    );
  });
});

describe('a service that reads', () => {
  it('answers what the view lists, as the robot sees it', async () => {
    const site = new RepairSite();
    await site.job({ title: 'a', hours: 2, worker: 'bob', secret: 'x' });
    expect(await call(site, 'open-jobs')).toEqual({
      service: 'open-jobs',
      records: [
        {
          id: 'r1',
          version: 1,
          state: 'Open',
          values: { title: 'a', hours: 2, secret: 'x', twice: '4' },
          names: {},
        },
      ],
    });
  });

  it('names the records and people that its columns refer to, as far as its robot may view them', async () => {
    const site = new RepairSite((app) => {
      app.recordTypes[1]?.views?.[0]?.columns.push('house', 'worker', 'helper');
    });
    const house = await addRecord(site.as('ann'), {
      app: 'repairs',
      recordType: 'house',
      operation: 'add',
      values: { street: 'Mill Lane', keeper: 'cid' },
    });
    const id = house.record?.id as string;
    await site.job({ title: 'a', house: id, worker: 'bob', helper: 'cid' });
    const { records } = await call(site, 'open-jobs');
    expect(records?.map(({ names }) => names)).toEqual([{ [id]: 'Mill Lane', bob: 'Bob', cid: 'Cid' }]);
  });

  it('goes on for who got the cursor, and in that service alone', async () => {
    const site = new RepairSite();
    for (let at = 10; at < 36; at++) await site.job({ title: `${at}` });
    const first = await call(site, 'open-jobs');
    const cursor = first.cursor as string;
    expect(first.records).toHaveLength(25);
    const rest = await call(site, 'open-jobs', { cursor, limit: 5 });
    expect([rest.records?.map(({ values }) => values.title), rest.cursor]).toEqual([['35'], undefined]);
    expect((await call(site, 'open-jobs', { limit: 2 })).records).toHaveLength(2);
    await expect(
      callService(site.as('dan', { roles: ['chief'] }), { service: 'open-jobs', cursor }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('takes neither a record nor values, and no parameter that the view has not', async () => {
    const site = new RepairSite();
    const why = 'leave it out: this service reads a view, and takes its parameters';
    await expect(call(site, 'open-jobs', { record: 'r1', values: {} })).rejects.toMatchObject(
      invalid(['/record', why], ['/values', why]),
    );
    await expect(call(site, 'open-jobs', { parameters: { x: 'y' } })).rejects.toMatchObject(
      invalid(['/param.x', 'is not a parameter of this view']),
    );
  });
});

describe('a service', () => {
  it('is not there for who may not call it, nor where there is none, or the name is two apps’', async () => {
    const missing = { code: 'NOT_FOUND' };
    const site = new RepairSite();
    await expect(call(site, 'open-jobs', {}, 'bob')).rejects.toMatchObject(missing);
    await expect(call(site, 'other')).rejects.toMatchObject(missing);
    const apps = new Map(site.published.site.apps);
    const repairs = apps.get('repairs');
    if (repairs) apps.set('copy', { ...repairs, id: 'copy' });
    Object.assign(site.published, { site: { ...site.published.site, apps } });
    await expect(call(site, 'open-jobs')).rejects.toMatchObject(missing);
  });

  it.each<[string, object | undefined, string, string]>([
    ['is gone', undefined, 'ROBOT_MISSING', 'the app repairs has no robot any more'],
    ['is no robot', { type: 'serviceAccount' }, 'ROBOT_MISSING', 'the app repairs has no robot any more'],
    [
      'works for another app',
      { apps: ['other'] },
      'ROBOT_REFUSED',
      'its robot does not run services of the app repairs',
    ],
  ])('says what is wrong where its robot %s', async (_, change, code, message) => {
    const site = new RepairSite();
    const robot = site.store.principals.get('fixer');
    if (robot && change) site.store.principals.set('fixer', { ...robot, ...change });
    else site.store.principals.delete('fixer');
    await expect(call(site, 'open-jobs')).rejects.toMatchObject({ code, message });
  });
});
