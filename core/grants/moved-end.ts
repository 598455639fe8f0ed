import type { Change } from '../changes.ts';
import type { Session } from '../runtime.ts';
import { type Grant, type GrantStep, overdueAfter } from './grant.ts';

/** A live pass as it was read, with the token that it is. */
export type LivePassRead = Grant & { principalId: string; credentialId: string; expiresAt: number };

/**
 * Moves the end of a live pass. A workflow that waits for a later one is told to look again, so that it reminds and cleans
 * up in time: told in any case, because it may just be beginning to wait. One that waits for an earlier one looks again by
 * itself.
 * @param until epoch milliseconds, in the future
 */
export function moveEnd(session: Session, grant: LivePassRead, until: number, step: GrantStep): Change[] {
  const { environment, principalId, credentialId, callbackToken } = grant;
  const overdue = overdueAfter(until);
  return [
    { kind: 'extendCredential', principalId, credentialId, expiresAt: until, at: session.now },
    {
      kind: 'changeGrant',
      environment,
      grantId: grant.id,
      from: ['live'],
      // A workflow that has not begun to wait still owes the contractor a mail, and does not get longer for it.
      set: { expiresAt: until, dueAt: callbackToken ? overdue : Math.min(grant.dueAt, overdue) },
      step,
      stepsRead: grant.steps,
    },
    ...(until < grant.expiresAt ? [recheck(session, grant)] : []),
  ];
}

function recheck({ runtime, now }: Session, { environment, id }: Grant): Change {
  const action = { type: 'recheckGrant', environment, grantId: id } as const;
  return {
    kind: 'addOutbox',
    entry: { id: runtime.newId(), createdAt: new Date(now).toISOString(), action },
  };
}
