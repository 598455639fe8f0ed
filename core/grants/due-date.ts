import type { Change } from '../changes.ts';
import type { Plan } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import type { Session } from '../runtime.ts';
import { lifetimeOf, MAX_LIFETIME_MS, wantedEnd } from '../tokenusers/token-users.ts';
import { endChanges } from './end-changes.ts';
import type { Grant } from './grant.ts';
import { moveEnd } from './moved-end.ts';
import { originOf } from './origin.ts';
import { readableDay } from './readable-day.ts';

/**
 * What an operation that moves a record's due date means for its live pass: the pass ends with the new one, at most 364
 * days after it was asked for; at once where that is over. What staff have said by extending it stands as long as nobody
 * touches the due date. Whoever holds a pass moves no end by it.
 */
export function followDueDate(session: Session, plan: Plan, before: StoredRecord, grant: Grant): Change[] {
  const { now, caller } = session;
  const { recordType: type } = plan.operation;
  const { dueDateField } = type.definition;
  const { principalId, credentialId, expiresAt = 0 } = grant;
  if (!dueDateField || !principalId || !credentialId || caller.type === 'tokenUser') return [];
  if (grant.status !== 'live' || expiresAt <= now) return [];
  const due = plan.after.values[dueDateField] ?? null;
  if (due === (before.values[dueDateField] ?? null)) return [];
  const latest = Date.parse(grant.createdAt) + MAX_LIFETIME_MS;
  const action = originOf(type, grant)?.task.actions[0];
  const lifetime = action ? lifetimeOf(session, action) : session.runtime.tokenLifetimeDays;
  const end = Math.min(wantedEnd(now, due, lifetime), latest);
  if (end === expiresAt) return [];
  if (end <= now) return endChanges(session, { ...grant, expiresAt: end }, 'expired');
  const at = new Date(now).toISOString();
  const message = `until ${readableDay(end)}, with the due date, by ${caller.name}`;
  const live = { ...grant, principalId, credentialId, expiresAt };
  return moveEnd(session, live, end, { at, step: 'DueDate', outcome: 'done', message });
}
