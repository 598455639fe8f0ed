import type { Caller } from '../../core/ports.ts';
import type { Store } from '../../core/store.ts';

/** How exact "last used" is: one write in this time, however often a pass is used. */
const EXACTNESS_MS = 15 * 60_000;

/** Notes that a pass or an API key is in use, for staff to see. Never holds up or fails what the caller came for. */
export async function noteUse(
  store: Pick<Store, 'touchCredential'>,
  caller: Caller,
  now: number,
): Promise<void> {
  const { credential } = caller;
  if (credential?.kind !== 'access' && credential?.kind !== 'apiKey') return;
  if (credential.lastUsedAt && now - Date.parse(credential.lastUsedAt) < EXACTNESS_MS) return;
  await store.touchCredential(caller.principalId, credential.id, now).catch(() => undefined);
}
