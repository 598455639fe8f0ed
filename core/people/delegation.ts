import { designSubject, mayDesign, rolePolicy } from '../apps/design-access.ts';
import type { SettingsState } from '../apps/settings.ts';
import { ENVIRONMENTS } from '../environments.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import { type Grantor, mayActAs, mayAssignRole, mayGrant } from '../policy/delegation.ts';
import type { Subject } from '../policy/types.ts';
import type { Principal } from '../principals.ts';
import type { Published, Runtime, SiteSettings } from '../runtime.ts';
import { nameOfRole, partsOf } from './role-parts.ts';
import type { PeopleSession } from './session.ts';

/**
 * Delegation is bounded: roles are given and taken away by whoever could grant everything that they permit: by
 * themselves, and in the apps of every environment that runs. Taking away what is no role of the site any more is free.
 * @param roles those that are given or taken away
 * @throws DaypassError ROLE_UNKNOWN; FORBIDDEN naming the roles
 */
export async function requireAssignable(
  session: PeopleSession,
  { settings }: Pick<SettingsState, 'settings'>,
  roles: readonly string[],
): Promise<void> {
  if (roles.length === 0) return;
  requireKnownRoles(settings, roles);
  const grantors = await grantorsOf(session.runtime, designSubject(session.caller), settings);
  const beyond = roles.filter((role) => !mayAssign(grantors, role));
  if (beyond.length === 0) return;
  // What a role permits is told to who may read roles.
  const why = mayDesign(session, 'design:read', { type: 'role' })
    ? (role: string) => whyBeyond(grantors, settings, role)
    : () => '';
  throw new DaypassError(
    'FORBIDDEN',
    BOUND,
    beyond.map((role) => ({
      path: '/roles',
      message: `“${role}” reaches further than your own rights${why(role)}`,
    })),
  );
}

/**
 * Whoever makes a key for an account could act as it, and whoever designs an app has its robot act: they hold what apps
 * permit the account by its name, in every environment, as they hold its roles.
 * @throws DaypassError FORBIDDEN
 */
export async function requireNamedHeld(session: PeopleSession, { id, name }: Principal): Promise<void> {
  const grantors = await grantorsOf(session.runtime, designSubject(session.caller));
  if (grantors.every((grantor) => mayActAs(grantor, id))) return;
  const message = `what apps permit “${name}” by its name reaches further than your own rights`;
  throw new DaypassError('FORBIDDEN', BOUND, [{ path: '/account', message }]);
}

/** Why somebody is refused who gives or takes away what they do not hold. */
export const BOUND = 'Nobody can give or take away more than they hold themselves';

/** The parts of a role that somebody could not give; else the environments whose apps permit it more. */
function whyBeyond(grantors: readonly Grantor[], settings: SiteSettings, id: string): string {
  const role = settings.roles.find((each) => each.id === id);
  if (!role) return '';
  const alone = grantors.filter(({ policy, design }) => policy === design);
  const parts = partsOf(role, (other) => nameOfRole(settings.roles, other))
    .filter(({ rule }) => !alone.every((grantor) => mayGrant(grantor, rule)))
    .map(({ words }) => words);
  if (parts.length > 0) return `: ${[...new Set(parts)].join(', ')}`;
  const places = grantors
    .filter((grantor) => !mayAssignRole(grantor, id))
    .map(({ environment }) => environment);
  return ` by what apps permit it in ${[...new Set(places)].join(', ')}`;
}

/**
 * Somebody as who gives or takes roles: once for every policy that says what a role permits. Roles are the site's, so
 * what one permits in any environment counts in all of them.
 * @param settings the newest ones, where they are known; those that environments run with count besides
 */
export async function grantorsOf(
  runtime: Pick<Runtime, 'published'>,
  subject: Subject,
  settings?: SiteSettings,
): Promise<Grantor[]> {
  const running = await runningNow(runtime);
  const sites = [...(settings ? [settings] : []), ...running.map((published) => published.settings)];
  const byRoles = new Map(sites.map(({ roles }) => [JSON.stringify(roles), roles]));
  return [...byRoles.values()].flatMap((roles) => {
    const design = rolePolicy(roles);
    return [
      ...ENVIRONMENTS.map((environment) => ({ subject, policy: design, environment, design })),
      ...running.map(({ policy, environment }) => ({ subject, policy, environment, design })),
    ];
  });
}

/** Whether all of them may give a role, and take it away. */
export function mayAssign(grantors: readonly Grantor[], role: string): boolean {
  return grantors.every((grantor) => mayAssignRole(grantor, role));
}

/** What is published in each environment that runs. */
async function runningNow(runtime: Pick<Runtime, 'published'>): Promise<Published[]> {
  const found = await Promise.all(
    ENVIRONMENTS.map((environment) =>
      runtime.published(environment).catch((error: unknown) => {
        if (error instanceof DaypassError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      }),
    ),
  );
  return found.filter((each) => each !== undefined);
}

/** @throws DaypassError ROLE_UNKNOWN naming each role that the site does not have */
export function requireKnownRoles(settings: SiteSettings, roles: readonly string[], path = '/roles'): void {
  const known = new Set([...settings.roles.map(({ id }) => id), ...BUILT_IN_ROLES]);
  const problems = roles.flatMap((role, at): Problem[] =>
    known.has(role) ? [] : [{ path: `${path}/${at}`, message: `“${role}” is not a role of this site` }],
  );
  if (problems.length > 0) throw new DaypassError('ROLE_UNKNOWN', undefined, problems);
}
