import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalSystemError } from './problem.ts';

/** One resource of a template, as CloudFormation would read it (intrinsics unresolved). */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
}

/** One stack of the assembly. */
export interface Stack {
  name: string;
  account: string;
  region: string;
  resources: Record<string, Resource>;
  parameters: Record<string, { Type: string; Default?: unknown }>;
  conditions: Record<string, unknown>;
  mappings: Record<string, Record<string, Record<string, unknown>>>;
  outputs: Record<string, { Value: unknown; Export?: { Name: unknown }; Condition?: string }>;
}

/** A synthesised app: its stacks, and where each uploaded asset lies on this machine, by its S3 key. */
export interface CloudAssembly {
  directory: string;
  stacks: Stack[];
  assets: Map<string, string>;
}

interface Artifact {
  type: string;
  environment?: string;
  properties?: { templateFile?: string; stackName?: string; file?: string; directoryName?: string };
}

/** An app that names no account or region is run in these. */
export const DEFAULT_ACCOUNT = '000000000000';
export const DEFAULT_REGION = 'eu-central-1';

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** Reads every stack and asset of a synthesised app, nested stages included. Throws when nothing was synthesised. */
export function readCloudAssembly(directory: string): CloudAssembly {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new LocalSystemError(`No synthesised app in ${directory}: run "npm run synth" first.`);
  }
  const assembly: CloudAssembly = { directory, stacks: [], assets: new Map() };
  const artifacts = readJson(manifestFile).artifacts as Record<string, Artifact>;
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (artifact.type === 'aws:cloudformation:stack')
      assembly.stacks.push(readStack(directory, id, artifact));
    if (artifact.type === 'cdk:asset-manifest') readAssets(directory, artifact, assembly.assets);
    if (artifact.type === 'cdk:cloud-assembly') {
      const nested = readCloudAssembly(join(directory, artifact.properties?.directoryName ?? ''));
      assembly.stacks.push(...nested.stacks);
      for (const [key, path] of nested.assets) assembly.assets.set(key, path);
    }
  }
  if (assembly.stacks.length === 0) throw new LocalSystemError(`The app in ${directory} holds no stack.`);
  return assembly;
}

function readStack(directory: string, id: string, artifact: Artifact): Stack {
  const template = readJson(join(directory, artifact.properties?.templateFile ?? `${id}.template.json`));
  const [account, region] = (artifact.environment ?? '').replace('aws://', '').split('/');
  return {
    name: artifact.properties?.stackName ?? id,
    account: !account || account.startsWith('unknown') ? DEFAULT_ACCOUNT : account,
    region: !region || region.startsWith('unknown') ? DEFAULT_REGION : region,
    resources: template.Resources ?? {},
    parameters: template.Parameters ?? {},
    conditions: template.Conditions ?? {},
    mappings: template.Mappings ?? {},
    outputs: template.Outputs ?? {},
  };
}

function readAssets(directory: string, artifact: Artifact, assets: Map<string, string>): void {
  const { files = {} } = readJson(join(directory, artifact.properties?.file ?? ''));
  for (const file of Object.values(files) as AssetFile[]) {
    for (const { objectKey } of Object.values(file.destinations)) {
      assets.set(objectKey, join(directory, file.source.path ?? ''));
    }
  }
}

interface AssetFile {
  source: { path?: string };
  destinations: Record<string, { objectKey: string }>;
}
