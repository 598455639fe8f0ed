import type { ASTNode } from '@marcbachmann/cel-js';
import { SIZE } from '../../../core/expressions/environment.ts';

type Evaluate = (evaluator: unknown, node: ASTNode, context: unknown) => unknown;
type Evaluated = ASTNode & { readonly evaluate: Evaluate; readonly meta: { readonly evaluate: Evaluate } };

const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '-_']);

/**
 * Lets the library evaluate what is ours. CEL divides by zero and goes on with infinity, or with what is no number: here
 * that cannot be evaluated, and so the library errs where its arithmetic comes to such a number. And it counts what a
 * prepared tree has of sizes, which are numbers like all others.
 */
export function evaluateAsOurs(node: ASTNode): void {
  for (const child of [node.args as unknown].flat(2)) if (isNode(child)) evaluateAsOurs(child);
  const { meta } = node as Evaluated;
  if (ARITHMETIC.has(node.op)) {
    setEvaluate(node, (...given) => requireFinite(meta.evaluate(...given)));
  } else if (node.op === 'call' && node.args[0] === SIZE) {
    const [of] = node.args[1] as [Evaluated];
    setEvaluate(node, (evaluator, _, context) => (of.evaluate(evaluator, of, context) as unknown[]).length);
  }
}

function setEvaluate(node: ASTNode, evaluate: Evaluate): void {
  Object.defineProperty(node, 'evaluate', { value: evaluate });
}

function requireFinite(result: unknown): unknown {
  if (!isFiniteOrNoNumber(result)) throw new Error(`${result} is no number`);
  return result;
}

/** For the values that an expression reads: what is not finite is no value. */
export function isFiniteOrNoNumber(value: unknown): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}
