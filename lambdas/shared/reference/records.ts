import { z } from 'zod';
import type { RUNTIME_ROUTES } from '../routes/runtime.ts';
import type { Documented } from './documented.ts';
import { CURSOR, FIELD_VALUE, ID, NAMED, ROLE_IDS, TIME, VALUES, VERSION } from './shapes.ts';

const operation = z.strictObject({
  ...NAMED,
  kind: z.enum(['add', 'view', 'edit', 'delete', 'export', 'sendEmail', 'transition']).meta({
    examples: ['edit'],
  }),
  confirm: z.string().optional().describe('What a button that does it should say'),
});

export const record = () =>
  z.strictObject({
    id: ID,
    app: z.string(),
    recordType: z.string(),
    version: VERSION,
    state: z.string(),
    stateName: z.string(),
    title: z.string(),
    values: VALUES,
    names: z
      .record(z.string(), z.string())
      .describe('Names of the people and records whose ids are among the values')
      .meta({ examples: [{ '4hUz1NcPq8YtRw0KdLs6Gv': 'Ana Ruiz' }] }),
    createdAt: TIME,
    createdBy: ID.optional().describe('Who created it, where the caller may see that'),
    updatedAt: TIME,
    trouble: z
      .strictObject({ at: TIME, step: z.string(), message: z.string() })
      .optional()
      .describe('What went wrong afterwards, for staff'),
    can: z
      .strictObject({
        operations: z.array(operation).describe('What the caller may run now'),
        edit: z.array(z.string()).describe('Fields that the caller may write without changing the state'),
      })
      .describe('What the caller may do with the record'),
  });

const warnings = z
  .array(
    z.strictObject({
      code: z.enum(['PASS_ENDS_NOW', 'PASS_LASTS_ONE_DAY', 'PASS_ENDS_EARLIER']).meta({
        examples: ['PASS_LASTS_ONE_DAY'],
      }),
      path: z
        .string()
        .describe('The value that it is about')
        .meta({ examples: ['/values/dueDate'] }),
      message: z.string(),
    }),
  )
  .optional()
  .describe('What the caller should know of values that were accepted: here, when the pass ends');

/** Where the caller may not see the record (any more), an operation answers what was done. */
const recordOrDone = () =>
  z.union([
    record().extend({ warnings }),
    z.strictObject({ operation: z.strictObject(NAMED).loose(), recordId: ID, warnings }),
  ]);

const apps = () =>
  z.strictObject({
    apps: z.array(
      z.strictObject({
        ...NAMED,
        description: z.string().optional(),
        recordTypes: z.array(
          z.strictObject({
            ...NAMED,
            plural: z.string(),
            operations: z.array(z.strictObject(NAMED)).describe('Operations that add a record'),
            views: z.array(
              z.strictObject({
                ...NAMED,
                parameters: z.array(z.strictObject({ id: z.string(), label: z.string() })),
              }),
            ),
          }),
        ),
      }),
    ),
  });

const view = () =>
  z.strictObject({
    app: z.string(),
    appName: z.string(),
    recordType: z.string(),
    view: z.strictObject(NAMED),
    columns: z.array(
      z.strictObject({
        id: z.string(),
        label: z.string(),
        type: z
          .string()
          .describe('Type of the field')
          .meta({ examples: ['string'] }),
        displayText: z.string().optional(),
      }),
    ),
    records: z.array(record()),
    cursor: CURSOR,
  });

const visibility = z.strictObject({
  fields: z.array(z.string()),
  combinations: z.array(z.array(z.array(z.string()))),
});

const form = () =>
  z.strictObject({
    app: z.string(),
    appName: z.string(),
    recordType: z.string(),
    operation,
    record: z
      .strictObject({ id: ID, version: VERSION, title: z.string() })
      .optional()
      .describe('The record that the operation is run on'),
    fields: z.array(
      z.strictObject({
        id: z.string(),
        label: z.string(),
        help: z.string().optional(),
        type: z.string().meta({ examples: ['string'] }),
        required: z.boolean(),
        readOnly: z.boolean(),
        visibleIf: z.string().optional().describe('A CEL expression; the server checks it again'),
        visibleWhen: visibility
          .optional()
          .describe('The same as a table: with these values of these fields the field applies'),
        choices: z.array(z.strictObject({ value: z.string(), label: z.string() })).optional(),
        maxLength: z.int().optional(),
        filledIn: z
          .strictObject({ when: visibility.optional() })
          .optional()
          .describe(
            'A pass that the operation asks for fills it in: a value in it is refused then. `when`: the values with which a pass is asked for',
          ),
        hidden: z
          .literal(true)
          .optional()
          .describe(
            'The caller may write it, and not see what the record holds there: `value` is null whatever that is. Left out it stays, sent as null it is emptied',
          ),
        value: FIELD_VALUE.describe('What the field starts from'),
      }),
    ),
  });

const history = () =>
  z.strictObject({
    items: z.array(
      z.strictObject({
        number: z.int(),
        at: TIME,
        operation: z.string(),
        service: z.string().optional().describe('The service that was called for it'),
        exemption: z
          .enum(['tenantAdministrator', 'levelAdmin'])
          .optional()
          .describe('The actor is exempt from the rules, which alone would have given less'),
        actor: z.strictObject({ id: z.string(), type: z.string(), name: z.string() }),
        stateBefore: z.string().optional(),
        stateAfter: z.string().optional(),
        grantId: z.string().optional().describe('The pass that it is about'),
        pass: z
          .strictObject({
            endBefore: TIME.optional(),
            endAfter: TIME.optional().describe(
              'When it ends now; of one that was revoked, when it has ended',
            ),
            mails: z.int().optional().describe('How many mails were sent again'),
            failure: z.string().optional().describe('Why not all of them were sent, or why nobody knows'),
          })
          .optional()
          .describe('What was done with the record’s pass: `ExtendPass`, `ResendPass` or `RevokePass`'),
        summary: z.string().optional().describe('The same in words'),
        before: VALUES.describe('Of the fields that changed, as far as the caller may see them'),
        after: VALUES,
      }),
    ),
    names: z
      .record(z.string(), z.string())
      .describe('Of the people and records whose ids are among the values, also of who has gone since'),
    cursor: CURSOR,
  });

const service = () => {
  const part = z.strictObject({
    id: ID,
    version: VERSION,
    state: z.string(),
    values: VALUES.describe('The fields that the service answers'),
    names: z.record(z.string(), z.string()),
  });
  return z.strictObject({
    service: z.string(),
    records: z.array(part).optional().describe('Of a service that reads a view'),
    cursor: CURSOR,
    record: part.optional().describe('Of a service that runs an operation'),
    deleted: z.boolean().optional(),
  });
};

const taskRuns = () =>
  z.strictObject({
    taskRuns: z.array(
      z.strictObject({
        id: z.string(),
        task: z.string(),
        title: z.string(),
        person: z.string().optional().describe('Who was given the pass, where the record names them'),
        status: z.enum(['requested', 'live', 'ending', 'ended', 'failed']).meta({ examples: ['live'] }),
        startedAt: TIME,
        expiresAt: TIME.optional().describe('When the pass ends by itself'),
        endedAt: TIME.optional(),
        endReason: z.enum(['completed', 'expired', 'revoked', 'superseded', 'failed', 'aborted']).optional(),
        mayRunAgain: z.literal(true).optional().describe('The caller may ask for another pass in its place'),
        steps: z.array(
          z.strictObject({
            at: TIME,
            step: z.string(),
            outcome: z.enum(['done', 'failed', 'skipped']),
            message: z.string().optional(),
          }),
        ),
      }),
    ),
  });

const me = () =>
  z.strictObject({
    type: z.enum(['anonymous', 'user', 'tokenUser', 'serviceAccount', 'robot']).meta({ examples: ['user'] }),
    id: ID.optional(),
    name: z.string().optional(),
    firstName: z.string().optional(),
    lastName: z.string().optional(),
    email: z.string().optional(),
    roles: ROLE_IDS.optional(),
    expiresAt: TIME.optional().describe('When the credential ends'),
  });

const sessions = () =>
  z.strictObject({
    sessions: z.array(
      z.strictObject({
        id: ID,
        signedInAt: TIME,
        expiresAt: TIME,
        current: z.boolean().describe('Whether the request was made with it'),
      }),
    ),
  });

/** The runtime plane: records, views, and who one is. */
export const RECORD_DOCUMENTS: Record<(typeof RUNTIME_ROUTES)[number]['id'], Documented> = {
  listApps: { callers: 'anyone', answer: apps },
  addRecord: {
    callers: 'permitted',
    errors: ['FORBIDDEN', 'VALUES_INVALID', 'LIMIT_EXCEEDED', 'EMAIL_TAKEN', 'ROLE_UNKNOWN', 'CONFLICT'],
    answer: recordOrDone,
  },
  openView: { callers: 'permitted', errors: ['FORBIDDEN', 'LIST_NOT_READY'], answer: view },
  readForm: { callers: 'permitted', errors: ['FORBIDDEN', 'STATE_REFUSED'], answer: form },
  readRecord: { callers: 'permitted', answer: record },
  runOperation: {
    callers: 'permitted',
    errors: [
      'FORBIDDEN',
      'STATE_REFUSED',
      'VALUES_INVALID',
      'LIMIT_EXCEEDED',
      'CONFIRMATION_NEEDED',
      'OWN_ACCOUNT',
      'LAST_OWNER',
      'EMAIL_TAKEN',
      'EMAIL_IMMUTABLE',
      'ROLE_UNKNOWN',
      'RATE_LIMITED',
      'PASS_ENDED',
      'CONFLICT',
    ],
    answer: recordOrDone,
  },
  callService: {
    callers: 'serviceCallers',
    errors: ['FORBIDDEN', 'STATE_REFUSED', 'VALUES_INVALID', 'ROBOT_MISSING', 'ROBOT_REFUSED', 'CONFLICT'],
    answer: service,
  },
  readHistory: { callers: 'staff', answer: history },
  readTaskRuns: { callers: 'staff', answer: taskRuns },
  runTaskAgain: { callers: 'staff', errors: ['FORBIDDEN', 'STATE_REFUSED', 'CONFLICT'], answer: taskRuns },
  readMe: { callers: 'anyone', answer: me },
  listSessions: { callers: 'people', errors: ['FORBIDDEN'], answer: sessions },
  endSession: { callers: 'people', errors: ['FORBIDDEN'] },
  endSessions: { callers: 'people', errors: ['FORBIDDEN'] },
};
