import type { SendEmailCommand } from '@aws-sdk/client-ses';
import type { Mail } from '../../../core/mail/mail.ts';
import { createMailer } from '../../../lambdas/shared/mailer.ts';

const MAIL: Mail = { to: 'name@example.org', subject: 'Hi', text: 'Hi', html: '<p>Hi', tags: {} };

/** A mailer whose service keeps what it is handed, or fails as told; answers go to the site's desk unless it has none. */
function mailer({ failure, replyTo = 'desk@example.org' }: { failure?: Error; replyTo?: string } = {}) {
  const handed: SendEmailCommand['input'][] = [];
  const client = {
    async send({ input }: SendEmailCommand) {
      if (failure) throw failure;
      handed.push(input);
    },
  };
  const settings = { sender: 'passes@example.org', replyTo: replyTo || undefined, configurationSet: 'set' };
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

describe('what the mail service is handed', () => {
  const mail = { ...MAIL, subject: 'S', text: 'T', html: 'H', tags: { grant: 'g1', environment: 'test' } };
  const expected = (replyTo: string[] | undefined) => ({
    Source: 'passes@example.org',
    Destination: { ToAddresses: ['name@example.org'] },
    ...(replyTo && { ReplyToAddresses: replyTo }),
    Message: {
      Subject: { Data: 'S', Charset: 'UTF-8' },
      Body: { Text: { Data: 'T', Charset: 'UTF-8' }, Html: { Data: 'H', Charset: 'UTF-8' } },
    },
    ConfigurationSetName: 'set',
    Tags: [
      { Name: 'grant', Value: 'g1' },
      { Name: 'environment', Value: 'test' },
    ],
  });

  it.each<[string, string | undefined, string, string[] | undefined]>([
    ['its own answers go', 'own@example.org', 'desk@example.org', ['own@example.org']],
    ['the site’s answers go', undefined, 'desk@example.org', ['desk@example.org']],
    ['nobody’s go anywhere', undefined, '', undefined],
  ])('is the whole mail, and where %s', async (_, own, replyTo, answers) => {
    const { send, handed } = mailer({ replyTo });
    await send({ ...mail, ...(own && { replyTo: own }) });
    expect(handed).toEqual([expected(answers)]);
  });

  const failed = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });
  const answered = { $metadata: { httpStatusCode: 400 } };
  it.each<[string, Error, string]>([
    ...[
      'MessageRejected',
      'MailFromDomainNotVerifiedException',
      'InvalidParameterValue',
      'ValidationError',
    ].map((name): [string, Error, string] => [
      `${name} is for good`,
      failed(name, answered),
      `MailFailed: the mail service refused it: ${name}`,
    ]),
    ['any other answer is what it is', failed('Throttling', answered), 'Throttling: Throttling'],
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].map((code): [string, Error, string] => [
      `nobody was reached: ${code}`,
      failed('Error', { code }),
      'Error: Error',
    ]),
    ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', ''].map((code): [string, Error, string] => [
      `it may have left: ${code || 'no answer'}`,
      failed('TimeoutError', { code, $metadata: {} }),
      'MailUncertain: the mail service gave no answer',
    ]),
  ])('and of what comes back, %s', async (_, error, expectedError) => {
    const { send } = mailer({ failure: error });
    const outcome = await send(mail).catch((each: Error) => `${each.name}: ${each.message}`);
    expect(outcome).toBe(expectedError);
  });
});
