import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { listAllLivePasses, listLivePasses, readPasses } from '../../../core/grants/live-passes.ts';
import { extendPass, resendPass, revokePasses } from '../../../core/grants/staff.ts';
import type { Caller } from '../../../core/ports.ts';
import { isDay, NO_DAY } from '../../../core/records/values.ts';
import type { Session } from '../../../core/runtime.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import { type ApiResponse, seeOther } from '../../shared/http/request.ts';
import { csvFile, csvOf } from '../csv.ts';
import { LivePassesPage, type LivePassesProps, RevokePage } from '../pages/live-passes.tsx';
import { livePassesTable } from '../pages/live-passes-table.ts';
import { type Portal, page, sessionFrame } from '../portal.ts';
import type { PortalHandlers, PortalRequest } from './handlers.ts';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 50;
const DONE: Partial<Record<string, string>> = {
  resend: 'The link is on its way again.',
  resendNone: 'Nothing was sent: the app sends no mail for this pass, or there is nobody to send it to.',
  extend: 'The end is changed.',
  revokeNow: 'The passes are ended.',
};

/** Who can get in now: staff send links again, change their end, and end passes. */
export function livePassHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'livePasses' | 'exportPasses' | 'changePasses'> {
  const open = async (caller: Caller, environment: Environment) => {
    if (caller.type !== 'user') throw new DaypassError('CREDENTIAL_MISSING');
    const session = await portal.session(caller, environment);
    const formToken = formTokenOf(caller, session.runtime);
    return {
      session,
      formToken,
      frame: { ...sessionFrame(portal, session), user: { name: caller.name, formToken } },
      here: `/passes/${environment}`,
      base: `/app/${environment}`,
    };
  };
  type Place = Awaited<ReturnType<typeof open>>;

  const list = async (
    { session, frame, ...place }: Place,
    said: Pick<LivePassesProps, 'done' | 'refusal'>,
    cursor?: string,
  ): Promise<ApiResponse> => {
    const at = cursor ? { cursor } : {};
    const found = await listLivePasses(session, { limit: PAGE_SIZE, ...at });
    const next = found.cursor && `${place.here}?${new URLSearchParams({ cursor: found.cursor })}`;
    const status = said.refusal === undefined ? 200 : 422;
    const content = (
      <LivePassesPage passes={found.items} {...place} {...said} {...at} {...(next && { next })} />
    );
    return page(frame, 'Live passes', content, { status });
  };

  return {
    async livePasses({ params, query, caller }) {
      const done = query.done && DONE[query.done];
      return list(await open(caller, params.environment), done ? { done } : {}, query.cursor);
    },

    async exportPasses({ params, caller, now }) {
      const { session } = await open(caller, params.environment);
      const passes = await listAllLivePasses(session);
      const day = new Date(now).toISOString().slice(0, 10);
      const name = `live-passes-${params.environment}-${day}.csv`;
      return csvFile(name, csvOf(livePassesTable(passes, `${portal.siteUrl}/app/${params.environment}`)));
    },

    async changePasses({ params, body, caller, requestId }) {
      const place = await open(caller, params.environment);
      const { session, frame, formToken, here } = place;
      const grants = [body.grant ?? []].flat();
      if (body.action === 'revoke' && grants.length > 0) {
        const passes = (await readPasses(session, grants)).filter(({ can }) => can.revoke);
        const back = { here, formToken, ...(body.cursor && { cursor: body.cursor }) };
        return page(frame, 'End passes', <RevokePage passes={passes} {...back} />);
      }
      let done: string;
      try {
        done = await change(portal, session, body, grants);
      } catch (error) {
        if (!(error instanceof DaypassError)) throw error;
        const ofMail = error.code === 'MAIL_FAILED' || error.code === 'MAIL_UNCERTAIN';
        if (error.status >= 500 && !ofMail) throw error;
        if (ofMail) portal.logger.error('a link was not sent again', { requestId, error });
        return list(place, { refusal: refusalOf(error) }, body.cursor);
      }
      const back = new URLSearchParams({ done, ...(body.cursor && { cursor: body.cursor }) });
      return seeOther(`${here}?${back}`);
    },
  };
}

/** @returns what was done, as a key of `DONE` */
async function change(
  portal: Portal,
  session: Session,
  body: PortalRequest<'changePasses'>['body'],
  grants: readonly string[],
): Promise<string> {
  const [grant] = grants;
  if (grant === undefined) throw new DaypassError('REQUEST_INVALID', 'Select the passes first.');
  if (body.action === 'revokeNow') await revokePasses(session, grants);
  else if (body.action === 'extend') {
    await extendPass(session, grant, endOfDay(body.until ?? ''));
  } else {
    const withMail = { ...session, runtime: { ...session.runtime, mailer: portal.mailer } };
    const { sent } = await resendPass(withMail, grant);
    if (sent === 0) return 'resendNone';
  }
  return body.action;
}

/** @throws DaypassError REQUEST_INVALID for a day that the calendar does not have: it would be read as another one */
function endOfDay(day: string): number {
  if (!isDay(day))
    throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/until', message: NO_DAY }]);
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

function refusalOf(error: DaypassError): string {
  if (error.code === 'PASS_ENDED') return 'This pass has ended meanwhile.';
  const [problem] = error.problems;
  return problem ? `The end ${problem.message}.` : error.message;
}
