/** One thing to time: how long `run` takes, divided by `units`. */
export interface Contender {
  readonly name: string;
  readonly units: number;
  run(): unknown;
}

export interface Measured {
  readonly name: string;
  /** Median nanoseconds of processor time per unit over the rounds. */
  readonly nanoseconds: number;
  /** Half the distance between the quartiles, as a share of the median. */
  readonly spread: number;
}

/** What one sample takes at least: the clock of processor time ticks every few milliseconds only. */
const LEAST_SAMPLE = 50e6;

let sink: unknown;

/**
 * Times contenders in interleaved rounds, so that a busy moment of the machine falls on all of them alike. It is the
 * thread's own processor time that counts: what other programs take meanwhile does not.
 */
export function measure(contenders: readonly Contender[], rounds = 31, warmUp = 6): Measured[] {
  const times = contenders.map((): number[] => []);
  const repeats = contenders.map(() => 1);
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const [i, contender] of contenders.entries()) {
      const repeat = repeats[i] as number;
      const start = process.hrtime.bigint();
      const used = processorTime();
      for (let n = 0; n < repeat; n++) sink = contender.run();
      const nanoseconds = (processorTime() - used) * 1000;
      if (round >= warmUp) times[i]?.push(nanoseconds / (contender.units * repeat));
      else repeats[i] = enough(repeat, Number(process.hrtime.bigint() - start));
    }
  }
  if (sink === times) throw new Error('unreachable: keeps results from being optimised away');
  return contenders.map(({ name }, i) => ({ name, ...statistics(times[i] ?? []) }));
}

/** How often to repeat, given how long some repeats took; never fewer than before, for a busy machine makes them slow. */
function enough(repeat: number, nanoseconds: number): number {
  return Math.max(repeat, Math.ceil((LEAST_SAMPLE / nanoseconds) * repeat));
}

/** Microseconds that this thread has had of a processor. */
export function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

export function statistics(times: readonly number[]): { nanoseconds: number; spread: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const nanoseconds = at(0.5);
  return { nanoseconds, spread: (at(0.75) - at(0.25)) / 2 / nanoseconds };
}
