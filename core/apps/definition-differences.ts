import { canonicalJson } from '../journal/event.ts';
import type { Path } from './problems.ts';

/** One thing that two definitions say differently. */
export interface Difference {
  /** Member names from the root; a member of a list that has an id is named by it: `operations`, `complete`, `kind`. */
  readonly place: readonly string[];
  /** Where it stands in the new definition; of a member of a list that is gone, the list. */
  readonly path: Path;
}

/** All that two definitions say differently, as deep as both say anything. What is new, or gone, is one difference. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, { place: [], path: [] }, found);
  return found;
}

function compare(before: unknown, after: unknown, at: Difference, found: Difference[]): void {
  if (canonicalJson(before) === canonicalJson(after)) return;
  if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, at, found);
  else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const below = { place: [...at.place, name], path: [...at.path, name] };
      compare(before[name], after[name], below, found);
    }
  } else found.push(at);
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  at: Difference,
  found: Difference[],
): void {
  const [were, are] = [idsOf(before), idsOf(after)];
  if (!were || !are) {
    compareByContent(before, after, at, found);
    return;
  }
  const position = (id: string) => are.indexOf(id);
  for (const id of new Set([...were, ...are])) {
    const place = [...at.place, id];
    const path = position(id) < 0 ? at.path : [...at.path, position(id)];
    compare(before[were.indexOf(id)], after[position(id)], { place, path }, found);
  }
  const [kept, stayed] = [were.filter((id) => are.includes(id)), are.filter((id) => were.includes(id))];
  if (kept.some((id, order) => id !== stayed[order])) found.push(at);
}

/** Members without ids are told apart by what they say: those that were not there before are named. */
function compareByContent(
  before: readonly unknown[],
  after: readonly unknown[],
  at: Difference,
  found: Difference[],
): void {
  const had = new Set(before.map(canonicalJson));
  const added = [...after.keys()].filter((position) => !had.has(canonicalJson(after[position])));
  if (added.length === 0) found.push(at);
  for (const position of added) {
    found.push({ place: [...at.place, String(position)], path: [...at.path, position] });
  }
}

/** The members' ids; undefined where one has none, or two have the same. */
function idsOf(list: readonly unknown[]): string[] | undefined {
  const ids = list.map((member) => (isObject(member) ? member.id : undefined));
  if (!ids.every((id): id is string => typeof id === 'string')) return undefined;
  return new Set(ids).size === ids.length ? ids : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
