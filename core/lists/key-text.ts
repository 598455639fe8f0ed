import { createHash } from 'node:crypto';
import type { FieldValue } from '../records/record.ts';

const SORT_TEXT_LIMIT = 120;
/** As it is escaped in a key. */
const PARTITION_TEXT_LIMIT = 200;

/**
 * Equality values as text; no value is a value of its own that no text can imitate. A long one is stood in for by its
 * hash, because a key has room for 2,048 bytes and a text, or a parameter that somebody sends, can be longer.
 */
export function partitionText(value: FieldValue): string {
  if (value === null) return '';
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
  return encodeURIComponent(text).length <= PARTITION_TEXT_LIMIT
    ? `=${text}`
    : `~${createHash('sha256').update(text).digest('base64url')}`;
}

/** Text whose code-point order is the value's order: numbers of all signs, ISO times, text without regard to case. */
export function sortText(value: FieldValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return sortableNumber(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A cut may go through the middle of a character, and keys are UTF-8.
  return text.toLowerCase().slice(0, SORT_TEXT_LIMIT).toWellFormed();
}

/** The bits of a double, turned so that their unsigned order is the numbers' order. */
function sortableNumber(value: number): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  const bits = bytes.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const ordered = negative ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n);
  return ordered.toString(16).padStart(16, '0');
}

/** The order in which the table keeps sort keys: by code point, while JavaScript compares halves of surrogate pairs. */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    const [xHalf, yHalf] = [isHalf(x), isHalf(y)];
    return xHalf === yHalf ? x - y : xHalf ? 1 : -1;
  }
  return a.length - b.length;
}

function isHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
