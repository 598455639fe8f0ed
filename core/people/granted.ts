import type { RoleDefinition } from '../apps/definition.ts';
import { designPolicy, designSubject } from '../apps/design-access.ts';
import type { SettingsState } from '../apps/settings.ts';
import { DaypassError } from '../errors.ts';
import { mayGrant } from '../policy/delegation.ts';
import { accountRules } from '../policy/sources/accounts.ts';
import { designGrantRules } from '../policy/sources/design-grants.ts';
import { serviceRules } from '../policy/sources/services.ts';
import { signInRules } from '../policy/sources/sign-in.ts';
import type { Rule, RuleDraft } from '../policy/types.ts';
import { requireKnownRoles } from './delegation.ts';
import type { PeopleSession } from './session.ts';

/**
 * Delegation is bounded: what a role is to permit and did not permit before, whoever writes it must be able to grant.
 * @throws DaypassError ROLE_UNKNOWN, FORBIDDEN naming what reaches too far
 */
export async function requireGrantable(
  session: PeopleSession,
  { settings }: Pick<SettingsState, 'settings'>,
  role: RoleDefinition,
  before: RoleDefinition | undefined,
): Promise<void> {
  requireKnownRoles(
    { ...settings, roles: [...settings.roles, role] },
    role.accounts?.assign ?? [],
    '/accounts/assign',
  );
  const had = new Set(before ? rulesOf(before).map(said) : []);
  const policy = designPolicy(settings.roles);
  const subject = designSubject(session.caller);
  const beyond = rulesOf(role).filter(
    (rule) => !had.has(said(rule)) && !mayGrant(policy, subject, rule as Rule, 'development'),
  );
  if (beyond.length === 0) return;
  throw new DaypassError(
    'FORBIDDEN',
    'Nobody can grant more than they hold themselves',
    beyond.map(({ id }) => ({ path: '/', message: `${id} reaches further than your own rights` })),
  );
}

/** One rule per action, so that each is compared by itself. None of them has a condition. */
function rulesOf(role: RoleDefinition): RuleDraft[] {
  const custom = signInRules([role]).filter(({ source }) => source === `roles/${role.id}`);
  const { accounts, services = [] } = role;
  const rules = [
    ...custom,
    ...designGrantRules([role]),
    ...accountRules(
      [
        {
          role: role.id,
          ...(accounts?.create && { create: true }),
          ...(accounts?.update && { update: true }),
          ...(accounts?.delete && { delete: true }),
          assign: accounts?.assign ?? [],
        },
      ],
      { manipulation: true, deletion: true },
    ),
    ...serviceRules(services.map((service) => ({ service, roles: [role.id] }))),
  ];
  return rules.flatMap((rule) =>
    rule.actions.map((action) => ({ ...rule, id: `${rule.id}/${action}`, actions: [action] })),
  );
}

const said = ({ actions, resource }: RuleDraft) => JSON.stringify([actions, resource]);
