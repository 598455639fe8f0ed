import { randomUUID } from 'node:crypto';
import type { ResourcesOf } from '../assembly/resources.ts';
import type { BusEvent } from '../events/bus-event.ts';

/** What SES tells about a mail after it was sent. */
export type MailEventKind = 'Bounce' | 'Complaint';

/** A mail as events speak of it. */
export interface MailForEvent {
  messageId: string;
  from: string;
  recipients: string[];
  configurationSet: string | undefined;
  /** Message tags, by name. */
  tags: Record<string, string>;
  /** System time, epoch milliseconds. */
  at: number;
}

export interface SesEvents {
  /** Remembers a mail, and lets SES's simulator addresses (`bounce@simulator.amazonses.com`, …) answer. */
  sent(mail: MailForEvent): void;
  /**
   * Lets a sent mail bounce (for good, unless `details` say another `bounceType`) or be complained about; does nothing
   * if no event destination asks for that.
   */
  happen(kind: MailEventKind, messageId: string, details?: object): void;
}

const DETAIL_TYPES: Record<MailEventKind, string> = {
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
};

const SIMULATOR: Record<string, MailEventKind> = { bounce: 'Bounce', complaint: 'Complaint' };

/** Publishes mail events to EventBridge as the configuration sets' event destinations say. */
export function createSesEvents(
  resourcesOf: ResourcesOf,
  { account, region }: { account: string; region: string },
  now: () => number,
  put: (event: BusEvent) => void,
): SesEvents {
  const destinations = resourcesOf('AWS::SES::ConfigurationSetEventDestination').map(
    ({ properties }) => properties,
  );
  const mails = new Map<string, MailForEvent>();

  function wants(kind: MailEventKind, configurationSet: string | undefined): boolean {
    return destinations.some(
      ({ ConfigurationSetName, EventDestination }) =>
        ConfigurationSetName === configurationSet &&
        EventDestination.Enabled !== false &&
        EventDestination.EventBridgeDestination &&
        EventDestination.MatchingEventTypes.some((type: string) => type.toLowerCase() === kind.toLowerCase()),
    );
  }

  const events: SesEvents = {
    sent(mail) {
      mails.set(mail.messageId, mail);
      for (const recipient of mail.recipients) {
        const [, local = ''] = /^([a-z]+)(?:\+.*)?@simulator\.amazonses\.com$/i.exec(recipient) ?? [];
        const kind = SIMULATOR[local.toLowerCase()];
        if (kind) events.happen(kind, mail.messageId);
      }
    },
    happen(kind, messageId, details) {
      const mail = mails.get(messageId);
      if (!mail || !wants(kind, mail.configurationSet)) return;
      put({
        version: '0',
        id: randomUUID(),
        'detail-type': DETAIL_TYPES[kind],
        source: 'aws.ses',
        account,
        time: new Date(now()).toISOString().replace(/\.\d+/, ''),
        region,
        resources: [`arn:aws:ses:${region}:${account}:configuration-set/${mail.configurationSet}`],
        detail: detailOf(kind, mail, new Date(now()).toISOString(), details),
      });
    },
  };
  return events;
}

function detailOf(kind: MailEventKind, mail: MailForEvent, timestamp: string, details = {}): object {
  const { messageId, from, recipients, configurationSet, tags, at } = mail;
  const tagLists = Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]]));
  const addressed = recipients.map((emailAddress) => ({ emailAddress }));
  return {
    eventType: kind,
    mail: {
      timestamp: new Date(at).toISOString(),
      source: from,
      messageId,
      destination: recipients,
      headersTruncated: false,
      tags: { 'ses:configuration-set': [configurationSet], ...tagLists },
    },
    ...(kind === 'Bounce'
      ? {
          bounce: {
            feedbackId: randomUUID(),
            bounceType: 'Permanent',
            bounceSubType: 'General',
            bouncedRecipients: addressed.map((one) => ({
              ...one,
              action: 'failed',
              status: '5.1.1',
              diagnosticCode: 'smtp; 550 5.1.1 user unknown',
            })),
            timestamp,
            ...details,
          },
        }
      : { complaint: { feedbackId: randomUUID(), complainedRecipients: addressed, timestamp } }),
  };
}
