import type { RoleDefinition } from '../apps/definition.ts';
import type { CheckedApp } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { buildPolicy } from './build.ts';
import type { PolicyDocument } from './document.ts';
import { appFacts } from './facts.ts';
import type { AccountSettings } from './sources/accounts.ts';
import { appPermissionRules } from './sources/app-permissions.ts';
import { builtInRoleRules } from './sources/built-in-roles.ts';
import { runtimeRoleRules } from './sources/roles.ts';
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
    ...runtimeRoleRules(roles, accounts),
    ...apps.flatMap(({ definition, expressions }) => appPermissionRules(definition, expressions)),
  ];
  const facts = {
    apps: appFacts(apps.map(({ definition }) => definition)),
    roles: roles.map(({ id }) => id),
  };
  return buildPolicy({ ...facts, rules: validateRules(rules, facts, refuseText) });
}

function refuseText(source: string): never {
  throw new DaypassError('EXPRESSION_INVALID', `it was not checked when the app was saved: ${source}`);
}
