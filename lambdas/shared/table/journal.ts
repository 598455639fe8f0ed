import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Environment } from '../../../core/environments.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import type { RecordEvent } from '../../../core/journal/event.ts';
import type { DaySeal, JournalPart, RecordHead } from '../../../core/journal/verify.ts';
import {
  EVENT_PREFIX,
  journalPartition,
  type Key,
  recordKey,
  recordPartition,
  SHARDS,
  sealKey,
  sealPartition,
} from './keys.ts';

/** Reads the journal whole: for sealing and verification, not for requests. */
export function createJournal(client: DynamoDBDocumentClient, table: string) {
  async function all<T>(query: {
    KeyConditionExpression: string;
    ExpressionAttributeValues: Record<string, string>;
    IndexName?: string;
  }): Promise<(T & Key)[]> {
    const items: (T & Key)[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ...query,
          ...(!query.IndexName && { ConsistentRead: true }),
          ...(after && { ExclusiveStartKey: after }),
        }),
      );
      items.push(...((page.Items ?? []) as (T & Key)[]));
      after = page.LastEvaluatedKey;
    } while (after);
    return items;
  }

  return {
    /** The events of a day, of all records. */
    async eventsOf(environment: Environment, day: string): Promise<RecordEvent[]> {
      const shards = Array.from({ length: SHARDS }, (_, shard) =>
        all<RecordEvent>({
          IndexName: 'GSI2',
          KeyConditionExpression: 'GSI2PK = :pk',
          ExpressionAttributeValues: { ':pk': journalPartition(environment, day, shard) },
        }),
      );
      return (await Promise.all(shards)).flat().map(plainEvent);
    },

    /** What was changed about the site on a day. */
    async designEventsOf(day: string): Promise<DesignEvent[]> {
      const shards = Array.from({ length: SHARDS }, (_, shard) =>
        all<DesignEvent>({
          IndexName: 'GSI2',
          KeyConditionExpression: 'GSI2PK = :pk',
          ExpressionAttributeValues: { ':pk': journalPartition('site', day, shard) },
        }),
      );
      return (await Promise.all(shards)).flat().map(plainDesignEvent);
    },

    /** A record's events, oldest first. */
    async recordEvents(environment: Environment, recordId: string): Promise<RecordEvent[]> {
      const events = await all<RecordEvent>({
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: { ':pk': recordPartition(environment, recordId), ':prefix': EVENT_PREFIX },
      });
      return events.map(plainEvent);
    },

    async head(environment: Environment, recordId: string): Promise<RecordHead | undefined> {
      const { Item } = await client.send(
        new GetCommand({
          TableName: table,
          Key: { ...recordKey(environment, recordId) },
          ConsistentRead: true,
        }),
      );
      return Item as RecordHead | undefined;
    },

    /** Oldest first. */
    async seals(environment: JournalPart): Promise<DaySeal[]> {
      const seals = await all<DaySeal>({
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': sealPartition(environment) },
      });
      return seals.map(({ PK: _pk, SK: _sk, ...seal }) => seal as DaySeal);
    },

    /** A day is sealed once. */
    async putSeal(seal: DaySeal): Promise<void> {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { ...seal, ...sealKey(seal.environment, seal.day) },
          ConditionExpression: 'attribute_not_exists(PK)',
        }),
      );
    },
  };
}

export type Journal = ReturnType<typeof createJournal>;

type Stored<T> = T & Key & { GSI2PK?: string; GSI2SK?: string };

/** An event without the keys that it is stored under: what its MAC covers. */
function plainEvent(item: Stored<RecordEvent>): RecordEvent {
  const { PK: _pk, SK: _sk, GSI2PK: _gpk, GSI2SK: _gsk, ...event } = item;
  return event;
}

export function plainDesignEvent(item: Stored<DesignEvent>): DesignEvent {
  const { PK: _pk, SK: _sk, GSI2PK: _gpk, GSI2SK: _gsk, ...event } = item;
  return event;
}
