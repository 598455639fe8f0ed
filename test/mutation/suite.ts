import { readFileSync } from 'node:fs';
import { collected } from './harness.ts';

/**
 * One process: loads all tests (`tests.ts` imports them) and runs those that it is told to, until one fails.
 * With `coverage` it runs all, and prints per test how long it took and which mutants it came by.
 */
interface Namespace {
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
  currentTestId?: string | undefined;
}
const globals = globalThis as { __stryker__?: Namespace };
globals.__stryker__ ??= {};
const namespace = globals.__stryker__;

async function main(): Promise<void> {
  await import('./tests.ts');
  const [, , mode, file = ''] = process.argv;
  if (mode === 'coverage') return printCoverage();
  for (const at of JSON.parse(readFileSync(file, 'utf8')) as number[]) {
    const test = collected[at];
    if (!test) throw new Error(`there is no test ${at}`);
    try {
      await test.run();
    } catch {
      console.log(`killed\t${test.name}`);
      return;
    }
  }
  console.log('survived');
}

async function printCoverage(): Promise<void> {
  const durations: number[] = [];
  for (const [at, test] of collected.entries()) {
    namespace.currentTestId = String(at);
    const start = performance.now();
    await test.run();
    durations.push(performance.now() - start);
  }
  console.log(
    JSON.stringify({ durations, names: collected.map(({ name }) => name), ...namespace.mutantCoverage }),
  );
}

try {
  await main();
} catch (error) {
  // A module that cannot even be loaded kills the mutant; without a mutant it is a mistake to look at.
  console.log(`killed\tloading: ${String(error)}`);
  if (process.argv[2] === 'coverage') process.exitCode = 1;
}
