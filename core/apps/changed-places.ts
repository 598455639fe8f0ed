import { canonicalJson } from '../journal/event.ts';

/** Places named of one change; a definition that was written anew differs everywhere. */
const MOST = 50;
/** As deep as `/recordTypes/0/fields/3`. */
const DEPTH = 4;

/**
 * The places in which two documents differ, as JSON pointers: what a reviewer looks up in the versions themselves.
 * Members of a list that have an id are told apart by it, so that one more of them is one difference.
 */
export function changedPlaces(before: unknown, after: unknown): string[] {
  const places: string[] = [];
  compare(before, after, '', places);
  return places.length <= MOST ? places : [...places.slice(0, MOST), `… and ${places.length - MOST} more`];
}

function compare(before: unknown, after: unknown, place: string, places: string[]): void {
  if (canonicalJson(before) === canonicalJson(after)) return;
  const [one, other] = [membersOf(before), membersOf(after)];
  if (!one || !other || place.split('/').length > DEPTH) {
    places.push(place || '/');
    return;
  }
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    compare(one.get(name), other.get(name), `${place}/${name}`, places);
  }
}

function membersOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((member, at) => [String((member as { id?: unknown } | null)?.id ?? at), member]));
}
