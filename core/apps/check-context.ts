import type { CheckedExpression } from '../expressions/types.ts';
import type { AppDefinition, Field, RecordType } from './definition.ts';
import { type Path, type Report, suggestion } from './problems.ts';
import type { FindRecordType, RecordScopes } from './scope.ts';

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
