import type { Node, Root } from '../expressions/types.ts';

/** What of a record an index is partitioned by. */
export interface KeyPart {
  /** A field; one of the record's own properties (`state`, `owner`, …); or an access list frozen on it. */
  readonly from: 'record' | 'meta' | 'list';
  readonly name: string;
  /** The record holds a list, and has one index item for each of its elements. */
  readonly many: boolean;
}

/** A part of a condition that an index answers: the record's part has this value, or one of them. */
export interface KeyDemand {
  readonly part: KeyPart;
  readonly value: Node;
  /** The value is a list: any of its elements will do. */
  readonly anyOf: boolean;
}

/** One alternative of a condition, taken apart. Together the parts say what it says. */
export interface ConditionParts {
  readonly demands: readonly KeyDemand[];
  /** What the record alone decides. */
  readonly written: readonly Node[];
  /** What can only be asked when the list is read. */
  readonly residual: readonly Node[];
}

/** Types whose values are equal exactly if their stored text is. */
const EXACT: ReadonlySet<string> = new Set(['string', 'double', 'bool']);
const EXACT_LISTS: ReadonlySet<string> = new Set(['list<string>', 'list<double>', 'list<bool>']);
const OF_RECORD: ReadonlySet<string> = new Set<Root>(['record', 'meta']);
const OF_READER: ReadonlySet<string> = new Set<Root>(['me', 'params']);

/**
 * Takes one alternative apart; of several demands on one part of the record the first becomes a key.
 * @param named a demand that is made besides
 */
export function takeApart(conjuncts: readonly Node[], named?: KeyDemand): ConditionParts {
  const demands = new Map(named ? [[partName(named.part), named]] : []);
  const written: Node[] = [];
  const residual: Node[] = [];
  for (const conjunct of conjuncts) {
    const demand = demandOf(conjunct);
    if (demand && !demands.has(partName(demand.part))) demands.set(partName(demand.part), demand);
    else if (isOfRecord(conjunct)) written.push(conjunct);
    else residual.push(conjunct);
  }
  return { demands: [...demands.values()], written, residual };
}

/** A part of the record in one word. */
export function partName({ from, name, many }: KeyPart): string {
  return `${from}.${name}${many ? '[]' : ''}`;
}

/** Whether a node depends on who asks: only such a demand keeps a partition small, however many records there are. */
export function asksReader(node: Node): boolean {
  return rootsOf(node).some((root) => OF_READER.has(root));
}

function demandOf(node: Node): KeyDemand | undefined {
  if (node.op === '==') {
    const [left, right] = node.args;
    return equality(left, right) ?? equality(right, left);
  }
  if (node.op !== 'in') return undefined;
  const [value, list] = node.args;
  const held = partOf(list, EXACT_LISTS);
  if (held && EXACT.has(value.type) && asksReader(value) && isOfReader(value)) {
    return { part: { ...held, many: true }, value, anyOf: false };
  }
  const part = partOf(value, EXACT);
  return part && EXACT_LISTS.has(list.type) && asksReader(list) && isOfReader(list)
    ? { part: { ...part, many: false }, value: list, anyOf: true }
    : undefined;
}

function equality(path: Node, value: Node): KeyDemand | undefined {
  const part = partOf(path, EXACT);
  return part && EXACT.has(value.type) && isOfReader(value)
    ? { part: { ...part, many: false }, value, anyOf: false }
    : undefined;
}

function partOf(node: Node, types: ReadonlySet<string>): Pick<KeyPart, 'from' | 'name'> | undefined {
  if (node.op !== 'get' || !types.has(node.type) || node.path.length !== 1) return undefined;
  const { root, path } = node;
  return root === 'record' || root === 'meta' ? { from: root, name: path[0] as string } : undefined;
}

function isOfRecord(node: Node): boolean {
  return rootsOf(node).every((root) => OF_RECORD.has(root));
}

/** Constants belong to every reader. */
function isOfReader(node: Node): boolean {
  return rootsOf(node).every((root) => OF_READER.has(root));
}

function rootsOf(node: Node): readonly Root[] {
  if (node.op === 'get' || node.op === 'has') return [node.root];
  return 'args' in node ? (node.args as readonly Node[]).flatMap(rootsOf) : [];
}
