import type { StateError } from './errors.ts';

/** A retrier as the Amazon States Language writes it. */
export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxAttempts?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

/** A catcher as the Amazon States Language writes it. */
export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  ResultPath?: string | null;
}

/** Whether one of the names means this error; the wildcards never mean what must fail the execution. */
export function matches(names: readonly string[], error: StateError): boolean {
  if (error.terminal) return false;
  const timedOut = error.error === 'States.Timeout' || error.error === 'States.HeartbeatTimeout';
  return names.some(
    (name) =>
      name === error.error ||
      name === 'States.ALL' ||
      (name === 'States.TaskFailed' && !timedOut) ||
      (name === 'States.Timeout' && timedOut),
  );
}

/** Counts one state entry's retries: every retrier has its own attempts, as on AWS. */
export class Retries {
  readonly #retriers: readonly Retrier[];
  readonly #random: () => number;
  readonly #used: number[];

  constructor(retriers: readonly Retrier[] | undefined, random: () => number) {
    this.#retriers = retriers ?? [];
    this.#random = random;
    this.#used = this.#retriers.map(() => 0);
  }

  /** Milliseconds until the next attempt, or undefined if the first matching retrier has none left. */
  delayAfter(error: StateError): number | undefined {
    const index = this.#retriers.findIndex((retrier) => matches(retrier.ErrorEquals, error));
    const retrier = this.#retriers[index];
    if (!retrier) return undefined;
    const used = this.#used[index] ?? 0;
    if (used >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.#used[index] = used + 1;
    const backoff = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
    const delay = Math.min(backoff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1000;
    return retrier.JitterStrategy === 'FULL' ? Math.round(this.#random() * delay) : delay;
  }
}
