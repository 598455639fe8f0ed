import { decideFor, decideView, permits, recordResource, requireAllowed } from '../access.ts';
import type { LinkedField, LinkedOperation, LinkedRecordType } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import { fillsIn, issuingTasks } from '../grants/filled-in.ts';
import type { Session } from '../runtime.ts';
import { visibleTitle, writableFields } from './answer.ts';
import { accountFields, isUsersApp } from './live-accounts.ts';
import { findOperation, findRecord, findRecordType } from './operation.ts';
import { isOfTheHouse } from './plan.ts';
import type { FieldValue, FormAnswer, FormField, StoredRecord } from './record.ts';
import { recordScope } from './scope.ts';
import { fromExpression } from './values.ts';
import { combinationsOf, visibilityOf } from './visibility.ts';

export interface FormRequest {
  app: string;
  recordType: string;
  operation: string;
  recordId?: string;
}

/**
 * An operation's form for this caller: the fields that they may write, with the values to start from. Of what a record
 * holds it tells no more than the record itself: a field that may be written and not viewed comes empty and says so.
 * @throws DaypassError NOT_FOUND, FORBIDDEN, STATE_REFUSED
 */
export async function readForm(session: Session, request: FormRequest): Promise<FormAnswer> {
  const type = findRecordType(session, request.app, request.recordType);
  const adding = request.recordId === undefined;
  const operation = findOperation(type, request.operation, (kind) =>
    adding ? kind === 'add' : kind !== 'add' && kind !== 'view',
  );
  const found = request.recordId === undefined ? undefined : await findRecord(session, request.recordId);
  if (found && found.type !== type) throw new DaypassError('NOT_FOUND');
  const record = found?.record ?? emptyRecord(session, operation);
  requireAllowed(session, operation, record, decideFor(session, operation.id, recordResource(type, record)));
  const fields = writableFields(session, operation, record);
  // There is nothing to hide in what is not there yet.
  const viewable = found ? decideView(session, type, record).fields : '*';
  const users =
    isOfTheHouse(session) && fields.some((field) => field.definition.type === 'user')
      ? await session.runtime.store.listUsers()
      : [];
  const followed = await followedUsers(session, fields, type, record);
  const isHidden = ({ id, definition: { ofUser } }: LinkedField) =>
    ![id, ...(ofUser ? [ofUser.field] : [])].every((name) => permits(viewable, name));
  const filledIn = (field: LinkedField): Pick<FormField, 'filledIn'> => {
    const issuing = issuingTasks(operation).find(({ task }) => fillsIn(task, field));
    if (!issuing) return {};
    const { when, source } = issuing;
    const holds = (after: StoredRecord) => when?.(recordScope(session, after)) ?? true;
    const combinations = combinationsOf({ source, holds }, fields, { record, type, viewable });
    return { filledIn: combinations ? { when: combinations } : {} };
  };
  const { id, definition } = operation;
  return {
    app: type.app.id,
    appName: type.app.definition.name,
    recordType: type.id,
    operation: {
      id,
      name: definition.name,
      kind: definition.kind,
      ...(definition.confirm && { confirm: definition.confirm }),
    },
    ...(found && {
      record: {
        id: record.id,
        version: record.version,
        title: visibleTitle(session, type, record, viewable),
      },
    }),
    fields: fields.map((field) => {
      const visibleWhen = visibilityOf(session, field, fields, { record, type, viewable });
      return {
        ...(isHidden(field)
          ? hiddenField(session, field, users)
          : formField(session, field, record, { users, followed })),
        ...(visibleWhen && { visibleWhen }),
        ...filledIn(field),
      };
    }),
  };
}

type Users = readonly { id: string; name: string }[];

function formField(
  session: Session,
  field: LinkedField,
  record: StoredRecord,
  { users, followed }: { users: Users; followed: Followed },
): FormField {
  const value = followed(field) ?? record.values[field.id] ?? presetOf(session, field, record);
  return { ...described(field, choicesOf(session, field, record, users)), value };
}

/** Whether the record holds anything there is not told either, so it is required of nobody before it is sent. */
function hiddenField(session: Session, field: LinkedField, users: Users): FormField {
  const choices = choicesOf(session, field, undefined, users);
  return { ...described(field, choices), required: false, hidden: true, value: null };
}

function described(field: LinkedField, choices: FormField['choices']): Omit<FormField, 'value'> {
  const { definition } = field;
  return {
    id: field.id,
    label: definition.label,
    ...(definition.help && { help: definition.help }),
    type: definition.type,
    required: definition.required ?? false,
    readOnly: false,
    ...(definition.visibleIf && { visibleIf: definition.visibleIf }),
    ...(choices && { choices }),
    ...(definition.maxLength && { maxLength: definition.maxLength }),
  };
}

/** A default is for records that are added: on others it would be computed from what the caller may not view. */
function presetOf(session: Session, field: LinkedField, record: StoredRecord): FieldValue {
  if (record.version > 0) return null;
  const preset = field.default?.(recordScope(session, record));
  if (preset === undefined || isUnevaluable(preset)) return null;
  return fromExpression(field.definition, preset as FieldValue) ?? null;
}

type Followed = (field: LinkedField) => FieldValue | undefined;

/**
 * Fields that start from what is known of a user: runtime-only ones of the user in another field, and in a users app all
 * that is the account's own. Names are changed, not typed again, and nobody saves what is out of date.
 */
async function followedUsers(
  session: Session,
  fields: readonly LinkedField[],
  type: LinkedRecordType,
  record: StoredRecord,
): Promise<Followed> {
  const { store } = session.runtime;
  const own = isUsersApp(type) ? record.values.user : undefined;
  const userOf = ({ definition }: LinkedField) => {
    const id = definition.ofUser && record.values[definition.ofUser.field];
    return typeof id === 'string' ? id : undefined;
  };
  const ids = new Set(fields.flatMap((field) => userOf(field) ?? []));
  if (typeof own === 'string') ids.add(own);
  const found = await Promise.all([...ids].map((id) => store.readPrincipal(id)));
  const users = new Map(found.flatMap((user) => (user?.type === 'user' ? [[user.id, user] as const] : [])));
  const account = typeof own === 'string' ? users.get(own) : undefined;
  const ofAccount = account && accountFields(account);
  return (field) => {
    const { ofUser } = field.definition;
    return ofUser ? users.get(userOf(field) ?? '')?.[ofUser.property] : ofAccount?.[field.id];
  };
}

function choicesOf(
  session: Session,
  field: LinkedField,
  record: StoredRecord | undefined,
  users: Users,
): { value: string; label: string }[] | undefined {
  const { definition } = field;
  if (definition.choices) return definition.choices.map((choice) => ({ value: choice, label: choice }));
  if (definition.type === 'roles') {
    const { roles } = session.published.settings;
    const present = record?.values[field.id];
    const held = Array.isArray(present) ? present : [];
    const named = definition.rolesFrom ?? (isOfTheHouse(session) ? undefined : held);
    const offered = named ? roles.filter((role) => named.includes(role.id)) : roles;
    return offered.map((role) => ({ value: role.id, label: role.name }));
  }
  if (definition.type !== 'user') return undefined;
  const present = record?.values[field.id];
  const listed = users.map((user) => ({ value: user.id, label: user.name }));
  // Who is not in the directory, or not listed to this caller, stays selectable all the same.
  if (typeof present === 'string' && !users.some((user) => user.id === present)) {
    listed.unshift({ value: present, label: record?.names[present] ?? 'Somebody whose name is not kept' });
  }
  return listed;
}

function emptyRecord(session: Session, operation: LinkedOperation): StoredRecord {
  const at = new Date(session.now).toISOString();
  const { recordType } = operation;
  return {
    id: '',
    environment: session.published.environment,
    app: recordType.app.id,
    recordType: recordType.id,
    definitionVersion: 0,
    version: 0,
    state: recordType.definition.initialState,
    values: {},
    names: {},
    createdAt: at,
    createdBy: session.caller.principalId,
    updatedAt: at,
    updatedBy: session.caller.principalId,
    eventCount: 0,
    eventMac: '',
  };
}
