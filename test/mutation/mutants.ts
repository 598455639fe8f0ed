import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commonTokens } from '@stryker-mutator/api/plugin';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A change of the source that some test should notice. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

/** What is mutated: the engine, its sources and the expressions; types and lists of names have nothing to mutate. */
const PATTERNS = ['core/policy/*.ts', 'core/policy/sources/*.ts', 'core/expressions/*.ts'];

/** The mutants that Stryker's instrumenter finds, and the sources that hold all of them behind switches. */
export async function createMutants(only?: string) {
  const names = globSync(PATTERNS, { cwd: ROOT }).filter((name) => only === undefined || name.includes(only));
  const sources = new Map(names.map((name) => [name, readFileSync(`${ROOT}${name}`, 'utf8')]));
  const silent = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {} };
  const instrumenter = createInjector()
    .provideValue(commonTokens.logger, silent as never)
    .injectFunction(createInstrumenter);
  const result = await instrumenter.instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [], noHeader: false },
  );
  const mutants = result.mutants.map(({ id, fileName, location, mutatorName, replacement = '' }): Mutant => {
    const { start, end } = location;
    return {
      id,
      file: fileName,
      line: start.line + 1,
      column: start.column + 1,
      mutator: mutatorName,
      original: textBetween(sources.get(fileName) ?? '', start, end),
      replacement,
    };
  });
  return {
    mutants,
    sources,
    instrumented: new Map(result.files.map(({ name, content }) => [name, content])),
  };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function textBetween(source: string, start: Position, end: Position): string {
  const lines = source.split('\n').slice(start.line, end.line + 1);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, end.column);
  lines[0] = (lines[0] ?? '').slice(start.column);
  return lines.join('\n');
}
