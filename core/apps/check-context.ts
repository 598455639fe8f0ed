import { DaypassError } from '../errors.ts';
import { checkExpression } from '../expressions/check.ts';
import type { CheckedExpression, Node, Scope, ValueType } from '../expressions/types.ts';
import { requireKnownLiterals } from './check-literals.ts';
import type { AppDefinition, Field, RecordType } from './definition.ts';
import { type Path, pointerOf, type Report, suggestion } from './problems.ts';
import { type FindRecordType, namesRead, type RecordScopes } from './scope.ts';

/** What a definition can refer to outside itself. */
export interface SiteNames {
  /** The other apps, by id. */
  apps: ReadonlyMap<string, AppDefinition>;
  /** Ids of the site's custom roles. */
  roles: ReadonlySet<string>;
  /** Ids of the site's robots. */
  robots: ReadonlySet<string>;
}

/** What all checks of one app share. */
export interface CheckContext {
  readonly app: AppDefinition;
  readonly site: SiteNames;
  readonly find: FindRecordType;
  readonly report: Report;
  /** Filled as expressions are checked, by JSON pointer. */
  readonly expressions: Record<string, CheckedExpression>;
  /** Filled as record types are checked. */
  readonly recordTypes: Map<string, CheckedType>;
}

/** What is known of a record type once its fields were checked. */
export interface CheckedType {
  readonly definition: RecordType;
  readonly fields: ReadonlyMap<string, Field>;
  readonly scopes: RecordScopes;
  /** Formulas that read a token. */
  readonly secret: ReadonlySet<string>;
}

/** Type-checks one expression and keeps it; reports its mistake and answers undefined otherwise. */
export function takeExpression(
  context: CheckContext,
  path: Path,
  source: string,
  scope: Scope,
  expected?: ValueType | readonly ValueType[],
): CheckedExpression | undefined {
  try {
    const checked = checkExpression(source, scope, expected);
    if (readsThroughReference(checked.ast)) {
      const instead = 'keep what it needs in a field of this record';
      context.report(path, `an expression cannot look through a reference yet; ${instead}`);
      return undefined;
    }
    context.expressions[pointerOf(path)] = checked;
    return checked;
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    context.report(path, error.message);
    return undefined;
  }
}

/** Whether it reads the record that a reference names: nothing that evaluates expressions is given that one. */
function readsThroughReference(node: Node): boolean {
  if (node.op === 'get' || node.op === 'has') return node.root === 'related';
  return 'args' in node && (node.args as readonly Node[]).some(readsThroughReference);
}

/**
 * Holds an expression to the fields that have a value where it is evaluated, and to values that they can have.
 * @param allowRuntimeOnly whether the form's values are at hand
 */
export function requireReadable(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
  type: CheckedType,
  allowRuntimeOnly = false,
): void {
  requireKnownLiterals(context, path, checked, type);
  for (const name of namesRead(checked?.reads ?? [], 'record')) {
    const field = type.fields.get(name);
    if (field?.type === 'formula') {
      const why = type.secret.has(name)
        ? 'it reads a token, and what reads a token is secret'
        : 'a formula is computed only where it is shown; name the fields that it reads';
      context.report(path, `"${name}" cannot be used here: ${why}`);
    }
    if (field?.runtimeOnly && !allowRuntimeOnly) {
      context.report(path, `"${name}" cannot be used here: it is only on the form and never stored`);
    }
  }
}

/** Reports ids that occur more than once in a list. */
export function requireUnique(
  context: CheckContext,
  path: Path,
  items: readonly { id: string }[],
  what: string,
): void {
  const seen = new Set<string>();
  for (const [at, { id }] of items.entries()) {
    if (seen.has(id)) {
      context.report([...path, at, 'id'], `another ${what} has the id "${id}" already; choose another id`);
    }
    seen.add(id);
  }
}

/** Reports names that stand more than once in a list, or that nothing has. */
export function requireKnown(
  context: CheckContext,
  path: Path,
  names: readonly string[],
  known: Iterable<string>,
  what: string,
): void {
  const all = new Set(known);
  const seen = new Set<string>();
  for (const [at, name] of names.entries()) {
    if (!all.has(name)) reportUnknown(context, [...path, at], what, name, all);
    else if (seen.has(name)) context.report([...path, at], `"${name}" is listed twice; remove one`);
    seen.add(name);
  }
}

export function reportUnknown(
  context: CheckContext,
  path: Path,
  what: string,
  name: string,
  known: Iterable<string>,
): void {
  context.report(path, `there is no ${what} "${name}".${suggestion(name, known)}`);
}
