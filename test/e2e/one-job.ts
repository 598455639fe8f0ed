import type { Browser, Locator, Page } from 'playwright-core';
import type { System } from '../../local/system.ts';
import { linkIn } from '../../local/visitor.ts';
import type { Frame } from './picture-files.ts';
import { NARROW, STAGE, Stage, WIDE } from './stage.ts';
import { addLink, completeLink, contractorFields, describeJob, notesField, submitButton } from './steps.ts';

const CONTRACTOR = 'ana.ruiz@locksmith.example';

/**
 * The story of one job in twenty seconds: a dispatcher ticks “External contractor: Yes”, the contractor gets a mail, does
 * the job, and the same link is over.
 * @param dispatcher where one click makes somebody the dispatcher
 */
export async function filmOneJob(system: System, browser: Browser, dispatcher: string): Promise<Frame[]> {
  const stage = new Stage(await pageOf(browser, STAGE));
  await raise(stage, system, await pageOf(browser, WIDE), dispatcher);
  await complete(stage, system, await pageOf(browser, NARROW), await pageOf(browser, NARROW));
  return stage.frames;
}

async function pageOf(browser: Browser, viewport: typeof WIDE): Promise<Page> {
  return (await browser.newContext({ viewport, colorScheme: 'light' })).newPage();
}

async function raise(stage: Stage, system: System, page: Page, dispatcher: string): Promise<void> {
  await page.goto(dispatcher);
  await page.goto(`${system.url}/app/production/work-orders`);
  stage.tell('Dana, a dispatcher, adds a work order');
  const add = addLink(page);
  await point(add);
  await stage.show(1_500, page);
  await add.click();
  await describeJob(page, system, 'WO-2041');
  await page.evaluate('window.scrollTo(0, 0)');
  await stage.show(1_500, page);

  stage.tell('It is a job for somebody from outside: “External contractor: Yes”');
  const { outside, name, email } = contractorFields(page);
  await bringInto(outside, 'center');
  await stage.show(700, page);
  await outside.check();
  await bringInto(name, 'center');
  await stage.show(1_000, page);
  await name.fill('Ana Ruiz');
  await stage.show(600, page);
  await email.fill(CONTRACTOR);
  const submit = submitButton(page);
  await bringInto(submit, 'end');
  await point(submit);
  await stage.show(1_500, page);
  await submit.click();
  await page.waitForURL(/\/records\//);
  await system.mail.waitFor(({ to }) => to.includes(CONTRACTOR));
}

async function complete(stage: Stage, system: System, inbox: Page, phone: Page): Promise<void> {
  const mail = await system.mail.waitFor(({ to }) => to.includes(CONTRACTOR));
  const link = linkIn(mail.text);
  await inbox.setContent(mail.html);
  stage.tell('Ana has no account and no password. She gets a mail …');
  await stage.show(1_400, inbox);
  const mailed = inbox.getByRole('link').first();
  await point(mailed);
  await stage.show(800, inbox);
  await point(mailed, false);
  stage.tell('… whose link opens this one work order, and nothing else');
  await phone.goto(link);
  await stage.show(2_500, inbox, phone);

  stage.tell('She does the job, and reports it done');
  const act = completeLink(phone);
  await point(act);
  await stage.show(1_000, inbox, phone);
  await act.click();
  const notes = notesField(phone);
  for (const [written, ms] of [
    ['New lock fitted.', 600],
    ['New lock fitted. Two keys are with the caretaker.', 900],
  ] as const) {
    await notes.fill(written);
    await stage.show(ms, inbox, phone);
  }
  await submitButton(phone).click();
  await phone.waitForLoadState();
  stage.tell('In that very moment her access is over');
  await stage.show(2_000, inbox, phone);

  stage.tell('The same link, again: over');
  await phone.goto(link);
  await point(mailed);
  await stage.show(4_000, inbox, phone);
}

async function bringInto(target: Locator, block: 'center' | 'end'): Promise<void> {
  await target.evaluate(
    (element, to) => (element as unknown as { scrollIntoView(to: object): void }).scrollIntoView(to),
    { block },
  );
}

/** Draws the eye to what is clicked, or lets it go. */
async function point(target: Locator, on = true): Promise<void> {
  await target.evaluate(
    (element, outline) => {
      const { style } = element as unknown as { style: Record<string, string> };
      style.outline = outline;
      style.outlineOffset = '3px';
    },
    on ? '4px solid #d97706' : 'none',
  );
}
