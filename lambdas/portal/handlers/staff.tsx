import { DaypassError } from '../../../core/errors.ts';
import { runTaskAgain } from '../../../core/grants/again.ts';
import { listApps } from '../../../core/records/apps.ts';
import type { FormRequest } from '../../../core/records/form.ts';
import { readRecord } from '../../../core/records/operation.ts';
import type { RecordAnswer } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import { sayAskedAgain, sayDone, sayNotOffered } from '../done.ts';
import type { Frame } from '../frame.ts';
import { backToList, carried, parametersIn } from '../list-place.ts';
import { type Notice, noticeFor, seeOtherSaying } from '../notice.ts';
import { AppsPage } from '../pages/apps.tsx';
import { RecordPage } from '../pages/record.tsx';
import { ViewPage } from '../pages/view.tsx';
import { type Portal, page, sessionFrame } from '../portal.ts';
import { shownRecord, typeOf } from '../shown.ts';
import type { PortalHandlers, PortalRequest } from './handlers.ts';
import { NOTHING_ASKED, readList } from './lists.ts';
import { runForm, showForm } from './operations.tsx';
import { readTrace } from './trace.tsx';

type Asked = Pick<PortalRequest<'appsPage'>, 'caller' | 'cookies' | 'path' | 'params'>;

type StaffHandlers = Pick<
  PortalHandlers,
  'appsPage' | 'viewPage' | 'addPage' | 'addRun' | 'recordPage' | 'runAgain' | 'formPage' | 'formRun'
>;

/** The pages of people who sign in, and of anybody where an app is open to anybody. */
export function staffHandlers(portal: Portal): StaffHandlers {
  const open = async (request: Asked) => {
    const { caller, params } = request;
    const session = await portal.session(caller, params.environment);
    const user = caller.type === 'user' && {
      user: { name: caller.name, formToken: formTokenOf(caller, session.runtime) },
    };
    const frame: Frame = {
      ...sessionFrame(portal, session, request),
      ...noticeFor(portal, session.runtime, request),
      ...user,
    };
    return {
      session,
      frame,
      base: `/app/${params.environment}`,
      saying: (location: string, said: Notice) =>
        seeOtherSaying(portal, session.runtime, request, location, said),
    };
  };

  return {
    async appsPage(request) {
      const { params, caller } = request;
      const { session, frame, base } = await open(request);
      const apps = listApps(session);
      if (apps.length === 0 && caller.type === 'anonymous') throw new DaypassError('CREDENTIAL_MISSING');
      const tokens = apps.some(({ id }) => session.published.site.apps.get(id)?.definition.kind === 'tokens');
      const passes = tokens && { passes: `/passes/${params.environment}` };
      return page(frame, 'Apps', <AppsPage apps={apps} base={base} {...passes} />);
    },

    async viewPage(request) {
      const { session, frame, base } = await open(request);
      const { view: asked, type: askedType, cursor, before, page: at = 1, ...rest } = request.query;
      const app = listApps(session).find(({ id }) => id === request.params.app);
      const type = app?.recordTypes.find(({ id }) => id === askedType || askedType === undefined);
      const view = type?.views.find(({ id }) => id === asked || asked === undefined);
      if (!app || !type || (asked !== undefined && !view)) throw new DaypassError('NOT_FOUND');
      const params = parametersIn(rest);
      const place = {
        type: type.id,
        view: view?.id ?? '',
        params,
        ...(cursor && { cursor }),
        ...(before && { before }),
        page: cursor || before ? at : 1,
      };
      const linked = typeOf(session, { app: app.id, recordType: type.id });
      const list = view?.parameters.every(({ id }) => params[id])
        ? await readList(session, base, linked, place, type.views[0]?.id)
        : NOTHING_ASKED;
      const turned = list.pageNumber > 1 ? `, page ${list.pageNumber}` : '';
      return page(
        frame,
        `${type.plural}: ${view?.name ?? app.name}${turned}`,
        <ViewPage base={base} app={app} type={type} view={place.view} params={params} {...list} />,
      );
    },

    async addPage(request) {
      const { session, frame, base } = await open(request);
      return showForm({ session, frame, back: toList(base, request) }, pick(request.params));
    },

    async addRun(request) {
      const { params, body, query } = request;
      const { session, frame, base, saying } = await open(request);
      const back = toList(base, request);
      const result = await runForm({ session, frame, back }, pick(params), body);
      if ('page' in result) return result.page;
      const { record, operation } = result.done;
      const said = sayDone(typeOf(session, params), operation.id, record?.title);
      return saying(record ? `${base}/records/${record.id}${carried(query.list)}` : back.href, said);
    },

    async recordPage(request) {
      const { params, query, now } = request;
      const { session, frame, base } = await open(request);
      const answer = await readRecord(session, params.record);
      const record = shownRecord(session, answer, base, carried(query.list));
      return page(
        frame,
        `${record.typeName} ${record.title}`.trim(),
        <RecordPage record={record} now={now} back={toListOf(session, base, answer, query.list)}>
          {
            await readTrace(
              session,
              answer,
              { base, list: query.list, formToken: frame.user?.formToken },
              query.history,
            )
          }
        </RecordPage>,
      );
    },

    async runAgain(request) {
      const { params, query } = request;
      const { session, base, saying } = await open(request);
      const answer = await readRecord(session, params.record);
      await runTaskAgain(session, params.record);
      const here = `${base}/records/${params.record}${carried(query.list)}`;
      return saying(here, sayAskedAgain(typeOf(session, answer), answer.title));
    },

    async formPage(request) {
      const { params, query } = request;
      const { session, frame, base, saying } = await open(request);
      const answer = await readRecord(session, params.record);
      const place = { session, frame, back: toRecord(session, base, answer, query.list) };
      try {
        return await showForm(place, onRecord(answer, params.operation));
      } catch (error) {
        // Somebody has gone back to a form of which they know that it was sent, or that was offered before.
        if (!(error instanceof DaypassError) || error.code !== 'STATE_REFUSED') throw error;
        return saying(place.back.href, sayNotOffered(typeOf(session, answer), params.operation, answer));
      }
    },

    async formRun(request) {
      const { params, query, body } = request;
      const { session, frame, base, saying } = await open(request);
      const answer = await readRecord(session, params.record);
      const back = toRecord(session, base, answer, query.list);
      const result = await runForm({ session, frame, back }, onRecord(answer, params.operation), body);
      if ('page' in result) return result.page;
      const { record, operation } = result.done;
      const said = sayDone(typeOf(session, answer), operation.id, record?.title ?? answer.title);
      return saying(record ? back.href : toListOf(session, base, answer, query.list).href, said);
    },
  };
}

function pick({ app, recordType, operation }: { app: string; recordType: string; operation: string }) {
  return { app, recordType, operation };
}

function onRecord({ app, recordType, id }: RecordAnswer, operation: string): FormRequest {
  return { app, recordType, operation, recordId: id };
}

/** From a form that adds, back to the list in which that was chosen. */
function toList(base: string, { params, query }: Pick<PortalRequest<'addPage'>, 'params' | 'query'>) {
  return { href: backToList(base, params, query.list).href, label: 'Back to the list' };
}

/** From a record, back to the page of the list that it was opened from. */
function toListOf(session: Session, base: string, answer: RecordAnswer, list: string | undefined) {
  const { href, page: at } = backToList(base, answer, list);
  const { plural } = typeOf(session, answer).definition;
  return { href, label: at > 1 ? `${plural}, page ${at}` : plural };
}

function toRecord(
  session: Session,
  base: string,
  { id, title, ...answer }: RecordAnswer,
  list: string | undefined,
) {
  const { name } = typeOf(session, answer).definition;
  return { href: `${base}/records/${id}${carried(list)}`, label: title === name ? name : `${name} ${title}` };
}
