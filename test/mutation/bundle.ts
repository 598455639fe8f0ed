import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { ROOT } from './mutants.ts';

/**
 * One file with the harness, the tests, and the sources that hold all mutants.
 * @returns the paths of what is in it and not mutated, without packages
 */
export async function bundleSuite(
  instrumented: ReadonlyMap<string, string>,
  outfile: string,
): Promise<string[]> {
  const plain = new Set<string>();
  const plugin: Plugin = {
    name: 'mutants',
    setup({ onLoad }) {
      onLoad({ filter: /\/(core|test)\/.*\.ts$/ }, ({ path }) => {
        const mutated = instrumented.get(path.slice(ROOT.length));
        if (mutated === undefined) plain.add(path);
        const source = mutated ?? readFileSync(path, 'utf8');
        // Tests read files beside themselves.
        const url = JSON.stringify(pathToFileURL(path).href);
        const quick = source.replace(
          /numRuns: (\d+)/g,
          (_, runs) => `numRuns: ${Math.min(Number(runs), MOST_RUNS)}`,
        );
        return { contents: quick.replaceAll('import.meta.url', url), loader: 'ts' };
      });
    },
  };
  await build({
    entryPoints: [`${ROOT}test/mutation/suite.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    plugins: [plugin],
    banner: { js: COMMON_JS },
  });
  return [...plain];
}

/** Runs of a property per mutant: with thousands, a mutant that survives would take half a minute. */
const MOST_RUNS = 400;

/** What bundled CommonJS packages expect to find. */
const COMMON_JS =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;";
