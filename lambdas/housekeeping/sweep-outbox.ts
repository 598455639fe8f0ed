import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { OutboxEntry } from '../../core/changes.ts';
import { acknowledge, described, dispatch } from '../shared/dispatch.ts';
import { MailGivenUp } from '../shared/queued-mail.ts';
import { outboxPartition, SHARDS } from '../shared/table/keys.ts';
import type { HousekeepingPorts } from './ports.ts';
import { readOn } from './read-on.ts';

/** The stream has dispatched an entry long before this; what is older was missed. */
const OLDER_THAN_MS = 2 * 60_000;

/** The next sweep is due a minute after this one: it is over by then, also if its last call gets no answer. */
const LONGEST_MS = 35_000;

/**
 * Dispatches again what is still pending. Reads by key, oldest first, and on past what cannot be dispatched.
 * @throws Error when mails were given up, once everything else is done: the failed call is what wakes somebody
 */
export async function sweepOutbox(now: number, ports: HousekeepingPorts): Promise<void> {
  const startedAt = performance.now();
  // What the last sweep had no time for comes first in one of the next.
  const first = Math.floor(now / 60_000);
  let givenUp = 0;
  const before = new Date(now - OLDER_THAN_MS).toISOString();
  let pending = 0;
  for (let turn = 0; turn < SHARDS; turn++) {
    const entries = readOn<OutboxEntry>(ports, {
      KeyConditionExpression: 'PK = :pk AND SK < :before',
      ExpressionAttributeValues: { ':pk': outboxPartition((first + turn) % SHARDS), ':before': before },
      ConsistentRead: true,
    });
    for await (const entry of entries) {
      if (performance.now() - startedAt > LONGEST_MS) break;
      pending += 1;
      try {
        await dispatch(entry, ports);
        ports.logger.warn('swept', { outboxId: entry.id, action: described(entry) });
      } catch (error) {
        if (error instanceof MailGivenUp) {
          await acknowledge(entry, ports);
          givenUp += 1;
        }
        ports.logger.error('sweep failed', {
          outboxId: entry.id,
          action: described(entry),
          error: error as Error,
        });
      }
    }
  }
  ports.metrics.addMetric('OutboxBacklog', MetricUnit.Count, pending);
  if (givenUp > 0) throw new Error(`${givenUp} mails of apps were given up; the log says which and why`);
}
