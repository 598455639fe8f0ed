import { designPolicy, designSubject } from '../apps/design-access.ts';
import type { SettingsState } from '../apps/settings.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import { mayAssignRole } from '../policy/delegation.ts';
import type { Policy } from '../policy/load.ts';
import type { SiteSettings } from '../runtime.ts';
import type { PeopleSession } from './session.ts';

/**
 * Delegation is bounded: roles are given and taken away by whoever could grant everything that they permit, in the
 * design plane and in each environment that runs.
 * @throws DaypassError ROLE_UNKNOWN, FORBIDDEN naming the roles
 */
export async function requireAssignable(
  session: PeopleSession,
  state: Pick<SettingsState, 'settings' | 'manifests'>,
  roles: readonly string[],
): Promise<void> {
  if (roles.length === 0) return;
  requireKnownRoles(state.settings, roles);
  const policies = await policiesOf(session, state);
  const subject = designSubject(session.caller);
  const beyond = roles.filter(
    (role) => !policies.every((policy) => mayAssignRole(policy, subject, role, 'development')),
  );
  if (beyond.length === 0) return;
  throw new DaypassError(
    'FORBIDDEN',
    'Nobody can give or take away more than they hold themselves',
    beyond.map((role) => ({ path: '/roles', message: `“${role}” reaches further than your own rights` })),
  );
}

/** The policies that say what a role permits: of the design plane, and of every environment that runs. */
async function policiesOf(
  session: PeopleSession,
  { settings, manifests }: Pick<SettingsState, 'settings' | 'manifests'>,
): Promise<Policy[]> {
  const published = await Promise.all(
    [...manifests.keys()].map((environment) => session.runtime.published(environment)),
  );
  return [designPolicy(settings.roles), ...published.map(({ policy }) => policy)];
}

/** @throws DaypassError ROLE_UNKNOWN naming each role that the site does not have */
export function requireKnownRoles(settings: SiteSettings, roles: readonly string[], path = '/roles'): void {
  const known = new Set([...settings.roles.map(({ id }) => id), ...BUILT_IN_ROLES]);
  const problems = roles.flatMap((role, at): Problem[] =>
    known.has(role) ? [] : [{ path: `${path}/${at}`, message: `“${role}” is not a role of this site` }],
  );
  if (problems.length > 0) throw new DaypassError('ROLE_UNKNOWN', undefined, problems);
}
