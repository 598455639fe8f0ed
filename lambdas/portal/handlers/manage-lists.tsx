import { listAllIndexStates, startRebuild } from '../../../core/apps/rebuilding.ts';
import { isEnvironment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { notice } from '../notice.ts';
import type { Refusal } from '../pages/manage-fields.tsx';
import { ManageListsPage } from '../pages/manage-lists.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { attempt, doneAt, openPlace, type Place } from './manage.ts';

/** Indexes of lists, for designers. */
export function manageListHandlers(portal: Portal): Pick<PortalHandlers, 'listsPage' | 'listsRun'> {
  async function lists({ session, frame, formToken }: Place, refusal?: Refusal) {
    const states = await listAllIndexStates(session);
    const content = <ManageListsPage states={states} formToken={formToken} refusal={refusal} />;
    return page(frame, 'Lists', content, { status: refusal?.status ?? 200 });
  }

  return {
    async listsPage(request) {
      return lists(await openPlace(portal, request));
    },

    async listsRun(request) {
      const place = await openPlace(portal, request);
      const { target, app, recordType } = request.params;
      if (!isEnvironment(target)) throw new DaypassError('NOT_FOUND');
      const tried = await attempt(() => startRebuild(place.session, target, app, recordType));
      if (tried.refusal) return lists(place, tried.refusal);
      const said = notice`Refreshing ${tried.done.name} in ${target} has begun. This page shows how far it has come.`;
      return doneAt(portal, place, request, '/manage/lists', said);
    },
  };
}
