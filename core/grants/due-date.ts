import { decideView, permits } from '../access.ts';
import type { LinkedAction } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import type { Plan } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import { fieldProblem } from '../records/values.ts';
import { type WarningCode, warn } from '../records/warnings.ts';
import type { Session } from '../runtime.ts';
import { expiryOf, lifetimeOf, MAX_LIFETIME_MS, wantedEnd } from '../tokenusers/token-users.ts';
import { endChanges } from './end-changes.ts';
import type { Grant } from './grant.ts';
import { moveEnd } from './moved-end.ts';
import { originOf } from './origin.ts';
import { readableDay } from './readable-day.ts';

/**
 * What an operation that moves a record's due date means for its open pass: the pass ends with the new one, at most 364
 * days after it was asked for; at once where that is over, also where its token is still to be made. What staff have said
 * by extending it stands as long as nobody touches the due date. Whoever holds a pass moves no end by it.
 * @throws Warned where the caller wants to be warned first
 */
export function followDueDate(session: Session, plan: Plan, before: StoredRecord, grant: Grant): Change[] {
  const { now, caller } = session;
  const { dueDateField } = plan.operation.recordType.definition;
  if (!dueDateField || caller.type === 'tokenUser' || !letsIn(grant, now)) return [];
  const due = plan.after.values[dueDateField] ?? null;
  if (due === (before.values[dueDateField] ?? null)) return [];
  const latest = Date.parse(grant.createdAt) + MAX_LIFETIME_MS;
  const action = originOf(plan.operation.recordType, grant)?.task.actions[0];
  const lifetime = action ? lifetimeOf(session, action) : session.runtime.tokenLifetimeDays;
  const wanted = wantedEnd(now, due, lifetime);
  const end = Math.min(wanted, latest);
  if (end === grant.expiresAt) return [];
  if (end <= now) {
    warnOfDueDate(session, plan, 'PASS_ENDS_NOW', now);
    return endChanges(session, { ...grant, expiresAt: end }, 'expired');
  }
  if (wanted > latest) warnOfDueDate(session, plan, 'PASS_ENDS_EARLIER', latest);
  const { status, principalId, credentialId, expiresAt } = grant;
  // A token that is still to be made will end with the due date as it is then.
  if (status !== 'live' || !principalId || !credentialId || expiresAt === undefined) return [];
  const at = new Date(now).toISOString();
  const message = `until ${readableDay(end)}, with the due date, by ${caller.name}`;
  const live = { ...grant, principalId, credentialId, expiresAt };
  return moveEnd(session, live, end, { at, step: 'DueDate', outcome: 'done', message });
}

/** Whether it lets somebody in, or is about to. */
function letsIn({ status, expiresAt = 0 }: Grant, now: number): boolean {
  return status === 'requested' || (status === 'live' && expiresAt > now);
}

/**
 * Warns where a pass that is asked for does not end with the due date of its record.
 * @param action that issues the token
 * @throws Warned where the caller wants to be warned first
 */
export function warnOfEnd(session: Session, plan: Plan, action: LinkedAction): void {
  const { now } = session;
  const { dueDateField } = plan.operation.recordType.definition;
  const due = dueDateField && plan.after.values[dueDateField];
  if (typeof due !== 'string') return;
  const lifetime = lifetimeOf(session, action);
  const wanted = wantedEnd(now, due, lifetime);
  const end = expiryOf(now, due, lifetime);
  if (wanted <= now) warnOfDueDate(session, plan, 'PASS_LASTS_ONE_DAY', end);
  if (wanted > end) warnOfDueDate(session, plan, 'PASS_ENDS_EARLIER', end);
}

/** Only whoever has sent the due date, or may view it, is told of it. */
function warnOfDueDate(session: Session, plan: Plan, code: WarningCode, end: number): void {
  const { recordType } = plan.operation;
  const field = recordType.definition.dueDateField as string;
  const known =
    plan.sent?.includes(field) || permits(decideView(session, recordType, plan.after).fields, field);
  if (!known) return;
  const { path } = fieldProblem(field, '');
  warn(plan, { code, path, until: readableDay(end) });
}
