import { z } from 'zod';

/**
 * The information model of the OpenID AuthZEN Authorization API 1.0. Members that it does not know are ignored; those
 * that it requires are required by name.
 */
const text = z.string().min(1).max(200);
const properties = z.record(z.string(), z.unknown()).optional();

const subject = z.object({ type: text, id: text, properties });
const action = z.object({ name: text, properties });
const resource = z.object({ type: text, id: text, properties });
const context = properties.describe('`environment`: one of the four; the others are ignored');
const page = z
  .object({
    token: z.string().max(3000).optional().describe('`page.next_token` of the answer before'),
    limit: z.number().int().min(1).max(100).optional().describe('Default 50'),
  })
  .optional();

export type Properties = Readonly<Record<string, unknown>>;
export type SubjectEntity = z.infer<typeof subject>;
export type ActionEntity = z.infer<typeof action>;
export type ResourceEntity = z.infer<typeof resource>;

export const questionSchema = z.object({ subject, action, resource, context });
export type Question = z.infer<typeof questionSchema>;

/** The same question to ourselves: what it does not know is refused, as everywhere but in the standard. */
export const explainedSchema = z.strictObject(questionSchema.shape);

export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;

/** Members at the top are defaults for all questions; with none, they are the one question. */
export const questionsSchema = z.object({
  subject: subject.partial().optional(),
  action: action.partial().optional(),
  resource: resource.partial().optional(),
  context,
  evaluations: z.array(z.unknown()).max(100).optional(),
  options: z.object({ evaluations_semantic: z.enum(SEMANTICS).optional() }).optional(),
});
export type Questions = z.infer<typeof questionsSchema>;

/** What is looked for is named by its type alone; an id there is ignored. */
export const subjectSearchSchema = z.object({
  subject: z.object({ type: text }),
  action,
  resource,
  context,
  page,
});
export type SubjectSearch = z.infer<typeof subjectSearchSchema>;

export const resourceSearchSchema = z.object({
  subject,
  action,
  resource: z.object({ type: text, properties }),
  context,
  page,
});
export type ResourceSearch = z.infer<typeof resourceSearchSchema>;

export const actionSearchSchema = z.object({ subject, resource, context, page });
export type ActionSearch = z.infer<typeof actionSearchSchema>;

export const decisionSchema = z.object({
  decision: z.boolean(),
  context: z
    .object({
      reason: z.string().describe('The reason code'),
      rules: z.array(z.string()).describe('Ids of the rules that decided'),
      fields: z.union([z.literal('*'), z.array(z.string())]).describe('Permitted fields of the action'),
    })
    .partial()
    .extend({ error: z.object({ status: z.int(), message: z.string() }).optional() })
    .optional(),
});
export type DecisionAnswer = z.infer<typeof decisionSchema>;
