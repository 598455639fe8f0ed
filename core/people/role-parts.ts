import type { RoleDefinition } from '../apps/definition.ts';
import { ENVIRONMENTS } from '../environments.ts';
import { publishAction } from '../policy/actions.ts';
import { DESIGN } from '../policy/built-in.ts';
import { patternKey } from '../policy/keys.ts';
import { roleRules } from '../policy/sources/roles.ts';
import type { ResourcePattern, Rule } from '../policy/types.ts';

/** One thing that a role permits. */
export interface RolePart {
  /** A rule with one action and without a condition. */
  rule: Rule;
  /** Where the role says it: a JSON pointer into its definition. */
  path: string;
  /** The same in words: “sign-in to production”, “edit the app work-orders”. */
  words: string;
}

/** What people call a role; its id where there is none. */
export function nameOfRole(roles: readonly RoleDefinition[], id: string): string {
  return roles.find((role) => role.id === id)?.name ?? id;
}

/**
 * Parts that one of two versions of a role has and the other has not: what is given, and what is taken away.
 * @param nameOf what people call a role
 */
export function movedParts(
  before: RoleDefinition | undefined,
  after: RoleDefinition | undefined,
  nameOf: (role: string) => string,
): RolePart[] {
  const [had, has] = [before, after].map((role) => new Map(role ? keyedParts(role, nameOf) : []));
  const moved = [...(has ?? []), ...(had ?? [])].filter(([key]) => !(had?.has(key) && has?.has(key)));
  return [...new Map(moved).values()];
}

/** Everything that a role permits by itself, part by part. */
export function partsOf(role: RoleDefinition, nameOf: (role: string) => string): RolePart[] {
  return keyedParts(role, nameOf).map(([, part]) => part);
}

function keyedParts(role: RoleDefinition, nameOf: (role: string) => string): [string, RolePart][] {
  return roleRules([role])
    .filter(({ subjects }) => subjects.some((subject) => subject.kind === 'role' && subject.id === role.id))
    .flatMap((rule) =>
      rule.actions.map((action): [string, RolePart] => [
        `${action} ${patternKey(rule.resource)}`,
        { rule: { ...rule, actions: [action] } as Rule, ...placeOf(action, rule.resource, nameOf) },
      ]),
    );
}

function placeOf(
  action: string,
  resource: ResourcePattern,
  nameOf: (role: string) => string,
): Pick<RolePart, 'path' | 'words'> {
  const { type, app, id = '' } = resource;
  if (action.startsWith(DESIGN)) {
    const verb = VERBS[action] ?? action.slice(DESIGN.length);
    if (type !== 'app') return { path: `/design/${type}s`, words: `${verb} ${type}s` };
    const path = `/design/apps/${app ?? '*'}`;
    const what = app ? `the app ${app}` : 'every app';
    const into = ENVIRONMENTS.find((environment) => action === publishAction(environment));
    return { path, words: into ? `publish ${what} into ${into}` : `${verb} ${what}` };
  }
  switch (type) {
    case 'environment':
      return { path: '/environments', words: `sign-in to ${id}` };
    case 'account':
      return { path: `/accounts/${action}`, words: `${action} accounts from apps` };
    case 'role':
      return { path: '/accounts/assign', words: `give the role ${nameOf(id)}` };
    default:
      return { path: '/services', words: `call the service ${id}` };
  }
}

/** What a design action is called where its name alone says too little. */
const VERBS: Readonly<Record<string, string>> = {
  'design:changePermissions': 'change the permissions of',
  'design:changeAccessLists': 'change the access lists of',
};
