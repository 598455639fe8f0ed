import { z } from 'zod';
import { requestActionSchema } from './definition-actions.ts';
import { expression, fieldId, id, label, stateId } from './definition-names.ts';

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

export const fieldSchema = z
  .strictObject({
    id: fieldId,
    label,
    help: z.string().max(500).optional(),
    type: z.enum(FIELD_TYPES),
    required: z.boolean().optional().describe('Enforced only while the field is visible'),
    readOnly: z
      .boolean()
      .optional()
      .describe('Never written from a form or a request; robots and returns may, if permitted'),
    runtimeOnly: z.boolean().optional().describe('On forms and in mappings, never stored'),
    ofUser: z
      .strictObject({ field: fieldId, property: z.enum(['firstName', 'lastName', 'email']) })
      .optional()
      .describe('For runtime-only fields: forms start from this property of the user in that field'),
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
  })
  .meta({ id: 'Field' });
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

export const operationSchema = z
  .strictObject({
    id,
    name: label
      .optional()
      .describe(
        'Absent = as its kind is called: “Add a work order”, “Edit” and so on. A transition needs one of its own',
      ),
    kind: z.enum(OPERATION_KINDS),
    from: z
      .array(stateId)
      .min(1)
      .optional()
      .describe('States in which it is offered; absent = in every state'),
    to: stateId.optional().describe('For transition: the state it leads to'),
    fields: z
      .array(fieldId)
      .optional()
      .describe(
        'The fields its form shows, in this order; of these it takes the writable ones. Absent = every writable field (add, edit), none (others)',
      ),
    actions: z
      .array(requestActionSchema)
      .max(5)
      .optional()
      .describe('Run as the caller before the record is saved, in one transaction with it'),
    tasks: z
      .array(z.strictObject({ task: id, when: expression.optional() }))
      .max(10)
      .optional()
      .describe('Run by the robot after the operation is committed'),
    notifications: z.array(id).max(10).optional().describe('Sent after the tasks have returned'),
    confirm: label.optional().describe('Text of the button that submits it'),
  })
  .meta({ id: 'Operation' });
export type Operation = z.infer<typeof operationSchema>;

export const viewSchema = z
  .strictObject({
    id,
    name: label,
    columns: z
      .array(fieldId)
      .min(1)
      .max(40)
      .describe('Fields, or what every record has: state, createdAt, createdBy, updatedAt'),
    filter: expression.optional(),
    sort: z.strictObject({ field: fieldId, descending: z.boolean().optional() }).optional(),
    parameters: z
      .array(z.strictObject({ id: fieldId, label: label.optional(), type: z.enum(FIELD_TYPES) }))
      .optional(),
    equality: z
      .array(fieldId)
      .optional()
      .describe('Fields that the index is partitioned by; derived from the filter if absent'),
    boundedScan: z
      .boolean()
      .optional()
      .describe(
        'The list may read past records that it does not show, at most five pages per request; pages can be short or empty',
      ),
  })
  .meta({ id: 'View' });
export type View = z.infer<typeof viewSchema>;

export const recordTypeSchema = z
  .strictObject({
    id,
    name: label,
    plural: label,
    titleField: fieldId.optional(),
    fields: z.array(fieldSchema).max(100),
    states: z
      .array(z.strictObject({ id: stateId, name: label }))
      .min(1)
      .max(30),
    initialState: stateId,
    ownerField: fieldId.optional().describe('A user field that names the record owner'),
    dueDateField: fieldId.optional().describe('A date field that ends the tokens issued for the record'),
    operations: z.array(operationSchema).min(1).max(50),
    views: z.array(viewSchema).max(20),
  })
  .meta({ id: 'RecordType' });
export type RecordType = z.infer<typeof recordTypeSchema>;
