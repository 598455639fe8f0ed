// `npm run screenshots`: takes the pictures of the pages in docs/img, at a phone's and a desk's width.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROPERTY_MANAGEMENT_FOLDER, readExample } from '../../local/example.ts';
import { seedExample } from '../../local/seed.ts';
import { DESK, launchBrowser, PHONE } from '../support/browser.ts';
import { startSystem } from '../support/system.ts';
import { takeTour } from './tour.ts';

const FOLDER = fileURLToPath(new URL('../../docs/img', import.meta.url));
mkdirSync(FOLDER, { recursive: true });
const system = await startSystem();
const browser = await launchBrowser();
try {
  await seedExample(system, await readExample(PROPERTY_MANAGEMENT_FOLDER));
  for (const [width, context, label] of [
    [390, PHONE, '2041'],
    [1280, DESK, '2042'],
  ] as const) {
    await takeTour({
      system,
      browser,
      context,
      label,
      async visit(name, page) {
        const path = `${FOLDER}/${name}-${width}.png`;
        await page.screenshot({ path, fullPage: true });
        console.log(path);
      },
    });
  }
  // Of a running system: where an execution is, as the dashboard draws it.
  await system.settled();
  const [execution] = await system.executions.list();
  for (const [width, context] of [
    [390, PHONE],
    [1280, DESK],
  ] as const) {
    const page = await (await browser.newContext(context)).newPage();
    await page.goto(`${system.dashboardUrl}/executions/${encodeURIComponent(execution?.executionArn ?? '')}`);
    const path = `${FOLDER}/dashboard-${width}.png`;
    await page.locator('.picture svg').screenshot({ path });
    console.log(path);
    await page.goto(`${system.url}/reference#runOperation`);
    await page.screenshot({ path: `${FOLDER}/reference-${width}.png` });
    console.log(`${FOLDER}/reference-${width}.png`);
  }
} finally {
  await browser.close();
  await system.stop();
}
