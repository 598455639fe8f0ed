import { changedPlaces } from '../../../core/apps/changed-places.ts';

describe('what the journal names of a changed draft', () => {
  it.each<[what: string, before: unknown, after: unknown, places: string[]]>([
    ['nothing', { a: 1, b: [1] }, { b: [1], a: 1 }, []],
    ['a member that is new, gone or another', { a: 1, b: 1 }, { b: 2, c: 3 }, ['/a', '/b', '/c']],
    [
      'a member of a list by its id, wherever it stands',
      { fields: [{ id: 'a', x: 1 }, { id: 'b' }] },
      { fields: [{ id: 'c' }, { id: 'a', x: 2 }] },
      ['/fields/a/x', '/fields/b', '/fields/c'],
    ],
    [
      'a member without an id by its position',
      { list: [1, null, 3] },
      { list: [1, null, 4, 5] },
      ['/list/2', '/list/3'],
    ],
    [
      'four names deep, and no deeper',
      { a: { b: { c: { d: { e: 1 } } } } },
      { a: { b: { c: { d: { e: 2 } } } } },
      ['/a/b/c/d'],
    ],
    ['the whole where one of them is no document', undefined, { a: 1 }, ['/']],
    ['the whole where a value takes the place of a list', { a: [1] }, { a: 'x' }, ['/a']],
  ])('%s', (_, before, after, places) => {
    expect(changedPlaces(before, after)).toEqual(places);
  });

  it('is fifty places at most, and how many more there are', () => {
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, at]));
    const fifty = Object.keys(members(50)).map((name) => `/${name}`);
    expect(changedPlaces({}, members(50))).toEqual(fifty);
    expect(changedPlaces({}, members(52))).toEqual([...fifty, '… and 2 more']);
  });
});
