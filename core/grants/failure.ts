import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { recordEvent } from '../journal/write.ts';
import { indexChanges } from '../records/index-entries.ts';
import { openSession, type Runtime } from '../runtime.ts';
import { endBySystem } from './end-by-system.ts';
import { ANY_STATUS, type Grant } from './grant.ts';
import { HOUSEKEEPER, whileContended } from './robot.ts';

const MESSAGE_LIMIT = 500;

/**
 * Notes on the grant why a state failed, before the error goes to the workflow: executions carry ids only. Errors other
 * than the robot's own are named and not quoted, because they could hold anything.
 */
export async function noteFailure(
  runtime: Runtime,
  environment: Environment,
  grantId: string,
  step: string,
  error: unknown,
): Promise<void> {
  const name = error instanceof DaypassError ? error.code : error instanceof Error ? error.name : 'Error';
  const told = error instanceof Error && (name === 'RobotRefused' || name === 'MailFailed');
  const message = (told ? error.message : `it failed with ${name}`).slice(0, MESSAGE_LIMIT);
  await runtime.store.commit([
    {
      kind: 'changeGrant',
      environment,
      grantId,
      from: ANY_STATUS,
      set: {},
      step: { at: new Date(runtime.now()).toISOString(), step, outcome: 'failed', message },
    },
  ]);
}

/**
 * RevokeAfterFailure: whatever failed, the token is dead before the execution fails; staff see why on the record.
 * @param error what the workflow knows of it, for a state that could note nothing itself
 */
export async function revokeAfterFailure(
  runtime: Runtime,
  environment: Environment,
  grantId: string,
  { error }: { error?: string | undefined } = {},
): Promise<void> {
  const grant = await runtime.store.readGrant(environment, grantId);
  if (!grant) return;
  await endBySystem(runtime, grant, {
    status: 'failed',
    reason: 'failed',
    step: 'RevokeAfterFailure',
    message: lastFailure(grant, error),
  });
}

/** RecordMailFailure: the pass stays; staff are told that nobody was. `error` as for RevokeAfterFailure. */
export async function recordMailFailure(
  runtime: Runtime,
  environment: Environment,
  grantId: string,
  { error }: { error?: string | undefined } = {},
): Promise<void> {
  const grant = await runtime.store.readGrant(environment, grantId);
  if (!grant) return;
  const reminding = grant.notified !== undefined;
  await markTrouble(runtime, grant, {
    operation: 'RecordMailFailure',
    step: reminding ? 'RemindContractor' : 'NotifyContractor',
    message: `${reminding ? 'A reminder' : 'The mail'} could not be sent: ${lastFailure(grant, error)}`,
  });
}

/** A mail came back, or its reader complained: the record and its task run say so. */
export async function recordMailEvent(
  runtime: Runtime,
  environment: Environment,
  grantId: string,
  message: string,
): Promise<void> {
  const grant = await whileContended(async () => {
    const read = await runtime.store.readGrant(environment, grantId);
    if (!read) return undefined;
    const step = {
      at: new Date(runtime.now()).toISOString(),
      step: 'Mail',
      outcome: 'failed',
      message,
    } as const;
    await runtime.store.commit([
      { kind: 'changeGrant', environment, grantId, from: ANY_STATUS, set: {}, step, stepsRead: read.steps },
    ]);
    return read;
  });
  if (!grant) return;
  await markTrouble(runtime, grant, { operation: 'RecordMailEvent', step: 'Mail', message });
}

/** Puts on the grant's record what staff have to know, as an event of its own. */
function markTrouble(
  runtime: Runtime,
  grant: Grant,
  trouble: { operation: string; step: string; message: string },
): Promise<void> {
  return whileContended(async () => {
    const record = await runtime.store.readRecord(grant.environment, grant.recordId);
    const session = await openSession(runtime, HOUSEKEEPER, grant.environment);
    const type = record && session.published.site.recordType(record.app, record.recordType);
    // A record that has another pass by now, or none, has nothing to do with this trouble.
    if (!type || record.grantId !== grant.id) return;
    const { operation, step, message } = trouble;
    const at = new Date(session.now).toISOString();
    const after = { ...record, version: record.version + 1, trouble: { at, step, message } };
    const event = recordEvent(session, { operation, before: record, after, grantId: grant.id });
    await runtime.store.commit([
      { kind: 'updateRecord', ...indexChanges(type, record, after) },
      { kind: 'addEvent', event },
    ]);
  });
}

/** What the robot noted last, if it was this failure; a function that was killed has noted nothing. */
function lastFailure(grant: Grant, error: string | undefined): string {
  const last = grant.steps.findLast(({ step }) => step !== 'Mail');
  return (
    (last?.outcome === 'failed' && last.message) || (error ? `it failed with ${error}` : 'it did not say why')
  );
}
