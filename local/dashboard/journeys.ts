import type { Clock } from '../clock.ts';
import type { ExecutionSummary, Executions } from '../executions.ts';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Further than this at a time is a slip of the finger: a pass lasts for 364 days at most. */
const FURTHEST_MS = 366 * DAY_MS;

/** A move of the clock, and what happened on the way; times in milliseconds since the epoch. */
export interface Journey {
  from: number;
  to: number;
  over: boolean;
  mails: Mail[];
  /** Executions that came to their end. */
  ended: ExecutionSummary[];
  /** Why it stopped on the way. */
  problem?: string;
}

export interface Journeys {
  last(): Journey | undefined;
  /**
   * Moves the clock; resolves when it has arrived, or after some seconds with the journey under way.
   * @returns what is wrong with the wish, in words
   */
  begin(to: number): Promise<string | undefined>;
}

export interface JourneysOptions {
  clock: Clock;
  executions: Executions;
  mailbox: Mailbox;
  /** How long whoever asks is kept waiting, in real milliseconds. */
  patienceMs?: number;
}

/** Steps of the clock that one can ask for by name. */
export const STEPS: Readonly<Record<string, { label: string; ms: number }>> = {
  hour: { label: '1 hour', ms: HOUR_MS },
  day: { label: '1 day', ms: DAY_MS },
  week: { label: '7 days', ms: 7 * DAY_MS },
};

export function createJourneys({
  clock,
  executions,
  mailbox,
  patienceMs = 5_000,
}: JourneysOptions): Journeys {
  let last: Journey | undefined;

  async function travel(journey: Journey): Promise<void> {
    const known = new Set((await mailbox.messages()).map(({ messageId }) => messageId));
    const over = new Set((await endedOf(executions)).map(({ executionArn }) => executionArn));
    try {
      await clock.moveTo(Math.max(journey.to, clock.now()));
    } catch (error) {
      journey.problem = (error as Error).message;
    }
    journey.mails = (await mailbox.messages()).filter(({ messageId }) => !known.has(messageId));
    journey.ended = (await endedOf(executions)).filter(({ executionArn }) => !over.has(executionArn));
  }

  return {
    last: () => last,
    async begin(to) {
      const from = clock.now();
      if (last && !last.over) return 'The clock is being moved already. Wait until it has arrived.';
      if (Number.isNaN(to)) return 'Enter a day and a time.';
      if (to <= from) return 'Choose a time that is still to come: the clock only moves forward.';
      if (to - from > FURTHEST_MS) return 'Choose a time within a year: the clock moves so far at once.';
      const journey: Journey = { from, to, over: false, mails: [], ended: [] };
      last = journey;
      const arrival = travel(journey)
        .catch((error: Error) => {
          journey.problem = error.message;
        })
        .finally(() => {
          journey.over = true;
        });
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      await Promise.race([arrival, patience]).finally(() => clearTimeout(timer));
      return undefined;
    },
  };
}

async function endedOf(executions: Executions): Promise<ExecutionSummary[]> {
  return (await executions.list()).filter(({ status }) => status !== 'RUNNING');
}
