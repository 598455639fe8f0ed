import { createHash } from 'node:crypto';
import { decideView } from '../access.ts';
import type { LinkedOperation, LinkedRecordType } from '../apps/published.ts';
import type { Change, IdempotentRequest } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { canonicalJson } from '../journal/event.ts';
import type { Session } from '../runtime.ts';
import { answerRecord } from './answer.ts';
import { type Plan, planOperation } from './plan.ts';
import type { RecordAnswer, StoredRecord, Values } from './record.ts';
import { nameReferences } from './references.ts';
import { answerWarning, type WarningAnswer, type WarningCode } from './warnings.ts';
import { changesOf } from './write.ts';

/** How often an operation without If-Match is planned anew because somebody else wrote in between. */
const PLANS = 4;

const MOVED: ReadonlySet<string> = new Set(['VERSION_MISMATCH', 'CONFLICT', 'EMAIL_TAKEN']);

export interface AddRequest {
  app: string;
  recordType: string;
  operation: string;
  values: Values;
  idempotencyKey?: string;
  /** Warnings seen already, for a caller who wants to be warned before anything is written. */
  accepts?: readonly WarningCode[];
}

export interface RunRequest {
  recordId: string;
  operation: string;
  values: Values;
  /** From `If-Match`; without it the operation applies to whatever version there is. */
  expectedVersion?: number;
  idempotencyKey?: string;
  /** As for `AddRequest`. */
  accepts?: readonly WarningCode[];
  /** Environments that the caller names to confirm that what is deleted here ends there, too. */
  confirm?: string[];
}

export interface OperationAnswer {
  operation: { id: string; name: string };
  /** Absent when it was deleted, or when the caller may no longer see it. */
  record?: RecordAnswer;
  recordId: string;
  deleted: boolean;
  /** What the caller should know about values that were accepted. */
  warnings?: WarningAnswer[];
}

/**
 * Runs an add operation.
 * @throws DaypassError NOT_FOUND, FORBIDDEN, VALUES_INVALID, IDEMPOTENCY_MISMATCH, PASS_ENDED, UNAVAILABLE
 * @throws Warned where the caller wants to be warned first
 */
export async function addRecord(session: Session, request: AddRequest): Promise<OperationAnswer> {
  try {
    return await runAdd(session, request);
  } catch (error) {
    // The same words whether app, record type or operation do not exist or are not the caller's.
    if (error instanceof DaypassError && error.code === 'NOT_FOUND')
      throw new DaypassError('NOT_FOUND', undefined, [NOTHING_TO_ADD]);
    throw error;
  }
}

const NOTHING_TO_ADD = { path: '/operation', message: 'names nothing that you can add here' };

async function runAdd(session: Session, request: AddRequest): Promise<OperationAnswer> {
  const type = findRecordType(session, request.app, request.recordType);
  const operation = findOperation(type, request.operation, (kind) => kind === 'add');
  return once(session, request, { type }, async (remember) => {
    for (let planned = 1; ; planned++) {
      const { values, accepts } = request;
      const plan = await planOperation(session, { operation, values, accepts });
      const changes = await changesOf(session, plan);
      const result = resultOf(plan);
      try {
        await session.runtime.store.commit([...changes, ...remember(result)]);
        return answer(session, operation, plan.after, result);
      } catch (error) {
        // Its actions may have met somebody else's: an account that is accepted now, or written in between.
        const moved = error instanceof DaypassError && MOVED.has(error.code);
        if (!moved || operation.actions.length === 0 || planned === PLANS) throw error;
      }
    }
  });
}

/**
 * Runs an operation on an existing record: edit, delete or a transition.
 * @throws DaypassError as `addRecord`, and STATE_REFUSED, VERSION_MISMATCH
 */
export async function runOperation(session: Session, request: RunRequest): Promise<OperationAnswer> {
  const first = await findRecord(session, request.recordId);
  const operation = findOperation(first.type, request.operation, (kind) => kind !== 'add' && kind !== 'view');
  return once(session, request, first, async (remember) => {
    for (let planned = 1; ; planned++) {
      const { record } = planned === 1 ? first : await findRecord(session, request.recordId);
      const { values, accepts } = request;
      const plan = await planOperation(session, { operation, before: record, values, accepts });
      if (request.expectedVersion !== undefined && request.expectedVersion !== record.version) {
        throw new DaypassError('VERSION_MISMATCH', `the record is at version ${record.version}`);
      }
      try {
        const changes = await changesOf(session, plan, request.confirm);
        const result = resultOf(plan);
        await session.runtime.store.commit([...changes, ...remember(result)]);
        return answer(session, operation, plan.after, result);
      } catch (error) {
        const moved =
          error instanceof DaypassError && (error.code === 'VERSION_MISMATCH' || error.code === 'CONFLICT');
        if (!moved || request.expectedVersion !== undefined || planned === PLANS) throw error;
      }
    }
  });
}

/** Reads a record. @throws DaypassError NOT_FOUND when it is absent or out of the caller's sight */
export async function readRecord(session: Session, recordId: string): Promise<RecordAnswer> {
  const { record, type } = await findRecord(session, recordId);
  const answered = answerRecord(session, type, record);
  if (!answered) throw new DaypassError('NOT_FOUND');
  const [named = answered] = await nameReferences(session, [answered]);
  return named;
}

/** @throws DaypassError NOT_FOUND */
export async function findRecord(
  session: Session,
  id: string,
): Promise<{ record: StoredRecord; type: LinkedRecordType }> {
  const record = await session.runtime.store.readRecord(session.published.environment, id);
  const type = record && session.published.site.recordType(record.app, record.recordType);
  if (!record || !type) throw new DaypassError('NOT_FOUND');
  return { record, type };
}

/** @throws DaypassError NOT_FOUND */
export function findRecordType(session: Session, app: string, recordType: string): LinkedRecordType {
  const type = session.published.site.recordType(app, recordType);
  if (!type) throw new DaypassError('NOT_FOUND');
  return type;
}

/** @throws DaypassError NOT_FOUND */
export function findOperation(
  type: LinkedRecordType,
  id: string,
  accepts: (kind: string) => boolean,
): LinkedOperation {
  const operation = type.operations.get(id);
  if (!operation || !accepts(operation.definition.kind)) throw new DaypassError('NOT_FOUND');
  return operation;
}

function answer(
  session: Session,
  operation: LinkedOperation,
  record: StoredRecord,
  { deleted = false, warnings = [] }: RequestResult,
): OperationAnswer {
  const answered = deleted ? undefined : answerRecord(session, operation.recordType, record);
  return {
    operation: { id: operation.id, name: operation.definition.name },
    ...(answered && { record: answered }),
    recordId: record.id,
    deleted,
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  };
}

type RequestResult = IdempotentRequest['result'];

/** What is known of it should the same request come again. */
function resultOf({ after, operation, warnings = [] }: Plan): RequestResult {
  return {
    recordId: after.id,
    ...(operation.definition.kind === 'delete' && { deleted: true }),
    ...(warnings.length > 0 && { warnings: warnings.map(answerWarning) }),
  };
}

type Remember = (result: RequestResult) => Change[];

/**
 * With an Idempotency-Key, runs at most once: the key is written in the same transaction, and a repetition answers from
 * what is there now.
 * @param about the record type, and the record if it is on one
 * @throws DaypassError IDEMPOTENCY_MISMATCH when the key was used for something else; NOT_FOUND instead for a record out
 * of sight, of which no key may tell that it is there
 */
async function once(
  session: Session,
  request: { idempotencyKey?: string; operation: string; values: Values },
  { type, record: on }: { type: LinkedRecordType; record?: StoredRecord },
  run: (remember: Remember) => Promise<OperationAnswer>,
): Promise<OperationAnswer> {
  const { idempotencyKey: key, ...content } = request;
  if (!key || session.caller.type === 'anonymous') return run(() => []);
  const { store } = session.runtime;
  const { principalId } = session.caller;
  const { environment } = session.published;
  const fingerprint = createHash('sha256')
    .update(canonicalJson({ environment, ...content }))
    .digest('base64url');
  const replay = async (): Promise<OperationAnswer | undefined> => {
    const known = await store.readRequest(principalId, key, session.now);
    if (!known) return undefined;
    if (known.fingerprint !== fingerprint) {
      const hidden = on !== undefined && !decideView(session, type, on).decision;
      throw new DaypassError(hidden ? 'NOT_FOUND' : 'IDEMPOTENCY_MISMATCH');
    }
    const { recordId, deleted = false } = known.result;
    const operation = type.operations.get(request.operation) as LinkedOperation;
    const record = deleted ? undefined : await store.readRecord(environment, recordId);
    return record
      ? answer(session, operation, record, known.result)
      : { operation: { id: operation.id, name: operation.definition.name }, recordId, deleted: true };
  };
  const before = await replay();
  if (before) return before;
  try {
    return await run((result) => [
      {
        kind: 'addRequest',
        request: {
          principalId,
          key,
          fingerprint,
          result,
          at: session.now,
        },
      },
    ]);
  } catch (error) {
    // The same request sent twice at once: the other one may have been first.
    const other = error instanceof DaypassError ? await replay() : undefined;
    if (other) return other;
    throw error;
  }
}
