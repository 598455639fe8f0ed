import fc from 'fast-check';
import { digestCodes, isDigest } from '../../../core/tokens/base62.ts';

/** A digest as `hmac.digest('binary')` gives it: one character per byte. */
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => String.fromCharCode(...bytes));
const written = (digest: string) => String.fromCharCode(...digestCodes(digest));

describe('a digest that is written in 40 characters', () => {
  it('is recognised where it stands', () => {
    fc.assert(
      fc.property(digests, fc.string({ maxLength: 10 }), (digest, before) => {
        expect(isDigest(before + written(digest), before.length, digest)).toBe(true);
      }),
    );
  });

  it('is not recognised with another character anywhere, be it a letter, a sign or from another script', () => {
    const others = fc.oneof(
      fc.string({ minLength: 1, maxLength: 1 }),
      fc.constantFrom('ａ', '\u0000', 'é', '\u0130'),
    );
    fc.assert(
      fc.property(digests, fc.nat(39), others, (digest, at, other) => {
        const text = written(digest);
        fc.pre(other.length === 1 && text[at] !== other);
        expect(isDigest(text.slice(0, at) + other + text.slice(at + 1), 0, digest)).toBe(false);
      }),
    );
  });

  it('is recognised if and only if it is the same text, whichever two digests there are', () => {
    fc.assert(
      fc.property(digests, digests, (one, other) => {
        expect(isDigest(written(one), 0, other)).toBe(written(one) === written(other));
      }),
    );
  });

  it('is not recognised in a text that ends before it does', () => {
    fc.assert(
      fc.property(digests, fc.nat(39), (digest, length) => {
        expect(isDigest(written(digest).slice(0, length), 0, digest)).toBe(false);
      }),
    );
  });
});
