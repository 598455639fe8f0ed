import type { Fields, Scope, ValueType } from '../expressions/types.ts';
import type { AppDefinition, Field, FieldType, RecordType } from './definition.ts';

/** What a field's value is in expressions. References by themselves are ids; a token is the id of a credential. */
const VALUE_TYPE: Readonly<Record<FieldType, ValueType>> = {
  string: 'string',
  text: 'string',
  number: 'double',
  boolean: 'bool',
  date: 'timestamp',
  dateTime: 'timestamp',
  email: 'string',
  url: 'string',
  phone: 'string',
  choice: 'string',
  choices: 'list<string>',
  geoPoint: 'map',
  signature: 'string',
  reference: 'string',
  user: 'string',
  roles: 'list<string>',
  token: 'string',
  formula: 'dyn',
};

export function valueTypeOf(type: FieldType): ValueType {
  return VALUE_TYPE[type];
}

/** Finds a record type that a reference, a task or a view names; undefined where it does not exist. */
export type FindRecordType = (app: string, recordType?: string) => RecordType | undefined;

/** Looks through several apps; an app with one record type needs no further name. */
export function recordTypesOf(apps: ReadonlyMap<string, AppDefinition>): FindRecordType {
  return (app, recordType) => {
    const types = apps.get(app)?.recordTypes ?? [];
    if (recordType === undefined) return types.length === 1 ? types[0] : undefined;
    return types.find((type) => type.id === recordType);
  };
}

/**
 * The variables that a record type's fields are in expressions.
 * @param formulaTypes types of those formulas that are known; others are left to the evaluator
 */
export function fieldsOf(
  type: RecordType,
  find: FindRecordType,
  formulaTypes: ReadonlyMap<string, ValueType>,
): Fields {
  return Object.fromEntries(
    type.fields.map((field) => {
      const target = field.type === 'reference' && field.target;
      const referenced = target ? find(target.app, target.recordType) : undefined;
      if (referenced) return [field.id, { references: plainFields(referenced) }];
      return [field.id, formulaTypes.get(field.id) ?? valueTypeOf(field.type)];
    }),
  );
}

/** Fields that can be read through a reference: stored ones, and never a token. */
function plainFields(type: RecordType): Fields {
  return Object.fromEntries(
    type.fields
      .filter((field) => isStored(field) && field.type !== 'token')
      .map((field) => [field.id, valueTypeOf(field.type)]),
  );
}

/** Whether a record keeps the field's value. */
export function isStored(field: Field): boolean {
  return field.type !== 'formula' && field.runtimeOnly !== true;
}

/** Whether a form or request may write the field at all. */
export function isWritable(field: Field): boolean {
  return field.type !== 'formula' && field.type !== 'token' && field.readOnly !== true;
}

/** The kinds of place where an expression about one record stands, by what it can name. */
export interface RecordScopes {
  /** Conditions and defaults on forms, permissions, tasks' `when`: record, caller, site. */
  readonly condition: Scope;
  /** Formulas: the same for every reader, so that nobody learns from them what they may not see. */
  readonly formula: Scope;
  /** Mappings and mails run after the request, as the robot: there is no caller. */
  readonly robot: Scope;
}

export function recordScopes(record: Fields): RecordScopes {
  return { condition: { record }, formula: { record, me: {} }, robot: { record, me: {} } };
}

/** The field ids that an expression reads from a root, e.g. `record`; what every record has is named as well. */
export function namesRead(
  reads: readonly string[],
  root: 'record' | 'result' | 'source' | 'params',
): string[] {
  const names = reads.map((path) => path.split('.')).filter((parts) => parts[0] === root);
  return [...new Set(names.map((parts) => parts[1] as string))];
}
