import type { LinkedAction } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { planOperation } from '../records/plan.ts';
import { dropPassTrouble, type StoredRecord } from '../records/record.ts';
import { recordChanges } from '../records/write.ts';
import type { Runtime } from '../runtime.ts';
import { endTokenUser } from '../tokenusers/token-users.ts';
import { planReturns } from './create.ts';
import { close, endBySystem, endCredentials, isLiveBeyond, isOpen, type SystemEnd } from './end-by-system.ts';
import type { Grant, GrantEndReason } from './grant.ts';
import { readableDay } from './readable-day.ts';
import {
  type GrantSession,
  openGrantSession,
  type RobotRuntime,
  refusedBy,
  whileContended,
} from './robot.ts';
import { findBySource } from './source.ts';

/** The end that DeleteToken was to carry out was moved meanwhile: the wait goes on. An answer, and no failure. */
export class PassGoesOn extends Error {
  constructor() {
    super('the end of the pass was moved: the wait goes on');
    this.name = 'PassGoesOn';
  }
}

/**
 * DeleteToken: runs the task that ends the pass as the robot: finds the token user through the task's view, deletes
 * record, token and token user, and writes back what the task returns. Finding nothing counts as done.
 * @throws RobotRefused when the robot may not; the workflow then takes the access away without it
 * @throws PassGoesOn when nobody has ended the pass, and its end lies in the future (again)
 */
export function deleteToken(runtime: RobotRuntime, environment: Environment, grantId: string): Promise<void> {
  return whileContended(async () => {
    const session = await openGrantSession(runtime, environment, grantId);
    const { grant, record } = session;
    if (!isOpen(grant)) return;
    if (isLiveBeyond(grant, session.now)) throw new PassGoesOn();
    const action = endAction(session);
    if (!action || !record) {
      if (await endAsDue(runtime, grant, { step: 'DeleteToken' })) return;
      // Somebody has ended or extended it since it was read.
      throw new DaypassError('CONFLICT');
    }
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
  const found = await findTokenRecord(session, record, action);
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
  dropPassTrouble(returned.after);
  const message = warningOf(grant);
  if (message) returned.after.trouble = { at: returned.after.updatedAt, step: 'DeleteToken', message };
  await runtime.store.commit([
    ...changes,
    ...recordChanges(session, returned, grant.id),
    close(session, grant, {
      status: 'ended',
      reason: reasonOf(grant),
      step: 'DeleteToken',
      ...expiry(grant, session.now),
    }),
  ]);
}

/** The record to delete: as the task finds it, or, while the task's view is being made anew, as the grant knows it. */
async function findTokenRecord(
  session: GrantSession,
  record: StoredRecord,
  action: LinkedAction,
): Promise<StoredRecord | undefined> {
  try {
    return await findBySource(session, record, action);
  } catch (error) {
    const { environment, tokenRecord } = session.grant;
    if (!(error instanceof DaypassError && error.code === 'LIST_NOT_READY') || !tokenRecord) throw error;
    return session.runtime.store.readRecord(environment, tokenRecord.id);
  }
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

/** What runs out is ended only as it was read: an extension that comes in between stands. */
const expiry = (grant: Grant, now: number): Pick<SystemEnd, 'expiredBy'> =>
  reasonOf(grant) === 'expired' ? { expiredBy: now } : {};

/** Ends a grant whose time has come, as `endBySystem`, for the reason that it has. */
export function endAsDue(
  runtime: Runtime,
  grant: Grant,
  end: Pick<SystemEnd, 'step' | 'dueBy' | 'wake'>,
): Promise<boolean> {
  const message = warningOf(grant);
  const reason = reasonOf(grant);
  return endBySystem(runtime, grant, {
    ...end,
    status: 'ended',
    reason,
    ...expiry(grant, runtime.now()),
    ...(message && { message }),
  });
}

/** When nobody has reported the job done or taken the pass away, staff have to know. */
function warningOf(grant: Grant): string | undefined {
  if (reasonOf(grant) !== 'expired' || grant.expiresAt === undefined) return undefined;
  return `The pass ended with ${readableDay(grant.expiresAt)}, and the job was not reported done.`;
}

function reasonOf(grant: Grant): GrantEndReason {
  return grant.endReason ?? 'expired';
}
