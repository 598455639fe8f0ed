import { composeMail } from '../../../core/mail/mail.ts';

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
