import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, configSchema, loadConfig, parseConfig } from '../../lib/config.ts';
import { FULLEST, ROOT, SMALLEST } from './synthesise.ts';

const complaint = (input: unknown): string => {
  try {
    parseConfig(input, 'config/test.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no complaint';
};

describe('a configuration', () => {
  it('[P3] needs stage, region and sender; everything else has a default', () => {
    expect(parseConfig(SMALLEST, 'the test')).toEqual({
      stage: 'test',
      region: 'eu-central-1',
      senderAddress: 'passes@example.org',
      senderIdentity: 'address',
      sandboxRecipients: [],
      siteId: 'daypass-test',
      tokenLifetimeDays: 30,
      throwaway: false,
      logRetentionDays: 90,
      logLevel: 'INFO',
      runbookUrl: 'docs/runbook.md',
    });
  });

  it.each([
    ['a setting that is missing', { ...SMALLEST, region: undefined }, 'region: '],
    ['a setting that does not exist', { ...SMALLEST, regoin: 'eu-central-1' }, 'Unrecognized key: "regoin"'],
    [
      'a region that cannot be one',
      { ...SMALLEST, region: 'Frankfurt' },
      'region: must be the name of an AWS region',
    ],
    [
      'a stage with capitals',
      { ...SMALLEST, stage: 'Production' },
      'stage: must be 1 to 20 lower-case letters',
    ],
    [
      'a sender without @',
      { ...SMALLEST, senderAddress: 'example.org' },
      'senderAddress: must be an email address',
    ],
    [
      'an issuer without https',
      { ...SMALLEST, oidc: { issuer: 'http://login.example.org', clientId: 'daypass', name: 'Accounts' } },
      'oidc.issuer: must be the issuer as it names itself, beginning with https://',
    ],
    ['an issuer without a client', { ...SMALLEST, oidc: { issuer: 'https://a.example' } }, 'oidc.clientId: '],
    ['a lifetime of no days', { ...SMALLEST, tokenLifetimeDays: 0 }, 'tokenLifetimeDays: '],
    [
      'a domain with https://',
      { ...FULLEST, domain: { ...FULLEST.domain, name: 'https://passes.example.org' } },
      'domain.name: must be a host name in lower case without https://',
    ],
    [
      'a certificate of another region',
      { ...FULLEST, region: 'eu-west-1' },
      'domain.certificateArn: the certificate must be in eu-west-1',
    ],
    [
      'a zone that does not hold the domain',
      { ...FULLEST, domain: { ...FULLEST.domain, hostedZone: { id: 'Z0123456789ABC', name: 'ample.org' } } },
      'domain.hostedZone.name: passes.example.org does not lie in this zone',
    ],
    [
      'the setting that protected data before',
      { ...SMALLEST, protectData: true },
      'protectData: is no setting any more. Data is protected unless the stage has "throwaway": true',
    ],
    [
      'a throwaway that is a text',
      { ...SMALLEST, throwaway: 'no' },
      'throwaway: must be true, for a stage whose data may be lost, or false',
    ],
    ['something that is no object', 'production', '(whole file): '],
  ])('with %s is refused with the place and what to do', (_, input, wanted) => {
    const message = complaint(input);

    expect(message).toContain(wanted);
    expect(message).toContain('config/test.json cannot be used');
  });

  it('names everything that is wrong at once', () => {
    const message = complaint({ stage: 'Test', region: 'here', senderAddress: 'me' });

    expect(message.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(3);
  });

  it('of stage local is built in, so that the laptop needs none', () => {
    expect(loadConfig('local', ROOT)).toMatchObject({ stage: 'local', throwaway: true });
  });

  it('has an example that is complete and right', () => {
    const example = JSON.parse(readFileSync(join(ROOT, 'config', 'example.json'), 'utf8')) as unknown;

    expect(complaint(example)).toBe('no complaint');
  });

  it('has a JSON Schema for editors that is up to date', () => {
    const { $schema: _, ...kept } = JSON.parse(readFileSync(join(ROOT, 'config', 'schema.json'), 'utf8'));
    const { $schema: __, ...made } = z.toJSONSchema(configSchema, { io: 'input' });

    expect(kept).toEqual(made);
  });
});

describe('the CDK app', () => {
  it('[P3] stops at synth with a message, not a stack trace, when its configuration is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daypass-config-'));
    const file = join(folder, 'site.json');
    writeFileSync(file, JSON.stringify({ ...SMALLEST, senderAddress: 'nobody' }));
    const { status, stderr } = spawnSync(
      join(ROOT, 'node_modules', '.bin', 'cdk'),
      ['synth', '--quiet', '--context', `config=${file}`, '--output', join(folder, 'cdk.out')],
      { cwd: ROOT, encoding: 'utf8' },
    );
    rmSync(folder, { recursive: true });

    expect(stderr).toContain('senderAddress: must be an email address, for example passes@example.org');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(1);
  });

  it('[P3] says where to begin when a stage has no configuration', () => {
    expect(() => loadConfig('nowhere', ROOT)).toThrow(
      'There is no config/nowhere.json. Copy config/example.json to it',
    );
  });
});
