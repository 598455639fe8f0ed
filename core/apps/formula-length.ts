import type { Node } from '../expressions/types.ts';
import type { Field } from './definition.ts';

/** Characters that all formulas of a record can have together: what is computed leaves in an answer with all the rest. */
export const FORMULAS_LIMIT = 100_000;

/** The most characters that a text can have which is kept in a field; lines of text, unless the field says less. */
const DEFAULT_MAX = { string: 500, text: 20_000 };
/** What no field holds: ids, names, states, addresses of the site. */
const LONGEST_OTHER = 500;
const LONGEST_NUMBER = 30;

/** The most characters that a field's own text may have. */
export function maxLengthOf({ type, maxLength }: Field): number {
  return maxLength ?? (type === 'text' ? DEFAULT_MAX.text : DEFAULT_MAX.string);
}

/**
 * The most characters that a field's value can have where a formula reads it.
 * @param roles ids of the site's roles
 */
export function longestValue(field: Field, roles: Iterable<string>): number {
  switch (field.type) {
    case 'number':
    case 'boolean':
    case 'date':
    case 'dateTime':
      return LONGEST_NUMBER;
    case 'choice':
      return Math.max(0, ...(field.choices ?? []).map((choice) => choice.length));
    case 'choices':
      return total(field.choices ?? []);
    case 'roles':
      return total(field.rolesFrom ?? [...roles]);
    default:
      return maxLengthOf(field);
  }
}

/**
 * The most characters that an expression's value can have, all entries of a list together: known from its tree, because
 * nothing in the language repeats.
 * @param ofField the same for each field that it reads, computed ones included
 */
export function longestResult(node: Node, ofField: (id: string) => number): number {
  const longest = (each: Node) => longestResult(each, ofField);
  switch (node.op) {
    case 'value':
      return typeof node.value === 'string' ? node.value.length : LONGEST_NUMBER;
    case 'get':
      return node.root === 'record' ? ofField(node.path[0] ?? '') : LONGEST_OTHER;
    case 'list':
      return node.args.reduce((sum, each) => sum + longest(each), 0);
    case '?:':
      return Math.max(longest(node.args[1]), longest(node.args[2]));
    case '+':
      return node.type === 'double' ? LONGEST_NUMBER : longest(node.args[0]) + longest(node.args[1]);
    case 'call':
      return node.name === 'string' ? Math.max(LONGEST_NUMBER, ...node.args.map(longest)) : LONGEST_NUMBER;
    default:
      return LONGEST_NUMBER;
  }
}

const total = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0);
