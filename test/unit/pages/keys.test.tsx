import type { KeyAnswer } from '../../../core/people/keys.ts';
import { Keys } from '../../../lambdas/portal/pages/manage-keys.tsx';
import { NOW } from './fixtures.ts';
import { outline } from './outline.ts';

describe('the keys of a service account', () => {
  const key = (change: Partial<KeyAnswer> & Pick<KeyAnswer, 'id'>): KeyAnswer => ({
    name: `Key ${change.id}`,
    roles: ['reader'],
    createdAt: '2026-03-01T10:00:00Z',
    expiresAt: '2026-04-01T00:00:00Z',
    ...change,
  });
  const at = (time: number) => new Date(time).toISOString();
  const account = {
    id: 'S1',
    type: 'serviceAccount',
    name: 'Billing',
    roles: ['importer', 'reader'],
    environments: [],
    createdAt: '2026-03-01T10:00:00Z',
    version: 5,
  } as const;
  const nameOf = (role: string) => ({ importer: 'Importer', reader: 'Reader' })[role] ?? role;
  const keys = (...held: KeyAnswer[]) => {
    const lines = outline(
      <Keys account={{ ...account, keys: held }} nameOf={nameOf} formToken="token" now={NOW} once="once-1" />,
    );
    return lines.slice(
      1,
      lines.findIndex((line) => line.includes('New key')),
    );
  };

  it('tell what each is for, carries, and until when; one that is revoked cannot be again', () => {
    expect(
      keys(
        key({
          id: 'K1',
          environment: 'test',
          roles: ['importer', 'reader'],
          lastUsedAt: '2026-03-02T08:05:00Z',
        }),
        key({ id: 'K2', site: true, roles: [], endedAt: '2026-03-02T00:00:00Z' }),
      ),
    ).toEqual([
      'caption.unseen Keys',
      'th Name',
      'th For',
      'th Roles',
      'th Ends',
      'th Last used',
      'th Revoke',
      'td Name: [Key K1](/manage/service-accounts/S1/keys/K1)',
      'td For: test',
      'td Roles: Importer, Reader',
      'td Ends: the end of Tue, 31 March 2026',
      'td Last used: 2 March 2026 at 08:05 UTC',
      'td Revoke:',
      'form method=post aria-label=Revoke Key K1 data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=revokeKey',
      'input type=hidden name=key value=K1',
      'button.danger type=submit Revoke key',
      'td Name: [Key K2](/manage/service-accounts/S1/keys/K2)',
      'td For: whole site',
      'td Roles: none',
      'td Ends: revoked',
      'td Last used: never',
      'td Revoke: –',
    ]);
  });

  it.each([
    [
      'by none where no live key does',
      ['reader', 'reader'],
      ['p Importer is carried by no key: make a new key to use it.'],
    ],
    [
      'by some where others do not',
      ['importer', 'reader'],
      [
        'p Importer is carried by 1 of 2 live keys: make a new key to use it.',
        'p Reader is carried by 1 of 2 live keys: make a new key to use it.',
      ],
    ],
  ])('say that a role is carried %s', (_, carried, told) => {
    const held = carried.map((role, index) => key({ id: `K${index}`, roles: [role] }));
    expect(keys(...held).filter((line) => line.startsWith('p '))).toEqual(told);
  });

  it('that are revoked or have come to their end count for nothing, from that very moment', () => {
    const dead = [key({ id: 'A', endedAt: '2026-03-02T00:00:00Z' }), key({ id: 'B', expiresAt: at(NOW) })];
    const carriedBy = (...held: KeyAnswer[]) => keys(...held).filter((line) => line.startsWith('p '));
    expect(carriedBy(...dead)).toEqual([]);
    expect(
      carriedBy(...dead, key({ id: 'C', expiresAt: at(NOW + 1), roles: ['reader', 'importer'] })),
    ).toEqual([]);
    expect(carriedBy(...dead, key({ id: 'C', expiresAt: at(NOW + 1) }))).toEqual([
      'p Importer is carried by no key: make a new key to use it.',
    ]);
  });
});
