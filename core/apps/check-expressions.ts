import { DaypassError } from '../errors.ts';
import { checkExpression } from '../expressions/check.ts';
import type { CheckedExpression, Node, Scope, ValueType } from '../expressions/types.ts';
import type { CheckContext, CheckedType } from './check-context.ts';
import { requireKnownLiterals } from './check-literals.ts';
import { type Path, pointerOf } from './problems.ts';
import { namesRead } from './scope.ts';

/** Type-checks one expression and keeps it; reports its mistake and answers undefined otherwise. */
export function takeExpression(
  context: CheckContext,
  path: Path,
  source: string,
  scope: Scope,
  expected?: ValueType | readonly ValueType[],
): CheckedExpression | undefined {
  try {
    const checked = checkExpression(source, scope, expected);
    if (readsThroughReference(checked.ast)) {
      const instead = 'keep what it needs in a field of this record';
      context.report(path, `an expression cannot look through a reference yet; ${instead}`);
      return undefined;
    }
    context.expressions[pointerOf(path)] = checked;
    return checked;
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    context.report(path, error.message);
    return undefined;
  }
}

/** Whether it reads the record that a reference names: nothing that evaluates expressions is given that one. */
function readsThroughReference(node: Node): boolean {
  if (node.op === 'get' || node.op === 'has') return node.root === 'related';
  return 'args' in node && (node.args as readonly Node[]).some(readsThroughReference);
}

/**
 * Holds an expression to the fields that have a value where it is evaluated, and to values that they can have.
 * @param allowRuntimeOnly whether the form's values are at hand
 */
export function requireReadable(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
  type: CheckedType,
  allowRuntimeOnly = false,
): void {
  requireKnownLiterals(context, path, checked, type);
  for (const name of namesRead(checked?.reads ?? [], 'record')) {
    const field = type.fields.get(name);
    if (field?.type === 'formula') {
      const why = type.secret.has(name)
        ? 'it reads a token, and what reads a token is secret'
        : 'a formula is computed only where it is shown; name the fields that it reads';
      context.report(path, `"${name}" cannot be used here: ${why}`);
    }
    if (field?.runtimeOnly && !allowRuntimeOnly) {
      context.report(path, `"${name}" cannot be used here: it is only on the form and never stored`);
    }
  }
}
