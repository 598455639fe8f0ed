import type { Environment } from '../environments.ts';
import { DaypassError, type Problem } from '../errors.ts';
import type { DesignChange } from '../journal/design-event.ts';
import type { RebuildNeeds } from '../lists/rebuild-needs.ts';
import { publishAction } from '../policy/actions.ts';
import { type AppDefinition, appSchema } from './definition.ts';
import type { Publication } from './definition-store.ts';
import { withDependencies } from './dependencies.ts';
import { mayDesign, requireDesign } from './design-access.ts';
import { foreignRules } from './draft-rights.ts';
import { type DesignSession, noted, readDraft, robotsAmong } from './drafts.ts';
import { foreseenProblems } from './foreseen-problems.ts';
import type { Draft, Manifest } from './manifest.ts';
import { planPublication } from './publish.ts';
import type { CheckedApp } from './published.ts';
import { latestSite, readManifests } from './site-version.ts';

/** An app that could be published along, and why it is chosen beforehand. */
export interface PublishingOption {
  id: string;
  name: string;
  draftVersion: number;
  /** Absent where it is not published yet. */
  publishedVersion?: number;
  /** Whether one of the chosen apps needs it. */
  needed: boolean;
  /** Chosen beforehand: asked for, or needed and not there as it is now. */
  preselected: boolean;
  /** What publishing it would be refused for, as far as that can be said beforehand; paths start with the app's id. */
  problems: readonly Problem[];
}

/**
 * What would be published with some apps: they and all that they need, with what has changed chosen beforehand as far
 * as the caller may publish it there.
 * @throws DaypassError NOT_FOUND; FORBIDDEN for who may not publish these apps into the environment
 */
export async function listPublishingOptions(
  session: DesignSession,
  environment: Environment,
  chosen: readonly string[],
): Promise<PublishingOption[]> {
  const publish = publishAction(environment);
  for (const app of chosen) requireDesign(session, publish, { type: 'app', app });
  const drafts = await Promise.all(chosen.map((id) => readDraft(session, id)));
  const apps = (await session.definitions.listApps()).map(({ id }) => id);
  const others = await Promise.all(
    apps
      .filter((id) => !chosen.includes(id) && mayDesign(session, 'design:read', { type: 'app', app: id }))
      .map((id) => session.definitions.readDraft(id)),
  );
  const all = new Map([...drafts, ...others].flatMap((draft) => (draft ? [[draft.app, draft]] : [])));
  const parsed = new Map(
    [...all].flatMap(([id, draft]): [string, AppDefinition][] => {
      const { success, data } = appSchema.safeParse(draft.definition);
      return success ? [[id, data]] : [];
    }),
  );
  const { definitions } = session;
  const manifests = await readManifests(definitions);
  const manifest = manifests.get(environment);
  const ids = new Set([...chosen, ...withDependencies(chosen, parsed)]);
  const state = {
    site: await latestSite(definitions, manifests),
    published: await readPublished(definitions, manifest),
    drafts: [...ids].map((id) => all.get(id) as Draft),
  };
  const problemsOf = await foreseenProblems(session, state);
  return [...ids].map((id) => {
    const draft = all.get(id) as Draft;
    const published = manifest?.apps[id]?.version;
    return {
      id,
      name: parsed.get(id)?.name ?? id,
      draftVersion: draft.version,
      ...(published !== undefined && { publishedVersion: published }),
      needed: !chosen.includes(id),
      preselected:
        chosen.includes(id) ||
        (published !== draft.version && mayDesign(session, publish, { type: 'app', app: id })),
      problems: problemsOf(draft),
    };
  });
}

/**
 * Publishes the drafts of some apps into an environment, all or none.
 * @returns what the environment runs now; the same as before when nothing had changed
 * @throws DaypassError NOT_FOUND, FORBIDDEN, ROBOT_MISSING, APP_KIND_IMMUTABLE, CONFLICT, LIMIT_EXCEEDED;
 * DEFINITION_INVALID with every problem, its path starting with the app's id
 */
export async function publishApps(
  session: DesignSession,
  environment: Environment,
  chosen: readonly string[],
): Promise<Manifest> {
  const ids = [...new Set(chosen)];
  for (const app of ids) requireDesign(session, publishAction(environment), { type: 'app', app });
  const { definitions } = session;
  const drafts = await Promise.all(ids.map((id) => readDraft(session, id)));
  const manifests = await readManifests(definitions);
  const manifest = manifests.get(environment);
  const [site, published] = await Promise.all([
    latestSite(definitions, manifests),
    readPublished(definitions, manifest),
  ]);
  const robots = [
    ...drafts.map(({ definition }) => (definition as Partial<AppDefinition> | null)?.robot),
    ...published.map(({ definition }) => definition.robot),
  ];
  const publication = planPublication({
    environment,
    drafts,
    manifest,
    published,
    site,
    pending: await pendingRebuilds(definitions, manifest),
    robots: await robotsAmong(session, robots),
    openGrants: await session.listOpenGrants(environment),
    at: new Date(session.now).toISOString(),
    by: session.caller.principalId,
  });
  if (!publication) return manifest as Manifest;
  requireOwnRules(session, published, publication.versions);
  const { apps } = publication.manifest;
  await definitions.publish({
    ...publication,
    event: noted(session, publicationChange(environment, manifest?.apps ?? {}, apps)),
  });
  return publication.manifest;
}

/** Publishing somebody else's draft gives nobody what they could not have written. @throws DaypassError FORBIDDEN */
function requireOwnRules(
  session: DesignSession,
  published: readonly CheckedApp[],
  versions: Publication['versions'],
): void {
  const problems = versions.flatMap(({ app, checked }) =>
    foreignRules(
      session,
      published.find(({ definition }) => definition.id === app),
      checked,
    ),
  );
  if (problems.length === 0) return;
  throw new DaypassError(
    'FORBIDDEN',
    'What these apps permit would change, and you may not change that; ask somebody who may to publish them',
    problems,
  );
}

/** A publication as the journal tells it: which versions ran before, and which run now. */
export function publicationChange(
  environment: Environment,
  before: Manifest['apps'],
  after: Manifest['apps'],
): DesignChange {
  return {
    action: 'publish',
    subject: { type: 'environment', id: environment, name: environment },
    before: versionsIn(before),
    after: versionsIn(after),
  };
}

/** App id → version that runs. */
const versionsIn = (apps: Manifest['apps']) =>
  Object.fromEntries(Object.entries(apps).map(([id, { version }]) => [id, version]));

/** @throws DaypassError FORBIDDEN; NOT_FOUND while nothing is published there */
export async function readManifest(session: DesignSession, environment: Environment): Promise<Manifest> {
  requireDesign(session, 'design:read', { type: 'environment', id: environment });
  const manifest = await session.definitions.readManifest(environment);
  if (!manifest) throw new DaypassError('NOT_FOUND', `nothing is published in ${environment}`);
  return manifest;
}

/** What a manifest waits for still: rebuilds that have finished are left out. */
export async function pendingRebuilds(
  definitions: Pick<DesignSession['definitions'], 'readRebuild'>,
  manifest: Manifest | undefined,
): Promise<RebuildNeeds> {
  const needs = Object.entries(manifest?.rebuilds ?? {});
  const built = await Promise.all(
    needs.map(async ([name]) => {
      const [app = '', recordType = ''] = name.split('/');
      const environment = manifest?.environment as Environment;
      return (await definitions.readRebuild({ environment, app, recordType }))?.built ?? 0;
    }),
  );
  return Object.fromEntries(needs.filter(([, { since }], at) => (built[at] as number) < since));
}

/** The apps that an environment runs. */
export async function readPublished(
  definitions: Pick<DesignSession['definitions'], 'readVersion'>,
  manifest: Manifest | undefined,
): Promise<CheckedApp[]> {
  const apps = await Promise.all(
    Object.entries(manifest?.apps ?? {}).map(([app, { version }]) => definitions.readVersion(app, version)),
  );
  if (apps.some((app) => !app)) {
    throw new DaypassError(
      'INTERNAL',
      `the manifest of ${manifest?.environment} names versions that do not exist`,
    );
  }
  return apps as CheckedApp[];
}
