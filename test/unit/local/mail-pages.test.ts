import { mailDocument, mailList, mailPage, mailViewOf } from '../../../local/dashboard/mail-pages.ts';
import type { Mail } from '../../../local/mailbox/mailbox.ts';

const mail = (set: Partial<Mail> = {}): Mail => ({
  messageId: 'ses-1',
  from: 'passes@daypass.example',
  to: ['ana@ruiz.example'],
  cc: [],
  bcc: [],
  replyTo: ['office@abc.example'],
  subject: 'Work order WO-1',
  text: 'Open it:\nhttps://site.example/?token=abc\n',
  html: '<!doctype html><html><head><title>x</title></head><body><a href="https://site.example/?token=abc&amp;to=x">Open</a></body></html>',
  at: 1_790_000_000,
  ...set,
});

/** The subjects that a list shows, in its order. */
const subjectsIn = (text: string) => [...text.matchAll(/<bdi>(WO-\d)<\/bdi><\/a>/g)].map(([, name]) => name);

describe('the list of mails', () => {
  const mails = [
    mail({ messageId: 'a', subject: 'WO-1', to: ['ana@ruiz.example'], text: 'the lock of the back door' }),
    mail({
      messageId: 'b',
      subject: 'WO-2',
      to: ['bo@lind.example'],
      text: 'the lift',
      cc: ['dana@abc.example'],
    }),
    mail({
      messageId: 'c',
      subject: 'WO-3',
      to: ['cy@ito.example'],
      text: 'the roof',
      replyTo: ['roofs@abc.example'],
    }),
  ];

  it('shows the newest first, with a way to each', () => {
    const { text } = mailList(mails, '');
    expect(subjectsIn(text)).toEqual(['WO-3', 'WO-2', 'WO-1']);
    expect(text).toContain('3 mails, newest first.');
    expect(text).toContain('href="/mails/b"');
  });

  it.each([
    ['wo-2', ['WO-2']],
    ['RUIZ', ['WO-1']],
    ['dana', ['WO-2']],
    ['roofs@', ['WO-3']],
    ['door lock', ['WO-1']],
    ['the', ['WO-3', 'WO-2', 'WO-1']],
    ['door lift', []],
  ])('finds by subject, people and text: “%s” finds %j', (search, subjects) => {
    expect(subjectsIn(mailList(mails, search).text)).toEqual(subjects);
  });

  it('says that there is none yet, or none that matches and how to see all', () => {
    expect(mailList([], '').text).toContain('No mail was sent yet.');
    const { text } = mailList(mails, '<b>');
    expect(text).toContain('No mail matches “&#60;b&#62;”.');
    expect(text).toContain('<a href="/mails">Show all mails</a>');
  });

  it('says so when it shows only the newest of very many', () => {
    const many = Array.from({ length: 101 }, (_, n) => mail({ messageId: `m${n}`, subject: `WO-${n % 10}` }));
    const { text } = mailList(many, '');
    expect(subjectsIn(text)).toHaveLength(100);
    expect(text).toContain('These are the newest 100. Search for older ones.');
    expect(text).not.toContain('href="/mails/m0"');
  });
});

describe('the page of a mail', () => {
  it('opens every link in a new tab: from the frame, the text and the list of links', () => {
    const link = 'target="_blank" rel="noopener noreferrer">https://site.example/?token=abc</a>';
    expect(mailPage(mail(), 'text', undefined).text).toContain(
      `<pre>Open it:\n<a href="https://site.example/?token=abc" ${link}`,
    );
    const page = mailPage(mail(), 'html', undefined).text;
    expect(page).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(page).toContain(`<li><a href="https://site.example/?token=abc" ${link}`);
    expect(page).toContain('https://site.example/?token=abc&#38;to=x</a>');
    expect(mailDocument(mail())).toContain('<head><base target="_blank">');
  });

  it('lets no link of a mail stay in the frame, whatever its own target', () => {
    const own = mailDocument(
      mail({ html: '<p><a target="_self" href="/x">x</a> <A HREF=y TARGET=_top>y</A></p>' }),
    );
    expect(own).toBe('<base target="_blank"><p><a href="/x">x</a> <A HREF=y>y</A></p>');
  });

  it('shows a mail without HTML as text, and any mail in the view that was asked for', () => {
    expect(mailViewOf(mail(), null)).toBe('html');
    expect(mailViewOf(mail({ html: '' }), null)).toBe('text');
    expect(mailViewOf(mail({ html: '' }), 'html')).toBe('text');
    expect(mailViewOf(mail(), 'source')).toBe('source');
    expect(mailPage(mail({ html: '' }), 'text', undefined).text).not.toContain('>Mail</a>');
  });

  it('escapes whatever a mail says', () => {
    const hostile = '<script>alert(1)</script>';
    const told = mail({ subject: hostile, from: hostile, to: [hostile], text: hostile, html: '' });
    for (const text of [
      mailPage(told, 'text', undefined).text,
      mailPage(told, 'source', hostile).text,
      mailList([told], hostile).text,
    ])
      expect(text).not.toContain('<script>');
  });
});
