import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { openView, type ViewRequest } from '../../../core/records/list.ts';
import type { StoredRecord, Values, ViewPage } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { REPAIRS, RepairSite } from '../../fixtures/repairs.ts';

const open = (session: Session, view: string, more: Partial<ViewRequest> = {}): Promise<ViewPage> =>
  openView(session, { app: 'repairs', recordType: 'job', view, params: {}, limit: 10, ...more });

const titles = ({ records }: ViewPage) => records.map(({ title }) => title);

const ROOFS = { params: { kind: 'Roof', most: '9' } };

async function siteWith(...jobs: Values[]): Promise<RepairSite> {
  const site = new RepairSite();
  for (const job of jobs) await site.job(job);
  return site;
}

const refusal = (path: string, message: string) => ({
  code: 'REQUEST_INVALID',
  problems: [{ path, message }],
});

describe('a page of a list', () => {
  it('tells of each record what its columns hold, and what may be done with it', async () => {
    const site = await siteWith({ title: 'Mend', hours: 2, worker: 'bob', secret: 'x', house: 'h1' });

    expect(await open(site.as('bob'), 'all')).toEqual({
      app: 'repairs',
      appName: 'Repairs',
      recordType: 'job',
      view: { id: 'all', name: 'All' },
      columns: [
        { id: 'title', label: 'Title', type: 'string' },
        { id: 'hours', label: 'Hours', type: 'number' },
        { id: 'twice', label: 'Twice the hours', type: 'formula' },
        { id: 'state', label: 'State', type: 'string' },
      ],
      records: [
        {
          id: 'r1',
          app: 'repairs',
          recordType: 'job',
          version: 1,
          state: 'Open',
          stateName: 'To be done',
          title: 'Mend',
          values: { title: 'Mend', hours: 2, twice: '4' },
          names: { bob: 'Bob' },
          createdAt: '2027-03-10T09:00:00.000Z',
          updatedAt: '2027-03-10T09:00:00.000Z',
          can: {
            operations: [
              { id: 'change', name: 'Change', kind: 'edit' },
              { id: 'finish', name: 'Finish', kind: 'transition' },
            ],
            edit: ['hours', 'helper', 'secret'],
          },
        },
      ],
    });
    // Its index items are enough: no record was read for it.
    expect(site.store.reads.filter((id) => id === 'r1')).toEqual([]);
  });

  it('has every column where no record could show any, and for whoever may see every field', async () => {
    const site = await siteWith({ title: 'Bare' });
    const columns = async (who: string) => (await open(site.as(who), 'all')).columns.map(({ id }) => id);

    expect(await columns('ann')).toEqual(['title', 'hours', 'secret', 'twice', 'state']);
    expect(await columns('bob')).toEqual(['title', 'hours', 'secret', 'twice', 'state']);
  });

  it('leaves out what the view does not list, for whomever', async () => {
    const site = await siteWith({ title: 'a', hours: 1, worker: 'ann', secret: 'x', kind: 'Roof' });
    const values = async (view: string) =>
      (await open(site.as('ann'), view, view === 'of-kind' ? ROOFS : {})).records[0]?.values;

    expect(await values('all')).toEqual({ title: 'a', hours: 1, secret: 'x', twice: '2' });
    expect(await values('of-kind')).toEqual({ title: 'a' });
    expect(await values('mine')).toEqual({ title: 'a', day: '2027-03-10' });
  });

  it('ends where its limit is reached, and a last page that is full leads on to nothing', async () => {
    const site = await siteWith(...['a', 'b', 'c', 'd'].map((title) => ({ title })));
    const first = await open(site.as('ann'), 'all', { limit: 2 });
    const second = await open(site.as('ann'), 'all', { limit: 2, cursor: first.cursor as string });

    expect([titles(first), typeof first.cursor]).toEqual([['a', 'b'], 'string']);
    expect([titles(second), second.cursor]).toEqual([['c', 'd'], undefined]);
  });

  it('goes on downwards where the view is sorted downwards', async () => {
    const site = await siteWith(
      ...[3, 1, 4, 2].map((hours) => ({ title: `${hours}`, hours, kind: 'Roof', secret: 'x' })),
    );
    const first = await open(site.as('ann'), 'of-kind', { ...ROOFS, limit: 3 });
    const second = await open(site.as('ann'), 'of-kind', {
      ...ROOFS,
      limit: 3,
      cursor: first.cursor as string,
    });

    expect([titles(first), titles(second), second.cursor]).toEqual([['4', '3', '2'], ['1'], undefined]);
  });

  it('holds what all of the filter says: what the table finds, what is written, and what is left to ask', async () => {
    const fitting = { hours: 8, kind: 'Roof', secret: 'x' };
    const site = await siteWith(
      { title: 'fits', ...fitting },
      { title: 'other kind', ...fitting, kind: 'Lift' },
      { title: 'other secret', ...fitting, secret: 'y' },
      { title: 'too long', ...fitting, hours: 9 },
      { title: 'nothing said' },
    );

    expect(titles(await open(site.as('ann'), 'of-kind', ROOFS))).toEqual(['fits']);
    expect(titles(await open(site.as('ann'), 'of-kind', { params: { kind: 'Lift', most: '9' } }))).toEqual([
      'other kind',
    ]);
  });

  it('is shorter where it holds very much text, and the next one goes on', async () => {
    const site = new RepairSite(({ recordTypes: [, job], permissions = [] }) => {
      job?.views.push({ id: 'long', name: 'Long', columns: ['why', 'tools'], sort: { field: 'title' } });
      permissions[0]?.views?.push('long');
    });
    // Twenty of them are all that there is room for, and one alone is shown whatever it is.
    for (let at = 10; at < 31; at++)
      await site.job({ title: `${at}`, urgent: true, why: 'w'.repeat(19_996), tools: ['Rope'] });
    const first = await open(site.as('ann'), 'long', { limit: 25 });
    const second = await open(site.as('ann'), 'long', { limit: 25, cursor: first.cursor as string });

    expect([first.records.length, titles(second), second.cursor]).toEqual([20, ['30'], undefined]);
  });
});

describe('a cursor leads on only', () => {
  it.each<[string, (site: RepairSite) => [Session, string, Partial<ViewRequest>]]>([
    ['for who got it', (site) => [site.as('bob'), 'mine', {}]],
    ['in its view', (site) => [site.as('ann'), 'all', {}]],
    ['with its parameters', (site) => [site.as('ann'), 'of-kind', ROOFS]],
    [
      'in its environment',
      (site) => [{ ...site.as('ann'), published: { ...site.published, environment: 'staging' } }, 'mine', {}],
    ],
  ])('%s', async (_, elsewhere) => {
    const site = await siteWith(...['a', 'b'].map((title) => ({ title, worker: 'ann' })));
    const { cursor } = await open(site.as('ann'), 'mine', { limit: 1 });
    const [session, view, more] = elsewhere(site);

    expect(typeof cursor).toBe('string');
    await expect(open(session, view, { ...more, cursor: cursor as string })).rejects.toMatchObject(
      refusal('/cursor', 'does not belong to this list; start again without it'),
    );
  });

  it('with the same parameters: others of the same view begin anew', async () => {
    const site = await siteWith(
      ...['a', 'b'].map((title) => ({ title, hours: 1, kind: 'Roof', secret: 'x' })),
    );
    const { cursor } = await open(site.as('ann'), 'of-kind', { ...ROOFS, limit: 1 });
    const again = { cursor: cursor as string };

    expect(titles(await open(site.as('ann'), 'of-kind', { ...ROOFS, ...again }))).toEqual(['a']);
    const others = { params: { kind: 'Roof', most: '8' }, ...again };
    await expect(open(site.as('ann'), 'of-kind', others)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('an index item that a write has overtaken', () => {
  const FITS = { title: 'as it was', hours: 1, kind: 'Roof', secret: 'x' };
  /** The item is of an earlier definition, and its record is what is said here by now. */
  async function overtaken(now: Partial<StoredRecord> | 'gone') {
    const site = await siteWith(FITS);
    const [stale] = [...site.store.index.values()].filter(({ entry }) => entry.view === 'of-kind');
    if (!stale) throw new Error('there is no item');
    stale.entry.projection.layout = 'an earlier one';
    const record = site.store.records.get('r1') as StoredRecord;
    if (now === 'gone') site.store.records.delete('r1');
    else site.store.records.set('r1', { ...record, ...now });
    return titles(await open(site.as('ann'), 'of-kind', ROOFS));
  }

  it.each<[string, Partial<StoredRecord> | 'gone', string[]]>([
    [
      'the record as it is now, where that is still in the list',
      { values: { ...FITS, title: 'new' } },
      ['new'],
    ],
    ['nothing where its key is another now', { values: { ...FITS, kind: 'Lift' } }, []],
    ['nothing where it is not to be written any more', { values: { ...FITS, secret: 'y' } }, []],
    ['nothing where the rest of the filter does not hold any more', { values: { ...FITS, hours: 9 } }, []],
    ['nothing where it is gone', 'gone', []],
  ])('shows %s', async (_, now, expected) => {
    expect(await overtaken(now)).toEqual(expected);
  });

  it('of this definition is shown as it is: the record is not asked again', async () => {
    const site = await siteWith(FITS);
    const record = site.store.records.get('r1') as StoredRecord;
    site.store.records.set('r1', { ...record, values: { ...FITS, secret: 'y' } });

    expect(titles(await open(site.as('ann'), 'of-kind', ROOFS))).toEqual(['as it was']);
    expect(site.store.reads).not.toContain('r1');
  });
});

it('records are read where a rule asks for what the list’s items do not hold', async () => {
  const asksMore = (app: AppDefinitionInput) => {
    const worker = app.permissions?.find(({ role, recordType }) => role === 'worker' && recordType === 'job');
    if (worker) worker.when = 'record.worker == me.id && record.secret == "x"';
  };
  const site = await siteWith(
    { title: 'shown', worker: 'bob', secret: 'x' },
    { title: 'not shown', worker: 'bob', secret: 'y' },
  );
  // As where a rule comes from elsewhere than from the definition that the items were written for.
  Object.assign(site.published, { policy: new RepairSite(asksMore).published.policy });

  expect(titles(await open(site.as('bob'), 'mine'))).toEqual(['shown']);
  expect(site.store.reads).toEqual(expect.arrayContaining(['r1', 'r2']));
});

describe('a list that has to wait for its index', () => {
  const NAME = 'repairs/job';
  const ofType = { environment: 'production', app: 'repairs', recordType: 'job' } as const;

  async function waiting(indexes: (site: RepairSite) => string[], built?: number) {
    const site = await siteWith({ title: 'a', worker: 'bob' }, { title: 'b', worker: 'cid' });
    const view = site.type('job').views.get('all');
    Object.assign(site.published, { rebuilds: { [NAME]: { since: 3, indexes: indexes(site) } } });
    if (built !== undefined) site.store.rebuild = { ...ofType, id: 'x', built } as never;
    return { site, view };
  }
  const own = (site: RepairSite) => [`all/${site.type('job').views.get('all')?.index.id}`];
  const narrow = (site: RepairSite) =>
    [...(site.type('job').views.get('all')?.index.narrow.keys() ?? [])].map((id) => `all/${id}`);

  it.each([[undefined], [2]])(
    'says so until a rebuild since then has finished (the last: %s)',
    async (built) => {
      const { site } = await waiting(own, built);

      await expect(open(site.as('ann'), 'all')).rejects.toMatchObject({ code: 'LIST_NOT_READY' });
      expect(titles(await open(site.as('bob'), 'mine'))).toEqual(['a']);
    },
  );

  it('is there once one has', async () => {
    const { site } = await waiting(own, 3);
    expect(titles(await open(site.as('ann'), 'all'))).toEqual(['a', 'b']);
  });

  it('reads the whole view while only a narrower index lacks records', async () => {
    const { site } = await waiting(narrow);
    site.store.index.forEach(({ entry }, key) => {
      if (entry.view === 'all' && entry.partition.length > 0) site.store.index.delete(key);
    });
    expect(narrow(site)).toHaveLength(1);
    expect(titles(await open(site.as('bob'), 'all'))).toEqual(['a']);
  });
});

describe('a list’s parameters', () => {
  it.each<[Record<string, string>, string, string]>([
    [{ other: 'x' }, '/param.other', 'is not a parameter of this view'],
    [{ most: 'many' }, '/param.most', 'must be a number'],
  ])('%j are refused by name', async (params, path, message) => {
    const site = await siteWith();
    await expect(open(site.as('ann'), 'of-kind', { params })).rejects.toMatchObject(refusal(path, message));
  });

  it('that are left out are met by nothing', async () => {
    const site = await siteWith({ title: 'a', hours: 1, secret: 'x' });
    expect(titles(await open(site.as('ann'), 'of-kind', {}))).toEqual([]);
    expect(titles(await open(site.as('ann'), 'of-kind', { params: { kind: 'Roof' } }))).toEqual([]);
  });

  it('are numbers and truth values as the records hold them', async () => {
    const site = new RepairSite(({ recordTypes: [, job], permissions = [] }) => {
      job?.views.push({
        id: 'by',
        name: 'By',
        columns: ['title'],
        filter: 'record.urgent == params.urgent && record.hours == params.hours',
        parameters: [
          { id: 'urgent', type: 'boolean' },
          { id: 'hours', type: 'number' },
        ],
      });
      permissions[0]?.views?.push('by');
    });
    await site.job({ title: 'calm', urgent: false, hours: 10 });
    await site.job({ title: 'urgent', urgent: true, hours: 10, why: 'rain' });
    const by = async (urgent: string, hours: string) =>
      titles(await open(site.as('ann'), 'by', { params: { urgent, hours } }));

    expect(await by('true', '1e1')).toEqual(['urgent']);
    expect(await by('false', '10')).toEqual(['calm']);
    expect(await by('', '10')).toEqual([]);
    expect(await by('yes', '10')).toEqual(['calm']);
    expect(await by('true', '')).toEqual([]);
  });
});

it('nothing is there for who may not open the view, nor in views and types that there are none of', async () => {
  const site = await siteWith({ title: 'a', worker: 'bob' });
  const missing = { code: 'NOT_FOUND' };

  await expect(open(site.as('bob'), 'of-kind', ROOFS)).rejects.toMatchObject(missing);
  await expect(open(site.as('ann'), 'other')).rejects.toMatchObject(missing);
  await expect(open(site.as('ann'), 'all', { recordType: 'other' })).rejects.toMatchObject(missing);
  await expect(open(site.as('ann'), 'all', { app: 'other' })).rejects.toMatchObject(missing);
  await expect(open(site.as('ann'), 'all', { recordType: 'house' })).rejects.toMatchObject(missing);
});

describe('columns', () => {
  it('that somebody may see stay where no record has a value for them, and have the text that links show', async () => {
    const site = new RepairSite(({ recordTypes: [, job], permissions }) => {
      const twice = job?.fields.find(({ id }) => id === 'twice');
      Object.assign(twice ?? {}, { displayText: 'Twice' });
      const machine = permissions?.find(({ role, recordType }) => role === 'machine' && recordType === 'job');
      Object.assign(machine ?? {}, { fields: { look: ['title', 'twice', 'createdBy'] }, views: ['all'] });
    });
    await site.job({ title: 'Bare' });
    const { columns, records } = await open(site.as('fixer'), 'all');
    expect(records[0]?.values).toEqual({ title: 'Bare' });
    expect(columns).toEqual([
      { id: 'title', label: 'Title', type: 'string' },
      { id: 'twice', label: 'Twice the hours', type: 'formula', displayText: 'Twice' },
      { id: 'state', label: 'State', type: 'string' },
    ]);
  });
});

it('a condition on what every record has needs no record', async () => {
  const site = new RepairSite(({ permissions }) => {
    const worker = permissions?.find(({ role, recordType }) => role === 'worker' && recordType === 'job');
    Object.assign(worker ?? {}, { when: 'record.worker == me.id && record.state == "Open"' });
  });
  await site.job({ title: 'a', worker: 'bob' });
  expect(titles(await open(site.as('bob'), 'mine'))).toEqual(['a']);
  expect(site.store.reads).not.toContain('r1');
});

it('a cursor is of no use once the list is cut otherwise, nor in another app’s list of that name', async () => {
  const other = { ...structuredClone(REPAIRS), id: 'other', services: [] };
  const house = other.recordTypes[1]?.fields.find(({ id }) => id === 'house');
  Object.assign(house ?? {}, { target: { app: 'other', recordType: 'house' } });
  const site = new RepairSite(undefined, [other]);
  const sorted = new RepairSite(({ recordTypes: [, job] }) => {
    Object.assign(job?.views[0] ?? {}, { sort: { field: 'hours' } });
  });
  for (const title of ['a', 'b']) await site.job({ title });
  const { cursor } = await open(site.as('ann'), 'all', { limit: 1 });
  const again = { limit: 1, cursor: cursor as string };

  expect(titles(await open(site.as('ann'), 'all', again))).toEqual(['b']);
  const refused = { code: 'REQUEST_INVALID' };
  await expect(open(site.as('ann'), 'all', { ...again, app: 'other' })).rejects.toMatchObject(refused);
  await expect(open(sorted.as('ann'), 'all', again)).rejects.toMatchObject(refused);
});

it('of two kinds of records that wait for their lists, one that is ready does not make the other so', async () => {
  const site = await siteWith({ title: 'a' });
  const waiting = (type: string, view: string) => ({
    since: 3,
    indexes: [`${view}/${site.type(type).views.get(view)?.index.id}`],
  });
  Object.assign(site.published, {
    rebuilds: { 'repairs/job': waiting('job', 'all'), 'repairs/house': waiting('house', 'houses') },
  });
  site.store.rebuild = { environment: 'production', app: 'repairs', recordType: 'job', built: 3 } as never;
  expect(titles(await open(site.as('ann'), 'all'))).toEqual(['a']);
  await expect(open(site.as('ann'), 'houses', { recordType: 'house' })).rejects.toMatchObject({
    code: 'LIST_NOT_READY',
  });
  // What is known once is not asked again.
  site.store.rebuild = undefined;
  expect(titles(await open(site.as('ann'), 'all'))).toEqual(['a']);
});
