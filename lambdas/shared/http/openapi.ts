import { z } from 'zod';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import { ERRORS } from '../../../core/errors.ts';
import { CALLERS, documentedOf, errorsOf, GROUPS } from '../reference/index.ts';
import { ROUTES } from '../routes/index.ts';
import type { Route } from '../routes/route.ts';
import { BODY_LIMIT } from './body.ts';
import { inlined, type Schema } from './inlined.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the API (not of the pages), made of the route table that also routes and validates. */
export function openApiDocument(siteUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    if (route.answers !== 'json') continue;
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Daypass',
      version: '1.0.0',
      description: [
        'Temporary and fine-grained access to workflow apps.',
        'Errors are RFC 9457 problem documents with a stable `code`; lists go on with the `cursor` that they return.',
        `Bodies are JSON of at most ${BODY_LIMIT} bytes; members and parameters that are not listed here are refused.`,
        'Answers may gain members.',
      ].join(' '),
    },
    servers: [{ url: siteUrl }],
    tags: GROUPS.map(({ title, text }) => ({ name: title, description: text })),
    // The empty requirement: without a credential, what is open to anybody can be reached.
    security: [{ apiKey: [] }, { session: [] }, {}],
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      responses: { Problem: problemResponse('What went wrong; `code` says which') },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of a service account' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: siteUrl.startsWith('https://') ? '__Host-dp_session' : 'dp_session',
          description: 'The session of somebody who signed in by browser; writes also need a matching Origin',
        },
      },
    },
  };
}

function operation(route: Route): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
  const documented = documentedOf(route);
  const text = [
    documented && `Who may call it: ${CALLERS[documented.callers]}`,
    `Errors: ${errorsOf(route).join(', ')}.`,
  ];
  return {
    operationId: route.id,
    summary: route.summary,
    description: text.filter(Boolean).join('\n\n'),
    tags: GROUPS.filter((group) => group.holds(route)).map(({ title }) => title),
    ...(!route.anonymous && { security: [{ apiKey: [] }, { session: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, { description }]) => [
          status,
          {
            description,
            ...(status !== '204' && { content: { 'application/json': { schema: answerOf(route) } } }),
          },
        ]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function pathParameters(route: Route): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema:
      name === 'environment' || name === 'target'
        ? { type: 'string', enum: ENVIRONMENTS }
        : { type: 'string', pattern: '^[0-9A-Za-z][0-9A-Za-z_.-]{0,99}$' },
  }));
}

function queryParameters(route: Route): Json[] {
  if (!route.query) return [];
  const schema = schemaOf(route.query);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function headerParameters(route: Route): Json[] {
  return [
    ...(route.ifMatch
      ? [
          {
            name: 'If-Match',
            in: 'header',
            required: route.ifMatch === 'required',
            description:
              'The ETag of what was read, for example "3": the write is refused if it has changed since',
            schema: { type: 'string', pattern: '^"[0-9]+"$' },
          },
        ]
      : []),
    ...(route.idempotent
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            description: 'Makes a repetition of the same request within a day answer without writing again',
            schema: { type: 'string', minLength: 1, maxLength: 64 },
          },
        ]
      : []),
  ];
}

/** What a successful answer holds. It is left open: clients must not mind members that are added one day. */
function answerOf(route: Route): Schema {
  const schema = documentedOf(route)?.answer?.();
  return schema ? inlined(schemaOf(schema, 'output'), { open: true }) : {};
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  });
  return inlined(rest as Schema);
}

function problemResponse(description: string): Json {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: "The code's explanation" },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    detail: { type: 'string', description: 'What happened this time' },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: {
            type: 'string',
            description: 'JSON pointer into the body, `/name` of a parameter, or a header',
          },
          message: { type: 'string' },
        },
      },
    },
    requestId: { type: 'string' },
  },
};
