import { DaypassError } from '../errors.ts';
import { normaliseEmail } from '../principals.ts';
import type { Runtime } from '../runtime.ts';
import { newSession, type SignedIn } from './sign-in.ts';

/** Who an issuer says has signed in there, as far as it matters here. */
export interface IssuedIdentity {
  email?: unknown;
  /** Whether the issuer has seen that the person reads this mailbox; nothing but `true` counts. */
  emailVerified?: unknown;
}

/**
 * Signs in the user whose email an issuer has verified. It makes nobody a user, and lets nobody in whom a mailed link
 * would not let in: what the session reaches is decided by the person's roles, at every request.
 * @throws DaypassError SIGN_IN_REFUSED, for every reason with the same words
 */
export async function signInAs(runtime: Runtime, identity: IssuedIdentity): Promise<SignedIn> {
  const { email, emailVerified } = identity;
  if (emailVerified !== true || typeof email !== 'string') throw new DaypassError('SIGN_IN_REFUSED');
  const user = await runtime.store.readUserByEmail(normaliseEmail(email));
  if (user?.type !== 'user' || !user.email || !isSameMailbox(user.email, email)) {
    throw new DaypassError('SIGN_IN_REFUSED');
  }
  const { change, answer } = newSession(runtime, user.id, runtime.now());
  await runtime.store.commit([change]);
  return { ...answer, email: user.email };
}

/**
 * Emails are kept unique in a coarser form than this: a mailed link goes to the address on file, whatever was typed. An
 * issuer says who somebody is, so a letter that only looks like another (wide, superscript, a ligature) may be another
 * person's mailbox, and is no match.
 */
function isSameMailbox(one: string, other: string): boolean {
  const form = (email: string) => email.normalize('NFC').trim().toLowerCase().normalize('NFC');
  return form(one) === form(other);
}
