import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LocalSystemError } from '../assembly/problem.ts';
import type { CallLog, Consumption, RecordedCall } from '../aws-endpoint/call-log.ts';
import type { LocalTable } from './tables.ts';

/** What tests may do with the tables. */
export interface TableAccess {
  /** With every right; its calls are recorded under the caller `test`. */
  client: DynamoDBDocumentClient;
  /** The physical name of the template's table (by logical id when there are several). */
  tableName(logicalId?: string): string;
  /** Calls and consumed units since the last reset, per caller and operation. */
  reads(): Consumption[];
  /** Each DynamoDB call since the last reset, with its table and keys. */
  calls(): RecordedCall[];
  reset(): void;
  /** Deletes what has expired by the system's clock, as DynamoDB's TTL does some time later. Says how many. */
  sweepExpired(): Promise<number>;
}

export interface TableAccessOptions {
  endpoint: string;
  region: string;
  keys: { accessKeyId: string; secretAccessKey: string };
  tables: LocalTable[];
  log: CallLog;
  now(): number;
  onStop(cleanUp: () => unknown): void;
}

export async function createTableAccess(options: TableAccessOptions): Promise<TableAccess> {
  const { endpoint, region, keys, tables, log, now, onStop } = options;
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { DeleteCommand, DynamoDBDocumentClient, ScanCommand } = await import('@aws-sdk/lib-dynamodb');
  const bareClient = new DynamoDBClient({ endpoint, region, credentials: keys });
  // The document client leaves its connections to whoever made the bare one.
  onStop(() => bareClient.destroy());
  const client = DynamoDBDocumentClient.from(bareClient, {
    marshallOptions: { removeUndefinedValues: true },
  });

  return {
    client,
    tableName(logicalId) {
      const found = tables.find(({ place }) => !logicalId || place.split('/').at(-1)?.startsWith(logicalId));
      if (found) return found.name;
      throw new LocalSystemError(`The template has no table ${logicalId ?? ''}`);
    },
    reads: () => log.consumption(),
    calls: () => log.all().filter(({ service }) => service === 'dynamodb'),
    reset: () => log.reset(),
    async sweepExpired() {
      let deleted = 0;
      for (const { name, ttlAttribute, keys: schema } of tables) {
        if (!ttlAttribute) continue;
        let ExclusiveStartKey: Record<string, unknown> | undefined;
        do {
          const page = await client.send(
            new ScanCommand({
              TableName: name,
              ExclusiveStartKey,
              FilterExpression: '#ttl < :now',
              ExpressionAttributeNames: { '#ttl': ttlAttribute },
              ExpressionAttributeValues: { ':now': Math.floor(now() / 1000) },
            }),
          );
          for (const item of page.Items ?? []) {
            const Key = Object.fromEntries(
              [schema.hash, schema.range ?? schema.hash].map((key) => [key, item[key]]),
            );
            await client.send(new DeleteCommand({ TableName: name, Key }));
            deleted += 1;
          }
          ExclusiveStartKey = page.LastEvaluatedKey;
        } while (ExclusiveStartKey);
      }
      return deleted;
    },
  };
}
