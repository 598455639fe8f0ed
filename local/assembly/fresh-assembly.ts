import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { THREAD_CACHE } from '../thread.ts';
import { type CloudAssembly, readCloudAssembly } from './cloud-assembly.ts';
import { synthesise } from './synthesise.ts';

/** The project's folder, and what its templates are made of. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SOURCES = [
  'bin',
  'core',
  'lambdas',
  'lib',
  'statemachines',
  'assets',
  'config',
  'cdk.json',
  'package-lock.json',
];

/**
 * Reads the app in `cdkOut` as it is; without one, this project's app, which is synthesised first unless its templates
 * are fresh. Tells `onProgress` what it did.
 */
export async function freshAssembly(
  cdkOut: string | undefined,
  onProgress: (step: string, ms?: number) => void,
): Promise<CloudAssembly> {
  if (cdkOut) return readCloudAssembly(cdkOut);
  const since = performance.now();
  const made = await synthesise({
    root: ROOT,
    app: 'bin/daypass.ts',
    directory: 'cdk.out',
    sources: SOURCES,
    onWork: () => onProgress('Making the templates from the code'),
  });
  if (made) rmSync(THREAD_CACHE, { recursive: true, force: true });
  onProgress(`Templates are ${made ? 'made' : 'fresh'} (cdk.out)`, performance.now() - since);
  return readCloudAssembly(`${ROOT}cdk.out`);
}
