import type { Browser } from 'playwright-core';
import type { System } from '../../local/system.ts';
import { accessibilityProblems, DESK, launchBrowser, overflow, PHONE } from '../support/browser.ts';
import { startPropertyManagement } from '../support/property-management.ts';
import { takeTour } from './tour.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startPropertyManagement(), launchBrowser()]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe('the main path in a browser', () => {
  const cases = [
    { label: 'phone', context: PHONE },
    { label: 'desk', context: DESK },
    { label: 'dark', context: { ...PHONE, colorScheme: 'dark' as const } },
    { label: 'no-script', context: { ...PHONE, javaScriptEnabled: false } },
  ];

  it.each(cases)(
    '[F32, F36] on $label: from the work order by the mailed link to the ended pass, with no sign-in',
    async ({ label, context }) => {
      const problems: string[] = [];
      const scripted = !('javaScriptEnabled' in context);
      const { ended } = await takeTour({
        system,
        browser,
        context,
        label,
        async visit(name, page) {
          if (!scripted) return;
          const wide = await overflow(page);
          if (wide > 0) problems.push(`${name}: ${wide} px wider than the window`);
          for (const problem of await accessibilityProblems(page)) problems.push(`${name}: ${problem}`);
        },
      });
      expect(ended).toMatch(/ended|done|over/i);
      expect(ended).toContain('dispatch@abc.example');
      expect(problems).toEqual([]);
    },
    180_000,
  );
});
