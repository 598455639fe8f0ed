import type { LinkedRecordType } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import { recordEvent } from '../journal/write.ts';
import { indexChanges } from '../records/index-entries.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordChanges } from '../records/write.ts';
import { openSession, type Runtime, type Session } from '../runtime.ts';
import { endTokenUser } from '../tokenusers/token-users.ts';
import type { Grant, GrantEndReason, GrantStatus } from './grant.ts';
import { HOUSEKEEPER, whileContended } from './robot.ts';

const OPEN: readonly GrantStatus[] = ['requested', 'live', 'ending'];

/** There is, or may come, something to take away. */
export const isOpen = ({ status }: Grant): boolean => OPEN.includes(status);

/** Whether it still lets somebody in after this moment (epoch milliseconds). */
export const isLiveBeyond = ({ status, expiresAt = 0 }: Grant, moment: number): boolean =>
  status === 'live' && expiresAt > moment;

export interface SystemEnd {
  status: 'ended' | 'failed';
  reason: GrantEndReason;
  /** The workflow state, or what else noticed. */
  step: string;
  /** Shown to staff on the record; names no value. */
  message?: string;
  /** Ends it only if nothing has moved it by then (epoch milliseconds): for whoever acts because nothing did. */
  dueBy?: number;
  /** Ends a live one only if its end is not moved beyond this (epoch milliseconds): for whoever ends what has run out. */
  expiredBy?: number;
  /** Wakes the workflow, for whoever is not the workflow itself: it may wait, even under a redrive. */
  wake?: true;
}

/**
 * Ends a grant without asking whether the robot may: taking access away is always allowed. Token, token user and their
 * record go, the record that held the token is cleared and tells what happened.
 * @returns whether it ended something: false when it was over already, or was moved
 */
export function endBySystem(runtime: Runtime, grant: Grant, end: SystemEnd): Promise<boolean> {
  return whileContended(async () => {
    const { environment } = grant;
    const current = await runtime.store.readGrant(environment, grant.id);
    if (!current || !isOpen(current)) return false;
    if (end.dueBy !== undefined && current.dueAt > end.dueBy) return false;
    if (end.expiredBy !== undefined && isLiveBeyond(current, end.expiredBy)) return false;
    const session = await openSession(runtime, HOUSEKEEPER, environment);
    await runtime.store.commit([
      ...(await removeTokenRecord(session, current, end)),
      ...(await clearRecord(session, current, end)),
      close(session, current, end),
      ...(end.wake ? [wakeUp(session, current)] : []),
    ]);
    return true;
  });
}

/** Sent after the end: whoever waits finds nothing more to wait for. */
function wakeUp({ runtime, now }: Session, { environment, id }: Grant): Change {
  const createdAt = new Date(now).toISOString();
  const action = { type: 'wakeGrant', environment, grantId: id } as const;
  return { kind: 'addOutbox', entry: { id: runtime.newId(), createdAt, action } };
}

async function removeTokenRecord(session: Session, grant: Grant, end: SystemEnd): Promise<Change[]> {
  const { tokenRecord, environment } = grant;
  const record = tokenRecord && (await session.runtime.store.readRecord(environment, tokenRecord.id));
  const type = record && session.published.site.recordType(record.app, record.recordType);
  const remove = type && [...type.operations.values()].find(({ definition }) => definition.kind === 'delete');
  if (!record || !type || !remove) return endCredentials(session, grant);
  const after = { ...record, version: record.version + 1 };
  return [
    ...recordChanges(
      session,
      { operation: remove, before: record, after, runtimeValues: {}, changes: [] },
      grant.id,
    ),
    ...endTokenUser(session, record, end.reason),
  ];
}

/** Token and token user, where the record of the latter is gone already. */
export function endCredentials(session: Session, { principalId, credentialId }: Grant): Change[] {
  if (!principalId || !credentialId) return [];
  return [
    {
      kind: 'endCredential',
      principalId,
      credentialId,
      reason: 'revoked',
      at: session.now,
      requireLive: false,
    },
    { kind: 'endPrincipal', principalId, at: session.now },
  ];
}

/** The record loses its reference and, if the end is not the usual one, tells staff why. */
async function clearRecord(session: Session, grant: Grant, end: SystemEnd): Promise<Change[]> {
  const record = await session.runtime.store.readRecord(grant.environment, grant.recordId);
  const type = record && session.published.site.recordType(record.app, record.recordType);
  if (!record || !type || record.grantId !== grant.id) return [];
  const at = new Date(session.now).toISOString();
  const after = cleared(type, record, session);
  if (end.message) after.trouble = { at, step: end.step, message: end.message };
  const event = recordEvent(session, { operation: end.step, before: record, after, grantId: grant.id });
  return [
    { kind: 'updateRecord', ...indexChanges(type, record, after) },
    { kind: 'addEvent', event },
  ];
}

function cleared(type: LinkedRecordType, record: StoredRecord, session: Session): StoredRecord {
  const after: StoredRecord = {
    ...record,
    values: { ...record.values },
    version: record.version + 1,
    updatedAt: new Date(session.now).toISOString(),
    updatedBy: session.caller.principalId,
  };
  for (const field of type.tokenFields) after.values[field.id] = null;
  delete after.grantId;
  return after;
}

/** The grant is over, for the reason given; its task run says so. */
export function close(session: Session, grant: Grant, end: SystemEnd): Change {
  const at = new Date(session.now).toISOString();
  return {
    kind: 'changeGrant',
    environment: grant.environment,
    grantId: grant.id,
    // As it was read, and not whatever is open: a token that was issued in between would be left behind.
    from: [grant.status],
    ...(end.dueBy !== undefined && { dueBy: end.dueBy }),
    ...(end.expiredBy !== undefined && grant.status === 'live' && { expiredBy: end.expiredBy }),
    set: { status: end.status, endReason: end.reason, endedAt: at },
    step: {
      at,
      step: end.step,
      outcome: end.status === 'ended' ? 'done' : 'failed',
      ...(end.message && { message: end.message }),
    },
    stepsRead: grant.steps,
  };
}
