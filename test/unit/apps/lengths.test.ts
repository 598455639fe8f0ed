import type { Field } from '../../../core/apps/definition.ts';
import { longestResult, longestValue, maxLengthOf } from '../../../core/apps/formula-length.ts';
import { formulaSources, orderFormulas } from '../../../core/apps/formulas.ts';
import { checkExpression } from '../../../core/expressions/check.ts';
import { type Loose, loan, refusalsOf } from '../../fixtures/desk.ts';

const a = (type: string, more: object = {}) => ({ id: 'f', label: 'F', type, ...more }) as Field;

describe('a field holds at most so many characters:', () => {
  it.each<[string, Field, number]>([
    ['a line of text', a('string'), 500],
    ['a text', a('text'), 20_000],
    ['an address', a('email'), 500],
    ['a line that says how many', a('string', { maxLength: 7 }), 7],
    ['a text that says how many', a('text', { maxLength: 8 }), 8],
    ['a number', a('number'), 30],
    ['yes or no', a('boolean'), 30],
    ['a date', a('date'), 30],
    ['a time', a('dateTime'), 30],
    ['the longest choice', a('choice', { choices: ['ab', 'abcd', 'abc'] }), 4],
    ['a choice of nothing', a('choice'), 0],
    ['all choices', a('choices', { choices: ['ab', 'abcd'] }), 6],
    ['several choices of nothing', a('choices'), 0],
    ['all roles that may be chosen', a('roles', { rolesFrom: ['ab', 'a'] }), 3],
    ['all roles of the site', a('roles'), 11],
    ['a user', a('user'), 500],
    ['a token', a('token'), 500],
    ['a reference', a('reference'), 500],
  ])('%s', (_, field, longest) => {
    expect(longestValue(field, new Set(['clerk', 'keeper']))).toBe(longest);
  });

  it('what a request may send is what the field says, or what its type holds', () => {
    expect([a('string'), a('text'), a('url'), a('text', { maxLength: 5 })].map(maxLengthOf)).toEqual([
      500, 20_000, 500, 5,
    ]);
  });
});

describe('an expression has at most so many characters:', () => {
  const scope = {
    record: {
      short: 'string',
      long: 'string',
      list: 'list<string>',
      price: 'double',
      ok: 'bool',
      at: 'timestamp',
    },
  } as const;
  const lengths: Record<string, number> = { short: 5, long: 1000, list: 40, price: 30 };
  it.each<[string, number]>([
    ['"abc"', 3],
    ['1.0', 30],
    ['record.short', 5],
    ['record.list', 40],
    ['site.url', 500],
    ['record.state', 500],
    ['record.short + record.long + "abc"', 1008],
    ['record.price + record.price', 30],
    ['record.ok ? record.short : record.long', 1000],
    ['record.ok ? record.long : record.short', 1000],
    ['[record.short, record.long, "ab"]', 1007],
    ['string(record.long)', 1000],
    ['string(record.price)', 30],
    ['string(record.short)', 30],
    ['size(record.long)', 30],
    ['record.long == "x"', 30],
    ['has(record.long)', 30],
    ['!record.ok', 30],
  ])('%s', (source, longest) => {
    const { ast } = checkExpression(source, scope);
    expect(longestResult(ast, (id) => lengths[id] ?? 0)).toBe(longest);
  });

  it('one character too many is refused, once, where it becomes too much', () => {
    const change = (app: Loose) => {
      const texts = { a: 20_000, b: 20_000, c: 20_000, d: 20_000, e: 18_896, g: 10 };
      for (const [id, maxLength] of Object.entries(texts)) {
        loan(app).fields.push({ id: `${id}Of`, label: id, type: 'text', maxLength });
        loan(app).fields.push({ id, label: id, type: 'formula', formula: `record.${id}Of` });
      }
    };
    expect(refusalsOf(change)).toEqual([
      [
        '/recordTypes/1/fields/31/formula',
        '"e" can become 18,896 characters long, and the formulas of Loan 100,001 together; at most 100,000 are possible. Give the fields that it reads a smaller maxLength, or read fewer of them.',
      ],
    ]);
  });

  it('what is read through other formulas counts as often as it is read', () => {
    const change = (app: Loose) =>
      loan(app).fields.push(
        { id: 'last', label: 'L', type: 'formula', formula: 'record.once + record.once' },
        { id: 'once', label: 'O', type: 'formula', formula: 'record.notes + record.notes' },
      );
    expect(refusalsOf(change).map(([path, message]) => [path, message.slice(0, 60)])).toEqual([
      ['/recordTypes/1/fields/22/formula', '"last" can become 80,000 characters long, and the formulas o'],
    ]);
  });
});

describe('formulas', () => {
  const reads = (all: Record<string, string[]>) => new Map(Object.entries(all));
  it.each([
    {
      of: 'as they stand, where none reads another',
      all: { a: ['record.x'], b: [] },
      order: ['a', 'b'],
      circles: [],
    },
    {
      of: 'each after those that it reads',
      all: { a: ['record.b', 'record.c'], b: ['record.c'], c: ['record.x', 'site.url'] },
      order: ['c', 'b', 'a'],
      circles: [],
    },
    { of: 'one that reads itself', all: { a: ['record.a'] }, order: ['a'], circles: [['a']] },
    {
      of: 'a circle without what leads to it',
      all: { a: ['record.b'], b: ['record.c'], c: ['record.b'] },
      order: ['c', 'b', 'a'],
      circles: [['b', 'c']],
    },
    {
      of: 'two circles',
      all: { a: ['record.b'], b: ['record.a'], c: ['record.d'], d: ['record.c'] },
      order: ['b', 'a', 'd', 'c'],
      circles: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    {
      of: 'what has a formula’s name elsewhere',
      all: { a: ['site.b', 'me.b'], b: [] },
      order: ['a', 'b'],
      circles: [],
    },
  ])('are put in order: $of', ({ all, order, circles }) => {
    expect(orderFormulas(reads(all as Record<string, string[]>))).toEqual({ order, circles });
  });

  it('rest on all that they read, through others too, and in a circle', () => {
    const all = reads({
      a: ['record.b', 'record.x', 'site.url'],
      b: ['record.y', 'record.c'],
      c: ['record.a'],
      d: [],
    });
    expect(['a', 'c', 'd'].map((id) => [...formulaSources(id, all)].sort())).toEqual([
      ['a', 'b', 'c', 'x', 'y'],
      ['a', 'b', 'c', 'x', 'y'],
      [],
    ]);
  });
});
