import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findConfig, isLocalStage } from '../lib/config.ts';
import { dataStackName } from '../lib/names.ts';
import { describeStack } from './site-address/stacks.ts';

// `npm run deploy`: both stacks of a stage. Protection against deletion would also refuse to take back a first
// deployment that fails, and so every attempt after it. A stage that is not there yet is therefore made in two steps:
// the data without protection, then everything with it.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);

/** CloudFormation's states of a stack that has never been whole. */
const NEVER_WHOLE = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_(COMPLETE|FAILED)|DELETE_COMPLETE)$/;

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: given,
    strict: false,
    options: { context: { type: 'string', short: 'c', multiple: true }, profile: { type: 'string' } },
  });
  const context = new Map(
    (values.context ?? []).map((each) => {
      const [name = '', ...value] = String(each).split('=');
      return [name, value.join('=')];
    }),
  );
  const setting = (name: string) => context.get(name) ?? process.env[`DAYPASS_${name.toUpperCase()}`];
  const file = setting('config');
  const stage = setting('stage') ?? 'local';
  if (!file && isLocalStage(stage, root)) {
    throw new Error(
      'Name a stage, for example `npm run deploy -- -c stage=production`. The stage local needs no deployment: `npm start` runs it.',
    );
  }
  const config = findConfig({ file, stage }, root);

  const data = dataStackName(config);
  if (!config.throwaway && !(await isThere(data, config.region, values.profile as string | undefined))) {
    console.error(`${data} is not there yet: its data comes first, then everything, with its protection.`);
    if (!cdk(data, '--context', 'first=true')) return;
  }
  cdk('--all');
}

/** @throws Error when it cannot be found out: a stage that is there must never be taken for a new one */
async function isThere(name: string, region: string, profile?: string): Promise<boolean> {
  try {
    const stack = await describeStack(name, { region, ...(profile !== undefined && { profile }) });
    return stack !== undefined && !NEVER_WHOLE.test(stack.status);
  } catch (error) {
    throw new Error(
      `Whether ${name} is there cannot be found out, so nothing was deployed.\n${(error as Error).message}`,
    );
  }
}

/** Whether it succeeded; the command fails as the CDK does. */
function cdk(...options: string[]): boolean {
  const { status, error } = spawnSync('cdk', ['deploy', ...options, ...given], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) throw error;
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
