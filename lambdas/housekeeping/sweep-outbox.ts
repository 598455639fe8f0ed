import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { OutboxEntry } from '../../core/changes.ts';
import { described, dispatch } from '../shared/dispatch.ts';
import { outboxPartition, SHARDS } from '../shared/table/keys.ts';
import type { HousekeepingPorts } from './ports.ts';

/** The stream has dispatched an entry long before this; what is older was missed. */
const OLDER_THAN_MS = 2 * 60_000;
const PER_SHARD = 100;

/** Dispatches again what is still pending. Reads by key, oldest first; one run's limit is the next run's start. */
export async function sweepOutbox(now: number, ports: HousekeepingPorts): Promise<void> {
  const before = new Date(now - OLDER_THAN_MS).toISOString();
  let pending = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const { Items = [] } = await ports.client.send(
      new QueryCommand({
        TableName: ports.table,
        KeyConditionExpression: 'PK = :pk AND SK < :before',
        ExpressionAttributeValues: { ':pk': outboxPartition(shard), ':before': before },
        ConsistentRead: true,
        Limit: PER_SHARD,
      }),
    );
    pending += Items.length;
    for (const entry of Items as OutboxEntry[]) {
      try {
        await dispatch(entry, ports);
        ports.logger.warn('swept', { outboxId: entry.id, action: described(entry) });
      } catch (error) {
        ports.logger.error('sweep failed', {
          outboxId: entry.id,
          action: described(entry),
          error: error as Error,
        });
      }
    }
  }
  ports.metrics.addMetric('OutboxBacklog', MetricUnit.Count, pending);
}
