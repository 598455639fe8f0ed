import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { OutboxEntry } from '../../core/changes.ts';
import { executionName, type Grant } from '../../core/grants/grant.ts';
import { answerCallback, interruptWait } from './callback.ts';
import { type MailEntry, type MailPorts, sendQueuedMail } from './queued-mail.ts';
import { grantKey, outboxKey } from './table/keys.ts';

export interface DispatchPorts extends MailPorts {
  stepFunctions: SFNClient;
  /** State machine that gives and takes passes. */
  tokenAccessArn: string;
  /** State machine that writes indexes anew. */
  rebuildIndexesArn: string;
}

/**
 * Does what an outbox entry asks for, then removes it. Doing it twice is harmless: an execution's name is the grant's,
 * a stale callback counts as done, and a mail is claimed before it is sent.
 * @throws MailGivenUp when the entry should be taken away and somebody told; anything else is to be tried again
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
      await tellWaiting(action, ports, answerCallback);
      break;
    case 'recheckGrant':
      await tellWaiting(action, ports, interruptWait);
      break;
    case 'sendMail':
      // Whoever else is at it acknowledges it.
      if (!(await sendQueuedMail(entry as MailEntry, ports))) return;
      break;
    case 'noteMailDropped':
      ports.logger.error('a mail of an app was dropped: there were too many', { ...action });
      break;
    default:
      // A newer version wrote it: it stays until somebody comes who knows what it asks for.
      throw new Error('this outbox entry asks for something unknown');
  }
  await acknowledge(entry, ports);
}

/** Takes an entry away: nothing is left to do, or nothing can be done. */
export async function acknowledge(
  { id, createdAt }: OutboxEntry,
  { client, table }: Pick<DispatchPorts, 'client' | 'table'>,
): Promise<void> {
  await client.send(new DeleteCommand({ TableName: table, Key: { ...outboxKey(id, createdAt) } }));
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

/**
 * Without a callback the workflow has not come to its wait yet: it will see by itself what has become of the grant. One that
 * was started before waits could be interrupted is not interrupted.
 */
async function tellWaiting(
  { environment, grantId }: Pick<Grant, 'environment'> & { grantId: string },
  ports: DispatchPorts,
  tell: typeof answerCallback,
): Promise<void> {
  const { Item } = await ports.client.send(
    new GetCommand({
      TableName: ports.table,
      Key: { ...grantKey(environment, grantId) },
      ConsistentRead: true,
    }),
  );
  const { callbackToken, interruptible } = (Item as Grant | undefined) ?? {};
  if (callbackToken && (interruptible || tell !== interruptWait))
    await tell(ports.stepFunctions, callbackToken);
}
