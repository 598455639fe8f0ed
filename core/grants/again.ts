import { decideFor, recordResource } from '../access.ts';
import type { LinkedRecordType } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { findRecord } from '../records/operation.ts';
import { planOperation } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import { recordChanges } from '../records/write.ts';
import type { Session } from '../runtime.ts';
import { replacedPeople } from './filled-in.ts';
import { canBeDone, openGrant } from './follow-ups.ts';
import type { Grant } from './grant.ts';

/**
 * Runs a record's issuing task once more: its pass failed, ran out or was revoked, and the job is still to be done.
 * It is for staff who may edit the record and may raise such a one. Sent twice at once, one of the two is refused.
 * @returns the new grant's id
 * @throws DaypassError NOT_FOUND, FORBIDDEN, STATE_REFUSED where nothing is to be run again, CONFLICT, RATE_LIMITED
 */
export async function runTaskAgain(session: Session, recordId: string): Promise<string> {
  const { record, type } = await findRecord(session, recordId);
  const edit = [...type.operations.values()].find(({ definition }) => definition.kind === 'edit');
  if (!edit || !isStaff(session)) throw new DaypassError('NOT_FOUND');
  const plan = await planOperation(session, { operation: edit, before: record, values: {} });
  const grants = await session.runtime.store.readGrants(session.published.environment, recordId);
  const issuing = toRunAgain(session, type, record, grants[0]);
  if (!issuing) throw new DaypassError('STATE_REFUSED', whyNot(grants[0]));
  const [field] = replacedPeople(session, edit, record, { task: issuing.task, grants });
  if (field) {
    const { label } = field.definition;
    throw new DaypassError('STATE_REFUSED', `“${label}” names somebody else by now: empty it first`);
  }
  await openGrant(session, plan, issuing.operation, issuing.task);
  const { grantId } = plan.after;
  await session.runtime.store.commit([...recordChanges(session, plan, grantId), ...plan.changes]);
  return grantId as string;
}

/** Whether `runTaskAgain` would be granted, for pages that offer it. `grants` are the record's, youngest first. */
export function mayRunAgain(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
  grants: readonly Grant[],
): boolean {
  const edit = [...type.operations.values()].find(({ definition }) => definition.kind === 'edit');
  const issuing = edit && isStaff(session) && toRunAgain(session, type, record, grants[0]);
  if (!issuing || replacedPeople(session, edit, record, { task: issuing.task, grants }).length > 0)
    return false;
  return decideFor(session, edit.id, recordResource(type, record, record)).decision;
}

const isStaff = ({ caller }: Session) => caller.type === 'user' || caller.type === 'serviceAccount';

/** The task that issues a pass for the record as it stands, where its last one is over and the job is not. */
function toRunAgain(session: Session, type: LinkedRecordType, record: StoredRecord, last: Grant | undefined) {
  if (last?.status !== 'failed' && last?.status !== 'ended') return undefined;
  if (last.endReason === 'completed' || !canBeDone(type, record)) return undefined;
  for (const operation of type.operations.values()) {
    if (operation.definition.kind !== 'add') continue;
    if (!decideFor(session, operation.id, recordResource(type, record)).decision) continue;
    for (const { task, when } of operation.tasks)
      if (task.grant === 'issue' && (!when || when(recordScope(session, record)))) return { operation, task };
  }
  return undefined;
}

function whyNot(last: Grant | undefined): string {
  if (!last) return 'no pass was ever asked for: edit the record so that it needs one';
  if (last.status === 'requested' || last.status === 'live')
    return 'the pass is live: extend it, or send its link again';
  return 'the job is done, or the record does not ask for a pass any more';
}
