import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DaypassApp, daypassApp } from '../../lib/app.ts';
import { type ConfigFile, parseConfig } from '../../lib/config.ts';
import { FUNCTION_NAMES } from '../../lib/names.ts';
import { ROOT, SMALLEST } from './synthesise.ts';

/** Both stacks with stand-ins for the functions' code, which no assertion on a template looks at. */
export function appOf(
  config: ConfigFile = SMALLEST,
  outdir = join(mkdtempSync(join(tmpdir(), 'daypass-infra-')), 'cdk.out'),
  bundles = join(outdir, '../bundles'),
  first = false,
): DaypassApp & { outdir: string } {
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, 'index.mjs'), `export const handler = () => '${name}';\n`);
  }
  const app = daypassApp(parseConfig(config, 'the test'), ROOT, bundles, { outdir, first });
  return { ...app, outdir };
}
