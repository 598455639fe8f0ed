import { readdirSync, readFileSync } from 'node:fs';
import { type AppDefinition, appSchema, type Permission, siteSchema } from '../../core/apps/definition.ts';
import { compilePolicy } from '../../core/policy/check.ts';
import type { PolicyInput, RecordTypeFacts } from '../../core/policy/document.ts';
import { appFacts } from '../../core/policy/facts.ts';
import { loadPolicy, type Policy } from '../../core/policy/load.ts';
import { type AccessListSource, accessListRules } from '../../core/policy/sources/access-lists.ts';
import { type AccountGrant, type AccountSettings, accountRules } from '../../core/policy/sources/accounts.ts';
import { appPermissionRules } from '../../core/policy/sources/app-permissions.ts';
import { builtInRoleRules } from '../../core/policy/sources/built-in-roles.ts';
import { type Cell, type FlowSource, flowRules } from '../../core/policy/sources/flows.ts';
import { freezeAccessLists } from '../../core/policy/sources/freeze-lists.ts';
import {
  type LevelSource,
  levelRules,
  type ProfileSource,
  profileRules,
} from '../../core/policy/sources/profiles.ts';
import { type ServiceGrant, serviceRules } from '../../core/policy/sources/services.ts';
import { type SignInRole, signInRules } from '../../core/policy/sources/sign-in.ts';
import type { Context, FieldSet, Resource, RuleDraft, Subject } from '../../core/policy/types.ts';

/** A file of policies/: what a policy is compiled from. */
export interface CorpusPolicy {
  readonly title: string;
  readonly builtIn?: boolean;
  readonly example?: { readonly site: string; readonly apps: readonly string[] };
  readonly roles?: readonly SignInRole[];
  readonly directory?: Readonly<Record<string, string>>;
  readonly apps?: PolicyInput['apps'];
  readonly permissions?: Readonly<Record<string, Permission[]>>;
  readonly lists?: readonly Omit<AccessListSource, 'facts'>[];
  readonly profiles?: readonly ProfileSource[];
  readonly levels?: readonly Omit<LevelSource, 'facts'>[];
  readonly flows?: readonly FlowSource[];
  readonly siteWide?: Cell;
  readonly accounts?: { readonly settings: AccountSettings; readonly grants: readonly AccountGrant[] };
  readonly services?: readonly ServiceGrant[];
  readonly rules?: readonly RuleDraft[];
}

export type CorpusResource = Resource & { readonly freeze?: boolean };

export interface CorpusCase {
  readonly title: string;
  readonly rows: readonly string[];
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  readonly with?: Partial<Resource>;
  readonly context?: Partial<Context>;
  readonly fields?: readonly string[];
  readonly expect: {
    readonly decision: boolean;
    readonly reason: string;
    readonly fields?: FieldSet;
    readonly rules?: readonly string[];
    readonly bypass?: string;
    readonly nearest?: string;
  };
}

export interface CorpusList {
  readonly title: string;
  readonly rows: readonly string[];
  readonly subject: string;
  readonly action: string;
  readonly among: readonly string[];
  readonly expect: Readonly<Record<string, FieldSet>>;
}

export interface CorpusFile {
  readonly title: string;
  readonly policy: string;
  readonly context?: Partial<Context>;
  readonly subjects: Readonly<Record<string, Subject>>;
  readonly resources: Readonly<Record<string, CorpusResource>>;
  readonly cases: readonly CorpusCase[];
  readonly lists?: readonly CorpusList[];
}

export interface CorpusMatrix {
  readonly title: string;
  readonly policy: string;
  readonly context?: Partial<Context>;
  readonly people: Readonly<Record<string, Subject>>;
  readonly records: Readonly<Record<string, CorpusResource>>;
  readonly operations: readonly string[];
  readonly matrix: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const HERE = new URL('./', import.meta.url);
const ROOT = new URL('../../', HERE);

export function readJson(path: string, from = HERE): unknown {
  return JSON.parse(readFileSync(new URL(path, from), 'utf8'));
}

/** Paths of the JSON files of a folder of the corpus. */
export function filesIn(folder: string): string[] {
  const names = readdirSync(new URL(`${folder}/`, HERE));
  return names.filter((name) => name.endsWith('.json')).map((name) => `${folder}/${name}`);
}

/** The folders of decision cases, one per concern. */
export const CONCERNS = ['gates', 'tiers', 'roles', 'lists', 'profiles', 'flows', 'accounts', 'design'];

const loaded = new Map<string, { source: CorpusPolicy; input: PolicyInput; policy: Policy }>();

/** A policy of the corpus: as it is written, as rules, and ready to decide. */
export function corpusPolicy(name: string) {
  let known = loaded.get(name);
  if (!known) {
    const source = readJson(`policies/${name}.json`) as CorpusPolicy;
    const input = policyInput(source);
    known = { source, input, policy: loadPolicy(compilePolicy(input)) };
    loaded.set(name, known);
  }
  return known;
}

function policyInput(source: CorpusPolicy): PolicyInput {
  const definitions = (source.example?.apps ?? []).map((path) => appSchema.parse(readJson(path, ROOT)));
  const apps = source.example ? appFacts(definitions) : (source.apps ?? {});
  const roles = source.example
    ? siteSchema.parse(readJson(source.example.site, ROOT)).roles
    : (source.roles ?? []);
  const facts = (app: string, recordType: string): RecordTypeFacts => {
    const found = apps[app]?.recordTypes[recordType];
    if (!found) throw new Error(`the policy has no record type ${app}/${recordType}`);
    return found;
  };
  const permitted: Pick<AppDefinition, 'id' | 'permissions'>[] = [
    ...definitions,
    ...Object.entries(source.permissions ?? {}).map(([id, permissions]) => ({ id, permissions })),
  ];
  return {
    apps,
    roles: roles.map(({ id }) => id),
    profiles: (source.profiles ?? []).map(({ id }) => id),
    flows: (source.flows ?? []).map(({ id }) => id),
    services: (source.services ?? []).map(({ service }) => service),
    rules: [
      ...(source.builtIn ? builtInRoleRules() : []),
      ...signInRules(roles),
      ...permitted.flatMap((app) => appPermissionRules(app)),
      ...(source.lists ?? []).flatMap((each) =>
        accessListRules({ ...each, facts: facts(each.app, each.recordType) }),
      ),
      ...(source.profiles ?? []).flatMap(profileRules),
      ...(source.levels ?? []).flatMap((each) =>
        levelRules({ ...each, facts: facts(each.app, each.recordType) }),
      ),
      ...(source.flows ? flowRules(source.flows, source.siteWide) : []),
      ...(source.accounts ? accountRules(source.accounts.grants, source.accounts.settings) : []),
      ...serviceRules(source.services ?? []),
      ...(source.rules ?? []),
    ],
  };
}

/** A resource as the corpus writes it, with its access lists frozen where it asks for that. */
export function corpusResource(policy: string, written: CorpusResource): Resource {
  const { freeze, ...resource } = written;
  if (!freeze) return resource;
  const { source } = corpusPolicy(policy);
  const found = source.lists?.find(
    ({ app, recordType }) => app === resource.app && recordType === resource.recordType,
  );
  const directory = source.directory ?? {};
  const frozen = freezeAccessLists(
    found?.lists ?? {},
    (resource.values ?? {}) as Record<string, unknown>,
    (name) => directory[name],
  );
  return { ...resource, accessLists: { ...frozen.lists, ...resource.accessLists } };
}

export function corpusContext(...parts: (Partial<Context> | undefined)[]): Context {
  const standard = { now: Date.UTC(2027, 0, 1), environment: 'production', channel: 'browser' } as const;
  return Object.assign({}, standard, ...parts);
}
