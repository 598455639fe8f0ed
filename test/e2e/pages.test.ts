import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ERRORS } from '../../core/errors.ts';
import { ROUTES } from '../../lambdas/shared/routes/index.ts';
import type { System } from '../../local/system.ts';
import { Visitor } from '../../local/visitor.ts';
import { accessibilityProblems, DESK, launchBrowser, overflow, PHONE } from '../support/browser.ts';
import { firstOwner } from '../support/people.ts';
import {
  addWorkOrder,
  arrive,
  DISPATCHER,
  startPropertyManagement,
  workOrder,
} from '../support/property-management.ts';
import { staffSession } from '../support/site-runtime.ts';
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

const ONE_OF_EACH = `document.querySelectorAll('article ~ article').forEach((article) => article.remove())`;

describe('the API reference', () => {
  it('[P7] names each address of the route table, with who may call it and a command line', async () => {
    const page = await new Visitor(system.url).get('/reference', { 'accept-encoding': 'gzip' });
    expect([page.status, page.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    const articles = page.text.split('<article ').slice(1);
    const named = articles.map((text) => {
      const [, id] = / id="(\w+)"/.exec(text) ?? [];
      const [, method, path] = /class="method">(\w+)<\/span> <code>([^<]+)</.exec(text) ?? [];
      const whole = text.includes('Who may call it:') && /class="line">curl /.test(text);
      return `${id} ${method} ${path} ${whole}`;
    });
    const api = ROUTES.filter(({ answers }) => answers === 'json');
    expect(named.sort()).toEqual(api.map(({ id, method, path }) => `${id} ${method} ${path} true`).sort());
  });

  it.each([
    ['phone', PHONE],
    ['dark desk', { ...DESK, colorScheme: 'dark' as const }],
  ])('fits a %s, and axe finds nothing on it', async (_, context) => {
    const page = await (await browser.newContext(context)).newPage();
    await page.goto(`${system.url}/reference`);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    // In other colours one address of each kind stands for all: they are drawn alike, and axe takes long.
    if ('colorScheme' in context) await page.evaluate(ONE_OF_EACH);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.context().close();
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

describe('the local dashboard', () => {
  const problemsOn = async (page: Page) => [await overflow(page), ...(await accessibilityProblems(page))];

  it('draws where an execution is, and brings itself up to date without moving what one reads', async () => {
    const page = await (await browser.newContext(PHONE)).newPage();
    await page.goto(system.dashboardUrl);
    expect(await page.locator('#executions').textContent()).toContain('Nothing has run yet');
    expect(await problemsOn(page)).toEqual([0]);

    const dispatcher = await staffSession(system, DISPATCHER);
    const email = 'drawn@contractor.example';
    const { id, title } = await addWorkOrder(dispatcher, workOrder({ name: 'Ana Ruiz', email }));
    await page.locator('#executions a', { hasText: `Access for ${title}` }).click();
    await page.locator('.state.current .name', { hasText: 'AwaitCompletion' }).waitFor();
    expect(await problemsOn(page)).toEqual([0]);
    const record = page.getByRole('link', { name: 'The record that it works for' });
    expect(await record.getAttribute('href')).toBe(`${system.url}/app/production/records/${id}`);

    // A mark that a new page would not have, something opened, and a place further down.
    await page.locator('#event-2 summary').click();
    const before = await page.evaluate('(window.same = true, scrollTo(0, 900), scrollY)');
    const { visitor, pass } = await arrive(system, email);
    const done = await visitor.json('POST', `/production/records/${id}/operations/complete`, {}, pass);
    expect(done.status).toBe(200);
    await page.locator('.state.visited .name', { hasText: 'DeleteToken' }).waitFor();
    expect(await page.evaluate('[window.same, scrollY]')).toEqual([true, before]);
    expect(await page.locator('#event-2').getAttribute('open')).not.toBeNull();
    expect(await page.locator('.status').textContent()).toBe('SUCCEEDED');
    expect(await page.locator('#way').textContent()).toContain('It is over: the work was reported done.');
    await page.context().close();
  });
});

it('a record’s page follows by itself how access is set up, and the rest of it stays', async () => {
  const context = await browser.newContext(DESK);
  const page = await context.newPage();
  const dispatcher = await staffSession(system, DISPATCHER);
  const cookies = [...dispatcher.cookies].map(([name, value]) => ({ name, value, url: system.url }));
  await context.addCookies(cookies);
  system.faults.inject({
    when: ({ service, operation }) => service === 'states' && operation === 'StartExecution',
    failure: 'throttle',
  });
  const email = 'followed@contractor.example';
  const { id } = await addWorkOrder(dispatcher, workOrder({ name: 'Ana Ruiz', email }));
  await page.goto(`${system.url}/app/production/records/${id}`);
  expect(await page.locator('#access').textContent()).toContain('Being set up');
  await page.evaluate('window.same = true');
  await page.getByRole('button', { name: 'Sign out' }).focus();
  system.faults.clear();
  await page.locator('#access', { hasText: 'Email sent' }).waitFor();
  expect(await page.locator('#record').textContent()).toContain('Open the contractor’s page');
  expect(await page.locator('#events').textContent()).toContain('Changed by Work Order Robot');
  expect(await page.evaluate('[window.same, document.activeElement.textContent]')).toEqual([
    true,
    'Sign out',
  ]);
  await context.close();
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
