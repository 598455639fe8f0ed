import type { CheckedExpression } from '../expressions/types.ts';
import {
  type CheckContext,
  type CheckedType,
  reportUnknown,
  requireKnown,
  requireUnique,
} from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import { checkFormulas } from './check-formulas.ts';
import type { Field, FieldType, RecordType } from './definition.ts';
import type { Path } from './problems.ts';
import { fieldsOf, recordScopes, valueTypeOf } from './scope.ts';

const TEXTUAL: ReadonlySet<FieldType> = new Set(['string', 'text', 'email', 'url', 'phone']);
/** Names that every record has and that a field would hide where they are needed. */
const TAKEN = new Set(['id', 'createdAt', 'createdBy', 'createdOn', 'updatedAt', 'updatedBy', 'lifecycle']);

/** Checks a record type's fields with their expressions, and finds out which formulas are secret. */
export function checkFields(context: CheckContext, type: RecordType, path: Path): CheckedType {
  const fields = new Map(type.fields.map((field) => [field.id, field]));
  requireUnique(context, [...path, 'fields'], type.fields, 'field');
  for (const [at, field] of type.fields.entries()) checkField(context, field, type, [...path, 'fields', at]);
  const { types, secret } = checkFormulas(context, type, path);
  const scopes = recordScopes(fieldsOf(type, context.find, types));
  const checked: CheckedType = { definition: type, fields, scopes, secret };
  for (const [at, field] of type.fields.entries()) {
    checkFieldConditions(context, field, checked, [...path, 'fields', at]);
  }
  return checked;
}

function checkField(context: CheckContext, field: Field, type: RecordType, path: Path): void {
  const only = (property: keyof Field, fits: boolean, needed: boolean, purpose: string) => {
    const given = field[property] !== undefined;
    if (given && !fits) context.report([...path, property], `only ${purpose} takes "${property}"; remove it`);
    if (!given && needed) context.report(path, `a field of type ${field.type} needs "${property}"; add it`);
  };
  const isChoice = field.type === 'choice' || field.type === 'choices';
  const isOwnToken = context.app.kind === 'tokens' && field.builtIn === true;
  only('choices', isChoice, isChoice, 'a choice');
  only('rolesFrom', field.type === 'roles', false, 'a field of roles');
  const refers = field.type === 'reference' || (field.type === 'token' && !isOwnToken);
  only('target', refers, refers, 'a reference or a token field');
  only('formula', field.type === 'formula', field.type === 'formula', 'a formula');
  only('displayText', field.type === 'url' || field.type === 'formula', false, 'an address or a formula');
  only('maxLength', TEXTUAL.has(field.type), false, 'a field of text');
  const computed = field.type === 'formula' || field.type === 'token';
  only('default', !computed, false, 'a field that can be written');
  only('runtimeOnly', !computed, false, 'a field that can be written');
  only('required', field.type !== 'formula', false, 'a field that can be written');
  if (TAKEN.has(field.id)) {
    context.report([...path, 'id'], `every record has "${field.id}" already; choose another id`);
  }
  if (field.id === 'state' && type.states.length > 1) {
    context.report([...path, 'id'], 'this field would hide the state of the record; choose another id');
  }
  if (field.choices && new Set(field.choices).size < field.choices.length) {
    context.report([...path, 'choices'], 'a choice is listed twice; remove one');
  }
  if (field.ofUser) {
    if (!field.runtimeOnly) {
      context.report(
        [...path, 'ofUser'],
        'only a field that is not stored follows a user; set "runtimeOnly"',
      );
    }
    if (type.fields.find(({ id }) => id === field.ofUser?.field)?.type !== 'user') {
      context.report(
        [...path, 'ofUser', 'field'],
        `"${field.ofUser.field}" is no field of type user; name one`,
      );
    }
  }
  if (field.rolesFrom) {
    requireKnown(context, [...path, 'rolesFrom'], field.rolesFrom, context.site.roles, 'role');
  }
  if (field.target && refers) checkTarget(context, field, [...path, 'target']);
}

function checkTarget(context: CheckContext, field: Field, path: Path): void {
  const { app: id, recordType } = field.target as { app: string; recordType?: string };
  const app = id === context.app.id ? context.app : context.site.apps.get(id);
  if (!app) {
    reportUnknown(context, [...path, 'app'], 'app', id, context.site.apps.keys());
    return;
  }
  if (field.type === 'token' && app.kind !== 'tokens') {
    context.report(
      [...path, 'app'],
      `a token field refers to an app of kind tokens; "${id}" is of kind ${app.kind}`,
    );
  }
  if (context.find(id, recordType)) return;
  const types = app.recordTypes.map((each) => each.id);
  if (recordType !== undefined) {
    reportUnknown(context, [...path, 'recordType'], `record type in "${id}"`, recordType, types);
  } else {
    context.report(path, `"${id}" has several record types; name one in "recordType": ${types.join(', ')}`);
  }
}

function checkFieldConditions(context: CheckContext, field: Field, type: CheckedType, path: Path): void {
  const { condition } = type.scopes;
  if (field.visibleIf !== undefined) {
    const at = [...path, 'visibleIf'];
    const checked = takeExpression(context, at, field.visibleIf, condition, 'bool');
    requireReadable(context, at, checked, type, true);
  }
  if (field.default === undefined || field.type === 'formula' || field.type === 'token') return;
  const at = [...path, 'default'];
  const checked = takeExpression(context, at, field.default, condition, valueTypeOf(field.type));
  requireReadable(context, at, checked, type, true);
  if (!checked) return;
  const values = literalValues(checked);
  if (field.choices) requireKnown(context, at, values, field.choices, 'choice');
  if (field.type === 'roles') {
    requireKnown(context, at, values, field.rolesFrom ?? context.site.roles, 'role that may be chosen');
  }
}

/** The texts of an expression that is nothing but texts; empty where it calculates. */
export function literalValues({ ast }: CheckedExpression): string[] {
  const nodes = ast.op === 'list' ? ast.args : [ast];
  return nodes.flatMap((node) => (node.op === 'value' && typeof node.value === 'string' ? [node.value] : []));
}
