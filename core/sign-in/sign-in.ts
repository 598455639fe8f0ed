import type { Change } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { composeMail, greeting, type Mailer } from '../mail/mail.ts';
import type { Caller } from '../ports.ts';
import { normaliseEmail, type Principal } from '../principals.ts';
import type { Runtime } from '../runtime.ts';
import { formatToken, readToken } from '../tokens/token.ts';

const MINUTE_MS = 60_000;
/** A sign-in link is for now. */
export const LINK_LIFETIME_MS = 15 * MINUTE_MS;
/** A session is for a working day. */
export const SESSION_LIFETIME_MS = 12 * 60 * MINUTE_MS;
const LINKS_PER_WINDOW = 5;
const RATE_WINDOW_MS = 15 * MINUTE_MS;

export interface SignInRequest {
  email: string;
  /** Where to go afterwards: a path of this site. */
  to?: string;
  /** Of the site, for the mail. */
  siteName: string;
  contact: string;
}

/**
 * Mails a sign-in link if the address belongs to a user. Answers nothing, so that nobody learns which addresses do;
 * more than a few links per address and quarter of an hour are silently not sent.
 */
export async function requestSignIn(
  runtime: Runtime & { mailer: Mailer },
  request: SignInRequest,
): Promise<void> {
  const email = normaliseEmail(request.email);
  const user = await runtime.store.readUserByEmail(email);
  if (user?.type !== 'user' || !user.email) return;
  const now = runtime.now();
  if (
    !(await runtime.store.takeTurn('signIn', user.id, {
      at: now,
      windowMs: RATE_WINDOW_MS,
      limit: LINKS_PER_WINDOW,
    }))
  )
    return;
  const link = await createSignInLink(runtime, user, request.to);
  await runtime.mailer.send(
    composeMail({
      to: user.email,
      subject: `Sign in to ${request.siteName}`,
      intro: [`${greeting(user.name)}, here is your link to sign in.`],
      facts: [],
      button: { label: 'Sign in', href: link },
      closing: [
        'It works once and for 15 minutes. If you did not ask for it, ignore this mail: nothing happens without the link.',
      ],
      siteName: request.siteName,
      contact: request.contact,
      tags: { purpose: 'signIn' },
    }),
  );
}

/** A link that signs a user in once; also what the first-owner command prints. */
export async function createSignInLink(runtime: Runtime, user: Principal, to?: string): Promise<string> {
  const now = runtime.now();
  const id = runtime.newId();
  await runtime.store.commit([
    {
      kind: 'addCredential',
      credential: {
        id,
        principalId: user.id,
        kind: 'signIn',
        keyId: runtime.keyring.active,
        createdAt: new Date(now).toISOString(),
        expiresAt: now + LINK_LIFETIME_MS,
      },
    },
  ]);
  const token = formatToken(
    { kind: 'signIn', principalId: user.id, credentialId: id },
    runtime.keyring,
    runtime.siteId,
  );
  const query = new URLSearchParams({ token, ...(to && { to }) });
  return `${runtime.siteUrl}/sign-in/link?${query}`;
}

/**
 * Redeems a sign-in link for a session: the link's end and the session's beginning are one write, so it works once.
 * @returns the session's token and its end in epoch milliseconds
 * @throws DaypassError CREDENTIAL_INVALID when the link is wrong, used, or too old
 */
export async function redeemSignIn(runtime: Runtime, text: string): Promise<SignedIn> {
  const link = readToken(text, runtime.keyring, runtime.siteId);
  if (link?.kind !== 'signIn') throw new DaypassError('CREDENTIAL_INVALID');
  const { principalId } = link;
  const user = await runtime.store.readPrincipal(principalId);
  if (user?.type !== 'user') throw new DaypassError('CREDENTIAL_INVALID');
  const now = runtime.now();
  const session = newSession(runtime, principalId, now);
  try {
    await runtime.store.commit([
      {
        kind: 'endCredential',
        principalId,
        credentialId: link.credentialId,
        reason: 'redeemed',
        at: now,
        requireLive: true,
        signInLink: true,
      },
      session.change,
    ]);
  } catch (error) {
    if (error instanceof DaypassError && error.code === 'PASS_ENDED')
      throw new DaypassError('CREDENTIAL_INVALID');
    throw error;
  }
  return { ...session.answer, email: user.email ?? '' };
}

/** A session that somebody has just begun, and the address that they are known by. */
export interface SignedIn extends SessionAnswer {
  email: string;
}

/** A session's token and its end in epoch milliseconds. */
export interface SessionAnswer {
  token: string;
  expiresAt: number;
  principalId: string;
}

/** A new session of a user, and what has to be written for it. */
export function newSession(
  runtime: Runtime,
  principalId: string,
  now: number,
): { change: Change; answer: SessionAnswer } {
  const { keyring, siteId } = runtime;
  const credentialId = runtime.newId();
  const expiresAt = now + SESSION_LIFETIME_MS;
  return {
    change: {
      kind: 'addCredential',
      credential: {
        id: credentialId,
        principalId,
        kind: 'session',
        keyId: keyring.active,
        createdAt: new Date(now).toISOString(),
        expiresAt,
      },
    },
    answer: {
      token: formatToken({ kind: 'session', principalId, credentialId }, keyring, siteId),
      expiresAt,
      principalId,
    },
  };
}

/** Ends the session that the caller came with. Keys and passes are no sessions: they end where it is journalled. */
export async function signOut(runtime: Runtime, caller: Caller): Promise<void> {
  if (caller.credential?.kind !== 'session') return;
  await runtime.store.commit([
    {
      kind: 'endCredential',
      principalId: caller.principalId,
      credentialId: caller.credential.id,
      reason: 'signedOut',
      at: runtime.now(),
      requireLive: false,
    },
  ]);
}
