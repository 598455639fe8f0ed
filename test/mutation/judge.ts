import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Coverage } from './coverage.ts';
import { type Mutant, ROOT } from './mutants.ts';
import type { Answer, PlannedTest } from './suite.ts';

const run = promisify(execFile);
/** Milliseconds after which a mutant runs for ever, in a process that judges many and in one of its own. */
const TIMEOUT = { shared: 60_000, own: 180_000 };
/** Tests that take longer (in milliseconds) are left to the process of the mutant's own. */
const LONG_TEST = 400;

export interface Verdict {
  readonly mutant: Mutant;
  readonly status: 'killed' | 'timeout' | 'survived' | 'uncovered';
  /** The test that noticed. */
  readonly by?: string;
}

/**
 * Judges mutants one after another. Most are settled in a process that is shared with other mutants, where one costs
 * milliseconds; whatever survives there, or is in code that runs when its file is loaded, gets a process of its own.
 */
export function createJudge(bundle: string, folder: string, coverage: Coverage) {
  let shared: ChildProcessWithoutNullStreams | undefined;
  let answers: AsyncIterator<string> | undefined;

  async function askShared(id: string, tests: readonly PlannedTest[]): Promise<Answer | undefined> {
    if (!shared) {
      shared = spawn(process.execPath, [bundle, 'serve'], { cwd: ROOT });
      shared.stdin.on('error', () => {});
      shared.stderr.resume();
      answers = createInterface({ input: shared.stdout })[Symbol.asyncIterator]();
    }
    const child = shared;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TIMEOUT.shared);
    child.stdin.write(`${JSON.stringify({ id, tests })}\n`);
    const line = await answers?.next();
    clearTimeout(timer);
    const answer = line?.done ? undefined : (JSON.parse(line?.value ?? 'null') as Answer);
    if (!answer || answer.status === 'doubtful') close();
    return late ? { status: 'timeout' } : answer;
  }

  async function askOwn(id: string, tests: readonly PlannedTest[]): Promise<Answer> {
    const file = join(folder, `${id}.json`);
    writeFileSync(file, JSON.stringify(tests));
    const env = { ...process.env, __STRYKER_ACTIVE_MUTANT__: id, NODE_COMPILE_CACHE: join(folder, 'cache') };
    try {
      const options = { env, timeout: TIMEOUT.own, cwd: ROOT };
      const { stdout } = await run(process.execPath, [bundle, 'run', file], options);
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer;
    } catch (error) {
      return { status: (error as { killed?: boolean }).killed ? 'timeout' : 'killed' };
    }
  }

  async function judge(mutant: Mutant): Promise<Verdict> {
    const { id } = mutant;
    const covering = coverage.testsOf(id);
    const quick = covering.filter(([at]) => coverage.duration(at) < LONG_TEST);
    let answer = quick.length > 0 ? await askShared(id, quick) : undefined;
    if (answer?.status !== 'killed' && answer?.status !== 'timeout') {
      const tests = coverage.isStatic(id) ? coverage.allTests(id) : covering;
      if (tests.length === 0) return { mutant, status: 'uncovered' };
      answer = await askOwn(id, tests);
    }
    return { mutant, ...answer } as Verdict;
  }

  function close(): void {
    shared?.kill('SIGKILL');
    shared = undefined;
  }

  return { judge, close };
}
