import { ENVIRONMENTS, type Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { DesignChange } from '../journal/design-event.ts';
import { accountSettings } from '../people/environment-settings.ts';
import { sitePolicy } from '../policy/site-policy.ts';
import { encodePolicy } from '../policy/text.ts';
import type { SiteSettings } from '../runtime.ts';
import type { SettingsPublication } from './definition-store.ts';
import { type DesignSession, noted } from './drafts.ts';
import type { Manifest } from './manifest.ts';
import type { SiteVersion } from './publish.ts';
import type { CheckedApp } from './published.ts';
import { readPublished } from './publishing.ts';
import { latestSite, readManifests } from './site-version.ts';

/** How often a change without If-Match is planned anew because somebody else wrote in between. */
const PLANS = 5;

/** The site's settings as they are, and the environments that run with them. */
export interface SettingsState extends SiteVersion {
  manifests: ReadonlyMap<Environment, Manifest>;
}

export async function readSettings({
  definitions,
}: Pick<DesignSession, 'definitions'>): Promise<SettingsState> {
  const manifests = await readManifests(definitions);
  return { ...(await latestSite(definitions, manifests)), manifests };
}

/**
 * Changes roles or environments: the next version of the settings, and for every environment that runs a manifest with
 * the policy compiled anew, all in one transaction. What a role may do changes everywhere in the same instant.
 * @param change gives the new settings, or throws what refuses it
 * @param options `expectedVersion` from `If-Match`; `removedRole` only goes while nobody holds it
 * @throws DaypassError VERSION_MISMATCH, CONFLICT, ROLE_IN_USE; DEFINITION_INVALID when an app needs what is gone
 */
export async function changeSettings(
  session: DesignSession,
  change: (before: SettingsState) => SiteSettings | Promise<SiteSettings>,
  options: {
    expectedVersion?: number;
    removedRole?: string;
    /** What the journal keeps of it. */
    note: (before: SiteSettings, after: SiteSettings) => DesignChange;
  },
): Promise<SiteVersion> {
  const { expectedVersion, removedRole, note } = options;
  for (let planned = 1; ; planned++) {
    const before = await readSettings(session);
    const { version } = before;
    if (expectedVersion !== undefined && expectedVersion !== version) throw mismatch(version);
    const settings = await change(before);
    const publication = await plan(session, before, settings);
    try {
      await session.definitions.changeSettings({
        ...publication,
        ...(removedRole !== undefined && { removedRole }),
        event: noted(session, note(before.settings, settings)),
      });
      return { version: publication.version, settings, isNew: false };
    } catch (error) {
      if (!(error instanceof DaypassError) || error.code !== 'CONFLICT' || planned === PLANS) throw error;
    }
  }
}

function mismatch(version: number): DaypassError {
  return new DaypassError('VERSION_MISMATCH', `the site's settings are at version ${version}`);
}

async function plan(
  session: DesignSession,
  before: SettingsState,
  settings: SiteSettings,
): Promise<SettingsPublication> {
  const version = before.isNew ? before.version : before.version + 1;
  // Before the first publication there is nothing that could name the settings: development begins without apps.
  const running: [Environment, Manifest | undefined][] =
    before.manifests.size > 0 ? [...before.manifests] : [[ENVIRONMENTS[0], undefined]];
  const environments = await Promise.all(
    running.map(async ([environment, manifest]) => {
      const apps = await readPublished(session.definitions, manifest);
      return compile(session, { environment, manifest, apps, settings, version });
    }),
  );
  return { version, settings, environments };
}

function compile(
  session: DesignSession,
  given: {
    environment: Environment;
    manifest: Manifest | undefined;
    apps: readonly CheckedApp[];
    settings: SiteSettings;
    version: number;
  },
): SettingsPublication['environments'][number] {
  const { environment, manifest, apps, settings, version } = given;
  const accounts = accountSettings(settings, environment);
  const policy = sitePolicy({ roles: settings.roles, apps, accounts });
  return {
    manifest: {
      environment,
      version: (manifest?.version ?? 0) + 1,
      apps: manifest?.apps ?? {},
      policy: policy.hash,
      site: version,
      ...(manifest?.rebuilds && { rebuilds: manifest.rebuilds }),
      publishedAt: manifest?.publishedAt ?? new Date(session.now).toISOString(),
      publishedBy: manifest?.publishedBy ?? session.caller.principalId,
    },
    replaces: manifest?.version ?? 0,
    policy: { hash: policy.hash, document: encodePolicy(policy) },
  };
}
