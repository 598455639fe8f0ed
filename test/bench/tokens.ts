import { createHmac, createSecretKey } from 'node:crypto';
import { randomId } from '../../core/tokens/base62.ts';
import { readKeyring } from '../../core/tokens/keyring.ts';
import { formatToken, readToken } from '../../core/tokens/token.ts';

const CHECKS = 20_000;
const ROUNDS = 15;

/** Checking a token against the bare HMAC that it cannot do without; interleaved rounds, medians, nanoseconds. */
export function measureTokenCheck(): { ours: number; bare: number; ratio: number } {
  const secret = 'k'.repeat(64);
  const keyring = readKeyring(JSON.stringify({ active: '0001', '0001': secret }));
  const key = createSecretKey(Buffer.from(secret));
  const token = formatToken(
    { kind: 'access', environment: 'production', principalId: randomId(), credentialId: randomId() },
    keyring,
    'site',
  );
  const head = `daypass token\nsite\n${token.slice(0, 53)}`;
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.ours.push(timed(() => readToken(token, keyring, 'site')));
    times.bare.push(timed(() => createHmac('sha256', key).update(head).digest('base64url')));
  }
  const [ours, bare] = [median(times.ours), median(times.bare)];
  return { ours, bare, ratio: Math.round((ours / bare) * 100) / 100 };
}

function timed(check: () => unknown): number {
  const began = performance.now();
  for (let at = 0; at < CHECKS; at++) check();
  return ((performance.now() - began) * 1e6) / CHECKS;
}

const median = (values: number[]): number =>
  Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
