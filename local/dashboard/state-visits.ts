import type { HistoryEvent } from '../executions.ts';

/** What an execution did in one state. */
export interface StateVisits {
  visits: number;
  /** Attempts after the first of each visit. */
  retries: number;
  /** The last error that an attempt ended with. */
  error?: string;
  /** Milliseconds in it, all visits together; up to now where it is in it still. */
  ms: number;
  /** Whether it is there now. */
  current: boolean;
  /** Whether a visit ended with an error, caught or not. */
  failed: boolean;
}

export interface ExecutionVisits {
  states: Map<string, StateVisits>;
  /** `from` → `to`, as often as it went there. */
  ways: Set<string>;
}

export const wayOf = (from: string, to: string) => `${from} → ${to}`;

const ATTEMPT = /^(Task|LambdaFunction|Activity)Scheduled$/;
const ATTEMPT_FAILED = /^(Task|LambdaFunction|Activity)(Failed|TimedOut|StartFailed|SubmitFailed)$/;

/**
 * Reads an execution's history: where it has been, how often and for how long. Iterations of maps and branches that run
 * side by side count together.
 * @param now epoch milliseconds
 */
export function readVisits(history: readonly HistoryEvent[], now: number): ExecutionVisits {
  const states = new Map<string, StateVisits>();
  const ways = new Set<string>();
  /** Which state an event belongs to, by the event before it. */
  const stateOf = new Map<number, string>();
  const inside = new Map<string, { since: number; attempts: number; failed: boolean }>();
  let last: string | undefined;
  let over: number | undefined;
  for (const event of history) {
    const { id, type, timestamp, previousEventId } = event;
    const at = timestamp * 1000;
    const entered = detail(event, 'stateEnteredEventDetails')?.name;
    const name = entered ?? stateOf.get(Number(previousEventId));
    if (name !== undefined) stateOf.set(id, name);
    if (/^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(type)) {
      over = at;
      if (type !== 'ExecutionSucceeded') for (const [open, visit] of inside) leave(open, visit, at, true);
      inside.clear();
    } else if (type === 'ExecutionRedriven') over = undefined;
    if (name === undefined) continue;
    const state = states.get(name) ?? { visits: 0, retries: 0, ms: 0, current: false, failed: false };
    states.set(name, state);
    const visit = inside.get(name);
    if (entered !== undefined) {
      state.visits += 1;
      if (last !== undefined) ways.add(wayOf(last, name));
      last = name;
      inside.set(name, { since: at, attempts: 0, failed: false });
    } else if (visit && ATTEMPT.test(type)) {
      visit.attempts += 1;
      visit.failed = false;
      if (visit.attempts > 1) state.retries += 1;
    } else if (visit && ATTEMPT_FAILED.test(type)) {
      visit.failed = true;
      const error = Object.values(event).find((value) => typeof value === 'object') as { error?: string };
      if (error?.error) state.error = error.error;
    } else if (visit && type.endsWith('StateExited')) {
      leave(name, visit, at, visit.failed);
      inside.delete(name);
    }
  }
  for (const [name, { since }] of over === undefined ? inside : []) {
    const state = states.get(name) as StateVisits;
    state.current = true;
    state.ms += now - since;
  }
  return { states, ways };

  function leave(name: string, { since }: { since: number }, at: number, failed: boolean): void {
    const state = states.get(name) as StateVisits;
    state.ms += at - since;
    state.failed ||= failed;
  }
}

function detail(event: HistoryEvent, member: string): { name?: string } | undefined {
  return event[member] as { name?: string } | undefined;
}

/** `850 ms`, `12 s`, `3 min 5 s`, `2 d 4 h`. */
export function readableTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let rest = Math.round(ms / 1000);
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.slice(0, 2).join(' ');
}
