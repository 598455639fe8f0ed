import { decideView, permits } from '../access.ts';
import { cursorsOf } from '../cursors.ts';
import { DaypassError } from '../errors.ts';
import { mayRunAgain } from '../grants/again.ts';
import type { Grant, GrantStep } from '../grants/grant.ts';
import { readableDay } from '../grants/readable-day.ts';
import type { PassEvent, RecordEvent } from '../journal/event.ts';
import type { Session } from '../runtime.ts';
import type { PageOf, PageRequest } from '../store.ts';
import { answerRecord, namesIn } from './answer.ts';
import { findRecord } from './operation.ts';
import type { Values } from './record.ts';
import { nameReferences } from './references.ts';

/** One event as the caller may see it: values of fields that they may not view are left out. */
export type EventAnswer = Pick<
  RecordEvent,
  | 'number'
  | 'at'
  | 'operation'
  | 'actor'
  | 'service'
  | 'exemption'
  | 'stateBefore'
  | 'stateAfter'
  | 'before'
  | 'after'
  | 'grantId'
  | 'pass'
> & {
  /** What the actor did with the record's pass, in words. */
  summary?: string;
};

/** Who may be told what has become of a record: it names who works here, so nobody without a credential and no holder of a pass. */
export function mayReadTrace({ caller }: Session): boolean {
  return caller.type !== 'tokenUser' && caller.type !== 'anonymous';
}

/** Some events, with names for the ids among their values: also of who has gone since, or stands there no more. */
export type HistoryPage = PageOf<EventAnswer> & { names: Record<string, string> };

/**
 * A record's events, newest first.
 * @throws DaypassError NOT_FOUND, also for who may not read the trace of any record
 */
export async function readHistory(
  session: Session,
  recordId: string,
  page: PageRequest,
): Promise<HistoryPage> {
  const { record, type } = await findRecord(session, recordId);
  const view = decideView(session, type, record);
  const answer = answerRecord(session, type, record);
  if (!answer || !mayReadTrace(session)) throw new DaypassError('NOT_FOUND');
  const cursors = cursorsOf(['history', recordId, session.caller.principalId], session.runtime);
  const place = cursors.open(page.cursor);
  const { items, cursor } = await session.runtime.store.readEvents(session.published.environment, recordId, {
    limit: page.limit,
    ...(place !== undefined && { cursor: place }),
  });
  const permitted = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).filter(([field]) => permits(view.fields, field)));
  const events = items.map((event) => ({
    ...event,
    before: permitted(event.before),
    after: permitted(event.after),
  }));
  const named = await nameReferences(
    session,
    events
      .flatMap(({ before, after }) => [before, after])
      .map((values) => ({ ...answer, values, names: namesIn(record, values) })),
  );
  return {
    items: events.map((event) => {
      const { number, at, operation, actor, service, exemption, stateBefore, stateAfter, grantId, pass } =
        event;
      return {
        number,
        at,
        operation,
        actor,
        ...(service && { service }),
        ...(exemption && { exemption }),
        ...(stateBefore && { stateBefore }),
        ...(stateAfter && { stateAfter }),
        ...(pass && { grantId, pass, summary: summaryOf(operation, pass) }),
        before: event.before,
        after: event.after,
      };
    }),
    names: Object.assign({}, ...named.map(({ names }) => names)),
    ...cursors.sealed(cursor),
  };
}

function summaryOf(operation: string, { endBefore, endAfter, mails, failure }: PassEvent): string {
  const day = (at: string | undefined) => (at === undefined ? 'none' : readableDay(Date.parse(at)));
  if (operation === 'ExtendPass')
    return `Moved the end of the pass from ${day(endBefore)} to ${day(endAfter)}`;
  if (operation === 'RevokePass') return 'Revoked the pass';
  if (failure !== undefined) return `Tried to send the link of the pass again (${failure})`;
  return mails ? 'Sent the link of the pass again' : 'Found nobody to send the link of the pass to';
}

/** What the robot did for a record, and where it stands. Ids only; nothing here lets anybody in. */
export interface TaskRun {
  id: string;
  task: string;
  title: string;
  /** Who was given the pass, where the record names them to the caller. */
  person?: string;
  status: string;
  startedAt: string;
  expiresAt?: string;
  endedAt?: string;
  endReason?: string;
  /** The caller may ask for another one in its place. */
  mayRunAgain?: true;
  steps: GrantStep[];
}

/** @throws DaypassError NOT_FOUND, also for who may not read the trace of any record */
export async function readTaskRuns(session: Session, recordId: string): Promise<TaskRun[]> {
  const { record, type } = await findRecord(session, recordId);
  const answer = answerRecord(session, type, record);
  if (!answer || !mayReadTrace(session)) throw new DaypassError('NOT_FOUND');
  const named = ({ principalId = '' }: Grant) => {
    const person = answer.names[principalId];
    return person === undefined ? {} : { person };
  };
  const grants = await session.runtime.store.readGrants(session.published.environment, recordId);
  return grants.map((grant, index) => ({
    id: grant.id,
    task: grant.task,
    title: type.app.tasks.get(grant.task)?.definition.title ?? grant.task,
    ...named(grant),
    status: grant.status,
    startedAt: grant.createdAt,
    ...(grant.expiresAt && { expiresAt: new Date(grant.expiresAt).toISOString() }),
    ...(grant.endedAt && { endedAt: grant.endedAt }),
    ...(grant.endReason && { endReason: grant.endReason }),
    ...(index === 0 && mayRunAgain(session, type, record, grants) && { mayRunAgain: true }),
    steps: grant.steps,
  }));
}
