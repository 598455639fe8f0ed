import type { CheckContext } from './check-context.ts';
import type { Field, RecordType } from './definition.ts';
import type { Path } from './problems.ts';
import { BUILT_IN_FIELDS, OPEN_DEFAULTS, OPEN_PROPERTIES } from './ready-form.ts';

/** Checks that an app of kind users or tokens still has what makes it one. */
export function checkBuiltIn(context: CheckContext): void {
  const { kind, recordTypes } = context.app;
  for (const [at, type] of recordTypes.entries()) refuseInvented(context, type, ['recordTypes', at]);
  if (kind === 'records') return;
  if (recordTypes.length > 1) {
    const advice = 'keep others in an app of kind records';
    context.report(
      ['recordTypes', 1],
      `an app of kind ${kind} has one record type, its ready form; ${advice}`,
    );
  }
  const [form] = recordTypes;
  if (!form) return;
  checkBuiltInFields(context, form, ['recordTypes', 0]);
  checkAccountForm(context, form, ['recordTypes', 0]);
}

function refuseInvented(context: CheckContext, type: RecordType, path: Path): void {
  const { kind } = context.app;
  const known = new Set(BUILT_IN_FIELDS[kind].map((field) => field.id));
  for (const [at, field] of type.fields.entries()) {
    if (!field.builtIn || known.has(field.id)) continue;
    const place = [...path, 'fields', at, 'builtIn'];
    context.report(place, `no field "${field.id}" comes with an app of kind ${kind}; remove "builtIn"`);
  }
}

function checkBuiltInFields(context: CheckContext, form: RecordType, path: Path): void {
  const { kind } = context.app;
  for (const builtIn of BUILT_IN_FIELDS[kind]) {
    const at = form.fields.findIndex((field) => field.id === builtIn.id);
    const given = form.fields[at];
    if (given) {
      checkLocked(context, given, builtIn, [...path, 'fields', at]);
      continue;
    }
    const text = JSON.stringify(builtIn);
    context.report(
      [...path, 'fields'],
      `the built-in field "${builtIn.id}" cannot be removed; put it back: ${text}`,
    );
  }
}

function checkLocked(context: CheckContext, given: Field, builtIn: Field, path: Path): void {
  for (const property of new Set([...Object.keys(given), ...Object.keys(builtIn)]) as Set<keyof Field>) {
    const open = OPEN_PROPERTIES.has(property) || (property === 'default' && OPEN_DEFAULTS.has(given.id));
    if (open || given[property] === builtIn[property]) continue;
    const must = builtIn[property] === undefined ? 'remove it' : `write ${JSON.stringify(builtIn[property])}`;
    const what = `"${property}" of the built-in field "${given.id}" is locked`;
    context.report([...path, property], `${what}: ${must}`);
  }
}

const ACCOUNT_KINDS: ReadonlySet<string> = new Set(['add', 'view', 'edit', 'delete']);

function checkAccountForm(context: CheckContext, form: RecordType, path: Path): void {
  const { kind } = context.app;
  if (form.states.length > 1) {
    context.report(
      [...path, 'states', 1],
      `an entry of an app of kind ${kind} is there or deleted: it has one state; remove the others`,
    );
  }
  const seen = new Set<string>();
  for (const [at, operation] of form.operations.entries()) {
    const place = [...path, 'operations', at];
    if (!ACCOUNT_KINDS.has(operation.kind)) {
      context.report(
        [...place, 'kind'],
        `an app of kind ${kind} can add, view, edit and delete its users; remove this operation`,
      );
    } else if (seen.has(operation.kind)) {
      context.report(
        [...place, 'kind'],
        `there is an operation of kind ${operation.kind} already; remove one`,
      );
    }
    seen.add(operation.kind);
    if (operation.kind === 'edit') checkDetails(context, operation.fields, [...place, 'fields']);
  }
}

/** A token user's address and roles were fixed when the pass was issued; a user's address is who they are. */
function checkDetails(context: CheckContext, fields: readonly string[] | undefined, path: Path): void {
  if (!fields) {
    context.report(path, 'name the fields that can be edited in "fields": not every detail of a user can');
    return;
  }
  const fixed = context.app.kind === 'users' ? ['email', 'roles'] : ['roles'];
  for (const [at, id] of fields.entries()) {
    if (fixed.includes(id)) {
      context.report(
        [...path, at],
        `"${id}" is given when the user is added and cannot be edited; remove it`,
      );
    }
  }
}
