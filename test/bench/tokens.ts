import { createHmac, createSecretKey } from 'node:crypto';
import { randomId } from '../../core/tokens/base62.ts';
import { readKeyring } from '../../core/tokens/keyring.ts';
import { formatToken, readToken } from '../../core/tokens/token.ts';

/** Rounds are short, so that what the machine does meanwhile meets both alike; the first ones warm the code up. */
const CHECKS = 2_000;
const ROUNDS = 200;
const WARM_UP = 20;

/**
 * Checking a token against the bare HMAC that it cannot do without: medians in nanoseconds, and the median of the
 * rounds' ratios, in which now the one comes first and now the other.
 */
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
  const measures = {
    ours: () => timed(() => readToken(token, keyring, 'site')),
    bare: () => timed(() => createHmac('sha256', key).update(head).digest('base64url')),
  };
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const name of order) {
      const time = measures[name]();
      if (round >= WARM_UP) times[name].push(time);
    }
  }
  const ratios = times.ours.map((ours, round) => ours / (times.bare[round] as number));
  return {
    ours: Math.round(median(times.ours)),
    bare: Math.round(median(times.bare)),
    ratio: Math.round(median(ratios) * 100) / 100,
  };
}

function timed(check: () => unknown): number {
  const began = performance.now();
  for (let at = 0; at < CHECKS; at++) check();
  return ((performance.now() - began) * 1e6) / CHECKS;
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
