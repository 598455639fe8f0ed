import { createSecretKey } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { applySite } from '../../../bin/site-files/apply-site.ts';
import { readSiteFiles, type SiteFiles } from '../../../bin/site-files/read-site.ts';
import type { AppDefinition } from '../../../core/apps/definition.ts';
import type { Manifest } from '../../../core/apps/manifest.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { Principal } from '../../../core/principals.ts';
import type { Store } from '../../../core/store.ts';
import type { Definitions } from '../../../lambdas/shared/table/definitions.ts';
import { DefinitionMemory } from '../../fixtures/definition-memory.ts';

const FOLDER = fileURLToPath(new URL('../../../examples/property-management', import.meta.url));
const NOW = Date.UTC(2027, 2, 10, 12);
const AT = '2027-03-10T12:00:00.000Z';
const KEY = createSecretKey(Buffer.alloc(32, 'j'));

let definitions: DefinitionMemory;
let files: SiteFiles;
let people: Map<string, Principal>;
let asked: Environment[];

beforeEach(async () => {
  definitions = new DefinitionMemory();
  files = await readSiteFiles(FOLDER);
  people = new Map();
  asked = [];
});

function apply(environment: Environment = 'production', replaceDrafts = false) {
  const store = {
    readPrincipal: async (id: string) => people.get(id),
    async listOpenGrants(environment: Environment) {
      asked.push(environment);
      return [];
    },
    commit: async () => undefined,
  } as unknown as Store;
  return applySite(files, environment, {
    definitions: definitions as unknown as Definitions,
    store,
    siteId: 'site',
    now: NOW,
    by: 'apply by ann',
    replaceDrafts,
    signing: { journal: { active: '0001', key: () => KEY }, newId: () => 'e1' },
  });
}

const event = (content: object) => ({
  ...content,
  id: 'e1',
  at: AT,
  actor: { id: 'operator', type: 'user', name: 'apply by ann' },
  keyId: '0001',
  mac: expect.any(String),
});

const orders = () => files.apps.find((app) => (app as AppDefinition).id === 'work-orders') as AppDefinition;
/** Roles that are no more than a name. */
const roles = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `role-${at}`, name: `Role ${at}`, environments: [] }));

async function refusal(work: Promise<unknown>) {
  try {
    return { code: 'none', answer: await work };
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    return { code: error.code, message: error.message, problems: error.problems };
  }
}

describe('files that are applied', () => {
  it('[D12] tell the journal of every app, role and environment, and of what runs now', async () => {
    await apply();
    expect(asked).toEqual(['production']);
    expect(definitions.events).toEqual([
      event({
        action: 'create',
        subject: { type: 'app', id: 'contractor-tokens', name: 'Contractor Tokens' },
        after: { kind: 'tokens', version: 1 },
      }),
      event({
        action: 'create',
        subject: { type: 'app', id: 'work-orders', name: 'Property Management Work Orders' },
        after: { kind: 'records', version: 1 },
      }),
    ]);
    const first = definitions.publications[0];
    expect(first?.event).toEqual(
      event({
        action: 'publish',
        subject: { type: 'environment', id: 'production', name: 'production' },
        before: {},
        after: { 'contractor-tokens': 1, 'work-orders': 1 },
      }),
    );
    expect(
      first?.settingsEvents?.map(({ action, subject: { type, id } }) => `${action} ${type} ${id}`),
    ).toEqual(files.site.roles.map(({ id }) => `create role ${id}`));
    expect([first?.manifest.publishedBy, first?.manifest.publishedAt]).toEqual(['apply by ann', AT]);

    const [dispatcher, ...rest] = files.site.roles as [(typeof files.site.roles)[number]];
    const test = { accounts: { manipulation: true, deletion: true } };
    files.site = {
      ...files.site,
      roles: [{ ...dispatcher, name: 'Desk' }, ...rest, ...roles(1)],
      environments: { test },
    };
    Object.assign(orders(), { name: 'Jobs' });
    const applied = await apply();
    expect(applied).toEqual({
      environment: 'production',
      roles: [
        { id: dispatcher.id, name: 'Desk', outcome: 'updated' },
        ...rest.map(({ id, name }) => ({ id, name, outcome: 'unchanged' })),
        { id: 'role-0', name: 'Role 0', outcome: 'added' },
      ],
      environments: ['test'],
      apps: [
        { id: 'contractor-tokens', version: 1, changed: false },
        { id: 'work-orders', version: 2, changed: true },
      ],
      people: expect.any(Array),
    });
    expect(definitions.events.slice(2)).toEqual([
      event({
        action: 'change',
        subject: { type: 'app', id: 'work-orders', name: 'Jobs' },
        before: { version: 1 },
        after: { version: 2, changed: ['/name'] },
      }),
    ]);
    const second = definitions.publications[1];
    expect(second?.event).toMatchObject({ before: { 'work-orders': 1 }, after: { 'work-orders': 2 } });
    expect(
      second?.settingsEvents?.map(({ action, subject: { type, id } }) => `${action} ${type} ${id}`),
    ).toEqual([`change role ${dispatcher.id}`, 'create role role-0', 'change environment test']);
    expect([second?.manifest.site, second?.settings?.version]).toEqual([2, 2]);
  });

  it('become the drafts of whoever applies them, as they are written', async () => {
    await apply('staging');
    expect(definitions.drafts.get('work-orders')).toEqual({
      app: 'work-orders',
      version: 1,
      kind: 'records',
      definition: orders(),
      updatedAt: AT,
      updatedBy: 'apply by ann',
    });
    expect(await definitions.listApps()).toEqual([
      { id: 'contractor-tokens', name: 'Contractor Tokens', kind: 'tokens' },
      { id: 'work-orders', name: 'Property Management Work Orders', kind: 'records' },
    ]);
  });

  it('go on waiting for rebuilds that have not finished, and for no others', async () => {
    await apply();
    const manifest = definitions.manifests.get('production') as Manifest;
    const rebuilds = {
      'work-orders/work-order': { since: 1, indexes: ['all/x'] },
      'contractor-tokens/contractor': { since: 1, indexes: ['all/y'] },
    };
    definitions.manifests.set('production', { ...manifest, rebuilds });
    definitions.rebuilds.set('production work-orders work-order', { built: 1 } as never);
    files.site = { ...files.site, name: 'Another name' };
    await apply();
    const { 'work-orders/work-order': _, ...left } = rebuilds;
    expect(definitions.manifests.get('production')?.rebuilds).toEqual(left);
  });

  it('find the robots of the site that only published apps name', async () => {
    await apply();
    for (const { id, kind, name, apps } of files.site.people) {
      if (kind === 'robot') people.set(id, { id, name, type: kind, apps } as Principal);
    }
    files.apps = [newApp({ id: 'notes', name: 'Notes', kind: 'records' })];
    files.site = { ...files.site, people: [] };
    expect((await apply()).apps).toEqual([{ id: 'notes', version: 1, changed: true }]);
  });

  it('are refused when their roles and apps do not fit into one step: nothing is written then', async () => {
    // Manifest, policy, settings and its own entry; two apps; one entry for each role.
    const known = files.site.roles.length;
    files.site = { ...files.site, roles: [...files.site.roles, ...roles(84 - known)] };
    expect((await refusal(apply())).code).toBe('none');
    definitions = new DefinitionMemory();
    files.site = { ...files.site, roles: [...files.site.roles, ...roles(85).slice(-1)] };
    expect(await refusal(apply())).toEqual({
      code: 'LIMIT_EXCEEDED',
      message:
        '85 roles and environments and 2 apps would change in one step, which takes 91 writes of 90 at most; apply fewer roles first: those that site.json does not mention stay',
      problems: [],
    });
    expect([definitions.drafts.size, definitions.publications]).toEqual([0, []]);
  });

  it('name every draft that would be lost, whose it is and since when', async () => {
    await apply();
    const others = async (app: string, updatedBy: string) => {
      const draft = definitions.drafts.get(app);
      if (!draft) throw new Error(`There is no ${app}`);
      const definition = { ...(draft.definition as object), description: 'Somebody else’s' };
      await definitions.saveDraft({ ...draft, version: 2, definition, updatedBy, updatedAt: AT }, 'Name');
    };
    people.set('dana', { id: 'dana', name: 'Dana Dispatcher' } as Principal);
    await others('work-orders', 'dana');
    await others('contractor-tokens', 'gone');
    expect(await refusal(apply())).toEqual({
      code: 'CONFIRMATION_NEEDED',
      message:
        'Drafts that nobody has published would be lost. Publish them, or apply with --replace-drafts.',
      problems: [
        { path: '/contractor-tokens', message: `version 2, saved by gone at ${AT}, is published nowhere` },
        {
          path: '/work-orders',
          message: `version 2, saved by Dana Dispatcher at ${AT}, is published nowhere`,
        },
      ],
    });
    expect(definitions.publications).toHaveLength(1);
    expect((await refusal(apply('production', true))).code).toBe('none');
  });

  it('replace what they have left themselves, published or not', async () => {
    await apply();
    const draft = definitions.drafts.get('work-orders');
    if (!draft) throw new Error('There is no draft');
    const definition = { ...orders(), description: 'An attempt' };
    await definitions.saveDraft({ ...draft, version: 2, definition }, 'Name');
    expect((await apply()).apps).toContainEqual({ id: 'work-orders', version: 3, changed: true });
  });
});
