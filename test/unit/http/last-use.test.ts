import type { Caller } from '../../../core/ports.ts';
import { noteUse } from '../../../lambdas/shared/last-use.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
type Credential = NonNullable<Caller['credential']>;

/** What is noted when somebody with this credential asks. */
async function noted(credential?: Partial<Credential>, trouble?: Error): Promise<unknown[]> {
  const calls: unknown[] = [];
  const caller = {
    outcome: 'ok',
    principalId: 'p1',
    ...(credential && { credential: { id: 'c1', expiresAt: 0, ...credential } }),
  } as Caller;
  await noteUse(
    {
      async touchCredential(...call) {
        calls.push(call);
        if (trouble) throw trouble;
      },
    },
    caller,
    NOW,
  );
  return calls;
}

describe('the last use of a credential', () => {
  it.each(['access', 'apiKey'] as const)('is noted of the kind %s: whose, which and when', async (kind) => {
    expect(await noted({ kind })).toEqual([['p1', 'c1', NOW]]);
  });

  it('is not noted of sessions, links to sign in, and nobody', async () => {
    expect(await noted({ kind: 'session' })).toEqual([]);
    expect(await noted({ kind: 'signIn' })).toEqual([]);
    expect(await noted()).toEqual([]);
  });

  it('is noted once in a quarter of an hour', async () => {
    const earlier = (milliseconds: number) => ({
      kind: 'access' as const,
      lastUsedAt: new Date(NOW - milliseconds).toISOString(),
    });

    expect(await noted(earlier(15 * 60_000 - 1))).toEqual([]);
    expect(await noted(earlier(15 * 60_000))).toHaveLength(1);
  });

  it('that cannot be noted keeps nobody from what they came for', async () => {
    expect(await noted({ kind: 'access' }, new Error('the table is away'))).toHaveLength(1);
  });
});
