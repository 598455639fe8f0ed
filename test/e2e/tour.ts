import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { System } from '../../local/system.ts';
import { linkIn } from '../../local/visitor.ts';
import { addLink, completeLink, contractorFields, describeJob, notesField, submitButton } from './steps.ts';

/** Is called at every page of the tour, when the page is there. */
export type Visit = (name: string, page: Page) => Promise<void>;

export interface TourOptions {
  system: System;
  browser: Browser;
  context: BrowserContextOptions;
  /** Makes names in the system unique. */
  label: string;
  visit: Visit;
}

export interface TourResult {
  /** Texts of the last page: what the used link gives. */
  ended: string;
  recordUrl: string;
}

const DISPATCHER = 'dana@abc.example';

/**
 * The main path as people go it, in a real browser: a dispatcher signs in and adds a work order for a contractor; the
 * contractor follows the link, completes it, and follows the link again. Works with and without script.
 */
export async function takeTour(options: TourOptions): Promise<TourResult> {
  const email = `${options.label}@contractor.example`;
  const recordUrl = await dispatch(options, email);
  const ended = await completeAsContractor(options, email);
  return { ended, recordUrl };
}

async function dispatch(
  { system, browser, context, label, visit }: TourOptions,
  email: string,
): Promise<string> {
  const staff = await browser.newContext(context);
  const page = await staff.newPage();
  const known = new Set((await system.mail.messages()).map(({ messageId }) => messageId));
  await page.goto(`${system.url}/sign-in`);
  await visit('sign-in', page);
  await page.fill('input[name=email]', DISPATCHER);
  await submitButton(page).click();
  const mail = await system.mail.waitFor(
    ({ to, messageId }) => to.includes(DISPATCHER) && !known.has(messageId),
  );
  await page.goto(linkIn(mail.text));
  await visit('sign-in-link', page);
  await submitButton(page).click();
  await visit('apps', page);
  await page.goto(`${system.url}/app/production/work-orders`);
  await visit('work-orders', page);
  await addLink(page).click();
  await describeJob(page, system, `WO-${label}`);
  const contractor = contractorFields(page);
  await contractor.outside.check();
  await contractor.name.fill('Ana Ruiz');
  await contractor.email.fill(email);
  await visit('add-work-order', page);
  await submitButton(page).click();
  await page.waitForURL(/\/records\//);
  const recordUrl = page.url();
  await system.mail.waitFor(({ to }) => to.includes(email));
  await page.reload();
  await visit('work-order', page);
  await staff.close();
  return recordUrl;
}

async function completeAsContractor(
  { system, browser, context, visit }: TourOptions,
  email: string,
): Promise<string> {
  const phone = await browser.newContext(context);
  const page = await phone.newPage();
  const mail = await system.mail.waitFor(({ to }) => to.includes(email));
  const link = linkIn(mail.text);
  await page.setContent(mail.html);
  await visit('mail', page);
  await page.goto(link);
  // A pass for one record shows it at once; there is no list to go through.
  await visit('my-work-order', page);
  await completeLink(page).click();
  await notesField(page).fill('New lock fitted. Two keys are with the caretaker.');
  await visit('complete', page);
  await submitButton(page).click();
  await page.waitForLoadState();
  await visit('done', page);
  await page.goto(link);
  await visit('ended', page);
  const ended = (await page.textContent('body')) ?? '';
  await phone.close();
  return ended;
}
