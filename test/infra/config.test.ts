import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { z } from 'zod';
import { ConfigError, configSchema, findConfig, loadConfig, parseConfig } from '../../lib/config.ts';
import { REGIONS, WITHOUT_SES } from '../../lib/regions.ts';
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
    ['a setting that is missing', { ...SMALLEST, senderAddress: undefined }, 'senderAddress: '],
    ['a setting that does not exist', { ...SMALLEST, regoin: 'eu-central-1' }, 'Unrecognized key: "regoin"'],
    [
      'a region that cannot be one',
      { ...SMALLEST, region: 'Frankfurt' },
      'region: must be the name of an AWS region, for example eu-central-1',
    ],
    [
      'a region with a slip of the finger',
      { ...SMALLEST, region: 'eu-centrl-1' },
      'region: there is no AWS region “eu-centrl-1”: did you mean eu-central-1?',
    ],
    [
      'a zone for a region',
      { ...SMALLEST, region: 'us-east-1b' },
      'region: there is no AWS region “us-east-1b”: did you mean us-east-1?',
    ],
    [
      'a region in capitals',
      { ...SMALLEST, region: ' EU-WEST-2' },
      'region: there is no AWS region “ EU-WEST-2”: did you mean eu-west-2?',
    ],
    [
      'a region that has no SES',
      { ...SMALLEST, region: 'eu-south-2' },
      'region: eu-south-2 has no Amazon SES, so no mail could be sent: choose another one, for example eu-central-1',
    ],
    [
      'a region that has no SES, alone in its part of the world',
      { ...SMALLEST, region: 'mx-central-1' },
      'region: mx-central-1 has no Amazon SES, so no mail could be sent: choose another one\n',
    ],
    [
      'a region of another cloud',
      { ...SMALLEST, region: 'us-gov-west-1' },
      'region: us-gov-west-1 is not in AWS’s public cloud, for which Daypass is made',
    ],
    [
      'no region',
      { ...SMALLEST, region: undefined },
      'region: must be the name of an AWS region, for example eu-central-1',
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
    ['an account that is no number', { ...SMALLEST, account: '1234' }, 'account: must be 12 digits'],
    [
      'a site id with capitals',
      { ...SMALLEST, siteId: 'Example' },
      'siteId: must be 1 to 64 lower-case letters, digits and hyphens',
    ],
    [
      'a sender name with quotes',
      { ...SMALLEST, senderName: '"Passes"' },
      "senderName: must be plain letters, digits, spaces and '&+-",
    ],
    [
      'a sender address with its name',
      { ...SMALLEST, senderAddress: 'Passes <passes@example.org>' },
      'senderAddress: must be an email address, for example passes@example.org',
    ],
    [
      'an answer address outside ASCII',
      { ...SMALLEST, replyTo: 'pässe@example.org' },
      'replyTo: must be an email address, for example passes@example.org',
    ],
    [
      'a certificate that is none',
      { ...FULLEST, domain: { ...FULLEST.domain, certificateArn: 'arn:aws:iam::1:server-certificate/x' } },
      'domain.certificateArn: must be the ARN of a certificate in AWS Certificate Manager (see docs/deploy.md, Custom domain)',
    ],
    [
      'a zone by its name',
      { ...FULLEST, domain: { ...FULLEST.domain, hostedZone: { id: 'example.org', name: 'example.org' } } },
      "domain.hostedZone.id: must be a hosted zone's id, for example Z0123456789ABC",
    ],
    ['something that is no object', 'production', '(whole file): '],
  ])('with %s is refused with the place and what to do', (_, input, wanted) => {
    const message = complaint(input);

    expect(message).toContain(wanted);
    expect(message).toContain('config/test.json cannot be used');
  });

  it('may have every region of AWS that has SES; those that have none are told apart from typing errors', () => {
    const known = RegionInfo.regions.filter(({ partition }) => partition === 'aws').map(({ name }) => name);
    const ours: string[] = [...REGIONS, ...WITHOUT_SES];

    // The CDK also knows one that AWS has not opened.
    expect(known.filter((name) => !ours.includes(name))).toEqual(['me-west-1']);
    expect(ours.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each([
    ['in the zone of its own name', 'passes.example.org'],
    ['in a zone above it', 'example.org'],
  ])('may have its domain %s', (_, name) => {
    const domain = { ...FULLEST.domain, hostedZone: { id: 'Z0123456789ABC', name } };

    expect(complaint({ ...FULLEST, domain })).toBe('no complaint');
  });

  it('may have its domain in no zone, and an issuer on the laptop without https', () => {
    const { hostedZone: _, ...domain } = FULLEST.domain ?? {};
    const oidc = { issuer: 'http://localhost:4000/oidc', clientId: 'daypass', name: 'Accounts' };

    expect(complaint({ ...FULLEST, domain, oidc })).toBe('no complaint');
  });

  it('is taken as it is given: a site id, and an issuer that keeps a secret unless it is said not to', () => {
    const { oidc, ...rest } = parseConfig(FULLEST, 'the test');

    expect(oidc).toEqual({ ...FULLEST.oidc, publicClient: false });
    expect({ ...rest, oidc: FULLEST.oidc }).toEqual({
      ...FULLEST,
      throwaway: false,
      runbookUrl: 'docs/runbook.md',
    });
  });

  it('names everything that is wrong at once', () => {
    const message = complaint({ stage: 'Test', region: 'here', senderAddress: 'me' });

    expect(message.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(3);
  });

  it('of stage local is built in, so that the laptop needs none', () => {
    expect(loadConfig('local', ROOT)).toEqual({
      stage: 'local',
      region: 'us-east-1',
      senderAddress: 'passes@daypass.example',
      senderIdentity: 'existing',
      sandboxRecipients: [],
      siteId: 'daypass-local',
      tokenLifetimeDays: 30,
      throwaway: true,
      logRetentionDays: 90,
      logLevel: 'INFO',
      runbookUrl: 'docs/runbook.md',
    });
  });

  it('is the file that a command names before any stage, else that of the stage, else the built-in one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daypass-config-'));
    mkdirSync(join(folder, 'config'));
    const write = (file: string, content: object) =>
      writeFileSync(join(folder, file), JSON.stringify(content));
    write('config/test.json', SMALLEST);
    write('config/other.json', SMALLEST);
    write('elsewhere.json', { ...SMALLEST, stage: 'elsewhere' });
    writeFileSync(join(folder, 'config/broken.json'), '{"stage":');
    const stageOf = (file?: string, stage?: string) => {
      try {
        return findConfig({ file, stage }, folder).stage;
      } catch (error) {
        return error instanceof ConfigError ? error.message.replaceAll(folder, '') : error;
      }
    };

    expect(stageOf(join(folder, 'elsewhere.json'), 'test')).toBe('elsewhere');
    expect(stageOf(undefined, 'test')).toBe('test');
    expect(stageOf()).toBe('local');
    expect(stageOf(undefined, 'other')).toBe(
      '/config/other.json says stage "test". Rename the file, or correct its stage.',
    );
    expect(stageOf(undefined, 'broken')).toMatch(/^\/config\/broken\.json is not JSON: /);
    expect(stageOf(join(folder, 'missing.json'))).toBe('/missing.json cannot be read (ENOENT).');
    rmSync(folder, { recursive: true });
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
