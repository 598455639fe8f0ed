import type { Caller } from '../../../core/ports.ts';
import type { Runtime } from '../../../core/runtime.ts';
import { openPeople } from '../../../lambdas/shared/people-session.ts';
import type { Definitions } from '../../../lambdas/shared/table/definitions.ts';
import { DefinitionMemory } from '../../fixtures/definition-memory.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const caller = (more: Partial<Caller> = {}): Caller => ({
  outcome: 'ok',
  principalId: 'u1',
  type: 'user',
  name: 'Ada',
  roles: ['Owner'],
  profiles: [],
  channel: 'api',
  ...more,
});

/** A session for somebody, and what was looked up and noted for it. */
function stand() {
  const touched: unknown[] = [];
  const read: unknown[] = [];
  const definitions = new (class extends DefinitionMemory {
    override async readManifest(environment: never) {
      read.push(environment);
      return super.readManifest(environment);
    }
  })();
  const runtime = {
    journal: 'the journal keys',
    newId: () => 'id',
    store: {
      touchCredential: async (...call: unknown[]) => void touched.push(call),
      readPrincipal: async (id: string) => `principal ${id}`,
      listOpenGrants: async (environment: string) => `grants of ${environment}`,
    },
  } as unknown as Runtime;
  return {
    touched,
    read,
    runtime,
    definitions,
    open: openPeople({ definitions: definitions as unknown as Definitions, runtime: async () => runtime }),
  };
}

describe('a session of the design plane', () => {
  it('is the caller’s, at one time, over the store, the definitions and the journal of the site', async () => {
    const { open, runtime, definitions } = stand();
    const who = caller();
    const session = await open({ caller: who, now: NOW });

    expect(session).toEqual({
      caller: who,
      now: NOW,
      definitions,
      runtime,
      signing: runtime,
      readPrincipal: expect.any(Function),
      listOpenGrants: expect.any(Function),
    });
    expect(await session.readPrincipal('p7')).toBe('principal p7');
    expect(await session.listOpenGrants?.('staging')).toBe('grants of staging');
  });

  it('looks up what custom roles may do for those who hold one, and for nobody else', async () => {
    const builtIn = stand();
    expect((await builtIn.open({ caller: caller(), now: NOW })).policy).toBeUndefined();
    expect((await builtIn.open({ caller: caller({ roles: [] }), now: NOW })).policy).toBeUndefined();
    expect(builtIn.read).toEqual([]);

    const custom = stand();
    const session = await custom.open({ caller: caller({ roles: ['Owner', 'custom'] }), now: NOW });
    expect(session.policy).toBeDefined();
    expect(custom.read.length).toBeGreaterThan(0);
  });

  it('notes that a key is in use', async () => {
    const { open, touched } = stand();
    await open({ caller: caller({ credential: { id: 'c1', kind: 'apiKey', expiresAt: NOW } }), now: NOW });

    expect(touched).toEqual([['u1', 'c1', NOW]]);
  });

  it('holds a key of one environment to that one, before anything is read or noted', async () => {
    const { open, touched, read } = stand();
    const bound = caller({
      roles: ['custom'],
      credential: { id: 'c1', kind: 'apiKey', expiresAt: NOW, environment: 'test' },
    });
    const code = (params?: Record<string, string>) =>
      open({ caller: bound, now: NOW, ...(params && { params }) }).then(
        () => 'opened',
        (error: { code: string }) => error.code,
      );

    expect(await code()).toBe('FORBIDDEN');
    expect(await code({ app: 'test' })).toBe('FORBIDDEN');
    expect(await code({ target: 'production' })).toBe('NOT_FOUND');
    expect([touched, read]).toEqual([[], []]);
    expect(await code({ target: 'test' })).toBe('opened');
    expect(touched).toHaveLength(1);
  });
});
