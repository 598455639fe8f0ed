import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { daypassApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { ConfigError, loadConfig } from '../lib/config.ts';

// The entry of `cdk deploy`, `npm run synth` and `npm start`: makes the templates of one stage in cdk.out.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stage: unknown = new App().node.tryGetContext('stage') ?? process.env.DAYPASS_STAGE ?? 'local';

try {
  const config = loadConfig(String(stage), root);
  const bundles = await bundleFunctions(root);
  const outdir = process.env.CDK_OUTDIR ?? join(root, 'cdk.out');
  daypassApp(config, root, bundles, { outdir }).app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
