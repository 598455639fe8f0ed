import { DaypassError } from '../../../core/errors.ts';
import { checkExpression } from '../../../core/expressions/check.ts';
import type { Scope, ValueType } from '../../../core/expressions/types.ts';

const SCOPE: Scope = {
  record: {
    amount: 'double',
    title: 'string',
    due: 'timestamp',
    tags: 'list<string>',
    things: 'list',
    place: 'map',
    anything: 'dyn',
    reporter: { references: { account: 'string' } },
  },
};

function refused(source: string, expected?: ValueType | readonly ValueType[], scope = SCOPE): DaypassError {
  try {
    checkExpression(source, scope, expected);
  } catch (error) {
    if (error instanceof DaypassError) return error;
    throw error;
  }
  throw new Error(`accepted: ${source}`);
}
const text = (source: string, scope = SCOPE) => refused(source, undefined, scope).message;

describe('a refusal says what is wrong, at which character, and shows the expression', () => {
  it.each([
    [
      'record.titel == "x"',
      'record has no field titel; it has amount, title, due, tags, things, place, anything, reporter',
    ],
    [
      'true && record.titel == "x"',
      'record has no field titel; it has amount, title, due, tags, things, place, anything, reporter (character 9)',
    ],
    [
      'true && nobody.id == "x"',
      'nothing is called nobody here; there is record, me, site, now (character 9)',
    ],
    ['true && me == me', 'me cannot be used whole; name one of its fields (character 9)'],
    ['true && now.year == 1', 'now has no parts (character 9)'],
    ['true && record.__proto__ == "x"', '__proto__ cannot be a name (character 9)'],
    ['true && record.place.constructor == "x"', 'constructor cannot be a name (character 9)'],
    ['true && record.place.prototype == "x"', 'prototype cannot be a name (character 9)'],
    ['true && record.title.size == 1', 'title is a string and has no parts (character 9)'],
    ['true && me.roles.first == "x"', 'roles is a list<string> and has no parts (character 9)'],
    ['true && record.reporter.name == "x"', 'reporter refers to a record without a field name (character 9)'],
    [
      'true && record.reporter.account.id == "x"',
      'only one reference can be followed, and reporter.account is one (character 9)',
    ],
    ['1 < 99999999999999999999', 'the number is too large'],
    ['1 < 9007199254740993', 'the number is too large (character 5)'],
    ['1.0 < 1e999', 'Invalid number: Infinity (character 7)'],
    ['1u < 2u', 'a bytes or unsigned literal is not part of the expression language'],
    ['record.title.matches("a")', 'matches(…) is not part of the expression language'],
    ['type(1) == type(2)', 'type(…) is not part of the expression language'],
    ['7 % 2 == 1', '% is not part of the expression language'],
    [
      'record.tags[0] == "x"',
      'reading by a calculated name or position is not part of the expression language',
    ],
    [
      'record[title] == "x"',
      'reading by a calculated name or position is not part of the expression language',
    ],
    ['me.state == "x"', 'me has no field state; it has id, type, name, firstName'],
    ['timestamp() < now', 'timestamp(…) takes a literal such as "2026-01-31T12:00:00Z"'],
    ['has()', 'has(…) takes one path, such as has(record.amount)'],
    ['has(record.title, record.title)', 'has(…) takes one path, such as has(record.amount)'],
    ['has(record)', 'has(…) takes one path, such as has(record.amount)'],
    ['has(record["title"])', 'has(…) takes one path, such as has(record.amount)'],
    ['timestamp(record.title) < now', 'timestamp(…) takes a literal such as "2026-01-31T12:00:00Z"'],
    ['timestamp("soon") < now', 'timestamp(…) takes a literal such as "2026-01-31T12:00:00Z"'],
    ['timestamp("168h") < now', 'timestamp(…) takes a literal such as "2026-01-31T12:00:00Z"'],
    ['now - duration("2026-01-01") < now', 'duration(…) takes a literal such as "168h"'],
    ['now - duration(5) < now', 'duration(…) takes a literal such as "168h"'],
    ['now - duration("1h", "2h") < now', 'duration(…) takes a literal such as "168h"'],
    ['duration("1h")', 'its result is a duration, which cannot be kept'],
    ['record.title == null', 'no such overload: string == null; use has(…) to ask whether there is a value'],
    ['now == 1', 'no such overload: timestamp == double'],
    ['duration("1h") == 1', 'no such overload: duration == double'],
  ])('%s', (source, message) => {
    expect(text(source)).toContain(message);
    expect(text(source).endsWith(` in: ${source}`)).toBe(true);
    expect(text(source).includes('(character 1)')).toBe(false);
  });

  it('speaks of size by its name in the language', () => {
    expect(text('size(1) == 1')).toMatch(/\bsize\b/);
    expect(text('size(1) == 1')).not.toMatch(/AsDouble/);
    expect(text('size(now) == 1')).not.toMatch(/google/);
    expect(text('size(duration("1h")) == 1')).not.toMatch(/google/);
  });

  it('shows of a long expression its first 120 characters', () => {
    const of = (length: number) => `${'1 + '.repeat(length).slice(0, length - 11)}record.oops`;
    expect(of(120)).toHaveLength(120);
    expect(text(of(120)).endsWith(` in: ${of(120)}`)).toBe(true);
    expect(text(of(124)).endsWith(` in: ${of(124).slice(0, 120)}…`)).toBe(true);
  });

  it('carries the same text as its one problem', () => {
    const { message, problems, code } = refused('record.titel == "x"');
    expect(code).toBe('EXPRESSION_INVALID');
    expect(problems).toEqual([{ path: '', message }]);
  });

  it('lists twelve fields at most, and says where there is none', () => {
    const fields = (count: number): Scope => ({
      record: Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i + 1}`, 'string'])),
      meta: {},
    });
    const twelve = 'f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12';
    expect(text('record.x == "x"', fields(12))).toBe(
      `record has no field x; it has ${twelve} in: record.x == "x"`,
    );
    expect(text('record.x == "x"', fields(13))).toBe(
      `record has no field x; it has ${twelve}, … in: record.x == "x"`,
    );
    expect(text('record.x == "x"', fields(0))).toBe('record has no field x; it has none in: record.x == "x"');
  });

  it('follows references of the record alone', () => {
    const scope: Scope = { params: { order: { references: { title: 'string' } } }, me: { id: 'string' } };
    expect(text('params.order.title == "x"', scope)).toContain('order is a string and has no parts');
    expect(text('me.state == "x"', scope)).toContain('me has no field state; it has id in');
  });

  it('takes a root that is undefined for one that is left out', () => {
    const scope = { record: { title: 'string' }, params: undefined } as unknown as Scope;
    expect(checkExpression('record.title == "a"', scope).type).toBe('bool');
    expect(text('params.x == "a"', scope)).toContain(
      'nothing is called params here; there is record, me, site, now',
    );
  });

  it('passes on what is no mistake of the expression', () => {
    expect(() => checkExpression(undefined as never, SCOPE)).toThrow("reading 'length'");
  });
});

describe('the type that is needed', () => {
  it('is named, or each of those that would do', () => {
    expect(refused('record.amount', 'bool').message).toContain(
      'its result is a double, and a bool is needed here',
    );
    expect(refused('record.amount', ['bool', 'string']).message).toContain(
      'its result is a double, and a bool or string is needed here',
    );
  });

  it('is not asked for where the value alone can tell it', () => {
    expect(checkExpression('record.anything', SCOPE, 'bool').type).toBe('dyn');
    expect(checkExpression('record.place.open', SCOPE, ['bool', 'string']).type).toBe('dyn');
  });

  it('is met by a list of anything where a list is needed, and by nothing else', () => {
    expect(checkExpression('record.things', SCOPE, 'list<string>').type).toBe('list');
    expect(checkExpression('record.things', SCOPE, ['string', 'list<double>']).type).toBe('list');
    expect(refused('record.things', 'string').message).toContain('its result is a list, and a string');
    expect(refused('record.amount', 'list<string>').message).toContain('its result is a double');
    expect(refused('record.tags', 'list<double>').message).toContain('its result is a list<string>');
  });

  it('is any where none is asked for', () => {
    expect(checkExpression('record.amount', SCOPE).type).toBe('double');
  });
});

describe('limits', () => {
  const padded = (length: number) => `true${' '.repeat(length - 4)}`;
  const nested = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`;
  const listOf = (length: number) => `"x" in [${Array.from({ length }, () => '"a"').join(', ')}]`;

  it('allow what reaches them, and refuse what goes beyond', () => {
    expect(checkExpression(padded(2000), SCOPE).type).toBe('bool');
    expect(text(padded(2001))).toContain('it is longer than 2000 characters');
    expect(checkExpression(listOf(200), SCOPE).type).toBe('bool');
    expect(text(listOf(201))).toContain('maxListElements (200)');
    expect(checkExpression(nested(30), SCOPE).type).toBe('bool');
    expect(text(nested(40))).toContain('maxDepth (32)');
    expect(text(Array.from({ length: 250 }, () => 'true').join('||'))).toContain('maxAstNodes (400)');
  });
});

describe('types of results', () => {
  it.each<[string, ValueType]>([
    ['record.title', 'string'],
    ['record.amount', 'double'],
    ['true', 'bool'],
    ['null', 'null'],
    ['record.due', 'timestamp'],
    ['now', 'timestamp'],
    ['record.tags', 'list<string>'],
    ['[1, 2]', 'list<double>'],
    ['[true]', 'list<bool>'],
    ['record.things', 'list'],
    ['record.place', 'map'],
    ['record.anything', 'dyn'],
    ['record.place.lat', 'dyn'],
    ['record.reporter', 'string'],
    ['record.reporter.account', 'string'],
    ['size(record.tags)', 'double'],
    ['-record.amount', 'double'],
    ['record.amount + 1', 'double'],
    ['record.title == "a" ? 1 : 2', 'double'],
    ['string(1)', 'string'],
    ['me.id', 'string'],
    ['me.type', 'string'],
    ['me.name', 'string'],
    ['me.firstName', 'string'],
    ['me.lastName', 'string'],
    ['me.email', 'string'],
    ['me.roles', 'list<string>'],
    ['me.profiles', 'list<string>'],
    ['me.level', 'string'],
    ['me.manager', 'string'],
    ['site.url', 'string'],
    ['site.name', 'string'],
    ['record.id', 'string'],
    ['record.state', 'string'],
    ['record.lifecycle', 'string'],
    ['record.owner', 'string'],
    ['record.createdAt', 'timestamp'],
    ['record.createdOn', 'timestamp'],
    ['record.createdBy', 'string'],
    ['record.updatedAt', 'timestamp'],
    ['record.updatedBy', 'string'],
  ])('%s is a %s', (source, type) => {
    expect(checkExpression(source, SCOPE).type).toBe(type);
  });

  it('may be a duration or nothing, too, where a scope says so', () => {
    const scope: Scope = { record: { wait: 'duration', nothing: 'null' } };
    expect(checkExpression('record.wait < duration("1h")', scope).type).toBe('bool');
    expect(checkExpression('record.nothing', scope).type).toBe('null');
  });

  it('are those of the scope where it names the standard fields itself', () => {
    const scope: Scope = {
      record: {},
      meta: { version: 'double' },
      me: { team: 'bool' },
      site: { zone: 'double' },
    };
    expect(checkExpression('record.version', scope).type).toBe('double');
    expect(checkExpression('me.team', scope).type).toBe('bool');
    expect(checkExpression('site.zone', scope).type).toBe('double');
    expect(text('record.state == "a"', scope)).toContain('record has no field state');
    expect(text('me.id == "a"', scope)).toContain('me has no field id');
  });

  it('has no properties of a record where there is no record', () => {
    expect(text('record.state == "a"', {})).toContain(
      'nothing is called record here; there is me, site, now',
    );
    expect(text('meta.state == "a"')).toContain('nothing is called meta here');
    expect(text('related.reporter == "a"')).toContain('nothing is called related here');
  });
});

describe('the stored tree', () => {
  const tree = (source: string) => checkExpression(source, SCOPE).ast;

  it('names operators, functions and paths in our words, whatever the library calls them', () => {
    expect(tree('record.tags.size() > 1')).toEqual({
      op: '>',
      type: 'bool',
      args: [
        {
          op: 'call',
          type: 'double',
          name: 'size',
          args: [{ op: 'get', type: 'list<string>', root: 'record', path: ['tags'] }],
        },
        { op: 'value', type: 'double', value: 1 },
      ],
    });
    expect(tree('size(record.tags)')).toMatchObject({ op: 'call', name: 'size' });
    expect(tree('record.title.startsWith("a")')).toEqual({
      op: 'call',
      type: 'bool',
      name: 'startsWith',
      args: [
        { op: 'get', type: 'string', root: 'record', path: ['title'] },
        { op: 'value', type: 'string', value: 'a' },
      ],
    });
    expect(tree('string(true)')).toEqual({
      op: 'call',
      type: 'string',
      name: 'string',
      args: [{ op: 'value', type: 'bool', value: true }],
    });
    expect(tree('has(record.place.lat)')).toEqual({
      op: 'has',
      type: 'bool',
      root: 'record',
      path: ['place', 'lat'],
    });
    expect(tree('record.state')).toEqual({ op: 'get', type: 'string', root: 'meta', path: ['state'] });
    expect(tree('record.reporter.account')).toEqual({
      op: 'get',
      type: 'string',
      root: 'related',
      path: ['reporter', 'account'],
    });
    expect(tree('now')).toEqual({ op: 'get', type: 'timestamp', root: 'now', path: [] });
    expect(tree('-record.amount')).toEqual({
      op: 'neg',
      type: 'double',
      args: [{ op: 'get', type: 'double', root: 'record', path: ['amount'] }],
    });
    expect(tree('!true')).toEqual({
      op: '!',
      type: 'bool',
      args: [{ op: 'value', type: 'bool', value: true }],
    });
    expect(tree('true ? 1 : 2')).toMatchObject({ op: '?:', type: 'double' });
    expect(tree('["a"]')).toMatchObject({ op: 'list', type: 'list<string>' });
    expect(tree('null')).toEqual({ op: 'value', type: 'null', value: null });
  });

  it('holds instants and durations in milliseconds', () => {
    expect(tree('now + duration("1h") > timestamp("2026-01-31T00:00:00Z")')).toEqual({
      op: '>',
      type: 'bool',
      args: [
        {
          op: '+',
          type: 'timestamp',
          args: [
            { op: 'get', type: 'timestamp', root: 'now', path: [] },
            { op: 'value', type: 'duration', value: 3_600_000 },
          ],
        },
        { op: 'value', type: 'timestamp', value: Date.UTC(2026, 0, 31) },
      ],
    });
  });
});
