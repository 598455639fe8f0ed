import { cursorsOf } from '../../core/cursors.ts';
import { openSession } from '../../core/runtime.ts';
import { readKeyring } from '../../core/tokens/keyring.ts';
import { NOW, RepairSite } from '../fixtures/repairs.ts';

const SECRETS = { '0001': 'x'.repeat(64), '0002': 'y'.repeat(64) };
const keyring = (keys: object) => readKeyring(JSON.stringify(keys));
const SIGNING = { keyring: keyring({ active: '0001', ...SECRETS }), siteId: 'site' };

const REFUSED = {
  code: 'REQUEST_INVALID',
  problems: [{ path: '/cursor', message: 'does not belong to this list; start again without it' }],
};

describe('a cursor', () => {
  it('leads back to its place, also when another key signs by now, and shows nothing of it', () => {
    const list = cursorsOf(['view', 'ann'], SIGNING);
    const { cursor = '' } = list.sealed('mend r1');
    const later = cursorsOf(['view', 'ann'], {
      ...SIGNING,
      keyring: keyring({ active: '0002', ...SECRETS }),
    });

    expect([list.open(cursor), later.open(cursor)]).toEqual(['mend r1', 'mend r1']);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('mend');
  });

  it('is not there without a place, and there for one that is an empty text', () => {
    const list = cursorsOf(['view'], SIGNING);
    expect([list.sealed(undefined), list.open(undefined)]).toEqual([{}, undefined]);
    expect(list.open(list.sealed('').cursor)).toBe('');
  });

  it.each<[string, readonly string[], object]>([
    ['another list', ['view', 'bob'], {}],
    ['a list whose words are cut otherwise', ['view', 'a', 'nn'], {}],
    ['another site', ['view', 'ann'], { siteId: 'other' }],
    [
      'a key that is gone',
      ['view', 'ann'],
      { keyring: keyring({ active: '0002', '0002': SECRETS['0002'] }) },
    ],
  ])('is refused by %s', (_, words, more) => {
    const { cursor } = cursorsOf(['view', 'ann'], SIGNING).sealed('mend r1');
    const elsewhere = cursorsOf(words, { ...SIGNING, ...more });
    expect(() => elsewhere.open(cursor)).toThrow(expect.objectContaining(REFUSED));
  });

  it('that is none is refused where it was sent', () => {
    const sent = cursorsOf(['view'], SIGNING, '/page/token');
    for (const text of ['', 'abc'])
      expect(() => sent.open(text)).toThrow(
        expect.objectContaining({ problems: [{ ...REFUSED.problems[0], path: '/page/token' }] }),
      );
  });
});

describe('a session', () => {
  const site = new RepairSite();
  const caller = (environment?: 'production' | 'staging') =>
    site.as('ann', {
      credential: { id: 'c', kind: 'apiKey', expiresAt: NOW, ...(environment && { environment }) },
    }).caller;

  it.each([undefined, 'production' as const])('opens with a credential of %s', async (environment) => {
    const session = await openSession(site.runtime, caller(environment), 'production');
    expect(session).toEqual({
      runtime: site.runtime,
      published: site.published,
      caller: caller(environment),
      now: NOW,
    });
  });

  it('opens in no other environment than the credential’s', async () => {
    await expect(openSession(site.runtime, caller('staging'), 'production')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
