import type { ResolvedResource } from '../../../local/assembly/resources.ts';
import { generateSecretString } from '../../../local/aws-endpoint/secrets-manager.ts';
import { createSes } from '../../../local/aws-endpoint/ses.ts';
import type { BusEvent } from '../../../local/events/bus-event.ts';
import type { SentMail } from '../../../local/mailbox/mailbox.ts';
import { createSesEvents } from '../../../local/mailbox/ses-events.ts';

const place = { account: '111122223333', region: 'eu-central-1' };
const resource = (type: string, ref: string, properties: object = {}): ResolvedResource => ({
  stackName: 'S',
  logicalId: ref,
  type,
  place: `S/${ref}`,
  ref,
  attribute: () => ref,
  ...place,
  properties,
});
const resources = [
  resource('AWS::SES::ConfigurationSet', 'passes'),
  resource('AWS::SES::EmailIdentity', 'shop.example'),
  resource('AWS::SES::ConfigurationSetEventDestination', 'destination', {
    ConfigurationSetName: 'passes',
    EventDestination: { Enabled: true, EventBridgeDestination: {}, MatchingEventTypes: ['BOUNCE'] },
  }),
];
const resourcesOf = (...types: string[]) => resources.filter(({ type }) => types.includes(type));

function mailing() {
  const delivered: SentMail[] = [];
  const events: BusEvent[] = [];
  const sesEvents = createSesEvents(
    resourcesOf,
    place,
    () => 0,
    (event) => void events.push(event),
  );
  const deliver = async (mail: SentMail) => `m${delivered.push(mail)}`;
  const ses = createSes({ resourcesOf, ...place, deliver, sent: sesEvents.sent });
  const call = (input: Record<string, string>) => ({
    caller: 'robot',
    service: 'ses',
    operation: 'SendEmail',
    input: { Source: 'Shop <hello@shop.example>', 'Message.Subject.Data': 'Hi', ...input },
    invocationId: 'i',
    attempt: 1,
    at: 0,
  });
  return { ses, sesEvents, call, delivered, events };
}

describe('sending mail', () => {
  it('asks permission for the identity that sends and for the configuration set', () => {
    const { ses, call } = mailing();
    const input = { 'Destination.ToAddresses.member.1': 'a@b.example', ConfigurationSetName: 'passes' };
    expect(ses.accessRequests(call(input)).map(({ resource }) => resource)).toEqual([
      'arn:aws:ses:eu-central-1:111122223333:identity/shop.example',
      'arn:aws:ses:eu-central-1:111122223333:configuration-set/passes',
    ]);
  });

  it('delivers to every recipient', async () => {
    const { ses, call, delivered } = mailing();
    await ses.handle(
      call({
        'Destination.ToAddresses.member.1': 'a@b.example',
        'Destination.ToAddresses.member.2': 'c@d.example',
      }),
    );
    expect(delivered).toMatchObject([{ to: ['a@b.example', 'c@d.example'], subject: 'Hi' }]);
  });

  it('refuses a configuration set that the template does not have', async () => {
    const { ses, call } = mailing();
    await expect(ses.handle(call({ ConfigurationSetName: 'none' }))).rejects.toThrow('does not exist');
  });

  it("bounces from SES's simulator address, with the mail's tags, if an event destination asks for it", async () => {
    const { ses, call, events } = mailing();
    const recipient = { 'Destination.ToAddresses.member.1': 'bounce+7@simulator.amazonses.com' };
    await ses.handle(call({ ...recipient, 'Tags.member.1.Name': 'record', 'Tags.member.1.Value': '7' }));
    expect(events).toEqual([]);
    await ses.handle(
      call({
        ...recipient,
        ConfigurationSetName: 'passes',
        'Tags.member.1.Name': 'record',
        'Tags.member.1.Value': '7',
      }),
    );
    expect(events).toMatchObject([
      {
        source: 'aws.ses',
        'detail-type': 'Email Bounced',
        detail: { eventType: 'Bounce', mail: { messageId: 'm2', tags: { record: ['7'] } } },
      },
    ]);
  });

  it('tells nothing that no event destination asks for', async () => {
    const { ses, sesEvents, call, events } = mailing();
    await ses.handle(
      call({ 'Destination.ToAddresses.member.1': 'a@b.example', ConfigurationSetName: 'passes' }),
    );
    sesEvents.happen('Complaint', 'm1');
    expect(events).toEqual([]);
    sesEvents.happen('Bounce', 'm1');
    expect(events.length).toBe(1);
  });
});

describe('generating a secret', () => {
  it('puts it into the template under its key, in the length and alphabet asked for', () => {
    const secret = JSON.parse(
      generateSecretString({
        SecretStringTemplate: '{"active":"1"}',
        GenerateStringKey: '1',
        PasswordLength: 64,
        ExcludePunctuation: true,
        ExcludeCharacters: 'abc',
      }),
    );
    expect(secret.active).toBe('1');
    expect(secret['1']).toMatch(/^[A-Zd-z0-9]{64}$/);
  });

  it('is 32 characters long by default and never the same twice', () => {
    expect(generateSecretString({})).toHaveLength(32);
    expect(generateSecretString({})).not.toBe(generateSecretString({}));
  });
});
