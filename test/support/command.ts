import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { System } from '../../local/system.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  exitCode: number;
  /** The first line, which says which site the command is about; empty where it did not get so far. */
  site: string;
  /** What comes after it. */
  stdout: string;
  stderr: string;
}

interface Surroundings {
  /** Variables of the environment; there are no others but the path and a home without AWS settings. */
  env?: Readonly<Record<string, string>>;
  /** Default: the project's folder. */
  cwd?: string;
}

/** The file that configures the stage of every system on this machine, as a stage on AWS has one. */
const CONFIG = { stage: 'local', region: 'us-east-1', senderAddress: 'passes@daypass.example' };

/** Where a running system answers for AWS, and whose keys it takes. */
export const awsOf = ({ awsEndpointUrl, keys }: System): Record<string, string> => ({
  AWS_ENDPOINT_URL: awsEndpointUrl,
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
});

/** Runs one of the project's commands against a running system, as somebody would against a stage on AWS. */
export async function runCommand(
  system: System,
  command: string,
  args: readonly string[] = [],
): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-stage-'));
  const config = join(folder, 'site.json');
  await writeFile(config, JSON.stringify(CONFIG));
  try {
    const where = ['--stage', CONFIG.stage, '--config', config];
    return await execute(command, [...args, ...where], { env: awsOf(system) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs one of the project's commands with exactly these arguments. */
export async function execute(
  command: string,
  args: readonly string[],
  { env = {}, cwd = ROOT }: Surroundings = {},
): Promise<CommandResult> {
  const home = await mkdtemp(join(tmpdir(), 'daypass-home-'));
  try {
    return await new Promise((done) => {
      execFile(
        join(ROOT, 'node_modules/.bin/node'),
        [join(ROOT, command), ...args],
        {
          cwd,
          env: {
            PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
            HOME: home,
            NODE_COMPILE_CACHE: join(ROOT, '.daypass', 'commands'),
            AWS_EC2_METADATA_DISABLED: 'true',
            ...env,
          },
        },
        (error, output, stderr) => {
          const code = (error as { code?: number } | null)?.code;
          const [, site = '', stdout = ''] = /^((?:Site|The local system).*\n)?([\s\S]*)$/.exec(output) ?? [];
          done({ exitCode: error ? (code ?? 1) : 0, site: site.trim(), stdout, stderr });
        },
      );
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
