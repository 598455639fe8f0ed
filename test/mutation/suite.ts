import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { collected } from './harness.ts';

/**
 * One process with all tests (`tests.ts` imports them). `run` judges the mutant that was active when the sources were
 * loaded; `serve` judges one mutant after another, as they come by standard input; `coverage` runs everything and
 * prints per test how long it took and how often it came by each mutant.
 */
interface Namespace {
  activeMutant?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
  currentTestId?: string | undefined;
}

/** A test by its place, and how often it may come by the mutant before that counts as running for ever. */
export type PlannedTest = readonly [at: number, hits: number];

export interface Trial {
  readonly id: string;
  readonly tests: readonly PlannedTest[];
}

/** `doubtful`: something failed that fails without the mutant too, as an earlier mutant has left something behind. */
export interface Answer {
  readonly status: 'killed' | 'survived' | 'timeout' | 'doubtful';
  readonly by?: string;
}

const globals = globalThis as { __stryker__?: Namespace };
globals.__stryker__ ??= {};
const namespace = globals.__stryker__;

async function main(): Promise<void> {
  await import('./tests.ts');
  const [, , mode, file = ''] = process.argv;
  if (mode === 'coverage') return printCoverage();
  if (mode === 'serve') return serve();
  answer(await firstFailure(JSON.parse(readFileSync(file, 'utf8')) as PlannedTest[]));
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, tests } = JSON.parse(line) as Trial;
    namespace.activeMutant = id;
    const found = await firstFailure(tests);
    namespace.activeMutant = undefined;
    const certain = found.status !== 'killed' || (await passes(found.by));
    answer(certain ? found : { status: 'doubtful' });
  }
}

async function firstFailure(tests: readonly PlannedTest[]): Promise<Answer> {
  for (const [at, hits] of tests) {
    const test = collected[at];
    if (!test) throw new Error(`there is no test ${at}`);
    namespace.hitCount = 0;
    namespace.hitLimit = hits;
    const passed = await passes(test.name);
    if (namespace.hitCount > hits) return { status: 'timeout', by: test.name };
    if (!passed) return { status: 'killed', by: test.name };
  }
  return { status: 'survived' };
}

async function passes(name: string | undefined): Promise<boolean> {
  try {
    await collected.find((test) => test.name === name)?.run();
    return true;
  } catch {
    return false;
  }
}

async function printCoverage(): Promise<void> {
  const durations: number[] = [];
  for (const [at, test] of collected.entries()) {
    namespace.currentTestId = String(at);
    const start = process.cpuUsage();
    await test.run();
    durations.push(process.cpuUsage(start).user / 1000);
  }
  answer({ durations, names: collected.map(({ name }) => name), ...namespace.mutantCoverage });
}

function answer(value: unknown): void {
  console.log(JSON.stringify(value));
}

try {
  await main();
} catch (error) {
  // A module that cannot even be loaded kills the mutant; without a mutant it is a mistake to look at.
  answer({ status: 'killed', by: `loading: ${String(error).slice(0, 200)}` });
  if (process.argv[2] !== 'run') process.exitCode = 1;
}
