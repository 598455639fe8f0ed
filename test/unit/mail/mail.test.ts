import { composeMail, greeting, type MailContent } from '../../../core/mail/mail.ts';

describe('a mail', () => {
  const mail = composeMail({
    to: 'ana@contractor.example',
    subject: 'A work order',
    intro: ['Hello Ana'],
    facts: [
      { label: 'Building', value: 'Mill House' },
      { label: 'Plan', value: 'Open the plan', href: 'https://plans.example/7?a=1&b=2' },
    ],
    button: { label: 'Open it', href: 'https://daypass.example/?token=t' },
    closing: ['Goodbye'],
    siteName: 'ABC',
    contact: 'dispatch@abc.example',
    tags: {},
  });

  it('has its links in the text as well, which cannot hide them behind words', () => {
    expect(mail.text).toContain('Building: Mill House\nPlan: https://plans.example/7?a=1&b=2\n');
    expect(mail.text).toContain('Open it:\nhttps://daypass.example/?token=t\n');
  });

  it('shows the same links by their words where it is set as HTML', () => {
    expect(mail.html).toContain('<a href="https://plans.example/7?a=1&amp;b=2">Open the plan</a>');
    expect(mail.html).toMatch(/<a href="https:\/\/daypass\.example\/\?token=t"[^>]*>Open it<\/a>/);
  });
});

describe('a mail is set', () => {
  const usual: MailContent = {
    to: 'ana@contractor.example',
    subject: 'A work order',
    intro: ['Hello <Ana>', 'Second'],
    facts: [
      { label: 'Floors & doors', value: 'One\r\nTwo\u2028Three' },
      { label: 'Plan', value: 'Open "it"', href: 'https://plans.example/7?a=1&b=2' },
    ],
    button: { label: 'Open <it>', href: 'https://daypass.example/?token=t&x="' },
    closing: ['Goodbye', "It's over"],
    siteName: 'ABC & Co',
    contact: '<desk>',
    replyTo: 'desk@abc.example',
    tags: { grant: 'g1' },
  };

  it('as text, block by block, where lines of a value stay its own', () => {
    expect(composeMail(usual).text).toBe(
      [
        'Hello <Ana>',
        'Second',
        'Floors & doors: One\n    Two\n    Three\nPlan: https://plans.example/7?a=1&b=2',
        'Open <it>:\nhttps://daypass.example/?token=t&x="',
        'Goodbye',
        "It's over",
        'ABC & Co\n<desk>\n',
      ].join('\n\n'),
    );
  });

  it('as HTML, in the same order, with everything escaped', () => {
    const html = composeMail({ ...usual, subject: '<A> work order' }).html.replaceAll(/ style="[^"]*"/g, '');
    expect(html.slice(html.indexOf('<title>'))).toBe(
      '<title>&lt;A&gt; work order</title></head><body><div>' +
        '<p dir="auto">Hello &lt;Ana&gt;</p><p dir="auto">Second</p>' +
        '<table role="presentation">' +
        '<tr><th>Floors &amp; doors</th><td dir="auto">One\r\nTwo\u2028Three</td></tr>' +
        '<tr><th>Plan</th><td dir="auto"><a href="https://plans.example/7?a=1&amp;b=2">Open &quot;it&quot;</a></td></tr>' +
        '</table>' +
        '<p><a href="https://daypass.example/?token=t&amp;x=&quot;">Open &lt;it&gt;</a></p>' +
        '<p dir="auto">Goodbye</p><p dir="auto">It&#39;s over</p>' +
        '<hr><p>ABC &amp; Co<br>&lt;desk&gt;</p></div></body></html>',
    );
  });

  it('to whom it goes, and where answers go, as given; without facts, button and answers where there are none', () => {
    const { replyTo: _replyTo, button: _button, ...less } = usual;
    const mail = composeMail({ ...less, facts: [], closing: [] });
    expect(mail).toEqual({
      to: 'ana@contractor.example',
      subject: 'A work order',
      text: 'Hello <Ana>\n\nSecond\n\nABC & Co\n<desk>\n',
      html: expect.not.stringMatching(/<table|<a /),
      tags: { grant: 'g1' },
    });
    expect(composeMail(usual).replyTo).toBe('desk@abc.example');
  });

  it.each([
    ['of its own', 'desk@abc.example', 'Dispatch, dispatch@abc.example', 'desk@abc.example'],
    ['in its contact', undefined, 'Dispatch (dispatch@abc.example), +1 555 0100', 'dispatch@abc.example'],
    [
      'in its contact, its own being none',
      'the desk',
      'Write to Dispatch@abc.example.',
      'Dispatch@abc.example',
    ],
    ['that is the first in its contact', '', 'x@abc, one@abc.example; two@abc.example', 'one@abc.example'],
    ['nowhere', undefined, 'The caretaker, +1 555 0100', undefined],
  ])('[D23] with answers that go to the address %s', (_, replyTo, contact, expected) => {
    const { replyTo: _usual, ...rest } = usual;
    expect(composeMail({ ...rest, contact, ...(replyTo !== undefined && { replyTo }) }).replyTo).toBe(
      expected,
    );
  });

  it.each<[string, string, string]>([
    ['of one line as it is', ' A work order ', 'A work order'],
    ['of several lines as one', 'A\r\nBcc: all@evil.example\u0000\tb', 'A Bcc: all@evil.example b'],
    ['of 200 characters whole', 'x'.repeat(200), 'x'.repeat(200)],
    ['of more cut, to be seen', 'x'.repeat(201), `${'x'.repeat(199)}…`],
    ['of more cut between characters', '😀'.repeat(201), `${'😀'.repeat(199)}…`],
    ['without what turns text around', 'a\u202eb\u2066c\u202ad\u2069', 'abcd'],
  ])('with a subject %s', (_, subject, expected) => {
    const mail = composeMail({ ...usual, subject });
    expect(mail.subject).toBe(expected);
    expect(mail.html).toContain(`<title>${expected}</title>`);
  });

  it('without what turns text around, in text and HTML', () => {
    const turning = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
    const { text, html } = composeMail({ ...usual, intro: [`a${turning}b`], siteName: `c${turning}d` });
    expect([text.startsWith('ab\n'), text.includes('\ncd\n')]).toEqual([true, true]);
    expect([html.includes('>ab<'), html.includes('>cd<br>')]).toEqual([true, true]);
  });
});

it.each([
  ['Ana Ruiz', 'Hello Ana Ruiz'],
  ['  Ana\n Ruiz ', 'Hello Ana Ruiz'],
  ['Dr. Ana R.', 'Hello Dr. Ana R.'],
  ['', 'Hello'],
  ['x'.repeat(100), `Hello ${'x'.repeat(100)}`],
  ['x'.repeat(101), 'Hello'],
  ['evil.example', 'Hello'],
  ['Ana ana@evil.example', 'Hello'],
  ['https://evil', 'Hello'],
  ['пример.рф', 'Hello'],
  ['a.b', 'Hello a.b'],
])('the name %j is greeted with %j', (name, expected) => {
  expect(greeting(name)).toBe(expected);
});
