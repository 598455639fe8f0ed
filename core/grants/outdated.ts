import type { LinkedAction, LinkedOperation, LinkedTask } from '../apps/published.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { Plan } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import type { Grant, GrantEndReason } from './grant.ts';

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
  const operation = type.operations.get(grant.operation);
  const attached = operation?.tasks.find(({ task }) => task.id === grant.task);
  const action = attached?.task.actions[0];
  if (!operation || !attached || !action) return undefined;
  const scope = recordScope(session, plan.after);
  if (attached.when && !attached.when(scope)) return { reason: 'revoked' };
  if (isReassigned(plan.after, before, action, grant)) return { reason: 'revoked' };
  if (isCorrected(session, plan.after, before, action)) {
    return { reason: 'superseded', again: { operation, task: attached.task } };
  }
  return undefined;
}

/** A field that the task had filled with the token user now names somebody else, or nobody. */
function isReassigned(
  after: StoredRecord,
  before: StoredRecord,
  action: LinkedAction,
  grant: Grant,
): boolean {
  if (!grant.principalId) return false;
  return [...action.returns.keys()].some(
    (field) => before.values[field] === grant.principalId && after.values[field] !== grant.principalId,
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
