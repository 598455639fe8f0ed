import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireValidSite } from '../../core/apps/check-site.ts';
import type { SiteDefinition } from '../../core/apps/definition.ts';
import type { Robots } from '../../core/apps/robots.ts';

/** A site as it lies in a folder: `site.json` and one file per app under `apps/`. */
export interface SiteFiles {
  site: SiteDefinition;
  /** As read; checked together when they are published. */
  apps: unknown[];
}

/** The robots of a site's files, and the apps that each of them works for. */
export function robotsOf({ people }: SiteDefinition): Robots {
  const robots = people.filter(({ kind }) => kind === 'robot');
  return new Map(robots.map(({ id, apps = [] }) => [id, apps]));
}

/**
 * Reads a site's definition files.
 * @throws Error naming the file that is missing or not JSON; DaypassError DEFINITION_INVALID for a wrong site.json
 */
export async function readSiteFiles(folder: string): Promise<SiteFiles> {
  const names = (await readdir(join(folder, 'apps'))).filter((name) => name.endsWith('.json')).sort();
  const [site, ...apps] = await Promise.all(
    [join(folder, 'site.json'), ...names.map((name) => join(folder, 'apps', name))].map(readJson),
  );
  return { site: requireValidSite(site), apps };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`);
  }
}
