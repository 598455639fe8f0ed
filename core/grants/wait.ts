import type { Grant } from './grant.ts';

/** What the workflow does next, and for how many seconds it waits if it waits. */
export interface Wait {
  seconds: number;
  next: 'wait' | 'remind' | 'delete';
}

const DAY_MS = 86_400_000;
/** A reminder comes this long before the end … */
const REMINDER_BEFORE_MS = DAY_MS;
/** … unless the pass is younger than this by then: whoever has just got it needs none. */
const MIN_AGE_MS = DAY_MS;

/** When the contractor is reminded that the pass ends; undefined when no reminder is due any more, or ever. */
export function reminderAt(grant: Pick<Grant, 'createdAt' | 'expiresAt' | 'remindedAt'>): number | undefined {
  if (grant.expiresAt === undefined) return undefined;
  const at = grant.expiresAt - REMINDER_BEFORE_MS;
  const reminded = grant.remindedAt !== undefined && Date.parse(grant.remindedAt) >= at;
  return reminded || at < Date.parse(grant.createdAt) + MIN_AGE_MS ? undefined : at;
}

/**
 * Reads off a grant what its workflow does now: wait until the reminder or the end, whichever is first. An extension
 * is followed because every wake-up asks again.
 * @param now epoch milliseconds
 */
export function nextWait(
  grant: Pick<Grant, 'status' | 'createdAt' | 'expiresAt' | 'remindedAt'>,
  now: number,
): Wait {
  if (grant.status !== 'live' || grant.expiresAt === undefined || grant.expiresAt <= now)
    return { seconds: 1, next: 'delete' };
  const reminder = reminderAt(grant);
  if (reminder !== undefined && reminder <= now)
    return { seconds: secondsUntil(grant.expiresAt, now), next: 'remind' };
  return { seconds: secondsUntil(Math.min(reminder ?? grant.expiresAt, grant.expiresAt), now), next: 'wait' };
}

/** Whole seconds, rounded up, so that whoever wakes up finds the moment passed. */
function secondsUntil(at: number, now: number): number {
  return Math.max(1, Math.ceil((at - now) / 1000));
}
