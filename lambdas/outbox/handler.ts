import { SFNClient } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { OutboxEntry } from '../../core/changes.ts';
import { PATIENT } from '../shared/aws-clients.ts';
import { described, dispatch } from '../shared/dispatch.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createMailer } from '../shared/mailer.ts';
import { createLogger } from '../shared/observability.ts';
import { createDocumentClient } from '../shared/table/store.ts';

const environment = readEnvironment('outbox');
const logger = createLogger('outbox');
const ports = {
  client: createDocumentClient(),
  table: environment.TABLE_NAME,
  stepFunctions: new SFNClient(PATIENT),
  tokenAccessArn: environment.TOKEN_ACCESS_ARN,
  rebuildIndexesArn: environment.REBUILD_INDEXES_ARN,
  mailer: createMailer({
    sender: environment.SENDER_ADDRESS,
    replyTo: environment.REPLY_TO,
    configurationSet: environment.CONFIGURATION_SET,
    // What is tried again is counted with the entry.
    attempts: 1,
  }),
  logger,
};

/**
 * Dispatches outbox entries as the table's stream brings them. Those that fail are named, so that only they are tried
 * again; what still fails then goes to the queue, and the sweeper takes it up from the table.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const results = await Promise.all(event.Records.map(dispatchRecord));
  return { batchItemFailures: results.flatMap((failed) => (failed ? [{ itemIdentifier: failed }] : [])) };
}

/** @returns the record's sequence number when it failed */
async function dispatchRecord(record: DynamoDBRecord): Promise<string | undefined> {
  const image = record.dynamodb?.NewImage;
  if (!image) return undefined;
  let entry: OutboxEntry | undefined;
  try {
    entry = unmarshall(image as Parameters<typeof unmarshall>[0]) as OutboxEntry;
    await dispatch(entry, ports);
    logger.info('dispatched', { outboxId: entry.id, action: described(entry) });
    return undefined;
  } catch (error) {
    logger.error('dispatch failed', {
      outboxId: entry?.id,
      action: entry && described(entry),
      error: error as Error,
    });
    return record.dynamodb?.SequenceNumber ?? '';
  }
}
