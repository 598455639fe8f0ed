import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOT_SORTABLE } from '../../../core/apps/check-views.ts';
import { FIELD_TYPES, type Field, type FieldType } from '../../../core/apps/definition.ts';
import { valueTypeOf } from '../../../core/apps/scope.ts';
import { checkValue } from '../../../core/records/values.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const text = readFileSync(join(ROOT, 'docs/definitions.md'), 'utf8');
const [, table = ''] = /\n## Field types\n([\s\S]*?)\n## /.exec(text) ?? [];

/** The rows of the table of field types, cell by cell, without the ticks of code. */
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')))
  .map(([, type = '', , , , sort = '', key = '', example = '']) => ({
    type: type as FieldType,
    sort,
    key,
    example,
  }));

/** By what a list can be keyed, from what a value of the type is in expressions. */
const KEYS: Partial<Record<string, string>> = {
  string: '==',
  double: '==',
  bool: '==',
  'list<string>': 'in',
};

describe('the table of field types in docs/definitions.md', () => {
  it('has a row for every type', () => {
    expect(rows.map(({ type }) => type)).toEqual([...FIELD_TYPES]);
  });

  it.each(rows)('says of $type what a list can do with it', ({ type, sort, key }) => {
    const sortable = !NOT_SORTABLE.has(type) && type !== 'formula';
    expect([sort, key]).toEqual([sortable ? 'yes' : 'no', KEYS[valueTypeOf(type)] ?? 'no']);
  });

  it.each(rows.filter(({ example }) => example !== '–'))(
    'shows a value of $type that is stored as it stands there',
    ({ type, example }) => {
      const value = JSON.parse(example);
      const choices = ['choice', 'choices'].includes(type) ? [value].flat() : undefined;
      const field = { id: 'f', label: 'F', type, ...(choices && { choices }) } as Field;
      expect(checkValue(field, value)).toEqual({ value });
    },
  );
});
