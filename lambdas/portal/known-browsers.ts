import { createHash } from 'node:crypto';
import { normaliseEmail } from '../../core/principals.ts';
import type { Runtime } from '../../core/runtime.ts';
import { openPurpose, sealPurpose } from '../../core/tokens/sealed.ts';
import { setCookie } from '../shared/http/cookies.ts';
import type { Portal } from './portal.ts';

/** Somebody who comes back after a long leave is still known. */
const LIFETIME_MS = 180 * 24 * 60 * 60_000;
const BOUND = 'browser';

/** What the cookie holds, sealed. */
interface Held {
  id: string;
  /** Hash of the address that it signed in with. */
  person: string;
  expiresAt: number;
}

/**
 * `Set-Cookie` for a browser in which somebody has just signed in. It lets nobody in: a link to sign in that is asked for
 * from this browser, for the same address, is counted with the browser and not with everybody in its network.
 */
export function knownBrowserCookie(
  { siteUrl, names }: Pick<Portal, 'siteUrl' | 'names'>,
  runtime: Runtime,
  email: string,
): string {
  const expiresAt = runtime.now() + LIFETIME_MS;
  const held: Held = { id: runtime.newId(), person: personOf(email, runtime), expiresAt };
  return setCookie(
    siteUrl,
    names.known,
    sealPurpose('knownBrowser', JSON.stringify(held), BOUND, runtime),
    expiresAt,
  );
}

/** The id of a browser that has signed in with this very address before; undefined for any other. */
export function knownBrowser(
  cookie: string | undefined,
  email: string,
  runtime: Runtime,
): string | undefined {
  const text = cookie && openPurpose('knownBrowser', cookie, BOUND, runtime);
  if (!text) return undefined;
  const { id, person, expiresAt } = JSON.parse(text) as Held;
  return expiresAt > runtime.now() && person === personOf(email, runtime) ? id : undefined;
}

/** Addresses are compared in the form in which accounts are kept; what is kept of them here is a hash. */
export function personOf(email: string, { siteId }: Pick<Runtime, 'siteId'>): string {
  const text = `${siteId}\n${normaliseEmail(email)}`;
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
