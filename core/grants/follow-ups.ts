import type { LinkedTask } from '../apps/published.ts';
import type { Plan } from '../records/plan.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import { parseTokenReference } from '../tokens/token.ts';
import { type Grant, grantId } from './grant.ts';

/** How long after its last step the reaper looks at a grant that nothing has moved. */
export const OVERDUE_MS = 10 * 60_000;

/**
 * Adds to a planned operation what its tasks make necessary in the same transaction: an issuing task opens a grant,
 * whose workflow starts from the outbox; an ending task ends the token now and wakes the workflow to clean up.
 */
export async function addFollowUps(session: Session, plan: Plan): Promise<void> {
  for (const { task, when } of plan.operation.tasks) {
    if (when && !when(recordScope(session, plan.after))) continue;
    if (task.grant === 'issue') openGrant(session, plan, task);
    if (task.grant === 'end') await endGrantNow(session, plan, task);
  }
}

function openGrant(session: Session, plan: Plan, task: LinkedTask): void {
  const { runtime, caller, published, now } = session;
  const { after, operation } = plan;
  const createdAt = new Date(now).toISOString();
  const grant: Grant = {
    id: grantId(after.id, runtime.newId()),
    environment: published.environment,
    recordId: after.id,
    app: after.app,
    recordType: after.recordType,
    operation: operation.id,
    task: task.id,
    status: 'requested',
    createdAt,
    createdBy: caller.principalId,
    steps: [],
  };
  after.grantId = grant.id;
  plan.changes.push(
    { kind: 'addGrant', grant, dueAt: now + OVERDUE_MS },
    {
      kind: 'addOutbox',
      entry: {
        id: grant.id,
        createdAt,
        action: { type: 'startGrant', environment: published.environment, grantId: grant.id },
      },
    },
  );
}

/** The token dies in the operation's own transaction: the very next request with it is refused. */
async function endGrantNow(session: Session, plan: Plan, task: LinkedTask): Promise<void> {
  const { now } = session;
  const record = plan.before ?? plan.after;
  for (const action of task.actions) {
    for (const parameter of action.source?.parameters.values() ?? []) {
      const value = parameter(recordScope(session, record));
      const reference = typeof value === 'string' ? parseTokenReference(value) : undefined;
      if (!reference) continue;
      plan.changes.push({
        kind: 'endCredential',
        principalId: reference.principalId,
        credentialId: reference.credentialId,
        reason: 'completed',
        at: now,
        requireLive: false,
      });
    }
  }
  plan.changes.push(...(await wakeToEnd(session, record.grantId, 'completed', task.id)));
}

/** Marks a grant for ending and wakes its workflow; nothing where there is none, or it has ended already. */
export async function wakeToEnd(
  session: Session,
  id: string | undefined,
  reason: 'completed' | 'revoked' | 'superseded',
  endTask?: string,
): Promise<Plan['changes']> {
  const { runtime, published, now } = session;
  const { environment } = published;
  const grant = id ? await runtime.store.readGrant(environment, id) : undefined;
  if (!grant || !['requested', 'live'].includes(grant.status)) return [];
  const createdAt = new Date(now).toISOString();
  return [
    {
      kind: 'changeGrant',
      environment,
      grantId: grant.id,
      from: ['requested', 'live'],
      set: { status: 'ending', endReason: reason, ...(endTask && { endTask }), dueAt: now + OVERDUE_MS },
    },
    {
      kind: 'addOutbox',
      entry: {
        id: runtime.newId(),
        createdAt,
        action: { type: 'wakeGrant', environment, grantId: grant.id },
      },
    },
  ];
}
