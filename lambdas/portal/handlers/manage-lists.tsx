import { listAllIndexStates, startRebuild } from '../../../core/apps/rebuilding.ts';
import { isEnvironment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { seeOther } from '../../shared/http/request.ts';
import { ManageListsPage } from '../pages/manage-lists.tsx';
import type { Refusal } from '../pages/manage-parts.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { attempt, openPlace, type Place } from './manage.ts';

const DONE: Record<string, string> = { requested: 'It has begun. This page shows how far it has come.' };

/** Indexes of lists, for designers. */
export function manageListHandlers(portal: Portal): Pick<PortalHandlers, 'listsPage' | 'listsRun'> {
  async function lists(
    { session, frame, formToken }: Place,
    said: { done?: string | undefined; refusal?: Refusal },
  ) {
    const content = (
      <ManageListsPage states={await listAllIndexStates(session)} formToken={formToken} {...said} />
    );
    return page(frame, 'Lists', content, { status: said.refusal?.status ?? 200 });
  }

  return {
    async listsPage(request) {
      return lists(await openPlace(portal, request), { done: DONE[request.query.done ?? ''] });
    },

    async listsRun(request) {
      const place = await openPlace(portal, request);
      const { target, app, recordType } = request.params;
      if (!isEnvironment(target)) throw new DaypassError('NOT_FOUND');
      const refusal = await attempt(() => startRebuild(place.session, target, app, recordType));
      return refusal ? lists(place, { refusal }) : seeOther('/manage/lists?done=requested');
    },
  };
}
