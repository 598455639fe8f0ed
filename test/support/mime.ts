import { type ParsedMail, simpleParser } from 'mailparser';
import type { Mail } from '../../local/mailbox/mailbox.ts';

const BOUNDARY = 'the-boundary-of-the-tests';

/**
 * The mail as the simplest sender there is would put it on the wire, with nothing encoded and nothing escaped, read back
 * by a mail program's parser: a value that can start a header, add a recipient or a part does so here.
 */
export function onTheWire(mail: Mail): Promise<ParsedMail> {
  const part = (type: string, text: string) => [
    `--${BOUNDARY}`,
    `Content-Type: text/${type}; charset=utf-8`,
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
  ];
  return simpleParser(
    [
      `From: ${mail.from}`,
      `To: ${mail.to.join(', ')}`,
      ...mail.replyTo.map((address) => `Reply-To: ${address}`),
      `Subject: ${mail.subject}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`,
      '',
      ...part('plain', mail.text),
      ...part('html', mail.html),
      `--${BOUNDARY}--`,
    ].join('\r\n'),
  );
}

/** Names of a parsed mail's headers, in their order. */
export const headersOf = ({ headerLines }: ParsedMail) => headerLines.map(({ key }) => key);
