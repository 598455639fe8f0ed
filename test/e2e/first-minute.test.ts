import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PROPERTY_MANAGEMENT_FOLDER } from '../../local/example.ts';
import { type RunningSite, startSite } from '../../local/start-site.ts';
import { accessibilityProblems, DESK, launchBrowser, overflow, PHONE } from '../support/browser.ts';
import { ownDatabase } from '../support/shared-database.ts';

jest.setTimeout(180_000);

let site: RunningSite;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([
    startSite(PROPERTY_MANAGEMENT_FOLDER, { warm: true, dynamodb: ownDatabase() }),
    launchBrowser(),
  ]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await site?.system.stop();
});

/** The address that `npm start` prints beside this label. */
function addressOf(label: string): string {
  const line = site.addresses.find((each) => each.trim().startsWith(label)) ?? '';
  return /https?:\S+/.exec(line)?.[0] ?? `nothing is printed for ${label}`;
}

const RAN_OUT = 'over: it ran out before the work was reported done';

const headingOf = (page: Page) => page.locator('h1').textContent();

/** A browser at its desk, and a page of the dashboard in it. */
async function atDashboard(path = ''): Promise<Page> {
  const page = await (await browser.newContext(DESK)).newPage();
  await page.goto(site.system.dashboardUrl + path);
  return page;
}

/** The tab that opens when something is clicked. */
async function openedBy(context: BrowserContext, click: () => Promise<void>): Promise<Page> {
  const [page] = await Promise.all([context.waitForEvent('page'), click()]);
  await page.waitForLoadState();
  return page;
}

describe('the first minute with npm start', () => {
  it('prints one link per person, and the mailbox, the dashboard and the API', () => {
    expect(site.addresses.map((line) => line.trim().split(/\s{2,}|(?= http)/)[0])).toEqual([
      'Be the contractor',
      'Be Dana, dispatcher',
      'Be Theo, technician',
      'Be Olivia, administrator',
      '',
      'Mailbox',
      'Dashboard',
      'API',
      'AWS',
    ]);
  });

  it.each(['README.md', 'docs/local.md'])('prints the very lines that %s shows', async (document) => {
    const { system, addresses } = site;
    const shownAs = new Map([
      [new URL(system.url).port, '4000'],
      [new URL(system.dashboardUrl).port, '4001'],
      [new URL(system.awsEndpointUrl).port, '4002'],
    ]);
    const printed = addresses.join('\n').replace(/:(\d+)\//g, (_, port) => `:${shownAs.get(port)}/`);
    expect(await readFile(new URL(`../../${document}`, import.meta.url), 'utf8')).toContain(printed);
  });

  it('is the contractor at one click, on the page of the work order', async () => {
    const page = await (await browser.newContext(PHONE)).newPage();
    await page.goto(addressOf('Be the contractor'));
    expect(new URL(page.url()).origin).toBe(site.system.url);
    expect(page.url()).not.toContain('token');
    expect(await page.textContent('main')).toContain('WO-2001');
    await expect(page.getByRole('link', { name: 'Complete Work Order' }).count()).resolves.toBe(1);
    // A second click is as good as the first.
    await page.goto(addressOf('Be the contractor'));
    expect(await page.textContent('main')).toContain('WO-2001');
  });

  it('is the administrator at one click, who adds a role; and then, in the same browser, the dispatcher', async () => {
    const page = await (await browser.newContext(DESK)).newPage();
    await page.goto(addressOf('Be Olivia'));
    await page.goto(`${site.system.url}/manage/roles`);
    const form = page.locator('form:has(input[name=id])').first();
    await form.locator('input[name=id]').fill('caretaker');
    await form.locator('input[name=name]').fill('Caretaker');
    await form.locator('button[type=submit]').click();
    await page.goto(`${site.system.url}/manage/roles`);
    expect(await page.textContent('main')).toContain('Caretaker');

    await page.goto(addressOf('Be Dana'));
    await page.goto(`${site.system.url}/app/production/work-orders`);
    expect(await page.textContent('body')).toContain('WO-2001');
    expect((await page.goto(`${site.system.url}/manage/roles`))?.status()).not.toBe(200);
  });

  it('opens a mail’s link from the frame of the mailbox in a new tab, where it works', async () => {
    const context = await browser.newContext(DESK);
    const page = await context.newPage();
    await page.goto(`${site.system.url}/sign-in`);
    await page.getByLabel('Email').fill('dana@abc.example');
    await page.click('main button[type=submit]');
    await site.system.mail.waitFor(({ to }) => to.includes('dana@abc.example'));

    await page.goto(addressOf('Mailbox'));
    await page.getByRole('link', { name: /^Sign in to/ }).click();
    const opened = await openedBy(context, () =>
      page.frameLocator('iframe').getByRole('link', { name: 'Sign in' }).click(),
    );
    expect(await headingOf(opened)).toBe('Sign in');
    await opened.click('main button[type=submit]');
    await opened.goto(`${site.system.url}/app/production/work-orders`);
    expect(await opened.textContent('body')).toContain('WO-2001');
  });

  it('moves the clock on the dashboard to the reminder and to the end of the pass, and tells both', async () => {
    const page = await atDashboard();
    const way = page.locator('#executions');
    expect(await way.textContent()).toContain('Access for WO-2001 (Ana Ruiz)');
    expect(await way.textContent()).toContain('waiting until the work is done, or until the end of ');

    const next = page.getByRole('button', { name: 'To the next reminder or end' });
    const journey = page.locator('#journey');
    await next.click();
    await journey.getByRole('link', { name: /^Reminder: .*WO-2001/ }).waitFor();
    await next.click();
    await journey.getByText(`Access for WO-2001 (Ana Ruiz): ${RAN_OUT}`).waitFor();
    expect(await way.textContent()).toContain(RAN_OUT);

    // Days later everybody still gets in at one click; the contractor's link is over.
    await page.getByRole('button', { name: '7 days' }).click();
    await journey.getByText(/: no mail was sent, nothing ended\.$/).waitFor();
    await page.goto(addressOf('Be the contractor'));
    expect(await headingOf(page)).toMatch(/ended|over|expired/i);
    await page.goto(`${site.system.dashboardUrl}/`);
    const dana = await openedBy(page.context(), () =>
      page
        .locator('#people')
        .getByRole('link', { name: /^Dana Dispatcher/ })
        .click(),
    );
    await dana.goto(`${site.system.url}/app/production/work-orders`);
    expect(await dana.textContent('body')).toContain('WO-2001');
  });

  it.each([
    { label: 'a phone', context: PHONE },
    { label: 'a desk', context: DESK },
    { label: 'a phone in the dark', context: { ...PHONE, colorScheme: 'dark' as const } },
  ])(
    'shows dashboard and mailbox on $label without a barrier, no wider than the window',
    async ({ context }) => {
      const page = await (await browser.newContext(context)).newPage();
      const [mail] = await site.system.mail.messages();
      const places = ['', '/mails', '/mails?q=nothing+like+it', `/mails/${mail?.messageId}?view=text`];
      const problems: string[] = [];
      for (const place of places) {
        await page.goto(site.system.dashboardUrl + place);
        const wide = await overflow(page);
        if (wide > 0) problems.push(`${place}: ${wide} px wider than the window`);
        for (const problem of await accessibilityProblems(page)) problems.push(`${place}: ${problem}`);
      }
      expect(problems).toEqual([]);
    },
  );
});
