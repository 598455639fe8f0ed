import { createSecretKey } from 'node:crypto';
import type { AppDefinition } from '../../../core/apps/definition.ts';
import type { DefinitionStore } from '../../../core/apps/definition-store.ts';
import type { Manifest } from '../../../core/apps/manifest.ts';
import {
  type IndexState,
  listAllIndexStates,
  listIndexStates,
  type RebuildSession,
  startRebuild,
} from '../../../core/apps/rebuilding.ts';
import type { Change } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import type { Rebuild } from '../../../core/lists/rebuild.ts';
import { DEVELOPER, PUBLISHER } from '../../../core/policy/built-in.ts';

const NOW = Date.UTC(2027, 2, 10, 12);
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const KEY = createSecretKey(Buffer.alloc(32, 'j'));

function appOf(id: string, ...types: string[]) {
  const recordTypes = types.map((type) => ({ id: type, name: type, plural: `${type}s` }));
  return { id, name: `The ${id}`, recordTypes } as unknown as AppDefinition;
}

/** Versions of apps by the id and number that a manifest names. */
const VERSIONS = new Map([
  ['jobs 3', appOf('jobs', 'job', 'visit')],
  ['jobs 2', appOf('jobs', 'job')],
  ['pool 1', appOf('pool', 'key')],
]);

function manifestOf(
  environment: Environment,
  apps: Record<string, number>,
  more: Partial<Manifest> = {},
): Manifest {
  return {
    environment,
    version: 7,
    apps: Object.fromEntries(Object.entries(apps).map(([id, version]) => [id, { version, hash: 'h' }])),
    policy: 'p',
    site: 1,
    publishedAt: '2027-03-09T00:00:00.000Z',
    publishedBy: 'dana',
    ...more,
  };
}

function rebuildOf(more: Partial<Rebuild> = {}): Rebuild {
  return {
    id: 'b1',
    environment: 'production',
    app: 'jobs',
    recordType: 'job',
    mode: 'outdated',
    status: 'running',
    since: 5,
    done: 4,
    notBefore: ago(0),
    requestedAt: ago(90_000),
    requestedBy: 'dana',
    updatedAt: ago(60_000),
    ...more,
  };
}

interface Given {
  roles?: string[];
  manifests?: Manifest[];
  rebuilds?: Rebuild[];
}

let committed: Change[];
beforeEach(() => {
  committed = [];
});

function sessionOf({ roles = [DEVELOPER], manifests = [], rebuilds = [] }: Given): RebuildSession {
  const definitions: Partial<DefinitionStore> = {
    readManifest: async (environment) => manifests.find((each) => each.environment === environment),
    async readVersion(app, version) {
      const definition = VERSIONS.get(`${app} ${version}`);
      return definition && { definition, expressions: {} };
    },
    readRebuild: async (asked) =>
      rebuilds.find(
        ({ environment, app, recordType }) =>
          [environment, app, recordType].join() === [asked.environment, asked.app, asked.recordType].join(),
      ),
  };
  return {
    caller: {
      outcome: 'ok',
      principalId: 'dora',
      type: 'user',
      name: 'Dora',
      roles,
      profiles: [],
      channel: 'api',
    },
    now: NOW,
    definitions: definitions as DefinitionStore,
    signing: { journal: { active: '0001', key: () => KEY }, newId: () => 'e1' },
    runtime: {
      store: {
        commit: async (changes: Change[]) => {
          committed.push(...changes);
        },
      },
    },
  } as unknown as RebuildSession;
}

const JOB: IndexState = {
  environment: 'production',
  app: 'jobs',
  appName: 'The jobs',
  recordType: 'job',
  name: 'jobs',
  ready: true,
  mayRebuild: true,
};
const VISIT = { ...JOB, recordType: 'visit', name: 'visits' };
const KEYS = { ...JOB, app: 'pool', appName: 'The pool', recordType: 'key', name: 'keys' };
const PRODUCTION = manifestOf('production', { jobs: 3, pool: 1 });

describe('how the lists of an environment are', () => {
  it('[V32] is told of each type of the versions that run there', async () => {
    const session = sessionOf({ manifests: [PRODUCTION, manifestOf('test', { jobs: 2 })] });
    expect(await listIndexStates(session, 'production')).toEqual([JOB, VISIT, KEYS]);
    expect(await listAllIndexStates(session)).toEqual([{ ...JOB, environment: 'test' }, JOB, VISIT, KEYS]);
    expect(await listIndexStates(session, 'staging')).toEqual([]);
  });

  it('[V32] is not ready until a rebuild has finished that was asked for as late as it is needed', async () => {
    const rebuilds = {
      'jobs/visit': { since: 6, indexes: ['all/x'] },
      'pool/key': { since: 6, indexes: ['all/x'] },
    };
    const visit = {
      recordType: 'visit',
      status: 'finished',
      finishedAt: ago(1000),
      known: 9,
      built: 5,
    } as const;
    const states = (built: number) =>
      listIndexStates(
        sessionOf({
          manifests: [{ ...PRODUCTION, rebuilds }],
          rebuilds: [rebuildOf({ ...visit, built }), rebuildOf({ environment: 'test' })],
        }),
        'production',
      );
    const rebuild = {
      id: 'b1',
      mode: 'outdated',
      status: 'finished',
      done: 4,
      known: 9,
      requestedAt: ago(90_000),
      updatedAt: ago(60_000),
      finishedAt: ago(1000),
    };
    const waiting = { ...KEYS, ready: false };
    expect(await states(5)).toEqual([JOB, { ...VISIT, ready: false, rebuild }, waiting]);
    expect(await states(6)).toEqual([JOB, { ...VISIT, rebuild }, waiting]);
  });

  it('[V32] is shown to readers of apps without the right to write them anew, and to nobody else', async () => {
    const publisher = sessionOf({ roles: [PUBLISHER], manifests: [PRODUCTION] });
    expect((await listIndexStates(publisher, 'production')).map(({ mayRebuild }) => mayRebuild)).toEqual([
      false,
      false,
      false,
    ]);
    const nobody = sessionOf({ roles: ['clerk'], manifests: [PRODUCTION] });
    await expect(listIndexStates(nobody, 'production')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(listIndexStates(nobody, 'staging')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('writing lists anew', () => {
  const start = (session: RebuildSession, app = 'jobs', recordType = 'visit') =>
    startRebuild(session, 'production', app, recordType);

  it('[V32, D12] asks for all records of the type, starts it, and tells the journal, in one step', async () => {
    const state = await start(sessionOf({ manifests: [PRODUCTION] }));
    const at = ago(0);
    const shown = {
      id: expect.any(String),
      mode: 'all',
      status: 'requested',
      done: 0,
      requestedAt: at,
      updatedAt: at,
    };
    expect(state).toEqual({ ...VISIT, rebuild: shown });
    const place = { environment: 'production', app: 'jobs', recordType: 'visit' };
    const id = state.rebuild?.id;
    expect(committed).toEqual([
      {
        kind: 'requestRebuild',
        rebuild: {
          ...place,
          ...shown,
          id,
          since: 7,
          // A minute after what runs was published: requests that began before have ended by then.
          notBefore: '2027-03-09T00:01:00.000Z',
          requestedBy: 'dora',
        },
      },
      {
        kind: 'addOutbox',
        entry: {
          id: `rebuild-${id}`,
          createdAt: at,
          action: { type: 'startRebuild', rebuildId: id, ...place },
        },
      },
      {
        kind: 'addDesignEvent',
        event: {
          id: 'e1',
          at,
          actor: { id: 'dora', type: 'user', name: 'Dora' },
          action: 'rebuild',
          subject: { type: 'app', id: 'jobs', name: 'The jobs' },
          after: { environment: 'production', recordType: 'visit' },
          keyId: '0001',
          mac: expect.any(String),
        },
      },
    ]);
  });

  it.each<[status: Rebuild['status'], idle: number, known: number | undefined, refused: string | undefined]>([
    ['requested', 0, undefined, 'it is under way: 4 of … records are done'],
    ['running', 5 * 60_000 - 1, 9, 'it is under way: 4 of 9 records are done'],
    // Nobody has heard of it for five minutes: it may have been lost.
    ['running', 5 * 60_000, 9, undefined],
    ['requested', 5 * 60_000, undefined, undefined],
    ['finished', 0, 9, undefined],
    ['failed', 0, 9, undefined],
  ])(
    '[V32] again, when the last one is %s and was heard of %d ms ago',
    async (status, idle, known, refused) => {
      const last = rebuildOf({ status, updatedAt: ago(idle), ...(known !== undefined && { known }) });
      const again = start(sessionOf({ manifests: [PRODUCTION], rebuilds: [last] }), 'jobs', 'job');
      if (refused === undefined) expect((await again).rebuild?.status).toBe('requested');
      else await expect(again).rejects.toMatchObject({ code: 'CONFLICT', message: refused });
      expect(committed.length).toBe(refused === undefined ? 3 : 0);
    },
  );

  it('[V32] of what does not run there, or by who may not, changes nothing', async () => {
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'none',
        ({ code }) => code,
      );
    const staging = manifestOf('staging', { pool: 1 });
    const session = sessionOf({ manifests: [PRODUCTION, staging] });
    expect([
      await codeOf(start(session, 'jobs', 'key')),
      await codeOf(start(session, 'other', 'job')),
      await codeOf(startRebuild(session, 'staging', 'jobs', 'job')),
      await codeOf(startRebuild(session, 'test', 'jobs', 'job')),
      await codeOf(start(sessionOf({ roles: [PUBLISHER], manifests: [PRODUCTION] }))),
      await codeOf(start(sessionOf({ roles: [], manifests: [PRODUCTION] }))),
      committed,
    ]).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'FORBIDDEN', 'NOT_FOUND', []]);
  });
});
