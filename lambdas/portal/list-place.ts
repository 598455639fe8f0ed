import type { LinkedRecordType } from '../../core/apps/published.ts';

/** Where a page of a list is: the query of its address. */
export interface ListPlace {
  type: string;
  view: string;
  /** Parameter id → what was asked for. */
  params: Readonly<Record<string, string>>;
  cursor?: string;
  before?: string;
  page: number;
}

const PARAMETER = 'param.';
/** A page of a list names its place in the address of each of its records: one that is longer is left out. */
const LONGEST = 1000;

/** A view's parameters among the texts of a query, by their ids. */
export function parametersIn(query: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) =>
      name.startsWith(PARAMETER) && typeof value === 'string' && value !== ''
        ? [[name.slice(PARAMETER.length), value]]
        : [],
    ),
  );
}

/** The query of a page of a list. */
export function listQuery({ type, view, params, cursor, before, page }: ListPlace): string {
  return new URLSearchParams([
    ['type', type],
    ['view', view],
    ...Object.entries(params).map(([id, value]) => [`${PARAMETER}${id}`, value]),
    ...(cursor === undefined ? [] : [['cursor', cursor]]),
    ...(before === undefined ? [] : [['before', before]]),
    ...(page > 1 ? [['page', String(page)]] : []),
  ]).toString();
}

/**
 * What addresses of records that are opened from a page of a list carry along, so that they lead back to that page:
 * `?list=…`. Nothing for the page to which a record leads back anyway. A pasted link stays where it was pasted.
 * @param usual the view that is shown where none is named
 */
export function cameFrom(linked: LinkedRecordType, place: ListPlace, usual: string | undefined): string {
  const declared = linked.views.get(place.view)?.definition.parameters ?? [];
  const kept = Object.entries(place.params).filter(([id]) =>
    declared.some((each) => each.id === id && each.type !== 'token'),
  );
  const query = listQuery({ ...place, params: Object.fromEntries(kept) });
  const isUsual = place.view === usual && kept.length === 0 && place.page === 1;
  return isUsual || query.length > LONGEST ? '' : `?${new URLSearchParams({ list: query })}`;
}

/** The place that an address carries along, with nothing in it but what the address of a list has. */
export function placeIn(list: string | undefined, type: string): ListPlace | undefined {
  const sent = new URLSearchParams(list ?? '');
  const [view, cursor, before] = ['view', 'cursor', 'before'].map((name) => sent.get(name) ?? undefined);
  if (view === undefined || sent.get('type') !== type) return undefined;
  const page = Number(sent.get('page') ?? 1);
  return {
    type,
    view,
    params: parametersIn(Object.fromEntries(sent)),
    ...(cursor !== undefined && { cursor }),
    ...(before !== undefined && { before }),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** The way back to the list from which something was opened, or else to the first one of its type. */
export function backToList(
  base: string,
  { app, recordType }: { app: string; recordType: string },
  list: string | undefined,
): { href: string; page: number } {
  const place = placeIn(list, recordType);
  const query = place ? listQuery(place) : new URLSearchParams({ type: recordType }).toString();
  return { href: `${base}/${app}?${query}`, page: place?.page ?? 1 };
}

/** The same as it came, for the addresses that lead on. */
export function carried(list: string | undefined): string {
  return list === undefined ? '' : `?${new URLSearchParams({ list })}`;
}
