// The app that `templatesOf` synthesises: the configuration comes in the environment, as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appOf } from './app-of.ts';

const bundles = mkdtempSync(join(tmpdir(), 'daypass-infra-'));
appOf(JSON.parse(process.env.DAYPASS_TEST_CONFIG ?? ''), process.env.CDK_OUTDIR, bundles).app.synth();
rmSync(bundles, { recursive: true });
