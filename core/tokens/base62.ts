import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new id: 22 characters, each drawn evenly from 62, so 131 random bits. */
export function randomId(): string {
  let id = '';
  while (id.length < 22) {
    for (const byte of randomBytes(32)) {
      // 248 = 4 × 62: larger bytes would favour the first characters.
      if (byte < 248 && id.length < 22) id += ALPHABET[byte % 62];
    }
  }
  return id;
}

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));

/**
 * The character codes of a 32-byte digest as 40 characters: the upper 29 bits of each 32-bit word as 5 of them,
 * 232 bits in all. Word by word, because converting 256 bits as one number takes a third as long as the HMAC itself.
 * @param digest one character per byte (`binary`)
 * @returns a buffer that the next call overwrites
 */
export function digestCodes(digest: string): Uint8Array {
  let to = 0;
  for (let at = 0; at < 32; at += 4) {
    const bits = (digest.charCodeAt(at) << 24) | (digest.charCodeAt(at + 1) << 16);
    let word = (bits | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3)) >>> 3;
    for (let count = 0; count < 5; count++) {
      const rest = (word / 62) | 0;
      codes[to++] = CODES[word - rest * 62] as number;
      word = rest;
    }
  }
  return codes;
}
const codes = new Uint8Array(40);
