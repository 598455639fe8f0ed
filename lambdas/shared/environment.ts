import { z } from 'zod';

/**
 * What each function is told by its environment variables. The template sets exactly these; a missing or wrong one
 * stops the function when it starts, with a message that names it, and not in the middle of somebody's request.
 * (The authorizer reads its few by itself: it starts without zod.)
 */
const site = z.object({
  SITE_ID: z.string().min(1).describe('Part of every signature'),
  SITE_URL: z
    .url({ protocol: /^https?$/ })
    .regex(/[^/]$/, 'must not end with a slash')
    .describe('The address that people see'),
  TABLE_NAME: z.string().min(3),
  SIGNING_KEYS_ARN: z.string().min(1).describe('Secret that holds the keys of tokens, forms and cursors'),
});
const keyless = site.omit({ SIGNING_KEYS_ARN: true });
const journal = z.object({
  JOURNAL_KEYS_ARN: z.string().min(1).describe('Secret that holds the keys of the journal'),
  TOKEN_LIFETIME_DAYS: z.coerce.number().int().min(1).max(364),
});
const mail = z.object({
  SENDER_ADDRESS: z.string().min(3),
  REPLY_TO: z.string().optional(),
  CONFIGURATION_SET: z.string().min(1),
});
const machine = z.object({
  TOKEN_ACCESS_ARN: z.string().min(1).describe('State machine token-access'),
  REBUILD_INDEXES_ARN: z.string().min(1).describe('State machine rebuild-indexes'),
});

const SCHEMAS = {
  api: site.extend(journal.shape),
  admin: site.extend(journal.shape).extend(mail.shape),
  portal: site.extend(journal.shape).extend(mail.shape),
  robot: site.extend(journal.shape).extend(mail.shape),
  outbox: z.object({ TABLE_NAME: site.shape.TABLE_NAME }).extend(machine.shape).extend(mail.shape),
  // These two only take access away or mark records: they sign nothing.
  housekeeping: keyless.extend(journal.shape).extend(machine.shape).extend(mail.shape),
  'mail-events': keyless.extend(journal.shape),
} as const;

/** The issuer that staff may sign in with, for the portal; all of it is absent where none is configured. */
const issuer = z.object({
  OIDC_ISSUER: z.url(),
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_NAME: z.string().min(1).describe('What people call it'),
  OIDC_SECRET_ARN: z
    .string()
    .min(1)
    .optional()
    .describe('Secret that holds the client secret; a public client has none'),
});
export const ISSUER_VARIABLES = Object.keys(issuer.shape) as (keyof typeof issuer.shape)[];
export type IssuerSettings = z.output<typeof issuer>;

/**
 * The issuer's settings, or undefined where staff sign in by mailed links alone.
 * @throws Error when only a part of them is set
 */
export function readIssuerSettings(
  variables: Record<string, string | undefined> = process.env,
): IssuerSettings | undefined {
  if (ISSUER_VARIABLES.every((name) => variables[name] === undefined)) return undefined;
  const result = issuer.safeParse(variables);
  if (!result.success) throw new Error('The portal cannot start: its OIDC_ variables are incomplete');
  return result.data;
}

export type FunctionEnvironment<Name extends keyof typeof SCHEMAS> = z.output<(typeof SCHEMAS)[Name]>;

/**
 * The environment of a function, checked.
 * @throws Error naming every variable that is missing or wrong; values are not quoted
 */
export function readEnvironment<Name extends keyof typeof SCHEMAS>(
  name: Name,
  variables: Record<string, string | undefined> = process.env,
): FunctionEnvironment<Name> {
  const result = SCHEMAS[name].safeParse(variables);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The function ${name} cannot start. Correct its environment: ${faults.join('; ')}`);
  }
  return result.data as FunctionEnvironment<Name>;
}

/** The variables that the template must set for a function; for tests of the template. */
export function environmentNames(name: keyof typeof SCHEMAS): string[] {
  return Object.keys(SCHEMAS[name].shape);
}
