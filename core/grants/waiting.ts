import type { Environment } from '../environments.ts';
import { ANNOUNCE_WITHIN_MS, overdueAfter } from './grant.ts';
import { type RobotRuntime, whileContended } from './robot.ts';
import { nextWait, type Wait } from './wait.ts';

/** Mails that were tried again and again make a wait begin late, by less than this; one longer was for another end. */
const BEGINS_LATE_BY_MS = ANNOUNCE_WITHIN_MS;

/**
 * AwaitCompletion: leaves the callback with the grant, under the condition that the grant is still live and ends when it
 * did as it was read. Otherwise what changed has found nobody waiting: then the caller answers the callback at once.
 * @param seconds how long the workflow is to wait, as it was measured a state or two ago
 * @returns `waits`; `over` when there is nothing to wait for; `tooLong` when the end was moved forward since the wait was measured
 */
export function awaitCompletion(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
  { seconds, ...wait }: { callbackToken: string; seconds: number; interruptible: boolean },
): Promise<'waits' | 'over' | 'tooLong'> {
  return whileContended(async () => {
    const { status, expiresAt } = (await runtime.store.readGrant(environment, grantId)) ?? {};
    if (status !== 'live' || expiresAt === undefined) return 'over';
    const tooLong = runtime.now() + seconds * 1000 > expiresAt + BEGINS_LATE_BY_MS;
    if (tooLong && wait.interruptible) return 'tooLong';
    // From here on the workflow owes nothing before the end of the pass.
    const set = { ...wait, dueAt: overdueAfter(expiresAt) };
    await runtime.store.commit([
      { kind: 'changeGrant', environment, grantId, from: ['live'], expiresAt, set },
    ]);
    return 'waits';
  });
}

/** CheckGrant: what now, after a wait has timed out or was interrupted. */
export async function checkGrant(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
): Promise<Wait> {
  const grant = await runtime.store.readGrant(environment, grantId);
  return grant ? nextWait(grant, runtime.now()) : { seconds: 1, next: 'delete' };
}
