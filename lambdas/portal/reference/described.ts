import type { ErrorCode } from '../../../core/errors.ts';
import type { Schema } from '../../shared/http/inlined.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';
import { CALLERS, documentedOf, ERRORS_ANYWHERE, errorsOf, GROUPS } from '../../shared/reference/index.ts';
import { ROUTES } from '../../shared/routes/index.ts';
import type { Route } from '../../shared/routes/route.ts';
import { exampleOf } from './example.ts';
import { type FieldRow, rowsOf, typeText } from './rows.ts';

/** One route as the reference shows it. */
export interface DescribedRoute {
  id: string;
  method: string;
  path: string;
  summary: string;
  callers: string;
  parameters: (FieldRow & { place: string })[];
  body?: Content;
  answers: (Partial<Content> & { status: string; text: string })[];
  errors: readonly ErrorCode[];
  curl: string;
}

interface Content {
  rows: FieldRow[];
  /** JSON, laid out. */
  example: string;
}

export interface DescribedGroup {
  id: string;
  title: string;
  text: string;
  routes: DescribedRoute[];
}

interface Operation {
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

/** The API by kinds of readers, made of the document that programs read. */
export function describeApi(siteUrl: string): DescribedGroup[] {
  const { paths } = openApiDocument(siteUrl) as { paths: Record<string, Record<string, Operation>> };
  return GROUPS.map(({ id, title, text, holds }) => ({
    id,
    title,
    text,
    routes: ROUTES.filter((route) => route.answers === 'json' && holds(route)).map((route) =>
      describe(route, paths[route.path]?.[route.method.toLowerCase()] as Operation),
    ),
  }));
}

/** Errors that any route may answer, said once. */
export const ANYWHERE = ERRORS_ANYWHERE;

function describe(route: Route, operation: Operation): DescribedRoute {
  const documented = documentedOf(route);
  const body = operation.requestBody?.content['application/json']?.schema;
  return {
    id: route.id,
    method: route.method,
    path: route.path,
    summary: route.summary,
    callers: CALLERS[documented?.callers ?? 'credential'],
    parameters: (operation.parameters ?? []).map(({ name, in: place, required, description, schema }) => ({
      name,
      place,
      required,
      type: place === 'path' && !schema.enum ? 'id' : typeText(schema),
      text: description ?? schema.description ?? (place === 'path' ? (PLACEHOLDERS[name] ?? '') : ''),
    })),
    ...(body && { body: content(body) }),
    answers: Object.entries(operation.responses)
      .filter(([status]) => status !== 'default')
      .map(([status, { description, content: held }]) => {
        const schema = held?.['application/json']?.schema;
        return { status, text: description, ...(schema && content(schema)) };
      }),
    errors: errorsOf(route),
    curl: curlOf(route, body && exampleOf(body)),
  };
}

function content(schema: Schema): Content {
  return { rows: rowsOf(schema), example: JSON.stringify(exampleOf(schema), null, 2) };
}

/** What the names in addresses stand for. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  environment: 'Where',
  target: 'The environment',
  app: 'Id of the app',
  recordType: 'Id of the record type in the app',
  view: 'Id of the view',
  operation: 'Id of the operation',
  record: 'Id of the record',
  subject: 'Id of a user, service account, robot or pass holder; or `anonymous`',
  session: 'Id of the session',
  grant: 'Id of the pass',
  user: 'Id of the user',
  role: 'Id of the role',
  account: 'Id of the service account',
  key: 'Id of the key',
  service: 'Id of the service in the app',
};

/**
 * A line for a shell: the site and ids in variables (braces would mean something to curl), the credential in another one,
 * so that it is neither here nor in the shell's history.
 */
function curlOf(route: Route, body: unknown): string {
  const { method, path, ifMatch, idempotent } = route;
  const address = path
    .replace(/\{environment\}|\{target\}/g, 'production')
    .replace(/\{(\w+)\}/g, (_, name: string) => `$${name.replace(/([A-Z])/g, '_$1').toUpperCase()}`);
  const callers = documentedOf(route)?.callers;
  const byCookie = callers === 'people';
  const credential = byCookie
    ? ['-b "$COOKIE"', ...(method === 'GET' ? [] : ['-H "Origin: $SITE"'])]
    : callers === 'anyone'
      ? []
      : ['-H "Authorization: Bearer $KEY"'];
  const parts = [
    'curl',
    ...(method === 'GET' || (method === 'POST' && body !== undefined) ? [] : [`-X ${method}`]),
    ...credential,
    ...(ifMatch ? [`-H 'If-Match: "3"'`] : []),
    ...(idempotent ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(body === undefined ? [] : [`--json '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]),
    `"$SITE${address}${requiredQuery(route)}"`,
  ];
  return parts.join(' ');
}

function requiredQuery(route: Route): string {
  const required = Object.entries(route.query?.shape ?? {}).filter(
    ([, schema]) =>
      !(schema as { safeParse(value: unknown): { success: boolean } }).safeParse(undefined).success,
  );
  const query = required.map(([name]) => `${name}=$${name.toUpperCase()}`).join('&');
  return query && `?${query}`;
}
