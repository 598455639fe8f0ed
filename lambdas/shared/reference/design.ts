import { z } from 'zod';
import { APP_KINDS } from '../../../core/apps/definition.ts';
import type { ADMIN_ROUTES } from '../routes/admin.ts';
import type { TOKEN_ROUTES } from '../routes/tokens.ts';
import type { Documented } from './documented.ts';
import { CURSOR, ENVIRONMENT, ID, NAMED, TIME, VERSION } from './shapes.ts';

const drafts = () =>
  z.strictObject({
    apps: z.array(
      z.strictObject({
        ...NAMED,
        kind: z.enum(APP_KINDS),
        draft: z.strictObject({ version: VERSION, updatedAt: TIME, updatedBy: z.string() }),
        published: z
          .partialRecord(
            ENVIRONMENT,
            z.strictObject({
              version: z.int(),
              isDraft: z.boolean().describe('Whether that is the draft as it is now'),
            }),
          )
          .describe('Environment → what it runs')
          .meta({ examples: [{ production: { version: 2, isDraft: false } }] }),
      }),
    ),
  });

const draft = () =>
  z.strictObject({
    app: z.string(),
    version: VERSION,
    kind: z.enum(APP_KINDS),
    definition: z
      .looseObject({})
      .describe('The app definition (see the JSON Schema)')
      .meta({ examples: [{ id: 'inspections', name: 'Inspections' }] }),
    updatedAt: TIME,
    updatedBy: z.string(),
  });

const options = () =>
  z.strictObject({
    apps: z.array(
      z.strictObject({
        ...NAMED,
        draftVersion: z.int(),
        publishedVersion: z.int().optional(),
        needed: z.boolean().describe('Whether one of the chosen apps needs it'),
        preselected: z.boolean(),
        problems: z
          .array(z.strictObject({ path: z.string(), message: z.string() }))
          .describe(
            'What publishing it would be refused for, as far as that can be said beforehand: mistakes, and permissions that differ from what runs there and that the caller may not change',
          )
          .meta({ examples: [[]] }),
      }),
    ),
  });

const manifest = () =>
  z.strictObject({
    environment: ENVIRONMENT,
    version: z.int(),
    apps: z
      .record(z.string(), z.strictObject({ version: z.int(), hash: z.string() }))
      .describe('App → its published version and the hash of its content')
      .meta({ examples: [{ inspections: { version: 2, hash: 'sha256…' } }] }),
    rebuilds: z
      .array(z.string())
      .describe('Record types (app/recordType) of which some lists wait until indexes are rebuilt')
      .meta({ examples: [['inspections/inspection']] }),
    publishedAt: TIME,
    publishedBy: z.string(),
  });

const indexState = () =>
  z.strictObject({
    environment: ENVIRONMENT,
    app: z.string(),
    appName: z.string(),
    recordType: z.string(),
    name: z.string(),
    ready: z.boolean().describe('Whether all of its lists show all records'),
    mayRebuild: z.boolean(),
    rebuild: z
      .strictObject({
        id: z.string(),
        mode: z.enum(['outdated', 'all']),
        status: z.enum(['requested', 'running', 'finished', 'failed']),
        done: z.int().describe('Records gone through'),
        known: z.int().optional().describe('Records that were there when it began'),
        requestedAt: TIME,
        updatedAt: TIME,
        finishedAt: TIME.optional(),
      })
      .optional(),
  });

const passes = () =>
  z.strictObject({
    passes: z.array(
      z.strictObject({
        id: z.string().meta({ examples: ['7fXq2LmT0aVbN4cRkWz9Es-0Bq5YtHn3JdKx8MwPc1RvU'] }),
        status: z.string().meta({ examples: ['live'] }),
        person: z.string().optional().describe('Whose it is, as far as the caller may see their record'),
        email: z.string().optional(),
        record: z.strictObject({
          id: ID,
          app: z.string(),
          recordType: z.string(),
          title: z.string().optional().describe('Absent where the record is not for the caller to see'),
        }),
        issuedAt: TIME,
        expiresAt: TIME.optional(),
        lastUsedAt: TIME.optional(),
        trouble: z.string().optional().describe('For users who may view the record'),
        can: z.strictObject({ extend: z.boolean(), resend: z.boolean(), revoke: z.boolean() }),
      }),
    ),
    cursor: CURSOR,
  });

/** Apps as they are designed and published, and live passes. */
export const DESIGN_DOCUMENTS: Record<
  (typeof ADMIN_ROUTES)[number]['id'] | (typeof TOKEN_ROUTES)[number]['id'],
  Documented
> = {
  listDrafts: { callers: 'siteCredential', errors: ['FORBIDDEN'], answer: drafts },
  createApp: {
    callers: 'appMakers',
    errors: ['FORBIDDEN', 'ALREADY_EXISTS', 'DEFINITION_INVALID', 'LIMIT_EXCEEDED'],
    answer: draft,
  },
  readDraft: { callers: 'appReaders', errors: ['FORBIDDEN'], answer: draft },
  saveDraft: {
    callers: 'draftWriters',
    errors: [
      'FORBIDDEN',
      'APP_KIND_IMMUTABLE',
      'DEFINITION_INVALID',
      'EXPRESSION_INVALID',
      'LIMIT_EXCEEDED',
      'CONFLICT',
    ],
    answer: draft,
  },
  listPublishingOptions: { callers: 'appPublishers', errors: ['FORBIDDEN'], answer: options },
  publish: {
    callers: 'appPublishers',
    errors: [
      'FORBIDDEN',
      'ROBOT_MISSING',
      'APP_KIND_IMMUTABLE',
      'DEFINITION_INVALID',
      'LIMIT_EXCEEDED',
      'CONFLICT',
    ],
    answer: manifest,
  },
  listIndexes: {
    callers: 'appReaders',
    errors: ['FORBIDDEN'],
    answer: () => z.strictObject({ recordTypes: z.array(indexState()) }),
  },
  rebuildIndexes: { callers: 'appDesigners', errors: ['FORBIDDEN', 'CONFLICT'], answer: indexState },
  readManifest: { callers: 'designReaders', errors: ['FORBIDDEN'], answer: manifest },
  listPasses: { callers: 'credential', answer: passes },
  extendPass: {
    callers: 'passEditors',
    errors: ['FORBIDDEN', 'PASS_ENDED', 'RATE_LIMITED', 'CONFLICT'],
    answer: () => z.strictObject({ expiresAt: TIME }),
  },
  resendPass: {
    callers: 'passEditors',
    errors: [
      'FORBIDDEN',
      'PASS_ENDED',
      'ROBOT_REFUSED',
      'CONFLICT',
      'RATE_LIMITED',
      'MAIL_FAILED',
      'MAIL_UNCERTAIN',
    ],
    answer: () => z.strictObject({ sent: z.int() }),
  },
  revokePasses: {
    callers: 'passEnders',
    errors: ['FORBIDDEN', 'CONFLICT'],
    answer: () => z.strictObject({ revoked: z.int(), alreadyEnded: z.int() }),
  },
};
