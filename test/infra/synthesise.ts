import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigFile } from '../../lib/config.ts';
import { SOURCES } from '../../local/assembly/fresh-assembly.ts';
import { synthesise } from '../../local/assembly/synthesise.ts';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

/** A stack as it is deployed. */
interface StackRow {
  environment: string;
  tags: unknown;
  /** Stacks that must be there before. */
  after: string[];
  description: string;
}

interface Artifact {
  environment?: string;
  properties?: Record<string, unknown>;
  dependencies?: string[];
}

/** A configuration with nothing but what must be given. */
export const SMALLEST: ConfigFile = {
  stage: 'test',
  region: 'eu-central-1',
  senderAddress: 'passes@example.org',
};

/** Every setting given, as a production site would. */
export const FULLEST: ConfigFile = {
  ...SMALLEST,
  stage: 'production',
  account: '111122223333',
  siteId: 'example-passes',
  senderIdentity: 'domain',
  replyTo: 'facilities@example.org',
  sandboxRecipients: ['somebody@example.org'],
  domain: {
    name: 'passes.example.org',
    certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/0b1c2d3e-0000-1111-2222-333344445555',
    hostedZone: { id: 'Z0123456789ABC', name: 'example.org' },
  },
  alarmEmail: 'platform@example.org',
  oidc: { issuer: 'https://login.example.org', clientId: 'daypass', name: 'Example Accounts' },
  senderName: 'Example Passes',
  tokenLifetimeDays: 14,
  logRetentionDays: 400,
  logLevel: 'DEBUG',
};

/** A site that goes on with a table restored to a point in time. */
export const RESTORED: ConfigFile = {
  ...SMALLEST,
  restoredTable: {
    name: 'daypass-restored',
    streamArn:
      'arn:aws:dynamodb:eu-central-1:111122223333:table/daypass-restored/stream/2026-01-01T00:00:00.000',
  },
};

/**
 * The synthesised templates of a configuration. Made in a process of its own and kept until the code changes: loading
 * the CDK takes a test file longer than everything that it looks at.
 * @param options `first`: as `npm run deploy` makes them for a stage that is not there yet
 */
export async function templatesOf(
  config: ConfigFile = SMALLEST,
  options: { first?: boolean } = {},
): Promise<{
  stateful: Template;
  stateless: Template;
  terminationProtection: boolean;
  stacks: Record<string, StackRow>;
}> {
  const text = JSON.stringify(config);
  const name = createHash('sha256')
    .update(JSON.stringify([text, options]))
    .digest('hex')
    .slice(0, 16);
  const directory = `.daypass/test-templates/${name}`;
  await synthesise({
    root: ROOT,
    app: 'test/infra/make-templates.ts',
    directory,
    sources: [...SOURCES, 'test/infra/app-of.ts', 'test/infra/make-templates.ts'],
    // CloudFormation's rules, half of what making them takes, are held against the configuration that has everything.
    environment: {
      DAYPASS_TEST_CONFIG: text,
      DAYPASS_TEST_FIRST: String(options.first ?? false),
      CDK_VALIDATION: String(config === FULLEST),
    },
  });
  const read = <T = Template>(file: string) =>
    JSON.parse(readFileSync(join(ROOT, directory, file), 'utf8')) as T;
  const data = `Daypass-${config.stage}-data`;
  const { artifacts } = read<{ artifacts: Record<string, Artifact> }>('manifest.json');
  const rowOf = (name: string): StackRow => {
    const { environment = '', properties, dependencies = [] } = artifacts[name] ?? {};
    return {
      environment,
      tags: properties?.tags,
      after: dependencies.filter((other) => !other.endsWith('.assets')),
      description: read<{ Description: string }>(`${name}.template.json`).Description,
    };
  };
  const names = [data, `Daypass-${config.stage}`];
  return {
    stateful: read(`${data}.template.json`),
    stateless: read(`Daypass-${config.stage}.template.json`),
    terminationProtection: artifacts[data]?.properties?.terminationProtection === true,
    stacks: Object.fromEntries(names.map((stack) => [stack, rowOf(stack)])),
  };
}

/** All resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** Writes an intrinsic value as a text that a person can compare: references become `<LogicalId>` or `<LogicalId.Attribute>`. */
export function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[key, inner] = ['', undefined]] = Object.entries(value);
  if (key === 'Ref') return `<${inner}>`;
  if (key === 'Fn::GetAtt') return `<${(inner as string[]).join('.')}>`;
  if (key === 'Fn::ImportValue') return `<${String(inner).split(':').at(-1)}>`;
  if (key === 'Fn::Join') {
    const [separator, parts] = inner as [string, unknown[]];
    return parts.map(shown).join(separator);
  }
  return JSON.stringify(value);
}
