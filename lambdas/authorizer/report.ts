/** One line that is both the log entry and the metric (embedded metric format) which the alarm watches. */
export function report({ name, message }: Error, requestId: string): void {
  const metrics = [
    { Namespace: 'Daypass', Dimensions: [['service']], Metrics: [{ Name: 'ResolveFailed', Unit: 'Count' }] },
  ];
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: metrics };
  console.error(
    JSON.stringify({
      _aws,
      level: 'ERROR',
      service: 'authorizer',
      ResolveFailed: 1,
      requestId,
      name,
      message,
    }),
  );
}
