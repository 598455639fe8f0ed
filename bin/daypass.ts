import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { daypassApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { ConfigError, findConfig } from '../lib/config.ts';
import { dataStackName } from '../lib/names.ts';

// The entry of `cdk deploy`, `npm run synth` and `npm start`: makes the templates of one stage in cdk.out.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** `-c name=value` of the CDK command line. */
const given = (name: string): unknown => new App({ autoSynth: false }).node.tryGetContext(name);
const setting = (name: string): string | undefined =>
  (given(name) as string | undefined) ?? process.env[`DAYPASS_${name.toUpperCase()}`];

try {
  const config = findConfig({ file: setting('config'), stage: setting('stage') }, root);
  // `npm run deploy` says so, and nothing in the environment: it must not be left switched on.
  const first = given('first') === 'true';
  if (first && !config.throwaway) {
    console.error(
      `${dataStackName(config)} is made without protection, so that it can be taken back if it fails. \`npm run deploy\` switches it on.`,
    );
  }
  const outdir = process.env.CDK_OUTDIR ?? join(root, 'cdk.out');
  // A folder for this run only: two of them at once must not take each other's bundles.
  mkdirSync(join(root, '.daypass'), { recursive: true });
  const bundles = mkdtempSync(join(root, '.daypass', 'bundles-'));
  try {
    await bundleFunctions(root, bundles);
    daypassApp(config, root, bundles, { outdir, first }).app.synth();
  } finally {
    rmSync(bundles, { recursive: true });
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
