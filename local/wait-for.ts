/** How long, in real milliseconds, a test waits for what it expects. */
export interface WaitOptions {
  timeout?: number;
}

/** Polls until `predicate` gives something truthy, and resolves with that. Failing names `description`. */
export type WaitFor = <T>(
  description: string,
  predicate: () => T | Promise<T>,
  options?: WaitOptions,
) => Promise<NonNullable<T>>;

/** Between two looks: short at first, for what is there at once; longer for what takes its time and wants the processor. */
const FIRST_INTERVAL_MS = 10;
const LONGEST_INTERVAL_MS = 80;
const SHOWN_LINES = 25;

/** Makes a `waitFor` whose failures show the last lines of what was logged. */
export function createWaitFor(recentLines: () => string[]): WaitFor {
  return async (description, predicate, { timeout = 15_000 } = {}) => {
    const deadline = performance.now() + timeout;
    let problem = '';
    let interval = FIRST_INTERVAL_MS;
    for (;;) {
      try {
        const value = await predicate();
        if (value) return value;
        problem = '';
      } catch (error) {
        problem = `\nLast error: ${(error as Error).message}`;
      }
      if (performance.now() > deadline) break;
      await new Promise((resolve) => setTimeout(resolve, interval));
      interval = Math.min(interval * 1.25, LONGEST_INTERVAL_MS);
    }
    const lines = recentLines().slice(-SHOWN_LINES).join('\n');
    throw new Error(
      `Waited ${timeout / 1000} s in vain for: ${description}${problem}\nRecent logs:\n${lines || '(none)'}`,
    );
  };
}
