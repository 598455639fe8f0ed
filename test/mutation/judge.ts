import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Coverage } from './coverage.ts';
import { type Mutant, ROOT } from './mutants.ts';
import type { Answer, PlannedTest } from './suite.ts';

const run = promisify(execFile);
/** Milliseconds after which a mutant runs for ever. */
const TIMEOUT = 180_000;
/** A zone of its own, so that code that relies on the machine's is noticed. */
const ENVIRONMENT = { ...process.env, TZ: 'Asia/Kathmandu' };

export interface Verdict {
  readonly mutant: Mutant;
  readonly status: 'killed' | 'timeout' | 'survived' | 'uncovered';
  /** The test that noticed. */
  readonly by?: string;
}

/**
 * Judges mutants one after another. Most are settled in a process that is shared with other mutants, where one costs
 * milliseconds; what survives there and is in code that runs when a file is loaded gets a process of its own.
 * @param quick leaves long tests out: what survives may not survive them
 */
export function createJudge(bundle: string, folder: string, coverage: Coverage, quick: boolean) {
  let shared: ChildProcessWithoutNullStreams | undefined;
  let answers: AsyncIterator<string> | undefined;

  async function askShared(id: string, tests: readonly PlannedTest[]): Promise<Answer> {
    if (!shared) {
      shared = spawn(process.execPath, [bundle, 'serve'], { cwd: ROOT, env: ENVIRONMENT });
      shared.stdin.on('error', () => {});
      shared.stderr.resume();
      answers = createInterface({ input: shared.stdout })[Symbol.asyncIterator]();
    }
    const child = shared;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TIMEOUT);
    child.stdin.write(`${JSON.stringify({ id, tests })}\n`);
    const line = await answers?.next();
    clearTimeout(timer);
    if (line && !line.done && !late) {
      const answer = JSON.parse(line.value) as Answer;
      if (answer.status === 'doubtful') close();
      return answer;
    }
    close();
    return { status: late ? 'timeout' : 'doubtful' };
  }

  async function askOwn(id: string, tests: readonly PlannedTest[], again = true): Promise<Answer> {
    const file = join(folder, `${id}.json`);
    writeFileSync(file, JSON.stringify(tests));
    const env = { ...ENVIRONMENT, __STRYKER_ACTIVE_MUTANT__: id, NODE_COMPILE_CACHE: join(folder, 'cache') };
    try {
      const options = { env, timeout: TIMEOUT, cwd: ROOT };
      const { stdout } = await run(process.execPath, [bundle, 'run', file], options);
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer;
    } catch (error) {
      if ((error as { killed?: boolean }).killed) return { status: 'timeout' };
      // A process that breaks down twice does so because of the mutant.
      return again ? await askOwn(id, tests, false) : { status: 'killed' };
    }
  }

  async function judge(mutant: Mutant): Promise<Verdict> {
    const { id } = mutant;
    const isLong = ([test]: PlannedTest) => coverage.isLong(test);
    const covering = coverage.testsOf(id);
    const short = covering.filter((test) => !isLong(test));
    const long = quick ? [] : covering.filter(isLong);
    let answer: Answer = { status: 'survived' };
    if (short.length > 0) answer = await askShared(id, short);
    // With quick answers, what tests come by is judged by what they come by alone.
    const alone = coverage.isStatic(id) && !(quick && short.length > 0);
    if (answer.status === 'doubtful' || (answer.status === 'survived' && alone)) {
      const own = alone ? coverage.allTests(id).filter((test) => !isLong(test)) : short;
      answer = await askOwn(id, own);
    }
    if (answer.status === 'survived' && long.length > 0) answer = await askShared(id, long);
    if (answer.status === 'doubtful') answer = await askOwn(id, long);
    if (answer.status === 'survived' && covering.length === 0 && !coverage.isStatic(id)) {
      return { mutant, status: 'uncovered' };
    }
    return { mutant, ...answer } as Verdict;
  }

  function close(): void {
    shared?.kill('SIGKILL');
    shared = undefined;
  }

  return { judge, close };
}
