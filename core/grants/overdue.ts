import type { Runtime } from '../runtime.ts';
import { endAsDue } from './end.ts';
import { endBySystem } from './end-by-system.ts';
import { type Grant, overdueAfter } from './grant.ts';

/**
 * The reaper's part: ends a grant that nothing has moved when it was time, whatever became of its workflow. One that
 * has moved on since is left alone.
 * @returns whether it ended something
 */
export async function endOverdue(
  runtime: Runtime,
  { environment, id }: Pick<Grant, 'environment' | 'id'>,
): Promise<boolean> {
  const grant = await runtime.store.readGrant(environment, id);
  if (!grant) return false;
  const now = runtime.now();
  const overdue = { step: 'Reaper', dueBy: now, wake: true } as const;
  if (grant.status === 'requested') {
    const message = 'the pass was not issued in time; add it again, or ask whoever runs this site';
    return endBySystem(runtime, grant, { ...overdue, status: 'failed', reason: 'failed', message });
  }
  if (grant.status !== 'live' || now >= overdueAfter(grant.expiresAt ?? 0))
    return endAsDue(runtime, grant, overdue);
  // Its end was moved while the workflow began to wait: the wait goes on.
  if (grant.callbackToken) return false;
  const message = 'the workflow stopped before the contractor was told; the pass was taken away';
  return endBySystem(runtime, grant, { ...overdue, status: 'failed', reason: 'failed', message });
}
