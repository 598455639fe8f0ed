import type { RoleDefinition } from '../apps/definition.ts';
import { designSubject, rolePolicy } from '../apps/design-access.ts';
import type { SettingsState } from '../apps/settings.ts';
import { ENVIRONMENTS } from '../environments.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { mayGrant } from '../policy/delegation.ts';
import { BOUND, requireKnownRoles } from './delegation.ts';
import { movedParts, nameOfRole } from './role-parts.ts';
import type { PeopleSession } from './session.ts';

/**
 * Delegation is bounded: each part that a role gains or loses, whoever writes the role must be able to grant, in every
 * environment. What it is called and described as is no part.
 * @param before absent for a role that is made
 * @param after absent for a role that is removed
 * @throws DaypassError ROLE_UNKNOWN; FORBIDDEN naming each part that reaches too far, with its place in the role
 */
export function requireGrantable(
  session: PeopleSession,
  { settings }: Pick<SettingsState, 'settings'>,
  before: RoleDefinition | undefined,
  after: RoleDefinition | undefined,
): void {
  const roles = after ? [...settings.roles, after] : settings.roles;
  requireKnownRoles({ ...settings, roles }, after?.accounts?.assign ?? [], '/accounts/assign');
  const policy = rolePolicy(settings.roles);
  const grantor = { subject: designSubject(session.caller), policy, design: policy };
  const beyond = movedParts(before, after, (id) => nameOfRole(roles, id)).filter(
    ({ rule }) => !ENVIRONMENTS.every((environment) => mayGrant({ ...grantor, environment }, rule)),
  );
  if (beyond.length === 0) return;
  const problems = new Map(
    beyond.map(({ path, words }): [string, Problem] => [
      words,
      { path, message: `“${words}” reaches further than your own rights` },
    ]),
  );
  throw new DaypassError('FORBIDDEN', BOUND, [...problems.values()]);
}
