import type { Caller } from '../../../core/ports.ts';
import { sealPurpose } from '../../../core/tokens/sealed.ts';
import { type Notice, notice, noticeFor, seeOtherSaying } from '../../../lambdas/portal/notice.ts';
import { renderPage } from '../../../lambdas/portal/pages/layout.tsx';
import { type Portal, page } from '../../../lambdas/portal/portal.ts';
import { parseCookies } from '../../../lambdas/shared/http/cookies.ts';
import { portal as anyPortal, user } from './pages.ts';
import { NOW, signing } from './use-cases.ts';

const portal = anyPortal as Portal;
const FIVE_MINUTES = 5 * 60_000;
const at = (now: number) => ({ ...signing, now: () => now });
const other: Caller = { ...user, principalId: 'V'.repeat(22) };
const anybody = { ...user, type: 'anonymous', principalId: 'anonymous' } as Caller;

/** The cookies that a browser holds after an answer. */
const held = (cookies: readonly string[] = []) =>
  parseCookies(cookies.map((line) => line.split(';')[0] ?? ''));
const saved = (
  said: Notice = notice`Role ${'Clerks'} saved`,
  location = '/manage/roles/clerk?x=1',
  who = user,
) => seeOtherSaying(portal, at(NOW), { caller: who }, location, said, ['other=1']);
const read = (cookies: Record<string, string>, path = '/manage/roles/clerk', who?: Caller, now = NOW) =>
  noticeFor(portal, at(now), { caller: who ?? user, cookies, path }).notice;

describe('what a page says once', () => {
  it('waits for its page in a sealed cookie of five minutes, which no other site’s link brings along', () => {
    const { status, headers, cookies = [] } = saved();
    expect([status, headers]).toEqual([303, { location: '/manage/roles/clerk?x=1' }]);
    const [first, line = '', ...more] = cookies;
    expect([first, more]).toEqual(['other=1', []]);
    expect(line).toMatch(
      /^__Host-dp_notice_[\w-]{10}=[\w-]+; Path=\/; Expires=Sun, 01 Mar 2026 12:05:00 GMT; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(Buffer.from(line, 'base64url').toString('latin1') + line).not.toContain('Clerks');
  });

  it('stands on top of it, and is taken out of the browser with that', () => {
    const cookies = held(saved().cookies);
    const found = read(cookies);
    const frame = { siteName: 'Site', assets: portal.assets, ...(found && { notice: found }) };
    const shown = page(frame, 'Clerks', 'The role', { cookies: ['more=1'] });
    expect(shown.html).toContain(
      '<main id="main"><p class="done" role="status">Role <bdi>Clerks</bdi> saved</p>The role</main>',
    );
    const name = Object.keys(cookies).find((key) => key.includes('notice'));
    expect(shown.cookies).toEqual([
      'more=1',
      `${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure`,
    ]);
    expect(read({})).toBeUndefined();
    expect(renderPage({ siteName: 'Site', assets: portal.assets }, 'Clerks', 'The role')).toContain(
      '<main id="main">The role</main>',
    );
  });

  it('is for that page and that person alone, for five minutes to the millisecond', () => {
    const cookies = held(saved().cookies);
    expect(read(cookies, '/manage/roles/clerk', user, NOW + FIVE_MINUTES - 1)).toBeDefined();
    expect(read(cookies, '/manage/roles/clerk', user, NOW + FIVE_MINUTES)).toBeUndefined();
    expect(read(cookies, '/manage/roles')).toBeUndefined();
    for (const who of [other, anybody]) expect(read(cookies, '/manage/roles/clerk', who)).toBeUndefined();
    // The cookie of one page under the name of another, and texts that this site sealed for something else, or not at all.
    const [name = '', text = ''] = Object.entries(cookies).find(([key]) => key.includes('notice')) ?? [];
    const [elsewhere = ''] = Object.keys(held(saved(undefined, '/manage/users').cookies)).slice(-1);
    expect(read({ [elsewhere]: text }, '/manage/users')).toBeUndefined();
    const bound = JSON.stringify(['/manage/roles/clerk', user.principalId]);
    const words = JSON.stringify({ pieces: ['Pay here'], names: [], expiresAt: NOW + 1 });
    for (const forged of [sealPurpose('cursor', words, bound, signing), words, `${text}x`, ''])
      expect(read({ [name]: forged })).toBeUndefined();
  });

  it('belongs to the page of a pass though the pass has ended with what was done', () => {
    const holder = { ...user, type: 'tokenUser' } as Caller;
    const cookies = held(saved(notice`Done`, '/pass/abcdefgh', holder).cookies);
    const gone = noticeFor(portal, at(NOW), { cookies, path: '/pass/abcdefgh' });
    expect(gone.notice).toMatchObject({ pieces: ['Done'], names: [] });
  });

  it('of two pages waits for each: neither takes the other’s words', () => {
    const cookies = {
      ...held(saved().cookies),
      ...held(saved(notice`User ${'Ana'} saved`, '/manage/users/u1').cookies),
    };
    expect(read(cookies)?.names).toEqual(['Clerks']);
    expect(read(cookies, '/manage/users/u1')?.names).toEqual(['Ana']);
  });

  it('fits into a cookie whatever somebody is called', () => {
    for (const name of ['𒀀'.repeat(500), 'é'.repeat(500), '"'.repeat(500)]) {
      const { cookies = [] } = saved(notice`From ${name} to ${name} for ${name}`);
      expect(Math.max(...cookies.map((line) => line.length))).toBeLessThan(4000);
      const [first = ''] = read(held(cookies))?.names ?? [];
      expect([first.length, first.isWellFormed(), first.endsWith('…')]).toEqual([121, true, true]);
    }
  });
});
