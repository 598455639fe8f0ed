import { type Environment, isEnvironment } from '../environments.ts';
import { isDesignAction } from './built-in.ts';
import { asksAsMuch } from './conjuncts.ts';
import type { Entry } from './entry.ts';
import { coversFields } from './fields.ts';
import { selectorKey } from './keys.ts';
import type { Policy } from './load.ts';
import type { ResourceKey, ResourcePattern, Rule, Selector, Subject } from './types.ts';

/** Somebody who gives or takes, and the policies that say what they hold. */
export interface Grantor {
  readonly subject: Subject;
  /** The policy in which the rule counts, and the environment in which it is asked. */
  readonly policy: Policy;
  readonly environment: Environment;
  /** The policy of the design plane: it says over what they are an authority. */
  readonly design: Policy;
}

/**
 * Whether somebody may grant a rule, or take it away: one of their own allows has to reach as far, action for action,
 * or they are an authority over what it is about. Design actions are granted by holders alone. A denial is held to the
 * bound of an allow: whoever forbids takes from others, and whoever takes a denial away gives.
 */
export function mayGrant(grantor: Grantor, rule: Rule): boolean {
  const { subject, policy } = grantor;
  return rule.actions.every((action) => {
    const environment = countsIn(rule.resource, action) ?? grantor.environment;
    return (
      ownAllows(policy, subject, rule.resource, action, environment).some((own) =>
        reaches(policy, own, rule),
      ) ||
      (!isDesignAction(action) && isAuthority(grantor, rule.resource))
    );
  });
}

/** Whether somebody may give a role to others, or take it from them: if they may grant each of its rules. */
export function mayAssignRole(grantor: Grantor, role: string): boolean {
  return rulesOf(grantor.policy, { kind: 'role', id: role }).every((rule) => mayGrant(grantor, rule));
}

/** Whether somebody may act as an account, as far as rules name it itself: if they may grant all that these permit. */
export function mayActAs(grantor: Grantor, account: string): boolean {
  return rulesOf(grantor.policy, { kind: 'principal', id: account }).every(
    (rule) => rule.effect === 'deny' || mayGrant(grantor, rule),
  );
}

function rulesOf({ source }: Policy, selector: Selector): Rule[] {
  const byResource = Object.values(source.ofSubject(selectorKey(selector)) ?? {});
  const positions = new Set(byResource.flatMap((byAction) => Object.values(byAction).flat()));
  return [...positions].map((position) => {
    const { condition, check, ...rest } = source.rule(position);
    return {
      ...rest,
      ...(condition !== undefined && { condition: source.condition(condition) }),
      ...(check !== undefined && { check: source.condition(check) }),
    };
  });
}

/** Signing in counts in the environment that it is about, wherever that is asked. */
function countsIn({ type, id }: ResourcePattern, action: string): Environment | undefined {
  return type === 'environment' && action === 'signIn' && id !== undefined && isEnvironment(id)
    ? id
    : undefined;
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
  const treeAt = (position: number | undefined) =>
    position === undefined ? undefined : policy.conditions.checked(position).ast;
  const { condition, check } = own.rule;
  return asksAsMuch(
    { condition: rule.condition?.ast, check: rule.check?.ast },
    { condition: treeAt(condition), check: treeAt(check) },
  );
}

/**
 * Whether somebody has the authority over what may be done with a resource at run time: the design action
 * `changePermissions` on it. It is of the design plane, which is one for all environments.
 */
function isAuthority({ subject, design, environment }: Grantor, resource: ResourcePattern): boolean {
  const { type, app, id } = resource;
  const over: ResourceKey =
    type === 'record' || type === 'view' || type === 'app' ? { type: 'app', app } : { type, id };
  return ownAllows(design, subject, over, 'design:changePermissions', environment).some(
    ({ rule }) => rule.condition === undefined,
  );
}
