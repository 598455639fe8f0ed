import { granteeOf } from '../lists/openers.ts';
import type { AppDefinition, Operation, Permission, RecordType } from './definition.ts';
import { isWritable } from './scope.ts';

/** Fields that somebody may see or write; `*` is every one that there is. */
type Fields = '*' | readonly string[];

export const typeOf = ({ recordTypes }: AppDefinition, type: string) =>
  recordTypes.find(({ id }) => id === type);

/** The fields that a grantee's permissions let them view. */
export function viewable(
  type: RecordType,
  allows: readonly Permission[],
  grantee: string,
): ReadonlySet<string> | '*' {
  const viewing = new Set(type.operations.filter(({ kind }) => kind === 'view').map(({ id }) => id));
  const sets = allows
    .filter((permission) => granteeOf(permission) === grantee)
    .flatMap(({ operations = [], fields = {} }) =>
      operations.filter((id) => viewing.has(id)).map((id) => fields[id] ?? ('*' as const)),
    );
  return sets.includes('*') ? '*' : new Set((sets as string[][]).flat());
}

/** What permissions and services say about an operation: the fields that it may write; a denial lets it write none. */
export function grantsOf(app: AppDefinition, type: string, operation: string): Fields[] {
  const permissions = app.permissions
    .filter(({ recordType, operations }) => recordType === type && operations?.includes(operation))
    .map(({ effect, fields }): Fields => (effect === 'deny' ? [] : (fields?.[operation] ?? '*')));
  const services = (app.services ?? [])
    .filter((service) => service.recordType === type && service.operation === operation)
    .map(({ fields }): Fields => fields ?? '*');
  return [...permissions, ...services];
}

/** Which fields of a type the permitted operations write. */
export function writes(app: AppDefinition, id: string): { operation: string; field: string }[] {
  const type = typeOf(app, id);
  return (type?.operations ?? []).flatMap((operation) => {
    const grants = grantsOf(app, id, operation.id);
    return taken(type as RecordType, operation)
      .filter((field) => grants.some((fields) => fields === '*' || fields.includes(field)))
      .map((field) => ({ operation: operation.id, field }));
  });
}

function taken({ fields }: RecordType, operation: Operation): string[] {
  const writesAll = operation.kind === 'add' || operation.kind === 'edit';
  const writable = fields.filter(isWritable).map(({ id }) => id);
  return operation.fields
    ? writable.filter((id) => operation.fields?.includes(id))
    : writesAll
      ? writable
      : [];
}
