import type { CheckedExpression, Node } from '../expressions/types.ts';

/** A view's filter, taken apart for its index. Together the parts say what the filter says. */
export interface FilterParts {
  /** Field (or `state`) = a value of the reader or the parameters: the index is partitioned by these, in this order. */
  equality: { field: string; value: CheckedExpression }[];
  /** What the record alone decides: applied when its index item is written. */
  written?: CheckedExpression;
  /** What is left: applied when the list is read. */
  residual?: CheckedExpression;
}

/** Types whose values are equal exactly if their stored text is. */
const EXACT: ReadonlySet<string> = new Set(['string', 'double', 'bool']);

/**
 * Takes a filter apart at its `&&`.
 * @param fields partition by these, in this order; absent = by every field that is compared with the reader or a parameter
 */
export function splitFilter(filter: CheckedExpression | undefined, fields?: readonly string[]): FilterParts {
  const equality = new Map<string, CheckedExpression>();
  const written: Node[] = [];
  const residual: Node[] = [];
  for (const conjunct of filter ? conjuncts(filter.ast) : []) {
    const pair = equalityOf(conjunct);
    const chosen =
      pair && !equality.has(pair.field) && (fields?.includes(pair.field) ?? !isConstant(pair.value));
    if (chosen) equality.set(pair.field, expressionOf(pair.value));
    else if (rootsOf(conjunct).every((root) => root === 'record' || root === 'meta')) written.push(conjunct);
    else residual.push(conjunct);
  }
  const entries = [...equality].map(([field, value]) => ({ field, value }));
  if (fields) entries.sort((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field));
  return {
    equality: entries,
    ...(written.length > 0 && { written: allOf(written) }),
    ...(residual.length > 0 && { residual: allOf(residual) }),
  };
}

function conjuncts(node: Node): Node[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

/** `record.f == value` in either order, where the value does not depend on the record or the time. */
function equalityOf(node: Node): { field: string; value: Node } | undefined {
  if (node.op !== '==') return undefined;
  const [left, right] = node.args;
  return sideOf(left, right) ?? sideOf(right, left);
}

const FOR_READERS: ReadonlySet<string> = new Set(['me', 'params']);

function sideOf(path: Node, value: Node): { field: string; value: Node } | undefined {
  if (path.op !== 'get' || (path.root !== 'record' && path.root !== 'meta')) return undefined;
  const [field] = path.path;
  if (field === undefined || path.path.length > 1 || !EXACT.has(path.type)) return undefined;
  return rootsOf(value).every((root) => FOR_READERS.has(root)) ? { field, value } : undefined;
}

function isConstant(node: Node): boolean {
  return rootsOf(node).length === 0;
}

function allOf(nodes: readonly Node[]): CheckedExpression {
  return expressionOf(nodes.reduce((left, right) => ({ op: '&&', type: 'bool', args: [left, right] })));
}

function expressionOf(ast: Node): CheckedExpression {
  const paths = leavesOf(ast).map(({ root, path }) => {
    const written = root === 'meta' || root === 'related' ? 'record' : root;
    return [written, ...path].join('.');
  });
  return { source: '', type: ast.type, reads: [...new Set(paths)].sort(), ast };
}

function rootsOf(node: Node): string[] {
  return leavesOf(node).map(({ root }) => root);
}

function leavesOf(node: Node): { root: string; path: readonly string[] }[] {
  if (node.op === 'get' || node.op === 'has') return [node];
  return 'args' in node ? (node.args as readonly Node[]).flatMap(leavesOf) : [];
}
