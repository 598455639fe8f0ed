import { createCallLog } from './aws-endpoint/call-log.ts';
import { createCallers } from './aws-endpoint/callers.ts';
import { createFaults } from './aws-endpoint/faults.ts';
import { createClock } from './clock.ts';
import { createLogBook } from './functions/log-book.ts';
import type { SystemOptions } from './system-options.ts';

/** What every part of a system uses: its clock, its logs, its faults, and a way to undo what was started. */
export type Workbench = ReturnType<typeof createWorkbench>;

/** Takes what must be undone when the system stops; called in the opposite order. */
export type OnStop = (cleanUp: () => unknown) => void;

export function createWorkbench(options: SystemOptions, onStop: OnStop) {
  const { onProgress = () => {}, onReport = () => {} } = options;
  const logs = createLogBook(options.logDirectory);
  onStop(() => logs.flushed());
  const clock = createClock(options.settleWithinMs);
  onStop(() => clock.stop());
  return {
    clock,
    logs,
    onStop,
    calls: createCallLog(),
    callers: createCallers(),
    faults: createFaults(),
    /** Writes down a refusal, a failure, or what is not there. */
    report(line: string): void {
      logs.write('local', line);
      onReport(line);
    },
    /** Says when a piece of work is done, and how long it took. */
    async timed<T>(step: string, work: Promise<T>): Promise<T> {
      const since = performance.now();
      const result = await work;
      onProgress(step, performance.now() - since);
      return result;
    },
  };
}
