import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { daypassApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { ConfigError, loadConfig, readConfig } from '../lib/config.ts';

// The entry of `cdk deploy`, `npm run synth` and `npm start`: makes the templates of one stage in cdk.out.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** `-c name=value` of the CDK command line, or the environment variable. */
const setting = (name: string): string | undefined =>
  new App({ autoSynth: false }).node.tryGetContext(name) ?? process.env[`DAYPASS_${name.toUpperCase()}`];

try {
  const file = setting('config');
  const config = file ? readConfig(resolve(file)) : loadConfig(setting('stage') ?? 'local', root);
  const outdir = process.env.CDK_OUTDIR ?? join(root, 'cdk.out');
  // A folder for this run only: two of them at once must not take each other's bundles.
  mkdirSync(join(root, '.daypass'), { recursive: true });
  const bundles = mkdtempSync(join(root, '.daypass', 'bundles-'));
  try {
    await bundleFunctions(root, bundles);
    daypassApp(config, root, bundles, { outdir }).app.synth();
  } finally {
    rmSync(bundles, { recursive: true });
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
