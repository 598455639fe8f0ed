import type { Node } from '../expressions/types.ts';

/** The parts of a condition that must all hold. */
export function conjunctsOf(node: Node): readonly Node[] {
  if (node.op !== '&&') return [node];
  return [...conjunctsOf(node.args[0]), ...conjunctsOf(node.args[1])];
}

/** What is left of a condition without the parts that ask only for state or lifecycle; undefined if it has none. */
export function withoutState(node: Node): Node | undefined {
  const all = conjunctsOf(node);
  const rest = all.filter((each) => !asksOnlyForState(each));
  if (rest.length === all.length) return undefined;
  return (
    rest.reduceRight<Node | undefined>(
      (joined, each) => (joined ? { op: '&&', type: 'bool', args: [each, joined] } : each),
      undefined,
    ) ?? { op: 'value', type: 'bool', value: true }
  );
}

function asksOnlyForState(node: Node): boolean {
  const paths = pathsOf(node);
  return paths.length > 0 && paths.every(({ root, path }) => root === 'meta' && isStateName(path[0]));
}

function isStateName(name: string | undefined): boolean {
  return name === 'state' || name === 'lifecycle';
}

function pathsOf(node: Node): readonly (Node & { op: 'get' | 'has' })[] {
  if (node.op === 'get' || node.op === 'has') return [node];
  return 'args' in node ? node.args.flatMap(pathsOf) : [];
}

/** Whether two conditions are written alike, whatever their spacing. */
export function sameNode(a: Node, b: Node): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
