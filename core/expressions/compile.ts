import { type Binding, scopeBinding } from './binding.ts';
import { compileNode } from './closures.ts';
import { isPresent } from './presence.ts';
import type { CheckedExpression, ScopeValues } from './types.ts';

/** The answer where an expression cannot be evaluated: a field it needs is absent, or a value is of another type. */
export class Unevaluable {
  /** The paths it reads that had no value, as written. */
  readonly absent: readonly string[];

  constructor(absent: readonly string[]) {
    this.absent = absent;
  }
}

/** A value as records hold it (timestamps as ISO-8601 text), or {@link Unevaluable}. */
export type Evaluation = string | number | boolean | null | readonly unknown[] | object | Unevaluable;

/** A compiled expression. Never throws. */
export type Evaluate = (values: ScopeValues) => Evaluation;
/** A compiled condition: true only where it holds. Never throws. */
export type Condition = (values: ScopeValues) => boolean;

export function isUnevaluable(value: unknown): value is Unevaluable {
  return value instanceof Unevaluable;
}

/**
 * Turns a checked expression into a function of its values. The function never throws, takes time linear in the size
 * of what it reads, and needs no parser: only the stored tree.
 */
export function compileExpression(checked: CheckedExpression): Evaluate {
  const evaluate = compileNode(checked.ast, scopeBinding);
  const { type } = checked;
  return (values) => {
    const result = evaluate(values, values.record);
    if (type === 'null') return null;
    if (type === 'timestamp' && typeof result === 'number')
      return instantText(result) ?? failure(checked, values);
    return isPresent(result) ? (result as Evaluation) : failure(checked, values);
  };
}

/** A condition's function: true only where it holds; whatever cannot be evaluated does not hold. */
export function compileCondition(checked: CheckedExpression): Condition {
  const evaluate = compileNode(checked.ast, scopeBinding);
  return (values) => evaluate(values, values.record) === true;
}

/** The last instant that ISO text with a four-digit year can say. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00Z');

function instantText(at: number): string | undefined {
  return at <= LAST_INSTANT && at >= FIRST_INSTANT ? new Date(at).toISOString() : undefined;
}

function failure(checked: CheckedExpression, values: ScopeValues): Unevaluable {
  return new Unevaluable(absentPaths(checked, values, scopeBinding, values.record));
}

/** The paths of an expression that have no value, as written; for messages. */
export function absentPaths<Input>(
  checked: CheckedExpression,
  input: Input,
  binding: Binding<Input>,
  record: object | undefined,
): string[] {
  const absent = new Set<string>();
  const visit = (node: CheckedExpression['ast']): void => {
    if (node.op === 'get') {
      const value = compileNode(node, binding)(input, record);
      const root = node.root === 'meta' || node.root === 'related' ? 'record' : node.root;
      if (value === undefined || value === null) absent.add([root, ...node.path].join('.'));
    } else if ('args' in node) for (const child of node.args) visit(child);
  };
  visit(checked.ast);
  return [...absent].sort();
}
