import { z } from 'zod';
import { ENVIRONMENTS } from '../environments.ts';
import { heldRole, id, label } from './definition-names.ts';

export const roleSchema = z
  .strictObject({
    id,
    name: label,
    description: z.string().max(500).optional(),
    environments: z.array(z.enum(ENVIRONMENTS)).describe('Where it lets a person sign in'),
  })
  .meta({ id: 'Role' });
export type RoleDefinition = z.infer<typeof roleSchema>;

export const personSchema = z
  .strictObject({
    id,
    kind: z.enum(['user', 'robot', 'serviceAccount']),
    name: label,
    email: z.email().optional().describe('Users only: the address they sign in with'),
    roles: z.array(heldRole),
  })
  .meta({ id: 'Person' });

export const siteSchema = z.strictObject({
  $schema: z.string().optional(),
  name: label,
  contact: z.string().max(200),
  roles: z.array(roleSchema).max(200),
  people: z.array(personSchema).max(1000).default([]),
});
/** A site as files: its roles, its people and robots; the apps lie beside it. */
export type SiteDefinition = z.infer<typeof siteSchema>;
