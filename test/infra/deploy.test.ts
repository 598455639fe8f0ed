import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, SMALLEST } from './synthesise.ts';

const folder = mkdtempSync(join(tmpdir(), 'daypass-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MISSING =
  'An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id Daypass-test-data does not exist';

/** Stands in the place of a program on the path: writes its arguments down, one call a line, and does what is given. */
function standIn(name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> "${folder}/${name}.calls"\n${script}\n`);
  chmodSync(file, 0o755);
}

interface Given {
  aws?: string;
  cdk?: string;
  config?: object;
  /** Further words of the command. */
  more?: string[];
}

/** Runs `npm run deploy` with what AWS says of the data stack. */
function deploy({ aws, cdk = 'exit 0', config = {}, more = [] }: Given) {
  for (const name of ['aws', 'cdk', 'aws.calls', 'cdk.calls']) rmSync(join(folder, name), { force: true });
  if (aws) standIn('aws', aws);
  standIn('cdk', cdk);
  const file = join(folder, 'site.json');
  writeFileSync(file, JSON.stringify({ ...SMALLEST, ...config }));
  const command = [
    join(ROOT, 'bin/deploy.ts'),
    '-c',
    `config=${file}`,
    '--require-approval',
    'never',
    ...more,
  ];
  const { status, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    env: { PATH: folder, HOME: folder },
  });
  const calls = (name: string) => {
    const path = join(folder, `${name}.calls`);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  };
  const handed = calls('cdk');
  const deployed = handed.map((call) => call.split(' -c ')[0]);
  return { status, stderr, asked: calls('aws'), handed, deployed, given: command.slice(1).join(' ') };
}

const DATA_FIRST = 'deploy Daypass-test-data --context first=true';
const EVERYTHING = 'deploy --all --outputs-file .daypass/outputs.json';

describe('a deployment', () => {
  it.each([
    ['is not there', `echo "${MISSING}" >&2; exit 254`],
    ['was taken back', 'echo ROLLBACK_COMPLETE'],
    ['could not even be taken back', 'echo ROLLBACK_FAILED'],
    ['was only looked at', 'echo REVIEW_IN_PROGRESS'],
  ])('[P5] of a stage that %s makes the data so that it can be taken back, then protects it', (_, aws) => {
    const { status, asked, deployed } = deploy({ aws });

    expect(asked[0]).toMatch(
      /^cloudformation describe-stacks --stack-name Daypass-test-data --region eu-central-1/,
    );
    expect(deployed).toEqual([DATA_FIRST, EVERYTHING]);
    expect(status).toBe(0);
  });

  it.each([
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'IMPORT_COMPLETE',
    'DELETE_FAILED',
  ])('[P5] of a stage that is there (%s) never takes its protection away', (state) => {
    expect(deploy({ aws: `echo ${state}` }).deployed).toEqual([EVERYTHING]);
  });

  it('[P5] stops when the data cannot be made, and says so by its exit code', () => {
    const { status, deployed } = deploy({ aws: `echo "${MISSING}" >&2; exit 254`, cdk: 'exit 3' });

    expect(deployed).toEqual([DATA_FIRST]);
    expect(status).toBe(3);
  });

  it.each([
    ['AWS does not say', 'echo "An error occurred (ExpiredToken)" >&2; exit 254', 'ExpiredToken'],
    ['there is no AWS CLI', undefined, 'The AWS CLI is not installed.'],
  ])('[P5] is none when %s whether the stage is there', (_, aws, reason) => {
    const { status, stderr, deployed } = deploy({ ...(aws && { aws }) });

    expect(stderr).toContain(reason);
    expect(deployed).toEqual([]);
    expect(status).toBe(1);
  });

  it('[P5] asks in the account of the given profile, and hands on to the CDK all that it was given', () => {
    const more = ['--profile', 'ops', '-c', 'note=a=b'];
    const { asked, handed, given, stderr } = deploy({ aws: 'echo DELETE_COMPLETE', more });

    expect(asked).toEqual([
      'cloudformation describe-stacks --stack-name Daypass-test-data --region eu-central-1 --query Stacks[0].StackStatus --output text --profile ops',
    ]);
    expect(given).toContain('--profile ops -c note=a=b');
    expect(handed).toEqual([DATA_FIRST, EVERYTHING].map((options) => `${options} ${given}`));
    expect(stderr).toBe(
      'Daypass-test-data is not there yet: its data comes first, then everything, with its protection.\n',
    );
  });

  it('[P5] fails as the CDK does when everything cannot be made', () => {
    const { status, deployed, stderr } = deploy({ aws: 'echo CREATE_COMPLETE', cdk: 'exit 4' });

    expect([status, deployed, stderr]).toEqual([4, [EVERYTHING], '']);
  });

  it('of a throwaway stage asks nothing and makes everything at once', () => {
    const { asked, deployed } = deploy({ aws: 'exit 1', config: { throwaway: true } });

    expect(asked).toEqual([]);
    expect(deployed).toEqual([EVERYTHING]);
  });
});
