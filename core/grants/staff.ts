import type { Change } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import type { Session } from '../runtime.ts';
import { MAX_LIFETIME_MS } from '../tokenusers/token-users.ts';
import { endChanges } from './end-changes.ts';
import { ANY_STATUS, type Grant, type GrantStep, MAX_LIFETIME_DAYS, MOST_PASSES_AT_ONCE } from './grant.ts';
import { type Held, may, tokenRecordOf } from './live-passes.ts';
import { type LivePassRead, moveEnd } from './moved-end.ts';
import { passEvent } from './pass-events.ts';
import { readableDay } from './readable-day.ts';
import { type RobotRuntime, whileContended } from './robot.ts';
import { sendAgain } from './send-again.ts';

/**
 * Moves a live pass's end, and tells so in its record's history. The running wait follows.
 * @param until epoch milliseconds: in the future, at most 364 days after the pass began, because its workflow runs no longer
 * @throws DaypassError NOT_FOUND, FORBIDDEN, PASS_ENDED, REQUEST_INVALID, RATE_LIMITED, CONFLICT
 */
export async function extendPass(
  session: Session,
  grantId: string,
  until: number,
): Promise<{ expiresAt: string }> {
  const { now, runtime } = session;
  const grant = await findLive(session, grantId, 'edit');
  requireWithin(grant, until, now);
  const expiresAt = new Date(until).toISOString();
  // Said once more, because the answer got lost.
  if (grant.expiresAt === until) return { expiresAt };
  const turn = await runtime.store.takeTurn('extend', grantId, { at: now, windowMs: 3_600_000, limit: 10 });
  if (!turn) throw new DaypassError('RATE_LIMITED', 'the end of a pass is moved at most ten times an hour');
  await whileContended(() => commitEnd(session, grantId, until));
  return { expiresAt };
}

function requireWithin(grant: Grant, until: number, now: number): void {
  const latest = Date.parse(grant.createdAt) + MAX_LIFETIME_MS;
  if (!(until > now && until <= latest)) {
    const message = `must lie in the future, and before ${new Date(latest).toISOString()}: a pass lasts ${MAX_LIFETIME_DAYS} days at most`;
    throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/until', message }]);
  }
}

async function commitEnd(session: Session, grantId: string, until: number): Promise<void> {
  const { now, runtime, caller } = session;
  const grant = await findLive(session, grantId, 'edit');
  await runtime.store.commit([
    ...moveEnd(session, grant, until, {
      at: new Date(now).toISOString(),
      step: 'Extend',
      outcome: 'done',
      message: `until ${readableDay(until)}, by ${caller.name}`,
    }),
    ...(await passEvent(session, grant, 'ExtendPass', { endAfter: until })),
  ]);
}

/**
 * Sends the mail with the link again: the same link. Whatever became of it is told in its record's history and task run,
 * and counts as one of five times an hour only if something has left, or may have.
 * @throws DaypassError NOT_FOUND, FORBIDDEN, PASS_ENDED, RATE_LIMITED; ROBOT_REFUSED, MAIL_FAILED or MAIL_UNCERTAIN
 */
export async function resendPass(
  session: Session & { runtime: RobotRuntime },
  grantId: string,
): Promise<{ sent: number }> {
  const { runtime, published, now } = session;
  const grant = await findLive(session, grantId, 'edit');
  const window = { at: now, windowMs: 3_600_000 };
  const turn = await runtime.store.takeTurn('resend', grantId, { ...window, limit: 5 });
  if (!turn) throw new DaypassError('RATE_LIMITED', 'a pass is sent again at most five times an hour');
  const { sent, failure } = await sendAgain(runtime, published.environment, grantId);
  // The mails are out, or not, whoever else writes to the record meanwhile.
  await whileContended(async () => {
    const current = await runtime.store.readGrant(grant.environment, grantId);
    if (current) await noteResent(session, current, sent, failure?.reason);
  });
  if (failure && !failure.mayHaveLeft) await runtime.store.returnTurn('resend', grantId, window);
  if (failure) throw failure.error;
  return { sent };
}

async function noteResent(session: Session, grant: Grant, mails: number, failure?: string): Promise<void> {
  const { runtime, now, caller } = session;
  await runtime.store.commit([
    {
      kind: 'changeGrant',
      environment: grant.environment,
      grantId: grant.id,
      from: ANY_STATUS,
      set: {},
      step: {
        at: new Date(now).toISOString(),
        step: 'Resend',
        outcome: outcomeOf(mails, failure),
        message: `by ${caller.name}${failure === undefined ? '' : `: ${failure}`}`,
      },
      stepsRead: grant.steps,
    },
    ...(await passEvent(session, grant, 'ResendPass', { mails, ...(failure !== undefined && { failure }) })),
  ]);
}

function outcomeOf(mails: number, failure: string | undefined): GrantStep['outcome'] {
  if (failure !== undefined) return 'failed';
  return mails > 0 ? 'done' : 'skipped';
}

/**
 * Ends passes at once, all or none: their next request is refused; the workflows clean up. One that has ended meanwhile
 * is what was wanted.
 * @throws DaypassError NOT_FOUND, FORBIDDEN, LIMIT_EXCEEDED, CONFLICT
 */
export async function revokePasses(
  session: Session,
  grantIds: readonly string[],
): Promise<{ revoked: number; alreadyEnded: number }> {
  if (grantIds.length > MOST_PASSES_AT_ONCE) {
    throw new DaypassError(
      'LIMIT_EXCEEDED',
      `at most ${MOST_PASSES_AT_ONCE} passes can be ended at once; these are ${grantIds.length}`,
    );
  }
  const ids = new Set(grantIds);
  return whileContended(async () => {
    const changes: Change[] = [];
    const records = new Set<string>();
    let revoked = 0;
    for (const grantId of ids) {
      const grant = await findPass(session, grantId, 'delete');
      if (grant.status !== 'requested' && grant.status !== 'live') continue;
      revoked += 1;
      changes.push(...endChanges(session, grant, 'revoked'));
      if (records.has(grant.recordId)) continue;
      records.add(grant.recordId);
      changes.push(...(await passEvent(session, grant, 'RevokePass', { endAfter: session.now })));
    }
    await session.runtime.store.commit(changes);
    return { revoked, alreadyEnded: ids.size - revoked };
  });
}

/**
 * The record of a token user who is gone, as far as anybody still knows: whoever had rights on all such records is told
 * what has become of the pass; a right under a condition holds no more.
 */
function removedTokenRecord(session: Session, grant: Grant): Held | undefined {
  const { environment, tokenRecord, createdAt } = grant;
  const type = tokenRecord && session.published.site.recordType(tokenRecord.app, tokenRecord.recordType);
  if (!tokenRecord || !type || grant.status === 'live') return undefined;
  const at = { createdAt, createdBy: '', updatedAt: createdAt, updatedBy: '' };
  const state = type.definition.initialState;
  const empty = {
    state,
    values: {},
    names: {},
    definitionVersion: 1,
    version: 1,
    eventCount: 0,
    eventMac: '',
  };
  return { type, record: { ...tokenRecord, environment, ...at, ...empty } };
}

async function findPass(session: Session, grantId: string, kind: 'edit' | 'delete'): Promise<Grant> {
  const grant = await session.runtime.store.readGrant(session.published.environment, grantId);
  const held = grant && ((await tokenRecordOf(session, grant)) ?? removedTokenRecord(session, grant));
  if (!grant || !held || !may(session, held, 'view')) throw new DaypassError('NOT_FOUND');
  if (!may(session, held, kind)) throw new DaypassError('FORBIDDEN');
  return grant;
}

async function findLive(session: Session, grantId: string, kind: 'edit' | 'delete'): Promise<LivePassRead> {
  const grant = await findPass(session, grantId, kind);
  const { principalId, credentialId, expiresAt = 0 } = grant;
  if (grant.status !== 'live' || !principalId || !credentialId || expiresAt <= session.now)
    throw new DaypassError('PASS_ENDED');
  return { ...grant, principalId, credentialId, expiresAt };
}
