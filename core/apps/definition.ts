import { z } from 'zod';

/**
 * The shape of an app as it is drafted, kept as a file, and published. Everything a site does is said here:
 * the code knows no record type by name. Meaning that one document alone cannot show (references between apps,
 * expressions, transaction size) is checked in `check.ts`.
 */

const id = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9-]{0,47}$/,
    'an id starts with a small letter; letters, digits and hyphens; at most 48',
  );
const stateId = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]{0,47}$/,
    'a state id starts with a letter; letters, digits and hyphens; at most 48',
  )
  .describe('As conditions and filters write it, e.g. `record.state == "Active"`');
const label = z.string().min(1).max(200);
const expression = z.string().min(1).max(2000).describe('A CEL expression');

export const FIELD_TYPES = [
  'string',
  'text',
  'number',
  'boolean',
  'date',
  'dateTime',
  'email',
  'url',
  'phone',
  'choice',
  'choices',
  'geoPoint',
  'signature',
  'reference',
  'user',
  'roles',
  'token',
  'formula',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const fieldSchema = z.strictObject({
  id,
  label,
  help: z.string().max(500).optional(),
  type: z.enum(FIELD_TYPES),
  required: z.boolean().optional().describe('Enforced only while the field is visible'),
  readOnly: z
    .boolean()
    .optional()
    .describe('Never written from a form or a request; robots and returns may, if permitted'),
  runtimeOnly: z.boolean().optional().describe('On forms and in mappings, never stored'),
  choices: z.array(label).min(1).max(200).optional().describe('For choice and choices'),
  rolesFrom: z
    .array(id)
    .optional()
    .describe('For roles: the roles that may be chosen; absent = every custom role'),
  target: z
    .strictObject({ app: id, recordType: id.optional() })
    .optional()
    .describe('For reference and token'),
  visibleIf: expression.optional(),
  default: expression.optional().describe('Calculated when a record is added without a value'),
  formula: expression.optional().describe('For formula: computed, never written'),
  displayText: label
    .optional()
    .describe('For url fields and formulas: the text shown instead of the address'),
  maxLength: z.number().int().min(1).max(20000).optional(),
  builtIn: z.boolean().optional().describe('Comes with the kind of app; cannot be removed'),
});
export type Field = z.infer<typeof fieldSchema>;

export const OPERATION_KINDS = [
  'add',
  'view',
  'edit',
  'delete',
  'export',
  'sendEmail',
  'transition',
] as const;

export const operationSchema = z.strictObject({
  id,
  name: label,
  kind: z.enum(OPERATION_KINDS),
  from: z.array(stateId).min(1).optional().describe('States in which it is offered; absent = in every state'),
  to: stateId.optional().describe('For transition: the state it leads to'),
  fields: z
    .array(id)
    .optional()
    .describe(
      'The fields its form shows, in this order; of these it takes the writable ones. Absent = every writable field (add, edit), none (others)',
    ),
  tasks: z
    .array(z.strictObject({ task: id, when: expression.optional() }))
    .optional()
    .describe('Run by the robot after the operation is committed'),
  notifications: z.array(id).optional().describe('Sent after the tasks have returned'),
  confirm: label.optional().describe('Text of the button that submits it'),
});
export type Operation = z.infer<typeof operationSchema>;

export const viewSchema = z.strictObject({
  id,
  name: label,
  columns: z.array(id).min(1),
  filter: expression.optional(),
  sort: z.strictObject({ field: id, descending: z.boolean().optional() }).optional(),
  parameters: z.array(z.strictObject({ id, label: label.optional(), type: z.enum(FIELD_TYPES) })).optional(),
  equality: z
    .array(id)
    .optional()
    .describe('Fields that the index is partitioned by; derived from the filter if absent'),
});
export type View = z.infer<typeof viewSchema>;

export const recordTypeSchema = z.strictObject({
  id,
  name: label,
  plural: label,
  titleField: id.optional(),
  fields: z.array(fieldSchema).max(100),
  states: z
    .array(z.strictObject({ id: stateId, name: label }))
    .min(1)
    .max(30),
  initialState: stateId,
  ownerField: id.optional().describe('A user field that names the record owner'),
  dueDateField: id.optional().describe('A date field that ends the tokens issued for the record'),
  operations: z.array(operationSchema).min(1),
  views: z.array(viewSchema),
});
export type RecordType = z.infer<typeof recordTypeSchema>;

export const dataActionSchema = z.strictObject({
  id,
  title: label,
  comment: z.string().max(500).optional(),
  source: z
    .strictObject({ app: id, view: id, parameters: z.record(id, expression) })
    .optional()
    .describe('A view that finds the records to act on; absent = none needed (add)'),
  target: z.strictObject({ app: id, recordType: id, operation: id }),
  fields: z
    .record(id, expression)
    .optional()
    .describe('Target field → expression over `record`, the submitted record'),
  returns: z
    .record(id, expression)
    .optional()
    .describe('Field of the submitted record → expression over `result`, the record acted on; null clears'),
});
export type DataAction = z.infer<typeof dataActionSchema>;

export const taskSchema = z.strictObject({
  id,
  title: label,
  comment: z.string().max(500).optional(),
  recordType: id.describe('The record type whose submissions it is attached to'),
  actions: z.array(dataActionSchema).min(1).max(10),
});
export type Task = z.infer<typeof taskSchema>;

export const notificationSchema = z.strictObject({
  id,
  name: label,
  recordType: id,
  to: expression.describe('An address; an empty one means no mail'),
  subject: expression,
  body: z.string().max(5000).optional().describe('Plain paragraphs before the summary'),
  fields: z.array(id).describe('Fields listed in the mail, in this order'),
  replyTo: expression.optional(),
});
export type Notification = z.infer<typeof notificationSchema>;

const fieldSet = z.union([z.literal('*'), z.array(id)]);

export const permissionSchema = z.strictObject({
  role: id,
  recordType: id,
  operations: z.array(id).optional().describe('Operations the role may run'),
  when: expression.optional().describe('Only on records for which this holds'),
  fields: z
    .record(id, fieldSet)
    .optional()
    .describe(
      'Operation → the fields it may see (view) or write; an absent operation means every field it takes',
    ),
  views: z.array(id).optional().describe('Views the role may open'),
});
export type Permission = z.infer<typeof permissionSchema>;

export const APP_KINDS = ['records', 'users', 'tokens'] as const;
export type AppKind = (typeof APP_KINDS)[number];

export const appSchema = z.strictObject({
  $schema: z.string().optional(),
  id,
  name: label,
  description: z.string().max(1000).optional(),
  kind: z.enum(APP_KINDS),
  accessModel: z.enum(['roles', 'lists', 'profiles']).default('roles'),
  robot: id.optional().describe('The robot that runs its tasks; needed to publish an app with tasks'),
  contact: z
    .string()
    .max(200)
    .optional()
    .describe('Whom people with a pass can ask; shown on pages and in mails'),
  tokenLifetimeDays: z.number().int().min(1).max(364).optional().describe('For kind tokens; default 30'),
  recordTypes: z.array(recordTypeSchema).min(1).max(50),
  tasks: z.array(taskSchema).default([]),
  notifications: z.array(notificationSchema).default([]),
  permissions: z.array(permissionSchema).default([]),
});
/** An app definition after parsing, defaults filled in. */
export type AppDefinition = z.infer<typeof appSchema>;
/** An app definition as it is written in a file. */
export type AppDefinitionInput = z.input<typeof appSchema>;

export const roleSchema = z.strictObject({
  id,
  name: label,
  description: z.string().max(500).optional(),
  environments: z
    .array(z.enum(['development', 'test', 'staging', 'production']))
    .describe('Where it lets a person sign in'),
});
export type RoleDefinition = z.infer<typeof roleSchema>;

export const personSchema = z.strictObject({
  id,
  kind: z.enum(['user', 'robot', 'serviceAccount']),
  name: label,
  email: z.email().optional().describe('Users only: the address they sign in with'),
  roles: z.array(id),
});

export const siteSchema = z.strictObject({
  $schema: z.string().optional(),
  name: label,
  contact: z.string().max(200),
  roles: z.array(roleSchema),
  people: z.array(personSchema).default([]),
});
/** A site as files: its roles, its people and robots; the apps lie beside it. */
export type SiteDefinition = z.infer<typeof siteSchema>;
