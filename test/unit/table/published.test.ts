import type { Manifest } from '../../../core/apps/manifest.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { accountSettings } from '../../../core/people/environment-settings.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import { encodePolicy } from '../../../core/policy/text.ts';
import type { SiteSettings } from '../../../core/runtime.ts';
import { type Definitions, publishedSource } from '../../../lambdas/shared/table/definitions.ts';

const settings: SiteSettings = { name: 'Example', contact: 'somebody@example.org', roles: [] };
const policy = sitePolicy({ roles: [], apps: [], accounts: accountSettings(settings, 'test') });
const manifest: Manifest = {
  environment: 'test',
  version: 1,
  apps: {},
  policy: policy.hash,
  site: 1,
  publishedAt: '2026-01-01T00:00:00.000Z',
  publishedBy: 'u1',
};

/** Definitions of which all but the manifest can fail, and what was read of them. */
function stand(first: Partial<Manifest> = {}) {
  const state = {
    manifest: { ...manifest, ...first } as Manifest | undefined,
    policy: encodePolicy(policy) as string | undefined,
    read: [] as string[],
  };
  const definitions = {
    async readManifest(environment: Environment) {
      return state.manifest && { ...state.manifest, environment };
    },
    async readSettings(version: number) {
      state.read.push(`settings ${version}`);
      return version < 9 ? { ...settings, name: `Version ${version}` } : undefined;
    },
    async readPolicy(hash: string) {
      state.read.push(`policy ${hash === policy.hash ? 'one' : hash}`);
      return state.policy;
    },
    async readVersion(app: string, version: number) {
      state.read.push(`${app} ${version}`);
      return undefined;
    },
  } as unknown as Definitions;
  return { state, published: publishedSource(definitions) };
}

const refused = (answer: Promise<unknown>) =>
  answer.then(
    () => 'found',
    (error: unknown) => error instanceof DaypassError && `${error.code}: ${error.message}`,
  );

describe('what is published', () => {
  it('is the settings, the policy and the rebuilds that the manifest names, in its environment', async () => {
    const rebuilds = { 'desk/job': { since: 1, indexes: ['open/all'] } };
    const { published } = stand({ site: 3, rebuilds });
    const found = await published('staging');

    expect(found).toMatchObject({ environment: 'staging', settings: { name: 'Version 3' }, rebuilds });
    expect(found.policy).toBeDefined();
    expect(await stand().published('test')).not.toHaveProperty('rebuilds');
  });

  it('is read once for every manifest, and anew when any of it is another', async () => {
    const { state, published } = stand();
    const first = await published('test');
    expect(await published('test')).toBe(first);
    expect(state.read).toEqual(['settings 1', 'policy one']);

    for (const more of [{ version: 2 }, { site: 2 }, { policy: 'other' }]) {
      state.read = [];
      state.manifest = { ...(state.manifest as Manifest), ...more };
      await published('test');
      expect([more, state.read]).toEqual([
        more,
        [`settings ${state.manifest.site}`, `policy ${more.policy ?? 'one'}`],
      ]);
    }
    state.read = [];
    expect((await published('production')).environment).toBe('production');
    expect(state.read).toHaveLength(2);
  });

  it('is nothing before anything is published', async () => {
    const { state, published } = stand();
    state.manifest = undefined;

    expect(await refused(published('staging'))).toBe('NOT_FOUND: nothing is published in staging');
  });

  it.each([
    ['settings', { site: 9 }],
    ['an app', { apps: { desk: { version: 3, hash: 'h' } } }],
  ])('is a fault of ours where %s that it names are not there', async (_, more) => {
    expect(await refused(stand(more).published('test'))).toBe(
      'INTERNAL: the manifest of test names versions that do not exist',
    );
  });

  it('is tried again after it could not be read', async () => {
    const { state, published } = stand();
    const { policy: document } = state;
    state.policy = undefined;
    expect(await refused(published('test'))).toMatch(/^INTERNAL/);
    state.policy = document;

    expect(await refused(published('test'))).toBe('found');
  });
});
