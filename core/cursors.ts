import { DaypassError } from './errors.ts';
import { openPurpose, sealPurpose } from './tokens/sealed.ts';
import type { Signing } from './tokens/signed.ts';

/** Where the next page of a list begins, as text that tells nothing of what was passed over. */
export interface Cursors {
  /** @param place of the last entry that was examined; no cursor without one */
  sealed(place: string | undefined): { cursor?: string };
  /**
   * The place that a cursor names; undefined when the list is to begin at its beginning.
   * @throws DaypassError REQUEST_INVALID when the cursor is of another caller, list or query
   */
  open(cursor: string | undefined): string | undefined;
}

/**
 * The cursors of one list for one caller.
 * @param list everything that they are bound to: what list it is, its parameters, and the caller's id
 * @param path where the request has its cursor
 */
export function cursorsOf(list: readonly string[], { keyring, siteId }: Signing, path = '/cursor'): Cursors {
  const bound = JSON.stringify(list);
  return {
    sealed: (place) =>
      place === undefined ? {} : { cursor: sealPurpose('cursor', place, bound, { keyring, siteId }) },
    open(cursor) {
      if (cursor === undefined) return undefined;
      const place = openPurpose('cursor', cursor, bound, { keyring, siteId });
      if (place !== undefined) return place;
      throw new DaypassError('REQUEST_INVALID', undefined, [
        { path, message: 'does not belong to this list; start again without it' },
      ]);
    },
  };
}
