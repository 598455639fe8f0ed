import type { AwsError } from '../aws-endpoint/aws-call.ts';
import type { FunctionProcess, InvocationResult } from './function-process.ts';

/** More threads than this would only slow the machine down; further events wait for a free one. */
const MOST_PROCESSES = 4;

/** The execution environments of one function: grown on demand, replaced when they die. */
export class FunctionPool {
  readonly #start: () => FunctionProcess;
  readonly #limit: number;
  /** A function with reserved concurrency is throttled beyond it, as in the cloud; others wait. */
  readonly #throttles: boolean;
  readonly #free: FunctionProcess[] = [];
  readonly #busy = new Set<FunctionProcess>();
  readonly #waiting: ((process: FunctionProcess) => void)[] = [];

  constructor(start: () => FunctionProcess, reservedConcurrency?: number) {
    this.#start = start;
    this.#throttles = reservedConcurrency !== undefined && reservedConcurrency <= MOST_PROCESSES;
    this.#limit = Math.min(reservedConcurrency ?? MOST_PROCESSES, MOST_PROCESSES);
  }

  /** Runs one event. Throws `whenThrottled` if the reserved concurrency is used up. */
  async invoke(event: string, whenThrottled: AwsError): Promise<InvocationResult> {
    if (this.#throttles && this.#busy.size >= this.#limit) throw whenThrottled;
    const process = await this.#take();
    try {
      return await process.invoke(event);
    } finally {
      this.#giveBack(process);
    }
  }

  async warm(): Promise<void> {
    if (this.#free.length > 0 || this.#busy.size > 0) return;
    const process = this.#start();
    this.#free.push(process);
    await process.ready;
  }

  /** Those that wait for an answer that is held back take nothing from this machine. */
  get #working(): number {
    return this.running.filter(({ held }) => !held).length;
  }

  get running(): FunctionProcess[] {
    return [...this.#busy];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#free, ...this.#busy].map((process) => process.end()));
  }

  #take(): Promise<FunctionProcess> | FunctionProcess {
    let process = this.#free.pop();
    while (process && !process.alive) process = this.#free.pop();
    if (!process && this.#working < this.#limit) process = this.#start();
    if (!process) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#busy.add(process);
    return process;
  }

  #giveBack(process: FunctionProcess): void {
    this.#busy.delete(process);
    const next = this.#waiting.shift();
    if (!next) {
      if (process.alive) this.#free.push(process);
      return;
    }
    const heir = process.alive ? process : this.#start();
    this.#busy.add(heir);
    next(heir);
  }
}
