import { DaypassError } from '../../core/errors.ts';

/** Errors that say by themselves what happened, in words that hold no value of a record. */
const TOLD = new Set(['RobotRefused', 'MailFailed']);

const CONTENDED = new Set(['CONFLICT', 'VERSION_MISMATCH']);
/** A source view that is being indexed is there in a minute or two. */
const BUSY = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'LIST_NOT_READY']);
const NO_ANSWER = new Set([
  'MailUncertain',
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
]);

interface AwsFailure {
  name: string;
  code?: string;
  $fault?: 'client' | 'server';
  $retryable?: { throttling?: boolean };
  CancellationReasons?: { Code?: string }[];
}

/** The name by which the definitions in `statemachines/` decide about trying again. */
function nameFor(error: Error): string {
  if (error instanceof DaypassError) {
    if (CONTENDED.has(error.code)) return 'TransactionConflict';
    return BUSY.has(error.code) ? 'Unavailable' : error.code;
  }
  const { name, code = '', $fault, $retryable, CancellationReasons = [] } = error as AwsFailure;
  const reasons = CancellationReasons.map(({ Code }) => Code);
  if (reasons.includes('TransactionConflict')) return 'TransactionConflict';
  const throttled = /Thrott|TooManyRequests|RequestLimit|ThroughputExceeded|SlowDown/;
  if ($retryable?.throttling || [name, ...reasons].some((text = '') => throttled.test(text)))
    return 'Throttled';
  return $fault === 'server' || NO_ANSWER.has(name) || NO_ANSWER.has(code) ? 'Unavailable' : name;
}

/**
 * What a failed state hands to its workflow. Executions show errors to everybody who may read them, so only the
 * robot's own words are passed on; of any other error its name.
 */
export function workflowError(problem: unknown): Error {
  const error = problem instanceof Error ? problem : new Error('not an error');
  const name = nameFor(error);
  const message = TOLD.has(error.name) ? error.message : `it failed with ${error.name}`;
  return Object.assign(new Error(message), { name });
}
