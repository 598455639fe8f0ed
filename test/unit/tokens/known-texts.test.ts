import { isEnvironment } from '../../../core/environments.ts';
import { normaliseEmail, rolesWith } from '../../../core/principals.ts';
import { equalInConstantTime } from '../../../core/tokens/compare.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { openPurpose } from '../../../core/tokens/sealed.ts';
import { signPurpose, verifyPurpose } from '../../../core/tokens/signed.ts';
import { formatToken, parseTokenReference, readToken } from '../../../core/tokens/token.ts';
import { principalOf, refusal } from '../../fixtures/site-memory.ts';

/** Texts that sites have handed out: whatever changes in here must go on reading them. */
const keyring = readKeyring(
  JSON.stringify({ active: '0002', '0001': 'first key '.repeat(4), '0002': 'second key '.repeat(4) }),
);
const signing = { keyring, siteId: 'site-one' };
const ids = { principalId: 'P'.repeat(22), credentialId: 'C'.repeat(22), keyId: '0001' };

const KNOWN_TOKENS = [
  ['ad', 'access', 'development', 'SobF78xVl4FfPFLUaMIErLhn0ocrg3pBBm5VZoWZ'],
  ['ap', 'access', 'production', 'ndo0WsjlAF6MuaDPdnVOqVALJrDSXUeD7FK760TD'],
  ['kt', 'apiKey', 'test', '7E4RJsGWH95CqhWKYuRIXV5oPJInq9wmdVASwDEZ'],
  ['ks', 'apiKey', 'staging', 'Ds7QLxfTSY8iLvD0nH3GPcJ0XheubNeCsjIC33kF'],
  ['kx', 'apiKey', undefined, 'DTalPS8IVYzLcMRnap2O6kOxHpfSTNltygIffxoP'],
  ['sx', 'signIn', undefined, 'V8ATN91D48saf4BJiCWVYVX83vqk27OURX4s2BC6'],
  ['nx', 'session', undefined, '9Os1CrIkoJb8474o3764R88CU9sak191iqZQY5SR'],
] as const;
const KNOWN_SIGNED = [
  ['form', '0002PlI0vCf5bgMqvZy5m72tfNhrEmh5mji5uRYFy0QAXZocGF5bG9hZA'],
  ['cursor', '0002-qM1NkP_GJTYjnWJq12JwrTn4A88g9VwNFbfALwx1h4cGF5bG9hZA'],
  ['signIn', '0002RjB-F8qvhl2gbwb8GUUYdMz_FsGmktM0w0-VsplYOH4cGF5bG9hZA'],
  ['knownBrowser', '0002w5WHKZN1R1-z3v6Ar1YAyfDHfbZw7Sh-QSoazzPjMWAcGF5bG9hZA'],
] as const;
const KNOWN_SEALED = [
  ['form', '0002TG_XdciRdt0f11fcVw8wC-g2VtGNwpoAML3LkDoxzfK2qC0'],
  ['cursor', '0002GsHg1zgkql5JW--nuTLUPUFBewpzg22xW7kAThotIjzPDjs'],
  ['signIn', '0002XxwA1GpBK8-WUgofKngF3PJwCSfqWYQ-fcrjVUFt3Xq_toE'],
  ['knownBrowser', '0002hu3g1WFPOQoP5w3_44alHkJHHgX6RrUdsKhUjEnt7vpKhTM'],
] as const;

describe('what was handed out', () => {
  it.each(KNOWN_TOKENS)('as %s is made and read the same', (...[head, kind, environment, mac]) => {
    const text = `dp_${head}0001${ids.principalId}${ids.credentialId}${mac}`;
    const parts = { ...ids, kind, ...(environment && { environment }) };
    expect([formatToken(parts, keyring, 'site-one'), readToken(text, keyring, 'site-one')]).toEqual([
      text,
      parts,
    ]);
  });

  it.each(KNOWN_SIGNED)('signed for %s is made and read the same', (purpose, text) => {
    expect(signPurpose(purpose, 'payload', 'bound', signing)).toBe(text);
    expect(verifyPurpose(purpose, text, 'bound', signing)).toBe('payload');
  });

  it.each(KNOWN_SEALED)('sealed for %s is read the same', (purpose, text) => {
    expect(openPurpose(purpose, text, 'bound', signing)).toBe('payload');
  });
});

describe('a text that is too short for what it is to be', () => {
  it.each(['', '0002', '0002abcd', `0002${'a'.repeat(37)}`, `0002${'a'.repeat(42)}`])(
    'is refused: %j',
    (text) => {
      expect([openPurpose('cursor', text, '', signing), verifyPurpose('cursor', text, '', signing)]).toEqual([
        undefined,
        undefined,
      ]);
    },
  );
});

describe('an id in a token', () => {
  it.each([21, 23])('has 22 characters, and not %i', async (length) => {
    for (const part of ['principalId', 'credentialId']) {
      const parts = { ...ids, kind: 'access', [part]: 'x'.repeat(length) } as const;
      expect((await refusal(() => formatToken(parts, keyring, 'site-one')))[0]).toBe('INTERNAL');
    }
    const unlisted = { ...ids, kind: 'access', keyId: '0003' } as const;
    expect((await refusal(() => formatToken(unlisted, keyring, 'site-one')))[0]).toBe('INTERNAL');
    const [principal, credential] = ['x'.repeat(length), 'C'.repeat(22)];
    for (const text of [
      `${principal}.${credential}.0001`,
      `${credential}.${principal}.0001`,
      `${credential}.${credential}.${'0'.repeat(length - 17)}x`,
    ]) {
      expect(parseTokenReference(text)).toBeUndefined();
    }
  });
});

describe('the secret of signing keys', () => {
  const key = (length: number) => 'k'.repeat(length);

  it('lists what has an id of four characters and a text of 32 at least', () => {
    const read = readKeyring(
      JSON.stringify({
        active: '0001',
        '0001': key(32),
        '0002': key(31),
        '00003': key(40),
        aZ09: key(33),
        '004': key(40),
        '00-5': key(40),
        '0006': 7,
      }),
    );
    const ids = ['0001', '0002', '00003', 'aZ09', '004', '00-5', '0006', 'active'];
    expect([read.active, ids.filter((id) => read.key(id))]).toEqual(['0001', ['0001', 'aZ09']]);
    expect(read.key('0001')?.export().toString()).toBe(key(32));
  });

  it.each([
    ['is no JSON', `{${key(40)}`, 'the secret of signing keys is not JSON'],
    [
      'names no active key',
      JSON.stringify({ '0001': key(40) }),
      'the secret of signing keys names no active key',
    ],
    [
      'names a key that it does not hold',
      JSON.stringify({ active: '0002', '0001': key(40) }),
      'the secret of signing keys names no active key',
    ],
    [
      'names one that is too short',
      JSON.stringify({ active: '0001', '0001': key(31) }),
      'the secret of signing keys names no active key',
    ],
  ])('that %s is refused without quoting it', async (_, secret, message) => {
    expect(await refusal(() => readKeyring(secret))).toEqual(['INTERNAL', message, []]);
  });
});

describe('two texts', () => {
  it.each([
    ['', '', true],
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'xbc', false],
    ['ab', 'abc', false],
    ['abc', 'ab', false],
    ['a', 'š', false],
  ])('%j and %j are the same: %s', (left, right, same) => {
    expect(equalInConstantTime(left, right)).toBe(same);
  });
});

describe('a credential', () => {
  const credential = {
    id: 'c',
    principalId: 'pat',
    kind: 'apiKey',
    keyId: '0001',
    createdAt: '',
    expiresAt: 0,
  } as const;

  it.each([
    [['a', 'b'], undefined, ['a', 'b']],
    [['a', 'b'], ['b', 'c'], ['b']],
    [['a', 'b'], [], []],
    [
      ['b', 'a'],
      ['a', 'b'],
      ['b', 'a'],
    ],
  ])('[A42] of somebody with the roles %j that carries %j counts with %j', (roles, carried, counting) => {
    expect(rolesWith(principalOf({ roles }), { ...credential, ...(carried && { roles: carried }) })).toEqual(
      counting,
    );
  });
});

it.each([
  ['  Ana@Example.ORG ', 'ana@example.org'],
  ['ａｎａ＠example.org', 'ana@example.org'],
  ['ZOE\u0308@x.example', 'zoë@x.example'],
  ['\u1E9E@x.example', '\u00DF@x.example'],
  ['\u0130@x.example', 'i\u0307@x.example'],
])('[A1] the email %j is kept unique as %j', (email, form) => {
  expect(normaliseEmail(email)).toBe(form);
});

it.each([
  ['development', true],
  ['test', true],
  ['staging', true],
  ['production', true],
  ['Production', false],
  ['', false],
  ['toString', false],
])('%j is an environment: %s', (name, is) => {
  expect(isEnvironment(name)).toBe(is);
});
