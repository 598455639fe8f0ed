import { readSettings } from '../apps/settings.ts';
import { DaypassError } from '../errors.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import type { Principal } from '../principals.ts';
import { requireAssignable } from './delegation.ts';
import type { PeopleSession } from './session.ts';

/**
 * Roles of machines are custom ones, and are given and taken by whoever holds what they permit.
 * @param moved those that are given or taken; all of `roles` must be custom ones
 * @throws DaypassError ROLE_UNKNOWN, FORBIDDEN
 */
export async function requireGivable(
  session: PeopleSession,
  moved: readonly string[],
  roles: readonly string[],
): Promise<void> {
  const builtIn = roles.find((role) => BUILT_IN_ROLES.has(role));
  if (builtIn !== undefined) {
    const message = `“${builtIn}” is for people; give it a custom role`;
    throw new DaypassError('ROLE_UNKNOWN', message, [{ path: '/roles', message }]);
  }
  await requireAssignable(session, await readSettings(session), moved);
}

/** A service account or a robot. @throws DaypassError NOT_FOUND */
export async function findMachine(session: PeopleSession, id: string): Promise<Principal> {
  const principal = await session.readPrincipal(id);
  if (principal?.type !== 'serviceAccount' && principal?.type !== 'robot')
    throw new DaypassError('NOT_FOUND');
  return principal;
}
