import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Keyring, readKeyring } from '../../core/tokens/keyring.ts';

const REFRESH_AFTER = 5 * 60_000;
/** How long keys that could not be refreshed are still used: an outage of Secrets Manager shuts nobody out at once. */
const GIVE_UP_AFTER = 60 * 60_000;
/** So soon after a refresh was begun no other one is. */
const PAUSE = 30_000;
/**
 * A refresh is over within this, so that one is known by its age that stood still with the whole function: Lambda freezes
 * what goes on beside a request as soon as the request is answered.
 */
const FROZEN_AFTER = 10_000;
/** How long a request that has keys at hand waits for newer ones: in practice they are there long before. */
const GRACE = 500;

interface Fetch {
  startedAt: number;
  done: Promise<void>;
  /** Settled when the fetch is, and after the grace in any case; never rejects. */
  grace: Promise<void>;
  abort(): void;
}

/**
 * The signing keys, fetched when the function starts and again every five minutes. Nothing that a request brings
 * can cause a fetch: a token under an unknown key is refused with the keys at hand. While these are young enough to be
 * used, no request waits long for others: they are fetched beside it, one fetch at a time.
 * @param secretArn secret in the shape that `readKeyring` takes
 * @param client must give up by itself when no answer comes
 * @returns the keys; rejects when there are none, or none from within the last hour
 */
export function keyringSource(
  secretArn: string,
  client: Pick<SecretsManagerClient, 'send'>,
  now: () => number = Date.now,
): () => Promise<Keyring> {
  let keyring: Keyring | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let begunAt = Number.NEGATIVE_INFINITY;
  let underWay: Fetch | undefined;
  // A clock that was set back makes everything old, too.
  const ageOf = (time: number) => Math.abs(now() - time);

  async function fetchKeys(startedAt: number, abortSignal: AbortSignal): Promise<void> {
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    const { SecretString } = await client.send(command, { abortSignal });
    const fetched = readKeyring(SecretString ?? '');
    // One that was given up for frozen may still come back, with keys of another time.
    if (abortSignal.aborted) return;
    keyring = fetched;
    fetchedAt = startedAt;
  }

  function refresh(): Fetch {
    if (underWay && ageOf(underWay.startedAt) <= FROZEN_AFTER) return underWay;
    underWay?.abort();
    const startedAt = now();
    begunAt = startedAt;
    const controller = new AbortController();
    const done = fetchKeys(startedAt, controller.signal).finally(() => {
      if (underWay === fetch) underWay = undefined;
    });
    const fetch: Fetch = {
      startedAt,
      done,
      grace: settledOrLate(done),
      abort: () => controller.abort(),
    };
    underWay = fetch;
    return fetch;
  }

  async function current(): Promise<Keyring> {
    const age = ageOf(fetchedAt);
    if (age > GIVE_UP_AFTER) await refresh().done;
    else if (age > REFRESH_AFTER) {
      if (underWay || ageOf(begunAt) > PAUSE) await refresh().grace;
    }
    return keyring as Keyring;
  }

  // Begun while the function still starts; if it fails, the first request tries again and reports it.
  void current().catch(() => undefined);
  return current;
}

function settledOrLate(done: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GRACE);
    const settled = () => {
      clearTimeout(timer);
      resolve();
    };
    done.then(settled, settled);
  });
}
