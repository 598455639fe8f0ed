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

/** What a character stands for; one more bit than any code needs marks those that stand for nothing. */
const DIGITS = new Uint8Array(128).fill(128);
for (const [digit, letter] of [...ALPHABET].entries()) DIGITS[letter.charCodeAt(0)] = digit;

/**
 * Whether the 40 characters of `text` from `from` on are what `digestCodes` makes of a digest. Reading them takes less than
 * writing the others. Every character is looked at whatever the outcome, so that the time taken says nothing about the
 * right ones.
 * @param digest one character per byte (`binary`)
 */
export function isDigest(text: string, from: number, digest: string): boolean {
  let difference = 0;
  for (let at = 0; at < 32; at += 4) {
    const bits = (digest.charCodeAt(at) << 24) | (digest.charCodeAt(at + 1) << 16);
    const word = (bits | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3)) >>> 3;
    const place = from + (at >> 2) * 5;
    let read = 0;
    for (let letter = place + 4; letter >= place; letter--) {
      const code = text.charCodeAt(letter);
      const digit = DIGITS[code & 127] as number;
      difference |= (code | digit) & ~127;
      read = read * 62 + digit;
    }
    difference |= read ^ word;
  }
  return difference === 0;
}
