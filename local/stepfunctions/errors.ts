/** An API error. Its `name` is the AWS error type, which the endpoint answers as `__type`. */
export class StepFunctionsError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/** What `invokeLambda` rejects with: `name` is the error type that Retry and Catch compare with. */
export class LambdaInvocationError extends Error {
  constructor(errorType: string, message: string) {
    super(message);
    this.name = errorType;
  }
}

/** Errors that neither Retry nor Catch may handle: the execution fails, whatever the definition says. */
const TERMINAL = new Set(['States.Runtime', 'States.DataLimitExceeded']);

/** A state failed. `error` and `failureCause` are what Catch writes and what the execution ends with. */
export class StateError extends Error {
  readonly error: string;
  readonly failureCause: string;

  constructor(error: string, failureCause = '') {
    super(failureCause ? `${error}: ${failureCause}` : error);
    this.error = error;
    this.failureCause = failureCause;
  }

  get terminal(): boolean {
    return TERMINAL.has(this.error);
  }
}
