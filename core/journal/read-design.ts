import { requireDesign } from '../apps/design-access.ts';
import { cursorsOf } from '../cursors.ts';
import type { PeopleSession } from '../people/session.ts';
import type { PageOf } from '../store.ts';
import type { DesignEvent } from './design-event.ts';

export type DesignEventAnswer = Omit<DesignEvent, 'keyId' | 'mac'>;

/** Events read at once, and most reads for one page of a search. */
const AT_ONCE = 100;
const MOST_READS = 20;

/**
 * What was changed about the site, newest first; with `subject` (`role/dispatcher`, or a kind alone) only that. A page that
 * had to look at very many can hold fewer than were asked for; the cursor goes on after the last one examined.
 * @throws DaypassError FORBIDDEN; REQUEST_INVALID for a cursor of another list
 */
export async function readDesignJournal(
  session: PeopleSession,
  page: { limit: number; cursor?: string; subject?: string },
): Promise<PageOf<DesignEventAnswer>> {
  requireDesign(session, 'design:read', { type: 'site' });
  const { runtime, caller } = session;
  const cursors = cursorsOf(['design journal', page.subject ?? '', caller.principalId], runtime);
  let after = cursors.open(page.cursor);
  const items: DesignEventAnswer[] = [];
  for (let read = 0; read < MOST_READS; read++) {
    const limit = page.subject === undefined ? page.limit - items.length : AT_ONCE;
    const { events, last } = await runtime.store.readDesignEvents({
      limit,
      ...(after !== undefined && { after }),
    });
    for (const [at, { place, keyId: _, mac: __, ...event }] of events.entries()) {
      if (isAbout(event, page.subject)) items.push(event);
      after = place;
      if (items.length < page.limit) continue;
      const more = at < events.length - 1 || last !== undefined;
      return { items, ...(more && cursors.sealed(place)) };
    }
    if (last === undefined) return { items };
  }
  return { items, ...cursors.sealed(after) };
}

function isAbout({ subject: { type, id } }: DesignEventAnswer, asked: string | undefined): boolean {
  return asked === undefined || asked === type || asked === `${type}/${id}`;
}
