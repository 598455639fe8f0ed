import type { Page } from 'playwright-core';
import type { Visit } from './tour.ts';

const DAY_MS = 86_400_000;

/** What the tour has seen besides its pages. */
export interface ManageTourResult {
  /** The API key as it was shown, and whether it stood there on a reload, or on the account's page. */
  key: string;
  shownAgain: boolean;
  /** The newest changes in the journal, as texts. */
  journal: string[];
  /** Where signing out everywhere leads. */
  after: string;
}

/**
 * Administrators' pages as an owner uses them, who is signed in in this browser: a user, a role, a key that is shown once,
 * an environment, the journal, and at last the owner's own sessions.
 * @param label makes names unique
 */
export async function takeManageTour(
  page: Page,
  url: string,
  label: string,
  visit: Visit,
): Promise<ManageTourResult> {
  await page.goto(url);
  await visit('home', page);
  await page.getByRole('link', { name: 'production' }).click();
  await visit('app-selection', page);

  await page.goto(`${url}/manage/users`);
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill(`Able-${label}`);
  await page.getByLabel('Email', { exact: true }).fill(`ada-${label}@people.example`);
  await page.getByRole('checkbox', { name: 'Dispatcher' }).check();
  await page.getByRole('button', { name: 'Create user' }).click();
  await page.getByText(`User Ada Able-${label} created.`).waitFor();
  await visit('users', page);
  await page.getByLabel('Name or email').fill(`ada-${label}`);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('link', { name: `Ada Able-${label}` }).click();
  await visit('user', page);
  await page.getByLabel('First name').fill('Adele');
  await page.getByRole('button', { name: 'Save user' }).click();
  await page.getByRole('heading', { name: `Adele Able-${label}` }).waitFor();
  await page.getByRole('button', { name: 'Delete user' }).click();
  await page.getByRole('alert').waitFor();
  await visit('user-refused', page);

  await page.goto(`${url}/manage/roles`);
  await visit('roles', page);
  await page.getByRole('link', { name: 'Dispatcher', exact: true }).click();
  await visit('role', page);

  const { key, shownAgain } = await makeKey(page, url, label, visit);

  await page.goto(`${url}/manage/environments`);
  await page.getByRole('form', { name: 'staging' }).getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Save staging' }).click();
  await page.getByRole('status').waitFor();
  await visit('environments', page);

  await page.goto(`${url}/manage/journal`);
  await visit('journal', page);
  const journal = await page.locator('tbody tr').allTextContents();

  await page.goto(`${url}/account`);
  await visit('account', page);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  return { key, shownAgain, journal, after: page.url() };
}

async function makeKey(page: Page, url: string, label: string, visit: Visit) {
  await page.goto(`${url}/manage/service-accounts`);
  await page.getByLabel('Name').fill(`Ledger-${label}`);
  await page.getByRole('button', { name: 'Create service account' }).click();
  await page.getByRole('status').waitFor();
  await visit('service-accounts', page);
  await page.getByRole('link', { name: `Ledger-${label}` }).click();
  const address = page.url();
  await page.getByLabel('What it is for').fill('Nightly run');
  await page.getByRole('radio', { name: 'production' }).check();
  await page.getByLabel('Its last day').fill(new Date(Date.now() + 30 * DAY_MS).toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Make key' }).click();
  await page.getByText('It is shown only this once').waitFor();
  await visit('key', page);
  const key = (await page.locator('.done code').textContent()) ?? '';
  await page.reload();
  const shownOnReload = (await page.content()).includes(key);
  await page.goto(address);
  const shownAgain = shownOnReload || (await page.content()).includes(key);
  await visit('service-account', page);
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('revoked', { exact: true }).first().waitFor();
  return { key, shownAgain };
}
