import { readSettings } from '../../../core/apps/settings.ts';
import { readDesignJournal } from '../../../core/journal/read-design.ts';
import { JournalPage } from '../pages/manage-journal.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { builtInOptions, openPlace } from './manage.ts';

const PAGE_SIZE = 50;

/** Who changed the site itself, for those who answer for it. */
export function manageJournalHandlers(portal: Portal): Pick<PortalHandlers, 'journalPage'> {
  return {
    async journalPage(request) {
      const { session, frame } = await openPlace(portal, request);
      const { subject, cursor } = request.query;
      const asked = { ...(subject && { subject }), ...(cursor && { cursor }) };
      const { items, cursor: more } = await readDesignJournal(session, { limit: PAGE_SIZE, ...asked });
      const next =
        more && `/manage/journal?${new URLSearchParams({ ...(subject && { subject }), cursor: more })}`;
      const [{ settings }, apps] = await Promise.all([readSettings(session), session.definitions.listApps()]);
      const names = {
        roles: new Map([
          ...settings.roles.map(({ id, name }) => [id, name] as const),
          ...builtInOptions.map(({ value, label }) => [value, label] as const),
        ]),
        apps: new Map(apps.map(({ id, name }) => [id, name])),
      };
      const shown = { changes: items, names, subject, next };
      return page(frame, 'Journal', <JournalPage {...shown} />);
    },
  };
}
