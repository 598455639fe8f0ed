// The app that `templatesOf` synthesises: the configuration comes in the environment, as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appOf } from './app-of.ts';

const bundles = mkdtempSync(join(tmpdir(), 'daypass-infra-'));
const { DAYPASS_TEST_CONFIG = '', DAYPASS_TEST_FIRST, CDK_OUTDIR } = process.env;
appOf(JSON.parse(DAYPASS_TEST_CONFIG), CDK_OUTDIR, bundles, DAYPASS_TEST_FIRST === 'true').app.synth();
rmSync(bundles, { recursive: true });
