import type { Runtime } from '../../../core/runtime.ts';
import { sealPurpose } from '../../../core/tokens/sealed.ts';
import { knownBrowser, knownBrowserCookie, personOf } from '../../../lambdas/portal/known-browsers.ts';
import { cookieNames } from '../../../lambdas/shared/http/cookies.ts';
import { SITE_URL } from '../http/events.ts';
import { NOW, signing } from './use-cases.ts';

const HALF_A_YEAR = 180 * 24 * 60 * 60_000;
const runtimeAt = (now: number, siteId = signing.siteId) =>
  ({ ...signing, siteId, now: () => now, newId: () => 'browser-1' }) as unknown as Runtime;
const cookie = knownBrowserCookie(
  { siteUrl: SITE_URL, names: cookieNames(SITE_URL) },
  runtimeAt(NOW),
  'Dora@ABC.example',
);
const value = /^__Host-dp_known=([^;]+);/.exec(cookie)?.[1] ?? '';

describe('a browser that has signed somebody in', () => {
  it('is known for that address in every spelling, for half a year to the millisecond', () => {
    for (const email of ['dora@abc.example', ' DORA@abc.EXAMPLE ']) {
      expect(knownBrowser(value, email, runtimeAt(NOW + HALF_A_YEAR - 1))).toBe('browser-1');
      expect(knownBrowser(value, email, runtimeAt(NOW + HALF_A_YEAR))).toBeUndefined();
    }
    expect(cookie.replace(value, 'x')).toBe(
      '__Host-dp_known=x; Path=/; Expires=Fri, 28 Aug 2026 12:00:00 GMT; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it('is known for no other address, at no other site, and with no other cookie', () => {
    const runtime = runtimeAt(NOW);
    expect(knownBrowser(value, 'theo@abc.example', runtime)).toBeUndefined();
    expect(knownBrowser(value, 'dora@abc.example', runtimeAt(NOW, 'site-two'))).toBeUndefined();
    const held = { id: 'b', person: personOf('dora@abc.example', runtime), expiresAt: NOW + 1 };
    const sealed = sealPurpose('signIn', JSON.stringify(held), 'browser', runtime);
    for (const text of [undefined, '', 'x', `${value}x`, sealed]) {
      expect(knownBrowser(text, 'dora@abc.example', runtime)).toBeUndefined();
    }
  });

  it('keeps no address: what stands for one differs from site to site', () => {
    const [one, other] = [
      personOf('dora@abc.example', signing),
      personOf('dora@abc.example', { siteId: 'b' }),
    ];
    expect([one.length, one === other, one === personOf('DORA@abc.example', signing)]).toEqual([
      22,
      false,
      true,
    ]);
  });
});
