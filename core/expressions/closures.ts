import type { Binding, Leaf } from './binding.ts';
import { compileEquality, compileMembership, compileOrder } from './comparison.ts';
import { compileAnd, compileChoice, compileNot, compileOr } from './logic.ts';
import { compileArithmetic, compileCall, compileList, compileNegation } from './operations.ts';
import { compileGet, compileHas } from './paths.ts';
import type { Node } from './types.ts';

/**
 * A node as a closure. Its answer is a value of the node's type; anything else (undefined as a rule) means that the
 * node cannot be evaluated, and every closure checks its operands' types, so that the mark travels upwards by itself.
 * Instants and durations are numbers of milliseconds.
 */
export function compileNode<Input>(node: Node, binding: Binding<Input>): Leaf<Input> {
  switch (node.op) {
    case 'value':
      return constant(node.value);
    case 'get':
      return compileGet(node, binding);
    case 'has':
      return compileHas(node, binding);
    case '==':
      return compileEquality(node.args, compileNode, binding);
    case '!=':
      return compileNot(compileEquality(node.args, compileNode, binding));
    default:
      return compileOperator(node, (each) => compileNode(each, binding));
  }
}

function constant(value: unknown): Leaf<unknown> {
  return () => value;
}

type Operator = Exclude<Node, { op: 'value' | 'get' | 'has' | '==' | '!=' }>;

/** The operators that need only their operands' closures. */
function compileOperator<Input>(node: Operator, child: (node: Node) => Leaf<Input>): Leaf<Input> {
  switch (node.op) {
    case '&&':
      return compileAnd(child(node.args[0]), child(node.args[1]));
    case '||':
      return compileOr(child(node.args[0]), child(node.args[1]));
    case '!':
      return compileNot(child(node.args[0]));
    case 'in':
      return compileMembership(child(node.args[0]), child(node.args[1]));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(node.op, child(node.args[0]), child(node.args[1]));
    case '?:':
      return compileChoice(child(node.args[0]), child(node.args[1]), child(node.args[2]));
    case 'list':
      return compileList(node.args, child);
    case 'neg':
      return compileNegation(child(node.args[0]));
    case 'call':
      return compileCall(node.name, node.args.map(child));
    default:
      return compileArithmetic(node.op, child(node.args[0]), child(node.args[1]));
  }
}
