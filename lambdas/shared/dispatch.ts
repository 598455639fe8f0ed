import type { Logger } from '@aws-lambda-powertools/logger';
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { OutboxEntry } from '../../core/changes.ts';
import { executionName, type Grant } from '../../core/grants/grant.ts';
import { composeMail, type Mailer, MailFailed } from '../../core/mail/mail.ts';
import { answerCallback } from './callback.ts';
import { grantKey, outboxKey } from './table/keys.ts';

export interface DispatchPorts {
  client: DynamoDBDocumentClient;
  table: string;
  stepFunctions: SFNClient;
  /** State machine that gives and takes passes. */
  tokenAccessArn: string;
  /** State machine that writes indexes anew. */
  rebuildIndexesArn: string;
  mailer: Mailer;
  logger: Pick<Logger, 'error'>;
}

/**
 * Does what an outbox entry asks for, then removes it. Doing it twice is harmless: an execution's name is the grant's,
 * and a stale callback counts as done.
 */
export async function dispatch(entry: OutboxEntry, ports: DispatchPorts): Promise<void> {
  const { action } = entry;
  switch (action.type) {
    case 'startGrant':
      await startGrant(action.grantId, action.environment, ports);
      break;
    case 'startRebuild': {
      const { type: _type, ...input } = action;
      await start(ports.rebuildIndexesArn, `rebuild-${action.rebuildId}`, input, ports);
      break;
    }
    case 'wakeGrant':
      await wakeGrant(action.grantId, action.environment, ports);
      break;
    case 'sendMail':
      await sendMail(entry.id, action, ports);
      break;
    default:
      // A newer version wrote it: it stays until somebody comes who knows what it asks for.
      throw new Error('this outbox entry asks for something unknown');
  }
  await ports.client.send(
    new DeleteCommand({ TableName: ports.table, Key: { ...outboxKey(entry.id, entry.createdAt) } }),
  );
}

/** A mail that the service will never take is given up: trying again would keep it in the outbox for ever. */
async function sendMail(
  id: string,
  { environment, mail }: Extract<OutboxEntry['action'], { type: 'sendMail' }>,
  { mailer, logger }: DispatchPorts,
): Promise<void> {
  const { paragraphs, ...content } = mail;
  const tags = { environment, purpose: 'app' };
  try {
    await mailer.send(composeMail({ ...content, intro: paragraphs, facts: [], closing: [], tags }));
  } catch (error) {
    if (!(error instanceof MailFailed)) throw error;
    logger.error('a mail of an app was refused for good', { outboxId: id, environment, error });
  }
}

/** What may be said of an entry in a log: a mail holds an address and text. */
export function described({ action }: OutboxEntry): object {
  return action?.type === 'sendMail' ? { type: action.type, environment: action.environment } : { ...action };
}

function startGrant(grantId: string, environment: string, ports: DispatchPorts): Promise<void> {
  return start(ports.tokenAccessArn, executionName(grantId), { grantId, environment }, ports);
}

/** An execution of this name that is there already is the one that was asked for. */
async function start(
  stateMachineArn: string,
  name: string,
  input: object,
  ports: DispatchPorts,
): Promise<void> {
  try {
    await ports.stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}

/** Without a callback the workflow has not come to its wait yet: it will find the grant ended and go on by itself. */
async function wakeGrant(
  grantId: string,
  environment: Grant['environment'],
  ports: DispatchPorts,
): Promise<void> {
  const { Item } = await ports.client.send(
    new GetCommand({
      TableName: ports.table,
      Key: { ...grantKey(environment, grantId) },
      ConsistentRead: true,
    }),
  );
  const callbackToken = (Item as Grant | undefined)?.callbackToken;
  if (callbackToken) await answerCallback(ports.stepFunctions, callbackToken);
}
