import fc from 'fast-check';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { openPurpose, sealPurpose } from '../../../core/tokens/sealed.ts';
import { signPurpose } from '../../../core/tokens/signed.ts';

const keyring = readKeyring(
  JSON.stringify({ active: '0002', '0001': 'first key '.repeat(4), '0002': 'second key '.repeat(4) }),
);
const signing = { keyring, siteId: 'site-one' };
const seal = (payload: string, bound = 'me') => sealPurpose('cursor', payload, bound, signing);
const open = (text: string, bound = 'me') => openPurpose('cursor', text, bound, signing);

describe('a sealed text', () => {
  it('gives its payload back, whatever script it is written in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (payload, bound) => {
        expect(open(seal(payload, bound), bound)).toBe(payload.toWellFormed());
      }),
    );
  });

  it('shows nothing of its payload, and is another one each time', () => {
    const [one, two] = [seal('2098-07-01#record'), seal('2098-07-01#record')];
    expect(one).not.toBe(two);
    for (const skip of [0, 1, 2, 3, 4]) {
      expect(Buffer.from(one.slice(skip), 'base64url').toString('latin1')).not.toContain('record');
    }
  });

  it('is refused with any one character changed, cut or added', () => {
    const letters = 'abcXYZ019-_=.+/ ';
    fc.assert(
      fc.property(fc.string(), fc.nat(500), fc.constantFrom(...letters), (payload, where, letter) => {
        const text = seal(payload);
        const at = where % text.length;
        fc.pre(text[at] !== letter);
        for (const wrong of [
          text.slice(0, at) + letter + text.slice(at + 1),
          text.slice(0, at) + text.slice(at + 1),
          text + letter,
        ]) {
          expect({ wrong, read: open(wrong) }).toEqual({ wrong, read: undefined });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('means nothing for another purpose, binding or site, and is no signature', () => {
    const text = seal('place');
    expect(openPurpose('form', text, 'me', signing)).toBeUndefined();
    expect(open(text, 'you')).toBeUndefined();
    expect(openPurpose('cursor', text, 'me', { ...signing, siteId: 'site-two' })).toBeUndefined();
    expect(open(signPurpose('cursor', 'place', 'me', signing))).toBeUndefined();
  });

  it('outlives a rotation while its key is listed', () => {
    const before = { keyring: { ...keyring, active: '0001' }, siteId: 'site-one' };
    const text = sealPurpose('cursor', 'place', 'me', before);
    expect(open(text)).toBe('place');
    const retired = readKeyring(JSON.stringify({ active: '0002', '0002': 'second key '.repeat(4) }));
    expect(openPurpose('cursor', text, 'me', { ...signing, keyring: retired })).toBeUndefined();
  });
});
