import type { ASTNode } from '@marcbachmann/cel-js';
import { SIZE } from './environment.ts';
import { writtenPath } from './names.ts';
import { WRITTEN } from './prepare.ts';
import { durationOf, instantOf } from './time.ts';
import type { FunctionName, Node, Root, ValueType } from './types.ts';

const SIMPLE: Readonly<Record<string, ValueType>> = {
  string: 'string',
  double: 'double',
  bool: 'bool',
  null: 'null',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  'list<string>': 'list<string>',
  'list<double>': 'list<double>',
  'list<bool>': 'list<bool>',
};

/** The type that the library's check left on a node, in our words. */
export function typeName(node: ASTNode): ValueType {
  const { name, kind } = (node as unknown as { checkedType: { name: string; kind: string } }).checkedType;
  const simple = SIMPLE[name];
  if (simple) return simple;
  if (kind === 'list') return 'list';
  return kind === 'map' ? 'map' : 'dyn';
}

/** The paths that a prepared tree reads, as they were written. */
export function pathsOf(root: ASTNode): string[] {
  const paths = new Set<string>();
  const visit = (node: ASTNode): void => {
    const written = WRITTEN.get(node);
    if (written !== undefined) paths.add(written);
    else for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  return [...paths].sort();
}

function childrenOf(node: ASTNode): ASTNode[] {
  if (node.op === 'call') return node.args[1];
  if (node.op === 'rcall') return [node.args[1], ...node.args[2]];
  if (node.op === 'value') return [];
  return [node.args].flat() as ASTNode[];
}

/** Turns a prepared and checked tree of the library into ours. */
export function buildTree(node: ASTNode): Node {
  switch (node.op) {
    case 'value':
      return { op: 'value', type: typeName(node), value: node.args as string | number | boolean | null };
    case 'id':
    case '.':
    case '[]':
      return { op: 'get', type: typeName(node), ...pathOf(node) };
    case 'list':
      return { op: 'list', type: typeName(node), args: node.args.map(buildTree) };
    case 'call':
      return buildCall(node);
    case 'rcall': {
      const [name, receiver, args] = node.args;
      return {
        op: 'call',
        type: typeName(node),
        name: functionName(name),
        args: [receiver, ...args].map(buildTree),
      };
    }
    case '!_':
      return { op: '!', type: 'bool', args: [buildTree(node.args)] };
    case '-_':
      return { op: 'neg', type: typeName(node), args: [buildTree(node.args)] };
    case '?:': {
      const [condition, yes, no] = node.args;
      return { op: '?:', type: typeName(node), args: [buildTree(condition), buildTree(yes), buildTree(no)] };
    }
    default: {
      const [left, right] = node.args as [ASTNode, ASTNode];
      const args = [buildTree(left), buildTree(right)] as const;
      return { op: node.op, type: typeName(node), args } as Node;
    }
  }
}

function buildCall(node: ASTNode & { op: 'call' }): Node {
  const [name, args] = node.args;
  const [first] = args;
  if (name === 'has') return { op: 'has', type: 'bool', ...pathOf(first as ASTNode) };
  if (name === 'timestamp' || name === 'duration') {
    const text = first?.args as string;
    const value = (name === 'timestamp' ? instantOf(text) : durationOf(text)) as number;
    return { op: 'value', type: name, value };
  }
  return { op: 'call', type: typeName(node), name: functionName(name), args: args.map(buildTree) };
}

function functionName(name: string): FunctionName {
  return (name === SIZE ? 'size' : name) as FunctionName;
}

/** After preparation the root's name is where the value lies. */
function pathOf(node: ASTNode): { root: Root; path: readonly string[] } {
  const written = writtenPath(node);
  return { root: written?.rootNode.args as Root, path: written?.names ?? [] };
}
