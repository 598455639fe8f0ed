import { ENVIRONMENTS, type Environment } from '../environments.ts';
import type { SiteSettings } from '../runtime.ts';
import type { DefinitionStore } from './definition-store.ts';
import type { Manifest } from './manifest.ts';
import type { SiteVersion } from './publish.ts';

/** A site of which nothing was said yet. */
const UNNAMED: SiteSettings = { name: 'Daypass', contact: '', roles: [] };

/** What each environment runs; environments without a publication are left out. */
export async function readManifests(
  definitions: Pick<DefinitionStore, 'readManifest'>,
): Promise<Map<Environment, Manifest>> {
  const manifests = await Promise.all(ENVIRONMENTS.map((name) => definitions.readManifest(name)));
  return new Map(ENVIRONMENTS.flatMap((name, at) => (manifests[at] ? [[name, manifests[at]]] : [])));
}

/** The site's newest settings: users and roles belong to the site, whichever environment was published to last. */
export async function latestSite(
  definitions: Pick<DefinitionStore, 'readSettings'>,
  manifests: ReadonlyMap<Environment, Manifest>,
): Promise<SiteVersion> {
  const version = Math.max(0, ...[...manifests.values()].map(({ site }) => site));
  const settings = version > 0 ? await definitions.readSettings(version) : undefined;
  return settings ? { version, settings, isNew: false } : { version: 1, settings: UNNAMED, isNew: true };
}
