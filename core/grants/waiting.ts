import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { overdueAfter } from './grant.ts';
import type { RobotRuntime } from './robot.ts';
import { nextWait, type Wait } from './wait.ts';

/**
 * AwaitCompletion: leaves the callback with the grant, under the condition that the grant is still live. If it is not,
 * the end came first and its wake-up found nobody: then the caller answers the callback at once.
 * @returns whether the workflow has to wait
 */
export async function awaitCompletion(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
  callbackToken: string,
): Promise<boolean> {
  const grant = await runtime.store.readGrant(environment, grantId);
  if (grant?.expiresAt === undefined) return false;
  // From here on the workflow owes nothing before the end of the pass.
  const set = { callbackToken, waitsFor: grant.expiresAt, dueAt: overdueAfter(grant.expiresAt) };
  try {
    await runtime.store.commit([{ kind: 'changeGrant', environment, grantId, from: ['live'], set }]);
    return true;
  } catch (error) {
    if (error instanceof DaypassError && error.code === 'CONFLICT') return false;
    throw error;
  }
}

/** CheckGrant: what now, after a wait has timed out. */
export async function checkGrant(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
): Promise<Wait> {
  const grant = await runtime.store.readGrant(environment, grantId);
  return grant ? nextWait(grant, runtime.now()) : { seconds: 1, next: 'delete' };
}
