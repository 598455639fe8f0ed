import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { readable, send, submit } from '../../support/page-forms.ts';
import {
  DISPATCHER,
  finished,
  type RecordJson,
  readRecord,
  signIn,
  startPropertyManagement,
  takeOn,
} from '../../support/property-management.ts';

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await signIn(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

const issue = (values = {}) => takeOn(system, dispatcher, values);

/** Ends a pass as staff do when a job is withdrawn. */
async function withdraw(order: RecordJson): Promise<void> {
  const { version } = await readRecord(dispatcher, order.id);
  const answer = await dispatcher.json(
    'POST',
    `/production/records/${order.id}/operations/delete`,
    { values: {} },
    { 'if-match': `"${version}"` },
  );
  if (answer.status !== 204)
    throw new Error(`Deleting the work order answered ${answer.status}: ${answer.text}`);
}

describe('a contractor’s pages', () => {
  it('[F28, F32] the link leads by a redirect to a clean address, and that page shows the job at once', async () => {
    const { order, linkPath } = await issue({ building: '12 Harbour Street' });
    const visitor = new Visitor(system.url);
    const landing = await visitor.get(linkPath);
    expect(landing.status).toBe(303);
    expect(landing.text).toBe('');
    const home = landing.headers.get('location') ?? '';
    expect(home).toMatch(/^\/pass\/[0-9A-Za-z]{8}$/);
    const page = await visitor.get(home);
    expect(page.status).toBe(200);
    const text = readable(page.text);
    expect(text).toContain(order.title);
    expect(text).toContain('Due date: Tue, 31 Mar 2099');
    expect(text).toContain('12 Harbour Street');
    expect(text).toContain('Complete Work Order');
    expect(page.text).toContain('dispatch@abc.example');
    expect(page.text).not.toMatch(/dp_[as]/);
  });

  it('[F28] a link of the style /#token=… is handed over in a form, and leads to the same page', async () => {
    const { token, home } = await issue();
    const visitor = new Visitor(system.url);
    const landing = await visitor.form('/', { token });
    expect([landing.status, landing.headers.get('location')]).toEqual([303, home]);
    expect((await visitor.get(home)).status).toBe(200);
  });

  it('[F35, F36] the job is completed by the form; then the page thanks, and link and pages give nothing', async () => {
    const { order, visitor, home, linkPath } = await issue();
    const form = `${home}/records/${order.id}/operations/complete`;
    const done = await submit(visitor, form, { completionNotes: 'Oiled the rails.\nReplaced a bulb.' });
    expect([done.status, done.headers.get('location')]).toEqual([303, home]);
    const thanks = await visitor.get(home);
    expect([thanks.status, readable(thanks.text)]).toEqual([
      200,
      expect.stringContaining(`Done. Thank you! “Complete Work Order” is recorded for ${order.title}`),
    ]);
    // The click that came twice, and the page that is loaded again, are thanked as well.
    const reloaded = await visitor.get(home);
    expect([reloaded.status, readable(reloaded.text)]).toEqual([
      410,
      expect.stringContaining('This job is done'),
    ]);
    const again = await visitor.get(form);
    expect([again.status, readable(again.text)]).toEqual([410, expect.stringContaining('This job is done')]);
    for (const address of [linkPath, home, `${home}/records/${order.id}`]) {
      const answer = await new Visitor(system.url).follow(address);
      expect([410, 401]).toContain(answer.status);
      expect(answer.text).not.toContain('The lift makes a noise.');
    }
    expect((await finished(system, order.id)).status).toBe('SUCCEEDED');
    expect((await readRecord(dispatcher, order.id)).values.completionNotes).toBe(
      'Oiled the rails.\nReplaced a bulb.',
    );
  });

  it('[D22] two links in one browser each open their own job, displace neither each other nor a session, and All my work unites them', async () => {
    const first = await issue({ description: 'The first job.' });
    const second = await issue({ description: 'The second job.' });
    const browser = await signIn(system, DISPATCHER);
    await browser.get(first.linkPath);
    await browser.get(second.linkPath);
    for (const [mine, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const landing = await browser.get(mine.linkPath);
      const job = await browser.get(landing.headers.get('location') ?? '');
      expect(readable(job.text)).toContain(mine.order.title);
      expect(readable(job.text)).not.toContain(other.order.title);
      const [, all = ''] = /href="([^"]+)"[^>]*>(?:<span[^<]*<\/span>)?All my work</.exec(job.text) ?? [];
      const list = readable((await browser.get(all)).text);
      expect(list).toContain(mine.order.title);
      expect(list).toContain(other.order.title);
      const own = await browser.get(`${mine.home}/records/${mine.order.id}`);
      expect(own.status).toBe(200);
      // Shown together, but not merged: a pass opens its own record only.
      expect((await browser.get(`${mine.home}/records/${other.order.id}`)).status).toBe(404);
    }
    expect((await browser.get('/app/production')).status).toBe(200);
    await submit(browser, `${first.home}/records/${first.order.id}/operations/complete`, {
      completionNotes: '',
    });
    expect((await browser.get(first.home)).text).toContain(
      `href="${second.home}">Go on with your other work`,
    );
    expect((await browser.get(first.home)).status).toBe(410);
    expect(readable((await browser.get(second.home)).text)).toContain('The second job.');
  });

  it('[D23] what was typed survives a pass that ends meanwhile, and nothing of it is written', async () => {
    const { order, visitor, home } = await issue();
    const form = `${home}/records/${order.id}/operations/complete`;
    const open = await visitor.get(form);
    await withdraw(order);
    const late = await send(visitor, form, open, { completionNotes: 'Three hours, two filters.' });
    expect(late.status).toBe(410);
    expect(readable(late.text)).toContain('This pass has ended');
    expect(readable(late.text)).toContain('Three hours, two filters.');
    expect(late.text).toContain('dispatch@abc.example');
  });

  it('[D8] a pass that is taken back is refused at the very next request', async () => {
    const { order, visitor, home } = await issue();
    expect((await visitor.get(home)).status).toBe(200);
    await withdraw(order);
    expect((await visitor.get(home)).status).toBe(410);
  });

  it('a broken link says so, names a contact, and reveals nothing', async () => {
    const { linkPath: link } = await issue();
    const visitor = new Visitor(system.url);
    for (const broken of [
      link.slice(0, -1),
      `${link}x`,
      `${link.slice(0, -1)}${link.endsWith('a') ? 'b' : 'a'}`,
      '/?token=',
    ]) {
      const page = await visitor.get(broken);
      expect([broken, page.status]).toEqual([broken, 404]);
      expect(readable(page.text)).toContain('This link is not complete');
      expect(page.text).toContain('dispatch@abc.example');
      expect(page.headers.getSetCookie()).toEqual([]);
    }
  });

  it('a pass page in another browser asks to open the link again', async () => {
    const { home } = await issue();
    const page = await new Visitor(system.url).get(home);
    expect([page.status, readable(page.text)]).toEqual([
      401,
      expect.stringContaining('open the link in your mail again'),
    ]);
  });

  it('a form that another site sends is refused, and nothing is written', async () => {
    const { order, visitor, home } = await issue();
    const form = `${home}/records/${order.id}/operations/complete`;
    const body = new URLSearchParams({ 'field.completionNotes': 'forged' }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const headers of [{ ...type, origin: 'https://evil.example' }, { ...type, origin: 'null' }, type]) {
      expect((await visitor.send('POST', form, { body, headers })).status).toBe(403);
    }
    expect((await readRecord(dispatcher, order.id)).state).toBe('Active');
  });
});
