import type { ResourcesOf } from '../assembly/resources.ts';
import type { AccessRequest } from '../iam/evaluate.ts';
import type { SentMail } from '../mailbox/mailbox.ts';
import type { MailForEvent } from '../mailbox/ses-events.ts';
import { AwsError, type AwsService, notOnThisMachine } from './aws-call.ts';

export interface SesOptions {
  resourcesOf: ResourcesOf;
  account: string;
  region: string;
  /** Puts a mail into the mailbox; resolves with its message id. */
  deliver(mail: SentMail): Promise<string>;
  /** Is told of each mail that was delivered. */
  sent(mail: MailForEvent): void;
}

/** SES refuses larger calls. */
const MOST_RECIPIENTS = 50;
/** SES takes ASCII only: the domain in Punycode, and no other script before the @. */
const ASCII = /^[\x20-\x7e]*$/;

/** SES's API of version 1: SendEmail and SendRawEmail. Its JSON-free protocol is flattened to `A.B.member.1` keys. */
export function createSes({ resourcesOf, account, region, deliver, sent }: SesOptions): AwsService {
  const emailIdentities = resourcesOf('AWS::SES::EmailIdentity');
  const identities = emailIdentities.map(({ ref }) => ref);
  const configurationSets = resourcesOf('AWS::SES::ConfigurationSet').map(({ ref }) => ref);
  const arn = (rest: string) => `arn:aws:ses:${region}:${account}:${rest}`;

  function identityOf(sender: string): string {
    const address = addressIn(sender);
    const domain = domainIn(sender);
    return (
      identities.find((identity) => identity === address) ?? (identities.includes(domain) ? domain : address)
    );
  }

  /** The call's configuration set, else the default one of the sender's identity. */
  function configurationSetOf(input: QueryInput): string | undefined {
    const identity = emailIdentities.find(({ ref }) => ref === identityOf(input.Source ?? ''));
    return (
      input.ConfigurationSetName ?? identity?.properties.ConfigurationSetAttributes?.ConfigurationSetName
    );
  }

  return {
    accessRequests({ operation, input }) {
      const source = input.Source ?? '';
      const context = {
        'ses:fromaddress': [addressIn(source)],
        'ses:recipients': recipientsOf(input).map(addressIn),
      };
      const action = `ses:${operation}`;
      const identity = identityOf(source);
      const request: AccessRequest = { action, resource: arn(`identity/${identity}`), context };
      // An identity outside the template may be the address or its domain: either permission will do.
      if (!identities.includes(identity)) request.alternatives = [arn(`identity/${domainIn(source)}`)];
      const requests = [request];
      const set = input.ConfigurationSetName;
      if (set) requests.push({ action, resource: arn(`configuration-set/${set}`), context });
      return requests;
    },
    async handle({ operation, input, at }) {
      if (operation !== 'SendEmail' && operation !== 'SendRawEmail') {
        throw notOnThisMachine(`the SES operation ${operation}`);
      }
      const set = input.ConfigurationSetName;
      if (set && !configurationSets.includes(set)) {
        throw new AwsError('ConfigurationSetDoesNotExist', `Configuration set <${set}> does not exist.`);
      }
      if (recipientsOf(input).length > MOST_RECIPIENTS) {
        throw new AwsError('InvalidParameterValue', 'Recipient count exceeds 50.');
      }
      if (recipientsOf(input).some((recipient) => !ASCII.test(recipient))) {
        throw new AwsError('InvalidParameterValue', 'The address contains an illegal character.');
      }
      const mail: SentMail =
        operation === 'SendRawEmail'
          ? { raw: input['RawMessage.Data'], at }
          : {
              from: input.Source,
              to: members(input, 'Destination.ToAddresses'),
              cc: members(input, 'Destination.CcAddresses'),
              bcc: members(input, 'Destination.BccAddresses'),
              replyTo: members(input, 'ReplyToAddresses'),
              subject: input['Message.Subject.Data'] ?? '',
              text: input['Message.Body.Text.Data'],
              html: input['Message.Body.Html.Data'],
              at,
            };
      const MessageId = await deliver(mail);
      sent({
        messageId: MessageId,
        from: input.Source ?? '',
        recipients: recipientsOf(input),
        configurationSet: configurationSetOf(input),
        tags: tagsOf(input),
        at,
      });
      return { MessageId };
    },
  };
}

type QueryInput = Record<string, string>;

/** The values of `Prefix.member.1`, `Prefix.member.2`, … */
function members(input: QueryInput, prefix: string): string[] {
  const found: string[] = [];
  for (let i = 1; input[`${prefix}.member.${i}`] !== undefined; i++) {
    found.push(input[`${prefix}.member.${i}`] as string);
  }
  return found;
}

/** `Tags.member.1.Name`, `Tags.member.1.Value`, … */
function tagsOf(input: QueryInput): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let i = 1; input[`Tags.member.${i}.Name`] !== undefined; i++) {
    tags[input[`Tags.member.${i}.Name`] as string] = input[`Tags.member.${i}.Value`] ?? '';
  }
  return tags;
}

function recipientsOf(input: QueryInput): string[] {
  const lists = [
    'Destination.ToAddresses',
    'Destination.CcAddresses',
    'Destination.BccAddresses',
    'Destinations',
  ];
  return lists.flatMap((prefix) => members(input, prefix));
}

function domainIn(mailbox: string): string {
  const address = addressIn(mailbox);
  return address.slice(address.lastIndexOf('@') + 1);
}

/** `Name <address>` → `address`, in lower case as SES compares it. */
function addressIn(mailbox: string): string {
  return (/<([^>]*)>/.exec(mailbox)?.[1] ?? mailbox).trim().toLowerCase();
}
