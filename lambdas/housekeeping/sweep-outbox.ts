import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { OutboxEntry } from '../../core/changes.ts';
import { described, dispatch } from '../shared/dispatch.ts';
import { outboxPartition, SHARDS } from '../shared/table/keys.ts';
import type { HousekeepingPorts } from './ports.ts';
import { readOn } from './read-on.ts';

/** The stream has dispatched an entry long before this; what is older was missed. */
const OLDER_THAN_MS = 2 * 60_000;

/** Dispatches again what is still pending. Reads by key, oldest first, and on past what cannot be dispatched. */
export async function sweepOutbox(now: number, ports: HousekeepingPorts): Promise<void> {
  const before = new Date(now - OLDER_THAN_MS).toISOString();
  let pending = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const entries = readOn<OutboxEntry>(ports, {
      KeyConditionExpression: 'PK = :pk AND SK < :before',
      ExpressionAttributeValues: { ':pk': outboxPartition(shard), ':before': before },
      ConsistentRead: true,
    });
    for await (const entry of entries) {
      pending += 1;
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
