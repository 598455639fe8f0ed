import fc from 'fast-check';
import { checkExpression } from '../../../core/expressions/check.ts';
import { compileExpression } from '../../../core/expressions/compile.ts';
import { containsText } from '../../../core/expressions/search.ts';
import { durationOf, instantOf } from '../../../core/expressions/time.ts';

const SCOPE = { record: { text: 'string', part: 'string' } } as const;

/** Least time of several runs, in milliseconds: what the work takes when nobody disturbs it. */
function leastTime(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

describe('nothing in an expression takes more than linear time', () => {
  it('searches a text that defeats a naive search', () => {
    const contains = compileExpression(checkExpression('record.text.contains(record.part)', SCOPE));
    const worst = (length: number) => ({
      record: { text: 'a'.repeat(length), part: `${'a'.repeat(length / 2)}b` },
    });
    const small = leastTime(() => contains(worst(20_000)));
    const large = leastTime(() => contains(worst(160_000)));
    expect(large).toBeLessThan(8 * small * 4 + 5);
    expect(contains(worst(1000))).toBe(false);
  });

  it('finds what the engine finds', () => {
    const haystack = `${'ab'.repeat(60)}c${'aab'.repeat(40)}`;
    for (let start = 0; start < haystack.length; start += 7) {
      for (const length of [1, 31, 32, 33, 34, 50, 90]) {
        const needle = haystack.slice(start, start + length);
        for (const wanted of [needle, `${needle}c`, `a${needle}`, needle.replace(/b/, 'x')]) {
          expect([wanted, containsText(haystack, wanted)]).toEqual([wanted, haystack.includes(wanted)]);
        }
      }
    }
    expect(containsText('short', 'x'.repeat(40))).toBe(false);
    expect(containsText('y'.repeat(40), 'y'.repeat(40))).toBe(true);
  });

  it.each([
    [`${'a'.repeat(40)}b`, `${'a'.repeat(32)}b`],
    [`${'a'.repeat(40)}b`, `${'a'.repeat(33)}b`],
    [`${'a'.repeat(40)}b`, `${'a'.repeat(33)}c`],
    [`${'ab'.repeat(30)}`, `${'ba'.repeat(20)}`],
    [`${'ab'.repeat(20)}`, `${'ba'.repeat(20)}`],
    [`${'aab'.repeat(15)}aaab${'aab'.repeat(15)}`, `b${'aab'.repeat(11)}`],
    [`${'aab'.repeat(12)}aaab${'aab'.repeat(12)}`, `${'aab'.repeat(6)}aaab${'aab'.repeat(6)}`],
    [`${'aab'.repeat(12)}aaab${'aab'.repeat(12)}`, `${'aab'.repeat(6)}aaaab${'aab'.repeat(6)}`],
    ['x'.repeat(33), 'x'.repeat(33)],
    ['x'.repeat(33), 'x'.repeat(34)],
    [`${'x'.repeat(33)}y`, `${'x'.repeat(32)}y`],
    [`y${'x'.repeat(33)}`, `y${'x'.repeat(33)}`],
    [`z${'ab'.repeat(20)}`, `a${'ab'.repeat(20)}`],
    ['', 'x'.repeat(33)],
    ['', ''],
  ])('%s: %s', (text, part) => {
    expect(containsText(text, part)).toBe(text.includes(part));
  });

  it('finds repeated and nearly repeated texts as the engine does', () => {
    const letters = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom('a', 'b'), minLength, maxLength });
    fc.assert(
      fc.property(
        letters(1, 7),
        letters(0, 3),
        letters(0, 3),
        fc.nat(40),
        fc.nat(40),
        (unit, tail, before, cut, flip) => {
          const part = unit.repeat(34).slice(0, 34) + tail;
          const other = part[flip] === 'a' ? 'b' : 'a';
          const flipped = flip < part.length ? part.slice(0, flip) + other + part.slice(flip + 1) : part;
          for (const text of [
            before + flipped,
            flipped + part,
            part.slice(0, cut) + part,
            flipped + part.slice(cut),
          ]) {
            expect([text, part, containsText(text, part)]).toEqual([text, part, text.includes(part)]);
          }
        },
      ),
      { numRuns: 400, seed: 43 },
    );
  });

  it('refuses texts that are no instant or duration without trying for long', () => {
    const time = leastTime(() => {
      instantOf(`2026-01-01T00:00:00.${'0'.repeat(100_000)}`);
      durationOf(`${'1'.repeat(100_000)}x`);
    });
    expect(time).toBeLessThan(5);
  });
});

describe('instants and durations', () => {
  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T12:30Z', Date.UTC(2026, 0, 31, 12, 30)],
    ['2026-01-31T12:30:15.250Z', Date.UTC(2026, 0, 31, 12, 30, 15, 250)],
    ['2026-01-31T12:30:15+02:00', Date.UTC(2026, 0, 31, 10, 30, 15)],
    ['2026-01-31T12:30:15-02:00', Date.UTC(2026, 0, 31, 14, 30, 15)],
    ['2026-01-31T12:30:15', Date.UTC(2026, 0, 31, 12, 30, 15)],
    ['2026-13-01', undefined],
    ['31.01.2026', undefined],
    ['2026-01-31 12:30', undefined],
    ['', undefined],
    ['x2026-01-31', undefined],
    ['2026-01-31x', undefined],
    ['2026-01-31T12:30:15.1234567890', undefined],
    ['2026-01-31T12:30:15.123456789+00:00', Date.UTC(2026, 0, 31, 12, 30, 15, 123)],
    [20260131, undefined],
    [null, undefined],
  ])('%j as an instant is %j', (text, expected) => {
    expect(instantOf(text)).toBe(expected);
  });

  it.each([
    ['168h', 168 * 3_600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['-5m', -300_000],
    ['5', undefined],
    ['1h'.repeat(30), 30 * 3_600_000],
    ['1h'.repeat(31), undefined],
    ['0.25h', 900_000],
    ['x5m', undefined],
    ['5mx', undefined],
    ['--5m', undefined],
    ['0.5h', 1_800_000],
    ['123456789012ms', 123_456_789_012],
    ['1234567890123ms', undefined],
    ['h', undefined],
    ['1d', undefined],
    ['', undefined],
  ])('%j as a duration is %j milliseconds', (text, expected) => {
    expect(durationOf(text)).toBe(expected);
  });
});
