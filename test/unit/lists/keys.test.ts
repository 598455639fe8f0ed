import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { compareKeys, partitionText, sortText } from '../../../core/lists/key-text.ts';
import type { FieldValue } from '../../../core/records/record.ts';

const hash = (text: string) => `~${createHash('sha256').update(text).digest('base64url')}`;

describe('a value in a key', () => {
  it.each<[FieldValue, string]>([
    [null, ''],
    ['', '='],
    ['Roof', '=Roof'],
    ['~a', '=~a'],
    [1.5, '=1.5'],
    [false, '=false'],
    [['a', 'b'], '=["a","b"]'],
    ['a'.repeat(200), `=${'a'.repeat(200)}`],
    ['a'.repeat(201), hash('a'.repeat(201))],
    // A character that an address escapes takes the room of its escape.
    ['é'.repeat(33), `=${'é'.repeat(33)}`],
    ['é'.repeat(34), hash('é'.repeat(34))],
    ['a\ud800', '=a\ufffd'],
  ])('%j finds what equals it: %s', (value, text) => {
    expect(partitionText(value)).toBe(text);
  });

  it.each<[FieldValue, string]>([
    [null, ''],
    ['Mend THE Roof', 'mend the roof'],
    [true, 'true'],
    ['a'.repeat(121), 'a'.repeat(120)],
    [`${'a'.repeat(119)}😀`, `${'a'.repeat(119)}\ufffd`],
    [0, '8000000000000000'],
    [1, 'bff0000000000000'],
    [-1, '400fffffffffffff'],
  ])('%j is sorted as %s', (value, text) => {
    expect(sortText(value)).toBe(text);
  });

  it('sorts numbers as numbers, whatever their signs and sizes', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(a !== b);
        expect(compareKeys(sortText(a), sortText(b)) < 0).toBe(a < b);
      }),
    );
  });

  it('is compared as the table does it, byte by byte in UTF-8', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\ue000', '\uffff', '😀', '🙂', '\ud7ff') });
    const sign = (order: number) => Math.sign(order);
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(sign(compareKeys(a, b))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
    expect(compareKeys('ab', 'abc')).toBeLessThan(0);
    expect(compareKeys('\uffff', '😀')).toBeLessThan(0);
  });
});
