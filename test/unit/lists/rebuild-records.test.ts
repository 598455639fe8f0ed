import { DaypassError } from '../../../core/errors.ts';
import { layoutOf } from '../../../core/lists/layout.ts';
import { newRebuild, type Rebuild } from '../../../core/lists/rebuild.ts';
import { beginRebuild, failRebuild, rebuildPage } from '../../../core/lists/rebuild-records.ts';
import { startOf } from '../../../core/lists/start-rebuild.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { NOW, RepairSite } from '../../fixtures/repairs.ts';

const AT = '2027-03-10T09:00:00.000Z';
const JOBS = { environment: 'production', app: 'repairs', recordType: 'job' } as const;
const START = { shard: 0, after: '', done: 0, finished: false };

const asked = (more: Partial<Parameters<typeof newRebuild>[1]> = {}) =>
  newRebuild(JOBS, {
    mode: 'outdated',
    since: 3,
    at: AT,
    by: 'ann',
    published: '2027-03-10T08:59:30.000Z',
    ...more,
  });

/** A site with so many jobs; by an earlier layout those that `outdated` says. */
async function siteWith(
  count: number,
  outdated: (at: number) => boolean = () => false,
  mode?: Rebuild['mode'],
) {
  const site = new RepairSite();
  for (let at = 0; at < count; at++) await site.job({ title: `job ${at}`, worker: 'bob' });
  for (const [at, record] of [...site.store.records.values()].entries())
    if (outdated(at)) {
      const places = (record.indexed ?? []).map(
        ([view, index, sort]) => [view, index, `old ${sort}`] as const,
      );
      site.store.records.set(record.id, { ...record, layout: 'an earlier one', indexed: places as never });
    }
  site.store.commits.length = 0;
  site.store.rebuild = asked(mode && { mode });
  return { site, ref: { ...JOBS, rebuildId: site.store.rebuild.id } };
}

describe('a rebuild that is asked for', () => {
  it('is said whole, and begins when whoever wrote by the definition before has ended', () => {
    expect(asked()).toEqual({
      ...JOBS,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      mode: 'outdated',
      status: 'requested',
      since: 3,
      done: 0,
      notBefore: '2027-03-10T09:00:30.000Z',
      requestedAt: AT,
      requestedBy: 'ann',
      updatedAt: AT,
    });
    expect(startOf(asked())).toEqual({
      id: `rebuild-${asked().id}`,
      createdAt: AT,
      action: { type: 'startRebuild', rebuildId: asked().id, ...JOBS },
    });
  });

  it('is one with the same that is asked for again, and of all records a new one each time', () => {
    const later = { at: '2027-03-11T09:00:00.000Z' };
    const ids = [
      asked(later),
      asked({ by: 'bob', published: AT }),
      asked({ since: 4 }),
      asked({ mode: 'all' }),
      asked({ mode: 'all', ...later }),
      newRebuild(
        { ...JOBS, recordType: 'house' },
        { mode: 'outdated', since: 3, at: AT, by: 'ann', published: AT },
      ),
      newRebuild(
        { ...JOBS, environment: 'staging' },
        { mode: 'outdated', since: 3, at: AT, by: 'ann', published: AT },
      ),
      newRebuild({ ...JOBS, app: 'other' }, { mode: 'outdated', since: 3, at: AT, by: 'ann', published: AT }),
    ].map(({ id }) => id);
    expect(ids.map((id) => id === asked().id)).toEqual([true, true, ...Array(6).fill(false)]);
    expect(new Set(ids).size).toBe(7);
  });

  it('counts what there is to do before it begins', async () => {
    const { site, ref } = await siteWith(2);
    expect(await beginRebuild(site.runtime, ref)).toEqual({
      ...START,
      notBefore: '2027-03-10T09:00:30.000Z',
    });
    expect(site.store.rebuild).toMatchObject({ status: 'running', known: 2, done: 0, updatedAt: AT });
  });

  it('is over before it begins where a later one was asked for, or none', async () => {
    const { site, ref } = await siteWith(1);
    const other = { ...ref, rebuildId: 'another' };
    expect(await beginRebuild(site.runtime, other)).toMatchObject({ finished: true });
    expect(await rebuildPage(site.runtime, other, { ...START, shard: 1 })).toEqual({
      ...START,
      shard: 1,
      finished: true,
    });
    expect(site.store.rebuild).toEqual(asked());
    site.store.rebuild = undefined;
    expect(await beginRebuild(site.runtime, ref)).toEqual({ ...START, finished: true, notBefore: AT });
  });

  it('that failed says so', async () => {
    const { site, ref } = await siteWith(0);
    await failRebuild(site.runtime, ref);
    expect(site.store.rebuild).toEqual({ ...asked(), status: 'failed', updatedAt: AT });
  });
});

describe('a rebuild', () => {
  it('writes the items of outdated records anew, each as it was read, and leaves the record as it is', async () => {
    const { site, ref } = await siteWith(3, (at) => at === 1);
    const before = structuredClone(site.store.records.get('r2') as StoredRecord);
    expect(await rebuildPage(site.runtime, ref, START)).toEqual({
      shard: 3,
      after: '',
      done: 3,
      finished: true,
    });

    expect(site.store.commits).toEqual([
      [
        {
          kind: 'reindexRecord',
          record: { ...before, layout: layoutOf(site.type('job')), indexed: expect.any(Array) },
          expectedVersion: 1,
          expectedLayout: 'an earlier one',
          indexPut: expect.any(Array),
          indexRemove: (before.indexed ?? []).map(([view, index, sort]) => ({
            app: 'repairs',
            recordType: 'job',
            view,
            index,
            partition: [],
            sort,
            recordId: 'r2',
          })),
        },
      ],
    ]);
    expect(site.store.rebuild).toEqual({
      ...asked(),
      status: 'finished',
      done: 3,
      built: 3,
      finishedAt: AT,
      updatedAt: AT,
    });
  });

  it('of all records writes all of them', async () => {
    const { site, ref } = await siteWith(3, () => false, 'all');
    await rebuildPage(site.runtime, ref, START);
    expect(site.store.commits).toHaveLength(3);
  });

  it('goes on where it was in a later state, when there are very many', async () => {
    const { site, ref } = await siteWith(0);
    const [ids, places] = [new Set<string>(), [] as string[]];
    const many = (shard: number) =>
      Array.from({ length: 350 }, (_, at) => `${shard}-${String(at).padStart(3, '0')}`);
    Object.assign(site.store, {
      listRegister: async (_: unknown, shard: number, page: { limit: number; after?: string }) => {
        places.push(`${shard}/${page.after ?? ''}/${page.limit}`);
        const all = many(shard).filter((id) => id > (page.after ?? ''));
        const some = all.slice(0, page.limit);
        for (const id of some) ids.add(id);
        return { ids: some, ...(all.length > some.length && { last: some.at(-1) }) };
      },
    });
    const first = await rebuildPage(site.runtime, ref, START);
    expect(first).toEqual({ shard: 1, after: '1-199', done: 550, finished: false });
    expect(site.store.rebuild).toMatchObject({ status: 'running', done: 550, updatedAt: AT });
    const second = await rebuildPage(site.runtime, ref, first);
    expect(second).toEqual({ shard: 3, after: '', done: 1050, finished: true });
    expect([ids.size, places[3], places[4]]).toEqual([1050, '0/0-299/100', '1//100']);
  });

  it('is finished where the type is gone, or there is nothing of it', async () => {
    const { site, ref } = await siteWith(1, () => true);
    site.store.rebuild = { ...asked(), recordType: 'gone' };
    expect(await rebuildPage(site.runtime, { ...ref, recordType: 'gone' }, START)).toEqual({
      ...START,
      finished: true,
    });
    expect(site.store.rebuild).toMatchObject({ status: 'finished', built: 3, done: 0 });
    expect(site.store.commits).toEqual([]);
  });

  it('reads a record anew that somebody else wrote in between, up to four times', async () => {
    const write = (site: RepairSite, times: number, error?: DaypassError) => {
      for (let at = 0; at < times; at++)
        site.store.meanwhile.push(() => {
          if (error) throw error;
          const record = site.store.records.get('r1') as StoredRecord;
          site.store.records.set('r1', { ...record, version: record.version + 1 });
        });
    };
    const { site, ref } = await siteWith(1, () => true);
    write(site, 4);
    await rebuildPage(site.runtime, ref, START);
    expect(site.store.records.get('r1')).toMatchObject({ version: 5, layout: layoutOf(site.type('job')) });

    const busy = await siteWith(1, () => true);
    write(busy.site, 5);
    await expect(rebuildPage(busy.site.runtime, busy.ref, START)).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
    });

    const broken = await siteWith(1, () => true);
    write(broken.site, 1, new DaypassError('CONFLICT'));
    await expect(rebuildPage(broken.site.runtime, broken.ref, START)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(NOW).toBe(Date.parse(AT));
  });
});
