import { z } from 'zod';
import { roleSchema } from '../../../core/apps/definition.ts';
import type { PEOPLE_ROUTES } from '../routes/people.ts';
import type { Documented } from './documented.ts';
import { CURSOR, ENVIRONMENT, ENVIRONMENT_LIST, ID, NAMED, ROLE_IDS, TIME, VERSION } from './shapes.ts';

const user = () =>
  z.strictObject({
    id: ID,
    name: z.string(),
    firstName: z.string().optional(),
    lastName: z.string().optional(),
    email: z.string(),
    roles: ROLE_IDS,
    environments: ENVIRONMENT_LIST.describe('Where these roles let them sign in'),
    createdAt: TIME,
    version: VERSION,
  });

const users = () =>
  z.strictObject({
    users: z.array(
      z.strictObject({ id: ID, name: z.string(), email: z.string().optional(), roles: ROLE_IDS }),
    ),
    cursor: CURSOR,
  });

const designValues = () =>
  z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The members that differ')
    .meta({ examples: [{ roles: ['inspector'] }] });

const designJournal = () =>
  z.strictObject({
    changes: z.array(
      z.strictObject({
        id: ID,
        at: TIME,
        actor: z.strictObject({ id: z.string(), type: z.string(), name: z.string() }),
        action: z.enum([
          'create',
          'change',
          'delete',
          'publish',
          'rebuild',
          'signOut',
          'createKey',
          'revokeKey',
        ]),
        subject: z.strictObject({
          type: z.enum(['app', 'role', 'user', 'serviceAccount', 'robot', 'environment']),
          id: z.string(),
          name: z.string(),
        }),
        before: designValues(),
        after: designValues(),
        via: z
          .strictObject({ environment: ENVIRONMENT, app: z.string(), operation: z.string() })
          .optional()
          .describe('The operation of an app that did it'),
      }),
    ),
    cursor: CURSOR,
  });

const role = () => roleSchema.extend({ version: VERSION });

const roles = () =>
  z.strictObject({
    version: VERSION,
    roles: z.array(roleSchema),
    builtIn: z.array(z.string()).describe('Built-in roles: they are held, and never changed'),
  });

const key = {
  id: ID,
  name: z.string(),
  environment: ENVIRONMENT.optional().describe('Absent on a site key'),
  site: z.literal(true).optional().describe('Instead of `environment`, on a site key'),
  roles: ROLE_IDS.describe(
    'What it carries: of the roles held when it was made, those that the account holds',
  ),
  createdAt: TIME,
  expiresAt: TIME,
  lastUsedAt: TIME.optional(),
  endedAt: TIME.optional(),
};

const serviceAccount = () =>
  z.strictObject({
    id: ID,
    type: z.enum(['serviceAccount', 'robot']),
    name: z.string(),
    roles: ROLE_IDS,
    environments: ENVIRONMENT_LIST,
    keys: z.array(z.strictObject(key)),
    apps: z.array(z.string()).optional().describe('Robots: the apps whose tasks and services it runs'),
    work: z
      .array(z.strictObject({ app: z.string(), name: z.string(), environments: ENVIRONMENT_LIST }))
      .optional()
      .describe('Robots: the published apps that would have it run theirs; what is not among “apps” fails'),
    createdAt: TIME,
    version: VERSION,
  });

const serviceAccounts = () =>
  z.strictObject({
    serviceAccounts: z.array(
      z.strictObject({
        id: ID,
        type: z.enum(['serviceAccount', 'robot']),
        name: z.string(),
        roles: ROLE_IDS,
      }),
    ),
    cursor: CURSOR,
  });

const settings = () =>
  z.strictObject({
    environment: ENVIRONMENT,
    accounts: z.strictObject({ manipulation: z.boolean(), deletion: z.boolean() }),
    welcomeMail: z.strictObject({ subject: z.string(), body: z.string() }),
    version: VERSION,
  });

const reading = { callers: 'designReaders', errors: ['FORBIDDEN'] } as const;
const writing = 'administrators';
const OF_ROLES = ['FORBIDDEN', 'ALREADY_EXISTS', 'ROLE_UNKNOWN', 'LIMIT_EXCEEDED', 'CONFLICT'] as const;

/** People, roles, service accounts and environments. */
export const PEOPLE_DOCUMENTS: Record<(typeof PEOPLE_ROUTES)[number]['id'], Documented> = {
  readDesignJournal: { callers: 'siteReaders', errors: ['FORBIDDEN'], answer: designJournal },
  listUsers: { ...reading, answer: users },
  createUser: { callers: writing, errors: ['FORBIDDEN', 'EMAIL_TAKEN', 'ROLE_UNKNOWN'], answer: user },
  readUser: { ...reading, answer: user },
  updateUser: {
    callers: writing,
    errors: ['FORBIDDEN', 'EMAIL_IMMUTABLE', 'ROLE_UNKNOWN', 'LAST_OWNER', 'CONFLICT'],
    answer: user,
  },
  deleteUser: {
    callers: writing,
    errors: ['FORBIDDEN', 'OWN_ACCOUNT', 'LAST_OWNER', 'CONFIRMATION_NEEDED', 'CONFLICT'],
  },
  signOutUser: {
    callers: writing,
    errors: ['FORBIDDEN'],
    answer: () => z.strictObject({ ended: z.int().describe('How many sessions were ended') }),
  },
  suggestPeople: {
    ...reading,
    answer: () =>
      z.strictObject({ suggestions: z.array(z.strictObject({ type: z.enum(['user', 'role']), ...NAMED })) }),
  },
  listRoles: { ...reading, answer: roles },
  createRole: { callers: writing, errors: OF_ROLES, answer: role },
  readRole: { ...reading, answer: role },
  changeRole: { callers: writing, errors: OF_ROLES, answer: role },
  removeRole: { callers: writing, errors: ['FORBIDDEN', 'ROLE_IN_USE', 'CONFLICT'] },
  listServiceAccounts: { ...reading, answer: serviceAccounts },
  createServiceAccount: { callers: writing, errors: ['FORBIDDEN', 'ROLE_UNKNOWN'], answer: serviceAccount },
  readServiceAccount: { ...reading, answer: serviceAccount },
  updateServiceAccount: {
    callers: writing,
    errors: ['FORBIDDEN', 'ROLE_UNKNOWN', 'CONFLICT'],
    answer: serviceAccount,
  },
  deleteServiceAccount: { callers: writing, errors: ['FORBIDDEN', 'OWN_ACCOUNT', 'CONFIRMATION_NEEDED'] },
  createKey: {
    callers: writing,
    errors: ['FORBIDDEN', 'ROLE_UNKNOWN', 'LIMIT_EXCEEDED', 'CONFLICT'],
    answer: () =>
      z.strictObject({
        ...key,
        key: z
          .string()
          .describe('The key itself, in this answer and nowhere else')
          .meta({
            examples: ['(shown once)'],
          }),
      }),
  },
  revokeKey: { callers: writing, errors: ['FORBIDDEN'] },
  listEnvironments: { ...reading, answer: () => z.strictObject({ environments: z.array(settings()) }) },
  readEnvironmentSettings: { ...reading, answer: settings },
  changeEnvironmentSettings: { callers: writing, errors: ['FORBIDDEN', 'CONFLICT'], answer: settings },
};
