import { type Grant, grantId } from '../../../core/grants/grant.ts';
import { listAllLivePasses, listLivePasses, MOST_AT_ONCE } from '../../../core/grants/live-passes.ts';
import type { Session } from '../../../core/runtime.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';

/** A site with so many open grants, none of which the caller may see: their tokens are not issued yet. */
function sessionWith(count: number): Session {
  const grants = Array.from({ length: count }, (_, number) => ({
    id: grantId('r'.repeat(22), String(number).padStart(22, '0')),
    environment: 'production',
    dueAt: 1_000_000 + number,
    status: 'requested',
  })) as Grant[];
  const runtime = {
    siteId: 'site',
    keyring: readKeyring(JSON.stringify({ active: '0001', '0001': 'x'.repeat(64) })),
    store: { listOpenGrants: async () => grants, readGrant: async () => grants[0] },
  };
  return { runtime, published: { environment: 'production' }, caller: { principalId: 'me' } } as never;
}

describe('[D26] live passes, where most are for others to see', () => {
  it('end a page after a thousand were looked at, and go on from there', async () => {
    const session = sessionWith(1001);
    const first = await listLivePasses(session, { limit: 25 });
    expect([first.items, typeof first.cursor]).toEqual([[], 'string']);
    const second = await listLivePasses(session, { limit: 25, cursor: first.cursor as string });
    expect(second).toEqual({ items: [] });
  });

  it('are all on one page when there are a thousand', async () => {
    expect(await listLivePasses(sessionWith(1000), { limit: 25 })).toEqual({ items: [] });
  });

  it('are refused as one file when it would not hold them all', async () => {
    expect(await listAllLivePasses(sessionWith(MOST_AT_ONCE))).toEqual([]);
    await expect(listAllLivePasses(sessionWith(MOST_AT_ONCE + 1))).rejects.toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});
