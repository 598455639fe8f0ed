import type { LinkedView } from '../apps/published.ts';
import { compileNode } from '../expressions/closures.ts';
import { isNumber } from '../expressions/presence.ts';
import { requestBinding } from '../policy/binding.ts';
import type { AccessRequest } from '../policy/types.ts';
import type { ListGrant } from './grants.ts';
import { alternativesOf, type NarrowIndex } from './indexes.ts';
import { partitionText } from './key-text.ts';
import { type KeyDemand, partName } from './parts.ts';

/** More partitions than these are not worth reading side by side: the whole view is read instead. */
export const MOST_BRANCHES = 12;

/** One partition of one of a view's indexes. */
export interface ListBranch {
  /** Id of the index. */
  readonly index: string;
  readonly partition: readonly string[];
}

/** What a list is asked with. */
export interface ListQuestion {
  readonly view: LinkedView;
  /** Values of the view's own equality fields, in its order. */
  readonly partition: readonly string[];
  /** Why the reader may see records. */
  readonly grants: readonly ListGrant[];
  /** Who asks, and when. */
  readonly request: Pick<AccessRequest, 'subject' | 'context'>;
  /** Whether all records are in an index already. */
  isReady(index: string): boolean;
}

/**
 * The partitions that together hold every record of a view which the reader may see; few others are in them. Merged in
 * the view's order, they are the list. None where the reader can see nothing.
 */
export function planList({ view, partition, grants, request, isReady }: ListQuestion): ListBranch[] {
  const whole: ListBranch = { index: view.index.id, partition };
  const found = new Map<string, ListBranch>();
  const ask = { ...request, action: '', resource: { type: 'record' } } as AccessRequest;
  for (const grant of grants) {
    for (const { index, parts, shared } of alternativesOf(view.index.parts, grant)) {
      const known = index && view.index.narrow.get(index.id);
      const partitions = readPartitions(
        view,
        partition,
        { index: known, demands: parts.demands, shared },
        ask,
      );
      if (partitions.length === 0) continue;
      if (!known || !isReady(known.id)) return [whole];
      for (const each of partitions) {
        found.set(`${known.id} ${JSON.stringify(each)}`, { index: known.id, partition: each });
      }
      if (found.size > MOST_BRANCHES) return [whole];
    }
  }
  return [...found.values()];
}

/** The partitions for the values that the reader has now: none where a value is missing, or differs from the view's. */
function readPartitions(
  view: LinkedView,
  partition: readonly string[],
  asked: { index: NarrowIndex | undefined; demands: readonly KeyDemand[]; shared: readonly KeyDemand[] },
  request: AccessRequest,
): (readonly string[])[] {
  for (const demand of asked.shared) {
    const at = view.index.equality.findIndex(({ field }) => field === demand.part.name);
    if (!textsOf(demand, request).includes(partition[at] as string)) return [];
  }
  const texts = new Map(asked.demands.map((demand) => [partName(demand.part), textsOf(demand, request)]));
  if ([...texts.values()].some((each) => each.length === 0)) return [];
  let all: (readonly string[])[] = [partition];
  for (const key of asked.index?.keys ?? []) {
    const values = texts.get(partName(key)) ?? [];
    all = all.flatMap((before) => values.map((value) => [...before, value]));
    if (all.length > MOST_BRANCHES) break;
  }
  return all;
}

/** The values that a demand is met by, as keys have them. What has no value now is met by nothing. */
function textsOf({ value, anyOf }: KeyDemand, request: AccessRequest): string[] {
  const result = compileNode(value, requestBinding)(request, undefined);
  const values = anyOf ? (Array.isArray(result) ? result : []) : [result];
  const texts = values.filter(isKeyValue).map(partitionText);
  return [...new Set(texts)];
}

function isKeyValue(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || isNumber(value) || typeof value === 'boolean';
}
