import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { FUNCTION_NAMES } from './names.ts';

/**
 * Bundles every function into `<folder>/<function>/index.mjs`, all in one run of esbuild.
 * @param root the project's folder
 * @returns esbuild's account of what went into each
 * @throws when a function has no handler, or esbuild finds a mistake
 */
export async function bundleFunctions(root: string, folder: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(FUNCTION_NAMES.map((name) => [`${name}/index`, entry(root, name)])),
    outdir: folder,
    metafile: true,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'text' },
    // Not minified: it starts no faster, and whoever opens a function in the console can read it.
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    // Some dependencies are CommonJS inside and ask for `require`, which an ES module lacks.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return metafile;
}

function entry(root: string, name: string): string {
  const file = join(root, 'lambdas', name, 'handler.ts');
  if (!existsSync(file))
    throw new Error(`lambdas/${name}/handler.ts is missing; every name in lib/names.ts needs one`);
  return file;
}
