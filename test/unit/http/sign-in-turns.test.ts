import type { Runtime } from '../../../core/runtime.ts';
import { takeSignInTurn } from '../../../lambdas/portal/sign-in-turns.ts';

/** Counts turns as the table does, in one window, and lets something happen right after a turn was taken. */
function counting(network: number) {
  const counts = new Map<string, number>();
  let afterwards: (() => Promise<void>) | undefined;
  const store = {
    async takeTurn(purpose: string, who: string, { limit }: { limit: number }) {
      const key = purpose === 'signInFrom' ? purpose : `${purpose} ${who}`;
      const count = counts.get(key) ?? (purpose === 'signInFrom' ? network : 0);
      if (count >= limit) return false;
      counts.set(key, count + 1);
      const next = purpose === 'signInFrom' ? afterwards : undefined;
      if (next) afterwards = undefined;
      await next?.();
      return true;
    },
    async returnTurn(purpose: string, who: string) {
      const key = purpose === 'signInFrom' ? purpose : `${purpose} ${who}`;
      counts.set(key, (counts.get(key) ?? 0) - 1);
    },
  };
  const runtime = { siteId: 'site', store } as unknown as Runtime;
  return {
    ask: (email: string) =>
      takeSignInTurn(runtime, { email, address: '192.0.2.1', browser: undefined, at: 0 }),
    onceFromNetwork: (work: () => Promise<void>) => {
      afterwards = work;
    },
  };
}

it('who was refused while the network was full for a moment counts when they ask again', async () => {
  const refused = { code: 'RATE_LIMITED' };
  const office = counting(198);
  await office.ask('ann@office.example');
  // Ann asks again, which takes a turn of the network only until it is seen that she was counted.
  office.onceFromNetwork(() => expect(office.ask('bob@office.example')).rejects.toMatchObject(refused));
  await office.ask('ann@office.example');
  await office.ask('bob@office.example');
  await expect(office.ask('cleo@office.example')).rejects.toMatchObject(refused);
});
