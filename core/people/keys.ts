import { requireDesign } from '../apps/design-access.ts';
import type { Change } from '../changes.ts';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { DesignChange } from '../journal/design-event.ts';
import { type Credential, type Principal, rolesWith } from '../principals.ts';
import { formatToken } from '../tokens/token.ts';
import { requireNamedHeld } from './delegation.ts';
import { findMachine, requireGivable } from './machines.ts';
import { makeOnce } from './once.ts';
import { journalled, type PeopleSession } from './session.ts';

const DAY_MS = 86_400_000;
/** A key is renewed at least once a year. */
const MOST_DAYS = 365;
/** Enough to replace one key by the other everywhere, one after the other. */
const MOST_KEYS = 10;
/** Whoever is overtaken so often has seen as many keys made as there can be. */
const ATTEMPTS = MOST_KEYS + 1;

/** How long after its making a key can be shown. */
const SHOWN_MS = 5 * 60_000;

/** What a key is for: one environment, in both planes; or the whole site, which is chosen as such. */
export type KeyReach = Environment | 'site';

export interface KeyAnswer {
  id: string;
  name: string;
  /** Absent on a site key. */
  environment?: Environment;
  /** Only on a site key. */
  site?: true;
  /** What it carries: roles that the account held when it was made, as far as the account holds them now. */
  roles: readonly string[];
  createdAt: string;
  expiresAt: string;
  lastUsedAt?: string;
  endedAt?: string;
}

/** A key with its text, as long as that can be shown. */
export type NewKeyAnswer = KeyAnswer & { key?: string };

/**
 * Makes an API key, with the roles that the account holds now: what the account is given later is for later keys. The
 * key is in this answer and nowhere else. Whoever makes one could act as the account, so they must hold what it holds, by
 * its roles and by its name.
 * Of keys that are made at once each sees those before it.
 * @param given `expiresAt` epoch milliseconds, at most a year away
 * @param idempotencyKey of a form: sent again it makes no second key, and answers the first one while that can be shown
 * @throws DaypassError FORBIDDEN, NOT_FOUND, REQUEST_INVALID, LIMIT_EXCEEDED; CONFLICT when others kept writing the account
 */
export async function createKey(
  session: PeopleSession,
  accountId: string,
  given: { name: string; reach: KeyReach; expiresAt: number },
  idempotencyKey?: string,
): Promise<NewKeyAnswer> {
  requireDesign(session, 'design:edit', { type: 'account', id: accountId });
  let made: NewKeyAnswer | undefined;
  const content = { route: 'createKey', accountId, ...given };
  const id = await makeOnce(session, idempotencyKey, content, async (remember) => {
    made = await commitKey(session, accountId, given, remember);
    return made.id;
  });
  return made ?? showNewKey(session, accountId, id);
}

/**
 * A key that was made a moment ago, once more: whoever made it comes to the page that shows it. The key is worked out
 * from its ids, because it is kept nowhere, and not any more once it is over or five minutes old. Asks for the same rights
 * as making it.
 * @throws DaypassError NOT_FOUND, FORBIDDEN
 */
export async function showNewKey(
  session: PeopleSession,
  accountId: string,
  keyId: string,
): Promise<NewKeyAnswer> {
  requireDesign(session, 'design:edit', { type: 'account', id: accountId });
  const { now } = session;
  const account = await findHolder(session, accountId);
  const credential = await session.runtime.store.readCredential(accountId, keyId);
  if (credential?.kind !== 'apiKey') throw new DaypassError('NOT_FOUND');
  const { createdAt, expiresAt, endedAt } = credential;
  const shows = endedAt === undefined && expiresAt > now && Date.parse(createdAt) > now - SHOWN_MS;
  return { ...answerKey(account, credential), ...(shows && { key: textOf(session, credential) }) };
}

/** A service account whose keys the caller may make. @throws DaypassError FORBIDDEN, NOT_FOUND */
async function findHolder(session: PeopleSession, accountId: string): Promise<Principal> {
  const account = await findMachine(session, accountId);
  if (account.type !== 'serviceAccount') {
    throw new DaypassError('FORBIDDEN', 'A robot works inside of workflows and has no key');
  }
  await requireGivable(session, account.roles, account.roles);
  await requireNamedHeld(session, account);
  return account;
}

async function commitKey(
  session: PeopleSession,
  accountId: string,
  given: { name: string; reach: KeyReach; expiresAt: number },
  remember: (id: string) => Change[],
): Promise<NewKeyAnswer> {
  for (let attempt = 1; ; attempt++) {
    // Read before its keys: a key that is made afterwards moves the account's count, and holds this one back.
    const account = await findHolder(session, accountId);
    requireLifetime(given.expiresAt, session.now);
    await requireRoom(session, accountId);
    const credential = newKey(session, account, given);
    try {
      await session.runtime.store.commit([
        { kind: 'countKey', account },
        { kind: 'addCredential', credential },
        journalled(session, keyChange('createKey', account, credential)),
        ...remember(credential.id),
      ]);
      return { ...answerKey(account, credential), key: textOf(session, credential) };
    } catch (error) {
      if (!(error instanceof DaypassError) || error.code !== 'CONFLICT' || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Revokes a key: the very next request with it is refused.
 * @returns what it was for
 * @throws DaypassError FORBIDDEN, NOT_FOUND
 */
export async function revokeKey(
  session: PeopleSession,
  accountId: string,
  keyId: string,
): Promise<{ name: string }> {
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
  return { name: credential.name ?? '' };
}

/** A key of an account as it is shown: never the key itself. */
export function answerKey(account: Principal, key: Credential): KeyAnswer {
  const { id, name = '', createdAt, expiresAt, lastUsedAt, endedAt } = key;
  return {
    id,
    name,
    ...reachOf(key),
    roles: rolesWith(account, key),
    createdAt,
    expiresAt: new Date(expiresAt).toISOString(),
    ...(lastUsedAt && { lastUsedAt }),
    ...(endedAt && { endedAt }),
  };
}

function requireLifetime(expiresAt: number, now: number): void {
  if (expiresAt > now && expiresAt <= now + MOST_DAYS * DAY_MS) return;
  const message = `must lie ahead, at most ${MOST_DAYS} days`;
  throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/expiresAt', message }]);
}

async function requireRoom({ runtime, now }: PeopleSession, accountId: string): Promise<void> {
  const live = (await runtime.store.listCredentials(accountId)).filter(
    ({ kind, endedAt, expiresAt }) => kind === 'apiKey' && endedAt === undefined && expiresAt > now,
  );
  if (live.length < MOST_KEYS) return;
  throw new DaypassError('LIMIT_EXCEEDED', `it has ${live.length} live keys; revoke one first`);
}

function newKey(
  { runtime, now }: PeopleSession,
  account: Principal,
  { name, reach, expiresAt }: { name: string; reach: KeyReach; expiresAt: number },
): Credential {
  return {
    id: runtime.newId(),
    principalId: account.id,
    kind: 'apiKey',
    name: name.trim(),
    ...(reach !== 'site' && { environment: reach }),
    roles: account.roles,
    keyId: runtime.keyring.active,
    createdAt: new Date(now).toISOString(),
    expiresAt,
  };
}

function textOf({ runtime }: PeopleSession, key: Credential): string {
  const { principalId, id, environment, keyId } = key;
  const parts = {
    kind: 'apiKey',
    principalId,
    credentialId: id,
    keyId,
    ...(environment && { environment }),
  } as const;
  return formatToken(parts, runtime.keyring, runtime.siteId);
}

/** Which key: its name and how far it reaches, never what it is. */
function keyChange(action: 'createKey' | 'revokeKey', account: Principal, key: Credential): DesignChange {
  const { id, name, type } = account;
  const values = {
    id: key.id,
    name: key.name,
    ...reachOf(key),
    ...(key.roles && { roles: key.roles }),
    expiresAt: new Date(key.expiresAt).toISOString(),
  };
  return {
    action,
    subject: { type: type as 'serviceAccount', id, name },
    ...(action === 'createKey' ? { after: { key: values } } : { before: { key: values } }),
  };
}

const reachOf = ({ environment }: Credential) => (environment ? { environment } : { site: true as const });
