import type { Environment } from '../environments.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import type { Policy } from './load.ts';
import type { FieldSet, ResourceKey, Subject, Tier } from './types.ts';

/** One rule that names a subject for an action on a kind of resource, with what is left to ask of each resource. */
export interface Branch {
  readonly rule: string;
  readonly tier: Tier;
  readonly effect: 'allow' | 'deny';
  readonly fields: FieldSet;
  /** Absent: every resource. */
  readonly condition?: CheckedExpression;
  /** The resource has to name the subject: as owner, or on one of its access lists. */
  readonly namedBy?: 'appOwner' | 'recordOwner' | { readonly list: string };
}

/**
 * The rules behind a list query: for planners and exporters, which turn conditions into something else than closures.
 * Gates are not among them; whoever reads by branches still decides each record.
 */
export function branches(
  policy: Policy,
  subject: Subject,
  resource: ResourceKey,
  action: string,
  environment: Environment,
): Branch[] {
  const { entries } = policy.linkOf(subject).plan(resource, action, environment).parts;
  return entries.map(({ rule, tier, deny, fields, key }) => ({
    rule: rule.id,
    tier,
    effect: deny ? 'deny' : 'allow',
    fields: deny ? [] : fields,
    ...(rule.condition !== undefined && { condition: policy.conditions.checked(rule.condition) }),
    ...namedBy(key),
  }));
}

function namedBy(key: string): Pick<Branch, 'namedBy'> {
  if (key === 'appOwner' || key === 'recordOwner') return { namedBy: key };
  return key.startsWith('list:') ? { namedBy: { list: key.slice('list:'.length) } } : {};
}
