/** Where a function's metrics go, by its environment: each stage of an account has a namespace of its own. */
export const metricsNamespace = (): string => process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Daypass';
