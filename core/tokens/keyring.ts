import { createSecretKey, type KeyObject } from 'node:crypto';
import { DaypassError } from '../errors.ts';

/** Keys that tokens are signed with, or that chain the journal. The active one signs; any that is listed checks. */
export interface Keyring {
  active: string;
  /** Undefined for an unknown or retired key id: such a token is refused without any look-up. */
  key(id: string): KeyObject | undefined;
}

/** Four base62 characters. */
const KEY_ID = /^[0-9A-Za-z]{4}$/;

/**
 * Reads the secret that holds the signing keys: `{"active": "0001", "0001": "<at least 32 characters>", …}`.
 * @throws DaypassError INTERNAL when it has another shape (its content is never quoted).
 */
export function readKeyring(secret: string): Keyring {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(secret) as Record<string, unknown>;
  } catch {
    throw new DaypassError('INTERNAL', 'the secret of signing keys is not JSON');
  }
  const keys = new Map<string, KeyObject>();
  for (const [id, text] of Object.entries(parsed)) {
    if (KEY_ID.test(id) && typeof text === 'string' && text.length >= 32) {
      // A KeyObject once, because a raw buffer would be imported anew at every check.
      keys.set(id, createSecretKey(Buffer.from(text, 'utf8')));
    }
  }
  const active = parsed.active;
  if (typeof active !== 'string' || !keys.has(active)) {
    throw new DaypassError('INTERNAL', 'the secret of signing keys names no active key');
  }
  return { active, key: (id) => keys.get(id) };
}
