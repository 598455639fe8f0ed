import { jest } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { System } from '../../local/system.ts';
import { linkIn, type Visitor } from '../../local/visitor.ts';
import { accessibilityProblems, DESK, launchBrowser, overflow, PHONE } from '../support/browser.ts';
import { HARD_TEXTS } from '../support/hard-texts.ts';
import { addManyWorkOrders } from '../support/many-work-orders.ts';
import {
  addWorkOrder,
  DISPATCHER,
  startPropertyManagement,
  workOrder,
} from '../support/property-management.ts';
import { staffSession } from '../support/site-runtime.ts';

jest.setTimeout(180_000);

const COUNT = 500;
const LIST = '/app/production/work-orders?view=all';
let system: System;
let browser: Browser;
let dispatcher: Visitor;
let numbers: string[];

beforeAll(async () => {
  [system, browser] = await Promise.all([startPropertyManagement(), launchBrowser()]);
  const texts = Object.values(HARD_TEXTS);
  // The hardest ones are on the first page and on a later one.
  numbers = await addManyWorkOrders(system, COUNT, (at) => {
    const text = at % 60 < 2 * texts.length ? texts[at % texts.length] : undefined;
    return text === undefined ? {} : { building: text, description: text };
  });
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

/** A browser in which the dispatcher is signed in. */
async function signedIn(options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  const cookies = [...dispatcher.cookies].map(([name, value]) => ({ name, value, url: system.url }));
  await context.addCookies(cookies);
  return context.newPage();
}

const numbersIn = (html: string) => [...html.matchAll(/<bdi>(N-\d{4})<\/bdi>/g)].map(([, number]) => number);
const hrefOf = (html: string, label: string) =>
  new RegExp(`href="([^"]+)"[^>]*>${label}<`).exec(html)?.[1]?.replaceAll('&amp;', '&');

describe(`a list of ${COUNT} work orders`, () => {
  it('is walked page by page in order; nothing is lost or repeated, and a page costs few reads', async () => {
    const seen: (string | undefined)[] = [];
    const pages: { bytes: number; reads: number; units: number }[] = [];
    // The first request of a process reads what is published, besides.
    await dispatcher.get(LIST);
    for (let path: string | undefined = LIST; path !== undefined; ) {
      system.dynamodb.reset();
      const answer = await dispatcher.get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const calls = system.dynamodb.reads().filter(({ caller }) => /authorizer|portal/.test(caller));
      pages.push({
        bytes: Buffer.byteLength(answer.text),
        reads: calls.reduce((sum, call) => sum + call.calls, 0),
        units: calls.reduce((sum, call) => sum + call.readUnits, 0),
      });
      seen.push(...numbersIn(answer.text));
      // What may be an empty page at the end leads to the first one alone.
      const ways = ['Previous page', 'First page'].filter((way) => answer.text.includes(`>${way}<`));
      const isEmpty = numbersIn(answer.text).length === 0;
      expect(ways).toEqual(
        pages.length === 1
          ? []
          : isEmpty
            ? ['First page']
            : ['Previous page', 'First page'].slice(0, pages.length - 1),
      );
      path = hrefOf(answer.text, 'Next page');
    }
    expect(seen.toSorted()).toEqual(numbers);
    // Three are due on each day; among these the order is the same every time, and any.
    const days = seen.map((number) => Math.floor(Number(number?.slice(2)) / 3));
    expect(days).toEqual(days.toSorted((a, b) => a - b));
    console.info(`pages of a list of ${COUNT}: ${JSON.stringify(pages)}`);
    // A last page that is full cannot know that it is the last one.
    expect(Math.ceil(pages.length - COUNT / 50)).toBeLessThanOrEqual(1);
    for (const { bytes, reads, units } of pages) {
      expect(bytes).toBeLessThan(64 * 1024);
      expect(reads).toBeLessThanOrEqual(4);
      expect(units).toBeLessThanOrEqual(9);
    }
  });

  it('goes back page by page and to the first one, and a made-up page number changes nothing but the words', async () => {
    const first = await dispatcher.get(LIST);
    const next = hrefOf(first.text, 'Next page') ?? '';
    const second = await dispatcher.get(next.replace('page=2', 'page=nonsense'));
    expect([second.status, numbersIn(second.text).length]).toEqual([200, 50]);
    expect(numbersIn(second.text)).not.toContain(numbersIn(first.text)[0]);
    const third = await dispatcher.get(hrefOf(second.text, 'Next page') ?? '');
    const back = await dispatcher.get(hrefOf(third.text, 'Previous page') ?? '');
    expect([numbersIn(back.text), / page 2 –/.test(back.text)]).toEqual([numbersIn(second.text), true]);
    for (const [from, way] of [
      [back, 'Previous page'],
      [third, 'First page'],
    ] as const) {
      const again = await dispatcher.get(hrefOf(from.text, way) ?? '');
      expect([numbersIn(again.text), hrefOf(again.text, 'Previous page')]).toEqual([
        numbersIn(first.text),
        undefined,
      ]);
    }
  });

  it('leads from each record back to the page on which it stands', async () => {
    const first = await dispatcher.get(LIST);
    const second = await dispatcher.get(hrefOf(first.text, 'Next page') ?? '');
    const [, href = ''] = /href="([^"]*\/records\/[^"]+)"/.exec(second.text) ?? [];
    const record = await dispatcher.get(href.replaceAll('&amp;', '&'));
    const [, back = '', label] =
      /class="back"><a href="([^"]+)">(?:<span[^>]*>[^<]*<\/span>)?([^<]+)</.exec(record.text) ?? [];
    expect(label).toBe('Work Orders, page 2');
    const list = await dispatcher.get(back.replaceAll('&amp;', '&'));
    expect(numbersIn(list.text)).toEqual(numbersIn(second.text));
  });

  it.each([
    ['phone', PHONE],
    ['desk', DESK],
  ])('is turned by touch, fits the window and says where one is (%s)', async (label, context) => {
    const page = await signedIn(context);
    await page.goto(system.url + LIST);
    for (const expected of [1, 2]) {
      const place = `page ${expected} on the ${label}`;
      expect([place, await overflow(page)]).toEqual([place, 0]);
      expect([place, await accessibilityProblems(page)]).toEqual([place, []]);
      expect([place, /, page 2/.test(await page.title())]).toEqual([place, expected === 2]);
      if (expected === 1) {
        await page.getByRole('link', { name: 'Next page' }).click();
        await page.waitForURL(/page=2/);
      }
    }
    await page.context().close();
  });
});

const { long, arabic, hebrew, mixed, emoji, override } = HARD_TEXTS;

describe('texts that are long, from right to left, or made of many code points', () => {
  it.each([
    { label: 'long', building: long, description: `${override}\n${long}`, name: long },
    { label: 'rtl', building: arabic, description: `${mixed}\n${hebrew}`, name: hebrew },
    { label: 'emoji', building: `${emoji} ${override}`, description: emoji, name: emoji },
  ])('fit every page and mail, and stay the same: $label', async ({ label, building, description, name }) => {
    const email = `${label}@contractor.example`;
    const values = workOrder({ name, email }, { building, description });
    const { id } = await addWorkOrder(dispatcher, values);
    const mail = await system.mail.waitFor(({ to }) => to.includes(email));
    const problems: string[] = [];
    let page = await signedIn(PHONE);
    const look = async (what: string) => {
      const wide = await overflow(page);
      if (wide > 0) problems.push(`${what} is ${wide} px wider than the window`);
      for (const problem of await accessibilityProblems(page)) problems.push(`${what}: ${problem}`);
    };
    await page.goto(`${system.url}/app/production/records/${id}`);
    const shown = await page.locator('dd').allTextContents();
    for (const text of [building, description, name]) expect(shown).toContain(text.normalize('NFC'));
    await look('the staff page');
    await page.goto(linkIn(mail.text));
    await look('the contractor’s page');
    await page.getByRole('link', { name: 'Complete Work Order' }).click();
    await look('the form');
    // The site's pages forbid inline styles, which mails have to use: a page of its own.
    page = await page.context().newPage();
    await page.setContent(mail.html);
    await look('the mail');
    expect(problems).toEqual([]);
    const turns = /[\u202A-\u202E\u2066-\u2069]/g;
    expect((mail.subject + mail.text + mail.html).match(turns)).toBeNull();
    const plain = (text: string) => text.normalize('NFC').replace(turns, '').replaceAll('\n', ' ');
    expect(mail.subject).toContain(plain(building));
    expect(mail.text.replace(/\s+/g, ' ')).toContain(plain(description));
    await page.context().close();
  });
});
