import type { Logger } from '@aws-lambda-powertools/logger';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { OutboxEntry } from '../../core/changes.ts';
import { composeMail, type Mailer, MailFailed, MailUncertain } from '../../core/mail/mail.ts';
import { outboxKey } from './table/keys.ts';

/** So often a mail is handed over without anybody learning whether it was taken: it arrives at most once too often. */
const HANDED_OVER_AT_MOST = 2;
/** Longer than handing a mail over can take: whoever died meanwhile left it to others after this. */
const HOLD_MS = 60_000;
/** The stream's tries follow one another at once; whoever comes later waits a minute, two, four … */
const QUICK_TRIES = 5;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** A mail service that has refused for a day will not be asked for this mail any more. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;

export interface MailPorts {
  client: DynamoDBDocumentClient;
  table: string;
  /** Must try once: further tries are counted here. */
  mailer: Mailer;
  logger: Pick<Logger, 'error'>;
}

export type MailEntry = OutboxEntry & { action: { type: 'sendMail' } };

/** What an entry says of the mail's tries so far. */
interface Tries {
  /** Handed over, and nobody knows what became of it. */
  sendings?: number;
  tries?: number;
  /** Epoch milliseconds: nobody else is to touch it before. */
  heldUntil?: number;
}

/** It will not be tried again: somebody has to know. The message holds no address. */
export class MailGivenUp extends Error {
  constructor(reason: string) {
    super(`a mail of an app was given up: ${reason}`);
    this.name = 'MailGivenUp';
  }
}

/**
 * Sends an app's mail, whoever else finds the same entry at the same time or later: it is claimed before, so that stream
 * and sweeper never send it together, and what nobody knows the fate of is handed over twice at most.
 * @returns false when somebody else is at it, or it has to wait: the entry stays
 * @throws MailGivenUp once it must not be tried any more; what the mailer throws, to be tried again
 */
export async function sendQueuedMail(entry: MailEntry, ports: MailPorts): Promise<boolean> {
  const claimed = await claim(entry, ports);
  if (claimed === 'gone') return true;
  if (claimed === 'held') return false;
  const { sendings = 0, tries = 0 } = claimed;
  const { environment, mail } = entry.action;
  const { paragraphs, ...content } = mail;
  const tags = { environment, purpose: 'app' };
  try {
    await ports.mailer.send(composeMail({ ...content, intro: paragraphs, facts: [], closing: [], tags }));
  } catch (error) {
    if (error instanceof MailFailed) {
      // The service will never take it. What somebody typed is no reason to wake others.
      ports.logger.error('a mail of an app was refused for good', { outboxId: entry.id, environment, error });
      return true;
    }
    const now = Date.now();
    // An answer came: nothing was sent, so this try does not count.
    const known = !(error instanceof MailUncertain);
    const tooOld = known && now - Date.parse(entry.createdAt) > GIVE_UP_AFTER_MS;
    const after = {
      sendings: tooOld ? HANDED_OVER_AT_MOST : known ? sendings - 1 : sendings,
      heldUntil: now + pauseAfter(tries),
    };
    await note(entry, after, ports).catch(() => undefined);
    if (tooOld) throw new MailGivenUp('the mail service has not taken it for a day');
    throw error;
  }
  return true;
}

/** Takes the mail for this process, and counts the try before it is made. */
async function claim(
  { id, createdAt }: MailEntry,
  { client, table }: MailPorts,
): Promise<Tries | 'gone' | 'held'> {
  const now = Date.now();
  const Key = { ...outboxKey(id, createdAt) };
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: table,
        Key,
        UpdateExpression: 'SET heldUntil = :until ADD sendings :one, tries :one',
        ConditionExpression:
          'attribute_exists(PK) AND (attribute_not_exists(heldUntil) OR heldUntil <= :now)' +
          ' AND (attribute_not_exists(sendings) OR sendings < :most)',
        ExpressionAttributeValues: {
          ':until': now + HOLD_MS,
          ':now': now,
          ':one': 1,
          ':most': HANDED_OVER_AT_MOST,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes as Tries;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
  if (!Item) return 'gone';
  const { sendings = 0, heldUntil = 0 } = Item as Tries;
  if (heldUntil > now || sendings < HANDED_OVER_AT_MOST) return 'held';
  throw new MailGivenUp(`it was handed over ${sendings} times and never confirmed; it may have arrived`);
}

async function note(
  { id, createdAt }: MailEntry,
  { sendings, heldUntil }: Required<Pick<Tries, 'sendings' | 'heldUntil'>>,
  { client, table }: MailPorts,
): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: table,
      Key: { ...outboxKey(id, createdAt) },
      UpdateExpression: 'SET sendings = :sendings, heldUntil = :until',
      ConditionExpression: 'attribute_exists(PK)',
      ExpressionAttributeValues: { ':sendings': sendings, ':until': heldUntil },
    }),
  );
}

function pauseAfter(tries: number): number {
  return tries < QUICK_TRIES ? 0 : Math.min(LONGEST_PAUSE_MS, 60_000 * 2 ** (tries - QUICK_TRIES));
}
