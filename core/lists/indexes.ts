import { createHash } from 'node:crypto';
import type { FilterParts } from '../apps/view-index.ts';
import type { Node } from '../expressions/types.ts';
import { conjunctsOf } from '../policy/conjuncts.ts';
import { disjunctsOf } from './disjuncts.ts';
import type { ListGrant } from './grants.ts';
import {
  asksReader,
  type ConditionParts,
  type KeyDemand,
  type KeyPart,
  partName,
  takeApart,
} from './parts.ts';

/** A view as far as its indexes depend on it. */
export interface ViewParts {
  readonly filter: FilterParts;
  readonly sort: string;
}

/** One more index of a view: for readers who may see only part of it. */
export interface NarrowIndex {
  /** Changes with everything that decides which records have an item in it, and where. */
  readonly id: string;
  /** Of what the partition is made, behind the values of the view's own filter. */
  readonly keys: readonly KeyPart[];
  /** Only records for which all of these hold have an item. */
  readonly written: readonly Node[];
}

/** One alternative of a permission's condition, in the words of a view's indexes. */
export interface Alternative {
  /** Absent where the view's own index is as narrow as this. */
  readonly index?: NarrowIndex;
  /** With what the view demands itself left out of the keys. */
  readonly parts: ConditionParts;
  /** What the view demands of the same parts of the record: it has to be the same for this reader. */
  readonly shared: readonly KeyDemand[];
}

/** The id of a view's own index. */
export function viewIndexId({ filter, sort }: ViewParts): string {
  const fields = filter.equality.map(({ field }) => field);
  return idOf([fields, filter.written?.ast ?? null, sort]);
}

/** The alternatives of a grant for records that a view lists; one that demands nothing where it grants all of them. */
export function alternativesOf(view: ViewParts, { condition, named }: ListGrant): Alternative[] {
  const { filter } = view;
  const filtered = new Set(filter.equality.map(({ field }) => field));
  const certain = new Set([
    ...(filter.written ? conjunctsOf(filter.written.ast) : []).map(textOf),
    ...filter.equality.map(({ field, value }) => demandText(field, value.ast)),
  ]);
  return (condition ? disjunctsOf(condition.ast) : [[]]).map((conjuncts) => {
    const { demands, written, residual } = takeApart(
      conjuncts.filter((each) => !certain.has(textOf(each)) && !isCertain(each, certain)),
      named,
    );
    const isShared = ({ part }: KeyDemand) => !part.many && filtered.has(part.name) && !isOwner(part);
    const own = demands.filter((demand) => !isShared(demand));
    const parts = { demands: own, written, residual };
    const index = indexOf(view, parts);
    return { parts, shared: demands.filter(isShared), ...(index && { index }) };
  });
}

/** The indexes that a view needs besides its own for readers by these grants, each once. */
export function narrowIndexes(view: ViewParts, grants: readonly ListGrant[]): NarrowIndex[] {
  const indexes = new Map<string, NarrowIndex>();
  for (const { index } of grants.flatMap((grant) => alternativesOf(view, grant))) {
    if (index) indexes.set(index.id, index);
  }
  return [...indexes.values()];
}

/**
 * Whether reading an alternative may pass over any number of records: something is left to ask of each, and nothing
 * about the reader makes the partition small.
 */
export function isUnbounded({ filter }: ViewParts, { parts, shared }: Alternative): boolean {
  if (parts.residual.length === 0) return false;
  const values = [
    ...filter.equality.map(({ value }) => value.ast),
    ...parts.demands.map(({ value }) => value),
  ];
  return ![...values, ...shared.map(({ value }) => value)].some(asksReader);
}

function indexOf(view: ViewParts, { demands, written }: ConditionParts): NarrowIndex | undefined {
  if (demands.length + written.length === 0) return undefined;
  const keys = demands.map(({ part }) => part).sort((a, b) => (partName(a) < partName(b) ? -1 : 1));
  const sorted = [...written].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const id = idOf([viewIndexId(view), keys.map(partName), sorted]);
  return { id, keys, written: sorted };
}

/** An equality that the view's filter demands in the same words is no news. */
function isCertain(node: Node, certain: ReadonlySet<string>): boolean {
  if (node.op !== '==') return false;
  return node.args.some((path, at) => {
    const value = node.args[1 - at] as Node;
    return (
      path.op === 'get' && path.path.length === 1 && certain.has(demandText(path.path[0] as string, value))
    );
  });
}

/** Filters know who created a record, permissions the record owner: these are two. */
function isOwner({ from, name }: KeyPart): boolean {
  return from === 'meta' && name === 'owner';
}

const textOf = (node: Node) => JSON.stringify(node);
const demandText = (field: string, value: Node) => `${field} == ${textOf(value)}`;

/** 48 bits tell apart what one view can have. */
function idOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 8);
}
