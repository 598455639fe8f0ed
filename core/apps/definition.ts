import { z } from 'zod';
import { accountId, expression, fieldId, grantedRole, id, label } from './definition-names.ts';
import { recordTypeSchema } from './definition-record-type.ts';

export * from './definition-actions.ts';
export * from './definition-record-type.ts';
export * from './definition-site.ts';

/**
 * The shape of an app as it is drafted, kept as a file, and published. Everything a site does is said here:
 * the code knows no record type by name. Meaning that one document alone cannot show (references between apps,
 * expressions, transaction size) is checked in `check.ts`.
 */

export const dataActionSchema = z
  .strictObject({
    id,
    title: label,
    comment: z.string().max(500).optional(),
    source: z
      .strictObject({ app: id, view: id, parameters: z.record(fieldId, expression) })
      .optional()
      .describe('A view that finds the records to act on; absent = none needed (add)'),
    target: z.strictObject({ app: id, recordType: id, operation: id }),
    fields: z
      .record(fieldId, expression)
      .optional()
      .describe('Target field → expression over `record`, the submitted record'),
    returns: z
      .record(fieldId, expression)
      .optional()
      .describe('Field of the submitted record → expression over `result`, the record acted on; null clears'),
  })
  .meta({ id: 'DataAction' });
export type DataAction = z.infer<typeof dataActionSchema>;

export const taskSchema = z
  .strictObject({
    id,
    title: label,
    comment: z.string().max(500).optional(),
    recordType: id.describe('The record type whose submissions it is attached to'),
    actions: z.array(dataActionSchema).min(1).max(10),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof taskSchema>;

export const notificationSchema = z
  .strictObject({
    id,
    name: label,
    recordType: id,
    to: expression.describe('An address; an empty one means no mail'),
    subject: expression,
    body: z
      .string()
      .max(5000)
      .optional()
      .describe(
        'Paragraphs after the greeting; {field} is a field of the record, and a paragraph with an empty one is left out',
      ),
    fields: z.array(fieldId).max(40).describe('Fields listed in the mail, in this order'),
    button: expression
      .optional()
      .describe('What the button with the link says; default: “Open” with record type and title'),
    replyTo: expression
      .optional()
      .describe('Where answers go; default: the address in the contact of the app or the site'),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof notificationSchema>;

const fieldSet = z.union([z.literal('*'), z.array(fieldId)], {
  error: 'write "*" for all fields, or a list of field ids',
});

export const permissionSchema = z
  .strictObject({
    role: grantedRole.optional().describe('Whom it is about: whoever holds this role; or else'),
    subject: accountId.optional().describe('one account alone, which stands before its roles'),
    effect: z
      .literal('deny')
      .optional()
      .describe('Forbids what is named here instead of permitting it; without fields'),
    recordType: id,
    operations: z.array(id).optional().describe('Operations that may be run'),
    when: expression
      .optional()
      .describe(
        'Only on records for which this holds; without "check", also as the operation would save them',
      ),
    check: expression
      .optional()
      .describe(
        'What has to hold of the record as it would be saved, instead of "when"; for operations that add, edit or lead to another state',
      ),
    fields: z
      .record(id, fieldSet)
      .optional()
      .describe(
        'Operation → the fields it may see (view) or write; an absent operation means every field it takes',
      ),
    views: z.array(id).optional().describe('Views that may be opened'),
  })
  .refine(({ role, subject }) => (role === undefined) !== (subject === undefined), {
    error: 'name whom it is about: a "role" or a "subject", one of them',
  })
  .meta({ id: 'Permission' });
export type Permission = z.infer<typeof permissionSchema>;

export const serviceSchema = z
  .strictObject({
    id: id.describe('Part of its address; one of a kind in the site'),
    name: label,
    description: z.string().max(500).optional(),
    recordType: id,
    view: id.optional().describe('A view that it reads; or else'),
    operation: id
      .optional()
      .describe('an operation that it runs: one that adds, or one on a record that is named'),
    fields: z
      .array(fieldId)
      .max(100)
      .optional()
      .describe('Fields that the operation takes from the caller; default: all that it takes'),
    returns: z
      .array(fieldId)
      .max(100)
      .optional()
      .describe('Fields of the record that it answers; default: none'),
  })
  .meta({ id: 'Service' });
export type Service = z.infer<typeof serviceSchema>;

export const APP_KINDS = ['records', 'users', 'tokens'] as const;
export type AppKind = (typeof APP_KINDS)[number];

export const appSchema = z.strictObject({
  $schema: z.string().optional(),
  id,
  name: label,
  description: z.string().max(1000).optional(),
  kind: z.enum(APP_KINDS),
  accessModel: z.enum(['roles', 'lists', 'profiles']).default('roles'),
  robot: id
    .optional()
    .describe('The robot that runs its tasks and services; needed to publish an app that has any'),
  contact: z
    .string()
    .max(200)
    .optional()
    .describe('Whom people with a pass can ask; shown on pages and in mails'),
  tokenLifetimeDays: z
    .number()
    .int()
    .min(1)
    .max(364)
    .optional()
    .describe("For kind tokens; default: the site's"),
  recordTypes: z.array(recordTypeSchema).min(1).max(50),
  tasks: z.array(taskSchema).max(100).default([]),
  notifications: z.array(notificationSchema).max(100).default([]),
  permissions: z.array(permissionSchema).max(500).default([]),
  services: z
    .array(serviceSchema)
    .max(50)
    .optional()
    .describe('Endpoints that roles may be given one by one; they act with the rights of the robot'),
});
/** An app definition after parsing, defaults filled in. */
export type AppDefinition = z.infer<typeof appSchema>;
/** An app definition as it is written in a file. */
export type AppDefinitionInput = z.input<typeof appSchema>;
