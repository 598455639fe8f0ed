import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Grant } from '../../core/grants/grant.ts';
import { endOverdue } from '../../core/grants/overdue.ts';
import type { Runtime } from '../../core/runtime.ts';
import { livePartition, SHARDS } from '../shared/table/keys.ts';
import type { HousekeepingPorts } from './ports.ts';
import { readOn } from './read-on.ts';

/**
 * Ends, from outside, the grants that nothing has moved when it was time: works from the table alone, whatever became
 * of their workflows. Counts those that a workflow should have ended, and those that could not be ended.
 */
export async function reapGrants(runtime: Runtime, ports: HousekeepingPorts): Promise<void> {
  const until = new Date(runtime.now()).toISOString();
  let reaped = 0;
  let failed = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const overdue = readOn<Grant>(ports, {
      IndexName: 'GSI1',
      KeyConditionExpression: 'GSI1PK = :pk AND GSI1SK < :until',
      ExpressionAttributeValues: { ':pk': livePartition(shard), ':until': until },
    });
    for await (const grant of overdue) {
      try {
        if (!(await endOverdue(runtime, grant))) continue;
        reaped++;
        const { id: grantId, environment, status } = grant;
        ports.logger.warn('reaped', { grantId, environment, status });
      } catch (error) {
        failed++;
        ports.logger.error('reaping failed', { grantId: grant.id, error: error as Error });
      }
    }
  }
  ports.metrics.addMetric('GrantsReaped', MetricUnit.Count, reaped);
  ports.metrics.addMetric('GrantsNotReaped', MetricUnit.Count, failed);
}
