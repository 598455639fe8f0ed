import { DaypassError } from '../../../core/errors.ts';
import { answerKey, createKey, type KeyReach, revokeKey, showNewKey } from '../../../core/people/keys.ts';
import type { Credential } from '../../../core/principals.ts';
import { readToken } from '../../../core/tokens/token.ts';
import {
  AT,
  callerOf,
  DAY,
  idOf,
  journalOf,
  NOW,
  principalOf,
  refusal,
  SiteMemory,
  withoutJournal,
} from '../../fixtures/site-memory.ts';

const MACHINE = idOf(7000);
const clerk = { id: 'clerk', name: 'Clerk', environments: ['production' as const] };
const account = { id: MACHINE, type: 'serviceAccount', name: 'Payroll', roles: ['clerk'] } as const;

const siteWith = () =>
  new SiteMemory({ roles: [clerk] })
    .running('production')
    .add(
      { ...account, roles: ['clerk'] },
      { id: 'bot', type: 'robot', name: 'Bot' },
      { id: 'ann', name: 'Ann' },
    );

const key = (more: Partial<Credential> = {}): Credential => ({
  id: idOf(8000),
  principalId: MACHINE,
  kind: 'apiKey',
  name: 'Nightly',
  keyId: '0002',
  createdAt: '2026-02-01T00:00:00.000Z',
  expiresAt: NOW + DAY,
  ...more,
});

const make = (site: SiteMemory, expiresAt = NOW + DAY, id = MACHINE, reach: KeyReach = 'production') =>
  createKey(site.design(callerOf()), id, { name: ' Nightly ', reach, expiresAt });

describe('an API key', () => {
  it.each([
    ['production', { environment: 'production' }],
    ['site', { site: true }],
  ] as const)(
    '[A32, A42] for %s is answered once, stored without itself, and journalled by its name',
    async (reach, is) => {
      const site = siteWith();
      const { key: text, ...answer } = await make(site, NOW + 365 * DAY, MACHINE, reach);
      const expiresAt = '2027-03-04T10:00:00.000Z';
      const named = { id: idOf(1), name: 'Nightly', ...is, roles: ['clerk'] };
      expect(answer).toEqual({ ...named, createdAt: AT, expiresAt });
      expect(readToken(text ?? '', site.runtime.keyring, site.runtime.siteId)).toEqual({
        kind: 'apiKey',
        principalId: MACHINE,
        credentialId: idOf(1),
        keyId: '0002',
        ...(reach !== 'site' && { environment: reach }),
      });
      const [changes = []] = site.commits;
      expect(withoutJournal(changes)).toEqual([
        { kind: 'countKey', account: principalOf({ ...account, roles: ['clerk'] }) },
        {
          kind: 'addCredential',
          credential: {
            ...key({ id: idOf(1), createdAt: AT, expiresAt: NOW + 365 * DAY, roles: ['clerk'] }),
            ...(reach !== 'site' && { environment: reach }),
          },
        },
      ]);
      expect(journalOf(changes)).toEqual([
        {
          action: 'createKey',
          subject: { type: 'serviceAccount', id: MACHINE, name: 'Payroll' },
          after: { key: { ...named, expiresAt } },
          at: AT,
          actor: { id: 'olga', type: 'user', name: 'Olga Owner' },
        },
      ]);
      expect(JSON.stringify(site.commits)).not.toContain(text);
    },
  );

  it.each([
    ['now', NOW, false],
    ['a moment from now', NOW + 1, true],
    ['in 365 days', NOW + 365 * DAY, true],
    ['a moment later', NOW + 365 * DAY + 1, false],
    ['never', Number.NaN, false],
  ])('[A42] that ends %s is made: %#', async (_, expiresAt, made) => {
    const site = siteWith();
    if (made) return expect((await make(site, expiresAt)).id).toBe(idOf(1));
    const message = 'must lie ahead, at most 365 days';
    expect((await refusal(() => make(site, expiresAt)))[2]).toEqual([{ path: '/expiresAt', message }]);
    expect(site.commits).toEqual([]);
  });

  it('[A42] is the tenth that lives at most: those that have ended, and other credentials, count not', async () => {
    const site = siteWith();
    site.credentials.push(
      ...Array.from({ length: 9 }, (_, at) => key({ id: idOf(9000 + at) })),
      key({ expiresAt: NOW }),
      key({ endedAt: AT }),
      key({ kind: 'session' }),
      key({ principalId: 'bot' }),
    );
    expect((await make(site)).name).toBe('Nightly');
    expect((await refusal(() => make(site))).slice(0, 2)).toEqual([
      'LIMIT_EXCEEDED',
      'it has 10 live keys; revoke one first',
    ]);
  });

  it.each([
    [10, 'made'],
    [11, 'CONFLICT'],
  ])('[A42] is made although %i others wrote in between: %s', async (others, outcome) => {
    const site = siteWith();
    let left = others;
    site.beforeCommit = () => {
      if (left-- > 0) throw new DaypassError('CONFLICT');
    };
    const answered = await make(site).then(
      () => 'made',
      (error: DaypassError) => error.code,
    );
    expect([answered, others - left]).toEqual([outcome, 11]);
  });

  it('is not tried again after another failure', async () => {
    const site = siteWith();
    let tries = 0;
    site.beforeCommit = () => {
      tries++;
      throw new DaypassError('UNAVAILABLE');
    };
    expect((await refusal(() => make(site)))[0]).toBe('UNAVAILABLE');
    expect(tries).toBe(1);
  });

  it('is made for service accounts alone, by those who may edit them', async () => {
    const site = siteWith();
    expect((await refusal(() => make(site, NOW + 1, 'bot'))).slice(0, 2)).toEqual([
      'FORBIDDEN',
      'A robot works inside of workflows and has no key',
    ]);
    for (const id of ['ann', 'nobody'])
      expect((await refusal(() => make(site, NOW + 1, id)))[0]).toBe('NOT_FOUND');
    const developer = site.design(callerOf({ roles: ['Developer'] }));
    const given = { name: 'x', reach: 'test', expiresAt: NOW + 1 } as const;
    expect((await refusal(() => createKey(developer, MACHINE, given)))[0]).toBe('FORBIDDEN');
    expect((await refusal(() => revokeKey(developer, MACHINE, idOf(8000))))[0]).toBe('FORBIDDEN');
  });

  it('[A42] that is asked for twice by one form is made once, and answered again', async () => {
    const site = siteWith();
    const given = { name: 'Nightly', reach: 'production', expiresAt: NOW + DAY } as const;
    const ask = (more = {}) => createKey(site.design(callerOf()), MACHINE, { ...given, ...more }, 'form-1');
    const [first, second] = [await ask(), await ask()];
    expect([second, site.commits.length]).toEqual([first, 1]);
    expect(site.commits[0]).toContainEqual(expect.objectContaining({ kind: 'addRequest' }));
    expect((await refusal(() => ask({ name: 'Other' })))[0]).toBe('IDEMPOTENCY_MISMATCH');
    expect(site.commits).toHaveLength(1);
  });

  it('[A42] is shown again for five minutes, while it lives, to who could make it', async () => {
    const site = siteWith();
    const made = await make(site);
    const show = (id = made.id, caller = callerOf(), account = MACHINE) =>
      showNewKey(site.design(caller), account, id);
    expect(await show()).toEqual(made);
    const born = (ago: number) => new Date(NOW - ago).toISOString();
    const over = (more: Partial<Credential>) => {
      const one = key({ id: idOf(9000 + site.credentials.length), createdAt: AT, ...more });
      site.credentials.push(one);
      return one.id;
    };
    const young = over({ createdAt: born(5 * 60_000 - 1) });
    expect(await show(young)).toMatchObject({ id: young, key: expect.any(String) });
    for (const id of [
      over({ createdAt: born(5 * 60_000) }),
      over({ endedAt: AT }),
      over({ expiresAt: NOW }),
    ]) {
      const answer = await show(id);
      expect([answer.id, 'key' in answer]).toEqual([id, false]);
    }
    for (const id of [over({ kind: 'session' }), idOf(9999)]) {
      expect([id, (await refusal(() => show(id)))[0]]).toEqual([id, 'NOT_FOUND']);
    }
    expect((await refusal(() => show(made.id, callerOf({ roles: ['Developer'] }))))[0]).toBe('FORBIDDEN');
    expect((await refusal(() => show(made.id, callerOf(), 'bot')))[0]).toBe('FORBIDDEN');
  });

  it('[A42] is revoked in one transaction with its entry in the journal, however often', async () => {
    const site = siteWith();
    site.credentials.push(
      key({ environment: 'test', roles: ['clerk'] }),
      key({ id: idOf(8001), kind: 'session' }),
    );
    await revokeKey(site.design(callerOf()), MACHINE, idOf(8000));
    const [changes = []] = site.commits;
    expect(withoutJournal(changes)).toEqual([
      {
        kind: 'endCredential',
        principalId: MACHINE,
        credentialId: idOf(8000),
        reason: 'revoked',
        at: NOW,
        requireLive: false,
      },
    ]);
    expect(journalOf(changes)).toMatchObject([
      {
        action: 'revokeKey',
        subject: { type: 'serviceAccount', id: MACHINE, name: 'Payroll' },
        before: {
          key: {
            id: idOf(8000),
            name: 'Nightly',
            environment: 'test',
            roles: ['clerk'],
            expiresAt: '2026-03-05T10:00:00.000Z',
          },
        },
      },
    ]);
    for (const id of [idOf(8001), idOf(8002)]) {
      expect((await refusal(() => revokeKey(site.design(callerOf()), MACHINE, id)))[0]).toBe('NOT_FOUND');
    }
  });

  it('[A42] shows what it carries of what the account holds, its last use and its end', () => {
    const holder = principalOf({ ...account, roles: ['clerk', 'later'] });
    expect(answerKey(holder, key({ roles: ['clerk', 'gone'], lastUsedAt: AT, endedAt: AT }))).toEqual({
      id: idOf(8000),
      name: 'Nightly',
      site: true,
      roles: ['clerk'],
      createdAt: '2026-02-01T00:00:00.000Z',
      expiresAt: '2026-03-05T10:00:00.000Z',
      lastUsedAt: AT,
      endedAt: AT,
    });
    const { name: _, ...unnamed } = key();
    expect(answerKey(holder, unnamed)).toMatchObject({ name: '', roles: ['clerk', 'later'] });
  });
});
