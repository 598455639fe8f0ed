import type { LinkedRecordType } from '../../core/apps/published.ts';
import type { FieldValue, RecordAnswer, ViewPage } from '../../core/records/record.ts';
import type { Session } from '../../core/runtime.ts';
import type { DueDate } from './pages/due.tsx';
import type { ShownRecord } from './pages/record.tsx';
import type { ListedRecord } from './pages/record-list.tsx';
import type { ShownField } from './pages/value.tsx';

/** The definition behind an answer: labels, order, and which field says when the job is due. */
export function typeOf(session: Session, answer: Pick<RecordAnswer, 'app' | 'recordType'>): LinkedRecordType {
  return session.published.site.recordType(answer.app, answer.recordType) as LinkedRecordType;
}

/**
 * A record's page: its fields in the order of the definition, without the two that stand above them.
 * @param query what the addresses of its forms carry along
 */
export function shownRecord(session: Session, answer: RecordAnswer, base: string, query = ''): ShownRecord {
  const type = typeOf(session, answer);
  const { titleField, dueDateField, name } = type.definition;
  const due = dueOf(type, answer);
  const fields = [...type.fields.values()]
    .filter(({ id }) => id in answer.values && id !== titleField && !(due && id === dueDateField))
    .map(({ id }) => shownField(session, type, id, answer, base));
  return {
    typeName: name,
    title: answer.title === name ? '' : answer.title,
    stateName: answer.stateName,
    ...(due && { due }),
    fields,
    operations: answer.can.operations
      .filter(({ kind }) => kind !== 'export')
      .map(({ id, name: called, kind }) => ({
        id,
        name: called,
        kind,
        href: `${base}/records/${answer.id}/operations/${id}${query}`,
      })),
    ...(answer.trouble && { trouble: answer.trouble }),
  };
}

/** A record in a list of cards. */
export function listedRecord(
  session: Session,
  page: ViewPage,
  answer: RecordAnswer,
  base: string,
): ListedRecord {
  const type = typeOf(session, answer);
  const { titleField, dueDateField } = type.definition;
  const due = dueOf(type, answer);
  return {
    href: `${base}/records/${answer.id}`,
    title: answer.title,
    ...(due && { due }),
    fields: page.columns
      .filter(({ id }) => id !== titleField && !(due && id === dueDateField))
      .map((column) => cell(session, column, answer, base)),
  };
}

/** One cell of a view: a field, or a property that every record has. */
export function cell(
  session: Session,
  column: ViewPage['columns'][number],
  answer: RecordAnswer,
  base: string,
): ShownField {
  const { id, label, type, displayText } = column;
  const own: Record<string, FieldValue> = {
    state: answer.stateName,
    createdAt: answer.createdAt,
    createdBy: answer.createdBy ?? null,
    updatedAt: answer.updatedAt,
  };
  const linked = typeOf(session, answer);
  if (linked.fields.has(id)) return shownField(session, linked, id, answer, base);
  const { names } = answer;
  return { id, label, type, value: own[id] ?? null, names, ...(displayText && { displayText }) };
}

/** A field with what its ids stand for. A reference leads to its record where that has a name for the reader. */
export function shownField(
  session: Session,
  type: LinkedRecordType,
  id: string,
  { values, names }: Pick<RecordAnswer, 'values' | 'names'>,
  base: string,
): ShownField {
  const definition = type.fields.get(id)?.definition;
  const value = values[id] ?? null;
  const roles = definition?.type === 'roles' ? session.published.settings.roles : [];
  return {
    id,
    label: definition?.label ?? id,
    type: definition?.type ?? 'string',
    ...(definition?.displayText && { displayText: definition.displayText }),
    value,
    ...(definition?.type === 'reference' &&
      names[String(value)] !== undefined && { href: `${base}/records/${value}` }),
    names: { ...names, ...Object.fromEntries(roles.map((role) => [role.id, role.name])) },
  };
}

/** Something is to be done by then as long as a step leads on from the record's state. */
function dueOf(type: LinkedRecordType, answer: RecordAnswer): DueDate | undefined {
  const { dueDateField } = type.definition;
  const date = dueDateField ? answer.values[dueDateField] : undefined;
  const label = dueDateField && type.fields.get(dueDateField)?.definition.label;
  const open = [...type.operations.values()].some(
    ({ definition: { kind, from } }) => kind === 'transition' && from?.includes(answer.state),
  );
  return typeof date === 'string' && label ? { label, date, open } : undefined;
}
