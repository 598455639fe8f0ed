import { randomBytes } from 'node:crypto';
import { StepFunctionsError } from './errors.ts';
import type { Json } from './json.ts';

/** Who waits for a callback. */
export interface Waiter {
  succeed(output: Json): void;
  fail(error: string, cause: string): void;
  heartbeat(): void;
}

const WELL_FORMED = /^AQ[\w-]{64}$/;

/** The callbacks that tasks wait for. A token is answered once; afterwards it is known to be closed. */
export class TaskTokens {
  readonly #open = new Map<string, Waiter | undefined>();
  readonly #closed = new Set<string>();

  /** A token for a task that is about to be scheduled. */
  issue(): string {
    const token = `AQ${randomBytes(48).toString('base64url')}`;
    this.#open.set(token, undefined);
    return token;
  }

  listen(token: string, waiter: Waiter): void {
    this.#open.set(token, waiter);
  }

  close(token: string): void {
    if (this.#open.delete(token)) this.#closed.add(token);
  }

  /**
   * The task that waits for this token.
   * @throws InvalidToken (not one of ours), TaskTimedOut (answered, timed out or stopped), TaskDoesNotExist.
   */
  waiterOf(token: unknown): Waiter {
    if (typeof token !== 'string' || !WELL_FORMED.test(token)) {
      throw new StepFunctionsError('InvalidToken', "Invalid Token: 'Invalid token'");
    }
    if (this.#closed.has(token)) {
      throw new StepFunctionsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    const waiter = this.#open.get(token);
    if (!waiter) throw new StepFunctionsError('TaskDoesNotExist', 'Task does not exist');
    return waiter;
  }
}
