import { createSecretKey } from 'node:crypto';
import type { SettingsPublication } from '../../../core/apps/definition-store.ts';
import type { DesignSession } from '../../../core/apps/drafts.ts';
import type { Manifest } from '../../../core/apps/manifest.ts';
import { publishApps } from '../../../core/apps/publishing.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import { changeSettings, readSettings } from '../../../core/apps/settings.ts';
import { latestSite, readManifests } from '../../../core/apps/site-version.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { DesignChange } from '../../../core/journal/design-event.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import type { SiteSettings } from '../../../core/runtime.ts';
import { DefinitionMemory } from '../../fixtures/definition-memory.ts';

const NOW = Date.UTC(2027, 2, 10, 12);
const KEY = createSecretKey(Buffer.alloc(32, 'j'));
const CLERK = { id: 'clerk', name: 'Clerk', environments: ['test' as const], accounts: { update: true } };
const NOTE: DesignChange = { action: 'create', subject: { type: 'role', id: 'clerk', name: 'Clerk' } };

/** A store in which somebody else writes first, as often as is said. */
class Busy extends DefinitionMemory {
  left = 0;
  failure = new DaypassError('CONFLICT');
  readonly written: SettingsPublication[] = [];

  override async changeSettings(publication: SettingsPublication) {
    this.written.push(publication);
    if (this.left-- > 0) throw this.failure;
    return super.changeSettings(publication);
  }
}

let definitions: Busy;
let session: DesignSession;

beforeEach(() => {
  definitions = new Busy();
  session = {
    caller: {
      outcome: 'ok',
      principalId: 'olga',
      type: 'user',
      name: 'Olga',
      roles: ['Owner'],
      profiles: [],
      channel: 'api',
    },
    now: NOW,
    definitions,
    signing: { journal: { active: '0001', key: () => KEY }, newId: () => 'e1' },
    listOpenGrants: async () => [],
    readPrincipal: async () => undefined,
  };
});

const adding = ({ settings }: { settings: SiteSettings }): SiteSettings => ({ ...settings, roles: [CLERK] });
const note = () => NOTE;

async function runs(environment: 'test' | 'production', app: string) {
  const definition = newApp({ id: app, name: app, kind: 'records' });
  await definitions.saveDraft(
    { app, version: 1, kind: 'records', definition, updatedAt: '', updatedBy: 'dora' },
    app,
  );
  await publishApps({ ...session, now: NOW - 1000 }, environment, [app]);
}

describe('the settings of a site', () => {
  it('are those of a site without a name until somebody says something', async () => {
    const unnamed = { name: 'Daypass', contact: '', roles: [] };
    expect(await readSettings(session)).toEqual({
      version: 1,
      settings: unnamed,
      isNew: true,
      manifests: new Map(),
    });
  });

  it('are the newest that any environment runs with', async () => {
    const manifest = (environment: 'test' | 'staging' | 'production', site: number) =>
      definitions.manifests.set(environment, { environment, site } as Manifest);
    manifest('production', 2);
    manifest('test', 5);
    manifest('staging', 4);
    const five = { name: 'Five', contact: '', roles: [] };
    definitions.settings.set(5, five);
    const manifests = await readManifests(definitions);
    expect([...manifests].map(([name, { environment, site }]) => [name, environment, site])).toEqual([
      ['test', 'test', 5],
      ['staging', 'staging', 4],
      ['production', 'production', 2],
    ]);
    expect(await latestSite(definitions, manifests)).toEqual({ version: 5, settings: five, isNew: false });
  });

  it('begin with development where nothing runs yet', async () => {
    const made = await changeSettings(session, adding, { note });
    const settings = { name: 'Daypass', contact: '', roles: [CLERK] };
    const policy = sitePolicy({
      roles: [CLERK],
      apps: [],
      accounts: { manipulation: false, deletion: false },
    });
    expect(made).toEqual({ version: 1, settings, isNew: false });
    expect(definitions.written).toEqual([
      {
        version: 1,
        settings,
        environments: [
          {
            manifest: {
              environment: 'development',
              version: 1,
              apps: {},
              policy: policy.hash,
              site: 1,
              publishedAt: '2027-03-10T12:00:00.000Z',
              publishedBy: 'olga',
            },
            replaces: 0,
            policy: { hash: policy.hash, document: expect.any(String) },
          },
        ],
        event: {
          ...NOTE,
          id: 'e1',
          at: '2027-03-10T12:00:00.000Z',
          actor: { id: 'olga', type: 'user', name: 'Olga' },
          keyId: '0001',
          mac: expect.any(String),
        },
      },
    ]);
    expect(await readSettings(session)).toMatchObject({ version: 1, settings, isNew: false });
  });

  it('[A12] change everywhere at once: each environment keeps what it runs, under rules made anew for it', async () => {
    await runs('test', 'notes');
    await runs('production', 'errands');
    const before = new Map(definitions.manifests);
    const rebuilds = { 'notes/record': { since: 1, indexes: ['all/x'] } };
    const test = { ...(before.get('test') as Manifest), rebuilds };
    definitions.manifests.set('test', test);
    const made = await changeSettings(session, adding, { note, expectedVersion: 1, removedRole: 'porter' });

    expect(made.version).toBe(2);
    const [written] = definitions.written;
    const apps = async (manifest: Manifest) => [
      (await definitions.readVersion(Object.keys(manifest.apps)[0] as string, 1)) as never,
    ];
    const expected = await Promise.all(
      [test, before.get('production') as Manifest].map(async (manifest) => {
        const accounts = manifest.environment === 'production';
        const { hash } = sitePolicy({
          roles: [CLERK],
          apps: await apps(manifest),
          accounts: { manipulation: accounts, deletion: accounts },
        });
        return {
          manifest: { ...manifest, version: 2, policy: hash, site: 2 },
          replaces: 1,
          policy: { hash, document: expect.any(String) },
        };
      }),
    );
    expect(written?.environments).toEqual(expected);
    expect(new Set(expected.map(({ policy }) => policy.hash)).size).toBe(2);
    for (const { policy } of written?.environments ?? []) {
      expect(loadPolicy(policy.document).document.hash).toBe(policy.hash);
    }
    expect([written?.version, written?.removedRole]).toEqual([2, 'porter']);
  });

  it('are refused to whoever read an earlier version, before anything is planned', async () => {
    await changeSettings(session, adding, { note });
    const planned: unknown[] = [];
    const change = changeSettings(
      session,
      (state) => {
        planned.push(state);
        return state.settings;
      },
      { note, expectedVersion: 2 },
    );
    await expect(change).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      message: "the site's settings are at version 1",
    });
    expect([planned, definitions.written.length]).toEqual([[], 1]);
  });

  it('are planned anew, five times at most, when somebody else writes in between', async () => {
    definitions.left = 4;
    expect((await changeSettings(session, adding, { note })).version).toBe(1);
    expect(definitions.written).toHaveLength(5);
    definitions.left = 5;
    await expect(changeSettings(session, adding, { note })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(definitions.written).toHaveLength(10);
  });

  it('are not planned anew when something else is in the way', async () => {
    definitions.left = 1;
    definitions.failure = new DaypassError('ROLE_IN_USE');
    await expect(changeSettings(session, adding, { note })).rejects.toMatchObject({ code: 'ROLE_IN_USE' });
    definitions.left = 1;
    definitions.failure = new Error('no table') as DaypassError;
    await expect(changeSettings(session, adding, { note })).rejects.toThrow('no table');
    expect(definitions.written).toHaveLength(2);
  });
});
