import { decideFor, decideView, permits, recordResource } from '../access.ts';
import type { LinkedField, LinkedOperation, LinkedRecordType } from '../apps/published.ts';
import type { Decision } from '../policy/types.ts';
import type { Session } from '../runtime.ts';
import type { RecordAnswer, StoredRecord, Values } from './record.ts';
import { formulasOf, isVisible, recordScope } from './scope.ts';

/**
 * The record as this caller may see it: permitted and visible fields, names for the ids among them, and what they may
 * do next. Undefined when they may not see it at all.
 */
export function answerRecord(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
): RecordAnswer | undefined {
  const view = decideView(session, type, record);
  if (!view.decision) return undefined;
  const values = visibleValues(session, type, record, view.fields);
  const creator = permits(view.fields, 'createdBy') ? record.names[record.createdBy] : undefined;
  return {
    id: record.id,
    app: type.app.id,
    recordType: type.id,
    version: record.version,
    state: record.state,
    stateName: type.states.get(record.state) ?? record.state,
    title: visibleTitle(session, type, record, view.fields),
    values,
    names: { ...namesIn(record, values), ...(creator && { [record.createdBy]: creator }) },
    createdAt: record.createdAt,
    ...(creator && { createdBy: record.createdBy }),
    updatedAt: record.updatedAt,
    ...(record.trouble && session.caller.type === 'user' && { trouble: record.trouble }),
    can: {
      operations: offeredOperations(session, type, record),
      edit: editableFields(session, type, record),
    },
  };
}

function visibleValues(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
  permitted: Decision['fields'],
): Values {
  const scope = recordScope(session, record);
  const computed = formulasOf(session, type, record);
  const values: Values = {};
  for (const field of type.fields.values()) {
    if (!permits(permitted, field.id)) continue;
    if (!isVisible(field, scope)) continue;
    const value = field.formula ? computed(field) : record.values[field.id];
    if (value !== undefined && value !== null) values[field.id] = value;
  }
  return values;
}

/**
 * One field as text, if it holds any and the caller may see it on this record.
 * @param permitted fields of the decision that they may view the record
 */
export function visibleText(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
  permitted: Decision['fields'],
  fieldId: string,
): string | undefined {
  const field = type.fields.get(fieldId);
  if (!field || !permits(permitted, fieldId) || !isVisible(field, recordScope(session, record)))
    return undefined;
  const value = field.formula ? formulasOf(session, type, record)(field) : record.values[field.id];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/**
 * What a record is called before this caller: its title field, if they may see that one, else its type's name.
 * @param permitted as for `visibleText`
 */
export function visibleTitle(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
  permitted: Decision['fields'],
): string {
  const { titleField, name } = type.definition;
  return (titleField && visibleText(session, type, record, permitted, titleField)) ?? name;
}

/** Only names that stand behind an id which the caller can see. */
export function namesIn(record: StoredRecord, values: Values): Record<string, string> {
  const shown = new Set(Object.values(values).filter((value) => typeof value === 'string'));
  return Object.fromEntries(Object.entries(record.names).filter(([id]) => shown.has(id)));
}

/** Operations on an existing record that its state offers and the policy allows. */
export function offeredOperations(session: Session, type: LinkedRecordType, record: StoredRecord) {
  return [...type.operations.values()]
    .filter((operation) => isOffered(operation, record) && isAllowed(session, operation, record))
    .map(({ id, definition }) => ({
      id,
      name: definition.name,
      kind: definition.kind,
      ...(definition.confirm && { confirm: definition.confirm }),
    }));
}

function isOffered({ definition }: LinkedOperation, record: StoredRecord): boolean {
  return (
    definition.kind !== 'add' &&
    definition.kind !== 'view' &&
    (!definition.from || definition.from.includes(record.state))
  );
}

function isAllowed(session: Session, operation: LinkedOperation, record: StoredRecord): boolean {
  return decideFor(session, operation.id, recordResource(operation.recordType, record)).decision;
}

/** What any operation may write that changes values and no state. */
function editableFields(session: Session, type: LinkedRecordType, record: StoredRecord): string[] {
  const edits = [...type.operations.values()].filter(
    (operation) => operation.definition.kind === 'edit' && isOffered(operation, record),
  );
  const fields = edits.flatMap((edit) => writableFields(session, edit, record).map(({ id }) => id));
  return [...new Set(fields)];
}

/** The fields of an operation's form that the caller may write on this record. */
export function writableFields(
  session: Session,
  operation: LinkedOperation,
  record: StoredRecord,
): LinkedField[] {
  const { decision, fields } = decideFor(session, operation.id, recordResource(operation.recordType, record));
  if (!decision) return [];
  return operation.fields.filter((field) => operation.writable.has(field.id) && permits(fields, field.id));
}
