import type { Runtime } from '../../../core/runtime.ts';
import {
  countFailedExchange,
  takeIssuerTurn,
  takeSignInTurn,
} from '../../../lambdas/portal/sign-in-turns.ts';

const AT = 5_000_000;
const turn = (limit: number) => ({ at: AT, windowMs: 900_000, limit });
const refused = { code: 'RATE_LIMITED' };

/** Notes every turn that is taken or given back; those of a purpose in `full` are refused. */
function counting(siteId = 'site-one', full: readonly string[] = []) {
  const noted: [string, string, object][] = [];
  const store = {
    takeTurn: async (purpose: string, who: string, asked: object) => {
      noted.push([purpose, who, asked]);
      return !full.includes(purpose);
    },
    returnTurn: async (purpose: string, who: string, asked: object) => {
      noted.push([`return ${purpose}`, who, asked]);
    },
  };
  const runtime = { siteId, store } as unknown as Runtime;
  return {
    noted,
    runtime,
    kinds: () => noted.map(([purpose, , asked]) => [purpose, asked]),
    ask: (more: { email?: string; address?: string; browser?: string } = {}) =>
      takeSignInTurn(runtime, {
        email: 'dora@abc.example',
        address: '192.0.2.1',
        browser: undefined,
        at: AT,
        ...more,
      }),
  };
}

/** Who a turn of this purpose is counted for. */
async function countedFor(
  purpose: string,
  more: Parameters<ReturnType<typeof counting>['ask']>[0],
  siteId?: string,
) {
  const { ask, noted } = counting(siteId);
  await ask(more);
  return noted.find(([each]) => each === purpose)?.[1];
}

describe('a link to sign in that is asked for', () => {
  it('the first time counts for its person and their network, ten and two hundred in a quarter of an hour', async () => {
    const { ask, kinds } = counting();
    await ask();
    expect(kinds()).toEqual([
      ['signInFirst', turn(1)],
      ['signInFrom', turn(200)],
    ]);
  });

  it('again counts for its person alone: what was taken of the network is given back', async () => {
    const { ask, kinds } = counting('site-one', ['signInFirst']);
    await ask();
    expect(kinds()).toEqual([
      ['signInFirst', turn(1)],
      ['signInAgain', turn(9)],
      ['signInFrom', turn(200)],
      ['return signInFrom', turn(200)],
    ]);
  });

  it('once too often is refused before the network is counted', async () => {
    const { ask, kinds } = counting('site-one', ['signInFirst', 'signInAgain']);
    await expect(ask()).rejects.toMatchObject(refused);
    expect(kinds().map(([purpose]) => purpose)).toEqual(['signInFirst', 'signInAgain']);
  });

  it('from a network that is used up is refused, and was not the first one of its person', async () => {
    const { ask, noted } = counting('site-one', ['signInFrom']);
    await expect(ask()).rejects.toMatchObject(refused);
    expect(noted.map(([purpose]) => purpose)).toEqual(['signInFirst', 'signInFrom', 'return signInFirst']);
    expect(noted[2]?.[1]).toBe(noted[0]?.[1]);
    const again = counting('site-one', ['signInFirst', 'signInFrom']);
    await expect(again.ask()).rejects.toMatchObject(refused);
    expect(again.noted.map(([purpose]) => purpose)).toEqual(['signInFirst', 'signInAgain', 'signInFrom']);
  });

  it('from a browser that is known counts with the browser alone', async () => {
    const known = counting();
    await known.ask({ browser: 'browser-1' });
    expect(known.noted).toEqual([['signInBrowser', 'browser-1', turn(10)]]);
    const tired = counting('site-one', ['signInBrowser']);
    await expect(tired.ask({ browser: 'browser-1' })).rejects.toMatchObject(refused);
    expect(tired.noted).toHaveLength(1);
  });

  it('is counted apart by person, network and site, and the same for every spelling and machine of a network', async () => {
    const own = await countedFor('signInFirst', { address: '2001:db8:1:2::1' });
    const same = { address: '2001:db8:1:2:9::9', email: ' DORA@abc.example' };
    expect(await countedFor('signInFirst', same)).toBe(own);
    const network = await countedFor('signInFrom', same);
    expect(await countedFor('signInFrom', { ...same, email: 'theo@abc.example' })).toBe(network);
    expect(network).toMatch(/^[\w-]{22}$/);
    for (const [more, siteId] of [
      [{ ...same, email: 'theo@abc.example' }, 'site-one'],
      [{ ...same, address: '2001:db8:1:3::1' }, 'site-one'],
      [same, 'site-two'],
    ] as const) {
      expect(await countedFor('signInFirst', more, siteId)).not.toBe(own);
    }
    expect(await countedFor('signInFrom', { address: '192.0.2.2' })).not.toBe(
      await countedFor('signInFrom', { address: '192.0.2.1' }),
    );
  });
});

describe('what is counted for a network', () => {
  it.each([
    ['issuerFrom', 200, takeIssuerTurn],
    ['exchange', 60, countFailedExchange],
  ] as const)(
    '%s is refused from %s in a quarter of an hour on, apart from links that are asked for',
    async (purpose, limit, take) => {
      const free = counting();
      await take(free.runtime, '192.0.2.1', AT);
      await free.ask();
      const [own, , from] = free.noted;
      expect(own).toEqual([purpose, from?.[1], turn(limit)]);
      await expect(take(counting('site-one', [purpose]).runtime, '192.0.2.1', AT)).rejects.toMatchObject(
        refused,
      );
    },
  );
});
