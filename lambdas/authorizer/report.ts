import { metricsNamespace } from '../shared/metrics-namespace.ts';

/** One line that is both the log entry and the metric (embedded metric format) which the alarm watches. */
export function report({ name, message }: Error, requestId: string): void {
  const metrics = [
    {
      Namespace: metricsNamespace(),
      Dimensions: [['service']],
      Metrics: [{ Name: 'ResolveFailed', Unit: 'Count' }],
    },
  ];
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: metrics };
  const line = { _aws, level: 'ERROR', service: 'authorizer', ResolveFailed: 1, requestId, name, message };
  // Not through console: Lambda would wrap the line in one of its own, and CloudWatch would find no metric in it.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
