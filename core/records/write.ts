import { runActions } from '../actions/run.ts';
import { withUserAccount } from '../actions/users-app.ts';
import type { Change } from '../changes.ts';
import { addEnd, addFollowUps, wakeToEnd } from '../grants/follow-ups.ts';
import { canonicalJson } from '../journal/event.ts';
import { recordEvent } from '../journal/write.ts';
import type { Session } from '../runtime.ts';
import {
  endTokenUser,
  expiryOf,
  issueTokenUser,
  tokenOf,
  updateTokenUser,
} from '../tokenusers/token-users.ts';
import { indexChanges, indexKeys, indexRecord } from './index-entries.ts';
import { type Plan, requireAllowedAsSaved } from './plan.ts';

const DAY_MS = 86_400_000;
/** A deleted record stays restorable for this long. */
const RESTORABLE_DAYS = 30;

/**
 * All that a planned operation writes: the record with its index, its event, what its app's kind and its tasks add,
 * and for a caller with a credential the condition that it is still live.
 * @param confirmed environments that the caller has named to confirm that an account ends there, too
 */
export async function changesOf(
  session: Session,
  plan: Plan,
  confirmed: readonly string[] = [],
): Promise<Change[]> {
  const { operation, after } = plan;
  const { app } = operation.recordType;
  const { kind } = app.definition;
  const decided = { ...after.values };
  if (kind === 'tokens') await withTokenUser(session, plan);
  else if (kind === 'users') await withUserAccount(session, plan, confirmed);
  else {
    await runActions(session, plan, confirmed);
    await addFollowUps(session, plan);
  }
  // A token is set by the system alone, and by nothing that anybody could choose.
  if (kind !== 'tokens' && canonicalJson(after.values) !== canonicalJson(decided)) {
    requireAllowedAsSaved(session, plan);
  }
  return [...recordChanges(session, plan), ...plan.changes, ...callerStillLive(session)];
}

/** Staff add, edit and delete a token user by hand in the tokens app. */
async function withTokenUser(session: Session, plan: Plan): Promise<void> {
  const { definition } = plan.operation.recordType.app;
  switch (plan.operation.definition.kind) {
    case 'add':
      issueTokenUser(session, plan, {
        expiresAt: expiryOf(
          session.now,
          undefined,
          definition.tokenLifetimeDays ?? session.runtime.tokenLifetimeDays,
        ),
      });
      return;
    case 'edit':
      updateTokenUser(plan);
      return;
    case 'delete': {
      plan.changes.push(...endTokenUser(session, plan.after, 'revoked'));
      const token = tokenOf(plan.after);
      const credential =
        token && (await session.runtime.store.readCredential(token.principalId, token.credentialId));
      addEnd(plan, await wakeToEnd(session, credential?.grantId, 'revoked'));
      return;
    }
  }
}

/** The record's own part: head, index items and event. */
export function recordChanges(session: Session, plan: Plan, grantId?: string): Change[] {
  const { before, after, operation, exemption } = plan;
  const type = operation.recordType;
  if (operation.definition.kind === 'delete' && before) {
    const event = recordEvent(session, {
      operation: operation.id,
      before,
      after,
      removed: true,
      exemption,
      ...(grantId && { grantId }),
    });
    const isTokenUser = type.app.definition.kind === 'tokens';
    const { indexed: _places, ...head } = after;
    const removed = { ...head, deletedAt: event.at };
    return [
      {
        kind: 'removeRecord',
        record: removed,
        expectedVersion: before.version,
        ...(before.layout !== undefined && { expectedLayout: before.layout }),
        indexRemove: indexKeys(before),
        // A token user is never restorable, and leaves no personal data in its head.
        ...(!isTokenUser && { purgeAt: session.now + RESTORABLE_DAYS * DAY_MS }),
      },
      { kind: 'addEvent', event },
    ];
  }
  const event = recordEvent(session, {
    operation: operation.id,
    ...(before && { before }),
    after,
    exemption,
    ...(grantId && { grantId }),
  });
  if (!before)
    return [
      { kind: 'addRecord', ...indexRecord(type, after) },
      { kind: 'addEvent', event },
    ];
  return [
    {
      kind: 'updateRecord',
      ...indexChanges(type, before, after),
    },
    { kind: 'addEvent', event },
  ];
}

/** No write of a pass commits once the pass has ended. */
function callerStillLive(session: Session): Change[] {
  const { caller, now } = session;
  if (caller.type !== 'tokenUser' || !caller.credential) return [];
  return [
    { kind: 'requireLive', principalId: caller.principalId, credentialId: caller.credential.id, at: now },
  ];
}
