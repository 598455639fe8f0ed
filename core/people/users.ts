import { requireDesign } from '../apps/design-access.ts';
import { readSettings } from '../apps/settings.ts';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { readableEmail } from '../mail/address.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import type { Principal } from '../principals.ts';
import type { SiteSettings } from '../runtime.ts';
import type { PageOf } from '../store.ts';
import {
  changed,
  distinct,
  namesOf,
  newUser,
  partsOfName,
  requireConfirmed,
  rolesMoved,
  signInEnvironments,
} from './account.ts';
import { requireAssignable } from './delegation.ts';
import { listDirectory } from './directory.ts';
import { makeOnce } from './once.ts';
import { accountChange, journalled, type PeopleSession } from './session.ts';
import { endSessions } from './sessions.ts';

/** A user as administrators see it. */
export interface UserAnswer {
  id: string;
  name: string;
  firstName?: string;
  lastName?: string;
  email: string;
  roles: readonly string[];
  /** Where these roles let them sign in. */
  environments: readonly Environment[];
  createdAt: string;
  version: number;
}

/** @throws DaypassError FORBIDDEN, REQUEST_INVALID */
export async function listUsers(
  session: PeopleSession,
  page: { limit: number; cursor?: string; search?: string },
): Promise<PageOf<{ id: string; name: string; email?: string; roles: readonly string[] }>> {
  requireDesign(session, 'design:read', { type: 'account' });
  const { items, cursor } = await listDirectory(session, 'users', page);
  return {
    items: items.map(({ id, name, email, roles }) => ({ id, name, ...(email && { email }), roles })),
    ...(cursor && { cursor }),
  };
}

/** @throws DaypassError FORBIDDEN, NOT_FOUND */
export async function readUser(session: PeopleSession, id: string): Promise<UserAnswer> {
  requireDesign(session, 'design:read', { type: 'account', id });
  const [user, { settings }] = await Promise.all([findUser(session, id), readSettings(session)]);
  return answer(user, settings);
}

/**
 * Makes a user: by hand, with built-in or custom roles. Its email is one of a kind in the site.
 * @throws DaypassError FORBIDDEN, EMAIL_TAKEN, ROLE_UNKNOWN, REQUEST_INVALID, IDEMPOTENCY_MISMATCH
 */
export async function createUser(
  session: PeopleSession,
  given: { firstName: string; lastName: string; email: string; roles: readonly string[] },
  idempotencyKey?: string,
): Promise<UserAnswer> {
  const { runtime, now } = session;
  const roles = distinct(given.roles);
  requireDesign(session, 'design:create', { type: 'account', roles });
  const state = await readSettings(session);
  await requireAssignable(session, state, roles);
  const email = readableEmail(given.email);
  if (!email) throw invalid('email', 'must be an address like name@example.org');
  requireNames(given);
  const id = await makeOnce(session, idempotencyKey, { route: 'createUser', ...given }, async (remember) => {
    const principal = newUser({ ...given, id: runtime.newId(), email, roles, at: now });
    await runtime.store.commit([
      { kind: 'addUser', principal, email },
      journalled(session, accountChange(undefined, principal)),
      ...remember(principal.id),
    ]);
    return principal.id;
  });
  return answer(await findUser(session, id), state.settings);
}

/**
 * Changes names and roles. Who gives or takes a role must hold what it permits; the last owner stays one.
 * @throws DaypassError FORBIDDEN, NOT_FOUND, VERSION_MISMATCH, EMAIL_IMMUTABLE, ROLE_UNKNOWN, LAST_OWNER
 */
export async function updateUser(
  session: PeopleSession,
  id: string,
  set: { firstName?: string; lastName?: string; email?: string; roles?: readonly string[] },
  expectedVersion: number,
): Promise<UserAnswer> {
  requireDesign(session, 'design:edit', { type: 'account', id });
  const [before, state] = await Promise.all([findUser(session, id), readSettings(session)]);
  if (set.email !== undefined) throw new DaypassError('EMAIL_IMMUTABLE');
  const roles = set.roles ? distinct(set.roles) : before.roles;
  await requireAssignable(session, state, rolesMoved(before.roles, roles, state.settings));
  requireVersion(before, expectedVersion);
  const known = partsOfName(before);
  // Who has one name only keeps it.
  requireNames({
    ...(known.firstName !== '' && set.firstName !== undefined && { firstName: set.firstName }),
    ...(known.lastName !== '' && set.lastName !== undefined && { lastName: set.lastName }),
  });
  const { firstName = known.firstName, lastName = known.lastName } = set;
  const renamed = set.firstName !== undefined || set.lastName !== undefined;
  const after = changed(before, { roles, ...(renamed && namesOf(firstName, lastName)) });
  await session.runtime.store.commit([
    { kind: 'updateAccount', before, after },
    journalled(session, accountChange(before, after)),
  ]);
  return answer(after, state.settings);
}

/**
 * Deletes a user in all environments, for good.
 * @returns what they were called
 * @param confirmed the environments in which the person can sign in, as whoever deletes has been told
 * @throws DaypassError FORBIDDEN, NOT_FOUND, OWN_ACCOUNT, LAST_OWNER, CONFIRMATION_NEEDED, VERSION_MISMATCH
 */
export async function deleteUser(
  session: PeopleSession,
  id: string,
  options: { confirmed: readonly string[]; expectedVersion?: number },
): Promise<{ name: string }> {
  if (id === session.caller.principalId) throw new DaypassError('OWN_ACCOUNT');
  requireDesign(session, 'design:delete', { type: 'account', id });
  const [principal, state] = await Promise.all([findUser(session, id), readSettings(session)]);
  // Whoever could not make an owner does not get rid of one either.
  const builtIn = principal.roles.filter((role) => BUILT_IN_ROLES.has(role));
  await requireAssignable(session, state, builtIn);
  if (options.expectedVersion !== undefined) requireVersion(principal, options.expectedVersion);
  requireConfirmed(signInEnvironments(principal.roles, state.settings), options.confirmed);
  await session.runtime.store.commit([
    { kind: 'endAccount', principal, at: session.now },
    journalled(session, accountChange(principal, undefined)),
  ]);
  return { name: principal.name };
}

/**
 * Signs a user out everywhere.
 * @returns who it is, and how many sessions ended
 * @throws DaypassError FORBIDDEN, NOT_FOUND
 */
export async function signOutUser(
  session: PeopleSession,
  id: string,
): Promise<{ name: string; ended: number }> {
  requireDesign(session, 'design:edit', { type: 'account', id });
  const { name } = await findUser(session, id);
  const ended = await endSessions(session.runtime, id);
  const subject = { type: 'user', id, name } as const;
  await session.runtime.store.commit([
    journalled(session, { action: 'signOut', subject, after: { sessionsEnded: ended } }),
  ]);
  return { name, ended };
}

async function findUser(session: PeopleSession, id: string): Promise<Principal> {
  const principal = await session.readPrincipal(id);
  if (principal?.type !== 'user') throw new DaypassError('NOT_FOUND');
  return principal;
}

export function requireVersion({ version = 1 }: Principal, expected: number): void {
  if (version !== expected) throw new DaypassError('VERSION_MISMATCH', `it is at version ${version}`);
}

function requireNames(names: { firstName?: string; lastName?: string }): void {
  const empty = (['firstName', 'lastName'] as const).filter((part) => names[part]?.trim() === '');
  if (empty.length === 0) return;
  const problems = empty.map((part) => ({ path: `/${part}`, message: 'must not be empty' }));
  throw new DaypassError('REQUEST_INVALID', undefined, problems);
}

const invalid = (field: string, message: string) =>
  new DaypassError('REQUEST_INVALID', undefined, [{ path: `/${field}`, message }]);

function answer(user: Principal, settings: SiteSettings): UserAnswer {
  const { id, name, firstName, lastName, email = '', roles, createdAt, version = 1 } = user;
  return {
    id,
    name,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    email,
    roles,
    environments: signInEnvironments(roles, settings),
    createdAt,
    version,
  };
}
