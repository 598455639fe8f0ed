import { requireDesign } from '../apps/design-access.ts';
import { readSettings } from '../apps/settings.ts';
import { cursorsOf } from '../cursors.ts';
import { suggest } from '../policy/picker.ts';
import type { DirectoryEntry, PageOf, Store } from '../store.ts';
import type { PeopleSession } from './session.ts';

type Part = Parameters<Store['listDirectory']>[0];

/** Entries read at once, and most reads for one page of a search. */
const AT_ONCE = 200;
const MOST_READS = 10;

/**
 * A page of the directory in order of name, of those whose name or email contains the text. A page that had to look
 * at very many can hold fewer than were asked for; the cursor goes on after the last one examined.
 * @throws DaypassError REQUEST_INVALID for a cursor of another list
 */
export async function listDirectory(
  { runtime, caller }: PeopleSession,
  part: Part,
  page: { limit: number; cursor?: string; search?: string },
): Promise<PageOf<DirectoryEntry>> {
  const search = fold(page.search ?? '');
  const cursors = cursorsOf(['directory', part, search, caller.principalId], runtime);
  let after = cursors.open(page.cursor);
  const items: DirectoryEntry[] = [];
  for (let read = 0; read < MOST_READS; read++) {
    const limit = search === '' ? page.limit - items.length : AT_ONCE;
    const { entries, last } = await runtime.store.listDirectory(part, {
      limit,
      ...(after !== undefined && { after }),
    });
    for (const [at, { place, ...entry }] of entries.entries()) {
      if (matches(entry, search)) items.push(entry);
      after = place;
      if (items.length < page.limit) continue;
      const more = at < entries.length - 1 || last !== undefined;
      return { items, ...(more && cursors.sealed(place)) };
    }
    if (last === undefined) return { items };
  }
  return { items, ...cursors.sealed(after) };
}

function matches({ name, email = '' }: DirectoryEntry, search: string): boolean {
  return search === '' || fold(name).includes(search) || fold(email).includes(search);
}

const fold = (text: string) => text.normalize('NFKC').trim().toLowerCase();

/** Every entry of a part of the directory. */
export async function wholeDirectory(store: Store, part: Part): Promise<DirectoryEntry[]> {
  const found: DirectoryEntry[] = [];
  for (let after: string | undefined; ; ) {
    const { entries, last } = await store.listDirectory(part, {
      limit: 1000,
      ...(after !== undefined && { after }),
    });
    found.push(...entries.map(({ place: _, ...entry }) => entry));
    if (last === undefined) return found;
    after = last;
  }
}

/**
 * For pickers: at most five users and roles whose name contains the text.
 * @throws DaypassError FORBIDDEN
 */
export async function suggestPeople(session: PeopleSession, text: string) {
  requireDesign(session, 'design:read', { type: 'account' });
  const [users, { settings }] = await Promise.all([
    wholeDirectory(session.runtime.store, 'users'),
    readSettings(session),
  ]);
  const candidates = [
    ...users.map(({ id, name }) => ({ type: 'user' as const, id, name })),
    ...settings.roles.map(({ id, name }) => ({ type: 'role' as const, id, name })),
  ];
  return suggest(text, candidates);
}
