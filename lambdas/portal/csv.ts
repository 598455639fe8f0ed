import { stringify } from 'csv-stringify/sync';
import type { ApiResponse } from '../shared/http/request.ts';

/** What may stand before a formula's sign without keeping a program from seeing it: blanks, controls, unseen characters. */
const FORMULA_BEHIND_BLANKS = /^[\s\p{Cc}\p{Cf}]+[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

/**
 * A table as CSV (RFC 4180, every cell quoted, with the mark by which Excel knows UTF-8). Texts come from people of whom
 * nothing is known: one that a spreadsheet would take for a formula has an apostrophe before it, which shows it as text.
 * @param rows the header first
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map((text) => (FORMULA_BEHIND_BLANKS.test(text) ? `'${text}` : text))),
    { bom: true, escape_formulas: true, quoted: true, quoted_empty: true, record_delimiter: 'windows' },
  );
}

/**
 * A CSV file to be saved.
 * @param name in ASCII, without quotes
 */
export function csvFile(name: string, csv: string): ApiResponse {
  return {
    status: 200,
    bytes: Buffer.from(csv),
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${name}"`,
    },
  };
}
