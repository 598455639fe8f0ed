import type { AwsCall } from './aws-call.ts';

/** What is remembered of a call: never what was written or read. */
export interface RecordedCall {
  caller: string;
  service: string;
  operation: string;
  at: number;
  attempt: number;
  /** `ok`, or the error's name. */
  outcome: string;
  /** Of DynamoDB calls. */
  table?: string;
  keys?: string[];
  readUnits?: number;
  writeUnits?: number;
  /** What a read of the table itself asked for without asking for what is there at that moment. */
  mayBeStale?: 'items' | 'count';
}

/** Consumption of one caller by one operation. */
export interface Consumption {
  caller: string;
  operation: string;
  calls: number;
  readUnits: number;
  writeUnits: number;
}

export interface CallLog {
  add(call: AwsCall, outcome: string, measured?: Partial<RecordedCall>): void;
  all(): readonly RecordedCall[];
  consumption(): Consumption[];
  reset(): void;
}

/** A run of ten thousand lifecycles must not fill the memory. */
const KEPT = 100_000;

export function createCallLog(): CallLog {
  let calls: RecordedCall[] = [];
  return {
    add({ caller, service, operation, at, attempt }, outcome, measured = {}) {
      calls.push({ caller, service, operation, at, attempt, outcome, ...measured });
      if (calls.length > 2 * KEPT) calls = calls.slice(-KEPT);
    },
    all: () => calls,
    consumption() {
      const sums = new Map<string, Consumption>();
      for (const { caller, service, operation, readUnits = 0, writeUnits = 0 } of calls) {
        if (service !== 'dynamodb') continue;
        const key = `${caller} ${operation}`;
        const sum = sums.get(key) ?? { caller, operation, calls: 0, readUnits: 0, writeUnits: 0 };
        sum.calls += 1;
        sum.readUnits += readUnits;
        sum.writeUnits += writeUnits;
        sums.set(key, sum);
      }
      return [...sums.values()];
    },
    reset() {
      calls = [];
    },
  };
}
