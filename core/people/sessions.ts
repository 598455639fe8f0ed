import { DaypassError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import type { Credential } from '../principals.ts';
import type { Runtime } from '../runtime.ts';

/** Parts of one transaction; whoever has more sessions than this is signed out in several. */
const AT_ONCE = 80;

/** A live session of the caller's: one browser in which they signed in. */
export interface SessionAnswer {
  id: string;
  signedInAt: string;
  expiresAt: string;
  /** Whether the request was made with it. */
  current: boolean;
}

/** @throws DaypassError FORBIDDEN for whoever does not sign in */
export async function listSessions(runtime: Runtime, caller: Caller): Promise<SessionAnswer[]> {
  requireUser(caller);
  const live = await liveSessions(runtime, caller.principalId);
  return live.map(({ id, createdAt, expiresAt }) => ({
    id,
    signedInAt: createdAt,
    expiresAt: new Date(expiresAt).toISOString(),
    current: id === caller.credential?.id,
  }));
}

/** Signs the caller out of one browser. @throws DaypassError FORBIDDEN, NOT_FOUND */
export async function endSession(runtime: Runtime, caller: Caller, id: string): Promise<void> {
  requireUser(caller);
  const found = (await liveSessions(runtime, caller.principalId)).find((session) => session.id === id);
  if (!found) throw new DaypassError('NOT_FOUND');
  await end(runtime, [found]);
}

/** Signs somebody out everywhere, links that were mailed and not used included. @returns how many sessions ended */
export async function endSessions(runtime: Runtime, principalId: string): Promise<number> {
  const now = runtime.now();
  const open = (await runtime.store.listCredentials(principalId)).filter(
    ({ kind, endedAt, expiresAt }) =>
      (kind === 'session' || kind === 'signIn') && endedAt === undefined && expiresAt > now,
  );
  await end(runtime, open);
  return open.filter(({ kind }) => kind === 'session').length;
}

export function requireUser(caller: Caller): void {
  if (caller.type !== 'user') throw new DaypassError('FORBIDDEN', 'Only people who sign in have sessions');
}

async function liveSessions(runtime: Runtime, principalId: string): Promise<Credential[]> {
  const now = runtime.now();
  return (await runtime.store.listCredentials(principalId))
    .filter(({ kind, endedAt, expiresAt }) => kind === 'session' && endedAt === undefined && expiresAt > now)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

async function end({ store, now }: Runtime, credentials: readonly Credential[]): Promise<void> {
  const at = now();
  for (let from = 0; from < credentials.length; from += AT_ONCE) {
    await store.commit(
      credentials.slice(from, from + AT_ONCE).map(({ id, principalId, kind }) => ({
        kind: 'endCredential',
        principalId,
        credentialId: id,
        reason: 'signedOut',
        at,
        requireLive: false,
        signInLink: kind === 'signIn',
      })),
    );
  }
}
