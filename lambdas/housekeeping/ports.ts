import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { DispatchPorts } from '../shared/dispatch.ts';

export interface HousekeepingPorts extends DispatchPorts {
  logger: Logger;
  metrics: Metrics;
}
