import { requireDesign } from '../apps/design-access.ts';
import { readSettings } from '../apps/settings.ts';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { DesignChange } from '../journal/design-event.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import type { Credential, Principal } from '../principals.ts';
import type { PageOf } from '../store.ts';
import { formatToken } from '../tokens/token.ts';
import { changed, distinct, requireConfirmed, rolesMoved, signInEnvironments } from './account.ts';
import { requireAssignable } from './delegation.ts';
import { listDirectory } from './directory.ts';
import { makeOnce } from './once.ts';
import { accountChange, journalled, type PeopleSession } from './session.ts';
import { requireVersion } from './users.ts';

const DAY_MS = 86_400_000;
/** A key is renewed at least once a year. */
const MOST_DAYS = 365;
/** Enough to replace one key by the other everywhere, one after the other. */
const MOST_KEYS = 10;

/** A service account, or a robot: it signs nowhere in and holds no password. */
export interface ServiceAccountAnswer {
  id: string;
  type: 'serviceAccount' | 'robot';
  name: string;
  roles: readonly string[];
  environments: readonly Environment[];
  keys: readonly KeyAnswer[];
  createdAt: string;
  version: number;
}

export interface KeyAnswer {
  id: string;
  name: string;
  environment: Environment;
  createdAt: string;
  expiresAt: string;
  lastUsedAt?: string;
  endedAt?: string;
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

/** @throws DaypassError FORBIDDEN, NOT_FOUND, VERSION_MISMATCH, ROLE_UNKNOWN */
export async function updateServiceAccount(
  session: PeopleSession,
  id: string,
  set: { name?: string; roles?: readonly string[] },
  expectedVersion: number,
): Promise<ServiceAccountAnswer> {
  requireDesign(session, 'design:edit', { type: 'account', id });
  const before = await findMachine(session, id);
  const roles = set.roles ? distinct(set.roles) : before.roles;
  await requireGivable(session, rolesMoved(before.roles, roles), roles);
  requireVersion(before, expectedVersion);
  const after = changed(before, { roles, ...(set.name !== undefined && { name: set.name.trim() }) });
  await session.runtime.store.commit([
    { kind: 'updateAccount', before, after },
    journalled(session, accountChange(before, after)),
  ]);
  return answer(session, after);
}

/**
 * Deletes a service account: its keys are refused from the next request on. Robots belong to the apps that name them.
 * @throws DaypassError FORBIDDEN, NOT_FOUND, OWN_ACCOUNT, CONFIRMATION_NEEDED
 */
export async function deleteServiceAccount(
  session: PeopleSession,
  id: string,
  confirmed: readonly string[],
): Promise<void> {
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
}

/**
 * Makes an API key. The key is in this answer and nowhere else. Whoever makes one could act as the account, so they
 * must hold what it holds.
 * @param given `expiresAt` epoch milliseconds, at most a year away
 * @throws DaypassError FORBIDDEN, NOT_FOUND, REQUEST_INVALID, LIMIT_EXCEEDED
 */
export async function createKey(
  session: PeopleSession,
  accountId: string,
  given: { name: string; environment: Environment; expiresAt: number },
): Promise<KeyAnswer & { key: string }> {
  requireDesign(session, 'design:edit', { type: 'account', id: accountId });
  const account = await findMachine(session, accountId);
  if (account.type !== 'serviceAccount') {
    throw new DaypassError('FORBIDDEN', 'A robot works inside of workflows and has no key');
  }
  await requireGivable(session, account.roles, account.roles);
  const { runtime, now } = session;
  const { environment, expiresAt } = given;
  if (!(expiresAt > now) || expiresAt > now + MOST_DAYS * DAY_MS) {
    const message = `must lie ahead, at most ${MOST_DAYS} days`;
    throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/expiresAt', message }]);
  }
  const live = (await runtime.store.listCredentials(accountId)).filter((key) => isLive(key, now));
  if (live.length >= MOST_KEYS) {
    throw new DaypassError('LIMIT_EXCEEDED', `it has ${live.length} live keys; revoke one first`);
  }
  const credential: Credential = {
    id: runtime.newId(),
    principalId: accountId,
    kind: 'apiKey',
    name: given.name.trim(),
    environment,
    keyId: runtime.keyring.active,
    createdAt: new Date(now).toISOString(),
    expiresAt,
  };
  await runtime.store.commit([
    { kind: 'addCredential', credential },
    journalled(session, keyChange('createKey', account, credential)),
  ]);
  const parts = { kind: 'apiKey', environment, principalId: accountId, credentialId: credential.id } as const;
  return { ...answerKey(credential), key: formatToken(parts, runtime.keyring, runtime.siteId) };
}

/** Revokes a key: the very next request with it is refused. @throws DaypassError FORBIDDEN, NOT_FOUND */
export async function revokeKey(session: PeopleSession, accountId: string, keyId: string): Promise<void> {
  requireDesign(session, 'design:edit', { type: 'account', id: accountId });
  const account = await findMachine(session, accountId);
  const { store } = session.runtime;
  const credential = await store.readCredential(accountId, keyId);
  if (credential?.kind !== 'apiKey') throw new DaypassError('NOT_FOUND');
  await store.commit([
    {
      kind: 'endCredential',
      principalId: accountId,
      credentialId: keyId,
      reason: 'revoked',
      at: session.now,
      requireLive: false,
    },
    journalled(session, keyChange('revokeKey', account, credential)),
  ]);
}

/** Which key: its name and how far it reaches, never what it is. */
function keyChange(action: 'createKey' | 'revokeKey', account: Principal, key: Credential): DesignChange {
  const { id, name, type } = account;
  const { environment, expiresAt } = key;
  const values = { id: key.id, name: key.name, environment, expiresAt: new Date(expiresAt).toISOString() };
  return {
    action,
    subject: { type: type as 'serviceAccount', id, name },
    ...(action === 'createKey' ? { after: { key: values } } : { before: { key: values } }),
  };
}

async function requireGivable(
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

async function findMachine(session: PeopleSession, id: string): Promise<Principal> {
  const principal = await session.readPrincipal(id);
  if (principal?.type !== 'serviceAccount' && principal?.type !== 'robot')
    throw new DaypassError('NOT_FOUND');
  return principal;
}

const isLive = ({ kind, endedAt, expiresAt }: Credential, now: number) =>
  kind === 'apiKey' && endedAt === undefined && expiresAt > now;

async function answer(session: PeopleSession, account: Principal): Promise<ServiceAccountAnswer> {
  const { id, name, roles, createdAt, version = 1 } = account;
  const [credentials, { settings }] = await Promise.all([
    session.runtime.store.listCredentials(id),
    readSettings(session),
  ]);
  return {
    id,
    type: account.type as ServiceAccountAnswer['type'],
    name,
    roles,
    environments: signInEnvironments(roles, settings),
    keys: credentials
      .filter(({ kind }) => kind === 'apiKey')
      .map(answerKey)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
    createdAt,
    version,
  };
}

function answerKey(key: Credential): KeyAnswer {
  const { id, name = '', environment, createdAt, expiresAt, lastUsedAt, endedAt } = key;
  return {
    id,
    name,
    environment: environment as Environment,
    createdAt,
    expiresAt: new Date(expiresAt).toISOString(),
    ...(lastUsedAt && { lastUsedAt }),
    ...(endedAt && { endedAt }),
  };
}
