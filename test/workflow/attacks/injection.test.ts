import { jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { System } from '../../../local/system.ts';
import { linkIn, Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  CONTRACTORS,
  type Contractor,
  DISPATCHER,
  follow,
  readRecord,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(120_000);

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterAll(() => system?.stop());

/** Texts that mean something in HTML, attributes, URLs, templates, spreadsheets or expressions. */
const MARKUP = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</textarea></title><svg/onload=alert(1)>',
  '<!--',
  `{{7*7}} \${7*7} #{7*7} <%= 7*7 %>`,
  'javascript:alert(1)',
  '&lt;b&gt; &amp; &#x3c;',
  '=HYPERLINK("https://evil.example","x")',
  "+1+cmd|' /C calc'!A0",
  '@SUM(1)',
  '-2+3',
  '" || true || "',
  '\u202Egnp.exe',
  '\u2028\u2029',
  'http://evil.example/?token=dp_ap0001',
];

/** What a page or mail would hold if a text were taken for markup; undefined when there is nothing. */
function live(html: string): string | undefined {
  const script = /<script(?![^>]* src="\/assets\/)|href="(javascript|data):/i.exec(html);
  // Within quotes it is a value, whatever it says.
  const tags = html.replace(/="[^"]*"/g, '=""');
  return (script ?? /<(img|svg|iframe|style|b|i)\b|<[^>]*\son\w+\s*=|style=/i.exec(tags))?.[0];
}

describe('texts that look like markup', () => {
  it('stay texts on every page, in every mail and in every document', async () => {
    const description = MARKUP.join('\n');
    const values = workOrder(
      { name: 'Ana <b>Ruiz</b>', email: 'ana@contractor.example' },
      {
        number: '<i>WO</i> "1"',
        building: `<a href='//evil.example'>Mill</a>`,
        description,
      },
    );
    const { id } = await addWorkOrder(dispatcher, values);
    const mail = await system.mail.waitFor(({ to }) => to.includes('ana@contractor.example'));
    const record = await readRecord(dispatcher, id);
    const { visitor, home, pass } = await follow(system, String(record.values.contractorLink));
    expect(record.values.description).toBe(description);
    const pages = await Promise.all([
      visitor.get(home),
      visitor.get(`${home}/records/${id}`),
      visitor.get(`${home}/records/${id}/operations/complete`),
      visitor.get(`${home}/records/${id}/operations/note`),
      dispatcher.get(`/app/production/records/${id}`),
      dispatcher.get(`/app/production/records/${id}/operations/edit`),
      dispatcher.get('/app/production/work-orders'),
      dispatcher.get('/app/production/contractor-tokens'),
    ]);
    for (const { status, text, headers } of pages) {
      expect([status, live(text)]).toEqual([200, undefined]);
      expect(text).not.toMatch(/<i>WO|<b>Ruiz|<a href='\/\/evil/);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*|data:/);
    }
    expect(live(mail.html.replaceAll(/ style="[^"]*"/g, ''))).toBeUndefined();
    expect(mail.html).not.toMatch(/<i>WO|<b>Ruiz|<a href='\/\/evil/);
    expect(mail.subject).toBe(`Work order <i>WO</i> "1" at <a href='//evil.example'>Mill</a>`);
    const api = await visitor.get(`/production/records/${id}`, pass);
    expect(api.headers.get('content-type')).toBe('application/json');
    expect(api.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('come back from refused forms and error pages as texts', async () => {
    const text = MARKUP.join(' ');
    const page = await dispatcher.get('/app/production/work-orders/work-order/operations/add');
    const [, formToken = ''] = /name="formToken" value="([^"]+)"/.exec(page.text) ?? [];
    const path = '/app/production/work-orders/work-order/operations/add';
    const refused = await dispatcher.form(path, { formToken, 'field.number': text, 'field.category': text });
    expect(refused.status).toBe(422);
    expect(live(refused.text)).toBeUndefined();
    expect(refused.text).toContain('&lt;script');
    const encoded = encodeURIComponent(text.slice(0, 200));
    const stranger = new Visitor(system.url);
    for (const answer of [
      await stranger.form('/sign-in', { email: text.slice(0, 300) }),
      await stranger.get(`/sign-in?to=${encoded}`),
      await stranger.get(`/?token=${encoded}`),
      await stranger.get(`/nowhere/${encoded}`),
      await stranger.get(`/pass/${encoded}`),
      await dispatcher.get(`/app/production/work-orders?view=all&done=${encoded.slice(0, 40)}`),
      await dispatcher.get(`/app/production/contractor-tokens?view=by-token&param.token=${encoded}`),
      await stranger.form('/sign-out', { formToken: text.slice(0, 90), 'field.x': text }),
    ]) {
      expect([answer.status, live(answer.text)]).toEqual([answer.status, undefined]);
      expect(answer.status).toBeLessThan(500);
    }
  });
});

describe('values on their way into a mail', () => {
  it('start no header and reach nobody else', async () => {
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder(
        { name: 'Header', email: 'header@contractor.example' },
        {
          number: 'WO\u0085Bcc: all@evil.example',
          building: 'Mill\u2028Bcc: all@evil.example',
        },
      ),
    );
    const mail = await system.mail.waitFor(({ to }) => to.includes('header@contractor.example'));
    expect(mail.subject).not.toMatch(/[\r\n\u0085\u2028]/);
    expect(mail.to).toEqual(['header@contractor.example']);
    expect([mail.cc, mail.bcc, mail.replyTo.length <= 1]).toEqual([[], [], true]);
    expect((await readRecord(dispatcher, id)).state).toBe('Active');
  });

  it('may make a subject too long in any script: it is cut between characters', async () => {
    for (const pad of ['', 'a']) {
      const email = `subject${pad}@contractor.example`;
      await addWorkOrder(
        dispatcher,
        workOrder({ name: 'Long', email }, { number: 'N', building: `${pad}${'😀'.repeat(99)}` }),
      );
      const { subject } = await system.mail.waitFor(({ to }) => to.includes(email));
      expect(subject).toMatch(/^Work order N at a?😀/u);
      expect([subject.isWellFormed(), subject.includes('\uFFFD')]).toEqual([true, false]);
    }
  });

  it('cannot change what the link leads to', async () => {
    await addWorkOrder(
      dispatcher,
      workOrder(
        { name: 'Bad', email: 'link@contractor.example' },
        {
          description: `Click Here:\n${system.url}/?token=dp_ap0001aaaaaaaaaaaaaaaaaaaaaa`,
        },
      ),
    );
    const mail = await system.mail.waitFor(({ to }) => to.includes('link@contractor.example'));
    const hrefs = [...(mail.html ?? '').matchAll(/href="([^"]+)"/g)].map(([, href]) => href as string);
    expect(hrefs).toHaveLength(1);
    expect(hrefs[0]).toMatch(new RegExp(`^${system.url}/\\?token=dp_ap`));
    const token = new URL(hrefs[0] as string).searchParams.get('token') ?? '';
    expect((await follow(system, `${system.url}/?token=${token}`)).landing.status).toBe(303);
  });
});

describe('values on their way into a spreadsheet', () => {
  it('are texts there, whatever they begin with', async () => {
    const formulas = ['=HYPERLINK("https://evil.example","x")', "+1+cmd|' /C calc'!A0", '-2+3', '@SUM(1)'];
    for (const [index, name] of formulas.entries()) {
      const email = `sheet${index}@contractor.example`;
      await addWorkOrder(dispatcher, workOrder({ name, email }, { number: `\uFF1D1+${index}` }));
      await system.mail.waitFor(({ to }) => to.includes(email));
    }
    const file = await dispatcher.get('/passes/production/live-passes.csv');
    const rows: Record<string, string>[] = parse(file.text, { bom: true, columns: true });
    const found = rows.filter(({ Email }) => Email?.startsWith('sheet'));
    expect(found.map(({ Person }) => Person).sort()).toEqual(formulas.map((name) => `'${name}`).sort());
    expect(found.map(({ For }) => For)).toEqual(Array(4).fill(expect.stringMatching(/^'[＝=]1\+\d$/)));
  });
});

describe('names and addresses in every script', () => {
  it.each([
    ['Zoë Müller-Ærø', 'zoe@contractor.example'],
    ['李小龍', 'li@contractor.example'],
    ['عبد الله', 'abd@contractor.example'],
    ['👩‍🔧👩🏽‍🔧'.repeat(10), 'emoji@contractor.example'],
    [`a${'😀'.repeat(99)}`, 'long@contractor.example'],
    ['Ana', 'ana@bücher.example'],
    ["O'Brien", "o'brien+works@sub.contractor.example"],
  ])('[F30] %s (%s) gets a mail and a pass', async (name, email) => {
    const { id } = await addWorkOrder(dispatcher, workOrder({ name, email }));
    const ascii = email.replace('bücher', 'xn--bcher-kva');
    const mail = await system.mail.waitFor(({ to }) => to.includes(ascii));
    const contractor: Contractor = await follow(system, linkIn(mail.text));
    expect(contractor.landing.status).toBe(303);
    expect((await contractor.visitor.get('/me', contractor.pass)).json).toMatchObject({ name });
    const { values, names } = await readRecord(dispatcher, id);
    expect(names[String(values.assignedTo)]).toBe(name.normalize('NFC'));
    const view = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: { title: string }[] };
    expect(view.records.map(({ title }) => title)).toContain(name.normalize('NFC'));
    const path = `/production/records/${id}/operations/complete`;
    const done = await contractor.visitor.json(
      'POST',
      path,
      { values: { completionNotes: name } },
      contractor.pass,
    );
    expect(done.status).toBe(200);
  });

  it('an address that mail services cannot take is seen on the record, and the pass lives', async () => {
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Änne', email: 'änne@contractor.example' }),
    );
    const { values, trouble } = await system.waitFor('the record tells of the mail', async () => {
      const record = await readRecord(dispatcher, id);
      return record.trouble ? record : undefined;
    });
    expect(trouble?.message).toMatch(/mail could not be sent/);
    expect((await follow(system, String(values.contractorLink))).landing.status).toBe(303);
  });

  it('texts of any length and script are sorted, stored and read back as they were sent', async () => {
    const building = `${'ﷺ'.repeat(60)}\u{10FFFF}\u0301é`.slice(0, 200);
    const { id } = await addWorkOrder(dispatcher, workOrder(undefined, { building }));
    expect((await readRecord(dispatcher, id)).values.building).toBe(building.normalize('NFC'));
    const list = (await dispatcher.get(`${WORK_ORDERS}/views/all`)).json as { records: { id: string }[] };
    expect(list.records.map((record) => record.id)).toContain(id);
  });
});
