import type { AccessRequest } from '../iam/evaluate.ts';

/** One request to an AWS service, whoever made it. */
export interface AwsCall {
  /** The function's name, or the service that acts (`states`, `apigateway`, `events`, `streams`, `test`). */
  caller: string;
  /** As it is called in IAM actions: `dynamodb`, `ses`, `states`, `lambda`, … */
  service: string;
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own shapes
  input: Record<string, any>;
  /** The same for all attempts that the SDK makes of one call. */
  invocationId: string;
  /** Counted by the SDK from 1. */
  attempt: number;
  /** System time, epoch milliseconds. */
  at: number;
  /** The event that the calling function is handling: tells which state, request or batch made this call. */
  during?: unknown;
}

/** An error as a service answers it. `code` is the SDK's error name. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error's shape. */
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, details: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** A service as far as the local endpoint has it. */
export interface AwsService {
  /** Everything that the caller's policies must allow for this call. */
  accessRequests(call: AwsCall): AccessRequest[];
  /** Does it; throws AwsError. */
  handle(call: AwsCall): Promise<object>;
}

/** What the endpoint answers for a service or operation that it does not have: an error that nobody retries. */
export function notOnThisMachine(what: string): AwsError {
  return new AwsError(
    'NotAvailableLocally',
    `The local AWS endpoint does not have ${what} (see docs/local.md).`,
  );
}
