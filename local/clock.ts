/** What `setTimer` gives back: cancelling a timer that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

export interface TimerOptions {
  /**
   * For what recurs: `advance` makes no stop at such a timer, but fires it once after each stop that it makes,
   * so that moving a month does not run every five minutes' schedule eight thousand times.
   */
  catchesUp?: boolean;
}

/** Answers whether a part of the system has nothing under way that would go on by itself. */
export type IdleCheck = () => boolean | Promise<boolean>;

/**
 * The system's movable clock. It runs with the machine's clock plus an offset, and only ever forwards.
 * State machines, schedules and the functions' `Date` all read it; nobody else owns a long timer.
 */
export interface Clock {
  /** Milliseconds since the epoch, in the system's time. */
  now(): number;
  /** Calls `fire` once the system's time reaches `dueAt` (epoch milliseconds), however far away that is. */
  setTimer(dueAt: number, fire: () => void, options?: TimerOptions): Timer;
  /** When the next timer is due at which `advance` stops; undefined when there is none. */
  nextDue(): number | undefined;
  /** Moves the time forward by `ms`; timers on the way fire in the order in which they are due. */
  advance(ms: number): Promise<void>;
  /** Moves the time forward to a moment (epoch milliseconds or a Date); refuses to go back. */
  moveTo(moment: number | Date): Promise<void>;
  /** Holds the time still (for tests at a boundary second) until `resume`. */
  freeze(): void;
  resume(): void;
  /** Registers a check that `advance` waits for between timers, so that what a timer starts sees its own time. */
  addIdleCheck(check: IdleCheck): void;
  /** Resolves when every idle check holds. Throws when something is under way for longer than the clock waits. */
  settled(): Promise<void>;
  /** Cancels every timer. */
  stop(): void;
  /** Two 64-bit integers that worker threads read: the offset, and the moment of a freeze (0: running). */
  readonly shared: SharedArrayBuffer;
}

/** The machine's timers are 32-bit: a longer one fires at once, so it is armed in pieces. */
const LONGEST_REAL_TIMER = 2 ** 31 - 1;
const LONGEST_SETTLING_MS = 120_000;
const OFFSET = 0;
const FROZEN_AT = 1;

interface PendingTimer {
  catchesUp: boolean;
  dueAt: number;
  order: number;
  fire: () => void;
}

/**
 * Makes a clock that starts at the machine's time.
 * @param settleWithinMs how long, in real time, it waits for the system to come to rest; then it says so rather than to
 * move on, which would let timeouts strike what is only slow on a busy machine
 */
export function createClock(settleWithinMs = LONGEST_SETTLING_MS): Clock {
  const shared = new SharedArrayBuffer(16);
  const slots = new BigInt64Array(shared);
  const pending = new Set<PendingTimer>();
  const idleChecks: IdleCheck[] = [];
  let armed: ReturnType<typeof setTimeout> | undefined;
  let counter = 0;

  const offset = () => Number(Atomics.load(slots, OFFSET));
  const frozenAt = () => Number(Atomics.load(slots, FROZEN_AT));
  const now = () => frozenAt() || Date.now() + offset();

  function shift(ms: number): void {
    if (frozenAt()) Atomics.add(slots, FROZEN_AT, BigInt(ms));
    else Atomics.add(slots, OFFSET, BigInt(ms));
  }

  function earliest(catchesUp?: boolean): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of pending) {
      if (catchesUp !== undefined && timer.catchesUp !== catchesUp) continue;
      if (!first || timer.dueAt < first.dueAt || (timer.dueAt === first.dueAt && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }

  function fireEarliest(upTo: number, catchesUp?: boolean): boolean {
    const timer = earliest(catchesUp);
    if (!timer || timer.dueAt > upTo) return false;
    pending.delete(timer);
    try {
      timer.fire();
    } catch (error) {
      console.error('A timer of the clock failed:', error);
    }
    return true;
  }

  function arm(): void {
    clearTimeout(armed);
    const timer = earliest();
    if (!timer || frozenAt()) return;
    const wait = Math.min(Math.max(timer.dueAt - now(), 0), LONGEST_REAL_TIMER);
    armed = setTimeout(() => {
      const moment = now();
      while (fireEarliest(moment));
      arm();
    }, wait);
    armed.unref();
  }

  async function settled(): Promise<void> {
    const deadline = performance.now() + settleWithinMs;
    let quietRounds = 0;
    while (quietRounds < 2) {
      let idle = true;
      for (const check of idleChecks) idle = (await check()) && idle;
      quietRounds = idle ? quietRounds + 1 : 0;
      if (performance.now() > deadline)
        throw new Error(`The system did not come to rest within ${settleWithinMs / 1_000} s.`);
      await new Promise((resolve) => setTimeout(resolve, idle ? 0 : 5));
    }
  }

  async function moveTo(moment: number | Date): Promise<void> {
    const target = Number(moment);
    if (!(target >= now()))
      throw new RangeError(`The clock only moves forward: ${new Date(target).toISOString()}`);
    await settled();
    for (;;) {
      const next = earliest(false);
      if (!next || next.dueAt > target) break;
      if (next.dueAt > now()) shift(next.dueAt - now());
      fireEarliest(next.dueAt, false);
      await settled();
      await catchUp();
    }
    if (target > now()) shift(target - now());
    await catchUp();
    arm();
  }

  async function catchUp(): Promise<void> {
    const moment = now();
    while (fireEarliest(moment, true));
    await settled();
  }

  return {
    now,
    shared,
    settled,
    moveTo,
    nextDue: () => earliest(false)?.dueAt,
    advance: (ms) => moveTo(now() + ms),
    setTimer(dueAt, fire, { catchesUp = false } = {}) {
      const timer: PendingTimer = { dueAt, order: counter++, fire, catchesUp };
      pending.add(timer);
      arm();
      return {
        cancel() {
          pending.delete(timer);
          arm();
        },
      };
    },
    freeze() {
      Atomics.store(slots, FROZEN_AT, BigInt(now()));
      clearTimeout(armed);
    },
    resume() {
      const moment = frozenAt();
      if (!moment) return;
      Atomics.store(slots, OFFSET, BigInt(moment - Date.now()));
      Atomics.store(slots, FROZEN_AT, 0n);
      arm();
    },
    addIdleCheck: (check) => void idleChecks.push(check),
    stop() {
      pending.clear();
      clearTimeout(armed);
    },
  };
}
