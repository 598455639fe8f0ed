import type { LinkedAction, LinkedRecordType } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import type { Environment } from '../environments.ts';
import { recordEvent } from '../journal/write.ts';
import { indexChanges } from '../records/index-entries.ts';
import { planOperation } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordChanges } from '../records/write.ts';
import { openSession, type Runtime, type Session } from '../runtime.ts';
import { endTokenUser } from '../tokenusers/token-users.ts';
import { planReturns } from './create.ts';
import type { Grant, GrantEndReason, GrantStatus } from './grant.ts';
import {
  type GrantSession,
  HOUSEKEEPER,
  openGrantSession,
  type RobotRuntime,
  refusedBy,
  whileContended,
} from './robot.ts';
import { findBySource } from './source.ts';

const OPEN: readonly GrantStatus[] = ['requested', 'live', 'ending'];

/**
 * DeleteToken: runs the task that ends the pass as the robot: finds the token user through the task's view, deletes
 * record, token and token user, and writes back what the task returns. Finding nothing counts as done.
 * @throws RobotRefused when the robot may not; the workflow then takes the access away without it
 */
export function deleteToken(runtime: RobotRuntime, environment: Environment, grantId: string): Promise<void> {
  return whileContended(async () => {
    const session = await openGrantSession(runtime, environment, grantId);
    const { grant, record } = session;
    if (!OPEN.includes(grant.status)) return;
    const action = endAction(session);
    if (!action || !record)
      return endBySystem(runtime, grant, { status: 'ended', reason: reasonOf(grant), step: 'DeleteToken' });
    try {
      await runEnd(session, record, action);
    } catch (error) {
      throw refusedBy(error, `run “${action.definition.title}”`);
    }
  });
}

async function runEnd(session: GrantSession, record: StoredRecord, action: LinkedAction): Promise<void> {
  const { grant, runtime } = session;
  const changes: Change[] = [];
  let result = record;
  const found = await findBySource(session, record, action);
  if (found) {
    const deleted = await planOperation(session, { operation: action.target, before: found, values: {} });
    changes.push(
      ...recordChanges(session, deleted, grant.id),
      ...endTokenUser(session, found, reasonOf(grant)),
    );
    result = found;
  } else {
    changes.push(...endCredentials(session, grant));
  }
  const returned = planReturns(session, record, action, result);
  delete returned.after.grantId;
  delete returned.after.trouble;
  await runtime.store.commit([
    ...changes,
    ...recordChanges(session, returned, grant.id),
    close(session, grant, { status: 'ended', reason: reasonOf(grant), step: 'DeleteToken' }),
  ]);
}

/** The task that asked for the end, or else the one of the app that deletes what this grant's task has added. */
function endAction(session: GrantSession): LinkedAction | undefined {
  const { grant, app } = session;
  const asked = grant.endTask ? app.tasks.get(grant.endTask) : undefined;
  const task =
    asked ??
    [...app.tasks.values()].find(
      (candidate) => candidate.grant === 'end' && candidate.recordType.id === grant.recordType,
    );
  return task?.actions.find((action) => action.target.definition.kind === 'delete');
}

export interface SystemEnd {
  status: 'ended' | 'failed';
  reason: GrantEndReason;
  /** The workflow state, or what else noticed. */
  step: string;
  /** Shown to staff on the record; names no value. */
  message?: string;
  /** Ends it only if nothing has moved it by then (epoch milliseconds): for whoever acts because nothing did. */
  dueBy?: number;
  /** Wakes the workflow, for whoever is not the workflow itself: it may wait, even under a redrive. */
  wake?: true;
}

/**
 * Ends a grant without asking whether the robot may: taking access away is always allowed. Token, token user and their
 * record go, the record that held the token is cleared and tells what happened.
 */
export function endBySystem(runtime: Runtime, grant: Grant, end: SystemEnd): Promise<void> {
  return whileContended(async () => {
    const { environment } = grant;
    const current = await runtime.store.readGrant(environment, grant.id);
    if (!current || !OPEN.includes(current.status)) return;
    if (end.dueBy !== undefined && current.dueAt > end.dueBy) return;
    const session = await openSession(runtime, HOUSEKEEPER, environment);
    await runtime.store.commit([
      ...(await removeTokenRecord(session, current, end)),
      ...(await clearRecord(session, current, end)),
      close(session, current, end),
      ...(end.wake ? [wakeUp(session, current)] : []),
    ]);
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

function endCredentials(session: Session, { principalId, credentialId }: Grant): Change[] {
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
    {
      kind: 'updateRecord',
      record: after,
      expectedVersion: record.version,
      ...indexChanges(type, record, after),
    },
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

function close(session: Session, grant: Grant, end: SystemEnd): Change {
  const at = new Date(session.now).toISOString();
  return {
    kind: 'changeGrant',
    environment: grant.environment,
    grantId: grant.id,
    // As it was read, and not whatever is open: a token that was issued in between would be left behind.
    from: [grant.status],
    ...(end.dueBy !== undefined && { dueBy: end.dueBy }),
    set: { status: end.status, endReason: end.reason, endedAt: at },
    step: {
      at,
      step: end.step,
      outcome: end.status === 'ended' ? 'done' : 'failed',
      ...(end.message && { message: end.message }),
    },
  };
}

function reasonOf(grant: Grant): GrantEndReason {
  return grant.endReason ?? 'expired';
}
