import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { System } from '../../local/system.ts';
import { linkIn } from '../../local/visitor.ts';
import { launchBrowser, PHONE } from '../support/browser.ts';
import { focused, Keyboard, lostAtDouble, nameless } from '../support/keyboard.ts';
import { DISPATCHER, startPropertyManagement } from '../support/property-management.ts';

jest.setTimeout(180_000);

let system: System;
let browser: Browser;
/** What each page of the way is called, in order. */
const titles: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  [system, browser] = await Promise.all([startPropertyManagement(), launchBrowser()]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

/** Looks at a page as a screen reader and with large text. */
async function look(page: Page): Promise<void> {
  const title = await page.title();
  titles.push(title);
  const lang = await page.locator('html').getAttribute('lang');
  if (lang !== 'en') problems.push(`${title}: its language is ${lang}`);
  if ((await page.locator('h1').count()) !== 1) problems.push(`${title}: it has not exactly one h1`);
  if ((await page.locator('main').count()) !== 1) problems.push(`${title}: it has not exactly one main`);
  for (const line of await nameless(page)) problems.push(`${title}: no name for ${line}`);
  for (const line of await lostAtDouble(page)) problems.push(`${title}: at twice the text size, ${line}`);
}

it('[F32, F36] from signing in to the job done with Tab, Enter and Space alone, each stop visible and named', async () => {
  const context = await browser.newContext(PHONE);
  const page = await context.newPage();
  const keys = new Keyboard(page);

  await page.goto(`${system.url}/sign-in`);
  await look(page);
  const skip = await keys.press('Tab');
  expect(skip).toEqual({ tag: 'a', id: '', name: 'Skip to the content', visible: true });
  await page.keyboard.press('Enter');
  expect((await keys.press('Tab')).id).toBe('email');
  await keys.type(DISPATCHER);
  await keys.tabTo('Send me a link');
  await keys.follow('Enter');
  await look(page);

  const signIn = await system.mail.waitFor(({ to }) => to.includes(DISPATCHER));
  await page.goto(linkIn(signIn.text));
  await keys.tabTo('Sign in');
  await keys.follow('Space');
  await look(page);
  await keys.tabTo('Work Orders: All');
  await keys.follow('Enter');
  await look(page);
  await keys.tabTo('Add a work order');
  await keys.follow('Enter');
  await look(page);

  // Refused: the focus is where it is said what is missing, and leads on to the field.
  await keys.tabTo('Add a work order');
  await keys.follow('Enter');
  await look(page);
  expect(await focused(page)).toMatchObject({ id: 'summary', visible: true });
  await keys.tabTo('Fill in “Number”');
  await page.keyboard.press('Enter');
  expect(await focused(page)).toMatchObject({ id: 'f-number', visible: true });

  await keys.type('WO-7');
  await keys.tabTo('Building');
  await keys.type('Mill House');
  await keys.tabTo('Cleaning');
  await page.keyboard.press('Space');
  await keys.tabTo('Description');
  await keys.type('The lift makes a noise.');
  await keys.tabTo('Due date');
  // Month, day and year, as a browser that speaks American English asks for them.
  await keys.type('03312099');
  expect(await page.inputValue('#f-dueDate')).toBe('2099-03-31');
  await keys.tabTo('Yes');
  await page.keyboard.press('Space');
  await keys.tabTo('Contractor Name');
  await keys.type('Ana Ruiz');
  await keys.tabTo('Contractor Email');
  await keys.type('keys@contractor.example');
  await keys.tabTo('Add a work order');
  await keys.follow('Enter');
  await look(page);
  // Warned that no pass lasts so long: what was typed is there still, and one goes on all the same.
  expect(await page.locator('#summary').textContent()).toContain('The link would end before this date');
  expect(await page.inputValue('#f-dueDate')).toBe('2099-03-31');
  await keys.tabTo('Create anyway');
  await keys.follow('Space');
  await look(page);
  expect(await page.getByRole('status').first().textContent()).toBe('Work order WO-7 created');

  const mail = await system.mail.waitFor(({ to }) => to.includes('keys@contractor.example'));
  await context.clearCookies();
  await page.goto(linkIn(mail.text));
  await look(page);
  await keys.tabTo('Complete Work Order');
  await keys.follow('Enter');
  await look(page);
  const form = (await page.locator('form').ariaSnapshot()).split('\n');
  expect(form.filter((line) => !line.includes('/url'))).toEqual([
    '- text: Completion notes (optional)',
    '- textbox "Completion notes (optional)"',
    '- paragraph: "Your link ends with this: once it is sent, the link opens nothing any more."',
    '- button "Complete Work Order"',
    '- link "Cancel":',
  ]);
  await keys.tabTo('Completion notes');
  await keys.type('New rollers.');
  await keys.tabTo('Complete Work Order');
  await keys.follow('Space');
  await look(page);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Done. Thank you!');

  expect(keys.unseen).toEqual([]);
  expect(problems).toEqual([]);
  const called = [
    'Sign in',
    'Check your email',
    'Apps',
    'Work Orders: All',
    'Add a work order',
    'Error: Add a work order',
    'Warning: Add a work order',
    'Work Order WO-7',
    'Work Order WO-7',
    'Complete Work Order WO-7',
    'Done',
  ];
  expect(titles).toEqual(called.map((name) => `${name} – ABC Property Management`));
  await context.close();
});
