import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readableEmail } from '../core/mail/address.ts';
import { REGIONS, regionProblem } from './regions.ts';

const email = z
  .string()
  .refine((text) => readableEmail(text) === text && /^[!-~]+$/.test(text), {
    error: 'must be an email address, for example passes@example.org',
  })
  .meta({ format: 'email' });

const domain = z.strictObject({
  name: z.string().regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, {
    error: 'must be a host name in lower case without https://, for example passes.example.org',
  }),
  certificateArn: z.string().regex(/^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[a-z0-9-]+$/, {
    error: 'must be the ARN of a certificate in AWS Certificate Manager (see docs/deploy.md, Custom domain)',
  }),
  hostedZone: z
    .strictObject({
      id: z
        .string()
        .regex(/^Z[A-Z0-9]{1,31}$/, { error: "must be a hosted zone's id, for example Z0123456789ABC" }),
      name: z.string().min(1),
    })
    .optional()
    .describe('Route 53 zone in which the address records are made; without it, make them by hand'),
});

const signInIssuer = z.strictObject({
  issuer: z
    .string()
    .max(500)
    .regex(/^(https:\/\/[^\s?#]+|http:\/\/localhost(:\d+)?(\/[^\s?#]*)?)$/, {
      error: 'must be the issuer as it names itself, beginning with https://, without query',
    })
    .describe('Its `/.well-known/openid-configuration` says the rest'),
  clientId: z.string().min(1).max(200).describe('As which this site is registered there'),
  name: z.string().min(1).max(60).describe('What the button says after “Sign in with”'),
  publicClient: z
    .boolean()
    .default(false)
    .describe('Registered without a client secret: PKCE alone protects the code'),
});

const fields = z.strictObject({
  $schema: z.string().optional().describe('For editors'),
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/, {
      error: 'must be 1 to 20 lower-case letters, digits and hyphens, beginning with a letter',
    })
    .describe('Name of the deployment; part of the names of what is deployed'),
  region: z
    .enum(REGIONS, { error: ({ input }) => regionProblem(input) })
    .describe('AWS region of both stacks'),
  account: z
    .string()
    .regex(/^\d{12}$/, { error: 'must be 12 digits' })
    .optional()
    .describe('AWS account; given, a deployment with credentials of another account is refused'),
  siteId: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, { error: 'must be 1 to 64 lower-case letters, digits and hyphens' })
    .optional()
    .describe(
      "Part of every token's signature; changing it ends all links and sessions. Default: daypass-<stage>",
    ),
  senderAddress: email.describe('From address of all mails; its identity must be verified in SES'),
  senderName: z
    .string()
    .regex(/^[A-Za-z0-9 '&+-]{1,64}$/, { error: "must be plain letters, digits, spaces and '&+-" })
    .optional()
    .describe('Name that mails show beside the address'),
  senderIdentity: z
    .enum(['address', 'domain', 'existing'])
    .default('address')
    .describe(
      'What the stack registers with SES: the address, its whole domain (DKIM), or nothing because the account has it already',
    ),
  replyTo: email
    .optional()
    .describe('Where answers go to mails whose contact has no address; default: the sender'),
  sandboxRecipients: z
    .array(email)
    .max(20)
    .default([])
    .describe('While the account is in the SES sandbox: the verified addresses that mails may go to'),
  domain: domain.optional(),
  oidc: signInIssuer
    .optional()
    .describe('OpenID Connect issuer that staff may sign in with besides mailed links'),
  alarmEmail: email.optional().describe('Who is told of alarms'),
  tokenLifetimeDays: z
    .int()
    .min(1)
    .max(364)
    .default(30)
    .describe('Life of a pass whose record names no due date'),
  throwaway: z
    .boolean({ error: 'must be true, for a stage whose data may be lost, or false' })
    .default(false)
    .describe(
      'The data of this stage may be lost: table, keys and sender go with the stack, and nothing refuses that',
    ),
  logRetentionDays: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731])
    .default(90)
    .describe('How long logs are kept'),
  logLevel: z.enum(['DEBUG', 'INFO']).default('INFO'),
  runbookUrl: z
    .string()
    .min(1)
    .default('docs/runbook.md')
    .describe(
      'Where alarms send people; the address of your copy of docs/runbook.md makes the links clickable',
    ),
  restoredTable: z
    .strictObject({ name: z.string().min(3), streamArn: z.string().startsWith('arn:') })
    .optional()
    .describe(
      'A table restored to a point in time, to be used instead of the stack’s own (docs/deploy.md, Restore)',
    ),
});

/** What may be written in `config/<stage>.json`. */
export const configSchema = fields.superRefine((config, context) => {
  const { domain: site, region } = config;
  if (site && site.certificateArn.split(':')[3] !== region) {
    context.addIssue({
      code: 'custom',
      path: ['domain', 'certificateArn'],
      message: `the certificate must be in ${region}, where the API is: request one there`,
    });
  }
  if (
    site?.hostedZone &&
    site.name !== site.hostedZone.name &&
    !site.name.endsWith(`.${site.hostedZone.name}`)
  ) {
    context.addIssue({
      code: 'custom',
      path: ['domain', 'hostedZone', 'name'],
      message: `${site.name} does not lie in this zone: give the zone that holds it, or leave hostedZone out`,
    });
  }
});

export type ConfigFile = z.input<typeof configSchema>;

/** A checked configuration with its defaults filled in. */
export type Config = z.output<typeof configSchema> & { siteId: string };

/** Says what to correct; its message is all that a platform engineer needs to see. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Checks a configuration and fills in its defaults.
 * @param source where it came from, for the message
 * @throws ConfigError naming every wrong setting and what it must be
 */
export function parseConfig(input: unknown, source: string): Config {
  const result = configSchema.safeParse(input);
  if (!result.success) {
    const lines = result.error.issues.flatMap(linesOf);
    throw new ConfigError(
      `${source} cannot be used. Correct:\n${lines.join('\n')}\nSee docs/deploy.md, Configuration.`,
    );
  }
  const { stage, siteId } = result.data;
  return { ...result.data, siteId: siteId ?? `daypass-${stage}` };
}

/** Settings of earlier versions, with what has taken their place. */
const REPLACED: Readonly<Record<string, string>> = {
  protectData: 'is no setting any more. Data is protected unless the stage has "throwaway": true',
};

function linesOf(issue: z.core.$ZodIssue): string[] {
  const replaced = issue.code === 'unrecognized_keys' ? issue.keys.filter((key) => key in REPLACED) : [];
  if (replaced.length > 0) return replaced.map((key) => `  ${key}: ${REPLACED[key]}`);
  return [`  ${issue.path.join('.') || '(whole file)'}: ${issue.message}`];
}

/** The stage that `npm start` runs and that needs neither a file nor an account. */
const LOCAL: ConfigFile = {
  stage: 'local',
  region: 'us-east-1',
  senderAddress: 'passes@daypass.example',
  senderIdentity: 'existing',
  throwaway: true,
};

const fileOf = (stage: string, directory: string) => join(directory, 'config', `${stage}.json`);

/** Whether a stage is the one that `npm start` runs and nothing else: `local`, without a file of its own. */
export const isLocalStage = (stage: string, directory: string): boolean =>
  stage === LOCAL.stage && !existsSync(fileOf(stage, directory));

/**
 * The configuration that a command was told to use: a file, or a stage's own. With neither it is the stage `local`.
 * @param directory the folder that holds `config/`
 * @throws ConfigError when it is missing, is not JSON, or is wrong
 */
export function findConfig(
  { file, stage = 'local' }: { file: string | undefined; stage: string | undefined },
  directory: string,
): Config {
  return file ? readConfig(resolve(file)) : loadConfig(stage, directory);
}

/**
 * Reads `config/<stage>.json`. The stage `local` has a built-in configuration.
 * @param directory the folder that holds `config/`
 * @throws ConfigError when the file is missing, is not JSON, or is wrong
 */
export function loadConfig(stage: string, directory: string): Config {
  const file = fileOf(stage, directory);
  if (isLocalStage(stage, directory)) return parseConfig(LOCAL, 'The built-in configuration of stage local');
  if (!existsSync(file)) {
    throw new ConfigError(
      `There is no config/${stage}.json. Copy config/example.json to it and fill it in (docs/deploy.md, Configuration).`,
    );
  }
  const config = readConfig(file);
  if (config.stage !== stage) {
    throw new ConfigError(`${file} says stage "${config.stage}". Rename the file, or correct its stage.`);
  }
  return config;
}

/**
 * Reads a configuration file wherever it lies.
 * @throws ConfigError when it is missing, is not JSON, or is wrong
 */
export function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${file} is not JSON: ${(error as Error).message}`);
  }
  return parseConfig(input, file);
}
