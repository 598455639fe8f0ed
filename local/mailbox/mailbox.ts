import { LocalSystemError } from '../assembly/problem.ts';
import type { Clock } from '../clock.ts';
import { HOST, reservePort } from '../ports.ts';
import { startThread } from '../thread.ts';

/** A mail as a caller of SES sends it: in parts, or as a MIME message in base64. */
export interface SentMail {
  raw?: string;
  from?: string;
  to?: string[];
  cc?: string[];
  bcc?: string[];
  replyTo?: string[];
  subject?: string;
  text?: string | undefined;
  html?: string | undefined;
  at: number;
}

/** A mail that has arrived. */
export interface Mail {
  messageId: string;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  text: string;
  html: string;
  /** System time in seconds since the epoch. */
  at: number;
}

/** The store of mails. People read them on the dashboard's pages; this one's own port is told to nobody. */
export interface Mailbox {
  deliver(mail: SentMail): Promise<string>;
  /** All mails, oldest first. */
  messages(): Promise<Mail[]>;
  /** A mail as it would go over the wire, with its headers. */
  source(messageId: string): Promise<string>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

interface StoredMail {
  messageId: string;
  from: string;
  replyTo: string[];
  destination: { to: string[]; cc: string[]; bcc: string[] };
  subject: string;
  body: { text?: string; html?: string };
  at: number;
}

/** Starts the store of mails, on any free port. */
export async function startMailbox(clock: Clock): Promise<Mailbox> {
  const ownPort = await reservePort(0, 'the mailbox');
  const worker = startThread(
    new URL('mailbox-worker.ts', import.meta.url),
    { port: ownPort, host: HOST, clock: clock.shared },
    { execArgv: [], env: { NODE_ENV: 'production' } },
  );
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', ({ error }) => {
      if (error) reject(new LocalSystemError(`The mailbox did not start on port ${ownPort}: ${error}`));
      else resolve();
    });
  });
  worker.unref();
  const address = `http://${HOST}:${ownPort}`;
  let changes = 0;
  let known: { changes: number; mails: Promise<Mail[]> } | undefined;

  async function read(): Promise<Mail[]> {
    const response = await fetch(`${address}/store`);
    const { emails } = (await response.json()) as { emails: StoredMail[] };
    return emails.map(({ destination, body, ...mail }) => ({
      ...mail,
      ...destination,
      text: body.text ?? '',
      html: body.html ?? '',
    }));
  }

  return {
    async deliver(mail) {
      const response = await fetch(`${address}/v2/email/outbound-emails`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'AWS4-HMAC-SHA256 local' },
        body: JSON.stringify(toSendEmailRequest(mail)),
      });
      const answer = (await response.json()) as { MessageId?: string; detail?: string };
      changes += 1;
      if (!answer.MessageId) throw new LocalSystemError(`The mailbox refused a mail: ${answer.detail}`);
      return answer.MessageId;
    },
    async messages() {
      // Many wait for their mails at a time, and ask over and over: they share one reading.
      if (known?.changes !== changes) {
        const reading = { changes, mails: read() };
        known = reading;
        reading.mails.catch(() => {
          if (known === reading) known = undefined;
        });
      }
      return known.mails;
    },
    async source(messageId) {
      const response = await fetch(`${address}/get-emlContent?${new URLSearchParams({ messageId })}`);
      const { body } = (await response.json()) as { body: { data: number[] } };
      return Buffer.from(body.data).toString('utf8');
    },
    async clear() {
      await fetch(`${address}/clear-store`, { method: 'POST' });
      changes += 1;
    },
    stop: async () => void (await worker.terminate()),
  };
}

/** The mailbox takes SES's version 2 without dropping a recipient; its version 1 keeps only the first. */
function toSendEmailRequest(mail: SentMail): object {
  if (mail.raw) return { Content: { Raw: { Data: mail.raw } } };
  return {
    FromEmailAddress: mail.from,
    ReplyToAddresses: mail.replyTo,
    Destination: { ToAddresses: mail.to, CcAddresses: mail.cc, BccAddresses: mail.bcc },
    Content: {
      Simple: {
        Subject: { Data: mail.subject },
        Body: {
          ...(mail.text ? { Text: { Data: mail.text } } : {}),
          ...(mail.html ? { Html: { Data: mail.html } } : {}),
        },
      },
    },
  };
}
