import type { Permission, RecordType } from '../apps/definition.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import type { ListGrant } from './grants.ts';

/** A permission with its condition, as it was checked. */
export interface DefinedPermission {
  readonly definition: Permission;
  readonly when?: CheckedExpression;
}

/** What permissions say about a view's readers. */
export interface Readers {
  /** Permissions to view records, each with a condition. */
  readonly conditional: readonly DefinedPermission[];
  /** Roles and accounts that may open the view, as `granteeOf` names them. */
  readonly openers: ReadonlySet<string>;
  /** Whether one of them may not see all of it. */
  readonly areNarrow: boolean;
}

/** Who opens a view, and on which conditions records are viewed. */
export function readersOf(
  type: RecordType,
  view: string,
  permissions: readonly DefinedPermission[],
): Readers {
  const viewing = type.operations.find(({ kind }) => kind === 'view')?.id ?? 'view';
  // What is denied is never read by it: each record that is found is decided, denials included.
  const own = permissions.filter(
    ({ definition }) => definition.recordType === type.id && definition.effect !== 'deny',
  );
  const openers = new Set(
    own
      .filter(({ definition }) => definition.views?.includes(view))
      .map(({ definition }) => granteeOf(definition)),
  );
  const viewers = own.filter(({ definition }) => definition.operations?.includes(viewing));
  const unlimited = new Set(viewers.filter(isUnlimited).map(({ definition }) => granteeOf(definition)));
  return {
    conditional: viewers.filter((permission) => !isUnlimited(permission)),
    openers,
    areNarrow: [...openers].some((grantee) => !unlimited.has(grantee)),
  };
}

/**
 * The grants for which a view keeps indexes: none while everybody who opens it sees all of it; else those of every
 * role, because people hold several.
 */
export function indexedGrants({ areNarrow, conditional }: Readers): ListGrant[] {
  return areNarrow ? conditional.flatMap(({ when }) => (when ? [{ condition: when }] : [])) : [];
}

function isUnlimited({ definition }: DefinedPermission): boolean {
  return definition.when === undefined;
}

/** Whom a permission is about, in one word: a role, or one account. */
export function granteeOf({ role, subject }: Pick<Permission, 'role' | 'subject'>): string {
  return subject === undefined ? `role:${role}` : `principal:${subject}`;
}
