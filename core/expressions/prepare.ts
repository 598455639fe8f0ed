import type { ASTNode } from '@marcbachmann/cel-js';
import { SIZE } from './environment.ts';
import { ExpressionMistake, resolveRoot, writtenPath } from './names.ts';
import { durationOf, instantOf } from './time.ts';
import type { Scope } from './types.ts';

/** The written path of each path node, before it was led to where its value lies. */
export const WRITTEN = new WeakMap<ASTNode, string>();

const OPERATORS: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '&&',
  '||',
  'in',
  '+',
  '-',
  '*',
  '/',
  '!_',
  '-_',
  '?:',
]);
const FUNCTIONS: ReadonlySet<string> = new Set(['size', 'string', 'has', 'timestamp', 'duration']);
const METHODS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'size']);

type Mutable = { args: unknown };

/**
 * Holds a parsed tree to the documented subset, finds its names in the scope, and turns whole numbers into doubles,
 * so that `record.amount == 1000` compares like with like. Works on the library's tree in place, before its type check.
 */
export function prepareTree(node: ASTNode, scope: Scope): void {
  for (const child of prepareNode(node, scope)) prepareTree(child, scope);
}

/** Prepares one node and answers with the children that are still to do. */
function prepareNode(node: ASTNode, scope: Scope): readonly ASTNode[] {
  switch (node.op) {
    case 'id':
    case '.':
    case '[]':
      preparePath(node, scope);
      return [];
    case 'value':
      prepareLiteral(node);
      return [];
    case 'call':
      return prepareCall(node);
    case 'rcall': {
      const [name, receiver, args] = node.args;
      if (!METHODS.has(name)) throw unsupported(`${name}(…)`, node);
      if (name === 'size') (node.args as unknown[])[0] = SIZE;
      return [receiver, ...args];
    }
    default:
      if (node.op !== 'list' && !OPERATORS.has(node.op)) throw unsupported(node.op, node);
      return [node.args].flat() as ASTNode[];
  }
}

function preparePath(node: ASTNode, scope: Scope): void {
  const written = writtenPath(node);
  if (!written) throw unsupported('reading by a calculated name or position', node);
  const root = resolveRoot(written, scope);
  WRITTEN.set(node, [written.rootNode.args, ...written.names].join('.'));
  (written.rootNode as Mutable).args = root;
}

function prepareLiteral(node: ASTNode): void {
  if (typeof node.args === 'bigint') {
    const number = Number(node.args);
    if (!Number.isSafeInteger(number)) throw new ExpressionMistake('the number is too large', node.start);
    (node as Mutable).args = number;
  } else if (typeof node.args === 'object' && node.args !== null) {
    throw unsupported('a bytes or unsigned literal', node);
  }
}

function prepareCall(node: ASTNode & { op: 'call' }): readonly ASTNode[] {
  const [name, args] = node.args;
  if (!FUNCTIONS.has(name)) throw unsupported(`${name}(…)`, node);
  if (name === 'timestamp' || name === 'duration') {
    requireTimeLiteral(name, args, node);
    return [];
  }
  if (name === 'size') (node.args as unknown[])[0] = SIZE;
  if (name === 'has' && (args[0]?.op !== '.' || args.length !== 1)) {
    throw new ExpressionMistake('has(…) takes one path, such as has(record.amount)', node.start);
  }
  return args;
}

function requireTimeLiteral(name: 'timestamp' | 'duration', args: ASTNode[], node: ASTNode): void {
  const [literal] = args;
  const text = literal?.op === 'value' && args.length === 1 ? literal.args : undefined;
  const read =
    typeof text === 'string' ? (name === 'timestamp' ? instantOf(text) : durationOf(text)) : undefined;
  if (read === undefined) {
    const example = name === 'timestamp' ? '2026-01-31T12:00:00Z' : '168h';
    throw new ExpressionMistake(`${name}(…) takes a literal such as "${example}"`, node.start);
  }
}

function unsupported(what: string, node: ASTNode): ExpressionMistake {
  return new ExpressionMistake(`${what} is not part of the expression language`, node.start);
}
