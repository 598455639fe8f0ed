import { ENVIRONMENTS, type Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { newRebuild, type Rebuild, typeName } from '../lists/rebuild.ts';
import { startOf } from '../lists/start-rebuild.ts';
import type { Runtime } from '../runtime.ts';
import { mayDesign, requireDesign } from './design-access.ts';
import { type DesignSession, noted } from './drafts.ts';
import type { Manifest } from './manifest.ts';

/** The design plane, with what is needed to write. */
export interface RebuildSession extends DesignSession {
  readonly runtime: Pick<Runtime, 'store'>;
}

/** How the indexes of a record type's lists are, in one environment. */
export interface IndexState {
  environment: Environment;
  app: string;
  appName: string;
  recordType: string;
  name: string;
  /** Whether all lists show all records; some may have to wait for a rebuild. */
  ready: boolean;
  /** Whether the caller may have them written anew. */
  mayRebuild: boolean;
  rebuild?: Pick<
    Rebuild,
    'id' | 'mode' | 'status' | 'done' | 'known' | 'requestedAt' | 'updatedAt' | 'finishedAt'
  >;
}

/** Whoever sees no progress for so long may start again. */
const STALLED_MS = 5 * 60_000;

/**
 * The indexes of all record types that an environment runs, of those apps that the caller may read.
 * @throws DaypassError FORBIDDEN when there are apps, and the caller may read none of them
 */
export async function listIndexStates(
  session: RebuildSession,
  environment: Environment,
): Promise<IndexState[]> {
  const manifest = await session.definitions.readManifest(environment);
  const apps = Object.keys(manifest?.apps ?? {});
  const readable = apps.filter((app) => mayDesign(session, 'design:read', { type: 'app', app }));
  if (readable.length === 0) requireDesign(session, 'design:read', { type: 'app' });
  const states = await Promise.all(
    readable.map((app) => statesOf(session, environment, manifest as Manifest, app)),
  );
  return states.flat();
}

/** The same for every environment. */
export async function listAllIndexStates(session: RebuildSession): Promise<IndexState[]> {
  const states = await Promise.all(ENVIRONMENTS.map((each) => listIndexStates(session, each)));
  return states.flat();
}

/**
 * Refresh Searchable Fields: writes the index items of all records of a type anew, while they are worked with.
 * @throws DaypassError NOT_FOUND, FORBIDDEN; CONFLICT while a rebuild makes progress
 */
export async function startRebuild(
  session: RebuildSession,
  environment: Environment,
  app: string,
  recordType: string,
): Promise<IndexState> {
  requireDesign(session, 'design:edit', { type: 'app', app });
  const manifest = await session.definitions.readManifest(environment);
  if (!manifest?.apps[app]) throw new DaypassError('NOT_FOUND');
  const states = await statesOf(session, environment, manifest, app);
  const state = states.find((each) => each.recordType === recordType);
  if (!state) throw new DaypassError('NOT_FOUND');
  const { rebuild: last } = state;
  const isGoingOn = last?.status === 'requested' || last?.status === 'running';
  if (isGoingOn && session.now - Date.parse(last.updatedAt) < STALLED_MS) {
    throw new DaypassError(
      'CONFLICT',
      `it is under way: ${last.done} of ${last.known ?? '…'} records are done`,
    );
  }
  const rebuild = newRebuild(
    { environment, app, recordType },
    {
      mode: 'all',
      since: manifest.version,
      at: new Date(session.now).toISOString(),
      by: session.caller.principalId,
      published: manifest.publishedAt,
    },
  );
  const event = noted(session, {
    action: 'rebuild',
    subject: { type: 'app', id: app, name: state.appName },
    after: { environment, recordType },
  });
  await session.runtime.store.commit([
    { kind: 'requestRebuild', rebuild },
    { kind: 'addOutbox', entry: startOf(rebuild) },
    ...(event ? [{ kind: 'addDesignEvent', event } as const] : []),
  ]);
  return { ...state, rebuild: shown(rebuild) };
}

async function statesOf(
  session: RebuildSession,
  environment: Environment,
  manifest: Manifest,
  app: string,
): Promise<IndexState[]> {
  const version = manifest.apps[app]?.version ?? 0;
  const { definition } = (await session.definitions.readVersion(app, version)) ?? {};
  if (!definition) return [];
  const mayRebuild = mayDesign(session, 'design:edit', { type: 'app', app });
  return Promise.all(
    definition.recordTypes.map(async ({ id, plural }) => {
      const rebuild = await session.definitions.readRebuild({ environment, app, recordType: id });
      const need = manifest.rebuilds?.[typeName({ app, recordType: id })];
      return {
        environment,
        app,
        appName: definition.name,
        recordType: id,
        name: plural,
        ready: need === undefined || (rebuild?.built ?? 0) >= need.since,
        mayRebuild,
        ...(rebuild && { rebuild: shown(rebuild) }),
      };
    }),
  );
}

function shown(rebuild: Rebuild): NonNullable<IndexState['rebuild']> {
  const { id, mode, status, done, known, requestedAt, updatedAt, finishedAt } = rebuild;
  return {
    id,
    mode,
    status,
    done,
    ...(known !== undefined && { known }),
    requestedAt,
    updatedAt,
    ...(finishedAt !== undefined && { finishedAt }),
  };
}
