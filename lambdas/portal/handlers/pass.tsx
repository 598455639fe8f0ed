import { DaypassError } from '../../../core/errors.ts';
import { endsPass } from '../../../core/grants/follow-ups.ts';
import type { Caller } from '../../../core/ports.ts';
import { readRecord } from '../../../core/records/operation.ts';
import type { RecordAnswer } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { shortId } from '../../../core/tokens/token.ts';
import { seeOther } from '../../shared/http/request.ts';
import { thanks } from '../ended-pass.tsx';
import type { Frame } from '../frame.ts';
import { seeOtherSaying } from '../notice.ts';
import { PassHomePage } from '../pages/pass.tsx';
import { RecordPage } from '../pages/record.tsx';
import { type Portal, page, sessionFrame } from '../portal.ts';
import { shownRecord } from '../shown.ts';
import type { PortalHandlers } from './handlers.ts';
import { runForm, showForm } from './operations.tsx';
import { mergeSections, otherPasses, readSections } from './pass-lists.ts';

/** What leads to the work of all passes of a browser, and the title of that page. */
const ALL_WORK = 'All my work';

/** Said before the button of what ends the pass. */
const ENDS_LINK = 'Your link ends with this: once it is sent, the link opens nothing any more.';

/** Whether what was just done has ended the pass that did it. */
async function isOver({ runtime, caller }: Session): Promise<boolean> {
  const credential = await runtime.store.readCredential(caller.principalId, caller.credential?.id ?? '');
  return !credential || credential.endedAt !== undefined;
}

/** The pages of a pass: what it is for, one record, its operations, done. */
export function passHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'passHome' | 'passRecord' | 'passForm' | 'passRun'> {
  const open = async (caller: Caller): Promise<Session> => {
    const environment = caller.credential?.environment;
    if (!environment) throw new DaypassError('CREDENTIAL_MISSING');
    return portal.session(caller, environment);
  };
  const frameOf = (session: Session, app?: string): Frame => {
    const { credential, name } = session.caller;
    const contact = app && session.published.site.apps.get(app)?.definition.contact;
    return {
      ...sessionFrame(portal, session),
      ...(contact && { contact }),
      pass: { name, expiresAt: credential?.expiresAt ?? 0 },
    };
  };
  /** A form of a record, which says beforehand where the link ends with it. */
  const formPlace = (
    session: Session,
    { app, recordType }: RecordAnswer,
    operation: string,
    here: string,
  ) => {
    const asked = session.published.site.recordType(app, recordType)?.operations.get(operation);
    const place = { session, frame: frameOf(session, app), back: { href: here, label: 'Back' } };
    return asked && endsPass(asked) ? { ...place, note: ENDS_LINK } : place;
  };
  const back = (base: string) => ({ href: `${base}?all=yes`, label: ALL_WORK });

  return {
    async passHome({ params, query, caller, cookies, now }) {
      const own = await open(caller);
      const base = `/pass/${params.pass}`;
      const { view, cursor, done, all } = query;
      // A link opens its own work; what the other passes of this browser are for stands behind “All my work”.
      const { sessions: others, cleared } =
        cursor === undefined ? await otherPasses(portal, own, cookies) : { sessions: [], cleared: [] };
      const lists = await Promise.all([
        readSections(own, base, { ...(view && { view }), ...(cursor && { cursor }) }),
        ...(all ? others : []).map((session) =>
          readSections(session, `/pass/${shortId(session.caller.credential?.id ?? '')}`),
        ),
      ]);
      const sections = mergeSections(lists.flat());
      const [only, ...more] = sections.flatMap(({ ids }) => ids);
      const notice = done === undefined ? {} : { done: 'Saved. Thank you!' };
      const options = { cookies: cleared };
      const rest = all || others.length === 0 ? {} : { back: back(base) };
      if (!all && only && more.length === 0 && !sections.some(({ next }) => next)) {
        // One job is shown at once: nobody has to find out what to touch.
        const record = await readRecord(own, only);
        return recordPage(own, record, base, now, { ...notice, ...rest }, options);
      }
      const frame = frameOf(own, sections[0]?.app);
      return page(
        frame,
        all ? ALL_WORK : 'My work',
        <PassHomePage name={caller.name} sections={sections} now={now} {...notice} {...rest} />,
        options,
      );
    },

    async passRecord({ params, query, caller, now }) {
      const session = await open(caller);
      const base = `/pass/${params.pass}`;
      const notice = query.done === undefined ? {} : { done: 'Saved. Thank you!' };
      return recordPage(session, await readRecord(session, params.record), base, now, {
        ...notice,
        back: back(base),
      });
    },

    async passForm({ params, caller }) {
      const session = await open(caller);
      const record = await readRecord(session, params.record);
      const { app, recordType } = record;
      const here = `/pass/${params.pass}/records/${params.record}`;
      return showForm(formPlace(session, record, params.operation, here), {
        app,
        recordType,
        operation: params.operation,
        recordId: params.record,
      });
    },

    async passRun(request) {
      const { params, body, caller } = request;
      const session = await open(caller);
      const base = `/pass/${params.pass}`;
      const here = `${base}/records/${params.record}`;
      const read = await readRecord(session, params.record);
      const { app, recordType, title } = read;
      const result = await runForm(
        formPlace(session, read, params.operation, here),
        { app, recordType, operation: params.operation, recordId: params.record },
        body,
      );
      if ('page' in result) return result.page;
      const { operation, record } = result.done;
      if (await isOver(session)) {
        // The page of an ended pass is the error page's; this once it thanks.
        return seeOtherSaying(portal, session.runtime, request, base, thanks(operation.name, title));
      }
      return seeOther(record ? `${here}?done=${operation.id}` : `${base}?done=${operation.id}`);
    },
  };

  function recordPage(
    session: Session,
    answer: RecordAnswer,
    base: string,
    now: number,
    more: { done?: string; back?: { href: string; label: string } },
    options: Parameters<typeof page>[3] = {},
  ) {
    const record = shownRecord(session, answer, base);
    const title = `${record.typeName} ${record.title}`.trim();
    const content = <RecordPage record={record} now={now} {...more} />;
    return page(frameOf(session, answer.app), title, content, options);
  }
}
