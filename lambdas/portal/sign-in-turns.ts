import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { DaypassError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';
import { personOf } from './known-browsers.ts';

/**
 * From one network: addresses that links to sign in are asked for, browsers that leave for the issuer. A whole office
 * shares one and begins its day at the same time.
 */
const PER_NETWORK = 200;
/** From one network: links that let nobody in. Whoever has a good one is not concerned. */
const FAILED_PER_NETWORK = 60;
/** For one address from one network, or from a browser that is known for it. */
const PER_PERSON = 10;
const WINDOW_MS = 15 * 60_000;

/** Somebody who asks for a link to sign in. */
export interface Asking {
  /** As it was typed. */
  email: string;
  /** Where the request came from. */
  address: string;
  /** The browser's id, if it has signed in with this email before (`knownBrowser`). */
  browser: string | undefined;
  at: number;
}

/**
 * Counts one more link to sign in that was asked for: for its person with their network, and for the network once for
 * each person, so that nobody uses up what others need by asking again and again. A browser that has signed in with the
 * address before is counted by itself: whatever else comes from its network, it is not shut out. What is refused depends
 * on what was typed, from where, and on the browser, and never on whether there is such an account.
 * @throws DaypassError RATE_LIMITED
 */
export async function takeSignInTurn(runtime: Runtime, asking: Asking): Promise<void> {
  const { email, address, browser, at } = asking;
  const { store } = runtime;
  const turn = (limit: number) => ({ at, windowMs: WINDOW_MS, limit });
  if (browser !== undefined) {
    if (!(await store.takeTurn('signInBrowser', browser, turn(PER_PERSON))))
      throw new DaypassError('RATE_LIMITED');
    return;
  }
  const network = hashed(runtime, networkOf(address));
  const pair = hashed(runtime, `${network}\n${personOf(email, runtime)}`);
  const first = await store.takeTurn('signInFirst', pair, turn(1));
  if (!first && !(await store.takeTurn('signInAgain', pair, turn(PER_PERSON - 1))))
    throw new DaypassError('RATE_LIMITED');
  if (!(await store.takeTurn('signInFrom', network, turn(PER_NETWORK)))) {
    // Asked for again, it would not count as the first one, and pass.
    if (first) await store.returnTurn('signInFirst', pair, turn(1));
    throw new DaypassError('RATE_LIMITED');
  }
  if (!first) await store.returnTurn('signInFrom', network, turn(PER_NETWORK));
}

/**
 * Counts one more browser that leaves for the issuer. Apart from mailed links: what is used up of the one leaves the other.
 * @throws DaypassError RATE_LIMITED
 */
export function takeIssuerTurn(runtime: Runtime, address: string, at: number): Promise<void> {
  return takeNetworkTurn('issuerFrom', runtime, { address, at, limit: PER_NETWORK });
}

/**
 * Counts one more link that let nobody in, and from some number on answers that instead. Links that do let somebody in
 * are neither counted nor refused, however many failed from the same network: a link is 128 random bits under a MAC, so
 * none is found by trying, and the limit is there for what trying costs. Nobody can therefore shut out people who share
 * a network with them, nor programs that open the links in mails those whom the mails are for.
 * @throws DaypassError RATE_LIMITED
 */
export function countFailedExchange(runtime: Runtime, address: string, at: number): Promise<void> {
  return takeNetworkTurn('exchange', runtime, { address, at, limit: FAILED_PER_NETWORK });
}

async function takeNetworkTurn(
  purpose: string,
  runtime: Runtime,
  { address, at, limit }: { address: string; at: number; limit: number },
): Promise<void> {
  const turn = { at, windowMs: WINDOW_MS, limit };
  if (!(await runtime.store.takeTurn(purpose, hashed(runtime, networkOf(address)), turn)))
    throw new DaypassError('RATE_LIMITED');
}

/** What is kept for a quarter of an hour is a hash: network addresses are personal data. */
function hashed({ siteId }: Runtime, text: string): string {
  return createHash('sha256').update(`${siteId}\n${text}`).digest('base64url').slice(0, 22);
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
