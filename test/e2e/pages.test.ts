import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ERRORS } from '../../core/errors.ts';
import { ROUTES } from '../../lambdas/shared/routes/index.ts';
import type { System } from '../../local/system.ts';
import { accessibilityProblems, DESK, launchBrowser, overflow, PHONE } from '../support/browser.ts';
import { firstOwner } from '../support/people.ts';
import { startPropertyManagement } from '../support/property-management.ts';
import { takeManageTour } from './manage-tour.ts';

jest.setTimeout(180_000);

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startPropertyManagement(), launchBrowser()]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe('the API reference', () => {
  it.each([
    ['phone', PHONE],
    ['desk', DESK],
    ['dark', { ...DESK, colorScheme: 'dark' as const }],
  ])('[P7] names each address of the route table, and axe finds nothing on it (%s)', async (_, context) => {
    const page = await (await browser.newContext({ ...context, javaScriptEnabled: false })).newPage();
    await page.goto(`${system.url}/reference`);
    const api = ROUTES.filter(({ answers }) => answers === 'json');
    const shown = await page.locator('article.route h3').allInnerTexts();
    const named = shown.map((text) => text.replace(/\s+/g, ' '));
    expect(named.sort()).toEqual(api.map(({ method, path }) => `${method} ${path}`).sort());
    for (const { id } of api) {
      const article = page.locator(`article#${id}`);
      expect([id, await article.getByText('Who may call it:').count()]).toEqual([id, 1]);
      expect([id, await article.locator('.line').textContent()]).toEqual([
        id,
        expect.stringMatching(/^curl /),
      ]);
    }
    await page.context().close();
    const scripted = await (await browser.newContext(context)).newPage();
    await scripted.goto(`${system.url}/reference`);
    expect(await overflow(scripted)).toBeLessThanOrEqual(0);
    expect(await accessibilityProblems(scripted)).toEqual([]);
    await scripted.context().close();
  });

  it('leads to the meaning of each error, and shows a secret nowhere', async () => {
    const page = await (await browser.newContext(DESK)).newPage();
    await page.goto(`${system.url}/reference`);
    const links = await page
      .locator('a[href^="/errors#"]')
      .evaluateAll((found) => found.map((link) => (link as unknown as { hash: string }).hash.slice(1)));
    expect([...new Set(links)].filter((code) => !(code in ERRORS))).toEqual([]);
    await page.locator('#readRecord a[href="/errors#NOT_FOUND"]').click();
    expect(await page.locator('#NOT_FOUND').isVisible()).toBe(true);
    await page.goto(`${system.url}/reference`);
    expect(await page.content()).not.toMatch(/dp_[0-9A-Za-z]{20}/);
    await page.context().close();
  });
});

/** A label of the second element with an id leads to the first one; axe does not mind. */
async function repeatedIds(page: Page): Promise<string[]> {
  const ids = await page.locator('[id]').evaluateAll((found) => found.map((element) => String(element.id)));
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}

describe('pages of administrators', () => {
  it.each([
    ['phone', PHONE],
    ['desk', DESK],
  ])('[A42, A10] lead an owner through people, roles, keys and environments (%s)', async (label, options) => {
    const context = await browser.newContext(options);
    const owner = await firstOwner(system);
    await context.addCookies([
      { name: 'dp_session', value: owner.cookies.get('dp_session') ?? '', url: system.url },
    ]);
    const problems: string[] = [];
    const tour = await takeManageTour(await context.newPage(), system.url, label, async (name, page) => {
      const wide = await overflow(page);
      if (wide > 0) problems.push(`${name}: ${wide} px wider than the window`);
      for (const problem of await accessibilityProblems(page)) problems.push(`${name}: ${problem}`);
      for (const id of await repeatedIds(page)) problems.push(`${name}: two elements have the id ${id}`);
    });
    expect(problems).toEqual([]);
    expect([tour.key, tour.shownAgain]).toEqual([expect.stringMatching(/^dp_k[0-9A-Za-z]{60,}$/), false]);
    expect(tour.journal.join('\n')).toMatch(new RegExp(`Changed user\\s*Adele Able-${label}`));
    expect(new URL(tour.after).pathname).toBe('/');
    expect((await owner.get('/me')).json).toMatchObject({ type: 'anonymous' });
    await context.close();
  });
});
