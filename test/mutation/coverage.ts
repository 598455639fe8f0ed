import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Mutant, ROOT } from './mutants.ts';
import type { PlannedTest } from './suite.ts';

/** Milliseconds of work. */
const LONG_TEST = 100;

/** How often a test may come by a mutant: a multiple of what it does without it, and something for cold caches. */
const hitLimit = (hits: number) => 100_000 + 100 * hits;

export interface Coverage {
  readonly names: readonly string[];
  /** Whether a test takes long enough to come last, and to be left out where a quick answer is asked for. */
  isLong(test: number): boolean;
  /** Whether a mutant is in code that runs when its file, or a test's, is loaded. */
  isStatic(mutant: string): boolean;
  /** The tests that come by a mutant, those about its file first. */
  testsOf(mutant: string): PlannedTest[];
  allTests(mutant: string): PlannedTest[];
}

interface Measured {
  readonly durations: readonly number[];
  readonly names: readonly string[];
  readonly static: Readonly<Record<string, number>>;
  readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Runs all tests once without a mutant, which they must pass. */
export async function measureCoverage(bundle: string, mutants: readonly Mutant[]): Promise<Coverage> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [bundle, 'coverage'], { maxBuffer: 2 ** 28, cwd: ROOT });
  const { durations, names, perTest, ...measured } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '',
  ) as Measured;
  const fileOf = new Map(mutants.map(({ id, file }) => [id, file]));
  const shares = durations.map((_, test) => sharesByFile(Object.keys(perTest[test] ?? {}), fileOf));
  const isLong = (test: number) => (durations[test] ?? 0) >= LONG_TEST;
  const order = (tests: number[], mutant: string) => {
    const share = (test: number) => shares[test]?.get(fileOf.get(mutant) ?? '') ?? 0;
    return tests.sort((a, b) => Number(isLong(a)) - Number(isLong(b)) || share(b) - share(a));
  };
  const all = [...durations.keys()];
  const hits = (test: number, mutant: string) => perTest[test]?.[mutant] ?? 0;
  const plan = (tests: number[], mutant: string) =>
    tests.map((test): PlannedTest => [test, hitLimit(hits(test, mutant))]);
  return {
    names,
    isLong,
    isStatic: (mutant) => mutant in measured.static,
    testsOf(mutant) {
      const covering = all.filter((test) => hits(test, mutant) > 0);
      return plan(order(covering, mutant), mutant);
    },
    allTests: (mutant) => plan(order([...all], mutant), mutant),
  };
}

/** How much of what a test comes by lies in each file: a test that is about a file is the likeliest to notice. */
function sharesByFile(mutants: readonly string[], fileOf: ReadonlyMap<string, string>): Map<string, number> {
  const shares = new Map<string, number>();
  for (const mutant of mutants) {
    const file = fileOf.get(mutant) ?? '';
    shares.set(file, (shares.get(file) ?? 0) + 1 / mutants.length);
  }
  return shares;
}
