import type { Node } from '../expressions/types.ts';
import { granteeOf, readersOf } from '../lists/openers.ts';
import { RECORD_PROPERTIES } from '../policy/actions.ts';
import type { CheckContext } from './check-context.ts';
import type { Permission, RecordType, View } from './definition.ts';
import { type Path, pointerOf } from './problems.ts';

/**
 * Refuses lists that tell by a hit, a miss or their order what is in a field that somebody who opens them may not view:
 * what a list is in the order of, and what its parameters ask for, has to be viewable. What a filter demands by itself
 * is the view's own and the same for everybody. Comes after permissions and filters were checked.
 */
export function checkAskedFields(context: CheckContext): void {
  for (const [at, type] of context.app.recordTypes.entries())
    for (const [index, view] of type.views.entries())
      checkView(context, type, view, ['recordTypes', at, 'views', index]);
}

function checkView(context: CheckContext, type: RecordType, view: View, path: Path): void {
  const { sort } = view;
  if (sort) {
    const blind = openersBlindTo(context, type, view, sort.field);
    if (blind.length > 0) {
      context.report(
        [...path, 'sort', 'field'],
        `${listed(blind)} can open this list and may not view "${sort.field}": its order would tell what is in there; permit that field to view, take the view away, or order by something else`,
      );
    }
  }
  const filter = context.expressions[pointerOf([...path, 'filter'])];
  for (const field of new Set(filter ? askedBy(filter.ast) : [])) {
    const blind = openersBlindTo(context, type, view, field);
    if (blind.length === 0) continue;
    context.report(
      [...path, 'filter'],
      `${listed(blind)} can open this list and may not view "${field}": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it`,
    );
  }
}

/** Fields that parts of a filter compare with parameters. Parts without one are the same for every request. */
function askedBy(node: Node): string[] {
  if (node.op === '&&' || node.op === '||' || node.op === '!') return node.args.flatMap(askedBy);
  const paths = pathsIn(node);
  return paths.some(({ root }) => root === 'params')
    ? paths.flatMap(({ root, path: [name] }) =>
        name !== undefined && (root === 'record' || root === 'meta') ? [name] : [],
      )
    : [];
}

function pathsIn(node: Node): Extract<Node, { op: 'get' | 'has' }>[] {
  if (node.op === 'get' || node.op === 'has') return [node];
  return 'args' in node ? (node.args as readonly Node[]).flatMap(pathsIn) : [];
}

/** What every answer tells of a record that it shows at all. */
const TOLD: ReadonlySet<string> = new Set([
  'id',
  'state',
  'lifecycle',
  'createdAt',
  'createdOn',
  'updatedAt',
]);

/**
 * Those who open a view and may be shown a record there without the field. Each of their permissions to view counts by
 * itself, with what they may view of every record, or under the same condition. Whoever views nothing by what is said of
 * them opens the view for what other roles of theirs show; one that shows nothing at all tells nothing.
 */
function openersBlindTo(context: CheckContext, type: RecordType, view: View, field: string): string[] {
  if (TOLD.has(field) && !type.fields.some(({ id }) => id === field)) return [];
  const known = RECORD_PROPERTIES.has(field) || type.fields.some(({ id }) => id === field);
  if (!known) return [];
  const viewing = type.operations.find(({ kind }) => kind === 'view')?.id ?? 'view';
  const shows = ({ fields }: Permission) => {
    const set = fields?.[viewing];
    return set === undefined || set === '*' || set.includes(field);
  };
  const viewers = context.app.permissions.filter(
    (permission) =>
      permission.recordType === type.id &&
      permission.effect !== 'deny' &&
      permission.operations?.includes(viewing),
  );
  const isBlind = (permission: Permission) =>
    !viewers.some(
      (other) =>
        granteeOf(other) === granteeOf(permission) &&
        shows(other) &&
        (other.when === undefined || other.when === permission.when),
    );
  const definitions = context.app.permissions.map((definition) => ({ definition }));
  return [...readersOf(type, view.id, definitions).openers].filter((opener) => {
    const own = viewers.filter((permission) => granteeOf(permission) === opener);
    return (own.length > 0 ? own : viewers).some(isBlind);
  });
}

/** `role:clerk` → `the role "clerk"`. */
function listed(grantees: readonly string[]): string {
  return grantees
    .map((grantee) => {
      const at = grantee.indexOf(':');
      const kind = grantee.slice(0, at) === 'role' ? 'the role' : 'the account';
      return `${kind} "${grantee.slice(at + 1)}"`;
    })
    .join(' and ');
}
