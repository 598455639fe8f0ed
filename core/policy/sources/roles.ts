import type { RoleDefinition } from '../../apps/definition.ts';
import type { RuleDraft } from '../types.ts';
import { type AccountSettings, accountRules } from './accounts.ts';
import { designGrantRules } from './design-grants.ts';
import { serviceRules } from './services.ts';
import { signInRules } from './sign-in.ts';

/**
 * What roles permit at run time by themselves, whatever apps permit them besides: where they sign in, what they may do
 * with user accounts, which services they may call.
 */
export function runtimeRoleRules(roles: readonly RoleDefinition[], accounts: AccountSettings): RuleDraft[] {
  return [
    ...signInRules(roles),
    ...accountRules(accountGrants(roles), accounts),
    ...serviceRules(serviceGrants(roles)),
  ];
}

/** Everything that roles permit by themselves, in every environment and in the design plane. */
export function roleRules(roles: readonly RoleDefinition[]): RuleDraft[] {
  return [...runtimeRoleRules(roles, { manipulation: true, deletion: true }), ...designGrantRules(roles)];
}

function accountGrants(roles: readonly RoleDefinition[]) {
  return roles.flatMap(({ id, accounts }) => (accounts ? [{ role: id, ...definedOnly(accounts) }] : []));
}

/** Members that are there: a grant says nothing by a member that is undefined. */
function definedOnly({ create, update, delete: remove, assign }: NonNullable<RoleDefinition['accounts']>) {
  return {
    ...(create && { create }),
    ...(update && { update }),
    ...(remove && { delete: remove }),
    ...(assign && { assign }),
  };
}

function serviceGrants(roles: readonly RoleDefinition[]) {
  const services = new Set(roles.flatMap(({ services = [] }) => services));
  return [...services].map((service) => ({
    service,
    roles: roles.filter((role) => role.services?.includes(service)).map(({ id }) => id),
  }));
}
