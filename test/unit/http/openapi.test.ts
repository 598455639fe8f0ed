import { openApiDocument } from '../../../lambdas/shared/http/openapi.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import { SITE_URL } from './events.ts';

type Operation = {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, { schema: Record<string, unknown> }> };
  security?: unknown[];
  responses: Record<string, unknown>;
};
const document = openApiDocument(SITE_URL) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};
const find = (id: string) =>
  Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .find((operation) => operation.operationId === id) as Operation;

/** Routes of the API that take callers without a credential. */
const OPEN_TO_ANYBODY = [
  'addRecord',
  'listApps',
  'openApi',
  'openView',
  'readAccessMetadata',
  'readForm',
  'readMe',
  'readRecord',
  'runOperation',
];

describe('the OpenAPI document', () => {
  it('describes every address of the API and no page', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = ROUTES.filter((route) => route.answers === 'json').map(
      (route) => `${route.method} ${route.path}`,
    );
    expect(described.sort()).toEqual(routed.sort());
    expect(document.openapi).toBe('3.1.0');
  });

  it('names the environments, headers, query and body of an operation', () => {
    const run = find('runOperation');
    expect(run.parameters?.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      'path environment',
      'path record',
      'path operation',
      'header If-Match',
      'header Idempotency-Key',
    ]);
    expect(run.parameters?.[0]?.schema).toEqual({
      type: 'string',
      enum: ['development', 'test', 'staging', 'production'],
    });
    expect(run.requestBody?.content['application/json']?.schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
    });
    const limit = find('openView').parameters?.find(({ name }) => name === 'limit');
    expect(limit).toMatchObject({
      in: 'query',
      required: false,
      schema: { minimum: 1, maximum: 100, default: 25 },
    });
  });

  it('takes a cursor of any length that one has, wherever a list is paged, on pages too', () => {
    const paged = ROUTES.filter(({ query }) => query && 'cursor' in query.shape);
    expect(paged).not.toEqual([]);
    for (const { id, query } of paged) {
      const taken = query?.shape.cursor?.safeParse('c'.repeat(2000)).success;
      const tooLong = query?.shape.cursor?.safeParse('c'.repeat(2001)).success;
      expect([id, taken, tooLong]).toEqual([id, true, false]);
    }
  });

  it('asks for a credential where the route takes nobody anonymous, and answers problems everywhere', () => {
    const open: string[] = [];
    for (const { operationId, security } of Object.values(document.paths).flatMap((path) =>
      Object.values(path),
    )) {
      if (security === undefined) open.push(operationId);
      else expect(security).toEqual([{ apiKey: [] }, { session: [] }]);
    }
    // Whether these answer anybody is decided by the rules of each app; two describe the API itself.
    expect(open.sort()).toEqual(OPEN_TO_ANYBODY);
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.responses.default).toEqual({ $ref: '#/components/responses/Problem' });
      }
    }
  });
});
