import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DaypassApp, daypassApp } from '../../lib/app.ts';
import { type ConfigFile, parseConfig } from '../../lib/config.ts';
import { FUNCTION_NAMES } from '../../lib/names.ts';

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

/** A configuration with nothing but what must be given. */
export const SMALLEST: ConfigFile = {
  stage: 'test',
  region: 'eu-central-1',
  senderAddress: 'passes@example.org',
};

/** Both stacks with stand-ins for the functions' code, which no assertion on a template looks at. */
export function appOf(config: ConfigFile = SMALLEST): DaypassApp & { outdir: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'daypass-infra-'));
  const bundles = join(outdir, 'bundles');
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, 'index.mjs'), `export const handler = () => '${name}';\n`);
  }
  const app = daypassApp(parseConfig(config, 'the test'), ROOT, bundles, { outdir: join(outdir, 'cdk.out') });
  return { ...app, outdir: join(outdir, 'cdk.out') };
}

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
};

/** The synthesised templates of a configuration. */
export function templatesOf(config: ConfigFile = SMALLEST): { stateful: Template; stateless: Template } {
  const { app, outdir } = appOf(config);
  app.synth();
  const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8')) as Template;
  const templates = {
    stateful: read(`Daypass-${config.stage}-data.template.json`),
    stateless: read(`Daypass-${config.stage}.template.json`),
  };
  rmSync(dirname(outdir), { recursive: true });
  return templates;
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
