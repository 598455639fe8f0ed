import fc from 'fast-check';
import { mergeBranches, READ_ON } from '../../../core/lists/merge.ts';

type Verdict = boolean | 'last';

interface Asked {
  limit?: number;
  after?: string | undefined;
  descending?: boolean;
  verdict?: (place: string) => Verdict;
}

/** Branches written as the places that they hold; a record's id is its place without regard to case. */
async function merge(
  parts: string[],
  { limit = 10, after, descending = false, verdict = () => true }: Asked = {},
) {
  const taken: string[] = [];
  const examined: string[] = [];
  const reads: string[] = [];
  const turn = descending ? -1 : 1;
  const end = await mergeBranches({
    branches: parts.length,
    descending,
    limit,
    ...(after !== undefined && { after }),
    async read(at, page) {
      reads.push(`${at}:${page.limit}${page.after ?? ''}`);
      const rest = [...(parts[at] as string)]
        .sort((a, b) => turn * (a < b ? -1 : 1))
        .filter((place) => page.after === undefined || (turn > 0 ? place > page.after : place < page.after));
      const entries = rest.slice(0, page.limit).map((place) => ({ place, recordId: place.toLowerCase() }));
      return { entries, ...(rest.length > entries.length && { last: entries.at(-1)?.place as string }) };
    },
    async examine({ place }) {
      examined.push(place);
      const found = verdict(place);
      if (found) taken.push(place);
      return found;
    },
  });
  return { taken: taken.join(''), examined: examined.join(''), reads, ...end };
}

describe('branches that are merged', () => {
  it('downwards, each record once, with one place to go on from in all of them', async () => {
    const first = await merge(['acdg', 'bcf'], { limit: 3, descending: true });
    expect(first).toMatchObject({ taken: 'gfd', after: 'd', more: true });
    const second = await merge(['acdg', 'bcf'], { limit: 3, after: 'd', descending: true });
    expect(second).toMatchObject({ taken: 'cba', after: 'a' });
  });

  it('read as many as there is room for, and nothing of a branch of which enough is known', async () => {
    const { reads } = await merge(['abcdef', 'mno'], { limit: 4, verdict: (place) => place !== 'b' });
    // One of four was left out: one more is read, of the branch that ran empty.
    expect(reads).toEqual(['0:4', '1:4', '0:1d']);
  });

  it('examine a record that lies in two of them once, though its places differ', async () => {
    expect(await merge(['aC', 'bc'])).toMatchObject({ examined: 'Cab', more: false });
  });

  it('have an end where the last one of all is taken at the limit', async () => {
    expect(await merge(['abc'], { limit: 3 })).toMatchObject({ taken: 'abc', after: 'c', more: false });
    expect(await merge(['ab', 'c'], { limit: 3 })).toMatchObject({ taken: 'abc', more: false });
    expect(await merge(['abd', 'c'], { limit: 3 })).toMatchObject({ taken: 'abc', after: 'c', more: true });
  });

  it('that hold nothing, or are none, are over at once', async () => {
    expect(await merge([])).toMatchObject({ taken: '', after: undefined, more: false });
    expect(await merge(['', ''], { after: 'x' })).toMatchObject({ taken: '', after: 'x', more: false });
  });

  it('stop where a record has no room beside it, and go on behind it', async () => {
    const last = (place: string): Verdict => (place === 'b' ? 'last' : true);
    expect(await merge(['abc'], { verdict: last })).toMatchObject({ taken: 'ab', after: 'b', more: true });
    expect(await merge(['ab'], { verdict: last })).toMatchObject({ taken: 'ab', after: 'b', more: false });
  });

  it(`read on at most ${READ_ON} times`, async () => {
    const none = await merge(['abcdefghijkl'], { limit: 2, verdict: () => false });
    expect(none).toMatchObject({ taken: '', after: 'j', more: true });
    expect(none.reads).toEqual(['0:2', '0:2b', '0:2d', '0:2f', '0:2h']);
  });

  it('come to the same list, however it is cut into pages', async () => {
    const places = fc.uniqueArray(fc.constantFrom(...'abcdefghijklm')).map((letters) => letters.join(''));
    const asked = fc.record({
      parts: fc.array(places, { maxLength: 4 }),
      limit: fc.integer({ min: 1, max: 5 }),
      descending: fc.boolean(),
      hidden: places,
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ parts, limit, descending, hidden }) => {
        const pages: string[] = [];
        let after: string | undefined;
        for (let more = true; more; ) {
          const page = await merge(parts, {
            limit,
            after,
            descending,
            verdict: (place) => !hidden.includes(place),
          });
          expect(page.taken.length).toBeLessThanOrEqual(limit);
          pages.push(page.taken);
          ({ after, more } = page);
        }
        const all = [...new Set(parts.join(''))].filter((place) => !hidden.includes(place)).sort();
        expect(pages.join('')).toBe((descending ? all.reverse() : all).join(''));
      }),
    );
  });
});
