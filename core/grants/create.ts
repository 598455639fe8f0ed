import { decideFor, operationOfKind, permits, recordResource } from '../access.ts';
import type { LinkedAction, LinkedOperation } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import type { Environment } from '../environments.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import { type Plan, planOperation } from '../records/plan.ts';
import type { FieldValue, StoredRecord, Values } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import { recordChanges } from '../records/write.ts';
import { expiryOf, issueTokenUser, lifetimeOf } from '../tokenusers/token-users.ts';
import { ANNOUNCE_WITHIN_MS } from './grant.ts';
import {
  type GrantSession,
  openGrantSession,
  RobotRefused,
  type RobotRuntime,
  refusedBy,
  whileContended,
} from './robot.ts';
import { nextWait, type Wait } from './wait.ts';

/**
 * CreateToken: adds the token user as the robot, copies what the task returns to the record, and makes the grant live,
 * in one transaction. Run again it finds the grant live, or ended, and does nothing.
 * @returns how long to wait for completion
 * @throws RobotRefused when the robot may not, or the values are not accepted
 */
export function createToken(runtime: RobotRuntime, environment: Environment, grantId: string): Promise<Wait> {
  return whileContended(async () => {
    const session = await openGrantSession(runtime, environment, grantId);
    const { grant, record } = session;
    if (grant.status !== 'requested') return nextWait(grant, session.now);
    if (!record) return abandon(session);
    const action = session.app.tasks.get(grant.task)?.actions[0];
    if (!action) throw new RobotRefused(`the app ${session.app.id} has no task ${grant.task} any more`);
    try {
      return await issue(session, record, action);
    } catch (error) {
      const refused = refusedBy(error, `run “${action.definition.title}”`);
      // Grant and record are read one after the other: an edit in between has ended the pass, and that is no failure.
      const current =
        refused instanceof RobotRefused ? await runtime.store.readGrant(environment, grantId) : undefined;
      if (current && current.status !== 'requested') return nextWait(current, session.now);
      throw refused;
    }
  });
}

async function issue(session: GrantSession, record: StoredRecord, action: LinkedAction): Promise<Wait> {
  const { grant, runtime, now, type } = session;
  const expiresAt = expiryOf(
    now,
    type.definition.dueDateField && record.values[type.definition.dueDateField],
    lifetimeOf(session, action),
  );
  const added = await planOperation(session, {
    operation: action.target,
    values: mappedValues(session, record, action),
  });
  issueTokenUser(session, added, {
    expiresAt,
    ceiling: { app: grant.app, recordType: grant.recordType, records: [record.id] },
    grantId: grant.id,
  });
  const changed = planReturns(session, record, action, added.after);
  const { principalId, credentialId } = credentialOf(added);
  await runtime.store.commit([
    ...recordChanges(session, added, grant.id),
    ...added.changes,
    ...recordChanges(session, changed, grant.id),
    {
      kind: 'changeGrant',
      environment: grant.environment,
      grantId: grant.id,
      from: ['requested'],
      set: {
        status: 'live',
        principalId,
        credentialId,
        tokenRecord: { app: added.after.app, recordType: added.after.recordType, id: added.after.id },
        expiresAt,
        dueAt: now + ANNOUNCE_WITHIN_MS,
      },
      step: {
        at: new Date(now).toISOString(),
        step: 'CreateToken',
        outcome: 'done',
      },
    },
  ]);
  return nextWait({ ...grant, status: 'live', expiresAt, createdAt: grant.createdAt }, now);
}

/** The data action's field mapping, over the submitted record. What cannot be evaluated is left out. */
function mappedValues(session: GrantSession, record: StoredRecord, action: LinkedAction): Values {
  const values: Values = {};
  for (const [field, evaluate] of action.fields) {
    const value = evaluate(recordScope(session, record));
    if (!isUnevaluable(value)) values[field] = value as FieldValue;
  }
  return values;
}

/**
 * The return mapping: what the action's result writes back to the submitted record, as an edit by the robot. Read-only
 * fields can be written so, if the robot's permissions name them.
 * @throws RobotRefused when they do not
 */
export function planReturns(
  session: GrantSession,
  record: StoredRecord,
  action: LinkedAction,
  result: StoredRecord,
): Plan {
  const { type, now, caller } = session;
  const operation = type.operations.get(operationOfKind(type, 'edit') ?? '') as LinkedOperation | undefined;
  const after: StoredRecord = {
    ...record,
    values: { ...record.values },
    names: { ...record.names, ...result.names },
    version: record.version + 1,
    updatedAt: new Date(now).toISOString(),
    updatedBy: caller.principalId,
  };
  for (const [field, evaluate] of action.returns) {
    const value = evaluate(recordScope(session, record, { result: { ...result.values, id: result.id } }));
    after.values[field] = isUnevaluable(value) ? null : (value as FieldValue);
  }
  const verdict = operation && decideFor(session, operation.id, recordResource(type, record, after));
  const refused = [...action.returns.keys()].filter(
    (field) => !verdict?.decision || !permits(verdict.fields, field),
  );
  if (!operation || refused.length > 0) {
    throw new RobotRefused(
      `the robot could not return ${refused.join(', ')} to the record: its roles do not permit it`,
    );
  }
  return { operation, before: record, after, runtimeValues: {}, changes: [] };
}

function credentialOf(plan: Plan) {
  const added = plan.changes.find(
    (change): change is Extract<Change, { kind: 'addCredential' }> => change.kind === 'addCredential',
  );
  if (!added) throw new RobotRefused('the task adds nobody to a tokens app');
  return { principalId: added.credential.principalId, credentialId: added.credential.id };
}

/** The record went, or got another grant, before the robot came to it: there is nothing to give. */
async function abandon({ grant, runtime, now }: GrantSession): Promise<Wait> {
  const at = new Date(now).toISOString();
  await runtime.store.commit([
    {
      kind: 'changeGrant',
      environment: grant.environment,
      grantId: grant.id,
      from: ['requested'],
      set: { status: 'ended', endReason: 'superseded', endedAt: at },
      step: {
        at,
        step: 'CreateToken',
        outcome: 'skipped',
        message: 'the record is gone, or has another pass',
      },
    },
  ]);
  return nextWait({ ...grant, status: 'ended' }, now);
}
