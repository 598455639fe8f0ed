import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { derived, type Purpose, type Signing } from './signed.ts';

/** AES-256 in Galois/counter mode: whoever does not hold the key can neither read nor change the text. */
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SHAPE = /^[0-9A-Za-z]{4}[\w-]{38,}$/;

/**
 * Seals `payload` so that only this site can read it again. For what the receiver hands back and must not know, such
 * as the place in a list up to which records were passed over that they may not see.
 * @param bound what the text is bound to without carrying it, e.g. a caller and a query: it is given again to open
 */
export function sealPurpose(purpose: Purpose, payload: string, bound: string, signing: Signing): string {
  const keyId = signing.keyring.active;
  const key = derived(signing.keyring, keyId, purpose) as KeyObject;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(boundTo(bound, signing));
  const sealed = Buffer.concat([nonce, cipher.update(payload, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return keyId + sealed.toString('base64url');
}

/** The payload of a text that `sealPurpose` made for the same purpose, binding and site; undefined for any other. */
export function openPurpose(
  purpose: Purpose,
  text: string,
  bound: string,
  signing: Signing,
): string | undefined {
  if (!SHAPE.test(text)) return undefined;
  const key = derived(signing.keyring, text.slice(0, 4), purpose);
  const sealed = Buffer.from(text.slice(4), 'base64url');
  // Base64 has several spellings of some texts; only the one that was sealed is accepted.
  if (!key || sealed.toString('base64url') !== text.slice(4)) return undefined;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(boundTo(bound, signing))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  } catch {
    return undefined;
  }
}

function boundTo(bound: string, { siteId }: Signing): Buffer {
  return Buffer.from(JSON.stringify([siteId, bound]), 'utf8');
}
