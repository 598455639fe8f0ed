import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from './mutants.ts';
import type { PlannedTest } from './suite.ts';

/** How often a test may come by a mutant: a multiple of what it does without it, and something for cold caches. */
const hitLimit = (hits: number) => 100_000 + 100 * hits;

export interface Coverage {
  readonly names: readonly string[];
  /** Milliseconds of work. */
  duration(test: number): number;
  /** Whether a mutant is in code that runs when its file, or a test's, is loaded. */
  isStatic(mutant: string): boolean;
  /** The tests that come by a mutant, the quickest first. */
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
export async function measureCoverage(bundle: string): Promise<Coverage> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [bundle, 'coverage'], { maxBuffer: 2 ** 28, cwd: ROOT });
  const { durations, names, perTest, ...measured } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '',
  ) as Measured;
  const quickestFirst = [...durations.keys()].sort((a, b) => (durations[a] ?? 0) - (durations[b] ?? 0));
  const hits = (test: number, mutant: string) => perTest[test]?.[mutant] ?? 0;
  const plan = (tests: number[], mutant: string) =>
    tests.map((test): PlannedTest => [test, hitLimit(hits(test, mutant))]);
  return {
    names,
    duration: (test) => durations[test] ?? 0,
    isStatic: (mutant) => mutant in measured.static,
    testsOf: (mutant) =>
      plan(
        quickestFirst.filter((test) => hits(test, mutant) > 0),
        mutant,
      ),
    allTests: (mutant) => plan(quickestFirst, mutant),
  };
}
