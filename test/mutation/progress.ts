import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import type { Verdict } from './judge.ts';
import { type Mutant, ROOT } from './mutants.ts';

const FOLDER = `${ROOT}reports/mutation/`;
const FILE = `${FOLDER}progress.jsonl`;
/** How `suite.ts` begins to say that a mutant was noticed before any test. */
const WHILE_LOADING = 'loading: ';
/** What the tests read besides their own code. */
const DATA = ['test/corpus/**/*.json', 'examples/**/*.json'];

interface Kept {
  readonly key: string;
  readonly tests: string;
  readonly status: Verdict['status'];
  readonly by?: string;
}

/**
 * What is known from earlier runs, also those that were interrupted. A mutant is known again as long as its file is the
 * same. That it was killed stays true while the test that did it exists; that it survived, while no test has changed.
 * @param testCode the paths of what is bundled and not mutated
 * @param names of all tests
 */
export function openProgress(
  sources: ReadonlyMap<string, string>,
  testCode: string[],
  names: string[],
  quick: boolean,
) {
  mkdirSync(FOLDER, { recursive: true });
  const data = globSync(DATA, { cwd: ROOT }).map((path) => `${ROOT}${path}`);
  const ofTests = hashOf(...[...testCode, ...data].sort().map((path) => readFileSync(path, 'utf8')));
  const tests = quick ? `${ofTests} without the long ones` : ofTests;
  const isThere = (by: string) => by.startsWith(WHILE_LOADING) || names.includes(by);
  const known = new Map<string, Kept>();
  const lines = existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n') : [];
  for (const kept of lines.filter(Boolean).map((line) => JSON.parse(line) as Kept)) known.set(kept.key, kept);

  const keyOf = ({ file, line, column, mutator, original, replacement }: Mutant) =>
    hashOf(sources.get(file) ?? '', JSON.stringify([file, line, column, mutator, original, replacement]));

  return {
    /** @param ofOtherTests also that it survived tests which have changed since: it may not survive those of today */
    find(mutant: Mutant, ofOtherTests = false): Verdict | undefined {
      const kept = known.get(keyOf(mutant));
      if (!kept) return undefined;
      const { status, by } = kept;
      const killed = status === 'killed' || status === 'timeout';
      const holds = killed
        ? by === undefined || isThere(by)
        : ofOtherTests || kept.tests === tests || kept.tests === ofTests;
      return holds ? { mutant, status, ...(by !== undefined && { by }) } : undefined;
    },
    /** Whether a mutant has survived other tests: then it is likely to survive these, which takes long to find out. */
    survivedBefore: (mutant: Mutant) => known.get(keyOf(mutant))?.status === 'survived',
    keep({ mutant, status, by }: Verdict): void {
      const kept: Kept = { key: keyOf(mutant), tests, status, ...(by !== undefined && { by }) };
      appendFileSync(FILE, `${JSON.stringify(kept)}\n`);
    },
  };
}

function hashOf(...texts: string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex').slice(0, 20);
}
