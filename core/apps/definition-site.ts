import { z } from 'zod';
import { ENVIRONMENTS } from '../environments.ts';
import { emailAddress, heldRole, id, label } from './definition-names.ts';

/** What a role may do with user accounts from apps, in environments that let apps do so. */
export const accountGrantSchema = z
  .strictObject({
    create: z.boolean().optional(),
    update: z.boolean().optional(),
    delete: z.boolean().optional(),
    assign: z.array(id).max(50).optional().describe('Custom roles that it may give and take away'),
  })
  .meta({ id: 'AccountGrant' });

const design = <const Action extends string>(...actions: Action[]) =>
  z.array(z.enum(actions)).max(actions.length);
/** What a role may do in the design plane. */
export const designGrantSchema = z
  .strictObject({
    apps: z
      .record(
        z.union([z.literal('*'), id]),
        design('read', 'create', 'edit', 'publish', 'delete', 'changePermissions', 'changeAccessLists'),
      )
      .optional()
      .describe('App id, or * for all → actions'),
    publish: z
      .array(z.enum(ENVIRONMENTS))
      .max(ENVIRONMENTS.length)
      .optional()
      .describe(
        'Into which environments it may publish the apps that name `publish`; left out: into every one',
      ),
    roles: design('read', 'create', 'edit', 'delete').optional(),
    accounts: design('read', 'create', 'edit', 'delete').optional(),
    environments: design('read', 'configure').optional(),
  })
  .meta({ id: 'DesignGrant' });

export const roleSchema = z
  .strictObject({
    id,
    name: label,
    description: z.string().max(500).optional(),
    environments: z.array(z.enum(ENVIRONMENTS)).describe('Where it lets a person sign in'),
    accounts: accountGrantSchema.optional(),
    design: designGrantSchema.optional(),
    services: z.array(id).max(50).optional().describe('Services that it may call'),
  })
  .meta({ id: 'Role' });
export type RoleDefinition = z.infer<typeof roleSchema>;

/** What apps may do with user accounts in an environment, and what a welcome mail says there. */
export const environmentSettingsSchema = z
  .strictObject({
    accounts: z
      .strictObject({
        manipulation: z.boolean().describe('Whether apps may create and update user accounts at all'),
        deletion: z.boolean().describe('Whether they may delete them, too'),
      })
      .optional(),
    welcomeMail: z
      .strictObject({ subject: label, body: z.string().min(1).max(5000).describe('Plain paragraphs') })
      .optional()
      .describe('Instead of the usual text'),
  })
  .meta({ id: 'EnvironmentSettings' });
export type EnvironmentSettings = z.infer<typeof environmentSettingsSchema>;

/** Apps that one robot works for. */
export const MOST_APPS = 50;

export const personSchema = z
  .strictObject({
    id,
    kind: z.enum(['user', 'robot', 'serviceAccount']),
    name: label,
    firstName: label.optional(),
    lastName: label.optional(),
    email: emailAddress.optional().describe('Users only: the address they sign in with'),
    roles: z.array(heldRole),
    apps: z
      .array(id)
      .max(MOST_APPS)
      .optional()
      .describe('Robots only: the apps whose tasks and services it runs; absent = none'),
  })
  .meta({ id: 'Person' });

export const siteSchema = z.strictObject({
  $schema: z.string().optional(),
  name: label,
  contact: z.string().max(200),
  roles: z.array(roleSchema).max(200),
  environments: z
    .partialRecord(z.enum(ENVIRONMENTS), environmentSettingsSchema)
    .optional()
    .describe('Left out: as they are'),
  people: z.array(personSchema).max(1000).default([]),
});
/** A site as files: its roles, its people and robots; the apps lie beside it. */
export type SiteDefinition = z.infer<typeof siteSchema>;
