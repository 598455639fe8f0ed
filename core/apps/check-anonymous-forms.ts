import { NON_AUTHENTICATED } from '../policy/built-in.ts';
import type { CheckContext, CheckedType } from './check-context.ts';
import type { Operation, Permission } from './definition.ts';
import type { Path } from './problems.ts';
import { isWritable } from './scope.ts';

/**
 * Refuses forms for anybody that would list the site's users or roles: such a field offers all of them to choose from.
 * Comes after permissions were checked.
 */
export function checkAnonymousForms(context: CheckContext): void {
  for (const [at, permission] of context.app.permissions.entries()) {
    const { role, effect, recordType, operations = [] } = permission;
    const type = context.recordTypes.get(recordType);
    if (role !== NON_AUTHENTICATED || effect === 'deny' || !type) continue;
    for (const [index, id] of operations.entries()) {
      const operation = type.definition.operations.find((each) => each.id === id);
      if (operation)
        checkForm(context, type, operation, permission, ['permissions', at, 'operations', index]);
    }
  }
}

function checkForm(
  context: CheckContext,
  type: CheckedType,
  operation: Operation,
  permission: Permission,
  path: Path,
): void {
  const permitted = permission.fields?.[operation.id] ?? '*';
  for (const id of takenBy(type, operation)) {
    const field = type.fields.get(id);
    if (!field || !isWritable(field) || (permitted !== '*' && !permitted.includes(id))) continue;
    const otherwise = `leave it out of the form or of this permission's "fields", or give "${operation.id}" to AuthenticatedUser`;
    if (field.type === 'user') {
      context.report(
        path,
        `anybody could read the names of all users from "${id}" on this form; ${otherwise}`,
      );
    }
    if (field.type === 'roles' && !field.rolesFrom) {
      context.report(
        path,
        `anybody could read the names of all roles from "${id}" on this form; say with "rolesFrom" which may be chosen, ${otherwise}`,
      );
    }
  }
}

/** The fields of an operation's form; those that add or edit take all unless they say otherwise. */
function takenBy({ fields }: CheckedType, { kind, fields: form }: Operation): readonly string[] {
  return form ?? (kind === 'add' || kind === 'edit' ? [...fields.keys()] : []);
}
