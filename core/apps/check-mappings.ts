import type { CheckedExpression, Scope } from '../expressions/types.ts';
import { type CheckContext, type CheckedType, reportUnknown } from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import type { DataAction, Field, Operation, RecordType } from './definition.ts';
import { nameOperation } from './operation-name.ts';
import type { Path } from './problems.ts';
import { fieldsOf, isStored, namesRead, valueTypeOf } from './scope.ts';

/** What an action acts on, and how. */
export interface Target {
  type: RecordType;
  operation: Operation;
}

const calledIn = ({ operation, type }: Target) => nameOperation(operation, type).name;

/** Checks what an action writes to its target: field → expression over the submitted record. */
export function checkMappings(
  context: CheckContext,
  type: CheckedType,
  action: DataAction,
  target: Target,
  path: Path,
): void {
  const fields = new Map(target.type.fields.map((field) => [field.id, field]));
  const taken = target.operation.fields;
  const found = action.source && { source: fieldsOf(target.type, context.find, new Map()) };
  const scope: Scope = { ...type.scopes.robot, ...found };
  for (const [id, source] of Object.entries(action.fields ?? {})) {
    const place = [...path, 'fields', id];
    const field = fields.get(id);
    if (!field) {
      reportUnknown(context, place, `field of ${target.type.name}`, id, fields.keys());
      continue;
    }
    if (target.operation.kind === 'delete') {
      context.report(place, `"${calledIn(target)}" deletes and takes no values; remove this`);
    } else if (!isMappable(field)) {
      context.report(place, `"${id}" is made by the system and never written; remove this`);
    } else if (taken && !taken.includes(id)) {
      context.report(
        place,
        `"${calledIn(target)}" does not take "${id}"; add it to that operation's fields, or remove this`,
      );
    }
    const checked = takeExpression(context, place, source, scope, [valueTypeOf(field.type), 'null']);
    requireReadable(context, place, checked, type);
    requireStored(context, place, checked, 'source', target.type);
    requireNoToken(context, place, checked, field, tokensOf(type, target.type));
  }
  if (target.operation.kind === 'add') requireComplete(context, action, target, path);
}

/** Robots may write read-only fields; nobody writes tokens, formulas, or who somebody is. */
function isMappable(field: Field): boolean {
  return field.type !== 'token' && field.type !== 'formula' && !(field.builtIn && field.readOnly);
}

function requireComplete(context: CheckContext, action: DataAction, target: Target, path: Path): void {
  for (const field of target.type.fields) {
    const optional = !field.required || field.visibleIf !== undefined || field.default !== undefined;
    if (optional || !isMappable(field) || Object.hasOwn(action.fields ?? {}, field.id)) continue;
    context.report(
      [...path, 'fields'],
      `${target.type.name} needs a value for "${field.id}": map one, or give that field a default`,
    );
  }
}

/** Checks what an action brings back to the submitted record: field → expression over its result. */
export function checkReturns(
  context: CheckContext,
  type: CheckedType,
  action: DataAction,
  result: RecordType,
  path: Path,
): void {
  const scope: Scope = {
    ...type.scopes.robot,
    result: { id: 'string', ...fieldsOf(result, context.find, new Map()) },
  };
  for (const [id, source] of Object.entries(action.returns ?? {})) {
    const place = [...path, 'returns', id];
    const field = type.fields.get(id);
    if (!field) {
      reportUnknown(context, place, `field of ${type.definition.name}`, id, type.fields.keys());
      continue;
    }
    if (field.type === 'formula') {
      context.report(place, `"${id}" is a formula and never written; remove this`);
      continue;
    }
    if (field.runtimeOnly) context.report(place, `"${id}" is only on the form and never stored; remove this`);
    const checked = takeExpression(context, place, source, scope, [valueTypeOf(field.type), 'null']);
    requireReadable(context, place, checked, type);
    requireStored(context, place, checked, 'result', result);
    requireNoToken(context, place, checked, field, tokensOf(type, result));
    if (field.type === 'token') requireToken(context, place, checked, field, action, result);
  }
}

function requireStored(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
  root: 'result' | 'source',
  type: RecordType,
): void {
  for (const name of namesRead(checked?.reads ?? [], root)) {
    const field = type.fields.find((each) => each.id === name);
    if (field && !isStored(field)) {
      context.report(path, `"${root}.${name}" cannot be used here: its value is not stored`);
    }
  }
}

/** Paths that lead to a token, as expressions of an action write them. */
function tokensOf(type: CheckedType, other: RecordType): Set<string> {
  const own = [...type.fields.values()].filter(isToken).map(({ id }) => `record.${id}`);
  const others = other.fields.filter(isToken).flatMap(({ id }) => [`result.${id}`, `source.${id}`]);
  return new Set([...own, ...others]);
}

const isToken = (field: Field) => field.type === 'token';

/** A token's reference belongs in a token field, where what reads it is known to be secret. */
function requireNoToken(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
  field: Field,
  tokens: ReadonlySet<string>,
): void {
  const read = checked?.reads.find((each) => tokens.has(each));
  if (read === undefined || isToken(field)) return;
  context.report(
    path,
    `${read} is a token, and "${field.id}" is a field of type ${field.type}; make it a token field, or map something else`,
  );
}

/** What is written to a token field is a token of the app that the field names, or nothing. */
function requireToken(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
  field: Field,
  action: DataAction,
  result: RecordType,
): void {
  if (!checked || checked.type === 'null') return;
  const { ast } = checked;
  const name = ast.op === 'get' && ast.root === 'result' ? ast.path[0] : undefined;
  const source = result.fields.find((each) => each.id === name);
  if (source?.type === 'token' && field.target?.app === action.target.app) return;
  context.report(
    path,
    `"${field.id}" takes the token of an entry in "${field.target?.app}", written as result.<its token field>, or null; nothing else can be a token`,
  );
}
