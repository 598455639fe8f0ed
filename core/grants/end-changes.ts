import type { Change } from '../changes.ts';
import type { Session } from '../runtime.ts';
import { CLEAN_UP_WITHIN_MS, type Grant, type GrantEndReason } from './grant.ts';

/**
 * Marks a grant that was read and is open for ending, ends its token and wakes its workflow. Its `expiresAt` is kept as
 * given: an end that was moved into the past is told so.
 */
export function endChanges(
  session: Session,
  grant: Grant,
  reason: GrantEndReason,
  endTask?: string,
): Change[] {
  const { runtime, published, now } = session;
  const { environment } = published;
  const { principalId, credentialId } = grant;
  return [
    ...(principalId && credentialId
      ? [{ kind: 'endCredential', principalId, credentialId, reason, at: now, requireLive: false } as const]
      : []),
    {
      kind: 'changeGrant',
      environment,
      grantId: grant.id,
      from: [grant.status],
      set: {
        status: 'ending',
        endReason: reason,
        ...(grant.expiresAt !== undefined && { expiresAt: grant.expiresAt }),
        ...(endTask && { endTask }),
        dueAt: now + CLEAN_UP_WITHIN_MS,
      },
    },
    {
      kind: 'addOutbox',
      entry: {
        id: runtime.newId(),
        createdAt: new Date(now).toISOString(),
        action: { type: 'wakeGrant', environment, grantId: grant.id },
      },
    },
  ];
}
