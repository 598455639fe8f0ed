import fc from 'fast-check';
import {
  activateKey,
  addKey,
  type KeySecret,
  KNOWN_EVERYWHERE_MS,
  keyIds,
  parseKeySecret,
  replaceKey,
  retiredIds,
  retireKey,
} from '../../../bin/key-rotation/key-secret.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';

const text = (letter: string) => letter.repeat(96);
const ONE = { active: '0001', '0001': text('a') } as unknown as KeySecret;
const TWO = { ...ONE, '0002': text('b') } as unknown as KeySecret;

describe('[P12] a secret with keys', () => {
  it('gets a key of the next number, which signs nothing yet', () => {
    const { secret, id } = addKey(ONE, text('b'));
    expect([id, secret]).toEqual(['0002', TWO]);
  });

  it('has no number after 9999', () => {
    const last = { active: '9999', '9999': text('z') } as unknown as KeySecret;
    expect(() => addKey(last, text('a'))).toThrow('There is no key id after 9999.');
  });

  it('signs with another key ten minutes after it was added, and not a moment before', () => {
    expect(activateKey(TWO, '0002', KNOWN_EVERYWHERE_MS).active).toBe('0002');
    expect(() => activateKey(TWO, '0002', KNOWN_EVERYWHERE_MS - 1)).toThrow('activate it in 1 minute.');
    expect(() => activateKey(TWO, '0001', KNOWN_EVERYWHERE_MS)).toThrow(
      '0001 is the key to sign with already.',
    );
    // A clock that goes wrong is no reason to be quick.
    expect(() => activateKey(TWO, '0002', -3_600_000)).toThrow('activate it in 10 minutes');
  });

  it('loses no key that signs, and names those that there are', () => {
    expect(() => retireKey(TWO, '0001', KNOWN_EVERYWHERE_MS)).toThrow('0001 is the key to sign with.');
    expect(() => retireKey(TWO, 'active', KNOWN_EVERYWHERE_MS)).toThrow(
      'There is no key active. There are 0001, 0002.',
    );
    expect(keyIds(retireKey(TWO, '0002', KNOWN_EVERYWHERE_MS))).toEqual(['0001']);
  });

  it('loses no key that some may still sign with: for ten minutes after the last change', () => {
    expect(() => retireKey(TWO, '0002', KNOWN_EVERYWHERE_MS - 1)).toThrow('retire it in 1 minute.');
  });

  it('calls no other key by the name of one that was taken out, and lists it no more', () => {
    const left = retireKey(TWO, '0002', KNOWN_EVERYWHERE_MS);
    expect(retiredIds(left)).toEqual(['0002']);
    expect(() => activateKey(left, '0002', KNOWN_EVERYWHERE_MS)).toThrow('There is no key 0002.');
    expect(addKey(left, text('c')).id).toBe('0003');
  });

  it('is nothing else, and says so without quoting it', () => {
    const halfRight = JSON.stringify({ ...ONE, '0002': 'too short' });
    for (const wrong of ['', '{', '[]', '{}', '{"active":"0002","0001":"x"}', 'my secret key', halfRight]) {
      let message = '';
      try {
        parseKeySecret(wrong);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/^The secret does not hold keys/);
      for (const told of ['my secret key', 'too short', text('a')]) expect(message).not.toContain(told);
    }
  });

  it('can be read by every function after whatever was done to it, and a key that was taken out is gone', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'activate', 'retire', 'replace'),
      at: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let secret: KeySecret = ONE;
        const names = new Set(['0001']);
        for (const [index, { what, at }] of steps.entries()) {
          const ids = keyIds(secret);
          const id = ids[at % ids.length] as string;
          const fresh = `key number ${index} `.padEnd(96, 'x');
          const before = secret;
          if (what === 'add') {
            const added = addKey(secret, fresh);
            expect(names.has(added.id)).toBe(false);
            secret = added.secret;
          }
          if (what === 'activate' && secret.active !== id)
            secret = activateKey(secret, id, KNOWN_EVERYWHERE_MS);
          if (what === 'retire' && secret.active !== id) secret = retireKey(secret, id, KNOWN_EVERYWHERE_MS);
          if (what === 'replace') secret = replaceKey(secret, id, fresh);
          const keyring = readKeyring(JSON.stringify(parseKeySecret(JSON.stringify(secret))));
          expect(keyring.active).toBe(secret.active);
          if (what === 'replace') expect(keyring.key(id)).toBeUndefined();
          for (const each of keyIds(secret)) names.add(each);
          // Nobody else's key is touched.
          for (const other of ids.filter((each) => each !== id)) expect(secret[other]).toBe(before[other]);
        }
      }),
    );
  });
});
