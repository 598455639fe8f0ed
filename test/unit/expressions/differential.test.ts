import fc from 'fast-check';
import { checkExpression } from '../../../core/expressions/check.ts';
import { compileExpression, isUnevaluable } from '../../../core/expressions/compile.ts';
import type { Scope } from '../../../core/expressions/types.ts';
import { evaluateWithLibrary, NO_VALUE } from './library.ts';

/** An expression written twice: in our language, and in the library's, where whole numbers are another type. */
interface Written {
  readonly ours: string;
  readonly library: string;
}

const SCOPE: Scope = {
  record: {
    amount: 'double',
    count: 'double',
    title: 'string',
    note: 'string',
    done: 'bool',
    open: 'bool',
    due: 'timestamp',
    start: 'timestamp',
    tags: 'list<string>',
    place: 'map',
    anything: 'dyn',
  },
  me: { id: 'string', roles: 'list<string>' },
};

const same = (text: string): Written => ({ ours: text, library: text });
const join = (make: (...parts: string[]) => string, ...parts: Written[]): Written => ({
  ours: make(...parts.map((part) => part.ours)),
  library: make(...parts.map((part) => part.library)),
});
const oneOf = (...texts: string[]): fc.Arbitrary<Written> => fc.constantFrom(...texts.map(same));

const text = fc.constantFrom('', 'a', 'ab', 'Yes', 'é😀', "it's", 'u1', 'a\nb', '\\', '"');

const wholeNumber = fc.integer({ min: 0, max: 20 }).map((n) => ({ ours: `${n}`, library: `${n}.0` }));
const quoted = text.map((value) => same(JSON.stringify(value)));

const { bool } = fc.letrec<{ number: Written; string: Written; bool: Written; time: Written; list: Written }>(
  (tie) => ({
    number: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'expression' },
      wholeNumber,
      oneOf('record.amount', 'record.count', '0.5', '1.25'),
      fc
        .tuple(fc.constantFrom('+', '-', '*', '/'), tie('number'), tie('number'))
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
      tie('number').map((a) => join((x) => `-(${x})`, a)),
      tie('string').map((a) => ({ ours: `size(${a.ours})`, library: `double(size(${a.library}))` })),
      tie('list').map((a) => ({ ours: `${a.ours}.size()`, library: `double(${a.library}.size())` })),
      fc
        .tuple(tie('bool'), tie('number'), tie('number'))
        .map((parts) => join((c, x, y) => `(${c} ? ${x} : ${y})`, ...parts)),
    ),
    string: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'expression' },
      quoted,
      oneOf('record.title', 'record.note', 'me.id'),
      fc.tuple(tie('string'), tie('string')).map((parts) => join((x, y) => `(${x} + ${y})`, ...parts)),
      tie('bool').map((a) => join((x) => `string(${x})`, a)),
    ),
    time: oneOf(
      'record.due',
      'record.start',
      'now',
      'timestamp("2026-03-01T00:00:00Z")',
      '(record.due - duration("36h"))',
      '(now + duration("1h30m"))',
    ),
    list: oneOf(
      'record.tags',
      'me.roles',
      '["a", "Yes"]',
      '[record.title, "ab"]',
      '(record.tags + me.roles)',
    ),
    bool: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'expression' },
      oneOf('true', 'false', 'record.done', 'record.open'),
      fc
        .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('number'), tie('number'))
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
      fc
        .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('string'), tie('string'))
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
      fc
        .tuple(fc.constantFrom('==', '<', '<=', '>', '>='), tie('time'), tie('time'))
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
      fc
        .tuple(fc.constantFrom('==', '!='), tie('bool'), tie('bool'))
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
      fc
        .tuple(fc.constantFrom('&&', '||'), tie('bool'), tie('bool'))
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
      tie('bool').map((a) => join((x) => `!(${x})`, a)),
      fc.tuple(tie('string'), tie('list')).map((parts) => join((x, y) => `(${x} in ${y})`, ...parts)),
      fc.tuple(tie('list'), tie('list')).map((parts) => join((x, y) => `(${x} == ${y})`, ...parts)),
      fc
        .tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('string'), tie('string'))
        .map(([name, a, b]) => join((x, y) => `${x}.${name}(${y})`, a, b)),
      oneOf(
        'has(record.title)',
        'has(record.amount)',
        'has(record.tags)',
        'has(record.place.lat)',
        'record.place.lat > 1.5',
        '"lat" in record.place',
      ),
      fc
        .tuple(
          fc.constantFrom('==', '!='),
          oneOf('record.anything', 'record.place.lat'),
          fc.oneof(quoted, oneOf('1.5', 'true')),
        )
        .map(([op, a, b]) => join((x, y) => `(${x} ${op} ${y})`, a, b)),
    ),
  }),
);

/** Values of the right type, missing, null, of a wrong type, and numbers that are none. */
const notFinite = fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
const missing = fc.constantFrom(undefined, null);
const record = fc.record(
  {
    amount: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -50, max: 50 }),
      fc.integer({ min: 0, max: 9 }),
      notFinite,
      missing,
    ),
    count: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.MAX_VALUE), missing),
    title: fc.oneof(text, missing),
    note: fc.oneof(text, missing),
    done: fc.oneof(fc.boolean(), missing),
    open: fc.oneof(fc.boolean(), missing),
    due: fc.oneof(
      fc.constantFrom('2026-01-31', '2026-03-01T00:00:00Z', '2026-03-01T01:30:00+01:30'),
      missing,
    ),
    start: fc.oneof(fc.constantFrom('2026-02-28T12:00:00.5Z', '2025-12-31'), missing),
    tags: fc.oneof(fc.array(text, { maxLength: 3 }), missing),
    place: fc.oneof(fc.constant({ lat: 1.5, lon: 2 }), fc.constant({ lon: 1 }), missing),
    anything: fc.oneof(text, fc.constantFrom(1.5, 2, true, false), notFinite, missing),
  },
  { requiredKeys: [] },
);

describe('the compiler against the library', () => {
  it('answers every generated condition as the library does, errors included', () => {
    let unevaluable = 0;
    let total = 0;
    fc.assert(
      fc.property(bool, record, fc.array(text, { maxLength: 2 }), (written, values, roles) => {
        const scope = { record: values, me: { id: 'u1', roles }, now: Date.UTC(2026, 1, 1) };
        const ours = compileExpression(checkExpression(written.ours, SCOPE))(scope);
        const theirs = evaluateWithLibrary(written.library, scope);
        total++;
        if (isUnevaluable(ours)) unevaluable++;
        expect(isUnevaluable(ours) ? NO_VALUE : ours).toBe(theirs);
      }),
      { numRuns: 4000, seed: 7 },
    );
    expect(unevaluable / total).toBeGreaterThan(0.1);
    expect(unevaluable / total).toBeLessThan(0.9);
  });
});
