import type { Credential, Principal } from '../../../core/principals.ts';
import { formatToken, shortId, type TokenKind } from '../../../core/tokens/token.ts';
import { heldPasses } from '../../../lambdas/portal/held-passes.ts';
import { cookieNames } from '../../../lambdas/shared/http/cookies.ts';
import { SITE_URL } from '../http/events.ts';
import { NOW, signing } from './use-cases.ts';

const names = cookieNames(SITE_URL);
const principal: Principal = {
  id: 'P'.repeat(22),
  type: 'tokenUser',
  name: 'Ana Ruiz',
  roles: [],
  profiles: [],
  createdAt: '2026-02-01T00:00:00Z',
};

/** A browser with these passes, in the order in which it got them. */
function browser() {
  const credentials = new Map<string, Credential>();
  const cookies: Record<string, string> = {};
  const reads: string[] = [];
  const runtime = {
    ...signing,
    store: {
      readPrincipal: async (id: string) => (id === principal.id ? principal : undefined),
      readCredential: async (_: string, id: string) => {
        reads.push(shortId(id));
        return credentials.get(id);
      },
    },
  };
  return {
    cookies,
    reads,
    /** @returns the pass's short id */
    hold(
      short: string,
      stored: Partial<Credential> | null = {},
      kind: TokenKind = 'access',
      environment: 'test' | 'none' = kind === 'access' ? 'test' : 'none',
    ) {
      const id = short.padEnd(22, 'x');
      const bound = environment === 'none' ? {} : { environment };
      const ids = { principalId: principal.id, credentialId: id };
      cookies[names.pass(short)] = formatToken({ kind, ...ids, ...bound }, signing.keyring, signing.siteId);
      if (stored) {
        const made = { keyId: '0001', createdAt: '2026-02-01T00:00:00Z', expiresAt: NOW + 1 };
        credentials.set(id, { id, principalId: principal.id, kind, ...bound, ...made, ...stored });
      }
      return short;
    },
    async look(own = 'Own00000') {
      const { live, cleared } = await heldPasses({ names, siteUrl: SITE_URL }, runtime as never, cookies, {
        own,
        now: NOW,
      });
      return {
        live: live.map(({ credential }) => shortId(credential.id)),
        cleared: cleared.map(
          (line) => /^__Host-dp_pass_(\w{8})=; .*Expires=Thu, 01 Jan 1970/.exec(line)?.[1],
        ),
      };
    },
  };
}

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, number) => `${letter}${String(number).padStart(7, '0')}`);
const minute = (number: number) => new Date(NOW - 3_600_000 + number * 60_000).toISOString();

describe('the passes of a browser', () => {
  it('are shown while they live, besides the one that is used, and no cookie but a pass is looked at', async () => {
    const { hold, look, cookies, reads } = browser();
    const live = ['Live0001', 'Live0002'].map((short) => hold(short));
    hold('Own00000');
    cookies[names.session] = 'x';
    cookies[`dp_pass_${live[0]}`] = 'x';
    expect(await look()).toEqual({ live, cleared: [] });
    expect(reads).toEqual(live);
  });

  it('stay looked after as the one that is used whatever has become of it', async () => {
    const { hold, look } = browser();
    hold('Own00000', null);
    expect(await look()).toEqual({ live: [], cleared: [] });
  });

  it('are taken away where they are none: made up, cleaned up, of another kind, of no environment', async () => {
    const { hold, look, cookies, reads } = browser();
    cookies[names.pass('Made0001')] = 'no token';
    const gone = hold('Gone0001', null);
    const session = hold('Sess0001', {}, 'session');
    const nowhere = hold('Site0001', {}, 'access', 'none');
    expect(await look()).toEqual({ live: [], cleared: ['Made0001', gone, session, nowhere] });
    expect(reads).toEqual([gone, nowhere]);
  });

  it('that have ended say so to the last three: by when they were ended, or ran out', async () => {
    const { hold, look } = browser();
    const first = hold('End00001', { endedAt: minute(1) });
    hold('End00004', { expiresAt: Date.parse(minute(4)) });
    const third = hold('End00003', { endedAt: minute(3) });
    const second = hold('End00002', { endedAt: minute(2), expiresAt: NOW + 9_000_000 });
    expect(await look()).toEqual({ live: [], cleared: [first] });
    hold('End00005', { endedAt: minute(5) });
    expect((await look()).cleared).toEqual([first, second]);
    // One that runs out at this very moment has ended.
    hold('End00006', { expiresAt: NOW });
    expect(await look()).toEqual({ live: [], cleared: [first, third, second] });
  });

  it('that live are kept up to forty, the last that it got', async () => {
    const { hold, look } = browser();
    const held = numbered('L', 41).map((short) => hold(short));
    expect(await look()).toEqual({ live: held.slice(1), cleared: held.slice(0, 1) });
    const { hold: also, look: lookToo } = browser();
    const forty = numbered('L', 40).map((short) => also(short));
    expect(await lookToo()).toEqual({ live: forty, cleared: [] });
  });

  it('are looked at up to eighty', async () => {
    const { hold, look, reads } = browser();
    const ended = numbered('E', 81).map((short, number) => hold(short, { endedAt: minute(number) }));
    const { cleared } = await look();
    expect([reads, cleared]).toEqual([ended.slice(0, 80), ended.slice(0, 77)]);
  });
});
