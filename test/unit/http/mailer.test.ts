import type { SendEmailCommand } from '@aws-sdk/client-ses';
import type { Mail } from '../../../core/mail/mail.ts';
import { createMailer } from '../../../lambdas/shared/mailer.ts';

const MAIL: Mail = { to: 'name@example.org', subject: 'Hi', text: 'Hi', html: '<p>Hi', tags: {} };

/** A mailer whose service keeps what it is handed. */
function mailer() {
  const handed: SendEmailCommand['input'][] = [];
  const client = { send: async ({ input }: SendEmailCommand) => void handed.push(input) };
  const settings = { sender: 'passes@example.org', replyTo: 'desk@example.org', configurationSet: 'set' };
  return { ...createMailer(settings, client as never), handed };
}

describe('a mail', () => {
  it.each(['a@b', '=?utf-8?b?YWxsQGV2aWwuZXhhbXBsZQ==?=@example.org', 'a@example.org, b@example.org', ''])(
    'is never handed to the mail service with the recipient %j, and the reason quotes no address',
    async (to) => {
      const { send, handed } = mailer();

      await expect(send({ ...MAIL, to })).rejects.toMatchObject({
        name: 'MailFailed',
        message: 'its recipient is no email address',
      });
      expect(handed).toEqual([]);
    },
  );

  it('goes to a domain of another script by its name in ASCII, answers too', async () => {
    const { send, handed } = mailer();
    await send({ ...MAIL, to: 'åsa@bücher.example', replyTo: 'info@bücher.example' });

    expect(handed[0]?.Destination?.ToAddresses).toEqual(['åsa@xn--bcher-kva.example']);
    expect(handed[0]?.ReplyToAddresses).toEqual(['info@xn--bcher-kva.example']);
  });

  it.each(['a@b', 'all: a@example.org;', 'a=?utf-8?q?x?=@example.org'])(
    'has its answers go to the site where %j is to get them',
    async (replyTo) => {
      const { send, handed } = mailer();
      await send({ ...MAIL, replyTo });

      expect(handed[0]?.ReplyToAddresses).toEqual(['desk@example.org']);
    },
  );
});
