import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { endAsDue } from '../../core/grants/end.ts';
import { endBySystem } from '../../core/grants/end-by-system.ts';
import type { Grant } from '../../core/grants/grant.ts';
import type { Runtime } from '../../core/runtime.ts';
import { livePartition, SHARDS } from '../shared/table/keys.ts';
import type { HousekeepingPorts } from './ports.ts';
import { readOn } from './read-on.ts';

/**
 * Ends, from outside, the grants that nothing has moved when it was time: works from the table alone, whatever became
 * of their workflows.
 */
export async function reapGrants(runtime: Runtime, ports: HousekeepingPorts): Promise<void> {
  const until = new Date(runtime.now()).toISOString();
  let reaped = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const overdue = readOn<Grant>(ports, {
      IndexName: 'GSI1',
      KeyConditionExpression: 'GSI1PK = :pk AND GSI1SK < :until',
      ExpressionAttributeValues: { ':pk': livePartition(shard), ':until': until },
    });
    for await (const grant of overdue) {
      try {
        await reap(runtime, grant);
        reaped++;
        ports.logger.warn('reaped', {
          grantId: grant.id,
          environment: grant.environment,
          status: grant.status,
        });
      } catch (error) {
        ports.logger.error('reaping failed', { grantId: grant.id, error: error as Error });
      }
    }
  }
  ports.metrics.addMetric('GrantsReaped', MetricUnit.Count, reaped);
}

/** What the index says may be old, and what it names may move on now: it is ended only if it is overdue still. */
async function reap(runtime: Runtime, { environment, id }: Grant): Promise<void> {
  const grant = await runtime.store.readGrant(environment, id);
  if (!grant) return;
  const overdue = { step: 'Reaper', dueBy: runtime.now(), wake: true } as const;
  if (grant.status !== 'requested') return endAsDue(runtime, grant, overdue);
  return endBySystem(runtime, grant, {
    ...overdue,
    status: 'failed',
    reason: 'failed',
    message: 'the pass was not issued in time; add it again, or ask whoever runs this site',
  });
}
