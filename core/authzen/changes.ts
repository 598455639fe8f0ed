import type { Permission } from '../apps/definition.ts';
import type { RuleTrace } from '../policy/explain.ts';
import type { NearestChange } from '../policy/nearest.ts';
import type { AccessRequest, Rule } from '../policy/types.ts';

/** A rule that would have to go. */
export interface RemovedRule {
  rule: string;
  /** Where it was written: an app's definition, a role, a default. */
  source: string;
  /** Rules of an app's definition: the app, the permission there, and what would have to be taken out of it. */
  app?: string;
  at?: string;
  operations?: string[];
  views?: string[];
}

/** A nearest change with what an administrator would write for it. */
export interface WrittenChange {
  add?: {
    rule: Rule;
    /** As the app's definition would hold it among its permissions; absent for what no app's definition says. */
    app?: string;
    permission?: Permission;
  };
  remove?: RemovedRule[];
}

/** Puts a nearest change into the words of the definitions that hold the rules. */
export function writtenChange(
  { add, remove }: NearestChange,
  request: Pick<AccessRequest, 'action' | 'resource'>,
  tiers: readonly { readonly rules: readonly RuleTrace[] }[],
): WrittenChange {
  const sources = new Map(tiers.flatMap(({ rules }) => rules.map(({ id, source }) => [id, source])));
  const removed = remove?.map((rule) => removedRule(rule, sources.get(rule) ?? '', request));
  return {
    ...(add && { add: { rule: add, ...permissionOf(add, request) } }),
    ...(removed && { remove: removed }),
  };
}

/**
 * Several changes that are all needed, as one: what they add for the same subject and record type is one permission.
 * Null where one of them is.
 */
export function together(changes: readonly (WrittenChange | null)[]): WrittenChange | null {
  return changes.reduce((one, other) => (one && other ? joined(one, other) : null));
}

function joined(one: WrittenChange, other: WrittenChange): WrittenChange {
  const remove = [...(one.remove ?? []), ...(other.remove ?? [])];
  const add = one.add && other.add ? joinedAdd(one.add, other.add) : (one.add ?? other.add);
  return { ...(add && { add }), ...(remove.length > 0 && { remove }) };
}

type Added = NonNullable<WrittenChange['add']>;

function joinedAdd(one: Added, other: Added): Added {
  const [{ permission: first }, { permission: second }] = [one, other];
  const fields = { ...first?.fields, ...second?.fields };
  return {
    ...one,
    rule: { ...one.rule, actions: [...one.rule.actions, ...other.rule.actions] },
    ...(first &&
      second && {
        permission: {
          ...first,
          operations: [...(first.operations ?? []), ...(second.operations ?? [])],
          ...(Object.keys(fields).length > 0 && { fields }),
        },
      }),
  };
}

/** What a rule names in a permission: an operation, or a view. */
function named({ action, resource }: Pick<AccessRequest, 'action' | 'resource'>) {
  return resource.type === 'view' ? { views: [resource.id ?? ''] } : { operations: [action] };
}

function permissionOf(
  { subjects: [selector], effect, fields }: Rule,
  request: Pick<AccessRequest, 'action' | 'resource'>,
): { app: string; permission: Permission } | undefined {
  const { type, app, recordType } = request.resource;
  if ((type !== 'record' && type !== 'view') || app === undefined || recordType === undefined)
    return undefined;
  if (selector?.kind !== 'role' && selector?.kind !== 'principal') return undefined;
  const limited = fields !== undefined && fields !== '*' && { fields: { [request.action]: [...fields] } };
  return {
    app,
    permission: {
      ...(selector.kind === 'role' ? { role: selector.id } : { subject: selector.id }),
      ...(effect === 'deny' && { effect }),
      recordType,
      ...named(request),
      ...limited,
    },
  };
}

/** Rules of an app's definition say where they stand: `work-orders#/permissions/3`. */
function removedRule(
  rule: string,
  source: string,
  request: Pick<AccessRequest, 'action' | 'resource'>,
): RemovedRule {
  const [app = '', at] = source.split('#');
  const { type } = request.resource;
  if (at === undefined || (type !== 'record' && type !== 'view')) return { rule, source };
  return { rule, source, app, at, ...named(request) };
}
