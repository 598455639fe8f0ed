import { differencesOf } from '../../../core/apps/definition-differences.ts';

const written = (before: unknown, after: unknown) =>
  differencesOf(before, after).map(({ place, path }) => [place.join('/'), path]);

describe('two definitions say differently', () => {
  it.each([
    {
      of: 'nothing, whatever the order of members',
      before: { a: 1, b: [2] },
      after: { b: [2], a: 1 },
      are: [],
    },
    {
      of: 'a text',
      before: { a: { b: 'x', c: 1 } },
      after: { a: { b: 'y', c: 1 } },
      are: [['a/b', ['a', 'b']]],
    },
    { of: 'the whole', before: 'x', after: { a: 1 }, are: [['', []]] },
    { of: 'what is new', before: { a: {} }, after: { a: { b: { c: 1 } } }, are: [['a/b', ['a', 'b']]] },
    { of: 'what is gone', before: { a: 1, b: { c: 1 } }, after: { a: 1 }, are: [['b', ['b']]] },
    { of: 'a list that was none', before: { a: {} }, after: { a: [] }, are: [['a', ['a']]] },
    { of: 'something in place of nothing', before: { a: null }, after: { a: {} }, are: [['a', ['a']]] },
    {
      of: 'a member of a list, by its id and where it stands now',
      before: {
        list: [
          { id: 'a', x: 1 },
          { id: 'b', x: 1 },
        ],
      },
      after: { list: [{ id: 'c' }, { id: 'a', x: 1 }, { id: 'b', x: 2 }] },
      are: [
        ['list/b/x', ['list', 2, 'x']],
        ['list/c', ['list', 0]],
      ],
    },
    {
      of: 'members that are gone, at the list',
      before: { list: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
      after: { list: [{ id: 'c' }] },
      are: [
        ['list/a', ['list']],
        ['list/b', ['list']],
      ],
    },
    {
      of: 'the order of a list and what is in it',
      before: { list: [{ id: 'a' }, { id: 'b', x: 1 }, { id: 'c' }] },
      after: { list: [{ id: 'b', x: 2 }, { id: 'a' }, { id: 'c' }] },
      are: [
        ['list/b/x', ['list', 0, 'x']],
        ['list', ['list']],
      ],
    },
    {
      of: 'members without ids, by what they say',
      before: { list: ['a', 'b', { x: 1 }] },
      after: { list: ['b', 'c', { x: 1 }, { x: 2 }] },
      are: [
        ['list/1', ['list', 1]],
        ['list/3', ['list', 3]],
      ],
    },
    {
      of: 'members without ids that are gone, at the list',
      before: ['a', 'b'],
      after: ['b'],
      are: [['', []]],
    },
    { of: 'the order of members without ids', before: ['a', 'b'], after: ['b', 'a'], are: [['', []]] },
    {
      of: 'members of which two have one id, or one has none, by what they say',
      before: { twice: [{ id: 'a' }], none: [{ id: 'a' }] },
      after: { twice: [{ id: 'a' }, { id: 'a', x: 1 }], none: [{ id: 'a' }, { id: 5 }] },
      are: [
        ['twice/1', ['twice', 1]],
        ['none/1', ['none', 1]],
      ],
    },
  ])('$of', ({ before, after, are }) => {
    expect(written(before, after)).toEqual(are);
  });
});
