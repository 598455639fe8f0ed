import type { Environment } from '../environments.ts';
import type { Node } from '../expressions/types.ts';
import { isDesignAction } from './built-in.ts';
import { conjunctsOf, sameNode } from './conjuncts.ts';
import type { Entry } from './entry.ts';
import { coversFields } from './fields.ts';
import type { Policy } from './load.ts';
import type { ResourceKey, ResourcePattern, Rule, Subject } from './types.ts';

/**
 * Whether somebody may grant a rule: one of their own allows has to reach as far, action for action. Who may change
 * the permissions of an app, flow or service in the design plane may grant what concerns it there, except design
 * actions themselves. Taking something away from others (a deny) is no grant.
 */
export function mayGrant(policy: Policy, subject: Subject, rule: Rule, environment: Environment): boolean {
  if (rule.effect === 'deny') return true;
  return rule.actions.every(
    (action) =>
      ownAllows(policy, subject, rule.resource, action, environment).some((own) =>
        reaches(policy, own, rule),
      ) ||
      (!isDesignAction(action) && mayDesign(policy, subject, rule.resource, environment)),
  );
}

/** Whether somebody may give a role to others: if they may grant each of its rules. */
export function mayAssignRole(
  policy: Policy,
  subject: Subject,
  role: string,
  environment: Environment,
): boolean {
  const { source } = policy;
  const byResource = Object.values(source.ofSubject(`role:${role}`) ?? {});
  const positions = new Set(byResource.flatMap((byAction) => Object.values(byAction).flat()));
  return [...positions].every((position) => {
    const { condition, ...rest } = source.rule(position);
    const checked = condition === undefined ? undefined : source.condition(condition);
    return mayGrant(policy, subject, { ...rest, ...(checked && { condition: checked }) }, environment);
  });
}

/** Allows that name the subject itself, apart from any record, and that no deny stands before. */
function ownAllows(
  policy: Policy,
  subject: Subject,
  resource: ResourceKey,
  action: string,
  environment: Environment,
): Entry[] {
  const { entries } = policy.linkOf(subject).plan(resource, action, environment).parts;
  const denyTier = Math.min(...entries.filter((entry) => entry.deny).map((entry) => entry.tier));
  return entries.filter((entry) => entry.tier < denyTier && !entry.names);
}

function reaches(policy: Policy, own: Entry, rule: Rule): boolean {
  if (!coversFields(own.fields, rule.fields ?? '*')) return false;
  if (own.rule.condition === undefined) return true;
  const condition = policy.conditions.checked(own.rule.condition).ast;
  const granted: readonly Node[] = rule.condition ? conjunctsOf(rule.condition.ast) : [];
  return conjunctsOf(condition).every((each) => granted.some((conjunct) => sameNode(each, conjunct)));
}

function mayDesign(
  policy: Policy,
  subject: Subject,
  resource: ResourcePattern,
  environment: Environment,
): boolean {
  const [target, action] = designOf(resource);
  return ownAllows(policy, subject, target, action, environment).some(
    ({ rule }) => rule.condition === undefined,
  );
}

/** The design permission that covers runtime permissions on a resource. */
function designOf({ type, app, id }: ResourcePattern): [ResourceKey, string] {
  if (type === 'record' || type === 'view' || type === 'app') {
    return [{ type: 'app', app }, 'design:changePermissions'];
  }
  if (type === 'flow' || type === 'service') return [{ type, id }, 'design:changePermissions'];
  return [{ type: 'role' }, 'design:edit'];
}
