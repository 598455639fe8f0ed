import type { ASTNode } from '@marcbachmann/cel-js';
import { DaypassError } from '../errors.ts';
import { environmentOf, SIZE } from './environment.ts';
import { ExpressionMistake } from './names.ts';
import { prepareTree } from './prepare.ts';
import { completeScope } from './scope.ts';
import { buildTree, pathsOf, typeName } from './tree.ts';
import { type CheckedExpression, EXPRESSION_LIMITS, type Scope, type ValueType } from './types.ts';

/**
 * Parses and type-checks an expression when a definition is saved. Give the same `scope` object for all expressions
 * of one place: what is derived from it is kept with it.
 * @param expected the type, or one of the types, that the result must have; absent = anything that can be stored
 * @throws DaypassError EXPRESSION_INVALID, saying what is wrong and at which character
 */
export function checkExpression(
  source: string,
  scope: Scope,
  expected?: ValueType | readonly ValueType[],
): CheckedExpression {
  try {
    if (source.length > EXPRESSION_LIMITS.length) {
      throw new ExpressionMistake(`it is longer than ${EXPRESSION_LIMITS.length} characters`, 0);
    }
    const parsed = environmentOf(scope).parse(source);
    const root = parsed.ast;
    prepareTree(root, completeScope(scope));
    const verdict = parsed.check();
    if (!verdict.valid) throw verdict.error;
    const type = typeName(root);
    requireType(type, expected);
    return { source, type, reads: pathsOf(root), ast: buildTree(root) };
  } catch (error) {
    throw refusal(source, error);
  }
}

function requireType(type: ValueType, expected: ValueType | readonly ValueType[] | undefined): void {
  const wanted = typeof expected === 'string' ? [expected] : expected;
  if (type === 'duration') throw new ExpressionMistake('its result is a duration, which cannot be kept', 0);
  if (!wanted || type === 'dyn' || wanted.includes(type)) return;
  if (type === 'list' && wanted.some((each) => each.startsWith('list'))) return;
  throw new ExpressionMistake(`its result is a ${type}, and a ${wanted.join(' or ')} is needed here`, 0);
}

function refusal(source: string, error: unknown): DaypassError {
  const { message, at } = mistakeOf(error);
  const place = at > 0 ? ` (character ${at + 1})` : '';
  const shown = source.length > 120 ? `${source.slice(0, 120)}…` : source;
  const text = `${message}${place} in: ${shown}`;
  return new DaypassError('EXPRESSION_INVALID', text, [{ path: '', message: text }]);
}

interface LibraryError {
  readonly summary?: string;
  readonly range?: { readonly start: number };
  readonly node?: ASTNode;
}

function mistakeOf(error: unknown): { message: string; at: number } {
  if (error instanceof ExpressionMistake) return { message: error.message, at: error.at };
  const { summary, range } = error as LibraryError;
  if (summary === undefined) throw error;
  const message = summary
    .replaceAll(SIZE, 'size')
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration');
  return { message: explained(message), at: range?.start ?? 0 };
}

function explained(message: string): string {
  return message.includes('null') ? `${message}; use has(…) to ask whether there is a value` : message;
}
