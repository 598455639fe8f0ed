import { requireDesign } from '../apps/design-access.ts';
import { readSettings } from '../apps/settings.ts';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { Principal } from '../principals.ts';
import type { PageOf } from '../store.ts';
import { changed, distinct, requireConfirmed, rolesMoved, signInEnvironments } from './account.ts';
import { requireNamedHeld } from './delegation.ts';
import { listDirectory } from './directory.ts';
import { answerKey, type KeyAnswer } from './keys.ts';
import { findMachine, requireGivable } from './machines.ts';
import { makeOnce } from './once.ts';
import { type RobotWork, workOf } from './robot-work.ts';
import { accountChange, journalled, type PeopleSession } from './session.ts';
import { requireVersion } from './users.ts';

/** A service account, or a robot: it signs nowhere in and holds no password. */
export interface ServiceAccountAnswer {
  id: string;
  type: 'serviceAccount' | 'robot';
  name: string;
  roles: readonly string[];
  environments: readonly Environment[];
  keys: readonly KeyAnswer[];
  /** Robots: ids of the apps that it works for, and the published apps that would have it work. */
  apps?: readonly string[];
  work?: readonly RobotWork[];
  createdAt: string;
  version: number;
}

/** @throws DaypassError FORBIDDEN, REQUEST_INVALID */
export async function listServiceAccounts(
  session: PeopleSession,
  page: { limit: number; cursor?: string },
): Promise<PageOf<{ id: string; type: string; name: string; roles: readonly string[] }>> {
  requireDesign(session, 'design:read', { type: 'account' });
  const { items, cursor } = await listDirectory(session, 'machines', page);
  return {
    items: items.map(({ id, type, name, roles }) => ({ id, type, name, roles })),
    ...(cursor && { cursor }),
  };
}

/** @throws DaypassError FORBIDDEN, NOT_FOUND */
export async function readServiceAccount(session: PeopleSession, id: string): Promise<ServiceAccountAnswer> {
  requireDesign(session, 'design:read', { type: 'account', id });
  return answer(session, await findMachine(session, id));
}

/** @throws DaypassError FORBIDDEN, ROLE_UNKNOWN, IDEMPOTENCY_MISMATCH */
export async function createServiceAccount(
  session: PeopleSession,
  given: { name: string; roles: readonly string[] },
  idempotencyKey?: string,
): Promise<ServiceAccountAnswer> {
  const roles = distinct(given.roles);
  requireDesign(session, 'design:create', { type: 'account', roles });
  await requireGivable(session, roles, roles);
  const { runtime, now } = session;
  const content = { route: 'createServiceAccount', ...given };
  const id = await makeOnce(session, idempotencyKey, content, async (remember) => {
    const principal: Principal = {
      id: runtime.newId(),
      type: 'serviceAccount',
      name: given.name.trim(),
      roles,
      profiles: [],
      createdAt: new Date(now).toISOString(),
      version: 1,
    };
    await runtime.store.commit([
      { kind: 'addPrincipal', principal },
      journalled(session, accountChange(undefined, principal)),
      ...remember(principal.id),
    ]);
    return principal.id;
  });
  return answer(session, await findMachine(session, id));
}

/**
 * Changes name and roles, and for a robot the apps that it works for. Whoever designs such an app uses the robot's rights:
 * an app is added or taken away by who could give the robot's roles, and holds what apps permit it by its name.
 * @throws DaypassError FORBIDDEN, NOT_FOUND, VERSION_MISMATCH, ROLE_UNKNOWN, REQUEST_INVALID for apps of what is no robot
 */
export async function updateServiceAccount(
  session: PeopleSession,
  id: string,
  set: { name?: string; roles?: readonly string[]; apps?: readonly string[] },
  expectedVersion: number,
): Promise<ServiceAccountAnswer> {
  requireDesign(session, 'design:edit', { type: 'account', id });
  const [before, { settings }] = await Promise.all([findMachine(session, id), readSettings(session)]);
  const roles = set.roles ? distinct(set.roles) : before.roles;
  const apps = appsOf(before, set.apps);
  const lends = apps !== undefined && String(distinct(before.apps ?? [])) !== String(distinct(apps));
  const lent = lends ? [...rolesMoved(before.roles, [], settings), ...roles] : [];
  await requireGivable(session, distinct([...rolesMoved(before.roles, roles, settings), ...lent]), roles);
  if (lends) await requireNamedHeld(session, before);
  if (set.name?.trim() === '') {
    throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/name', message: 'must not be empty' }]);
  }
  requireVersion(before, expectedVersion);
  const after = changed(before, {
    roles,
    ...(set.name !== undefined && { name: set.name.trim() }),
    ...(apps && { apps }),
  });
  await session.runtime.store.commit([
    { kind: 'updateAccount', before, after },
    journalled(session, accountChange(before, after)),
  ]);
  return answer(session, after);
}

/**
 * Deletes a service account: its keys are refused from the next request on. Robots belong to the apps that name them.
 * @returns what it was called
 * @throws DaypassError FORBIDDEN, NOT_FOUND, OWN_ACCOUNT, CONFIRMATION_NEEDED
 */
export async function deleteServiceAccount(
  session: PeopleSession,
  id: string,
  confirmed: readonly string[],
): Promise<{ name: string }> {
  if (id === session.caller.principalId) throw new DaypassError('OWN_ACCOUNT');
  requireDesign(session, 'design:delete', { type: 'account', id });
  const principal = await findMachine(session, id);
  if (principal.type !== 'serviceAccount') {
    throw new DaypassError('FORBIDDEN', 'A robot runs the tasks of the apps that name it, and stays');
  }
  const { settings } = await readSettings(session);
  requireConfirmed(signInEnvironments(principal.roles, settings), confirmed);
  await session.runtime.store.commit([
    { kind: 'endAccount', principal, at: session.now },
    journalled(session, accountChange(principal, undefined)),
  ]);
  return { name: principal.name };
}

function appsOf({ type, name }: Principal, apps: readonly string[] | undefined): string[] | undefined {
  if (apps === undefined) return undefined;
  if (type === 'robot') return distinct(apps);
  const message = `“${name}” is no robot: only robots run tasks and services of apps`;
  throw new DaypassError('REQUEST_INVALID', message, [{ path: '/apps', message }]);
}

async function answer(session: PeopleSession, account: Principal): Promise<ServiceAccountAnswer> {
  const { id, name, roles, apps = [], createdAt, version = 1 } = account;
  const [credentials, state] = await Promise.all([
    session.runtime.store.listCredentials(id),
    readSettings(session),
  ]);
  const { settings } = state;
  return {
    id,
    type: account.type as ServiceAccountAnswer['type'],
    name,
    roles,
    environments: signInEnvironments(roles, settings),
    keys: credentials
      .filter(({ kind }) => kind === 'apiKey')
      .map((key) => answerKey(account, key))
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
    ...(account.type === 'robot' && { apps, work: await workOf(session, state, id) }),
    createdAt,
    version,
  };
}
