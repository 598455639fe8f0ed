import { announcePass } from '../actions/mail.ts';
import type { LinkedOperation, LinkedRecordType, LinkedTask } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import type { Plan } from '../records/plan.ts';
import { dropPassTrouble, type StoredRecord } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import { parseTokenReference } from '../tokens/token.ts';
import { followDueDate, warnOfEnd } from './due-date.ts';
import { endChanges } from './end-changes.ts';
import { refuseOverwriting } from './filled-in.ts';
import { type Grant, type GrantEndReason, grantId, START_WITHIN_MS } from './grant.ts';
import { outdated } from './outdated.ts';

/**
 * Adds to a planned operation what must follow from it in the same transaction: an ending task ends the token now and
 * wakes the workflow to clean up; an issuing task opens a grant, whose workflow starts from the outbox, in place of the
 * one that the record has; and a pass whose reason the operation has taken away (deleted, unticked, reassigned, other
 * contractor) ends with it.
 */
export async function addFollowUps(session: Session, plan: Plan): Promise<void> {
  const { before, operation } = plan;
  const tasks = operation.tasks
    .filter(({ when }) => !when || when(recordScope(session, plan.after)))
    .map(({ task }) => task);
  const ending = tasks.filter(({ grant }) => grant === 'end');
  // Nobody needs a pass for a record that goes.
  const issuing =
    operation.definition.kind === 'delete' ? undefined : tasks.find(({ grant }) => grant === 'issue');
  if (ending.length > 0) await endByTasks(session, plan, ending);
  else if (issuing) addEnd(plan, await wakeToEnd(session, before?.grantId, 'superseded'));
  else if (before) await followByHand(session, plan, before);
  if (issuing) await openGrant(session, plan, operation, issuing);
}

/** What somebody's edit or deletion means for the record's pass, also where a service has asked the robot for it. */
async function followByHand(
  session: Session,
  plan: Plan,
  before: NonNullable<Plan['before']>,
): Promise<void> {
  const { runtime, published } = session;
  const grant = before.grantId
    ? await runtime.store.readGrant(published.environment, before.grantId)
    : undefined;
  const open = grant?.status === 'requested' || grant?.status === 'live';
  const verdict = open ? outdated(session, plan, before, grant) : undefined;
  if (open) {
    const changes = verdict
      ? endChanges(session, grant, verdict.reason)
      : followDueDate(session, plan, before, grant);
    addEnd(plan, changes);
  }
  const wanted = open ? verdict?.again : issuingTask(session, plan, before);
  if (wanted) await openGrant(session, plan, wanted.operation, wanted.task);
}

/**
 * The task that the record has come to need by this edit: its condition did not hold before and does now, and the job
 * is not done yet.
 */
function issuingTask(session: Session, plan: Plan, before: NonNullable<Plan['before']>) {
  const { operation: edit, after } = plan;
  if (edit.definition.kind !== 'edit' || !canBeDone(edit.recordType, after)) return undefined;
  for (const operation of edit.recordType.operations.values()) {
    if (operation.definition.kind !== 'add') continue;
    for (const { task, when } of operation.tasks) {
      if (task.grant !== 'issue' || !when) continue;
      if (!when(recordScope(session, before)) && when(recordScope(session, after)))
        return { operation, task };
    }
  }
  return undefined;
}

/** Whether a record's pass ends with an operation, whatever the record holds. */
export const endsPass = ({ tasks }: LinkedOperation): boolean =>
  tasks.some(({ task, when }) => task.grant === 'end' && !when);

/** Whether an operation that ends a pass is offered in the record's state; types without any end theirs by date. */
export function canBeDone(type: LinkedRecordType, record: StoredRecord): boolean {
  const ending = [...type.operations.values()].filter(({ tasks }) =>
    tasks.some(({ task }) => task.grant === 'end'),
  );
  return (
    ending.length === 0 || ending.some(({ definition: { from } }) => !from || from.includes(record.state))
  );
}

/**
 * Asks for a pass.
 * @param operation whose notifications the workflow sends
 * @throws DaypassError VALUES_INVALID where somebody has filled in what the pass fills in; RATE_LIMITED when too many mails would go to whom it tells, or from people without a credential
 */
export async function openGrant(
  session: Session,
  plan: Plan,
  operation: LinkedOperation,
  task: LinkedTask,
): Promise<void> {
  await refuseOverwriting(session, plan, task);
  const [action] = task.actions;
  if (action) warnOfEnd(session, plan, action);
  await announcePass(session, plan, operation.notifications);
  const { runtime, caller, published, now } = session;
  const { after } = plan;
  const createdAt = new Date(now).toISOString();
  const { environment } = published;
  const grant: Grant = {
    id: grantId(after.id, runtime.newId()),
    environment,
    recordId: after.id,
    app: after.app,
    recordType: after.recordType,
    operation: operation.id,
    task: task.id,
    status: 'requested',
    createdAt,
    createdBy: caller.principalId,
    steps: [],
    dueAt: now + START_WITHIN_MS,
  };
  after.grantId = grant.id;
  // What went wrong with the pass before it is mended by this one.
  dropPassTrouble(after);
  plan.changes.push(
    { kind: 'addGrant', grant },
    {
      kind: 'addOutbox',
      entry: { id: grant.id, createdAt, action: { type: 'startGrant', environment, grantId: grant.id } },
    },
  );
}

/** The token dies in the operation's own transaction: the very next request with it is refused. */
async function endByTasks(session: Session, plan: Plan, tasks: readonly LinkedTask[]): Promise<void> {
  const record = plan.before ?? plan.after;
  // The record has one pass, and one workflow that cleans up after it: as the first of them says.
  addEnd(plan, await wakeToEnd(session, record.grantId, 'completed', tasks[0]?.id));
  for (const action of tasks.flatMap(({ actions }) => actions)) {
    for (const parameter of action.source?.parameters.values() ?? []) {
      const value = parameter(recordScope(session, record));
      const reference = typeof value === 'string' ? parseTokenReference(value) : undefined;
      if (!reference) continue;
      const { principalId, credentialId } = reference;
      addEnd(plan, [
        {
          kind: 'endCredential',
          principalId,
          credentialId,
          reason: 'completed',
          at: session.now,
          requireLive: false,
        },
      ]);
    }
  }
}

/** The same token can be held by the grant and by the record: it is ended once. */
export function addEnd(plan: Plan, changes: readonly Change[]): void {
  const ended = new Set(
    plan.changes.map((change) => (change.kind === 'endCredential' ? change.credentialId : '')),
  );
  plan.changes.push(
    ...changes.filter((change) => change.kind !== 'endCredential' || !ended.has(change.credentialId)),
  );
}

/** Marks a grant for ending, ends its token and wakes its workflow; nothing where it has ended already. */
export async function wakeToEnd(
  session: Session,
  id: string | undefined,
  reason: GrantEndReason,
  endTask?: string,
): Promise<Change[]> {
  const { runtime, published } = session;
  const grant = id ? await runtime.store.readGrant(published.environment, id) : undefined;
  if (grant?.status !== 'requested' && grant?.status !== 'live') return [];
  return endChanges(session, grant, reason, endTask);
}
