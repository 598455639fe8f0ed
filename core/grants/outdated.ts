import type { LinkedAction, LinkedOperation, LinkedTask } from '../apps/published.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { Plan } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import type { Grant, GrantEndReason } from './grant.ts';
import { originOf } from './origin.ts';

export interface Outdated {
  reason: GrantEndReason;
  /** Set when the record needs another pass instead. */
  again?: { operation: LinkedOperation; task: LinkedTask };
}

/**
 * Whether an edit or a deletion takes a pass's reason away: the record is deleted, the task's condition no longer
 * holds, the record was given to somebody else, or what the task had copied to the contractor was corrected — then
 * another pass is wanted. Undefined when the pass stays.
 */
export function outdated(
  session: Session,
  plan: Plan,
  before: StoredRecord,
  grant: Grant,
): Outdated | undefined {
  if (plan.operation.definition.kind === 'delete') return { reason: 'revoked' };
  const type = plan.operation.recordType;
  if (isReassigned(plan.after, before, grant)) return { reason: 'revoked' };
  const origin = originOf(type, grant);
  const action = origin?.task.actions[0];
  if (!origin || !action) return undefined;
  if (origin.when && !origin.when(recordScope(session, plan.after))) return { reason: 'revoked' };
  if (isCorrected(session, plan.after, before, action)) return { reason: 'superseded', again: origin };
  return undefined;
}

/** A field that named the token user now names somebody else, or nobody. */
function isReassigned(after: StoredRecord, before: StoredRecord, { principalId }: Grant): boolean {
  if (!principalId) return false;
  return Object.keys(before.values).some(
    (field) => before.values[field] === principalId && after.values[field] !== principalId,
  );
}

/** What the task copies to the token user (name, email) has another value now. */
function isCorrected(
  session: Session,
  after: StoredRecord,
  before: StoredRecord,
  action: LinkedAction,
): boolean {
  return [...action.fields.values()].some((evaluate) => {
    const [was, is] = [before, after].map((record) => {
      const value = evaluate(recordScope(session, record));
      return isUnevaluable(value) ? null : value;
    });
    return JSON.stringify(was) !== JSON.stringify(is);
  });
}
