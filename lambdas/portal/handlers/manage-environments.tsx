import { isEnvironment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { changeEnvironmentSettings, listEnvironments } from '../../../core/people/environments.ts';
import { notice } from '../notice.ts';
import { EnvironmentSettingsPage, type EnvironmentTyped } from '../pages/manage-environments.tsx';
import { comparedWith, type Refusal } from '../pages/manage-fields.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { attempt, doneAt, openPlace, type Place, severalIn, versionIn } from './manage.ts';

/** What apps may do with accounts in each environment, for administrators. */
export function manageEnvironmentHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'environmentsPage' | 'environmentRun'> {
  async function environments(
    place: Place,
    said: { refusal: Refusal; typed: EnvironmentTyped } | undefined = undefined,
  ) {
    const { session, frame, formToken } = place;
    const list = await listEnvironments(session);
    const stored = list.find(({ environment }) => environment === said?.typed.environment);
    const shown = said && { typed: said.typed, refusal: stored ? beside(said, stored) : said.refusal };
    const content = <EnvironmentSettingsPage environments={list} formToken={formToken} {...shown} />;
    return page(frame, 'Environments', content, { status: said?.refusal.status ?? 200 });
  }

  return {
    async environmentsPage(request) {
      return environments(await openPlace(portal, request));
    },

    async environmentRun(request) {
      const place = await openPlace(portal, request);
      const { body, params } = request;
      const { target } = params;
      if (!isEnvironment(target)) throw new DaypassError('NOT_FOUND');
      const allow = severalIn(body.allow);
      const [subject, text] = [body.subject?.trim() ?? '', body.body?.trim() ?? ''];
      const { refusal } = await attempt(() => {
        // Without both there is no mail of its own: the usual one is sent.
        if ((subject === '') !== (text === '')) throw oneIsEmpty(subject === '' ? 'subject' : 'body');
        const accounts = {
          manipulation: allow.includes('manipulation'),
          deletion: allow.includes('deletion'),
        };
        const set = { accounts, ...(subject && text && { welcomeMail: { subject, body: text } }) };
        return changeEnvironmentSettings(place.session, target, set, versionIn(body.version));
      });
      if (refusal) {
        const typed = { environment: target, allow, subject: body.subject ?? '', body: body.body ?? '' };
        return environments(place, { refusal, typed });
      }
      return doneAt(portal, place, request, '/manage/environments', notice`Settings of ${target} saved.`);
    },
  };
}

function oneIsEmpty(part: 'subject' | 'body'): DaypassError {
  const problem = { path: `/welcomeMail/${part}`, message: 'must not be empty' };
  return new DaypassError('REQUEST_INVALID', undefined, [problem]);
}

type Stored = Awaited<ReturnType<typeof listEnvironments>>[number];

function beside(said: { refusal: Refusal; typed: EnvironmentTyped }, stored: Stored): Refusal {
  const { typed, refusal } = said;
  const { accounts, welcomeMail } = stored;
  return comparedWith(refusal, {
    '/accounts': [typed.allow, (['manipulation', 'deletion'] as const).filter((part) => accounts[part])],
    '/welcomeMail/subject': [[typed.subject], [welcomeMail.subject]],
    '/welcomeMail/body': [[typed.body], [welcomeMail.body]],
  });
}
