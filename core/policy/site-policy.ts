import type { RoleDefinition } from '../apps/definition.ts';
import type { CheckedApp } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { buildPolicy } from './build.ts';
import type { PolicyDocument } from './document.ts';
import { appFacts } from './facts.ts';
import { type AccountSettings, accountRules } from './sources/accounts.ts';
import { appPermissionRules } from './sources/app-permissions.ts';
import { builtInRoleRules } from './sources/built-in-roles.ts';
import { serviceRules } from './sources/services.ts';
import { signInRules } from './sources/sign-in.ts';
import type { RuleDraft } from './types.ts';
import { validateRules } from './validate.ts';

/** Everything that the policy of one environment is made of. */
export interface SitePolicyInput {
  readonly roles: readonly RoleDefinition[];
  readonly apps: readonly CheckedApp[];
  /** What apps may do with user accounts there; nothing unless it is said. */
  readonly accounts?: AccountSettings;
}

const NO_ACCOUNTS: AccountSettings = { manipulation: false, deletion: false };

/**
 * The policy of an environment, from what is published in it. Needs no parser: conditions were checked when the apps
 * were saved.
 * @throws DaypassError DEFINITION_INVALID with every mistake and the place it was written at
 */
export function sitePolicy({ roles, apps, accounts = NO_ACCOUNTS }: SitePolicyInput): PolicyDocument {
  const rules: RuleDraft[] = [
    ...builtInRoleRules(),
    ...signInRules(roles),
    ...accountRules(accountGrants(roles), accounts),
    ...serviceRules(serviceGrants(roles)),
    ...apps.flatMap(({ definition, expressions }) => appPermissionRules(definition, expressions)),
  ];
  const facts = {
    apps: appFacts(apps.map(({ definition }) => definition)),
    roles: roles.map(({ id }) => id),
  };
  return buildPolicy({ ...facts, rules: validateRules(rules, facts, refuseText) });
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

function refuseText(source: string): never {
  throw new DaypassError('EXPRESSION_INVALID', `it was not checked when the app was saved: ${source}`);
}
