import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Runtime } from '../../core/runtime.ts';
import { randomId } from '../../core/tokens/base62.ts';
import { readKeyring } from '../../core/tokens/keyring.ts';
import { createDefinitions, publishedSource } from '../../lambdas/shared/table/definitions.ts';
import { createStore } from '../../lambdas/shared/table/store.ts';
import type { Secrets } from '../aws-endpoint/secrets-manager.ts';
import type { Clock } from '../clock.ts';

export interface SiteParts {
  url: string;
  outputs: Record<string, string>;
  client: DynamoDBDocumentClient;
  tableName(): string;
  secrets: Secrets;
  clock: Clock;
}

/** The use cases' ports on the site that runs here, as whoever operates it has them. */
export type Site = () => Runtime;

/** The site that the template runs; undefined where the template is of something else. */
export function createSite({ url, outputs, client, tableName, secrets, clock }: SiteParts): Site | undefined {
  const { SiteId, SigningKeysSecretArn, JournalKeysSecretArn } = outputs;
  if (!SiteId || !SigningKeysSecretArn || !JournalKeysSecretArn) return undefined;
  const table = tableName();
  const store = createStore(client, table);
  const published = publishedSource(createDefinitions(client, table));
  // Keys are read anew each time: whoever tries out their rotation goes on getting in.
  return () => ({
    siteId: SiteId,
    siteUrl: url,
    now: clock.now,
    newId: randomId,
    tokenLifetimeDays: 1,
    keyring: readKeyring(secrets.read(SigningKeysSecretArn)),
    journal: readKeyring(secrets.read(JournalKeysSecretArn)),
    store,
    published,
  });
}
