import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import type { Mail, Mailer } from '../../core/mail/mail.ts';

export interface MailSettings {
  /** Address, or name and address, that SES has verified. */
  sender: string;
  /** Where answers go unless a mail says otherwise. */
  replyTo: string | undefined;
  /** Turns bounces and complaints into events; click tracking is off in it, because it would rewrite links. */
  configurationSet: string;
}

/** SES refused the mail for good: the message says why and holds no address. */
export class MailFailed extends Error {
  constructor(reason: string) {
    super(`the mail service refused it: ${reason}`);
    this.name = 'MailFailed';
  }
}

/** What SES answers when the same mail will never be taken. */
const FINAL = new Set([
  'MessageRejected',
  'MailFromDomainNotVerifiedException',
  'InvalidParameterValue',
  'ValidationError',
]);

/** The one way in which Daypass sends mail. */
export function createMailer(
  settings: MailSettings,
  client: Pick<SESClient, 'send'> = new SESClient({}),
): Mailer {
  return {
    async send(mail: Mail): Promise<void> {
      const replyTo = mail.replyTo ?? settings.replyTo;
      const command = new SendEmailCommand({
        Source: settings.sender,
        Destination: { ToAddresses: [mail.to] },
        ...(replyTo && { ReplyToAddresses: [replyTo] }),
        Message: {
          Subject: { Data: mail.subject, Charset: 'UTF-8' },
          Body: { Text: { Data: mail.text, Charset: 'UTF-8' }, Html: { Data: mail.html, Charset: 'UTF-8' } },
        },
        ConfigurationSetName: settings.configurationSet,
        Tags: Object.entries(mail.tags).map(([Name, Value]) => ({ Name, Value })),
      });
      try {
        await client.send(command);
      } catch (error) {
        if (error instanceof Error && FINAL.has(error.name)) throw new MailFailed(error.name);
        throw error;
      }
    },
  };
}
