import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { OutboxEntry } from '../../core/changes.ts';
import { executionName, type Grant } from '../../core/grants/grant.ts';
import { answerCallback } from './callback.ts';
import { grantKey, outboxKey } from './table/keys.ts';

export interface DispatchPorts {
  client: DynamoDBDocumentClient;
  table: string;
  stepFunctions: SFNClient;
  /** State machine that gives and takes passes. */
  tokenAccessArn: string;
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
    case 'wakeGrant':
      await wakeGrant(action.grantId, action.environment, ports);
      break;
  }
  await ports.client.send(
    new DeleteCommand({ TableName: ports.table, Key: { ...outboxKey(entry.id, entry.createdAt) } }),
  );
}

async function startGrant(grantId: string, environment: string, ports: DispatchPorts): Promise<void> {
  try {
    await ports.stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: ports.tokenAccessArn,
        name: executionName(grantId),
        input: JSON.stringify({ grantId, environment }),
      }),
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
