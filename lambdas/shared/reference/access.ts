import { z } from 'zod';
import { permissionSchema } from '../../../core/apps/definition.ts';
import { decisionSchema } from '../../../core/authzen/question.ts';
import { REASON_CODES } from '../../../core/policy/types.ts';
import type { ACCESS_ROUTES, POLICY_ROUTES } from '../routes/access.ts';
import type { Documented } from './documented.ts';
import { ENVIRONMENT, ID, NAMED, ROLE_IDS, TIME } from './shapes.ts';

const found = <Of extends z.ZodType>(result: Of) =>
  z.strictObject({
    results: z.array(result),
    page: z.strictObject({
      next_token: z.string().describe('Goes back as `page.token`; empty on the last page'),
      count: z.int(),
    }),
  });
const entity = z.strictObject({ type: z.string(), id: z.string() });

const subjectType = z
  .enum(['anonymous', 'user', 'tokenUser', 'serviceAccount', 'robot'])
  .meta({ examples: ['user'] });

const reach = z.array(
  z.strictObject({
    ...NAMED,
    fields: z.union([z.literal('*'), z.array(z.string())]).describe('The fields that it may show or touch'),
    rules: z.array(z.string()).optional().describe('Ids of the rules that decided, for those who administer'),
  }),
);

const recordAccess = () =>
  z.strictObject({
    record: z.strictObject({ id: ID, app: z.string(), recordType: z.string(), state: z.string() }),
    roles: z
      .array(z.strictObject({ ...NAMED, operations: reach }))
      .describe('Roles that reach it whoever holds them'),
    subjects: z.array(
      z.strictObject({
        type: subjectType,
        id: ID.optional(),
        name: z.string().optional().describe('Absent for a holder whose name the caller may not see'),
        until: TIME.optional().describe('Passes: when they end'),
        operations: reach,
      }),
    ),
    otherPasses: z.int().describe('Passes that reach it and whose holders the caller may not see'),
    complete: z.boolean().describe('False where there are more accounts than one answer looks at'),
  });

const subjectAccess = () =>
  z.strictObject({
    subject: z.strictObject({ type: subjectType, id: ID.optional(), name: z.string(), roles: ROLE_IDS }),
    apps: z.array(
      z.strictObject({
        ...NAMED,
        recordTypes: z.array(
          z.strictObject({
            ...NAMED,
            operations: z.array(z.strictObject(NAMED)).describe('Operations that add a record'),
            views: z.array(
              z.strictObject({
                ...NAMED,
                records: z
                  .array(
                    z.strictObject({
                      id: ID,
                      state: z.string(),
                      operations: z.array(z.string()),
                      edit: z.array(z.string()),
                    }),
                  )
                  .optional()
                  .describe('The first 25; absent for views that ask for parameters'),
                more: z.boolean().optional(),
              }),
            ),
          }),
        ),
      }),
    ),
    complete: z.boolean(),
  });

const rule = z.looseObject({
  id: z.string(),
  effect: z.enum(['allow', 'deny']),
  subjects: z.array(z.looseObject({ kind: z.string() })),
  actions: z.array(z.string()),
  source: z.string(),
});

const explanation = () =>
  z.strictObject({
    decision: z.boolean(),
    reason: z.enum(REASON_CODES).meta({ examples: ['FORBIDDEN'] }),
    detail: z
      .string()
      .optional()
      .describe('Which gate; or that the record may not be viewed, which an operation on it needs'),
    rules: z.array(z.string()).describe('Ids of the rules that decided; empty where none did'),
    fields: z.union([z.literal('*'), z.array(z.string())]).describe('Permitted fields of the action'),
    refused: z.array(z.string()).optional().describe('Fields that were asked for and are not permitted'),
    tiers: z
      .array(
        z.strictObject({
          tier: z.int().min(1).max(6),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              source: z.string(),
              effect: z.enum(['allow', 'deny']),
              fields: z.union([z.literal('*'), z.array(z.string())]),
              outcome: z.enum(['takesPart', 'notNamed', 'fails', 'unevaluable']),
              condition: z.string().optional(),
              check: z
                .string()
                .optional()
                .describe('What it asks of the record as it would be saved, instead'),
              absent: z.array(z.string()).optional().describe('What the condition reads and nothing has'),
            }),
          ),
        }),
      )
      .describe(
        'Every rule that names the subject for this, by tier; and for viewing, where that is what lacks',
      ),
    nearest: z
      .strictObject({
        add: z
          .strictObject({
            rule,
            app: z.string().optional(),
            permission: permissionSchema
              .optional()
              .describe('To be written among the permissions of the app’s draft'),
          })
          .optional(),
        remove: z
          .array(
            z.strictObject({
              rule: z.string(),
              source: z.string().describe('Where the rule was written'),
              app: z.string().optional(),
              at: z.string().optional().describe('Pointer into the app’s definition'),
              operations: z.array(z.string()).optional().describe('To be taken out there'),
              views: z.array(z.string()).optional(),
            }),
          )
          .optional(),
      })
      .nullable()
      .describe('The smallest change that turns the answer round; null where no rule can'),
  });

const metadata = () =>
  z.strictObject({
    policy_decision_point: z.url(),
    access_evaluation_endpoint: z.url(),
    access_evaluations_endpoint: z.url(),
    search_subject_endpoint: z.url(),
    search_resource_endpoint: z.url(),
    search_action_endpoint: z.url(),
  });

const policy = () =>
  z.strictObject({
    environment: ENVIRONMENT,
    policy: z.string().describe('Content hash of the policy that the environment runs'),
    policies: z.string().describe('Cedar policies, permits only'),
    schema: z.string().describe('The Cedar schema with which they validate strictly'),
    refused: z.array(z.unknown()).describe('Rules that Cedar cannot say, each with the reason'),
  });

/** Decisions for other systems, and the two answers for people who administer. */
export const ACCESS_DOCUMENTS: Record<
  (typeof ACCESS_ROUTES)[number]['id'] | (typeof POLICY_ROUTES)[number]['id'],
  Documented
> = {
  evaluateAccess: { callers: 'askers', errors: ['FORBIDDEN'], answer: () => decisionSchema },
  evaluateAccesses: {
    callers: 'askers',
    errors: ['FORBIDDEN'],
    answer: () => z.union([z.strictObject({ evaluations: z.array(decisionSchema) }), decisionSchema]),
  },
  searchSubjects: { callers: 'askers', errors: ['FORBIDDEN'], answer: () => found(entity) },
  searchResources: { callers: 'askers', errors: ['FORBIDDEN'], answer: () => found(entity) },
  searchActions: {
    callers: 'askers',
    errors: ['FORBIDDEN'],
    answer: () => found(z.strictObject({ name: z.string() })),
  },
  explainAccess: { callers: 'explainers', errors: ['FORBIDDEN', 'NOT_FOUND'], answer: explanation },
  readAccessMetadata: { callers: 'anyone', answer: metadata },
  readRecordAccess: { callers: 'staff', answer: recordAccess },
  readSubjectAccess: { callers: 'askers', errors: ['FORBIDDEN'], answer: subjectAccess },
  exportPolicy: { callers: 'policyReaders', errors: ['FORBIDDEN', 'DEFINITION_INVALID'], answer: policy },
};
