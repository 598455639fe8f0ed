/** What a function's thread is given when it starts. */
export interface WorkerSetup {
  directory: string;
  handler: string;
  /** `Clock.shared` */
  clock: SharedArrayBuffer;
}

/** One event for a function's thread. */
export interface ToWorker {
  id: string;
  /** JSON text */
  event: string;
  context: object;
  /** System time in epoch milliseconds. */
  deadline: number;
}

/** Lambda's shape of a function's error. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

export type FromWorker =
  | { type: 'ready' }
  | { type: 'log'; text: string }
  | { type: 'result'; id: string; payload: string }
  | { type: 'error'; id: string; error: FunctionError };
