import { ENVIRONMENTS, type Environment } from '../../environments.ts';
import { DEVELOPER, MAINTAINER, OWNER, PUBLISHER, TENANT_ADMINISTRATOR } from '../built-in.ts';
import type { RuleDraft } from '../types.ts';

/** Custom roles and the environments that each lets a person sign in to. */
export interface SignInRole {
  readonly id: string;
  readonly environments: readonly Environment[];
}

/**
 * Who may sign in where. Built-in roles let a designer into development only; a tenant administrator may sign in
 * everywhere, so that a new site is not locked.
 */
export function signInRules(roles: readonly SignInRole[]): RuleDraft[] {
  const custom = roles.flatMap(({ id, environments }) =>
    environments.map((environment) => signInRule(id, environment, `roles/${id}`)),
  );
  const designers = [OWNER, MAINTAINER, DEVELOPER, PUBLISHER].map((role) =>
    signInRule(role, 'development', `built-in/${role}`),
  );
  const everywhere = ENVIRONMENTS.map((environment) =>
    signInRule(TENANT_ADMINISTRATOR, environment, `built-in/${TENANT_ADMINISTRATOR}`),
  );
  return [...custom, ...designers, ...everywhere];
}

function signInRule(role: string, environment: Environment, source: string): RuleDraft {
  return {
    id: `${source}/signIn/${environment}`,
    effect: 'allow',
    subjects: [{ kind: 'role', id: role }],
    actions: ['signIn'],
    resource: { type: 'environment', id: environment },
    source,
  };
}
