import { listDirectory, suggestPeople, wholeDirectory } from '../../../core/people/directory.ts';
import type { PageOf } from '../../../core/store.ts';
import { callerOf, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const numbered = (count: number, name: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => ({
    id: `u${at}`,
    name: name(at),
    email: `u${at}@people.example`,
  }));
const ordered = (at: number) => `Person ${String(at).padStart(5, '0')}`;

/** All pages of a list, by the ids on each. */
async function pages(site: SiteMemory, search: string | undefined, limit: number): Promise<string[][]> {
  const session = site.design(callerOf());
  const seen: string[][] = [];
  let cursor: string | undefined;
  do {
    const page: PageOf<{ id: string }> = await listDirectory(session, 'users', {
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(search !== undefined && { search }),
    });
    seen.push(page.items.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return seen;
}

describe('the directory', () => {
  it.each([
    [1, 3, [1]],
    [3, 3, [3]],
    [4, 3, [3, 1]],
    [6, 3, [3, 3]],
    [0, 3, [0]],
  ])('of %i people, %i a page, has pages of %j and no empty one at the end', async (count, limit, sizes) => {
    const site = new SiteMemory().add(...numbered(count, ordered));
    const seen = await pages(site, undefined, limit);
    expect(seen.map(({ length }) => length)).toEqual(sizes);
    expect(seen.flat()).toEqual(numbered(count, ordered).map(({ id }) => id));
    expect(site.reads.map((read) => read.limit)).toEqual(sizes.map(() => limit));
  });

  it('shows of an account its id, type, name, email and roles, and where it stands in the list to nobody', async () => {
    const site = new SiteMemory().add(
      { id: 'a', name: 'Ada', email: 'ada@people.example', roles: ['clerk'], firstName: 'Ada', version: 3 },
      { id: 'm', name: 'Machine', type: 'serviceAccount', roles: ['export'] },
      { id: 'r', name: 'Robot', type: 'robot' },
    );
    const session = site.design(callerOf());
    const ada = { id: 'a', type: 'user', name: 'Ada', email: 'ada@people.example', roles: ['clerk'] };
    const machines = [
      { id: 'm', type: 'serviceAccount', name: 'Machine', roles: ['export'] },
      { id: 'r', type: 'robot', name: 'Robot', roles: [] },
    ];
    expect(await listDirectory(session, 'users', { limit: 5 })).toEqual({ items: [ada] });
    expect(await listDirectory(session, 'machines', { limit: 5 })).toEqual({ items: machines });
    expect(await wholeDirectory(site.store, 'users')).toEqual([ada]);
    expect(await wholeDirectory(site.store, 'machines')).toEqual(machines);
  });

  it.each([
    ['a part of the name, whatever the case', 'ZOË', ['a']],
    ['a part of the email', 'pier@', ['b']],
    ['wide letters and space around them', ' ｐｉｅｒ ', ['b']],
    ['space alone: everybody', '  ', ['a', 'b', 'c']],
    ['what nobody is called', 'xyz', []],
  ])('is searched for %s', async (_, search, found) => {
    const site = new SiteMemory().add(
      { id: 'a', name: 'Ann Zoë', email: 'ann@people.example' },
      { id: 'b', name: 'Bob', email: 'Pier@people.example' },
      { id: 'c', name: 'Cem' },
    );
    expect((await pages(site, search, 10)).flat()).toEqual(found);
  });

  it('is searched page by page, each match once, also where many lie between them', async () => {
    const site = new SiteMemory().add(
      ...numbered(901, (at) => `${ordered(at)}${at % 150 === 0 ? ' Rare' : ''}`),
    );
    expect(await pages(site, 'rare', 3)).toEqual([
      ['u0', 'u150', 'u300'],
      ['u450', 'u600', 'u750'],
      ['u900'],
    ]);
    expect(new Set(site.reads.map((read) => read.limit))).toEqual(new Set([200]));
  });

  it('is left off after 2,000 entries, and goes on with the next page', async () => {
    const last = 2_000;
    const site = new SiteMemory().add(
      ...numbered(last + 1, (at) => `${ordered(at)}${at === last ? ' Rare' : ''}`),
    );
    expect(await pages(site, 'rare', 3)).toEqual([[], [`u${last}`]]);
    expect(site.reads).toHaveLength(11);
  });

  it('is read whole however many there are: each once', async () => {
    const site = new SiteMemory().add(...numbered(2_001, ordered));
    const all = await wholeDirectory(site.store, 'users');
    expect(all.map(({ id }) => id)).toEqual(numbered(2_001, ordered).map(({ id }) => id));
    expect(site.reads.map((read) => read.limit)).toEqual([1000, 1000, 1000]);
  });

  it('takes the cursor of its list, search and reader alone', async () => {
    const site = new SiteMemory().add(
      ...numbered(5, ordered),
      { id: 'm1', type: 'robot' },
      { id: 'm2', type: 'robot' },
    );
    const session = site.design(callerOf());
    const { cursor = '' } = await listDirectory(session, 'users', { limit: 2, search: 'Person' });
    const again = await listDirectory(session, 'users', { limit: 2, search: ' person ', cursor });
    expect(again.items.map(({ id }) => id)).toEqual(['u2', 'u3']);
    const message = 'does not belong to this list; start again without it';
    for (const wrong of [
      () => listDirectory(session, 'users', { limit: 2, cursor }),
      () => listDirectory(session, 'machines', { limit: 2, search: 'Person', cursor }),
      () =>
        listDirectory(site.design(callerOf({ principalId: 'mina' })), 'users', {
          limit: 2,
          search: 'Person',
          cursor,
        }),
    ]) {
      expect((await refusal(wrong))[2]).toEqual([{ path: '/cursor', message }]);
    }
  });

  it('[V21] suggests users and roles, never programs, to who may read accounts', async () => {
    const roles = [{ id: 'pilots', name: 'Pilots', environments: [] }];
    const site = new SiteMemory({ roles })
      .running('test')
      .add({ id: 'a', name: 'Pilar Pilot', email: 'p@x.example' }, { id: 'm', name: 'Pilot', type: 'robot' });
    expect(await suggestPeople(site.design(callerOf()), 'pil')).toEqual([
      { type: 'user', id: 'a', name: 'Pilar Pilot' },
      { type: 'role', id: 'pilots', name: 'Pilots' },
    ]);
    expect((await refusal(() => suggestPeople(site.design(callerOf({ roles: ['pilots'] })), 'pil')))[0]).toBe(
      'FORBIDDEN',
    );
  });
});
