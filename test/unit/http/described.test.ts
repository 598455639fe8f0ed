import { inlined } from '../../../lambdas/shared/http/inlined.ts';
import { openApiDocument } from '../../../lambdas/shared/http/openapi.ts';
import { errorsOf, GROUPS } from '../../../lambdas/shared/reference/index.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import { SITE_URL } from './events.ts';

const plain: Route = {
  id: 'nothing',
  method: 'GET',
  path: '/nothing',
  function: 'api',
  summary: '',
  answers: 'json',
  anonymous: true,
  responses: {},
};
const body = {} as never;

describe('the description of the API', () => {
  it.each([
    [{}, []],
    [{ anonymous: false }, ['CREDENTIAL_MISSING']],
    [{ path: '/{a}' }, ['NOT_FOUND']],
    [{ body }, ['REQUEST_MALFORMED', 'TOO_LARGE', 'MEDIA_TYPE']],
    [{ method: 'DELETE' }, ['ORIGIN_REFUSED']],
    [{ ifMatch: 'optional' }, ['VERSION_MISMATCH']],
    [{ ifMatch: 'required' }, ['VERSION_MISMATCH', 'VERSION_REQUIRED']],
    [{ idempotent: true }, ['IDEMPOTENCY_MISMATCH']],
    [
      { anonymous: false, method: 'POST', body },
      ['REQUEST_MALFORMED', 'CREDENTIAL_MISSING', 'ORIGIN_REFUSED', 'TOO_LARGE', 'MEDIA_TYPE'],
    ],
  ] as [Partial<Route>, string[]][])(
    'names the errors that %j brings along, in order of their status',
    (change, errors) => expect(errorsOf({ ...plain, ...change })).toEqual(errors),
  );

  it('puts every route of the API into one group, and no page into any', () => {
    const groups = (route: Route) => GROUPS.filter(({ holds }) => holds(route)).map(({ id }) => id);
    for (const route of ROUTES)
      expect([route.id, groups(route).length]).toEqual([route.id, route.answers === 'json' ? 1 : 0]);
    const first = [
      'readRecord',
      'readMe',
      'endSession',
      'resendPass',
      'evaluateAccess',
      'exportPolicy',
      'publish',
      'listUsers',
      'openApi',
    ];
    expect(first.flatMap((id) => ROUTES.filter((route) => route.id === id).flatMap(groups))).toEqual([
      'records',
      'caller',
      'caller',
      'passes',
      'access',
      'access',
      'apps',
      'people',
      'documents',
    ]);
  });

  it('says how somebody proves who they are, by the cookie that the site has', () => {
    const session = (siteUrl: string) => {
      const { security, servers, components } = openApiDocument(siteUrl) as never as {
        security: unknown;
        servers: unknown;
        components: { securitySchemes: { session: { name: string; in: string } } };
      };
      const { name, in: place } = components.securitySchemes.session;
      return [security, servers, name, place];
    };
    const either = [{ apiKey: [] }, { session: [] }, {}];
    expect(session(SITE_URL)).toEqual([either, [{ url: SITE_URL }], '__Host-dp_session', 'cookie']);
    const local = 'http://localhost:4000';
    expect(session(local)).toEqual([either, [{ url: local }], 'dp_session', 'cookie']);
  });

  it('writes out what a schema refers to, wherever it stands, and opens answers alone', () => {
    const name = { type: 'string' };
    const ref = { $ref: '#/$defs/name' };
    const schema = {
      type: 'object',
      id: 'x',
      $defs: { name, deep: { type: 'array', items: ref, description: 'general' } },
      properties: { a: ref, b: { $ref: '#/$defs/deep', description: 'own' } },
      propertyNames: ref,
      items: ref,
      anyOf: [ref],
      oneOf: [ref],
      allOf: [ref],
      additionalProperties: false,
    };
    const written = {
      type: 'object',
      properties: { a: name, b: { type: 'array', items: name, description: 'own' } },
      propertyNames: name,
      items: name,
      anyOf: [name],
      oneOf: [name],
      allOf: [name],
    };
    expect(inlined(schema)).toEqual({ ...written, additionalProperties: false });
    expect(inlined(schema, { open: true })).toEqual(written);
    const map = { additionalProperties: { $ref: '#/$defs/name' }, $defs: { name } };
    expect(inlined(map, { open: true })).toEqual({ additionalProperties: name });
    expect(inlined({ additionalProperties: true }, { open: true })).toEqual({ additionalProperties: true });
  });
});
