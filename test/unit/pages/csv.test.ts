import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvOf } from '../../../lambdas/portal/csv.ts';

/** A program for spreadsheets reads the text, drops what it does not show, and looks at what comes first. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;
const STARTS = [
  '=',
  '+',
  '-',
  '@',
  '\t',
  '\r',
  '\n',
  ' ',
  '\u200B',
  '\uFEFF',
  '＝',
  '＋',
  '－',
  '＠',
  '"',
  ',',
  '',
];

const cell = fc
  .tuple(fc.array(fc.constantFrom(...STARTS), { maxLength: 3 }), fc.string({ unit: 'grapheme' }))
  .map(([start, rest]) => start.join('') + rest);

describe('a table as CSV', () => {
  it('holds every text as it was, or behind an apostrophe, and nothing that begins as a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        const read: string[][] = parse(csvOf(rows), { bom: true });

        expect(read.map((row) => row.length)).toEqual(rows.map((row) => row.length));
        for (const [index, text] of read.flat().entries()) {
          const written = rows.flat()[index] as string;
          expect([written, `'${written}`]).toContain(text);
          expect(text).not.toMatch(FORMULA);
        }
      }),
    );
  });

  it.each(['Ana Ruiz', 'a=b', "O'Brien", '٣', '3 - 4', '😀 lift'])('leaves %j alone', (text) => {
    expect(parse(csvOf([[text]]), { bom: true })).toEqual([[text]]);
  });

  it('is told from other encodings by its first character, and its lines end as RFC 4180 has it', () => {
    expect(
      csvOf([
        ['a', ''],
        ['b "c"', 'd,e'],
      ]),
    ).toBe('\uFEFF"a",""\r\n"b ""c""","d,e"\r\n');
  });
});
