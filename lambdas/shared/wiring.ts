import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Environment } from '../../core/environments.ts';
import type { Caller } from '../../core/ports.ts';
import { openSession, type Runtime, type Session } from '../../core/runtime.ts';
import { randomId } from '../../core/tokens/base62.ts';
import type { Keyring } from '../../core/tokens/keyring.ts';
import { type AwsAccess, QUICK_KEYS } from './aws-clients.ts';
import { keyringSource } from './keyring-source.ts';
import { noteUse } from './last-use.ts';
import { createDefinitions, publishedSource } from './table/definitions.ts';
import { createDocumentClient, createStore } from './table/store.ts';

export interface WiringSettings {
  SITE_ID: string;
  SITE_URL: string;
  TABLE_NAME: string;
  /** Absent for functions that sign and check nothing. */
  SIGNING_KEYS_ARN?: string;
  JOURNAL_KEYS_ARN: string;
  TOKEN_LIFETIME_DAYS: number;
}

const NO_KEYS: Keyring = { active: '', key: () => undefined };

/**
 * Puts the use cases' ports together over AWS, once per process; keys are asked for anew at every call, because they
 * are refreshed behind it.
 */
export function createWiring(settings: WiringSettings, aws: AwsAccess = {}) {
  const client = createDocumentClient(aws);
  const secrets = new SecretsManagerClient({ ...QUICK_KEYS, ...aws });
  const signingKeys = settings.SIGNING_KEYS_ARN
    ? keyringSource(settings.SIGNING_KEYS_ARN, secrets)
    : async () => NO_KEYS;
  const journalKeys = keyringSource(settings.JOURNAL_KEYS_ARN, secrets);
  const store = createStore(client, settings.TABLE_NAME);
  const definitions = createDefinitions(client, settings.TABLE_NAME);
  const published = publishedSource(definitions);
  async function runtime(): Promise<Runtime> {
    const [keyring, journal] = await Promise.all([signingKeys(), journalKeys()]);
    return {
      siteId: settings.SITE_ID,
      siteUrl: settings.SITE_URL,
      now: Date.now,
      newId: randomId,
      keyring,
      journal,
      tokenLifetimeDays: settings.TOKEN_LIFETIME_DAYS,
      store,
      published,
    };
  }
  return {
    client,
    definitions,
    runtime,
    /** A caller's session in an environment; that a pass is in use is noted on the way. */
    async session(caller: Caller, environment: Environment): Promise<Session> {
      const [session] = await Promise.all([
        runtime().then((ports) => openSession(ports, caller, environment)),
        noteUse(store, caller, Date.now()),
      ]);
      return session;
    },
  };
}

export type Wiring = ReturnType<typeof createWiring>;
