import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Keyring, readKeyring } from '../../core/tokens/keyring.ts';

const REFRESH_AFTER = 5 * 60_000;
/** How long keys that could not be refreshed are still used: an outage of Secrets Manager shuts nobody out at once. */
const GIVE_UP_AFTER = 60 * 60_000;

/**
 * The signing keys, fetched when the function starts and again every five minutes. Nothing that a request brings
 * can cause a fetch: a token under an unknown key is refused with the keys at hand.
 * @param secretArn secret in the shape that `readKeyring` takes
 * @returns the keys; rejects when there are none, or none from within the last hour
 */
export function keyringSource(
  secretArn: string,
  client: Pick<SecretsManagerClient, 'send'>,
  now: () => number = Date.now,
): () => Promise<Keyring> {
  let keyring: Keyring | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    const startedAt = now();
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    keyring = readKeyring(SecretString ?? '');
    fetchedAt = startedAt;
  }

  async function current(): Promise<Keyring> {
    // A clock that was set back counts as old, too.
    const age = Math.abs(now() - fetchedAt);
    if (age > REFRESH_AFTER) {
      fetching ??= fetchKeys().finally(() => {
        fetching = undefined;
      });
      try {
        await fetching;
      } catch (error) {
        if (age > GIVE_UP_AFTER) throw error;
      }
    }
    return keyring as Keyring;
  }

  // Begun while the function still starts; if it fails, the first request tries again and reports it.
  void current().catch(() => undefined);
  return current;
}
