// `npm run screenshots`: takes the pictures of the pages in docs/img, at a phone's and a desk's width, and the moving one.
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { PROPERTY_MANAGEMENT_FOLDER } from '../../local/example.ts';
import { startSite } from '../../local/start-site.ts';
import { DESK, launchBrowser, PHONE } from '../support/browser.ts';
import { takeManageTour } from './manage-tour.ts';
import { filmOneJob } from './one-job.ts';
import { writeMovingPicture, writePicture } from './picture-files.ts';
import { takeTour } from './tour.ts';

const FOLDER = fileURLToPath(new URL('../../docs/img', import.meta.url));
/** Of administrators' pages: the others show a secret, or a refusal. */
const MANAGE_PAGES = ['users', 'user', 'roles', 'role', 'environments', 'journal', 'account'];
/** A longer page is cut off. */
const MOST_HEIGHT = 1_600;

mkdirSync(FOLDER, { recursive: true });
const { system } = await startSite(PROPERTY_MANAGEMENT_FOLDER, { warm: true });
const browser = await launchBrowser();

function report(name: string): void {
  console.log(`${name}: ${Math.ceil(statSync(`${FOLDER}/${name}`).size / 1000)} KB`);
}

async function take(name: string, page: Page): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const height = (await page.evaluate('document.documentElement.scrollHeight')) as number;
  const cut = height > MOST_HEIGHT ? { clip: { x: 0, y: 0, width, height: MOST_HEIGHT } } : {};
  const capture = () => page.screenshot({ fullPage: true, ...cut });
  // Chromium on a busy machine now and then has nothing to capture yet; the second time it has.
  writePicture(`${FOLDER}/${name}`, await capture().catch(capture));
  report(name);
}

try {
  writeMovingPicture(
    `${FOLDER}/one-job.png`,
    await filmOneJob(system, browser, `${system.dashboardUrl}/as/dana`),
  );
  report('one-job.png');
  for (const [width, context, label] of [
    [390, PHONE, '2042'],
    [1280, DESK, '2043'],
  ] as const) {
    const visit = (name: string, page: Page) => take(`${name}-${width}.png`, page);
    await takeTour({ system, browser, context, label, visit });
  }
  // Of a running system: where an execution is, as the dashboard draws it.
  await system.settled();
  const [execution] = await system.executions.list();
  const page = await (await browser.newContext(DESK)).newPage();
  await page.goto(`${system.dashboardUrl}/executions/${encodeURIComponent(execution?.executionArn ?? '')}`);
  writePicture(`${FOLDER}/dashboard-1280.png`, await page.locator('.picture svg').screenshot());
  report('dashboard-1280.png');
  await page.goto(system.dashboardUrl);
  await take('dashboard-people-1280.png', page);
  for (const [width, context] of [
    [390, PHONE],
    [1280, DESK],
  ] as const) {
    const reference = await (await browser.newContext(context)).newPage();
    await reference.goto(`${system.url}/reference#runOperation`);
    writePicture(`${FOLDER}/reference-${width}.png`, await reference.screenshot());
    report(`reference-${width}.png`);
  }
  await page.goto(`${system.dashboardUrl}/as/dana`);
  await page.goto(`${system.url}/passes/production`);
  await take('live-passes-1280.png', page);
  await page.goto(`${system.dashboardUrl}/as/olivia`);
  await takeManageTour(page, system.url, 'Hall', async (name, at) => {
    if (MANAGE_PAGES.includes(name)) await take(`manage-${name}-1280.png`, at);
  });
} finally {
  await browser.close();
  await system.stop();
}
