import type { Environment } from '../../../core/environments.ts';
import { listApps } from '../../../core/records/apps.ts';
import { openView } from '../../../core/records/list.ts';
import { nameReferences } from '../../../core/records/references.ts';
import { openSession, type Session } from '../../../core/runtime.ts';
import { shortId } from '../../../core/tokens/token.ts';
import { toContext } from '../../authorizer/authorize.ts';
import { toCaller } from '../../shared/http/caller.ts';
import { heldPasses } from '../held-passes.ts';
import type { PassSection } from '../pages/pass.tsx';
import type { Portal } from '../portal.ts';
import { listedRecord } from '../shown.ts';

/** One view of one pass, or the same view of several. */
export interface Section extends PassSection {
  /** Sections with the same key are one list. */
  key: string;
  app: string;
  ids: string[];
}

const PAGE_SIZE = 50;
/** A browser that holds more passes than these sees the first ones together, and each of the others by its own link. */
const MOST_OTHERS = 9;

/** Every view that a pass may open without being asked for anything. */
export async function readSections(
  session: Session,
  base: string,
  only: { view?: string; cursor?: string } = {},
): Promise<Section[]> {
  const views = listApps(session).flatMap((app) =>
    app.recordTypes.flatMap((type) =>
      type.views
        .filter((view) => view.parameters.length === 0 && (only.view === undefined || view.id === only.view))
        .map((view) => ({ app, type, view, alone: type.views.length === 1 })),
    ),
  );
  return Promise.all(
    views.map(async ({ app, type, view, alone }) => {
      const request = { app: app.id, recordType: type.id, view: view.id, params: {}, limit: PAGE_SIZE };
      const page = await openView(session, { ...request, ...(only.cursor && { cursor: only.cursor }) });
      const more = page.cursor && new URLSearchParams({ view: view.id, cursor: page.cursor });
      return {
        key: [session.published.environment, app.id, type.id, view.id].join('/'),
        app: app.id,
        heading: alone ? type.plural : view.name,
        records: (await nameReferences(session, page.records)).map((answer) =>
          listedRecord(session, page, answer, base),
        ),
        ids: page.records.map(({ id }) => id),
        ...(more && { next: `${base}?${more}` }),
      };
    }),
  );
}

/** Lists of the same view, from several passes, become one; what is due first stands first. */
export function mergeSections(sections: readonly Section[]): Section[] {
  const merged = new Map<string, Section>();
  for (const section of sections) {
    const known = merged.get(section.key);
    merged.set(
      section.key,
      known
        ? {
            ...known,
            records: [...known.records, ...section.records].sort(byDue),
            ids: [...known.ids, ...section.ids],
          }
        : section,
    );
  }
  return [...merged.values()];
}

function byDue(one: { due?: { date: string } }, other: { due?: { date: string } }): number {
  return (one.due?.date ?? '9999').localeCompare(other.due?.date ?? '9999');
}

/** Sessions of the other live passes that this browser holds, and what is to be taken away from it. */
export async function otherPasses(
  portal: Portal,
  own: Session,
  cookies: Readonly<Record<string, string>>,
): Promise<{ sessions: Session[]; cleared: string[] }> {
  const { runtime, now } = own;
  const ownShort = shortId(own.caller.credential?.id ?? '');
  const { live, cleared } = await heldPasses(portal, runtime, cookies, { own: ownShort, now });
  const sessions = await Promise.all(
    live.slice(0, MOST_OTHERS).map((resolution) => {
      const caller = toCaller({ channel: 'browser', ...toContext(resolution) });
      return openSession(runtime, caller, resolution.credential.environment as Environment);
    }),
  );
  return { sessions, cleared };
}
