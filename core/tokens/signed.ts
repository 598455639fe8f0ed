import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { equalInConstantTime } from './compare.ts';
import type { Keyring } from './keyring.ts';

/** What signed or sealed texts other than tokens are for; each has a key of its own, derived from the site's. */
export type Purpose = 'form' | 'cursor' | 'signIn' | 'knownBrowser' | 'notice';

/** Where signatures come from: the site's keys, and the site they are valid at. */
export interface Signing {
  keyring: Keyring;
  siteId: string;
}

const MAC_LENGTH = 43;
const SHAPE = /^[0-9A-Za-z]{4}[A-Za-z0-9_-]{43,}$/;

/**
 * Signs `payload`, which travels readable in the text (base64url).
 * @param bound what the text is bound to without carrying it, e.g. a caller and a query: it is given again to verify
 */
export function signPurpose(purpose: Purpose, payload: string, bound: string, signing: Signing): string {
  const keyId = signing.keyring.active;
  const key = derived(signing.keyring, keyId, purpose) as KeyObject;
  return keyId + mac(key, payload, bound, signing) + Buffer.from(payload, 'utf8').toString('base64url');
}

/** The payload of a text that `signPurpose` made for the same purpose, binding and site; undefined for any other. */
export function verifyPurpose(
  purpose: Purpose,
  text: string,
  bound: string,
  signing: Signing,
): string | undefined {
  if (!SHAPE.test(text)) return undefined;
  const key = derived(signing.keyring, text.slice(0, 4), purpose);
  if (!key) return undefined;
  const encoded = text.slice(4 + MAC_LENGTH);
  const payload = Buffer.from(encoded, 'base64url').toString('utf8');
  // Base64 has several spellings of some payloads; only the one that was signed is accepted.
  if (Buffer.from(payload, 'utf8').toString('base64url') !== encoded) return undefined;
  const expected = mac(key, payload, bound, signing);
  return equalInConstantTime(text.slice(4, 4 + MAC_LENGTH), expected) ? payload : undefined;
}

function mac(key: KeyObject, payload: string, bound: string, { siteId }: Signing): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([siteId, bound, payload]))
    .digest('base64url');
}

const derivedKeys = new WeakMap<KeyObject, Map<Purpose, KeyObject>>();

/** The key for a purpose, made of the site's key with this id; undefined for an unknown or retired one. */
export function derived(keyring: Keyring, keyId: string, purpose: Purpose): KeyObject | undefined {
  const key = keyring.key(keyId);
  if (!key) return undefined;
  const known = derivedKeys.get(key) ?? new Map<Purpose, KeyObject>();
  derivedKeys.set(key, known);
  const found =
    known.get(purpose) ??
    createSecretKey(createHmac('sha256', key).update(`daypass purpose\n${purpose}`).digest());
  known.set(purpose, found);
  return found;
}
