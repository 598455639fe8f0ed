import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AwsAccess } from '../../lambdas/shared/aws-clients.ts';
import { createWiring, type Wiring } from '../../lambdas/shared/wiring.ts';
import { type Config, findConfig, isLocalStage } from '../../lib/config.ts';
import { dataStackName, siteStackName } from '../../lib/names.ts';
import { OPERATOR_KEY } from '../../local/aws-endpoint/callers.ts';
import { type LocalSite, readLocalSite } from '../../local/local-site.ts';
import { type DescribedStack, describeStack } from './stacks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How every command is told which site it is about, for `parseArgs`. */
export const SITE_OPTIONS = {
  stage: { type: 'string' },
  config: { type: 'string' },
  profile: { type: 'string' },
} as const;

/** The same in the words of `--help`. */
export const SITE_USAGE = `Without --stage it is about the local system, which \`npm start\` runs. With it, about that stage's site on AWS:
  --stage production   whose configuration is config/production.json
  --config FILE        or this file
  --profile NAME       with the credentials of this AWS profile`;

export interface SiteChoice {
  stage?: string | undefined;
  config?: string | undefined;
  profile?: string | undefined;
}

/** A site, and how it is reached. */
export interface Site {
  siteId: string;
  siteUrl: string;
  tableName: string;
  signingKeysArn: string;
  journalKeysArn: string;
  aws: AwsAccess;
  /** The site's time, epoch milliseconds: that of the local system can be moved. */
  now(): number;
}

const outputsSchema = z.object({
  SiteId: z.string(),
  SiteUrl: z.string(),
  TableName: z.string(),
  SigningKeysSecretArn: z.string(),
  JournalKeysSecretArn: z.string(),
});

/**
 * Finds the site that a command is about by asking CloudFormation, and says before anything else which one it is. A real
 * account is asked only if a stage is named.
 * @throws Error, ConfigError saying what to do when it cannot be found
 */
export async function openSite({ stage, config: file, profile }: SiteChoice): Promise<Site> {
  if (stage === undefined && (file !== undefined || profile !== undefined)) {
    throw new Error(`${file ? '--config' : '--profile'} says nothing without a stage: name it with --stage.`);
  }
  if (stage === undefined || (file === undefined && isLocalStage(stage, ROOT))) return openLocalSite();
  const config = findConfig({ file, stage }, ROOT);
  if (config.stage !== stage) {
    throw new Error(`${file} is the configuration of the stage ${config.stage}, not of ${stage}.`);
  }
  const site = await openStage(config, profile);
  console.log(`Site ${site.siteUrl} (stage ${stage}, ${config.region})`);
  return site;
}

async function openLocalSite(): Promise<Site> {
  const local = readLocalSite();
  const site = local && (await siteOn(local).catch(() => undefined));
  if (!site) throw new Error('Name a stage with --stage …, or start the local system with `npm start`.');
  console.log(`The local system, http://localhost:${local.port}`);
  return site;
}

/** Asks the local system's own endpoint, whatever the environment says of AWS. */
function siteOn({ endpoint, region, stage }: LocalSite): Promise<Site> {
  return readSite(stage, {
    endpoint,
    region,
    credentials: { accessKeyId: OPERATOR_KEY, secretAccessKey: 'any' },
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  });
}

async function openStage({ stage, region, account }: Config, profile: string | undefined): Promise<Site> {
  return readSite(stage, { region, ...(profile !== undefined && { profile }) }, account);
}

/** What both stacks of a stage put out, put together. */
async function readSite(stage: string, aws: AwsAccess, account?: string): Promise<Site> {
  const stacks: DescribedStack[] = [];
  for (const name of [dataStackName({ stage }), siteStackName({ stage })]) {
    const stack = await describeStack(name, aws);
    if (!stack) {
      throw new Error(
        `There is no stack ${name} in ${aws.region} in the account of these credentials. Deploy the stage (\`npm run deploy -- -c stage=${stage}\`), or use credentials of the account that has it.`,
      );
    }
    if (account !== undefined && stack.account !== account) {
      throw new Error(
        `These credentials are of the account ${stack.account}; the stage ${stage} is configured for ${account}. Use credentials of that account.`,
      );
    }
    stacks.push(stack);
  }
  const outputs = outputsSchema.safeParse(Object.assign({}, ...stacks.map((each) => each.outputs)));
  if (!outputs.success) {
    const lacking = outputs.error.issues.map((issue) => issue.path.join('.')).join(', ');
    const states = stacks.map(({ name, status }) => `${name} is ${status}`).join(', ');
    throw new Error(
      `The stacks of the stage ${stage} lack ${lacking} (${states}). Deploy it again: \`npm run deploy -- -c stage=${stage}\`.`,
    );
  }
  const { SiteId, SiteUrl, TableName, SigningKeysSecretArn, JournalKeysSecretArn } = outputs.data;
  // The local system has a time of its own, which people move. It is told in whole seconds.
  const apart = aws.endpoint === undefined ? 0 : (stacks.at(-1)?.clockOffset ?? 0);
  const offset = Math.abs(apart) < 2_000 ? 0 : apart;
  return {
    siteId: SiteId,
    siteUrl: SiteUrl,
    tableName: TableName,
    signingKeysArn: SigningKeysSecretArn,
    journalKeysArn: JournalKeysSecretArn,
    aws,
    now: () => Date.now() + offset,
  };
}

/** The use cases' ports against a site, with the rights of whoever runs the command. */
export function connect(site: Site): Wiring {
  const wiring = createWiring(
    {
      SITE_ID: site.siteId,
      SITE_URL: site.siteUrl,
      TABLE_NAME: site.tableName,
      SIGNING_KEYS_ARN: site.signingKeysArn,
      JOURNAL_KEYS_ARN: site.journalKeysArn,
      // These commands issue no passes.
      TOKEN_LIFETIME_DAYS: 1,
    },
    site.aws,
  );
  return { ...wiring, runtime: async () => ({ ...(await wiring.runtime()), now: site.now }) };
}
