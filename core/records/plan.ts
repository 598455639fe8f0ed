import { decideFor, decideView, permits, recordResource, requireAllowed } from '../access.ts';
import type { LinkedField, LinkedOperation } from '../apps/published.ts';
import type { Change } from '../changes.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { Bypass } from '../policy/types.ts';
import type { Session } from '../runtime.ts';
import { type FieldValue, MAIL_LEFT_OUT, type StoredRecord, type Values } from './record.ts';
import { isVisible, recordScope } from './scope.ts';
import { checkValue, fieldProblem, fromExpression } from './values.ts';
import type { Warning, WarningCode } from './warnings.ts';

/** What an operation will make of a record, decided and checked, not yet written. */
export interface Plan {
  operation: LinkedOperation;
  before?: StoredRecord;
  after: StoredRecord;
  /** Values of runtime-only fields: for mappings, never stored. */
  runtimeValues: Values;
  /** Fields that the caller sent, changed or not. */
  sent?: readonly string[];
  /** The exemption without which the caller could not have done it, or less. */
  exemption?: Bypass;
  /** Warnings that the caller has seen already: of any other it is warned before anything is written. Absent where it is told afterwards. */
  accepts?: readonly WarningCode[];
  warnings?: readonly Warning[];
  /** Changes besides the record's own: principals, credentials, grants, outbox. */
  changes: Change[];
}

export interface PlanInput {
  operation: LinkedOperation;
  before?: StoredRecord;
  values: Values;
  accepts?: readonly WarningCode[] | undefined;
}

/**
 * Decides and checks one operation: may the caller run it, is it offered in this state, are the values acceptable.
 * Follow-ups (tasks, token users) are added by the caller of this function.
 * @throws DaypassError NOT_FOUND, FORBIDDEN, STATE_REFUSED or VALUES_INVALID with a problem per field
 */
export async function planOperation(session: Session, input: PlanInput): Promise<Plan> {
  const { operation, before } = input;
  const type = operation.recordType;
  const draft = before ? touch(session, before) : newRecord(session, operation);
  const { merged, runtimeValues, problems } = mergeValues(operation, draft, input.values);
  const after: StoredRecord = { ...draft, values: merged };
  if (operation.definition.kind === 'add') applyDefaults(session, operation, after);
  if (operation.definition.to) after.state = operation.definition.to;

  const decision = decideFor(session, operation.id, recordResource(type, before ?? after, after));
  requireAllowed(session, operation, before ?? after, decision);

  const permitted = decision.fields;
  for (const field of Object.keys(input.values)) {
    if (type.fields.has(field) && !permits(permitted, field)) {
      problems.set(field, NOT_WRITABLE);
    }
  }
  checkVisibility(session, operation, { after, runtimeValues }, input.values, problems);
  await checkReferences(session, input, after, problems);
  if (problems.size > 0) throw new DaypassError('VALUES_INVALID', undefined, listProblems(problems));
  return {
    operation,
    ...(before && { before }),
    after,
    runtimeValues,
    sent: Object.keys(input.values),
    ...(decision.bypass && { exemption: decision.bypass }),
    ...(input.accepts && { accepts: input.accepts }),
    changes: [],
  };
}

/**
 * Decides again once actions have set values on the record: it is tested as it will be saved.
 * @throws DaypassError as for `planOperation`
 */
export function requireAllowedAsSaved(session: Session, { operation, before, after }: Plan): void {
  const resource = recordResource(operation.recordType, before ?? after, after);
  requireAllowed(session, operation, before ?? after, decideFor(session, operation.id, resource));
}

/** The same words for a field that does not exist and for one that may not be written: nothing is given away. */
const NOT_WRITABLE = 'is not a field that you can write here';

function newRecord(session: Session, operation: LinkedOperation): StoredRecord {
  const { runtime, caller, published } = session;
  const at = new Date(session.now).toISOString();
  const { recordType } = operation;
  return {
    id: runtime.newId(),
    environment: published.environment,
    app: recordType.app.id,
    recordType: recordType.id,
    definitionVersion: 1,
    version: 1,
    state: recordType.definition.initialState,
    values: {},
    names: { [caller.principalId]: caller.name },
    createdAt: at,
    createdBy: caller.principalId,
    updatedAt: at,
    updatedBy: caller.principalId,
    eventCount: 0,
    eventMac: '',
  };
}

function touch(session: Session, before: StoredRecord): StoredRecord {
  const { trouble, ...record } = before;
  const known = session.caller.type === 'user' && trouble?.step === MAIL_LEFT_OUT;
  return {
    ...record,
    ...(trouble && !known && { trouble }),
    version: before.version + 1,
    names: { ...before.names },
    updatedAt: new Date(session.now).toISOString(),
    updatedBy: session.caller.principalId,
  };
}

function mergeValues(operation: LinkedOperation, draft: StoredRecord, input: Values) {
  const merged: Values = { ...draft.values };
  const runtimeValues: Values = {};
  const problems = new Map<string, string>();
  for (const [id, value] of Object.entries(input)) {
    const field = operation.recordType.fields.get(id);
    if (!field || !operation.writable.has(id)) {
      problems.set(id, field && !field.writable ? 'is read-only' : NOT_WRITABLE);
      continue;
    }
    const checked = checkValue(field.definition, value);
    if ('problem' in checked) problems.set(id, checked.problem);
    else (field.stored ? merged : runtimeValues)[id] = checked.value;
  }
  return { merged, runtimeValues, problems };
}

/** Calculated defaults fill what was not sent; they see each other in the order of the fields. */
function applyDefaults(session: Session, operation: LinkedOperation, record: StoredRecord): void {
  for (const field of operation.recordType.fields.values()) {
    if (!field.default || !field.stored || record.values[field.id] != null) continue;
    const result = field.default(recordScope(session, record));
    if (isUnevaluable(result)) continue;
    const checked = checkValue(field.definition, fromExpression(field.definition, result as FieldValue));
    if ('value' in checked) record.values[field.id] = checked.value;
  }
}

/** Hidden fields take no value; visible required ones need one. */
function checkVisibility(
  session: Session,
  operation: LinkedOperation,
  { after, runtimeValues }: Pick<Plan, 'after' | 'runtimeValues'>,
  input: Values,
  problems: Map<string, string>,
): void {
  const scope = { ...recordScope(session, after), record: { ...after.values, ...runtimeValues } };
  for (const field of operation.fields) {
    const visible = isVisible(field, scope);
    const sent = input[field.id] != null && input[field.id] !== '';
    if (!visible && sent) {
      if (!problems.has(field.id)) problems.set(field.id, 'is hidden with these values: leave it out');
      delete after.values[field.id];
      delete runtimeValues[field.id];
    }
    if (visible && isMissing(field, operation, after, runtimeValues) && !problems.has(field.id))
      problems.set(field.id, 'is required');
  }
}

function isMissing(
  field: LinkedField,
  operation: LinkedOperation,
  record: StoredRecord,
  runtimeValues: Values,
): boolean {
  if (!field.definition.required || !operation.writable.has(field.id)) return false;
  // What is not stored can only be asked for anew; where a record exists, leaving it out changes nothing.
  if (!field.stored) return operation.definition.kind === 'add' && runtimeValues[field.id] == null;
  return record.values[field.id] == null;
}

/** Holders of passes and people without a credential are told neither who works here nor which roles there are. */
export function isOfTheHouse({ caller }: Session): boolean {
  return caller.type !== 'tokenUser' && caller.type !== 'anonymous';
}

/**
 * Users must exist; their names are kept beside the ids, so that a record stays readable when they are gone. Whoever is
 * not of the house names themselves, or who is there already before their eyes: an id that they guess is nobody's.
 */
async function checkReferences(
  session: Session,
  { operation, before, values }: PlanInput,
  after: StoredRecord,
  problems: Map<string, string>,
): Promise<void> {
  const type = operation.recordType;
  const named = [...type.fields.values()].filter(
    (field) =>
      field.definition.type === 'user' && typeof after.values[field.id] === 'string' && field.id in values,
  );
  const mayName = (field: LinkedField, id: string) =>
    isOfTheHouse(session) ||
    id === session.caller.principalId ||
    (before?.values[field.id] === id && permits(decideView(session, type, before).fields, field.id));
  await Promise.all(
    named.map(async (field) => {
      const id = after.values[field.id] as string;
      const principal = mayName(field, id) ? await session.runtime.store.readPrincipal(id) : undefined;
      if (principal?.type === 'user' || principal?.type === 'tokenUser') after.names[id] = principal.name;
      else problems.set(field.id, 'names somebody who does not exist');
    }),
  );
}

function listProblems(problems: Map<string, string>): Problem[] {
  return [...problems].map(([field, message]) => fieldProblem(field, message));
}
