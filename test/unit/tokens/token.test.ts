import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import { randomId } from '../../../core/tokens/base62.ts';
import { type Keyring, readKeyring } from '../../../core/tokens/keyring.ts';
import {
  formatToken,
  parseTokenReference,
  readToken,
  shortId,
  TOKEN_LENGTH,
  tokenReference,
} from '../../../core/tokens/token.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SITE = 'site-one';
const keyring = readKeyring(
  JSON.stringify({ active: '0002', '0001': 'first key '.repeat(4), '0002': 'second key '.repeat(4) }),
);
const id = fc.string({ unit: fc.constantFrom(...BASE62), minLength: 22, maxLength: 22 });
const parts = fc.record(
  {
    kind: fc.constantFrom('access', 'signIn', 'session', 'apiKey'),
    environment: fc.constantFrom(...ENVIRONMENTS),
    principalId: id,
    credentialId: id,
    keyId: fc.constantFrom('0001', '0002'),
  },
  { requiredKeys: ['kind', 'principalId', 'credentialId', 'keyId'] },
);
const token = parts.map((value) => formatToken(value, keyring, SITE));

describe('a token', () => {
  it('says what it was made of, and has one fixed length', () => {
    fc.assert(
      fc.property(parts, (value) => {
        const text = formatToken(value, keyring, SITE);
        expect(text).toHaveLength(TOKEN_LENGTH);
        expect(readToken(text, keyring, SITE)).toEqual(value);
      }),
    );
  });

  it('is refused with any one character changed', () => {
    fc.assert(
      fc.property(
        token,
        fc.nat(TOKEN_LENGTH - 1),
        fc.constantFrom(...BASE62, '_', '-', '.', ' '),
        (text, at, letter) => {
          fc.pre(text[at] !== letter);
          expect(readToken(text.slice(0, at) + letter + text.slice(at + 1), keyring, SITE)).toBeUndefined();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is refused with every single position changed', () => {
    const text = formatToken(
      { kind: 'access', environment: 'production', principalId: randomId(), credentialId: randomId() },
      keyring,
      SITE,
    );
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'a' ? 'b' : 'a';
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect({ at, read: readToken(changed, keyring, SITE) }).toEqual({ at, read: undefined });
    }
  });

  it('is refused in another environment, whoever moves the letter', () => {
    fc.assert(
      fc.property(token, fc.constantFrom('d', 't', 's', 'p', 'x'), (text, letter) => {
        fc.pre(text[4] !== letter);
        expect(readToken(text.slice(0, 4) + letter + text.slice(5), keyring, SITE)).toBeUndefined();
      }),
    );
  });

  it('is refused at another site that has the same keys', () => {
    fc.assert(
      fc.property(token, fc.string(), (text, site) => {
        fc.pre(site !== SITE);
        expect(readToken(text, keyring, site)).toBeUndefined();
      }),
    );
  });

  it('is refused when truncated or extended', () => {
    fc.assert(
      fc.property(token, fc.nat(TOKEN_LENGTH - 1), fc.string({ minLength: 1 }), (text, length, more) => {
        expect(readToken(text.slice(0, length), keyring, SITE)).toBeUndefined();
        expect(readToken(text + more, keyring, SITE)).toBeUndefined();
        expect(readToken(more + text, keyring, SITE)).toBeUndefined();
      }),
    );
  });

  it('is refused when two tokens are spliced', () => {
    fc.assert(
      fc.property(token, token, fc.integer({ min: 1, max: TOKEN_LENGTH - 1 }), (one, other, at) => {
        const spliced = one.slice(0, at) + other.slice(at);
        fc.pre(spliced !== one && spliced !== other);
        expect(readToken(spliced, keyring, SITE)).toBeUndefined();
      }),
    );
  });

  it('is never read from arbitrary text, whatever script it is written in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(readToken(text, keyring, SITE)).toBeUndefined();
      }),
    );
  });

  it('is refused when a character is swapped for one that shares its low byte', () => {
    fc.assert(
      fc.property(token, fc.nat(TOKEN_LENGTH - 1), (text, at) => {
        const twin = String.fromCharCode(text.charCodeAt(at) + 0x100);
        expect(readToken(text.slice(0, at) + twin + text.slice(at + 1), keyring, SITE)).toBeUndefined();
      }),
    );
  });

  it('signed with a former key is accepted while that key is listed, and refused once it is retired', () => {
    const former = formatToken(
      {
        kind: 'access',
        environment: 'test',
        principalId: randomId(),
        credentialId: randomId(),
        keyId: '0001',
      },
      keyring,
      SITE,
    );
    expect(readToken(former, keyring, SITE)).toMatchObject({ keyId: '0001' });
    const rotated = readKeyring(JSON.stringify({ active: '0002', '0002': 'second key '.repeat(4) }));
    expect(readToken(former, rotated, SITE)).toBeUndefined();
  });

  it('is refused when a listed key id holds another key', () => {
    const other = readKeyring(JSON.stringify({ active: '0002', '0002': 'not the second key '.repeat(4) }));
    fc.assert(fc.property(token, (text) => expect(readToken(text, other, SITE)).toBeUndefined()));
  });

  it('asks for one key and computes one MAC, whatever it is given', () => {
    const asked: string[] = [];
    const watched: Keyring = {
      active: keyring.active,
      key: (keyId) => {
        asked.push(keyId);
        return createSecretKey(Buffer.alloc(32, 7));
      },
    };
    readToken('dp_x', watched, SITE);
    readToken(`dp_ap0001${'a'.repeat(84)}`, watched, SITE);
    expect(asked).toEqual(['0001']);
  });

  it('is not made of ids that would shift its segments', () => {
    const good = { kind: 'access', principalId: randomId(), credentialId: randomId() } as const;
    expect(() => formatToken({ ...good, principalId: 'short' }, keyring, SITE)).toThrow(/22 characters/);
    expect(() => formatToken({ ...good, credentialId: `${'a'.repeat(21)}é` }, keyring, SITE)).toThrow(
      /22 characters/,
    );
    expect(() => formatToken({ ...good, keyId: '9999' }, keyring, SITE)).toThrow(/9999 is not listed/);
  });
});

describe('a token reference', () => {
  it('names principal, credential and key, and is no token', () => {
    fc.assert(
      fc.property(id, id, (principalId, credentialId) => {
        const reference = tokenReference({ principalId, credentialId, keyId: '0001' });
        expect(parseTokenReference(reference)).toEqual({ principalId, credentialId, keyId: '0001' });
        expect(readToken(reference, keyring, SITE)).toBeUndefined();
      }),
    );
  });

  it('is not read from other text', () => {
    expect(parseTokenReference('')).toBeUndefined();
    expect(parseTokenReference(`${randomId()}.${randomId()}`)).toBeUndefined();
    expect(parseTokenReference(`${randomId()}.${randomId()}.0001\n`)).toBeUndefined();
    expect(parseTokenReference(randomId())).toBeUndefined();
  });

  it('has a short id for addresses that shows a part of it only', () => {
    const credentialId = randomId();
    expect(shortId(credentialId)).toHaveLength(8);
    expect(credentialId.startsWith(shortId(credentialId))).toBe(true);
  });
});

describe('a random id', () => {
  it('draws all 62 characters about equally often', () => {
    const counts = new Map<string, number>();
    for (let count = 0; count < 3000; count++) {
      for (const letter of randomId()) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = (3000 * 22) / 62;
    expect(counts.size).toBe(62);
    for (const [letter, seen] of counts) {
      // 6 standard deviations: a fair draw leaves this band once in 500 million letters.
      expect({ letter, fair: Math.abs(seen - expected) < 6 * Math.sqrt(expected) }).toEqual({
        letter,
        fair: true,
      });
    }
  });
});
