import {
  collectProblems,
  existingPath,
  nearest,
  pointerOf,
  suggestion,
} from '../../../core/apps/problems.ts';

describe('a place in a document', () => {
  it.each([
    { path: [], pointer: '' },
    { path: ['recordTypes', 0, 'fields', 12], pointer: '/recordTypes/0/fields/12' },
    { path: ['a/b/c', 'd~e~f', '~1'], pointer: '/a~1b~1c/d~0e~0f/~01' },
  ])('is written as the JSON pointer $pointer', ({ path, pointer }) => {
    expect(pointerOf(path)).toBe(pointer);
  });

  const document = { list: [{ id: 'a' }, null], text: 'abc', none: undefined };
  it.each([
    { of: 'all of it, where it is there', path: ['list', 0, 'id'], exists: ['list', 0, 'id'] },
    { of: 'the root', path: [], exists: [] },
    { of: 'what is nothing', path: ['list', 1], exists: ['list', 1] },
    { of: 'not what is in nothing', path: ['list', 1, 'id'], exists: ['list', 1] },
    { of: 'not what comes after the list', path: ['list', 2, 'id'], exists: ['list'] },
    { of: 'not what is in a text', path: ['text', 0], exists: ['text'] },
    { of: 'not what every object has', path: ['constructor', 'name'], exists: [] },
    { of: 'a member without a value', path: ['none', 'x'], exists: ['none'] },
  ])('is followed as far as it exists: $of', ({ path, exists }) => {
    expect(existingPath(document, path)).toEqual(exists);
  });
});

describe('the problems of a document', () => {
  it('are each told once, at what exists', () => {
    const { report, problems } = collectProblems({ fields: [{}] });
    report(['fields', 0, 'id'], 'it is missing');
    report(['fields', 0, 'name'], 'it is missing');
    report(['fields', 1], 'it is missing');
    report(['fields', 0], 'it is wrong');

    expect(problems).toEqual([
      { path: '/fields/0', message: 'it is missing' },
      { path: '/fields', message: 'it is missing' },
      { path: '/fields/0', message: 'it is wrong' },
    ]);
  });

  it('are at most fifty, the first ones', () => {
    const { report, problems } = collectProblems({});
    for (let n = 1; n <= 60; n++) report([], `problem ${n}`);

    expect(problems.map(({ message }) => message)).toEqual(
      Array.from({ length: 50 }, (_, at) => `problem ${at + 1}`),
    );
  });
});

describe('what somebody may have meant', () => {
  it.each<[string, string[], string | undefined]>([
    ['titel', ['tile', 'title', 'titles'], 'title'],
    ['title', ['titles', 'title'], 'title'],
    ['Owner', ['owned', 'owner'], 'owner'],
    // One letter of three, two of four to eight, three of nine.
    ['ab', ['abc'], 'abc'],
    ['abc', ['abd'], 'abd'],
    ['abc', ['ade'], undefined],
    ['abcdef', ['abcd'], 'abcd'],
    ['abcdef', ['abc'], undefined],
    ['abcdefghi', ['abcdef'], 'abcdef'],
    ['abcdefghi', ['abcde'], undefined],
    // Two neighbours that are swapped are one slip.
    ['ab', ['ba'], 'ba'],
    ['abcd', ['abdc'], 'abdc'],
    // Nothing of it is as it was.
    ['a', ['b'], undefined],
    ['', ['a'], undefined],
    ['abc', [], undefined],
    ['xyz', ['abc'], undefined],
    // The first of those that are equally near.
    ['cat', ['bat', 'hat'], 'bat'],
    ['x'.repeat(100), ['x'.repeat(99)], 'x'.repeat(99)],
    ['x'.repeat(101), ['x'.repeat(101)], undefined],
  ])('by "%s" among %j is %s', (name, known, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });

  it.each<[string, string[], string]>([
    ['titel', ['title'], ' Did you mean "title"?'],
    ['xyz', [], ''],
    ['xyz', ['abc'], ' There is "abc".'],
    ['xyz', [...'abcdefghijkl'], ` There is ${[...'abcdefghijkl'].map((each) => `"${each}"`).join(', ')}.`],
    [
      'xyz',
      [...'abcdefghijklm'],
      ` There is ${[...'abcdefghijkl'].map((each) => `"${each}"`).join(', ')}, ….`,
    ],
  ])('is said of "%s" among %j', (name, known, said) => {
    expect(suggestion(name, known)).toBe(said);
  });
});
