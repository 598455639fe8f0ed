/**
 * `npm run test:mutation [part of a file's name] [-- --report]`: changes the sources of the engine one small piece at a time and sees
 * whether a test notices. Mutants are made by Stryker's instrumenter; they are run here, because a run of Jest per
 * mutant takes twenty seconds and most mutants need milliseconds. Results go to `test/mutation/results.json`; with
 * `--report` those of earlier runs, and no mutant is judged.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSuite } from './bundle.ts';
import { measureCoverage } from './coverage.ts';
import { createJudge, type Verdict } from './judge.ts';
import { createMutants, type Mutant } from './mutants.ts';
import { openProgress } from './progress.ts';
import { writeResults } from './results.ts';

const WORKERS = Number(process.env.MUTATION_WORKERS ?? 2);
/** Leaves the long tests out: for a first look, which then need not be taken again at what was killed. */
const QUICK = process.env.MUTATION_QUICK === '1';

const REPORT = process.argv.includes('--report');
const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const folder = mkdtempSync(join(tmpdir(), 'daypass-mutants-'));
const bundle = join(folder, 'suite.mjs');
const { mutants, sources, instrumented } = await createMutants(only);
const testCode = await bundleSuite(instrumented, bundle);
const coverage = await measureCoverage(bundle, mutants);
const progress = openProgress(sources, testCode, [...coverage.names], QUICK);
const verdicts: Verdict[] = [];
const queue = mutants.filter((mutant) => {
  const verdict = progress.find(mutant, REPORT);
  if (verdict) verdicts.push(verdict);
  return !verdict;
});
const cost = (mutant: Mutant) =>
  Number(coverage.isStatic(mutant.id)) + 2 * Number(progress.survivedBefore(mutant));
queue.sort((a, b) => cost(a) - cost(b));
console.log(`${mutants.length} mutants, ${verdicts.length} of them known; ${coverage.names.length} tests`);
if (!REPORT) await Promise.all(Array.from({ length: WORKERS }, work));
rmSync(folder, { recursive: true });
writeResults(verdicts, mutants.length, only === undefined);

async function work(): Promise<void> {
  const { judge, close } = createJudge(bundle, folder, coverage, QUICK);
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const verdict = await judge(mutant);
    verdicts.push(verdict);
    progress.keep(verdict);
    if (verdicts.length % 100 === 0) console.log(`${verdicts.length} of ${mutants.length}`);
  }
  close();
}
