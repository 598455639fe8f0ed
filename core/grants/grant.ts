import type { Environment } from '../environments.ts';

/**
 * A grant is one run of the token-access workflow: a pass that was asked for by an operation on a record, issued by
 * the robot, and taken away when the job is done. It is also what staff see as the record's task run.
 */
export interface Grant {
  /** `<record id>-<22 base62>`: lies in its record's item collection; the execution is named `grant-<id>`. */
  id: string;
  environment: Environment;
  recordId: string;
  app: string;
  recordType: string;
  /** The operation whose submission asked for it, and the task that issues the token. */
  operation: string;
  task: string;
  status: GrantStatus;
  createdAt: string;
  createdBy: string;
  /** Set when the token is issued. */
  principalId?: string;
  credentialId?: string;
  tokenRecord?: { app: string; recordType: string; id: string };
  /** Epoch milliseconds. */
  expiresAt?: number;
  /** Step Functions' callback token while the workflow waits; no credential of ours. */
  callbackToken?: string;
  /** Whether the wait can be interrupted: a workflow keeps the definition that it was started with. */
  interruptible?: boolean;
  /** Mail → how often it was handed over to the mail service without an answer. */
  sending?: Record<string, number>;
  /** Mail → when it was sent; a retry after this sends nothing again. */
  notified?: Record<string, string>;
  remindedAt?: string;
  endReason?: GrantEndReason;
  endedAt?: string;
  /** The task that asked for the end, when an operation did. */
  endTask?: string;
  /** Oldest first; of very many the last. */
  steps: GrantStep[];
  /** When the reaper looks at it if nothing has moved it by then, epoch milliseconds. */
  dueAt: number;
}

/** `requested` → `live` → `ending` → `ended`; `failed` when the robot could not do its part (the token is dead then, too). */
export type GrantStatus = 'requested' | 'live' | 'ending' | 'ended' | 'failed';

/** For what is to be seen on a grant whatever has become of it meanwhile. */
export const ANY_STATUS: readonly GrantStatus[] = ['requested', 'live', 'ending', 'ended', 'failed'];

export type GrantEndReason = 'completed' | 'expired' | 'revoked' | 'superseded' | 'failed' | 'aborted';

export interface GrantStep {
  at: string;
  /** The workflow state, e.g. `CreateToken`. */
  step: string;
  outcome: 'done' | 'failed' | 'skipped';
  message?: string;
}

/** For so long it is tried to start a grant's workflow, whatever is out of order; then staff are told. */
export const START_WITHIN_MS = 60 * 60_000;
/** From the token to the wait for the job, with all tries to send the mail. Whoever has no mail needs no token. */
export const ANNOUNCE_WITHIN_MS = 60 * 60_000;
/** For so long a workflow may clean up after a pass that was ended. */
export const CLEAN_UP_WITHIN_MS = 10 * 60_000;
/** After its expiry the workflow ends a grant itself; the reaper waits this long before it does. */
const EXPIRE_WITHIN_MS = 5 * 60_000;

/** So many steps are kept where more come: an item of the table has its limit, and must always have room for the end. */
export const MOST_STEPS = 50;
/** Step Functions runs for a year at most: a pass must end before its workflow does. */
export const MAX_LIFETIME_DAYS = 364;
/**
 * So many passes are ended in one transaction: each takes credential, grant, outbox entry, its record's head and an
 * event there, which leaves some of the 90 items over.
 */
export const MOST_PASSES_AT_ONCE = 15;

const ID_LENGTH = 22;

export function grantId(recordId: string, unique: string): string {
  return `${recordId}-${unique}`;
}

/** The record a grant belongs to, read off its id. */
export function recordIdOfGrant(id: string): string {
  return id.slice(0, ID_LENGTH);
}

/** When the reaper looks at a pass whose workflow waits for the job. Epoch milliseconds, as `expiresAt`. */
export function overdueAfter(expiresAt: number): number {
  return expiresAt + EXPIRE_WITHIN_MS;
}

export function executionName(id: string): string {
  return `grant-${id}`;
}
