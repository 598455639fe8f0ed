import { DaypassError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import { type AppSummary, listApps } from '../records/apps.ts';
import { openView } from '../records/list.ts';
import type { Session } from '../runtime.ts';
import { mayAsk, requireAskAboutOthers } from './permission.ts';
import { ANONYMOUS, readCaller, sessionAs } from './subjects.ts';

/** What somebody reaches in one environment: the same as they see themselves. */
export interface SubjectAccess {
  subject: { type: Caller['type']; id?: string; name: string; roles: readonly string[] };
  apps: {
    id: string;
    name: string;
    recordTypes: {
      id: string;
      name: string;
      /** Operations that add a record. */
      operations: { id: string; name: string }[];
      views: ViewReach[];
    }[];
  }[];
  /** False where a view was not opened, or holds more records than are listed. */
  complete: boolean;
}

export interface ViewReach {
  id: string;
  name: string;
  /** The first records that they see there, with what they may do with each. Absent for views that ask for parameters. */
  records?: { id: string; state: string; operations: string[]; edit: string[] }[];
  /** Whether the view goes on. */
  more?: boolean;
}

/** Views opened for one answer, and records listed of each. */
const MOST_VIEWS = 20;
const RECORDS_PER_VIEW = 25;

/**
 * What this subject can reach: apps, views, operations, and records through views. People may ask about themselves.
 * Values of records are not told: who may ask need not be allowed to see them. Holders of passes and robots do not ask.
 * @throws DaypassError FORBIDDEN; NOT_FOUND for nobody, and for token users without a live pass here
 */
export async function whatSubjectReaches(session: Session, subjectId: string): Promise<SubjectAccess> {
  const isOwn = mayAsk(session) && subjectId === session.caller.principalId;
  if (!isOwn) requireAskAboutOthers(session);
  const caller = isOwn ? session.caller : await subjectOf(session, subjectId);
  if (!caller) throw new DaypassError('NOT_FOUND');
  const asThem = sessionAs(session, caller);
  const apps: SubjectAccess['apps'] = [];
  const budget = { views: MOST_VIEWS };
  for (const { id, name, recordTypes } of listApps(asThem)) {
    const types: SubjectAccess['apps'][number]['recordTypes'] = [];
    for (const type of recordTypes) {
      const views: ViewReach[] = [];
      for (const view of type.views) views.push(await reachOfView(asThem, id, type.id, view, budget));
      types.push({ id: type.id, name: type.name, operations: type.operations, views });
    }
    apps.push({ id, name, recordTypes: types });
  }
  const everyView = apps.flatMap((app) => app.recordTypes.flatMap(({ views }) => views));
  return {
    subject: {
      type: caller.type,
      ...(caller.type !== 'anonymous' && { id: caller.principalId }),
      name: caller.name,
      roles: caller.roles,
    },
    apps,
    complete: everyView.every(({ records, more }) => records !== undefined && !more),
  };
}

function subjectOf(session: Session, id: string): Promise<Caller | undefined> {
  return id === ANONYMOUS.principalId ? Promise.resolve(ANONYMOUS) : readCaller(session, id);
}

type ViewSummary = AppSummary['recordTypes'][number]['views'][number];

async function reachOfView(
  session: Session,
  app: string,
  recordType: string,
  { id, name, parameters }: ViewSummary,
  budget: { views: number },
): Promise<ViewReach> {
  if (parameters.length > 0 || budget.views === 0) return { id, name };
  budget.views -= 1;
  const page = await openView(session, { app, recordType, view: id, params: {}, limit: RECORDS_PER_VIEW });
  return {
    id,
    name,
    records: page.records.map((record) => ({
      id: record.id,
      state: record.state,
      operations: record.can.operations.map((operation) => operation.id),
      edit: record.can.edit,
    })),
    more: page.cursor !== undefined,
  };
}
