import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openSite } from '../../../bin/site-address/open-site.ts';
import { startCloudFormation } from '../../support/cloudformation.ts';

const STATEFUL = {
  TableName: 'table',
  SigningKeysSecretArn: 'arn:signing',
  JournalKeysSecretArn: 'arn:journal',
};
const STATELESS = { SiteId: 'daypass-test', SiteUrl: 'https://passes.example.org', Other: 'x' };
const CONFIG = { stage: 'test', region: 'eu-west-1', senderAddress: 'passes@example.org' };

const folder = await mkdtemp(join(tmpdir(), 'daypass-site-'));
const aws = await startCloudFormation();
const before = process.env;
const said: string[] = [];

beforeAll(() => {
  process.env = {
    ...before,
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'me',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  jest.spyOn(console, 'log').mockImplementation((line) => void said.push(String(line)));
});
beforeEach(() => {
  for (const collected of [aws.asked, said]) collected.length = 0;
  aws.stacks['Daypass-test-data'] = { status: 'UPDATE_COMPLETE', outputs: STATEFUL };
  aws.stacks['Daypass-test'] = { status: 'CREATE_COMPLETE', outputs: STATELESS };
});
afterAll(async () => {
  process.env = before;
  aws.stop();
  await rm(folder, { recursive: true });
});

/** The site of the stage that a file configures. */
async function open(settings: object = {}, stage = 'test') {
  const config = join(folder, 'site.json');
  await writeFile(config, JSON.stringify({ ...CONFIG, ...settings }));
  return openSite({ stage, config });
}

describe('the site of a stage', () => {
  it('[P11] lies where its two stacks say, in the region of its configuration, and is named before anything is done', async () => {
    expect(await open()).toMatchObject({
      siteId: 'daypass-test',
      siteUrl: 'https://passes.example.org',
      tableName: 'table',
      signingKeysArn: 'arn:signing',
      journalKeysArn: 'arn:journal',
      aws: { region: 'eu-west-1' },
    });
    expect(aws.asked).toEqual([
      { stack: 'Daypass-test-data', region: 'eu-west-1', accessKeyId: 'me' },
      { stack: 'Daypass-test', region: 'eu-west-1', accessKeyId: 'me' },
    ]);
    expect(said).toEqual(['Site https://passes.example.org (stage test, eu-west-1)']);
  });

  it('is refused with what is missing and what to do', async () => {
    delete aws.stacks['Daypass-test'];
    await expect(open()).rejects.toThrow(
      'There is no stack Daypass-test in eu-west-1 in the account of these credentials. Deploy the stage (`npm run deploy -- -c stage=test`), or use credentials of the account that has it.',
    );
    aws.stacks['Daypass-test'] = { status: 'ROLLBACK_COMPLETE', outputs: { Other: 'x' } };
    await expect(open()).rejects.toThrow(
      'The stacks of the stage test lack SiteId, SiteUrl (Daypass-test-data is UPDATE_COMPLETE, Daypass-test is ROLLBACK_COMPLETE). Deploy it again: `npm run deploy -- -c stage=test`.',
    );
    await expect(open({}, 'production')).rejects.toThrow(
      /site.json is the configuration of the stage test, not of production\.$/,
    );
    expect(said).toEqual([]);
  });

  it('is that of no other account than the configured one', async () => {
    expect(await open({ account: '111122223333' })).toMatchObject({ tableName: 'table' });
    await expect(open({ account: '999988887777' })).rejects.toThrow(
      'These credentials are of the account 111122223333; the stage test is configured for 999988887777. Use credentials of that account.',
    );
  });

  it('is not asked for with nothing but a file or a profile: nobody has named a stage', async () => {
    const why = 'says nothing without a stage: name it with --stage.';
    await expect(openSite({ config: 'site.json' })).rejects.toThrow(`--config ${why}`);
    await expect(openSite({ profile: 'ops' })).rejects.toThrow(`--profile ${why}`);
    expect(aws.asked).toEqual([]);
  });
});
