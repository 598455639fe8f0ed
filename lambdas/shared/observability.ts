import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { metricsNamespace } from './metrics-namespace.ts';

/** Whatever looks like one of our tokens, wherever it stands in a text. */
const TOKEN = /dp_[asnk][dtspx][0-9A-Za-z]+/g;
/** Members that hold what callers send; they are left out whole, because a form can hold anything. */
const WITHHELD =
  /^(authorization|body|cookies?|headers|password|query(string)?(parameters)?|raw.*|secret.*|set-cookie|token)$/i;

/**
 * What may stand in a log. Every entry passes through here when it is written, whoever wrote it, error messages and
 * stacks included: nothing that lets somebody in is ever logged.
 */
export function redact(key: string, value: unknown): unknown {
  if (value !== undefined && WITHHELD.test(key)) return '[withheld]';
  return typeof value === 'string' ? redactText(value) : value;
}

/** A text without tokens. */
export function redactText(text: string): string {
  return text.includes('dp_') ? text.replace(TOKEN, 'dp_[withheld]') : text;
}

/** The structured log of a function. Level and destination come from the platform. */
export function createLogger(service: string): Logger {
  return new Logger({ serviceName: service, jsonReplacerFn: redact });
}

/** The metrics of a function, written as log lines in the embedded metric format. */
export function createMetrics(service: string): Metrics {
  return new Metrics({
    serviceName: service,
    namespace: metricsNamespace(),
    defaultDimensions: {},
  });
}
