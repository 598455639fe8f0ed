import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { System } from '../../local/system.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs one of the project's commands against a running system, as somebody would against a deployed site. */
export async function runCommand(
  system: System,
  command: string,
  args: readonly string[] = [],
): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-command-'));
  const outputs = join(folder, 'outputs.json');
  await writeFile(outputs, JSON.stringify({ Daypass: system.outputs }));
  try {
    return await new Promise((done) => {
      execFile(
        join(ROOT, 'node_modules/.bin/node'),
        [join(ROOT, command), ...args, '--outputs', outputs],
        {
          env: {
            PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
            HOME: folder,
            NODE_COMPILE_CACHE: join(ROOT, '.daypass', 'commands'),
            AWS_REGION: 'us-east-1',
            AWS_ENDPOINT_URL: system.awsEndpointUrl,
            AWS_ACCESS_KEY_ID: system.keys.accessKeyId,
            AWS_SECRET_ACCESS_KEY: system.keys.secretAccessKey,
          },
        },
        (error, stdout, stderr) => {
          const code = (error as { code?: number } | null)?.code;
          done({ exitCode: error ? (code ?? 1) : 0, stdout, stderr });
        },
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
