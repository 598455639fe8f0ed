import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { deliverableEmail } from '../../core/mail/address.ts';
import { type Mail, type Mailer, MailFailed, MailUncertain } from '../../core/mail/mail.ts';
import { PATIENT } from './aws-clients.ts';

export { MailFailed };

export interface MailSettings {
  /** Address, or name and address, that SES has verified. */
  sender: string;
  /** Where answers go unless a mail says so. */
  replyTo: string | undefined;
  /** Turns bounces and complaints into events; click tracking is off in it, because it would rewrite links. */
  configurationSet: string;
  /** How often the client tries; more than once may send a mail twice when an answer is lost. Default: the SDK's. */
  attempts?: number;
}

/** What SES answers when the same mail will never be taken. */
const FINAL = new Set([
  'MessageRejected',
  'MailFromDomainNotVerifiedException',
  'InvalidParameterValue',
  'ValidationError',
]);

/** The connection never came about, so nothing was sent. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** The one way in which Daypass sends mail. */
export function createMailer(
  settings: MailSettings,
  client: Pick<SESClient, 'send'> = new SESClient({
    ...PATIENT,
    ...(settings.attempts !== undefined && { maxAttempts: settings.attempts }),
  }),
): Mailer {
  return {
    async send(mail: Mail): Promise<void> {
      const to = deliverableEmail(mail.to);
      if (to === undefined) throw new MailFailed('its recipient is no email address');
      // Where answers go is no reason to keep a mail back.
      const replyTo = deliverableEmail(mail.replyTo ?? '') ?? settings.replyTo;
      const command = new SendEmailCommand({
        Source: settings.sender,
        Destination: { ToAddresses: [to] },
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
        const {
          name,
          code = '',
          $metadata,
        } = error as Error & {
          code?: string;
          $metadata?: { httpStatusCode?: number };
        };
        if (FINAL.has(name)) throw new MailFailed(`the mail service refused it: ${name}`);
        const answered = $metadata?.httpStatusCode !== undefined;
        throw answered || NOT_REACHED.has(code) ? error : new MailUncertain();
      }
    },
  };
}
