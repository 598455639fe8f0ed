import { createHash } from 'node:crypto';
import { DaypassError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';

/** From one network address; whole offices share one. */
const REQUESTS_PER_WINDOW = 60;
const WINDOW_MS = 15 * 60_000;

/**
 * Counts one more attempt to sign in from a network address. What is kept for a quarter of an hour is a hash: network
 * addresses are personal data.
 * @throws DaypassError RATE_LIMITED
 */
export async function takeSignInTurn({ store, siteId }: Runtime, address: string, at: number): Promise<void> {
  const hashed = createHash('sha256').update(`${siteId}\n${address}`).digest('base64url').slice(0, 22);
  const turn = { at, windowMs: WINDOW_MS, limit: REQUESTS_PER_WINDOW };
  if (!(await store.takeTurn('signInFrom', hashed, turn))) throw new DaypassError('RATE_LIMITED');
}
