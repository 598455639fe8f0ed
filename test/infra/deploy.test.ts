import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Said, startCloudFormation } from '../support/cloudformation.ts';
import { ROOT, SMALLEST } from './synthesise.ts';

const DATA = 'Daypass-test-data';
const folder = mkdtempSync(join(tmpdir(), 'daypass-deploy-'));
const aws = await startCloudFormation();
afterAll(() => {
  aws.stop();
  rmSync(folder, { recursive: true });
});

/** Stands in the place of a program on the path: writes its arguments down, one call a line, and does what is given. */
function standIn(name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> "${folder}/${name}.calls"\n${script}\n`);
  chmodSync(file, 0o755);
}

interface Given {
  /** What CloudFormation says of the data stack. Default: that there is none. */
  says?: Said;
  cdk?: string;
  config?: object;
  /** Further words of the command. */
  more?: string[];
  /** Instead of `-c config=…`. */
  which?: string[];
  env?: Record<string, string>;
}

const KEYS = { AWS_ACCESS_KEY_ID: 'deployer', AWS_SECRET_ACCESS_KEY: 'any' };

/** Runs `npm run deploy` with what AWS says of the data stack. */
async function deploy({ says, cdk = 'exit 0', config = {}, more = [], which, env = KEYS }: Given) {
  for (const name of ['cdk', 'cdk.calls']) rmSync(join(folder, name), { force: true });
  standIn('cdk', cdk);
  aws.asked.length = 0;
  delete aws.stacks[DATA];
  if (says) aws.stacks[DATA] = says;
  const file = join(folder, 'site.json');
  writeFileSync(file, JSON.stringify({ ...SMALLEST, ...config }));
  const given = [...(which ?? ['-c', `config=${file}`]), '--require-approval', 'never', ...more];
  const { status, stderr } = await new Promise<{ status: number; stderr: string }>((done) => {
    execFile(
      process.execPath,
      [join(ROOT, 'bin/deploy.ts'), ...given],
      // Only the stand-ins are on the path: there is no AWS CLI.
      {
        env: {
          PATH: folder,
          HOME: folder,
          AWS_ENDPOINT_URL: aws.url,
          AWS_EC2_METADATA_DISABLED: 'true',
          ...env,
        },
      },
      (error, _, stderr) => done({ status: error ? Number(error.code) : 0, stderr }),
    );
  });
  const calls = join(folder, 'cdk.calls');
  const handed = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  const deployed = handed.map((call) => call.split(' -c ')[0]);
  return { status, stderr, asked: [...aws.asked], handed, deployed, given: given.join(' ') };
}

const DATA_FIRST = 'deploy Daypass-test-data --context first=true';
const EVERYTHING = 'deploy --all';

describe('a deployment', () => {
  it.each([
    ['is not there', undefined],
    ['was taken back', 'ROLLBACK_COMPLETE'],
    ['could not even be taken back', 'ROLLBACK_FAILED'],
    ['was only looked at', 'REVIEW_IN_PROGRESS'],
  ])(
    '[P5] of a stage that %s makes the data so that it can be taken back, then protects it',
    async (_, state) => {
      const { status, asked, deployed } = await deploy(state ? { says: { status: state } } : {});

      expect(asked).toEqual([{ stack: DATA, region: 'eu-central-1', accessKeyId: 'deployer' }]);
      expect(deployed).toEqual([DATA_FIRST, EVERYTHING]);
      expect(status).toBe(0);
    },
  );

  it.each([
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'IMPORT_COMPLETE',
    'DELETE_FAILED',
  ])('[P5] of a stage that is there (%s) never takes its protection away', async (state) => {
    expect((await deploy({ says: { status: state } })).deployed).toEqual([EVERYTHING]);
  });

  it('[P5] stops when the data cannot be made, and says so by its exit code', async () => {
    const { status, deployed } = await deploy({ cdk: 'exit 3' });

    expect(deployed).toEqual([DATA_FIRST]);
    expect(status).toBe(3);
  });

  it.each<[string, Given, string]>([
    [
      'AWS does not take the credentials',
      { says: { error: 'ExpiredToken', message: 'The security token has expired' } },
      'AWS does not accept these credentials (ExpiredToken: The security token has expired). Sign in again',
    ],
    ['there are no credentials', { env: {} }, 'There are no AWS credentials'],
    [
      'there is no such profile',
      { more: ['--profile', 'nobody'], env: {} },
      'The AWS profile nobody gives no credentials',
    ],
    [
      'the credentials may not look',
      { says: { error: 'AccessDenied', message: 'User is not authorized' } },
      `These credentials may not look at the stack ${DATA}, which takes cloudformation:DescribeStacks (User is not authorized).`,
    ],
  ])('[P5] is none when %s: whether the stage is there is not known', async (_, given, reason) => {
    const { status, stderr, deployed } = await deploy(given);

    expect(stderr).toContain(
      `Whether ${DATA} is there cannot be found out, so nothing was deployed.\n${reason}`,
    );
    expect(deployed).toEqual([]);
    expect(status).toBe(1);
  });

  it('[P5] asks in the account of the given profile, and hands on to the CDK all that it was given', async () => {
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, '[ops]\naws_access_key_id = operations\naws_secret_access_key = any\n');
    const more = ['--profile', 'ops', '-c', 'note=a=b'];
    // A profile that is named goes before keys that happen to be in the environment.
    const env = { ...KEYS, AWS_SHARED_CREDENTIALS_FILE: credentials };
    const { asked, handed, given, stderr } = await deploy({ says: { status: 'DELETE_COMPLETE' }, more, env });

    expect(asked).toEqual([{ stack: DATA, region: 'eu-central-1', accessKeyId: 'operations' }]);
    expect(given).toContain('--profile ops -c note=a=b');
    expect(handed).toEqual([DATA_FIRST, EVERYTHING].map((options) => `${options} ${given}`));
    expect(stderr).toContain(
      'Daypass-test-data is not there yet: its data comes first, then everything, with its protection.\n',
    );
  });

  it('[P5] fails as the CDK does when everything cannot be made', async () => {
    const { status, deployed, stderr } = await deploy({ says: { status: 'CREATE_COMPLETE' }, cdk: 'exit 4' });

    expect([status, deployed, stderr]).toEqual([4, [EVERYTHING], '']);
  });

  it('of a throwaway stage asks nothing and makes everything at once', async () => {
    const { asked, deployed } = await deploy({ config: { throwaway: true } });

    expect(asked).toEqual([]);
    expect(deployed).toEqual([EVERYTHING]);
  });

  it.each([
    ['no stage', []],
    ['the stage that runs on a laptop', ['-c', 'stage=local']],
  ])('of %s is none: it would be a site that nobody asked for', async (_, which) => {
    const { status, stderr, asked, deployed } = await deploy({ which });

    expect([status, asked, deployed]).toEqual([1, [], []]);
    expect(stderr).toBe(
      'Name a stage, for example `npm run deploy -- -c stage=production`. The stage local needs no deployment: `npm start` runs it.\n',
    );
  });
});
