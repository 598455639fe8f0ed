import { createHash } from 'node:crypto';
import type { Environment } from '../environments.ts';
import { DaypassError, type Problem } from '../errors.ts';
import type { Grant } from '../grants/grant.ts';
import { canonicalJson } from '../journal/event.ts';
import { newRebuild } from '../lists/rebuild.ts';
import { type RebuildNeeds, rebuildNeeds } from '../lists/rebuild-needs.ts';
import { accountSettings } from '../people/environment-settings.ts';
import { sitePolicy } from '../policy/site-policy.ts';
import { encodePolicy } from '../policy/text.ts';
import type { SiteSettings } from '../runtime.ts';
import { checkApp, type SiteNames } from './check.ts';
import { type AppDefinition, appSchema } from './definition.ts';
import type { Publication } from './definition-store.ts';
import { namedApps } from './dependencies.ts';
import { linkDefinitions } from './link.ts';
import type { Draft, Manifest } from './manifest.ts';
import type { CheckedApp } from './published.ts';
import { hasWork, type Robots, refusedWork } from './robots.ts';
import { ACTION_LIMIT } from './transaction-size.ts';

/** What is to be published, and what is there. */
export interface PublishInput {
  environment: Environment;
  /** Drafts to publish, in the order in which they were chosen. */
  drafts: readonly Draft[];
  /** What the environment runs now; absent before the first publication. */
  manifest: Manifest | undefined;
  /** The apps that the manifest names. */
  published: readonly CheckedApp[];
  site: SiteVersion;
  /** What the manifest still waits for: those of its rebuilds that have not finished. */
  pending?: RebuildNeeds;
  /** The robots that exist, as far as the apps name them. */
  robots: Robots;
  /** Passes of the environment that are not over: what they are for has to stay. */
  openGrants?: readonly OpenGrant[];
  /** ISO time. */
  at: string;
  /** Principal id, or who applied files. */
  by: string;
}

/** What a pass is for, and the record of its token user. */
export type OpenGrant = Pick<Grant, 'app' | 'recordType' | 'tokenRecord'>;

/** The site's settings under the number that manifests name them by. */
export interface SiteVersion {
  version: number;
  settings: SiteSettings;
  /** Whether this version has yet to be written. */
  isNew: boolean;
}

/**
 * Plans a publication: everything that the environment will run is checked together, so that all of it fits or nothing
 * is published. What indexes lack for the records that are there is requested with it. An app's version is the number of its draft; the same draft is the same version in every environment.
 * @returns undefined when the environment runs all of it already
 * @throws DaypassError ROBOT_MISSING, APP_KIND_IMMUTABLE, LIMIT_EXCEEDED; DEFINITION_INVALID with every problem, its path starting with
 * the app's id
 */
export function planPublication(input: PublishInput): Publication | undefined {
  const { environment, manifest, site, at, by } = input;
  requireSameKinds(input);
  const together = parseTogether(input);
  requireRobots(input, together);
  const checked = checkTogether(input, together);
  requireTypesOfPasses(input.openGrants ?? [], checked);

  const apps = { ...manifest?.apps };
  const versions: Publication['versions'] = [];
  for (const { app, version } of input.drafts) {
    const fresh = checked.find(({ definition }) => definition.id === app) as CheckedApp;
    const hash = hashApp(fresh);
    if (apps[app]?.hash === hash && apps[app]?.version === version) continue;
    apps[app] = { version, hash };
    versions.push({ app, version, checked: fresh });
  }
  const policy = sitePolicy({
    roles: site.settings.roles,
    apps: checked,
    accounts: accountSettings(site.settings, environment),
  });
  const same = versions.length === 0 && manifest?.policy === policy.hash && manifest.site === site.version;
  if (same) return undefined;
  const version = (manifest?.version ?? 0) + 1;
  const { needs, rebuilds } = rebuildNeeds({
    before: linkDefinitions(input.published),
    after: linkDefinitions(checked),
    version,
    pending: input.pending ?? manifest?.rebuilds ?? {},
  });
  requireRoom(versions.length, rebuilds.length);
  return {
    manifest: {
      environment,
      version,
      apps,
      policy: policy.hash,
      site: site.version,
      ...(Object.keys(needs).length > 0 && { rebuilds: needs }),
      publishedAt: at,
      publishedBy: by,
    },
    replaces: manifest?.version ?? 0,
    versions,
    rebuilds: rebuilds.map((type) =>
      newRebuild({ environment, ...type }, { mode: 'outdated', since: version, at, by, published: at }),
    ),
    policy: { hash: policy.hash, document: encodePolicy(policy) },
    ...(site.isNew && { settings: { version: site.version, settings: site.settings } }),
  };
}

/** Without its record types a pass would be on no page, and nobody could end it or clean up after it. */
function requireTypesOfPasses(grants: readonly OpenGrant[], apps: readonly CheckedApp[]): void {
  const types = new Map(
    apps.map(({ definition }) => [definition.id, new Set(definition.recordTypes.map(({ id }) => id))]),
  );
  const gone = new Map<string, number>();
  for (const { app, recordType, tokenRecord } of grants) {
    for (const place of [{ app, recordType }, ...(tokenRecord ? [tokenRecord] : [])]) {
      if (types.get(place.app)?.has(place.recordType)) continue;
      const name = `${place.app}/${place.recordType}`;
      gone.set(name, (gone.get(name) ?? 0) + 1);
    }
  }
  if (gone.size === 0) return;
  throw new DaypassError(
    'DEFINITION_INVALID',
    undefined,
    [...gone].map(([name, count]) => {
      const [app, recordType] = name.split('/');
      const passes = count === 1 ? 'a pass that is not over needs' : `${count} passes that are not over need`;
      return { path: `/${app}/recordTypes`, message: `must keep “${recordType}”: ${passes} it` };
    }),
  );
}

/** A rebuild takes its own item and the outbox entry that starts it. */
function requireRoom(versions: number, rebuilds: number): void {
  const size = 2 + versions + 2 * rebuilds;
  if (size <= ACTION_LIMIT) return;
  const detail = `publishing these apps in one step would write ${size} items, and ${ACTION_LIMIT} are possible; publish fewer at a time`;
  throw new DaypassError('LIMIT_EXCEEDED', detail);
}

/** SHA-256 of an app's content in hex, whatever order its members came in. */
export function hashApp(app: CheckedApp): string {
  return createHash('sha256').update(canonicalJson(app)).digest('hex');
}

function requireSameKinds({ drafts, published }: PublishInput): void {
  for (const { app, kind } of drafts) {
    const before = published.find(({ definition }) => definition.id === app)?.definition.kind;
    if (before === undefined || before === kind) continue;
    const detail = `"${app}" is an app of kind ${before}, and its draft is of kind ${kind}. Create another app.`;
    throw new DaypassError('APP_KIND_IMMUTABLE', detail, [{ path: `/${app}/kind`, message: detail }]);
  }
}

/** The definitions that the environment will run: the chosen drafts, and what else is there. */
function parseTogether({ drafts, published }: PublishInput): Map<string, AppDefinition> {
  const together = new Map(published.map(({ definition }) => [definition.id, definition]));
  for (const draft of drafts) {
    const parsed = appSchema.safeParse(draft.definition);
    if (parsed.success) together.set(draft.app, parsed.data);
    else together.delete(draft.app);
  }
  return together;
}

function requireRobots({ drafts }: PublishInput, together: ReadonlyMap<string, AppDefinition>): void {
  const problems = drafts.flatMap(({ app }): Problem[] => {
    const definition = together.get(app);
    if (!definition || !hasWork(definition) || definition.robot !== undefined) return [];
    return [
      {
        path: `/${app}/robot`,
        message: `"${definition.name}" has ${definition.tasks.length > 0 ? 'tasks' : 'services'}: name the robot that runs them`,
      },
    ];
  });
  const [first] = problems;
  if (first) throw new DaypassError('ROBOT_MISSING', `${first.path}: ${first.message}`, problems);
}

function checkTogether(input: PublishInput, together: ReadonlyMap<string, AppDefinition>): CheckedApp[] {
  const names: SiteNames = {
    apps: together,
    roles: new Set(input.site.settings.roles.map(({ id }) => id)),
    robots: new Set(input.robots.keys()),
  };
  const chosen = new Map(input.drafts.map((draft) => [draft.app, draft.definition]));
  const problems: Problem[] = [];
  const checked: CheckedApp[] = [];
  for (const id of new Set([...together.keys(), ...chosen.keys()])) {
    const document = chosen.has(id) ? chosen.get(id) : together.get(id);
    const definition = together.get(id);
    if (definition) problems.push(...missingApps(definition, together));
    const result = checkApp(document, names);
    for (const { path, message } of result.problems) problems.push({ path: `/${id}${path}`, message });
    if (!result.app) continue;
    checked.push(result.app);
    problems.push(...consequences(result.app, input));
  }
  if (problems.length === 0) return checked;
  const [first] = problems as [Problem];
  throw new DaypassError('DEFINITION_INVALID', `${first.path}: ${first.message}`, problems);
}

function missingApps(app: AppDefinition, together: ReadonlyMap<string, AppDefinition>): Problem[] {
  return namedApps(app)
    .filter((other) => !together.has(other))
    .map((other) => ({ path: `/${app.id}`, message: `it needs "${other}"; publish that as well` }));
}

/** What an app is right in by itself, and what publishing would nevertheless spoil. */
function consequences(app: CheckedApp, { published, drafts, robots }: PublishInput): Problem[] {
  const { id, accessModel } = app.definition;
  const before = published.find(({ definition }) => definition.id === id);
  const isChosen = drafts.some((draft) => draft.app === id);
  if (before && !isChosen && hashApp(before) !== hashApp(app)) {
    const message = 'it reads fields whose type would change; save it again and publish it as well';
    return [{ path: `/${id}`, message }];
  }
  if (accessModel !== 'roles' && isChosen) {
    const message = `the access model ${accessModel} is not decided by yet: an app with it can be drafted, not published`;
    return [{ path: `/${id}/accessModel`, message }];
  }
  return isChosen ? refusedWork(app.definition, robots) : [];
}
