import type { Runtime } from '../runtime.ts';
import { endAsDue } from './end.ts';
import { endBySystem } from './end-by-system.ts';
import { type Grant, overdueAfter } from './grant.ts';

/**
 * The reaper's part: ends a grant that nothing has moved when it was time, whatever became of its workflow. One that
 * has moved on since is left alone.
 * @returns whether it ended a grant, which a workflow should have done
 */
export async function endOverdue(
  runtime: Runtime,
  { environment, id }: Pick<Grant, 'environment' | 'id'>,
): Promise<boolean> {
  const grant = await runtime.store.readGrant(environment, id);
  if (!grant) return false;
  const now = runtime.now();
  const overdue = { step: 'Reaper', dueBy: now, wake: true } as const;
  const fail = async (message: string) => {
    const end = { ...overdue, status: 'failed', reason: 'failed', message } as const;
    return endBySystem(runtime, grant, end);
  };
  if (grant.status === 'requested')
    return fail('the pass was not issued in time; add it again, or ask whoever runs this site');
  const { status, expiresAt = 0 } = grant;
  if (status !== 'live' || now >= overdueAfter(expiresAt)) return endAsDue(runtime, grant, overdue);
  // Its end was moved while the workflow began to wait: the wait goes on.
  if (grant.callbackToken) return false;
  return fail('the workflow stopped before the contractor was told; the pass was taken away');
}
