import { DaypassError } from '../../../core/errors.ts';
import { checkExpression } from '../../../core/expressions/check.ts';
import { compileExpression, isUnevaluable } from '../../../core/expressions/compile.ts';
import type { Scope } from '../../../core/expressions/types.ts';

const SCOPE: Scope = {
  record: {
    amount: 'double',
    title: 'string',
    due: 'timestamp',
    tags: 'list<string>',
    done: 'bool',
    place: 'map',
    anything: 'dyn',
    'due-date': 'timestamp',
    reporter: { references: { account: 'string', since: 'timestamp' } },
  },
  params: { token: 'string' },
};

const NOW = Date.UTC(2026, 0, 10);

function evaluate(source: string, record: object = {}, more: object = {}): unknown {
  return compileExpression(checkExpression(source, SCOPE))({
    record,
    now: NOW,
    me: { id: 'u1', roles: ['a'] },
    ...more,
  });
}

function refusal(source: string, expected?: 'bool'): string {
  try {
    checkExpression(source, SCOPE, expected);
  } catch (error) {
    expect(error).toBeInstanceOf(DaypassError);
    expect((error as DaypassError).code).toBe('EXPRESSION_INVALID');
    return (error as DaypassError).message;
  }
  throw new Error(`accepted: ${source}`);
}

describe('expressions that are accepted', () => {
  it.each([
    ['record.amount > 1000', { amount: 1001 }, true],
    ['record.amount == 1000', { amount: 1000 }, true],
    ['record.amount + 1 >= 2.5', { amount: 1 }, false],
    ['record.amount * 2 - 1 == 9', { amount: 5 }, true],
    ['-record.amount < 0', { amount: 5 }, true],
    ['size(record.tags) == 2', { tags: ['a', 'b'] }, true],
    ['record.title.size() == 2', { title: '😀b' }, true],
    ['"Yes" in record.tags', { tags: ['Yes'] }, true],
    ['record.title in ["a", "b"]', { title: 'c' }, false],
    ['record.title == me.id', { title: 'u1' }, true],
    ['me.id == record.title && "a" in me.roles', { title: 'u1' }, true],
    ['record.state == "active"', { state: 'active' }, true],
    ['record.due < now', { due: '2026-01-09' }, true],
    ['record.due < now - duration("168h")', { due: '2026-01-02T23:59:59Z' }, true],
    ['record["due-date"] == timestamp("2026-01-01T00:00:00Z")', { 'due-date': '2026-01-01' }, true],
    ['record.done ? "yes" : "no"', { done: false }, 'no'],
    ['"#" + string(record.amount)', { amount: 7 }, '#7'],
    ['record.title.startsWith("ab") || record.title.endsWith("z")', { title: 'abc' }, true],
    ['record.title.contains("b") && !record.done', { title: 'abc', done: false }, true],
    ['record.place.lat > 1', { place: { lat: 2 } }, true],
    ['has(record.title)', { title: '' }, true],
    ['has(record.title)', { title: null }, false],
    ['has(record.title)', {}, false],
    ['record.tags == ["a"]', { tags: ['a'] }, true],
    ['record.anything == "x"', { anything: 'x' }, true],
    ['record.anything == "x"', { anything: 1 }, false],
    ['record.place == record.anything', { place: { a: [1] }, anything: { a: [1] } }, true],
    ['record.place == record.anything', { place: { a: [1] }, anything: ['a'] }, false],
    ['record.title < "b"', { title: 'a' }, true],
    ['record.title != "b"', { title: 'a' }, true],
    ['now', {}, '2026-01-10T00:00:00.000Z'],
    ['null', {}, null],
    ['"literal"', {}, 'literal'],
  ])('%s with %j is %j', (source, record, expected) => {
    expect(evaluate(source, record)).toEqual(expected);
  });

  it('reads a referenced record through its field', () => {
    const related = { reporter: { account: 'u1' } };
    expect(evaluate('record.reporter.account == me.id', { reporter: 'c1' }, { related })).toBe(true);
    expect(evaluate('record.reporter == "c1"', { reporter: 'c1' })).toBe(true);
  });

  it("reads the record's own properties beside its values", () => {
    const checked = checkExpression('record.state == "active" && record.amount > 1', SCOPE);
    const values = { record: { amount: 2, state: 'hidden' }, meta: { state: 'active' } };
    expect(compileExpression(checked)(values)).toBe(true);
  });

  it('lets a field hide the property of the same name', () => {
    const scope: Scope = { record: { state: 'double' } };
    const checked = checkExpression('record.state > 1', scope);
    expect(compileExpression(checked)({ record: { state: 2 }, meta: { state: 'active' } })).toBe(true);
  });

  it('names what it reads, as it is written', () => {
    const { reads } = checkExpression(
      'record.reporter.account == me.id && record.state == "a" && record.due < now && has(record.title)',
      SCOPE,
    );
    expect(reads).toEqual([
      'me.id',
      'now',
      'record.due',
      'record.reporter.account',
      'record.state',
      'record.title',
    ]);
  });

  it('names what calls, lists and choices read', () => {
    const { reads } = checkExpression(
      'record.title.startsWith(params.token) && string(record.amount) in [me.id, "a"] && (record.done ? now : record.due) > now',
      SCOPE,
    );
    expect(reads).toEqual([
      'me.id',
      'now',
      'params.token',
      'record.amount',
      'record.done',
      'record.due',
      'record.title',
    ]);
  });

  it('is plain JSON after checking', () => {
    const checked = checkExpression(
      'record.due < now - duration("1h") && size(record.tags) > 1',
      SCOPE,
      'bool',
    );
    expect(JSON.parse(JSON.stringify(checked))).toEqual(checked);
  });
});

describe('expressions that are refused', () => {
  it.each([
    ['record.titel == "x"', 'record has no field titel; it has amount, title'],
    ['has(record.titel)', 'no field titel'],
    ['recrod.title == "x"', 'nothing is called recrod here; there is record, params, me, site, now'],
    ['meta.state == "x"', 'nothing is called meta here'],
    ['record.amount == "x"', 'no such overload: double == string'],
    ['record.title == null', 'use has(…)'],
    ['1 +', 'Unexpected token: EOF (character 4)'],
    ['record == record', 'record cannot be used whole'],
    ['record.title.foo == "x"', 'title is a string and has no parts'],
    ['record.reporter.email == "x"', 'refers to a record without a field email'],
    ['record.reporter.account.x == "x"', 'only one reference can be followed'],
    ['record.title.matches("^(a+)+$")', 'matches(…) is not part of the expression language'],
    ['record.tags.exists(t, t == "x")', 'not part of the expression language'],
    ['record.tags[0] == "x"', 'by a calculated name or position'],
    ['{"a": 1}.a == 1', 'not part'],
    ['type(record.title) == string', 'type(…) is not part'],
    ['7 % 2 == 1', '% is not part'],
    ['b"x" == b"x"', 'bytes or unsigned literal'],
    ['timestamp(record.title) < now', 'takes a literal such as'],
    ['duration("soon") < duration("1h")', 'takes a literal such as "168h"'],
    ['now - now', 'a duration, which cannot be kept'],
    ['99999999999999999999 > record.amount', ''],
    ['record.__proto__ == 1', 'cannot be a name'],
    ['params.constructor == "x"', 'cannot be a name'],
    ['record["titel"] == "x"', 'no field titel'],
    ['now.year == 1', 'now has no parts'],
    ['["a", 1] == ["a"]', 'same type'],
    ['x'.repeat(2001), 'longer than 2000'],
    [`${'('.repeat(40)}true${')'.repeat(40)}`, 'maxDepth (32)'],
    [Array.from({ length: 300 }, () => 'true').join(' && '), ''],
  ])('%.60s', (source, message) => {
    expect(refusal(source)).toContain(message);
  });

  it('says which type is needed', () => {
    expect(refusal('record.amount', 'bool')).toContain('its result is a double, and a bool is needed here');
  });
});

describe('expressions that cannot be evaluated', () => {
  it.each([
    ['record.amount > 1', {}, ['record.amount']],
    ['record.amount > 1', { amount: '5' }, []],
    ['!record.done', { done: null }, ['record.done']],
    ['"a" + record.title', {}, ['record.title']],
    ['record.due < now', { due: 'tomorrow' }, ['record.due']],
    ['record.amount / 0', { amount: 1 }, []],
    ['record.title in record.tags', { title: 'a' }, ['record.tags']],
    ['record.done ? 1 : 2', { done: 'yes' }, []],
  ])('%s with %j answers with a mark that names %j', (source, record, absent) => {
    const result = evaluate(source, record);
    expect(isUnevaluable(result)).toBe(true);
    expect(result).toMatchObject({ absent });
  });

  it('lets a decided side of && and || win over one that cannot be evaluated', () => {
    expect(evaluate('record.amount > 1 && false')).toBe(false);
    expect(evaluate('false && record.amount > 1')).toBe(false);
    expect(evaluate('record.amount > 1 || true')).toBe(true);
    expect(isUnevaluable(evaluate('record.amount > 1 || false'))).toBe(true);
    expect(isUnevaluable(evaluate('true && record.amount > 1'))).toBe(true);
  });
});
