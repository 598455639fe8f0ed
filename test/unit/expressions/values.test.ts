import { checkExpression } from '../../../core/expressions/check.ts';
import { compileCondition, compileExpression, isUnevaluable } from '../../../core/expressions/compile.ts';
import type { Scope, ScopeValues } from '../../../core/expressions/types.ts';

const SCOPE: Scope = {
  record: {
    amount: 'double',
    count: 'double',
    title: 'string',
    note: 'string',
    done: 'bool',
    open: 'bool',
    due: 'timestamp',
    tags: 'list<string>',
    things: 'list',
    place: 'map',
    other: 'map',
    anything: 'dyn',
    reporter: { references: { account: 'string', since: 'timestamp' } },
  },
  params: { token: 'string', amount: 'double' },
  result: { id: 'string' },
  source: { id: 'string' },
};
const NOW = Date.UTC(2026, 0, 10);
const UNEVALUABLE = 'cannot be evaluated';

function answer(source: string, values: ScopeValues): unknown {
  const result = compileExpression(checkExpression(source, SCOPE))(values);
  return isUnevaluable(result) ? UNEVALUABLE : result;
}
const onRecord = (source: string, record: object) => answer(source, { record, now: NOW, me: { id: 'u1' } });

describe('a value of another type than the field has', () => {
  it.each([
    ['record.title == "a"', { title: 5 }],
    ['record.title != "a"', { title: 5 }],
    ['"a" == record.title', { title: 5 }],
    ['record.amount == 5', { amount: '5' }],
    ['record.done == true', { done: 'true' }],
    ['record.done == record.open', { done: true, open: 'true' }],
    ['record.done == record.open', { done: 'true', open: true }],
    ['record.amount == record.count', { amount: 1, count: '1' }],
    ['record.amount == record.count', { amount: '1', count: 1 }],
    ['record.amount == record.count', { amount: '1', count: '1' }],
    ['record.title == me.id', { title: 5 }],
    ['me.id == record.title', { title: null }],
    ['(record.title + "b") == (record.note + "b")', { title: 'a', note: 5 }],
    ['(record.title + "b") == (record.note + "b")', { title: 5, note: 'a' }],
    ['(record.title + "b") == "ab"', { title: 5 }],
    ['(record.amount + 1) == 2', { amount: '1' }],
    ['record.due == timestamp("2026-01-01T00:00:00Z")', { due: 'soon' }],
    ['record.due == now', { due: 5 }],
    ['record.amount < record.count', { amount: 1, count: '2' }],
    ['record.amount < record.count', { amount: '1', count: 2 }],
    ['record.title < record.note', { title: 'a', note: 2 }],
    ['record.title < record.note', { title: 1, note: 'b' }],
    ['record.done < record.open', { done: false, open: 'x' }],
    ['record.done < record.open', { done: 0, open: true }],
    ['record.amount + record.count == 3', { amount: 1, count: '2' }],
    ['record.amount - record.count', { amount: '1', count: '2' }],
    ['has(record.place.a.b)', { place: {} }],
    ['has(record.place.a.b)', { place: { a: null } }],
    ['record.amount - record.count == 3', { amount: '1', count: '2' }],
    ['record.amount - record.count == 3', { amount: [1], count: [2] }],
    ['size(record.title + record.note) == 2', { title: 'a', note: 1 }],
    ['size(record.title + record.note) == 2', { title: 1, note: 'a' }],
    ['size(record.tags + ["a"]) == 2', { tags: { length: 1 } }],
    ['size(["a"] + record.tags) == 2', { tags: 5 }],
    ['-record.amount == -1', { amount: '1' }],
    ['size(record.title) == 1', { title: 5 }],
    ['size(record.tags) == 1', { tags: null }],
    ['string(record.amount) == "1"', { amount: null }],
    ['string(record.anything) == "a"', { anything: ['a'] }],
    ['string(record.amount / 0) == "Infinity"', { amount: 1 }],
    ['record.title.startsWith(record.note)', { title: 'a', note: 1 }],
    ['record.title.startsWith(record.note)', { title: 1, note: 'a' }],
    ['record.title.contains("a")', { title: ['a'] }],
    ['record.done && record.open', { done: 'yes', open: true }],
    ['record.done && record.open', { done: true, open: 'yes' }],
    ['record.done || record.open', { done: 'yes', open: false }],
    ['record.done || record.open', { done: false, open: 1 }],
    ['!record.done', { done: 'no' }],
    ['record.done ? 1 : 2', { done: 1 }],
    ['record.title in record.tags', { title: 'a', tags: 'a' }],
    ['record.title in record.tags', { title: null, tags: [null] }],
    ['record.title in record.tags', { tags: [undefined] }],
    ['record.title in record.tags', { title: 'a', tags: null }],
    ['record.anything in record.place', { anything: 1, place: { 1: 'x' } }],
    ['["a", record.title] == ["a", "b"]', { title: null }],
    ['["a", record.title] == ["a", "b"]', {}],
    ['record.place == record.other', { place: {} }],
    ['record.place == record.other', { place: null, other: null }],
    ['record.anything == record.place', { anything: () => 1, place: {} }],
    ['record.place.lat == 1', { place: 'lat' }],
    ['record.place.lat.deep == 1', { place: { lat: null } }],
    ['record.place.toString == 1', { place: {} }],
    ['has(record.place.lat)', {}],
    ['has(record.place.lat)', { place: null }],
    ['record.amount / record.count', { amount: 0, count: 0 }],
    ['record.amount / record.count', { amount: -1, count: 0 }],
    ['record.amount / record.count', { amount: 1, count: 0 }],
    ['record.amount / record.count > 4', { amount: 1, count: 0 }],
    ['record.amount / record.count < 4', { amount: -1, count: 0 }],
    ['record.amount / record.count != 4', { amount: 0, count: 0 }],
    ['record.amount / record.count == record.amount / record.count', { amount: 1, count: 0 }],
    ['1 / (record.amount / record.count)', { amount: 1, count: 0 }],
    ['record.amount * record.count > 0', { amount: 1e200, count: 1e200 }],
    ['record.amount + record.count > 0', { amount: 1.7e308, count: 1.7e308 }],
    ['record.amount - record.count < 0', { amount: -1.7e308, count: 1.7e308 }],
    ['5 / record.amount == 0', { amount: Number.POSITIVE_INFINITY }],
    ['-record.amount < 0', { amount: Number.POSITIVE_INFINITY }],
    ['record.amount > 4', { amount: Number.POSITIVE_INFINITY }],
    ['4 < record.amount', { amount: Number.NaN }],
    ['record.amount == 4', { amount: Number.POSITIVE_INFINITY }],
    ['record.amount != 4', { amount: Number.NaN }],
    ['4 != record.amount', { amount: Number.NEGATIVE_INFINITY }],
    ['record.amount == record.count', { amount: 1, count: Number.POSITIVE_INFINITY }],
    ['record.amount == record.count', { amount: Number.POSITIVE_INFINITY, count: 1 }],
    ['record.anything != 4', { anything: Number.POSITIVE_INFINITY }],
    ['record.anything in [4]', { anything: Number.NaN }],
    ['4 in [record.amount / record.count, 4]', { amount: 1, count: 0 }],
    ['4 in [record.amount, 4]', { amount: Number.POSITIVE_INFINITY }],
    ['record.amount', { amount: Number.POSITIVE_INFINITY }],
  ])('leaves %s without an answer for %j', (source, record) => {
    expect(onRecord(source, record)).toBe(UNEVALUABLE);
  });
});

describe('values of the right type', () => {
  it.each<[string, object, unknown]>([
    ['record.title == "a"', { title: 'b' }, false],
    ['"a" == record.title', { title: 'a' }, true],
    ['"a" == record.title', { title: 'b' }, false],
    ['1 == record.amount', { amount: 1 }, true],
    ['true == record.done', { done: false }, false],
    ['"a" == "a"', {}, true],
    ['1 == 2', {}, false],
    ['me.id == record.title', { title: 'u2' }, false],
    ['record.title == record.note', { title: 'a', note: 'a' }, true],
    ['record.title == record.note', { title: 'a', note: 'b' }, false],
    ['record.title + "b" == record.note', { title: 'a', note: 'ab' }, true],
    ['record.title + "b" == "ab"', { title: 'a' }, true],
    ['record.title + "b" == "ab"', { title: 'b' }, false],
    ['record.amount + 1 == record.count + 2', { amount: 2, count: 1 }, true],
    ['record.due == timestamp("2026-01-01T00:00:00Z")', { due: '2026-01-01' }, true],
    ['timestamp("2026-01-01T00:00:00Z") == record.due', { due: '2026-01-02' }, false],
    ['now == record.due', { due: '2026-01-10T01:00:00+01:00' }, true],
    ['duration("60m") == duration("1h")', {}, true],
    ['(now - record.due) == duration("24h")', { due: '2026-01-09' }, true],
    ['(now - record.due) > duration("24h")', { due: '2026-01-09' }, false],
    ['record.done < record.open', { done: false, open: true }, true],
    ['record.done < record.open', { done: true, open: true }, false],
    ['record.done <= record.open', { done: true, open: true }, true],
    ['record.done > record.open', { done: true, open: true }, false],
    ['record.done >= record.open', { done: true, open: false }, true],
    ['record.title > record.note', { title: 'b', note: 'a' }, true],
    ['record.title >= record.note', { title: 'a', note: 'a' }, true],
    ['record.title <= record.note', { title: 'b', note: 'a' }, false],
    ['record.amount > record.count', { amount: 1, count: 1 }, false],
    ['record.amount >= record.count', { amount: 1, count: 1 }, true],
    ['record.amount <= record.count', { amount: 1, count: 1 }, true],
    ['record.amount < record.count', { amount: 1, count: 1 }, false],
    ['record.anything == 1', { anything: '1' }, false],
    ['1 == record.anything', { anything: 1 }, true],
    ['record.title == record.anything', { title: 'a', anything: 1 }, false],
    ['record.anything == record.place', { anything: 'a', place: {} }, false],
    ['record.anything == record.place', { anything: 5, place: {} }, false],
    ['record.place == record.anything', { anything: 5, place: {} }, false],
    ['has(record.place.a.b)', { place: { a: { b: 1 } } }, true],
    ['has(record.place.a.b)', { place: { a: {} } }, false],
    ['record.anything == record.place', { anything: [], place: {} }, false],
    ['record.place == record.other', { place: { a: 1 }, other: { a: 1 } }, true],
    ['record.place == record.other', { place: { a: 1 }, other: { a: 2 } }, false],
    ['record.place == record.other', { place: { a: 1 }, other: { a: 1, b: 2 } }, false],
    ['record.place == record.other', { place: { a: 1 }, other: { b: 1 } }, false],
    ['record.place == record.other', { place: { toString: 1 }, other: { a: 1 } }, false],
    ['record.place == record.other', { place: { a: null }, other: { a: null } }, false],
    ['record.place == record.other', { place: { a: { b: [1] } }, other: { a: { b: [1] } } }, true],
    ['record.tags == ["a", "b"]', { tags: ['b', 'a'] }, false],
    ['record.anything in record.tags', { anything: 1, tags: ['1'] }, false],
    ['record.anything in record.things', { anything: 1, things: ['1', 1] }, true],
    ['record.anything in record.things', { anything: { a: 1 }, things: [{ a: 2 }, { a: 1 }] }, true],
    ['record.anything in record.things', { anything: { a: 1 }, things: [{ a: 2 }, 'a'] }, false],
    ['record.anything in record.things', { anything: [1], things: [[1, 2], [1]] }, true],
    ['record.anything in record.things', { anything: { a: 1 }, things: [] }, false],
    ['"a" in record.place', { place: { a: 0 } }, true],
    ['"a" in record.place', { place: { a: null } }, false],
    ['"toString" in record.place', { place: {} }, false],
    ['size(record.place) == 2', { place: { a: 1, b: 2 } }, true],
    ['size("é😀") == 2', {}, true],
    ['size(record.tags + ["c"]) == 3', { tags: ['a', 'b'] }, true],
    ['string(1.5) + string(true) + string("x")', {}, '1.5truex'],
    ['record.title.endsWith("b")', { title: 'ba' }, false],
    ['record.title.endsWith("b")', { title: 'ab' }, true],
    ['record.title.startsWith("b")', { title: 'ab' }, false],
    ['record.amount - record.count', { amount: 5, count: 3 }, 2],
    ['record.amount * record.count', { amount: 5, count: 3 }, 15],
    ['record.amount / record.count', { amount: 6, count: 3 }, 2],
    ['-record.amount', { amount: 6 }, -6],
    ['record.done ? "yes" : "no"', { done: true }, 'yes'],
    ['record.done ? record.title : "no"', { done: false }, 'no'],
    ['["a", record.title]', { title: 'b' }, ['a', 'b']],
    ['record.place.a.b', { place: { a: { b: 'x' } } }, 'x'],
    ['has(record.place.lat)', { place: { lat: 0 } }, true],
    ['has(record.place.lat)', { place: {} }, false],
    ['has(record.place.lat)', { place: { lat: null } }, false],
    ['has(record.place.toString)', { place: {} }, false],
    ['record.anything.part', { anything: { part: 'x' } }, 'x'],
    ['null', {}, null],
  ])('%s with %j is %j', (source, record, expected) => {
    expect(onRecord(source, record)).toEqual(expected);
  });
});

describe('where values are looked up', () => {
  it('takes for no value what every object inherits', () => {
    const has = checkExpression('has(record.toString)', { record: { toString: 'string' as const } });
    expect(compileExpression(has)({ record: {} })).toBe(false);
  });

  it('has no answer, and no error, where a whole root is missing', () => {
    for (const source of [
      'record.amount == 1',
      'record.reporter.account == "u1"',
      'record.state == "active"',
      'params.token == "x"',
      'me.id == "x"',
      'site.name == "x"',
      'result.id == "x"',
      'source.id == "x"',
      'now == now',
      'record.title == me.id',
    ]) {
      expect([source, answer(source, {})]).toEqual([source, UNEVALUABLE]);
      expect([source, answer(source, { related: {} })]).toEqual([source, UNEVALUABLE]);
    }
  });

  it('reads each root from where it is given', () => {
    const values: ScopeValues = {
      record: { title: 'r', state: 'not this one' },
      meta: { state: 'active' },
      related: { reporter: { account: 'u7', since: '2026-01-09T00:00:00Z' } },
      me: { id: 'u1' },
      params: { token: 'p' },
      site: { name: 's' },
      result: { id: 'x' },
      source: { id: 'y' },
      now: NOW,
    };
    const text =
      '[record.title, record.state, record.reporter.account, me.id, params.token, site.name, result.id, source.id]';
    expect(answer(text, values)).toEqual(['r', 'active', 'u7', 'u1', 'p', 's', 'x', 'y']);
    expect(answer('record.reporter.since == now - duration("24h")', values)).toBe(true);
    expect(answer('has(record.reporter.account)', values)).toBe(true);
    expect(answer('has(record.reporter.account)', { ...values, related: { reporter: {} } })).toBe(false);
    expect(answer('params.amount == 1', { params: { amount: 1 } })).toBe(true);
  });

  it('names every absent path as it was written, once and in order', () => {
    const absent = (source: string, values: ScopeValues) => {
      const result = compileExpression(checkExpression(source, SCOPE))(values);
      return isUnevaluable(result) ? result.absent : result;
    };
    expect(
      absent('record.title == record.note && record.reporter.account == record.title && me.id == "x"', {
        record: { note: 'n' },
      }),
    ).toEqual(['me.id', 'record.reporter.account', 'record.title']);
    expect(
      absent('record.state == "a" || record.place.lat > 1', { record: { place: { lat: null } } }),
    ).toEqual(['record.place.lat', 'record.state']);
    expect(absent('now == now', { record: {} })).toEqual(['now']);
    expect(absent('record.amount + 1', { record: { amount: null } })).toEqual(['record.amount']);
  });
});

describe('instants as a result', () => {
  it.each([
    ['timestamp("9999-12-31T23:59:59.999Z")', '9999-12-31T23:59:59.999Z'],
    ['timestamp("9999-12-31T23:59:59.999Z") + duration("1ms")', UNEVALUABLE],
    ['timestamp("0000-01-01T00:00:00Z")', '0000-01-01T00:00:00.000Z'],
    ['timestamp("0000-01-01T00:00:00Z") - duration("1ms")', UNEVALUABLE],
    ['record.due', '2026-01-31T00:00:00.000Z'],
    ['record.due + duration("1h30m")', '2026-01-31T01:30:00.000Z'],
  ])('%s is %s: text holds four digits of a year', (source, expected) => {
    expect(onRecord(source, { due: '2026-01-31' })).toBe(expected);
  });
});

describe('a condition', () => {
  const condition = compileCondition(checkExpression('record.amount > 1', SCOPE, 'bool'));

  it('holds only where it is true: neither where it is false, nor where it cannot be evaluated', () => {
    expect(condition({ record: { amount: 2 } })).toBe(true);
    expect(condition({ record: { amount: 1 } })).toBe(false);
    expect(condition({ record: { amount: '2' } })).toBe(false);
    expect(condition({})).toBe(false);
  });
});
