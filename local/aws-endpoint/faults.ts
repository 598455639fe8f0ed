import { type AwsCall, AwsError } from './aws-call.ts';

/** What goes wrong: before the service acts, or after it has acted. */
export type Failure =
  /** The service throttles, in its own words. */
  | 'throttle'
  /** The service fails with an internal error. */
  | 'fail'
  /** No answer ever comes, and nothing happens: the caller waits until its own timeout, on the clock. */
  | 'hang'
  /** The caller's process ends before the service acts. */
  | 'kill'
  /** A transaction meets another one: cancelled with TransactionConflict. */
  | 'conflict'
  /** The service acts, and its answer is lost. */
  | 'lose answer'
  /** The service acts, and the caller's process ends before it sees the answer. */
  | 'kill after'
  /** The service acts as usual, but something else comes in between. */
  | Held
  /** Any error of the service. */
  | AwsError;

/** Holds a call back, before the service acts, until what happens meanwhile is over. */
export interface Held {
  meanwhile(call: AwsCall): Promise<unknown>;
  /** The clock is moved meanwhile. Default: it stands still until the call goes on, as while anything is under way. */
  whileTimePasses?: true;
}

export interface Fault {
  /** Which calls it strikes. */
  when(call: AwsCall): boolean;
  failure: Failure;
  /** How many calls it strikes, counting an SDK's attempts of one call once. Default: all. */
  times?: number;
  /** How many attempts of each of those calls it strikes. Default: all, so that no retry of the SDK helps. */
  attempts?: number;
}

export interface InjectedFault {
  /** How many attempts it has struck so far. */
  readonly struck: number;
  remove(): void;
}

export interface Faults {
  inject(fault: Fault): InjectedFault;
  /** Removes all faults. */
  clear(): void;
  /** What goes wrong with this call before the service acts; counts it as struck. */
  before(call: AwsCall): Failure | undefined;
  /** What goes wrong with this call after the service has acted; counts it as struck. */
  after(call: AwsCall): Failure | undefined;
}

export const isHeld = (failure: Failure): failure is Held =>
  typeof failure === 'object' && 'meanwhile' in failure;

const AFTER: Failure[] = ['lose answer', 'kill after'];

/** Makes the registry of faults of one system. */
export function createFaults(): Faults {
  interface Active extends Fault {
    struck: number;
    invocations: Map<string, number>;
  }
  const active = new Set<Active>();

  function strikes(fault: Active, call: AwsCall): boolean {
    const attempts = fault.invocations.get(call.invocationId);
    if (attempts === undefined && fault.invocations.size >= (fault.times ?? Number.POSITIVE_INFINITY))
      return false;
    if ((attempts ?? 0) >= (fault.attempts ?? Number.POSITIVE_INFINITY) || !fault.when(call)) return false;
    fault.invocations.set(call.invocationId, (attempts ?? 0) + 1);
    fault.struck += 1;
    return true;
  }
  function find(call: AwsCall, phase: (failure: Failure) => boolean): Failure | undefined {
    for (const fault of active) if (phase(fault.failure) && strikes(fault, call)) return fault.failure;
    return undefined;
  }

  return {
    inject(fault) {
      const entry: Active = { ...fault, struck: 0, invocations: new Map() };
      active.add(entry);
      return {
        get struck() {
          return entry.struck;
        },
        remove: () => void active.delete(entry),
      };
    },
    clear: () => active.clear(),
    before: (call) => find(call, (failure) => !AFTER.includes(failure)),
    after: (call) => find(call, (failure) => AFTER.includes(failure)),
  };
}

const THROTTLES: Record<string, [code: string, message: string]> = {
  dynamodb: ['ThrottlingException', 'Throughput exceeds the current capacity of your table or index.'],
  ses: ['Throttling', 'Maximum sending rate exceeded.'],
  lambda: ['TooManyRequestsException', 'Rate Exceeded.'],
};

/** The error that a throttling service answers; a transaction is cancelled, with the part that was too much. */
export function throttled(call: AwsCall): AwsError {
  if (call.operation === 'TransactWriteItems') {
    return cancelled(
      call,
      'ThrottlingError',
      'Throughput exceeds the current capacity of your table or index.',
    );
  }
  const [code, message] = THROTTLES[call.service] ?? ['ThrottlingException', 'Rate exceeded'];
  return new AwsError(code, message, call.service === 'lambda' ? 429 : 400);
}

const FAILURES: Record<string, string> = {
  dynamodb: 'InternalServerError',
  ses: 'InternalFailure',
  secretsmanager: 'InternalServiceError',
  lambda: 'ServiceException',
};

/** The internal error of a failing service. */
export function failed(call: AwsCall): AwsError {
  const code = FAILURES[call.service] ?? 'InternalFailure';
  return new AwsError(code, 'The request processing has failed because of an unknown error.', 500);
}

/** The cancellation that a transaction gets when it meets another one. */
export function conflicted(call: AwsCall): AwsError {
  const message = 'Transaction is ongoing for the item';
  return call.input.TransactItems
    ? cancelled(call, 'TransactionConflict', message)
    : new AwsError('TransactionConflictException', message);
}

function cancelled({ input }: AwsCall, code: string, message: string): AwsError {
  const items: unknown[] = input.TransactItems ?? [];
  const reasons = items.map((_, i) => (i === 0 ? { Code: code, Message: message } : { Code: 'None' }));
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}
