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
  return paths.length > 0 && paths.every(isOfState);
}

function asksForState(node: Node): boolean {
  return pathsOf(node).some(isOfState);
}

function isOfState({ root, path: [name] }: Node & { op: 'get' | 'has' }): boolean {
  return root === 'meta' && (name === 'state' || name === 'lifecycle');
}

function pathsOf(node: Node): readonly (Node & { op: 'get' | 'has' })[] {
  if (node.op === 'get' || node.op === 'has') return [node];
  return 'args' in node ? node.args.flatMap(pathsOf) : [];
}

/** Whether two conditions are written alike, whatever their spacing. */
export function sameNode(a: Node, b: Node): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What a rule asks: of the record as it is, and of it as it would be saved. */
export interface Asks {
  readonly condition?: Node | undefined;
  readonly check?: Node | undefined;
}

/** Whether a rule asks for all that another one asks for: part for part, of either record. */
export function asksAsMuch(rule: Asks, other: Asks): boolean {
  if (!implies(partsOf(rule.condition), partsOf(other.condition))) return false;
  if (rule.check && other.check) return implies(partsOf(rule.check), partsOf(other.check));
  if (!rule.check && !other.check) return true;
  // The state in a check is the new one, in a condition the old one: such parts do not say the same.
  const asked = partsOf(rule.check ?? rule.condition).filter((each) => !asksForState(each));
  const wanted = partsOf(other.check ?? other.condition);
  return implies(asked, other.check ? wanted : wanted.filter((each) => !asksOnlyForState(each)));
}

function partsOf(node: Node | undefined): readonly Node[] {
  return node ? conjunctsOf(node) : [];
}

function implies(parts: readonly Node[], wanted: readonly Node[]): boolean {
  return wanted.every((each) => parts.some((part) => sameNode(each, part)));
}
