import { fileURLToPath } from 'node:url';
import { applySite } from '../../../bin/site-files/apply-site.ts';
import { readSiteFiles, type SiteFiles } from '../../../bin/site-files/read-site.ts';
import { checkSite } from '../../../core/apps/check-site.ts';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import type { Manifest } from '../../../core/apps/manifest.ts';
import type { Change } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { Principal } from '../../../core/principals.ts';
import type { Store } from '../../../core/store.ts';
import { DefinitionMemory } from '../../fixtures/definition-memory.ts';

const FOLDER = fileURLToPath(new URL('../../../examples/property-management', import.meta.url));

let definitions: DefinitionMemory;
let files: SiteFiles;
let people: Map<string, Principal>;

beforeEach(async () => {
  definitions = new DefinitionMemory();
  files = await readSiteFiles(FOLDER);
  people = new Map();
});

/** People only, and no passes: nothing else of the store is needed to apply files. */
const store = {
  readPrincipal: async (id: string) => people.get(id),
  listOpenGrants: async () => [],
  commit: async (changes: readonly Change[]) => {
    for (const change of changes)
      if ('principal' in change) people.set(change.principal.id, change.principal);
  },
} as unknown as Store;

function apply(environment: Environment, { replaceDrafts = false } = {}) {
  return applySite(files, environment, {
    definitions: { ...bound(definitions), readPolicy: async () => undefined },
    store,
    siteId: 'site',
    now: Date.parse('2026-01-15T00:00:00.000Z'),
    by: 'test',
    replaceDrafts,
  });
}

function bound(memory: DefinitionMemory) {
  return {
    readManifest: memory.readManifest.bind(memory),
    readDraft: memory.readDraft.bind(memory),
    readVersion: memory.readVersion.bind(memory),
    readSettings: memory.readSettings.bind(memory),
    listApps: memory.listApps.bind(memory),
    readRebuild: memory.readRebuild.bind(memory),
    saveDraft: memory.saveDraft.bind(memory),
    publish: memory.publish.bind(memory),
    changeSettings: memory.changeSettings.bind(memory),
  };
}

function workOrders(): AppDefinitionInput {
  return files.apps.find((app) => (app as AppDefinitionInput).id === 'work-orders') as AppDefinitionInput;
}

describe('applying definition files', () => {
  it('makes drafts of them, publishes them in one step, and adds the people', async () => {
    const applied = await apply('production');

    expect(applied.apps).toEqual([
      { id: 'contractor-tokens', version: 1, changed: true },
      { id: 'work-orders', version: 1, changed: true },
    ]);
    expect(applied.people.map(({ outcome }) => outcome)).toEqual(['added', 'added', 'added', 'added']);
    expect(definitions.publications).toHaveLength(1);
    expect([...definitions.drafts.keys()].sort()).toEqual(['contractor-tokens', 'work-orders']);
  });

  it('twice writes nothing the second time', async () => {
    await apply('production');
    const again = await apply('production');

    expect(again.apps.map(({ changed }) => changed)).toEqual([false, false]);
    expect(definitions.publications).toHaveLength(1);
  });

  it('after a change publishes that app alone, as its next version', async () => {
    await apply('production');
    workOrders().name = 'Jobs';
    const applied = await apply('production');

    expect(applied.apps).toEqual([
      { id: 'contractor-tokens', version: 1, changed: false },
      { id: 'work-orders', version: 2, changed: true },
    ]);
    expect(definitions.publications.at(-1)?.versions.map(({ app }) => app)).toEqual(['work-orders']);
  });

  it('to another environment names the same versions and the same settings', async () => {
    await apply('staging');
    await apply('production');

    const [staging, production] = ['staging', 'production'].map((name) =>
      definitions.manifests.get(name as Environment),
    );
    expect(production?.apps).toEqual(staging?.apps);
    expect(production?.site).toBe(staging?.site);
  });

  it('with other settings never changes the settings that another environment runs with', async () => {
    await apply('staging');
    files.site = { ...files.site, name: 'Another name' };
    await apply('production');

    const named = (environment: Environment) =>
      definitions.settings.get(definitions.manifests.get(environment)?.site ?? 0)?.name;
    expect([named('staging'), named('production')]).toEqual(['ABC Property Management', 'Another name']);
  });

  it('sets environments as the files say, and leaves those that they do not mention', async () => {
    const accounts = (deletion: boolean) => ({ accounts: { manipulation: true, deletion } });
    files.site = { ...files.site, environments: { test: accounts(false), staging: accounts(false) } };
    await apply('production');
    files.site = { ...files.site, environments: { test: accounts(true) } };
    await apply('production');

    const { site = 0 } = definitions.manifests.get('production') ?? {};
    expect(definitions.settings.get(site)?.environments).toEqual({
      test: accounts(true),
      staging: accounts(false),
    });
  });

  it('publishes no app whose robot does not name it', async () => {
    const robot = files.site.people.find(({ kind }) => kind === 'robot');
    delete robot?.apps;
    await expect(apply('production')).rejects.toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [{ path: '/work-orders/robot', message: expect.stringContaining('name another robot') }],
    });
    expect(definitions.publications).toHaveLength(0);
  });

  it('has robots alone work for apps', () => {
    const { site } = files;
    const people = [
      { id: 'ann', kind: 'user', name: 'Ann', email: 'a@b.example', roles: [], apps: ['work-orders'] },
    ];
    expect(checkSite({ ...site, people }).problems).toEqual([
      { path: '/people/0/apps', message: expect.stringContaining('only robots run tasks and services') },
    ]);
  });

  it('leaves apps, roles and robots that the files do not mention, and the apps go on with them', async () => {
    await apply('production');
    const before = definitions.manifests.get('production');
    const { roles, people: all } = files.site;
    files.apps = files.apps.filter((app) => (app as AppDefinitionInput).id === 'contractor-tokens');
    files.site = {
      ...files.site,
      name: 'Another name',
      roles: roles.slice(1),
      people: all.filter(({ kind, roles: held }) => kind === 'user' && !held.includes('dispatcher')),
    };
    const applied = await apply('production');

    const after = definitions.manifests.get('production');
    expect([after?.version, after?.apps]).toEqual([2, before?.apps]);
    expect(definitions.settings.get(after?.site ?? 0)?.roles).toEqual(roles);
    expect(applied.roles).toContainEqual({ id: 'dispatcher', name: 'Dispatcher', outcome: 'kept' });
  });

  it('with a mistake in one of them writes nothing at all', async () => {
    workOrders().robot = 'nobody';
    const refused = await apply('production').catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(DaypassError);
    expect((refused as DaypassError).problems).toEqual([
      { path: '/work-orders/robot', message: 'there is no robot "nobody". There is "work-order-robot".' },
    ]);
    expect([definitions.drafts.size, definitions.publications.length, people.size]).toEqual([0, 0, 0]);
  });

  describe('over a draft that somebody saved on the pages', () => {
    const draft = () => definitions.drafts.get('work-orders');
    /** Saves what the files do not say, as the version after the newest. */
    async function saveOnPages() {
      await definitions.saveDraft(
        {
          app: 'work-orders',
          version: (draft()?.version ?? 0) + 1,
          kind: 'records',
          definition: { ...workOrders(), name: 'Work in progress' },
          updatedAt: '2026-01-14T12:00:00.000Z',
          updatedBy: 'dana',
        },
        'Work in progress',
      );
    }

    beforeEach(async () => {
      await apply('production');
      await saveOnPages();
    });

    it('refuses while it is published nowhere, and says whose it is', async () => {
      const refused = await apply('production').catch((error: unknown) => error);

      expect(refused).toMatchObject({
        code: 'CONFIRMATION_NEEDED',
        message: expect.stringContaining('--replace-drafts'),
        problems: [
          {
            path: '/work-orders',
            message: 'version 2, saved by dana at 2026-01-14T12:00:00.000Z, is published nowhere',
          },
        ],
      });
      expect([draft()?.updatedBy, definitions.publications.length]).toEqual(['dana', 1]);
    });

    it('replaces it when told to', async () => {
      const { apps } = await apply('production', { replaceDrafts: true });

      expect(apps).toContainEqual({ id: 'work-orders', version: 3, changed: true });
      expect(draft()?.updatedBy).toBe('test');
    });

    it('goes on where the draft is what an environment runs already: that version stays', async () => {
      const manifest = definitions.manifests.get('production') as Manifest;
      const hash = 'of the draft';
      definitions.manifests.set('staging', {
        ...manifest,
        environment: 'staging',
        apps: { 'work-orders': { version: 2, hash } },
      });
      expect((await apply('production')).apps).toContainEqual({
        id: 'work-orders',
        version: 3,
        changed: true,
      });
    });
  });

  it('never turns an app into one of another kind', async () => {
    await apply('production');
    workOrders().kind = 'users';
    const refused = await apply('staging').catch((error: unknown) => error);

    expect((refused as DaypassError).code).toBe('APP_KIND_IMMUTABLE');
    expect(definitions.drafts.get('work-orders')?.version).toBe(1);
  });
});
