import { subjectOf } from '../../../core/access.ts';
import type { LinkedView } from '../../../core/apps/published.ts';
import { listGrants } from '../../../core/lists/grants.ts';
import { projectedFields } from '../../../core/lists/layout.ts';
import { indexRecord } from '../../../core/records/index-entries.ts';
import { openView } from '../../../core/records/list.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { RepairSite } from '../../fixtures/repairs.ts';

/** Repairs whose workers see jobs on this condition. */
function siteWhere(when: string): RepairSite {
  return new RepairSite(({ permissions }) => {
    const worker = permissions?.find(({ role, recordType }) => role === 'worker' && recordType === 'job');
    Object.assign(worker ?? {}, { when });
  });
}

/** The narrower places of the list of all jobs that a job has. */
function placesOf(site: RepairSite, record: Partial<StoredRecord>): string[] {
  const job = {
    id: 'r1',
    app: 'repairs',
    recordType: 'job',
    state: 'Open',
    values: { title: 'Mend' },
    names: {},
    createdBy: 'ann',
    ...record,
  } as StoredRecord;
  const own = site.type('job').views.get('all')?.index.id;
  return indexRecord(site.type('job'), job)
    .index.filter(({ view, index }) => view === 'all' && index !== own)
    .map(({ partition }) => partition.join(','));
}

describe('a record’s places for readers who see only part of a list', () => {
  it.each<[string, string, Partial<StoredRecord>, string[]]>([
    ['a field', 'record.worker == me.id', { values: { worker: 'bob' } }, ['=bob']],
    ['nothing in it', 'record.worker == me.id', { values: {} }, []],
    [
      'each value of a list once',
      'me.name in record.tools',
      { values: { tools: ['a', 'b', 'a'] } },
      ['=a', '=b'],
    ],
    ['no list', 'me.name in record.tools', { values: { tools: null } }, []],
    ['the owner field', 'record.owner == me.id', { values: { worker: 'bob' } }, ['=bob']],
    ['nobody in it: whoever made it', 'record.owner == me.id', { values: {} }, ['=ann']],
    ['a property', 'record.state == me.name', { state: 'Done' }, ['=Done']],
    ['a number', 'record.hours == 2.0', { values: { hours: 2 } }, ['=2']],
    ['a truth value', 'record.urgent == true', { values: { urgent: false } }, ['=false']],
    [
      'two fields',
      'record.worker == me.id && record.kind == me.name',
      { values: { worker: 'bob', kind: 'Roof' } },
      ['=Roof,=bob'],
    ],
    [
      'what the rest asks of the record alone',
      'record.worker == me.id && record.hours > 3.0',
      { values: { worker: 'bob', hours: 4 } },
      ['=bob'],
    ],
    [
      'not what it asks',
      'record.worker == me.id && record.hours > 3.0',
      { values: { worker: 'bob', hours: 3 } },
      [],
    ],
    [
      'nothing where it asks',
      'record.worker == me.id && record.hours > 3.0',
      { values: { worker: 'bob' } },
      [],
    ],
  ])('with %s', (_, when, record, places) => {
    expect(placesOf(siteWhere(when), record).sort()).toEqual(places);
  });
});

it('a record has no place where nobody looks: with no value for what a list asks', async () => {
  const site = new RepairSite();
  await site.job({ title: 'Mend', secret: 'x', hours: 1 });
  expect(site.store.records.get('r1')?.indexed?.map(([view]) => view)).toEqual(['all']);
});

it('an item holds what decides about its record, access lists too, and no other field', () => {
  const site = new RepairSite();
  const type = site.type('job');
  const held = (id: string) => [...projectedFields(type, type.views.get(id) as LinkedView)].sort();
  const record = { values: {}, names: {}, accessLists: { viewers: ['role:x'] } } as never;

  expect(held('all')).toEqual(['hours', 'secret', 'title', 'twice', 'urgent', 'worker']);
  expect(held('of-kind')).toEqual(['hours', 'kind', 'title', 'urgent', 'worker']);
  expect(held('mine')).toEqual(['day', 'title', 'urgent', 'worker']);
  expect(indexRecord(type, record).index[0]?.projection.accessLists).toEqual({ viewers: ['role:x'] });
});

it('why somebody may see records is told without what is denied, and whole for who is exempt', () => {
  const site = new RepairSite(({ permissions }) =>
    permissions?.push({
      role: 'worker',
      effect: 'deny',
      recordType: 'job',
      operations: ['look'],
      when: 'record.urgent == true',
    }),
  );
  const resource = { type: 'record', app: 'repairs', recordType: 'job' } as const;
  const grants = (...roles: string[]) =>
    listGrants(
      site.published.policy,
      subjectOf(site.as('bob', { roles }).caller),
      resource,
      'look',
      'production',
    );
  expect(grants('chief')).toEqual([{}]);
  expect(grants('worker')).toEqual([
    { condition: expect.objectContaining({ source: 'record.worker == me.id' }) },
  ]);
  expect(grants('TenantAdministrator')).toEqual([{}]);
  expect(grants()).toEqual([]);
});

it('a number in a condition finds the records that have it', async () => {
  const site = siteWhere('record.hours == 2.0');
  for (const hours of [1, 2]) await site.job({ title: `${hours} h`, hours });
  const { records } = await openView(site.as('bob'), {
    app: 'repairs',
    recordType: 'job',
    view: 'all',
    params: {},
    limit: 10,
  });
  expect(records.map(({ title }) => title)).toEqual(['2 h']);
});
