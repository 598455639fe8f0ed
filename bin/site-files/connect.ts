import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { createWiring, type Wiring } from '../../lambdas/shared/wiring.ts';

/** Where a deployed site is: what the stacks put out. */
export interface SiteAddress {
  siteId: string;
  siteUrl: string;
  tableName: string;
  signingKeysArn: string;
  journalKeysArn: string;
}

const outputsSchema = z.object({
  SiteId: z.string(),
  SiteUrl: z.string(),
  TableName: z.string(),
  SigningKeysSecretArn: z.string(),
  JournalKeysSecretArn: z.string(),
});

/**
 * Reads the file that `npm run deploy` leaves with the stacks' outputs.
 * @throws Error saying how to get the file, or which output it lacks
 */
export async function readOutputs(path: string): Promise<SiteAddress> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(
      `There is no ${path}. \`npm run deploy\` writes it; or name another file with --outputs.`,
    );
  });
  const stacks = Object.values(JSON.parse(text) as Record<string, Record<string, string>>);
  const outputs = outputsSchema.safeParse(Object.assign({}, ...stacks));
  if (!outputs.success) {
    const lacking = outputs.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Error(`${path} lacks ${lacking}. Deploy again to write it anew.`);
  }
  const { SiteId, SiteUrl, TableName, SigningKeysSecretArn, JournalKeysSecretArn } = outputs.data;
  return {
    siteId: SiteId,
    siteUrl: SiteUrl,
    tableName: TableName,
    signingKeysArn: SigningKeysSecretArn,
    journalKeysArn: JournalKeysSecretArn,
  };
}

/** The use cases' ports against a deployed site, with the credentials of whoever runs the command. */
export function connect(address: SiteAddress): Wiring {
  return createWiring({
    SITE_ID: address.siteId,
    SITE_URL: address.siteUrl,
    TABLE_NAME: address.tableName,
    SIGNING_KEYS_ARN: address.signingKeysArn,
    JOURNAL_KEYS_ARN: address.journalKeysArn,
    // These commands issue no passes.
    TOKEN_LIFETIME_DAYS: 1,
  });
}
