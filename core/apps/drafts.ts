import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { Grant } from '../grants/grant.ts';
import { type DesignChange, type DesignEvent, designEvent } from '../journal/design-event.ts';
import type { Principal } from '../principals.ts';
import type { Runtime } from '../runtime.ts';
import { changedPlaces } from './changed-places.ts';
import { requireValidApp, type SiteNames } from './check.ts';
import { type AppDefinition, type AppKind, appSchema } from './definition.ts';
import type { DefinitionStore } from './definition-store.ts';
import { type Designer, mayDesign, requireDesign } from './design-access.ts';
import { requireDraftRights, requireSomeRight } from './draft-rights.ts';
import type { Draft } from './manifest.ts';
import { newApp } from './ready-form.ts';
import type { Robots } from './robots.ts';
import { latestSite, readManifests } from './site-version.ts';

/** What use cases of the design plane work with, for one request. */
export interface DesignSession extends Designer {
  /** With what changes are signed for the journal; commands and tests that keep none have none. */
  readonly signing?: Pick<Runtime, 'journal' | 'newId'>;
  readonly definitions: DefinitionStore;
  /** Undefined when absent or deleted. */
  readPrincipal(id: string): Promise<Principal | undefined>;
  /** Passes of an environment that are not over. */
  listOpenGrants(environment: Environment): Promise<Grant[]>;
}

/** An app as the list of all apps shows it. */
export interface AppSummary {
  id: string;
  name: string;
  kind: string;
  draft: { version: number; updatedAt: string; updatedBy: string };
  /** Where it is published, and whether that is the draft as it is now. */
  published: Partial<Record<Environment, { version: number; isDraft: boolean }>>;
}

/** The apps that the caller may read, in order of name. */
export async function listDrafts(session: DesignSession): Promise<AppSummary[]> {
  const { definitions } = session;
  const apps = (await definitions.listApps()).filter(({ id }) =>
    mayDesign(session, 'design:read', { type: 'app', app: id }),
  );
  const [drafts, manifests] = await Promise.all([
    Promise.all(apps.map(({ id }) => definitions.readDraft(id))),
    readManifests(definitions),
  ]);
  const summaries = apps.flatMap(({ id, name, kind }, at): AppSummary[] => {
    const draft = drafts[at];
    if (!draft) return [];
    const { version, updatedAt, updatedBy } = draft;
    const published = [...manifests].flatMap(([environment, { apps }]) => {
      const there = apps[id];
      return there ? [[environment, { version: there.version, isDraft: there.version === version }]] : [];
    });
    return [
      { id, name, kind, draft: { version, updatedAt, updatedBy }, published: Object.fromEntries(published) },
    ];
  });
  return summaries.sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Makes an app with the ready form of its kind, as a draft.
 * @throws DaypassError FORBIDDEN, ALREADY_EXISTS, DEFINITION_INVALID (an id that cannot be one)
 */
export async function createApp(
  session: DesignSession,
  given: { id: string; name: string; kind: AppKind },
): Promise<Draft> {
  requireDesign(session, 'design:create', { type: 'app' });
  const { definition } = requireValidApp(newApp(given), await siteNames(session, given.id, undefined));
  const draft = draftOf(session, definition, given.kind, 1);
  await session.definitions.saveDraft(
    draft,
    given.name,
    noted(session, {
      action: 'create',
      subject: { type: 'app', id: given.id, name: given.name },
      after: { kind: given.kind, version: 1 },
    }),
  );
  return draft;
}

/** @throws DaypassError NOT_FOUND when it is absent, or the caller may not read it */
export async function readDraft(session: DesignSession, app: string): Promise<Draft> {
  requireDesign(session, 'design:read', { type: 'app', app });
  const draft = await session.definitions.readDraft(app);
  if (!draft) throw new DaypassError('NOT_FOUND');
  return draft;
}

/**
 * Saves a draft, checked whole against the drafts of the other apps. What it changes decides which rights it needs:
 * `edit`, `changePermissions`, or both.
 * @param expectedVersion the version that was read and changed
 * @throws DaypassError NOT_FOUND, VERSION_MISMATCH, APP_KIND_IMMUTABLE; FORBIDDEN with the places that need another right;
 * DEFINITION_INVALID with every problem
 */
export async function saveDraft(
  session: DesignSession,
  app: string,
  document: Readonly<Record<string, unknown>>,
  expectedVersion: number,
): Promise<Draft> {
  const before = await readDraft(session, app);
  requireSomeRight(session, before);
  if (before.version !== expectedVersion) {
    throw new DaypassError('VERSION_MISMATCH', `the draft is at version ${before.version}`);
  }
  if (document.kind !== undefined && document.kind !== before.kind) {
    const message = `this is an app of kind ${before.kind}, and its kind stays; create another app instead`;
    throw new DaypassError('APP_KIND_IMMUTABLE', message, [{ path: '/kind', message }]);
  }
  if (document.id !== app) {
    const message = `write "${app}": an app's id stays`;
    throw new DaypassError('DEFINITION_INVALID', `/id: ${message}`, [{ path: '/id', message }]);
  }
  const checked = requireValidApp(document, await siteNames(session, app, document.robot));
  const { definition } = checked;
  requireDraftRights(session, before, checked);
  const draft = draftOf(session, document, before.kind, before.version + 1);
  await session.definitions.saveDraft(
    draft,
    definition.name,
    noted(session, {
      action: 'change',
      subject: { type: 'app', id: app, name: definition.name },
      before: { version: before.version },
      after: { version: draft.version, changed: changedPlaces(before.definition, document) },
    }),
  );
  return draft;
}

/** The change for the journal, signed; undefined where none is kept. */
export function noted(
  { caller, now, signing }: Pick<DesignSession, 'caller' | 'now' | 'signing'>,
  change: DesignChange,
): DesignEvent | undefined {
  return signing && designEvent({ caller, now, runtime: signing }, change);
}

function draftOf(session: DesignSession, definition: unknown, kind: AppKind, version: number): Draft {
  const { id } = definition as AppDefinition;
  return {
    app: id,
    version,
    kind,
    definition,
    updatedAt: new Date(session.now).toISOString(),
    updatedBy: session.caller.principalId,
  };
}

/** What a draft may name: the drafts of the other apps, the site's roles, and its robot if that is one. */
async function siteNames(session: DesignSession, app: string, robot: unknown): Promise<SiteNames> {
  const { definitions } = session;
  const others = (await definitions.listApps()).filter(({ id }) => id !== app);
  const [drafts, site, robots] = await Promise.all([
    Promise.all(others.map(({ id }) => definitions.readDraft(id))),
    readManifests(definitions).then((manifests) => latestSite(definitions, manifests)),
    robotsAmong(session, [robot]),
  ]);
  const apps = drafts.flatMap((draft): [string, AppDefinition][] => {
    const parsed = appSchema.safeParse(draft?.definition);
    return parsed.success ? [[parsed.data.id, parsed.data]] : [];
  });
  return {
    apps: new Map(apps),
    roles: new Set(site.settings.roles.map(({ id }) => id)),
    robots: new Set(robots.keys()),
  };
}

/** Those of the ids that are robots of the site, with the apps that each of them works for. */
export async function robotsAmong(
  session: Pick<DesignSession, 'readPrincipal'>,
  ids: readonly unknown[],
): Promise<Robots> {
  const named = ids.filter((id): id is string => typeof id === 'string' && id !== '');
  const principals = await Promise.all(named.map((id) => session.readPrincipal(id)));
  return new Map(
    principals.flatMap((principal): [string, readonly string[]][] =>
      principal?.type === 'robot' ? [[principal.id, principal.apps ?? []]] : [],
    ),
  );
}
