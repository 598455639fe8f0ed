import type { Locator, Page } from 'playwright-core';
import type { System } from '../../local/system.ts';

// What people click and fill in on the main path, for the tour and for the film of it.

export const addLink = (page: Page): Locator => page.getByRole('link', { name: 'Add a work order' });
export const completeLink = (page: Page): Locator => page.getByRole('link', { name: 'Complete Work Order' });
export const notesField = (page: Page): Locator => page.getByLabel('Completion notes');
export const submitButton = (page: Page): Locator => page.locator('main button[type=submit]');

/** The field that makes a work order one for somebody from outside, and what it asks for then. */
export function contractorFields(page: Page): { outside: Locator; name: Locator; email: Locator } {
  return {
    outside: page.getByLabel('Yes'),
    name: page.getByLabel('Contractor Name'),
    email: page.getByLabel('Contractor Email'),
  };
}

/** Fills in what is to be done, in three days from now. */
export async function describeJob(page: Page, system: System, number: string): Promise<void> {
  await page.getByLabel('Number').fill(number);
  await page.getByLabel('Building').fill('Mill House, 14 Harbour Street');
  await page.getByRole('radio', { name: 'Maintenance' }).check();
  await page
    .getByLabel('Description')
    .fill('Replace the lock of the back door. The key is with the caretaker.');
  await page
    .getByLabel('Due date')
    .fill(new Date(system.clock.now() + 3 * 86_400_000).toISOString().slice(0, 10));
}
