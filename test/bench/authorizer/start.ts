import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { System } from '../../../local/system.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROUNDS = 15;
/** Not the synchronous one: this process answers the calls that the started one makes. */
const run = promisify(execFile);

export interface StartResult {
  bundleBytes: { ours: number; bare: number };
  /** Import and first read in a fresh process: medians, milliseconds. */
  start: { ours: number; bare: number };
}

/** Our authorizer's bundle, as it is deployed, against a bare SDK bundle made alike, in interleaved fresh processes. */
export async function measureStart(
  system: System,
  options: { bundle: string; token: string },
): Promise<StartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-bench-'));
  try {
    const bare = join(folder, 'bare.mjs');
    await build({
      entryPoints: [join(HERE, 'bare.ts')],
      outfile: bare,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const times = { ours: [] as number[], bare: [] as number[] };
    const event = JSON.stringify({
      version: '2.0',
      rawPath: '/production/apps',
      headers: {},
      cookies: [`dp_session=${options.token}`],
      requestContext: { http: { method: 'GET', path: '/production/apps' }, requestId: 'bench' },
    });
    for (let round = 0; round < ROUNDS; round++) {
      times.ours.push(await startOnce(system, options.bundle, event));
      times.bare.push(await startOnce(system, bare, event));
    }
    return {
      bundleBytes: { ours: statSync(options.bundle).size, bare: statSync(bare).size },
      start: { ours: median(times.ours), bare: median(times.bare) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startOnce(system: System, bundle: string, event: string): Promise<number> {
  const { stdout } = await run(process.execPath, [join(HERE, 'start.mjs'), bundle, event], {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: system.awsEndpointUrl,
      AWS_ACCESS_KEY_ID: system.keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: system.keys.secretAccessKey,
      TABLE_NAME: system.dynamodb.tableName(),
      SITE_ID: system.outputs.SiteId,
      SITE_URL: system.url,
      SIGNING_KEYS_ARN: system.outputs.SigningKeysSecretArn,
    },
    timeout: 60_000,
  });
  return Number(stdout.trim().split('\n').at(-1));
}

/** The bundle of a function in the synthesised app. */
export function bundleOf(cdkOut: string, functionName: string): string {
  const template = readdirSync(cdkOut)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(join(cdkOut, name), 'utf8')) as Template)
    .flatMap(({ Resources }) => Object.values(Resources))
    .find(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::Function' && Properties.FunctionName?.endsWith(`-${functionName}`),
    );
  const hash = template?.Properties.Code?.S3Key?.replace(/\.zip$/, '');
  const folder = join(cdkOut, `asset.${hash}`);
  const file = readdirSync(folder).find((name) => /\.m?js$/.test(name));
  return join(folder, file ?? 'index.mjs');
}

interface Template {
  Resources: Record<
    string,
    { Type: string; Properties: { FunctionName?: string; Code?: { S3Key?: string } } }
  >;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}
