import { jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ERRORS } from '../../core/errors.ts';
import { ROUTES } from '../../lambdas/shared/routes/index.ts';
import type { System } from '../../local/system.ts';
import { accessibilityProblems, DESK, launchBrowser, overflow, PHONE } from '../support/browser.ts';
import { startPropertyManagement } from '../support/property-management.ts';

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
