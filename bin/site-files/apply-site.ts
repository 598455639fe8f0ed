import { changedPlaces } from '../../core/apps/changed-places.ts';
import { type AppDefinition, appSchema, type SiteDefinition } from '../../core/apps/definition.ts';
import type { Publication } from '../../core/apps/definition-store.ts';
import { noted, robotsAmong } from '../../core/apps/drafts.ts';
import type { Draft, Manifest } from '../../core/apps/manifest.ts';
import { planPublication, type SiteVersion } from '../../core/apps/publish.ts';
import { pendingRebuilds, publicationChange, readPublished } from '../../core/apps/publishing.ts';
import { latestSite, readManifests } from '../../core/apps/site-version.ts';
import { ACTION_LIMIT } from '../../core/apps/transaction-size.ts';
import type { Environment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import type { DesignChange } from '../../core/journal/design-event.ts';
import { canonicalJson } from '../../core/journal/event.ts';
import { mergeSettings, settingsChanges } from '../../core/people/merge-settings.ts';
import type { Runtime, SiteSettings } from '../../core/runtime.ts';
import type { Store } from '../../core/store.ts';
import type { Definitions } from '../../lambdas/shared/table/definitions.ts';
import { type AppliedPerson, applyPerson } from './apply-person.ts';
import { asOperator } from './operator.ts';
import { robotsOf, type SiteFiles } from './read-site.ts';

export interface ApplyPorts {
  definitions: Definitions;
  store: Store;
  siteId: string;
  /** Epoch milliseconds. */
  now: number;
  /** Who applies, for drafts, manifest and journal. */
  by: string;
  /** Whether drafts that somebody else saved and nobody published may be lost. */
  replaceDrafts?: boolean;
  /** With what changes are signed for the journal; without it none is kept, as for the example of a local start. */
  signing?: Pick<Runtime, 'journal' | 'newId'>;
}

export interface Applied {
  environment: Environment;
  roles: { id: string; name: string; outcome: 'added' | 'updated' | 'unchanged' | 'kept' }[];
  /** Those whose settings the files change. */
  environments: string[];
  apps: { id: string; version: number; changed: boolean }[];
  people: AppliedPerson[];
}

/**
 * Brings a site to what its files say: checks all of it, publishes the apps and the settings that changed into the
 * environment in one step, and adds or updates the people. Whatever the files do not mention stays: apps, roles, people,
 * environments. Applying the same files twice changes nothing the second time.
 * @throws DaypassError DEFINITION_INVALID with every mistake and its place, or CONFIRMATION_NEEDED with the drafts that
 * would be lost; nothing is written then
 */
export async function applySite(
  files: SiteFiles,
  environment: Environment,
  ports: ApplyPorts,
): Promise<Applied> {
  const published = await publish(files, environment, ports);
  const people: Applied['people'] = [];
  for (const person of files.site.people) people.push(await applyPerson(person, ports));
  return { environment, ...published, people };
}

/** What the files say of apps becomes drafts where it differs from them, and these are published together. */
async function publish(
  { site, apps }: SiteFiles,
  environment: Environment,
  ports: ApplyPorts,
): Promise<Pick<Applied, 'apps' | 'roles' | 'environments'>> {
  const { definitions, now, by } = ports;
  const manifests = await readManifests(definitions);
  const manifest = manifests.get(environment);
  const latest = await latestSite(definitions, manifests);
  const settings = mergeSettings(latest.settings, site);
  const changed = settingsChanges(latest.settings, settings);
  const published = await readPublished(definitions, manifest);
  const drafts: Draft[] = [];
  for (const app of apps) drafts.push(await draftOf(app, ports));
  const publication = planPublication({
    environment,
    drafts,
    manifest,
    published,
    site: nextVersion(latest, settings),
    pending: await pendingRebuilds(definitions, manifest),
    robots: new Map([
      ...(await robotsAmong(
        ports.store,
        [...apps, ...published.map(({ definition }) => definition)].map(robotOf),
      )),
      ...robotsOf(site),
    ]),
    openGrants: await ports.store.listOpenGrants(environment),
    at: new Date(now).toISOString(),
    by,
  });
  const events = changed.flatMap((change) => noted(asOperator(ports), change) ?? []);
  if (publication) requireRoom(publication, events.length);
  const changes: [Draft | undefined, Draft][] = [];
  for (const draft of drafts) {
    const saved = await definitions.readDraft(draft.app);
    if (saved?.version !== draft.version) changes.push([saved, draft]);
  }
  if (!ports.replaceDrafts) await keepUnpublished(changes, manifests, ports);
  for (const [saved, draft] of changes) {
    await definitions.saveDraft(draft, nameOf(draft), noted(asOperator(ports), draftChange(saved, draft)));
  }
  if (publication) {
    const change = publicationChange(environment, manifest?.apps ?? {}, publication.manifest.apps);
    await definitions.publish({
      ...publication,
      event: noted(asOperator(ports), change),
      settingsEvents: events,
    });
  }
  return {
    apps: drafts.map(({ app, version }) => ({
      id: app,
      version,
      changed: publication?.versions.some((published) => published.app === app) ?? false,
    })),
    roles: roleOutcomes(site, latest.settings, changed),
    environments: changed
      .filter(({ subject }) => subject.type === 'environment')
      .map(({ subject }) => subject.id),
  };
}

/** What becomes of each role: those of the files, then those that only the site has. */
function roleOutcomes(
  site: SiteDefinition,
  before: SiteSettings,
  changed: readonly DesignChange[],
): Applied['roles'] {
  const actions = new Map(
    changed
      .filter(({ subject }) => subject.type === 'role')
      .map(({ subject, action }) => [subject.id, action]),
  );
  const outcomes = { create: 'added', change: 'updated' } as const;
  const outcomeOf = (id: string) => outcomes[actions.get(id) as 'create' | 'change'] ?? 'unchanged';
  const mentioned = new Set(site.roles.map(({ id }) => id));
  return [
    ...site.roles.map(({ id, name }) => ({ id, name, outcome: outcomeOf(id) })),
    ...before.roles
      .filter(({ id }) => !mentioned.has(id))
      .map(({ id, name }) => ({ id, name, outcome: 'kept' as const })),
  ];
}

/** Each role that changes has an entry in the journal, in the transaction that changes it. */
function requireRoom({ versions, rebuilds = [] }: Publication, events: number): void {
  const size = 4 + versions.length + 2 * rebuilds.length + events;
  if (size <= ACTION_LIMIT) return;
  throw new DaypassError(
    'LIMIT_EXCEEDED',
    `${events} roles and environments and ${versions.length} apps would change in one step, which takes ${size} writes of ${ACTION_LIMIT} at most; apply fewer roles first: those that site.json does not mention stay`,
  );
}

/** Refuses to overwrite what somebody else saved and nobody published: a published version stays, a draft does not. */
async function keepUnpublished(
  changes: readonly [Draft | undefined, Draft][],
  manifests: ReadonlyMap<Environment, Manifest>,
  { store, by }: ApplyPorts,
): Promise<void> {
  const isPublished = ({ app, version }: Draft) =>
    [...manifests.values()].some(({ apps }) => apps[app]?.version === version);
  const problems = [];
  for (const [saved] of changes) {
    if (!saved || saved.updatedBy === by || isPublished(saved)) continue;
    const person = (await store.readPrincipal(saved.updatedBy))?.name ?? saved.updatedBy;
    const message = `version ${saved.version}, saved by ${person} at ${saved.updatedAt}, is published nowhere`;
    problems.push({ path: `/${saved.app}`, message });
  }
  if (problems.length === 0) return;
  const why = 'Drafts that nobody has published would be lost. Publish them, or apply with --replace-drafts.';
  throw new DaypassError('CONFIRMATION_NEEDED', why, problems);
}

/** The draft as it is, if it says the same as the file; else the next one. */
async function draftOf(document: unknown, { definitions, now, by }: ApplyPorts): Promise<Draft> {
  const parsed = appSchema.safeParse(document);
  const { id, kind } = (parsed.success ? parsed.data : document) as AppDefinition;
  const before = await definitions.readDraft(String(id));
  if (before && canonicalJson(before.definition) === canonicalJson(document)) return before;
  if (before && before.kind !== kind) {
    throw new DaypassError(
      'APP_KIND_IMMUTABLE',
      `"${id}" is an app of kind ${before.kind}. Create another app.`,
    );
  }
  const version = (before?.version ?? 0) + 1;
  return {
    app: String(id),
    version,
    kind,
    definition: document,
    updatedAt: new Date(now).toISOString(),
    updatedBy: by,
  };
}

function draftChange(before: Draft | undefined, draft: Draft): DesignChange {
  const { app: id, kind, version, definition } = draft;
  const subject = { type: 'app', id, name: nameOf(draft) } as const;
  if (!before) return { action: 'create', subject, after: { kind, version } };
  const changed = changedPlaces(before.definition, definition);
  return { action: 'change', subject, before: { version: before.version }, after: { version, changed } };
}

const robotOf = (definition: unknown) => (definition as Partial<AppDefinition> | null)?.robot;

function nameOf({ definition }: Draft): string {
  return (definition as AppDefinition).name;
}

/** The newest settings, if the files say the same; else the next ones. */
function nextVersion(latest: SiteVersion, settings: SiteSettings): SiteVersion {
  if (canonicalJson(latest.settings) === canonicalJson(settings)) return latest;
  return { version: latest.isNew ? latest.version : latest.version + 1, settings, isNew: true };
}
