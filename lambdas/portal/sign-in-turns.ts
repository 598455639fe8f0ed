import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { DaypassError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';

/** From one network; whole offices share one. */
const REQUESTS_PER_WINDOW = 60;
const WINDOW_MS = 15 * 60_000;

/**
 * Counts one more link to sign in that was asked for from a network address.
 * @throws DaypassError RATE_LIMITED
 */
export function takeSignInTurn(runtime: Runtime, address: string, at: number): Promise<void> {
  return takeTurn('signInFrom', runtime, address, at);
}

/**
 * Counts one more browser that leaves for the issuer. Apart from mailed links: what is used up of the one leaves the other.
 * @throws DaypassError RATE_LIMITED
 */
export function takeIssuerTurn(runtime: Runtime, address: string, at: number): Promise<void> {
  return takeTurn('issuerFrom', runtime, address, at);
}

/**
 * Counts one more link that let nobody in, and from some number on answers that instead. Links that do let somebody in
 * are neither counted nor refused, however many failed from the same network: a link is 128 random bits under a MAC, so
 * none is found by trying, and the limit is there for what trying costs. Nobody can therefore shut out people who share
 * a network with them, nor programs that open the links in mails those whom the mails are for.
 * @throws DaypassError RATE_LIMITED
 */
export function countFailedExchange(runtime: Runtime, address: string, at: number): Promise<void> {
  return takeTurn('exchange', runtime, address, at);
}

/** What is kept for a quarter of an hour is a hash: network addresses are personal data. */
async function takeTurn(
  purpose: string,
  { store, siteId }: Runtime,
  address: string,
  at: number,
): Promise<void> {
  const text = `${siteId}\n${networkOf(address)}`;
  const hashed = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  const turn = { at, windowMs: WINDOW_MS, limit: REQUESTS_PER_WINDOW };
  if (!(await store.takeTurn(purpose, hashed, turn))) throw new DaypassError('RATE_LIMITED');
}

/** Of IPv6 the first 64 bits: the others are whatever a single machine likes them to be. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...(tail === undefined ? [] : zeros), ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
