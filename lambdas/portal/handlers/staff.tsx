import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { runTaskAgain } from '../../../core/grants/again.ts';
import type { Caller } from '../../../core/ports.ts';
import { listApps } from '../../../core/records/apps.ts';
import { openView } from '../../../core/records/list.ts';
import { readRecord } from '../../../core/records/operation.ts';
import { nameReferences } from '../../../core/records/references.ts';
import type { Session } from '../../../core/runtime.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import { seeOther } from '../../shared/http/request.ts';
import type { Frame } from '../frame.ts';
import { AppsPage } from '../pages/apps.tsx';
import { RecordPage } from '../pages/record.tsx';
import { ViewPage } from '../pages/view.tsx';
import { type Portal, page, sessionFrame } from '../portal.ts';
import { cell, shownRecord, typeOf } from '../shown.ts';
import type { PortalHandlers } from './handlers.ts';
import { runForm, showForm } from './operations.tsx';
import { readTrace } from './trace.tsx';

const PAGE_SIZE = 50;
const PARAMETER = 'param.';

type StaffHandlers = Pick<
  PortalHandlers,
  'appsPage' | 'viewPage' | 'addPage' | 'addRun' | 'recordPage' | 'runAgain' | 'formPage' | 'formRun'
>;

/** The pages of people who sign in, and of anybody where an app is open to anybody. */
export function staffHandlers(portal: Portal): StaffHandlers {
  const open = async (caller: Caller, environment: Environment) => {
    const session = await portal.session(caller, environment);
    const user = caller.type === 'user' && {
      user: { name: caller.name, formToken: formTokenOf(caller, session.runtime) },
    };
    const frame: Frame = { ...sessionFrame(portal, session), ...user };
    return { session, frame, base: `/app/${environment}` };
  };

  return {
    async appsPage({ params, caller }) {
      const { session, frame, base } = await open(caller, params.environment);
      const apps = listApps(session);
      if (apps.length === 0 && caller.type === 'anonymous') throw new DaypassError('CREDENTIAL_MISSING');
      const tokens = apps.some(({ id }) => session.published.site.apps.get(id)?.definition.kind === 'tokens');
      const passes = tokens && { passes: `/passes/${params.environment}` };
      return page(frame, 'Apps', <AppsPage apps={apps} base={base} {...passes} />);
    },

    async viewPage({ params, query, caller }) {
      const { session, frame, base } = await open(caller, params.environment);
      const { view: asked, type: askedType, cursor, page: at = 1, done, ...rest } = query;
      const pageNumber = cursor ? at : 1;
      const app = listApps(session).find(({ id }) => id === params.app);
      const type = app?.recordTypes.find(({ id }) => id === askedType || askedType === undefined);
      const view = type?.views.find(({ id }) => id === asked || asked === undefined);
      if (!app || !type || (asked !== undefined && !view)) throw new DaypassError('NOT_FOUND');
      const given = parametersIn(rest);
      const common = {
        base,
        app,
        type,
        view: view?.id ?? '',
        params: given,
        pageNumber,
        ...(done !== undefined && { done: 'Done.' }),
      };
      const list = view?.parameters.every(({ id }) => given[id])
        ? await readList(session, base, { app, type, view, given, cursor, pageNumber })
        : NOTHING;
      const place = pageNumber > 1 ? `, page ${pageNumber}` : '';
      return page(
        frame,
        `${type.plural}: ${view?.name ?? app.name}${place}`,
        <ViewPage {...common} {...list} />,
      );
    },

    async addPage({ params, caller }) {
      const { session, frame, base } = await open(caller, params.environment);
      const back = { href: `${base}/${params.app}?type=${params.recordType}`, label: 'Back to the list' };
      return showForm({ session, frame, back }, pick(params));
    },

    async addRun({ params, body, caller }) {
      const { session, frame, base } = await open(caller, params.environment);
      const back = { href: `${base}/${params.app}?type=${params.recordType}`, label: 'Back to the list' };
      const result = await runForm({ session, frame, back }, pick(params), body);
      if ('page' in result) return result.page;
      const { record, operation } = result.done;
      return seeOther(
        record ? `${base}/records/${record.id}?done=${operation.id}` : `${back.href}&done=${operation.id}`,
      );
    },

    async recordPage({ params, query, caller, now }) {
      const { session, frame, base } = await open(caller, params.environment);
      const answer = await readRecord(session, params.record);
      const record = shownRecord(session, answer, base);
      const done = query.done && typeOf(session, answer).operations.get(query.done)?.definition.name;
      return page(
        frame,
        `${record.typeName} ${record.title}`.trim(),
        <RecordPage
          record={record}
          now={now}
          back={{
            href: `${base}/${answer.app}?type=${answer.recordType}`,
            label: typeOf(session, answer).definition.plural,
          }}
          {...(done && { done: `“${done}” is done.` })}
        >
          {
            await readTrace(
              session,
              answer,
              { here: `${base}/records/${answer.id}`, formToken: frame.user?.formToken },
              query.history,
            )
          }
        </RecordPage>,
      );
    },

    async runAgain({ params, caller }) {
      const { session, base } = await open(caller, params.environment);
      await runTaskAgain(session, params.record);
      return seeOther(`${base}/records/${params.record}#task-runs`);
    },

    async formPage({ params, caller }) {
      const { session, frame, base } = await open(caller, params.environment);
      const { app, recordType } = await readRecord(session, params.record);
      const back = { href: `${base}/records/${params.record}`, label: 'Back' };
      return showForm(
        { session, frame, back },
        { app, recordType, operation: params.operation, recordId: params.record },
      );
    },

    async formRun({ params, body, caller }) {
      const { session, frame, base } = await open(caller, params.environment);
      const { app, recordType } = await readRecord(session, params.record);
      const back = { href: `${base}/records/${params.record}`, label: 'Back' };
      const asked = { app, recordType, operation: params.operation, recordId: params.record };
      const result = await runForm({ session, frame, back }, asked, body);
      if ('page' in result) return result.page;
      const { record, operation } = result.done;
      return seeOther(
        record
          ? `${back.href}?done=${operation.id}`
          : `${base}/${app}?type=${recordType}&done=${operation.id}`,
      );
    },
  };
}

const NOTHING = { columns: [], records: [] };

function pick({ app, recordType, operation }: { app: string; recordType: string; operation: string }) {
  return { app, recordType, operation };
}

function parametersIn(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) =>
      name.startsWith(PARAMETER) && typeof value === 'string' && value !== ''
        ? [[name.slice(PARAMETER.length), value]]
        : [],
    ),
  );
}

/** One page of a view as its table shows it; a wrong parameter is said in the page. */
async function readList(
  session: Session,
  base: string,
  asked: {
    app: { id: string };
    type: { id: string };
    view: { id: string };
    given: Record<string, string>;
    cursor: string | undefined;
    pageNumber: number;
  },
) {
  const { app, type, view, given, cursor, pageNumber } = asked;
  try {
    const found = await openView(session, {
      app: app.id,
      recordType: type.id,
      view: view.id,
      params: given,
      limit: PAGE_SIZE,
      ...(cursor && { cursor }),
    });
    const parameters = Object.entries(given).map(([id, value]) => [`${PARAMETER}${id}`, value]);
    const address = (...more: string[][]) =>
      `${base}/${app.id}?${new URLSearchParams([['type', type.id], ['view', view.id], ...parameters, ...more])}`;
    return {
      columns: found.columns,
      records: (await nameReferences(session, found.records)).map((answer) => ({
        href: `${base}/records/${answer.id}`,
        title: answer.title,
        cells: found.columns.map((column) => cell(session, column, answer, base)),
      })),
      ...(found.cursor && { next: address(['cursor', found.cursor], ['page', String(pageNumber + 1)]) }),
      ...(cursor && { first: address() }),
    };
  } catch (error) {
    if (!(error instanceof DaypassError) || error.code !== 'REQUEST_INVALID') throw error;
    return {
      ...NOTHING,
      problem: error.problems
        .map(({ path, message }) => `${path.replace('/param.', '')} ${message}`)
        .join('; '),
    };
  }
}
