import { jest } from '@jest/globals';
import type { Mail } from '../../../local/mailbox/mailbox.ts';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import { headersOf, onTheWire } from '../../support/mime.ts';
import { codeOf, createUser, freshEmail } from '../../support/people.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';

jest.setTimeout(60_000);

const QUARTER = 15 * 60_000;
const HEADERS = ['from', 'to', 'reply-to', 'subject', 'mime-version', 'content-type'];
/** Ways to end a line, or to make a text be something else. */
const BREAKS = ['\r\n', '\n', '\r', '\u0085', '\u2028', '\u2029'];

let system: System;
let olga: Visitor;
let dora: Visitor;

beforeAll(async () => {
  system = await startSystem();
  await seedDefinitions(system, PERSON_DIRECTORY);
  olga = await staffSession(system, 'olga@harbour.example');
  dora = await staffSession(system, 'dora@harbour.example');
  await addForum();
}, 120_000);

afterAll(() => system?.stop());

beforeEach(async () => {
  // Every test has the whole of its limits: they count by quarters of an hour.
  await system.clock.moveTo(Math.ceil((system.clock.now() + 1) / QUARTER) * QUARTER);
  await system.mail.clear();
});

/** An app in which people without a credential cause mails: whose subject, text and recipient they type. */
async function addForum(): Promise<void> {
  const made = await olga.json('POST', '/admin/apps', { id: 'forum', name: 'Forum', kind: 'records' });
  const draft = made.json as { version: number; definition: { recordTypes: object[] } };
  const fields = ['to', 'subject', 'text'].map((id) => ({ id, label: id, type: 'text' }));
  const definition = {
    ...draft.definition,
    recordTypes: [
      {
        id: 'post',
        name: 'Post',
        plural: 'Posts',
        fields,
        states: [{ id: 'Active', name: 'Active' }],
        initialState: 'Active',
        operations: [
          {
            id: 'add',
            name: 'Post',
            kind: 'add',
            actions: [
              {
                id: 'mail',
                kind: 'sendEmail',
                to: 'record.to',
                subject: 'record.subject',
                body: 'record.text',
              },
            ],
          },
          { id: 'view', name: 'View', kind: 'view' },
        ],
        views: [],
      },
    ],
    permissions: ['NonAuthenticatedUser', 'AuthenticatedUser'].map((role) => ({
      role,
      recordType: 'post',
      operations: ['add', 'view'],
    })),
  };
  const saved = await olga.json('PUT', '/admin/apps/forum/draft', definition, {
    'if-match': `"${draft.version}"`,
  });
  expect([saved.status, saved.text]).toEqual([200, expect.any(String)]);
  const published = await olga.json('POST', '/admin/environments/production/publish', { apps: ['forum'] });
  expect(published.status).toBe(200);
}

const post = (values: object, by = new Visitor(system.url)): Promise<Answer> =>
  by.json('POST', '/production/apps/forum/record-types/post/records', { operation: 'add', values });

const addPerson = (values: Record<string, unknown>): Promise<Answer> =>
  dora.json('POST', '/production/apps/directory/record-types/person/records', {
    operation: 'add',
    values: { firstName: 'Pia', lastName: 'Person', company: 'Harbour', ...values },
  });

const mailTo = (email: string): Promise<Mail> => system.mail.waitFor(({ to }) => to.includes(email));

/** The mail went to one address, has our headers and no other, and says as HTML what it says as text. */
async function expectHonest(mail: Mail, email: string): Promise<void> {
  const parsed = await onTheWire(mail);
  expect(headersOf(parsed)).toEqual(HEADERS);
  expect(parsed.to?.value.map(({ address }) => address)).toEqual([email]);
  expect([mail.cc, mail.bcc, parsed.attachments]).toEqual([[], [], []]);
  expect(parsed.subject).toBe(mail.subject);
  expect(parsed.html || '').not.toMatch(/<(?:(?:b|i|img|script)\b|a href="(?!http:\/\/localhost))/);
}

describe('asking for a link', () => {
  const ask = async (email: string) => {
    const visitor = new Visitor(system.url);
    const answer = await visitor.form('/sign-in', { email });
    return { answer, page: await visitor.get(answer.headers.get('location') ?? '/') };
  };
  type Asked = Awaited<ReturnType<typeof ask>>;
  /** All of an answer that somebody without the mailbox sees, but for the address that they typed. */
  const part = ({ status, headers, text }: Answer, email: string) => {
    const {
      date: _,
      'apigw-requestid': __,
      'set-cookie': cookie = '',
      ...rest
    } = Object.fromEntries(headers);
    // What is sealed differs each time, and so does the second in which it ends.
    const [, name, value = '', attributes = ''] = /^([^=]*)=([^;]*)(.*)$/s.exec(cookie) ?? [];
    const shape = [name, attributes.replace(/Expires=[^;]+/, 'Expires')];
    const words = text.replaceAll(email, '');
    return { same: { status, headers: rest, cookie: shape, words }, length: [text.length, value.length] };
  };
  const seen = ({ answer, page }: Asked, email: string) => [part(answer, email), part(page, email)];
  const same = (asked: Asked, email: string) => seen(asked, email).map((each) => each.same);

  it('answers the same for every address: status, headers, length and text', async () => {
    const user = await createUser(olga, { email: 'known1@people.example' });
    const gone = await createUser(olga, { email: 'ended1@people.example' });
    expect((await olga.send('DELETE', `/admin/users/${gone.id}`)).status).toBe(204);
    const known = seen(await ask(user.email), user.email);
    expect(known.map(({ same: { status } }) => status)).toEqual([303, 200]);
    // All of one length, as the page repeats what was typed.
    for (const email of [
      'nobody@people.example',
      gone.email,
      'KNOWN1@PEOPLE.EXAMPLE',
      'known1+people@ex.mple',
    ]) {
      expect([email, seen(await ask(email), email)]).toEqual([email, known]);
    }
  });

  it('answers the same when no more mails are sent, and after a mail that could not be sent', async () => {
    const { email } = await createUser(olga);
    const first = seen(await ask(email), email);
    for (let asked = 0; asked < 6; asked++) expect(seen(await ask(email), email)).toEqual(first);
    await system.settled();
    expect(await system.mail.messages()).toHaveLength(5);
    const other = await createUser(olga);
    const faults = system.faults.inject({ when: ({ service }) => service === 'ses', failure: 'fail' });
    const failed = same(await ask(other.email), other.email);
    expect(faults.struck).toBeGreaterThan(0);
    system.faults.clear();
    await system.settled();
    expect(await system.mail.messages()).toHaveLength(5);
    expect(failed).toEqual(first.map((each) => each.same));
  });

  it('takes 300 ms at least, whether there is somebody to write to or not', async () => {
    const { email } = await createUser(olga);
    for (const address of [email, 'nobody@people.example', email]) {
      const began = performance.now();
      expect((await ask(address)).answer.status).toBe(303);
      // A timer may ring a moment early.
      expect(performance.now() - began).toBeGreaterThan(298);
    }
  });

  it('greets by a name, and by none that would be read as a link or another line', async () => {
    const names: [string, string, string][] = [
      ['Ana', 'Ruiz', 'Hello Ana Ruiz,'],
      ['Dr. Ana', "O'Ruiz-Ærø", "Hello Dr. Ana O'Ruiz-Ærø,"],
      ['Pay', 'https://evil.example/now', 'Hello,'],
      ['Visit', 'evil.example', 'Hello,'],
      ['Mail', 'me@evil.example', 'Hello,'],
      ['Your\r\nBcc: all@evil', '\u2028account', 'Hello,'],
      ['Your\n\naccount', 'is\u2029closed', 'Hello Your account is closed,'],
    ];
    for (const [firstName, lastName, expected] of names) {
      const { email } = await createUser(olga, { firstName, lastName });
      await ask(email);
      const mail = await mailTo(email);
      expect(mail.text.split('\n')[0]).toBe(`${expected} here is your link to sign in.`);
      await expectHonest(mail, email);
    }
  });
});

describe('mails that apps send', () => {
  it.each(BREAKS)(
    'a line that %j ends starts no header, recipient, paragraph or link of its own',
    async (end) => {
      const evil = `${end}Bcc: all@evil.example${end}${end}<b>Pay</b> <a href="https://evil.example">here</a>`;
      const email = freshEmail('break');
      const sent = await post({ to: email, subject: `Hi${evil}`, text: `Hi${evil}` });
      expect([sent.status, sent.text]).toEqual([201, expect.any(String)]);
      const mail = await mailTo(email);
      expect(mail.subject).toBe(
        'Hi Bcc: all@evil.example <b>Pay</b> <a href="https://evil.example">here</a>',
      );
      await expectHonest(mail, email);

      const welcomed = freshEmail('welcome');
      // A break in a name is refused where the field takes one line, or is a space.
      const added = await addPerson({ email: welcomed, firstName: `Eve${evil.slice(0, 30)}` });
      if (added.status === 422) return;
      const welcome = await mailTo(welcomed);
      expect(welcome.text.split('\n')[0]).toBe('Hello,');
      await expectHonest(welcome, welcomed);
    },
  );

  it.each([
    ['two addresses', 'one@people.example, two@people.example'],
    ['an address and a header', 'one@people.example\r\nBcc: two@people.example'],
    ['a name and an address', 'One <one@people.example>'],
    ['a group', 'all: one@people.example;'],
    ['a domain without a dot', 'one@people'],
    ['an encoded word', '=?utf-8?b?dHdvQHBlb3BsZS5leGFtcGxl?=@people.example'],
  ])('are not sent to %s in the place of one', async (_, to) => {
    const refused = await post({ to, subject: 'Hi', text: 'Hi' });
    expect(codeOf(refused)).toEqual([422, 'VALUES_INVALID']);
    await system.settled();
    expect(await system.mail.messages()).toEqual([]);
  });

  it('turn no text around: what is written from right to left in a subject stays as it was typed', async () => {
    const email = freshEmail('bidi');
    await post({ to: email, subject: 'Invoice \u202Efdp.exe \u2066مرحبا\u2069', text: 'Hi' });
    expect((await mailTo(email)).subject).toBe('Invoice fdp.exe مرحبا');
  });

  it('are few to one address, whoever causes them, and then nothing happens at all', async () => {
    const victim = freshEmail('victim');
    for (let sent = 0; sent < 20; sent++) {
      expect(
        (await post({ to: victim, subject: 'Hi', text: 'Hi' }, sent % 2 === 0 ? dora : olga)).status,
      ).toBe(201);
    }
    const ulf = await staffSession(system, 'ulf@harbour.example');
    for (const spelled of [victim, victim.toUpperCase()]) {
      const refused = await post({ to: spelled, subject: 'Hi', text: 'Hi' }, ulf);
      expect([codeOf(refused), refused.headers.get('retry-after')]).toEqual([[429, 'RATE_LIMITED'], '60']);
    }
    expect((await post({ to: freshEmail(), subject: 'Hi', text: 'Hi' }, ulf)).status).toBe(201);
    await system.settled();
    expect((await system.mail.messages()).filter(({ to }) => to.includes(victim))).toHaveLength(20);
  });

  it('are few for everybody without a credential together, and more for somebody who is known', async () => {
    const statuses: number[] = [];
    for (let sent = 0; sent < 21; sent++) {
      statuses.push((await post({ to: freshEmail('bulk'), subject: 'Hi', text: 'Hi' })).status);
    }
    expect(statuses).toEqual([...Array(20).fill(201), 429]);
    for (let sent = 0; sent < 60; sent++) {
      expect((await post({ to: freshEmail('bulk'), subject: 'Hi', text: 'Hi' }, dora)).status).toBe(201);
    }
    const refused = await post({ to: freshEmail('bulk'), subject: 'Hi', text: 'Hi' }, dora);
    expect(codeOf(refused)).toEqual([429, 'RATE_LIMITED']);
    expect((await post({ to: freshEmail('bulk'), subject: 'Hi', text: 'Hi' }, olga)).status).toBe(201);
  });
});
