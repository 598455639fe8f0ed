import { RECORD_PROPERTIES } from '../policy/actions.ts';
import { SYSTEM_ROLES } from '../policy/built-in.ts';
import { savesRecord } from '../policy/document.ts';
import { type CheckContext, type CheckedType, reportUnknown, requireKnown } from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import type { Operation, Permission } from './definition.ts';
import type { Path } from './problems.ts';
import { isWritable } from './scope.ts';

/** Checks that permissions name what exists, and grant no more than an operation takes. */
export function checkPermissions(context: CheckContext): void {
  for (const [at, permission] of context.app.permissions.entries()) {
    const path = ['permissions', at];
    const roles = [...context.site.roles, ...SYSTEM_ROLES];
    if (permission.role !== undefined && !roles.includes(permission.role)) {
      reportUnknown(context, [...path, 'role'], 'role', permission.role, roles);
    }
    const type = context.recordTypes.get(permission.recordType);
    if (type) checkPermission(context, type, permission, path);
    else {
      const known = context.recordTypes.keys();
      reportUnknown(context, [...path, 'recordType'], 'record type', permission.recordType, known);
    }
  }
}

function checkPermission(context: CheckContext, type: CheckedType, permission: Permission, path: Path): void {
  const { operations = [], views = [], fields = {}, when, check } = permission;
  const known = new Map(type.definition.operations.map((operation) => [operation.id, operation]));
  requireKnown(
    context,
    [...path, 'operations'],
    operations,
    known.keys(),
    `operation of ${type.definition.name}`,
  );
  const viewIds = type.definition.views.map((view) => view.id);
  requireKnown(context, [...path, 'views'], views, viewIds, `view of ${type.definition.name}`);
  if (operations.length + views.length === 0) {
    const says = permission.effect === 'deny' ? 'forbids' : 'permits';
    context.report(path, `this ${says} nothing; add "operations" or "views", or remove it`);
  }
  if (permission.effect === 'deny') checkDenial(context, permission, path);
  for (const [id, set] of Object.entries(fields)) {
    const place = [...path, 'fields', id];
    const operation = known.get(id);
    if (!operation) {
      reportUnknown(context, place, `operation of ${type.definition.name}`, id, known.keys());
    } else if (!operations.includes(id)) {
      context.report(
        place,
        `"${id}" is not among the operations of this permission; add it there, or remove this`,
      );
    } else if (set !== '*') checkFieldSet(context, type, operation, set, place);
  }
  if (check !== undefined) requireSaving(context, type, permission, path);
  for (const [part, source] of Object.entries({ when, check })) {
    if (source === undefined) continue;
    const checked = takeExpression(context, [...path, part], source, type.scopes.condition, 'bool');
    requireReadable(context, [...path, part], checked, type);
  }
}

/** What is only looked at, or deleted, has nothing to check when it is saved: nobody should believe that it has. */
function requireSaving(
  context: CheckContext,
  { definition }: CheckedType,
  { operations = [], views = [] }: Permission,
  path: Path,
): void {
  const others = definition.operations.filter(
    ({ id, kind }) => operations.includes(id) && !savesRecord(kind),
  );
  const named = [...others.map(({ id }) => id), ...views].map((id) => `"${id}"`);
  if (named.length === 0) return;
  const place = [...path, 'check'];
  context.report(
    place,
    `${named.join(', ')} saves no record; name it in a permission of its own, without "check"`,
  );
}

/** A denial that says less than it seems to would leave open, or shut, what nobody expects. */
function checkDenial(context: CheckContext, { fields, views = [], when }: Permission, path: Path): void {
  if (fields !== undefined) {
    context.report([...path, 'fields'], 'what is denied is denied whole; remove the fields');
  }
  if (views.length > 0 && when !== undefined) {
    const why = 'a list is opened or not, whatever is on the records';
    context.report([...path, 'views'], `${why}; deny it in a permission of its own, without "when"`);
  }
}

function checkFieldSet(
  context: CheckContext,
  type: CheckedType,
  operation: Operation,
  set: readonly string[],
  path: Path,
): void {
  if (set.length === 0) context.report(path, 'this list is empty; name a field, or write "*" for all');
  const known = [...type.fields.keys(), ...(operation.kind === 'view' ? RECORD_PROPERTIES : [])];
  requireKnown(context, path, set, known, 'field');
  if (operation.kind !== 'add' && operation.kind !== 'edit' && operation.kind !== 'transition') return;
  for (const [at, id] of set.entries()) {
    const field = type.fields.get(id);
    // Read-only fields can be granted: a robot's returns write them.
    if (!field || isWritable(field) || (field.readOnly && field.type !== 'formula' && !field.builtIn))
      continue;
    context.report([...path, at], `"${id}" is never written; remove it`);
  }
}
