import fc from 'fast-check';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { signPurpose, verifyPurpose } from '../../../core/tokens/signed.ts';

const keyring = readKeyring(
  JSON.stringify({ active: '0002', '0001': 'first key '.repeat(4), '0002': 'second key '.repeat(4) }),
);
const signing = { keyring, siteId: 'site-one' };

describe('a signed text', () => {
  it('gives its payload back, whatever script it is written in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (payload, bound) => {
        expect(verifyPurpose('cursor', signPurpose('cursor', payload, bound, signing), bound, signing)).toBe(
          payload,
        );
      }),
    );
  });

  it('is refused with any one character changed, cut or added', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(500),
        fc.constantFrom(...'abcXYZ019-_=.+/ '),
        (payload, where, letter) => {
          const text = signPurpose('cursor', payload, 'me', signing);
          const at = where % text.length;
          fc.pre(text[at] !== letter);
          for (const wrong of [
            text.slice(0, at) + letter + text.slice(at + 1),
            text.slice(0, at) + text.slice(at + 1),
            text + letter,
          ]) {
            expect({ wrong, read: verifyPurpose('cursor', wrong, 'me', signing) }).toEqual({
              wrong,
              read: undefined,
            });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('means nothing for another purpose, binding or site', () => {
    const text = signPurpose('form', 'payload', 'caller-1', signing);
    expect(verifyPurpose('form', text, 'caller-1', signing)).toBe('payload');
    expect(verifyPurpose('cursor', text, 'caller-1', signing)).toBeUndefined();
    expect(verifyPurpose('form', text, 'caller-2', signing)).toBeUndefined();
    expect(verifyPurpose('form', text, 'caller-1', { ...signing, siteId: 'site-two' })).toBeUndefined();
  });

  it('keeps payload and binding apart', () => {
    const text = signPurpose('cursor', 'ab', 'c', signing);
    const moved = text.slice(0, 47) + Buffer.from('a').toString('base64url');
    expect(verifyPurpose('cursor', moved, 'bc', signing)).toBeUndefined();
  });

  it('outlives a rotation while its key is listed', () => {
    const before = { keyring: { ...keyring, active: '0001' }, siteId: 'site-one' };
    const text = signPurpose('form', '', 'caller-1', before);
    expect(verifyPurpose('form', text, 'caller-1', signing)).toBe('');
    const retired = readKeyring(JSON.stringify({ active: '0002', '0002': 'second key '.repeat(4) }));
    expect(verifyPurpose('form', text, 'caller-1', { ...signing, keyring: retired })).toBeUndefined();
  });
});
