import type { Clock } from '../clock.ts';

/** The part of the clock that the engine needs; whether functions are idle is known to who runs them. */
export type EngineClock = Pick<Clock, 'now' | 'setTimer'>;

/**
 * What an execution, a branch or one attempt of a task has under way. Cancelling it cancels its timers and its
 * parts, and whatever awaits it is left alone for good: a stopped execution must run no Catch and no further state.
 */
export class Scope {
  readonly #clock: EngineClock;
  readonly #cleanups = new Set<() => void>();
  #cancelled = false;

  constructor(clock: EngineClock) {
    this.#clock = clock;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** A part that ends with this scope at the latest. */
  child(): Scope {
    const child = new Scope(this.#clock);
    if (this.#cancelled) child.cancel();
    else child.onCancel(this.onCancel(() => child.cancel()));
    return child;
  }

  /** Runs `cleanup` when the scope is cancelled; the answer takes it back. */
  onCancel(cleanup: () => void): () => void {
    this.#cleanups.add(cleanup);
    return () => this.#cleanups.delete(cleanup);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const cleanup of [...this.#cleanups]) cleanup();
    this.#cleanups.clear();
  }

  /** Fires at `dueAt` (epoch milliseconds on the movable clock) unless the scope is cancelled before. */
  timer(dueAt: number, fire: () => void): () => void {
    if (this.#cancelled) return () => {};
    const timer = this.#clock.setTimer(dueAt, () => {
      forget();
      fire();
    });
    const forget = this.onCancel(() => timer.cancel());
    return () => {
      forget();
      timer.cancel();
    };
  }

  sleepUntil(dueAt: number): Promise<void> {
    return new Promise((resolve) => this.timer(dueAt, resolve));
  }

  /** The same promise, but it never settles once the scope is cancelled. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#cancelled || resolve(value),
        (error) => this.#cancelled || reject(error),
      );
    });
  }
}
