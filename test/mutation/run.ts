/**
 * `npm run test:mutation [part of a file's name]`: changes the sources of the engine one small piece at a time and sees
 * whether a test notices. Mutants are made by Stryker's instrumenter; they are run here, because a run of Jest per
 * mutant takes twenty seconds and a process of its own half a second. Results go to `test/mutation/results.json`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleSuite } from './bundle.ts';
import { createMutants, type Mutant, ROOT } from './mutants.ts';
import { openProgress } from './progress.ts';
import { writeResults } from './results.ts';

const run = promisify(execFile);
/** A mutant that takes longer than this runs for ever. */
const TIMEOUT = 120_000;
const WORKERS = Number(process.env.MUTATION_WORKERS ?? 2);

interface Coverage {
  readonly durations: readonly number[];
  readonly names: readonly string[];
  readonly static: Readonly<Record<string, number>>;
  readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Verdict {
  readonly mutant: Mutant;
  readonly status: 'killed' | 'timeout' | 'survived' | 'uncovered';
  readonly by?: string;
}

const [, , only] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'daypass-mutants-'));
const bundle = join(folder, 'suite.mjs');
const { mutants, instrumented } = await createMutants(only);
await bundleSuite(instrumented, bundle);
const coverage = await measureCoverage();
console.log(`${mutants.length} mutants, ${coverage.names.length} tests`);

// A run that was interrupted goes on where it stopped, as long as neither sources nor tests have changed.
const progress = openProgress(bundle);
const verdicts: Verdict[] = [...progress.known.values()];
const queue = mutants.filter(({ id }) => !progress.known.has(id));
await Promise.all(Array.from({ length: WORKERS }, work));
rmSync(folder, { recursive: true });
writeResults(verdicts, only === undefined);

async function work(): Promise<void> {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const verdict = await judge(mutant);
    verdicts.push(verdict);
    progress.keep(verdict);
    if (verdicts.length % 100 === 0) console.log(`${verdicts.length} of ${mutants.length}`);
  }
}

async function judge(mutant: Mutant): Promise<Verdict> {
  const tests = testsFor(mutant);
  if (tests.length === 0) return { mutant, status: 'uncovered' };
  const file = join(folder, `${mutant.id}.json`);
  writeFileSync(file, JSON.stringify(tests));
  try {
    const env = {
      ...process.env,
      __STRYKER_ACTIVE_MUTANT__: mutant.id,
      NODE_COMPILE_CACHE: join(folder, 'cache'),
    };
    const { stdout } = await run(process.execPath, [bundle, 'run', file], {
      env,
      timeout: TIMEOUT,
      cwd: ROOT,
    });
    const [status, by] = stdout.trim().split('\n').at(-1)?.split('\t') ?? [];
    return status === 'survived' ? { mutant, status } : { mutant, status: 'killed', ...(by && { by }) };
  } catch (error) {
    return { mutant, status: (error as { killed?: boolean }).killed ? 'timeout' : 'killed' };
  }
}

/** The tests that come by a mutant, the quickest first; all, where it is in code that runs when a file is loaded. */
function testsFor({ id }: Mutant): number[] {
  const all = coverage.durations.map((_, at) => at);
  const covering = coverage.static[id] ? all : all.filter((at) => coverage.perTest[at]?.[id]);
  return covering.sort((a, b) => (coverage.durations[a] ?? 0) - (coverage.durations[b] ?? 0));
}

async function measureCoverage(): Promise<Coverage> {
  const { stdout } = await run(process.execPath, [bundle, 'coverage'], { maxBuffer: 2 ** 28, cwd: ROOT });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Coverage;
}
