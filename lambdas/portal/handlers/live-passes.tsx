import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { listAllLivePasses, listLivePasses, readPasses } from '../../../core/grants/live-passes.ts';
import { extendPass, resendPass, revokePasses } from '../../../core/grants/staff.ts';
import { isDay, NO_DAY } from '../../../core/records/values.ts';
import type { Session } from '../../../core/runtime.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import type { ApiRequest, ApiResponse } from '../../shared/http/request.ts';
import { csvFile, csvOf } from '../csv.ts';
import { type Notice, notice, noticeFor, seeOtherSaying } from '../notice.ts';
import { formatDateTime, formatEnd } from '../pages/format.ts';
import { LivePassesPage, RevokePage } from '../pages/live-passes.tsx';
import { livePassesTable } from '../pages/live-passes-table.ts';
import { type Portal, page, sessionFrame } from '../portal.ts';
import type { PortalHandlers, PortalRequest } from './handlers.ts';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 50;

type Asked = Pick<ApiRequest, 'caller' | 'cookies' | 'path'>;

/** Who can get in now: staff send links again, change their end, and end passes. */
export function livePassHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'livePasses' | 'exportPasses' | 'changePasses'> {
  const open = async (request: Asked, environment: Environment) => {
    const { caller } = request;
    if (caller.type !== 'user') throw new DaypassError('CREDENTIAL_MISSING');
    const session = await portal.session(caller, environment);
    const formToken = formTokenOf(caller, session.runtime);
    return {
      session,
      formToken,
      frame: {
        ...sessionFrame(portal, session),
        ...noticeFor(portal, session.runtime, request),
        user: { name: caller.name, formToken },
      },
      here: `/passes/${environment}`,
      base: `/app/${environment}`,
    };
  };
  type Place = Awaited<ReturnType<typeof open>>;

  const list = async (
    { session, frame, ...place }: Place,
    cursor?: string,
    refusal?: string,
  ): Promise<ApiResponse> => {
    const at = cursor ? { cursor } : {};
    const found = await listLivePasses(session, { limit: PAGE_SIZE, ...at });
    const next = found.cursor && `${place.here}?${new URLSearchParams({ cursor: found.cursor })}`;
    const content = (
      <LivePassesPage
        passes={found.items}
        {...place}
        {...(refusal !== undefined && { refusal })}
        {...at}
        {...(next && { next })}
      />
    );
    return page(frame, 'Live passes', content, { status: refusal === undefined ? 200 : 422 });
  };

  return {
    async livePasses(request) {
      return list(await open(request, request.params.environment), request.query.cursor);
    },

    async exportPasses(request) {
      const { params, now } = request;
      const { session } = await open(request, params.environment);
      const passes = await listAllLivePasses(session);
      const day = new Date(now).toISOString().slice(0, 10);
      const name = `live-passes-${params.environment}-${day}.csv`;
      return csvFile(name, csvOf(livePassesTable(passes, `${portal.siteUrl}/app/${params.environment}`)));
    },

    async changePasses(request) {
      const { params, body, requestId } = request;
      const place = await open(request, params.environment);
      const { session, frame, formToken, here } = place;
      const grants = [body.grant ?? []].flat();
      if (body.action === 'revoke' && grants.length > 0) {
        const passes = (await readPasses(session, grants)).filter(({ can }) => can.revoke);
        const back = { here, formToken, ...(body.cursor && { cursor: body.cursor }) };
        return page(frame, 'End passes', <RevokePage passes={passes} {...back} />);
      }
      let done: Notice;
      try {
        done = await change(portal, session, body, grants);
      } catch (error) {
        if (!(error instanceof DaypassError)) throw error;
        const ofMail = error.code === 'MAIL_FAILED' || error.code === 'MAIL_UNCERTAIN';
        if (error.status >= 500 && !ofMail) throw error;
        if (ofMail) portal.logger.error('a link was not sent again', { requestId, error });
        return list(place, body.cursor, refusalOf(error));
      }
      const back = body.cursor ? `${here}?${new URLSearchParams({ cursor: body.cursor })}` : here;
      return seeOtherSaying(portal, session.runtime, request, back, done);
    },
  };
}

/** @returns what was done, and to whose pass */
async function change(
  portal: Portal,
  session: Session,
  body: PortalRequest<'changePasses'>['body'],
  grants: readonly string[],
): Promise<Notice> {
  const [grant, ...more] = grants;
  if (grant === undefined) throw new DaypassError('REQUEST_INVALID', 'Select the passes first.');
  const until = body.action === 'extend' ? endOfDay(body.until ?? '') : 0;
  // Read before, because an ended pass may be gone.
  const [pass] = more.length === 0 ? await readPasses(session, [grant]) : [];
  const person = pass?.person ?? 'somebody';
  if (body.action === 'revokeNow') return ended(await revokePasses(session, grants), person);
  if (body.action === 'extend') {
    await extendPass(session, grant, until);
    return notice`The pass of ${person} works until ${formatEnd(until)}.`;
  }
  const withMail = { ...session, runtime: { ...session.runtime, mailer: portal.mailer } };
  const { sent } = await resendPass(withMail, grant);
  return sent > 0
    ? notice`The link was sent to ${person} again.`
    : notice`Nothing was sent to ${person}: the app sends no mail for this pass, or there is nobody to send it to.`;
}

function ended(counts: { revoked: number; alreadyEnded: number }, person: string): Notice {
  const { revoked, alreadyEnded } = counts;
  if (revoked + alreadyEnded === 1) {
    return revoked === 1
      ? notice`The pass of ${person} is ended.`
      : notice`The pass of ${person} had ended before.`;
  }
  if (revoked === 0) return notice`All of them had ended before.`;
  const before = alreadyEnded === 0 ? '' : `, ${alreadyEnded} had ended before`;
  return notice`${revoked === 1 ? '1 pass is' : `${revoked} passes are`} ended${before}.`;
}

/** @throws DaypassError REQUEST_INVALID for a day that the calendar does not have: it would be read as another one */
function endOfDay(day: string): number {
  if (!isDay(day))
    throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/until', message: NO_DAY }]);
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

/** A moment as programs are told it. */
const MOMENT = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g;

function refusalOf(error: DaypassError): string {
  if (error.code === 'PASS_ENDED') return 'This pass has ended meanwhile.';
  const [problem] = error.problems;
  return problem ? `The end ${problem.message.replace(MOMENT, (at) => formatDateTime(at))}.` : error.message;
}
