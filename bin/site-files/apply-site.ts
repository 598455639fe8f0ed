import { createHash } from 'node:crypto';
import { requireValidApp, type SiteNames } from '../../core/apps/check.ts';
import { type AppDefinition, appSchema, type SiteDefinition } from '../../core/apps/definition.ts';
import { hashDefinitions } from '../../core/apps/link.ts';
import type { Manifest } from '../../core/apps/manifest.ts';
import type { CheckedApp } from '../../core/apps/published.ts';
import { policyInput } from '../../core/apps/site-policy.ts';
import type { Environment } from '../../core/environments.ts';
import { compilePolicy } from '../../core/policy/check.ts';
import type { Principal } from '../../core/principals.ts';
import type { SiteSettings } from '../../core/runtime.ts';
import type { Store } from '../../core/store.ts';
import { digestCodes } from '../../core/tokens/base62.ts';
import type { Definitions } from '../../lambdas/shared/table/definitions.ts';
import type { SiteFiles } from './read-site.ts';

export interface ApplyPorts {
  definitions: Definitions;
  store: Store;
  siteId: string;
  /** ISO time. */
  at: string;
  /** Who applies, for the manifest. */
  by: string;
}

export interface Applied {
  environment: Environment;
  apps: { id: string; version: number; changed: boolean }[];
  people: { id: string; name: string; outcome: 'added' | 'updated' }[];
}

/**
 * Brings a site to what its files say: checks all of it, publishes the apps that changed into the environment in one
 * step, and adds or updates the people. Applying the same files twice changes nothing the second time.
 * @throws DaypassError DEFINITION_INVALID with every mistake and its place; nothing is written then
 */
export async function applySite(
  files: SiteFiles,
  environment: Environment,
  ports: ApplyPorts,
): Promise<Applied> {
  const checked = checkTogether(files);
  const apps = await publish(checked, files.site, environment, ports);
  const people: Applied['people'] = [];
  for (const person of files.site.people) people.push(await applyPerson(person, ports));
  return { environment, apps, people };
}

/** The id of a person who is named in files: the same wherever and whenever the files are applied to the site. */
export function principalIdOf(siteId: string, person: { id: string; kind: string }): string {
  // Robots hold no token, so their ids need not have a token's width; apps name them as the files do.
  if (person.kind === 'robot') return person.id;
  const digest = createHash('sha256').update(`${siteId}\nperson\n${person.id}`).digest('binary');
  return Buffer.from(digestCodes(digest)).toString('latin1').slice(0, 22);
}

function checkTogether({ site, apps }: SiteFiles): CheckedApp[] {
  const parsed = new Map<string, AppDefinition>();
  for (const app of apps) {
    const result = appSchema.safeParse(app);
    if (result.success) parsed.set(result.data.id, result.data);
  }
  const names: SiteNames = {
    apps: parsed,
    roles: new Set(site.roles.map(({ id }) => id)),
    robots: new Set(site.people.filter(({ kind }) => kind === 'robot').map(({ id }) => id)),
  };
  return apps.map((app) => requireValidApp(app, names));
}

async function publish(
  checked: CheckedApp[],
  site: SiteDefinition,
  environment: Environment,
  { definitions, at, by }: ApplyPorts,
): Promise<Applied['apps']> {
  const current = await definitions.readManifest(environment);
  const settings: SiteSettings = { name: site.name, contact: site.contact, roles: site.roles };
  const policy = compilePolicy(policyInput(checked, site.roles));
  const versions: { app: string; version: number; checked: CheckedApp }[] = [];
  const apps: Manifest['apps'] = {};
  for (const app of checked) {
    const { id } = app.definition;
    const hash = hashDefinitions([app]);
    const published = current?.apps[id];
    if (published?.hash === hash) {
      apps[id] = published;
      continue;
    }
    const version = (published?.version ?? 0) + 1;
    apps[id] = { version, hash };
    versions.push({ app: id, version, checked: app });
  }
  const known = current && (await definitions.readSettings(current.site));
  const settingsChanged = JSON.stringify(known) !== JSON.stringify(settings);
  const result = Object.entries(apps).map(([id, { version }]) => ({
    id,
    version,
    changed: versions.some(({ app }) => app === id),
  }));
  if (current && versions.length === 0 && !settingsChanged && current.policy === policy.hash) return result;
  const siteVersion = (current?.site ?? 0) + (settingsChanged ? 1 : 0);
  await definitions.publish({
    manifest: {
      environment,
      version: (current?.version ?? 0) + 1,
      apps,
      policy: policy.hash,
      site: siteVersion,
      publishedAt: at,
      publishedBy: by,
    },
    replaces: current?.version ?? 0,
    versions,
    policy: { hash: policy.hash, document: JSON.stringify(policy) },
    ...(settingsChanged && { settings: { version: siteVersion, settings } }),
  });
  return result;
}

async function applyPerson(
  person: SiteDefinition['people'][number],
  { store, siteId, at }: ApplyPorts,
): Promise<Applied['people'][number]> {
  const id = principalIdOf(siteId, person);
  const { name, roles, kind: type, email } = person;
  if (await store.readPrincipal(id)) {
    await store.commit([{ kind: 'changePrincipal', principalId: id, set: { name, roles } }]);
    return { id, name, outcome: 'updated' };
  }
  const principal: Principal = {
    id,
    type,
    name,
    ...(email && { email }),
    roles,
    profiles: [],
    createdAt: at,
  };
  await store.commit([email ? { kind: 'addUser', principal, email } : { kind: 'addPrincipal', principal }]);
  return { id, name, outcome: 'added' };
}
