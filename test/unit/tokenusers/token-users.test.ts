import type { LinkedRecordType } from '../../../core/apps/published.ts';
import type { Plan } from '../../../core/records/plan.ts';
import type { StoredRecord, Values } from '../../../core/records/record.ts';
import {
  endTokenUser,
  expiryOf,
  issueTokenUser,
  lifetimeOf,
  MAX_LIFETIME_MS,
  tokenOf,
  updateTokenUser,
  wantedEnd,
} from '../../../core/tokenusers/token-users.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';
import { AT, callerOf, DAY, idOf, NOW, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const site = () => new SiteMemory({ roles: exampleSite().roles }, exampleApps()).running('staging');
const openIn = (memory: SiteMemory) =>
  memory.open(callerOf({ type: 'robot', principalId: 'bot' }), 'staging');

function planWith(memory: SiteMemory, values: Values): Plan {
  const contractor = openIn(memory).published.site.recordType('contractor-tokens', 'contractor');
  const operation = [...(contractor as LinkedRecordType).operations.values()][0] as Plan['operation'];
  return {
    operation,
    after: { values, names: {} } as unknown as StoredRecord,
    runtimeValues: {},
    changes: [],
  };
}

describe('a token user', () => {
  it.each([
    ['with what bounds and ends it', { ceiling: { app: 'work-orders', records: ['r'] }, grantId: 'g' }],
    ['made by hand', {}],
  ])('[F8, F9] is issued %s together with its token, and the record names both', (_, more) => {
    const memory = site();
    const roles = ['property-contractors', 'dispatcher'];
    const plan = planWith(memory, { name: 'Carla', email: 'carla@x.example', roles });
    const principal = issueTokenUser(openIn(memory), plan, { expiresAt: NOW + 5, ...more });
    const user = {
      id: idOf(1),
      type: 'tokenUser',
      name: 'Carla',
      email: 'carla@x.example',
      roles,
      profiles: [],
      environment: 'staging',
      createdAt: AT,
    };
    expect(principal).toEqual(user);
    expect(plan.changes).toEqual([
      { kind: 'addPrincipal', principal: user },
      {
        kind: 'addCredential',
        credential: {
          id: idOf(2),
          principalId: idOf(1),
          kind: 'access',
          environment: 'staging',
          keyId: '0002',
          createdAt: AT,
          expiresAt: NOW + 5,
          ...more,
        },
      },
    ]);
    expect(plan.after.values).toEqual({
      name: 'Carla',
      email: 'carla@x.example',
      roles,
      token: `${idOf(1)}.${idOf(2)}.0002`,
      self: idOf(1),
    });
    expect(plan.after.names).toEqual({ [idOf(1)]: 'Carla' });
  });

  it('[F20] has no role that the site does not have: built-in ones neither', async () => {
    const memory = site();
    for (const stranger of ['nobody', 'Owner']) {
      const plan = planWith(memory, { name: 'Carla', roles: ['dispatcher', stranger] });
      expect((await refusal(() => issueTokenUser(openIn(memory), plan, { expiresAt: 1 })))[2]).toEqual([
        { path: '/values/roles', message: `“${stranger}” is not a role of this site` },
      ]);
      expect(plan.changes).toEqual([]);
    }
  });

  it('[F8] without a name, email or roles is issued with none', () => {
    const memory = site();
    const plan = planWith(memory, { email: null });
    expect(issueTokenUser(openIn(memory), plan, { expiresAt: 1 })).toEqual({
      id: idOf(1),
      type: 'tokenUser',
      name: '',
      roles: [],
      profiles: [],
      environment: 'staging',
      createdAt: AT,
    });
  });

  it('[F12] follows its record in name and email, and in nothing else', () => {
    const plan = planWith(site(), {
      self: 'u',
      name: 'New',
      email: 'new@x.example',
      roles: ['x'],
      token: 't',
    });
    updateTokenUser(plan);
    expect(plan.changes).toEqual([
      { kind: 'changePrincipal', principalId: 'u', set: { name: 'New', email: 'new@x.example' } },
    ]);
    expect(plan.after.names).toEqual({ u: 'New' });
    const bare = planWith(site(), { self: 'u', name: null, email: null });
    updateTokenUser(bare);
    expect(bare.changes).toEqual([{ kind: 'changePrincipal', principalId: 'u', set: { name: '' } }]);
    const nobody = planWith(site(), { name: 'New' });
    updateTokenUser(nobody);
    expect([nobody.changes, nobody.after.names]).toEqual([[], {}]);
  });

  it('[F13] ends with its token, for the reason that is given; without a token there is nothing to end', () => {
    const record = (token: string | null) => ({ values: { token } }) as unknown as StoredRecord;
    const token = `${idOf(1)}.${idOf(2)}.0001`;
    const reference = { principalId: idOf(1), credentialId: idOf(2), keyId: '0001' };
    expect(tokenOf(record(token))).toEqual(reference);
    expect(endTokenUser(openIn(site()), record(token), 'revoked')).toEqual([
      {
        kind: 'endCredential',
        principalId: idOf(1),
        credentialId: idOf(2),
        reason: 'revoked',
        at: NOW,
        requireLive: false,
      },
      { kind: 'endPrincipal', principalId: idOf(1), at: NOW },
    ]);
    for (const none of [null, 'x']) {
      expect(endTokenUser(openIn(site()), record(none), 'revoked')).toEqual([]);
    }
  });
});

describe('a token lasts', () => {
  it.each([
    ['to the end of its due date', '2026-03-10', NOW + 6 * DAY + 14 * 3_600_000],
    ['to the moment that is due', '2026-03-10T12:00:00.000Z', NOW + 6 * DAY + 2 * 3_600_000],
    ['its lifetime without one', null, NOW + 7 * DAY],
    ['its lifetime where there is no field', undefined, NOW + 7 * DAY],
  ])('[D17] %s', (_, due, end) => {
    expect([wantedEnd(NOW, due, 7), expiryOf(NOW, due, 7)]).toEqual([end, end]);
  });

  it.each([
    ['a day where that is over already', '2026-03-01', 7, DAY],
    ['a day where it is today', '2026-03-04', 7, DAY],
    ['a day at least', '2026-03-05T10:00:00.000Z', 7, DAY],
    ['a moment more', '2026-03-05T10:00:00.001Z', 7, DAY + 1],
    ['364 days at most', undefined, 365, 364 * DAY],
    ['364 days', undefined, 364, 364 * DAY],
    ['364 days at most, whatever is due', '2030-01-01', 7, 364 * DAY],
  ])('[D17] %s', (_, due, days, lasts) => {
    expect(expiryOf(NOW, due, days) - NOW).toBe(lasts);
    expect(MAX_LIFETIME_MS).toBe(364 * DAY);
  });

  it('[D17] as long as its app says, else as long as the site says', () => {
    const lifetime = (tokenLifetimeDays?: number) =>
      lifetimeOf(openIn(site()), {
        target: { recordType: { app: { definition: { tokenLifetimeDays } } } },
      } as never);
    expect([lifetime(), lifetime(3)]).toEqual([30, 3]);
  });
});
