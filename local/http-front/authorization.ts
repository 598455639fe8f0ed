import type { Clock } from '../clock.ts';
import type { Functions } from '../functions/functions.ts';
import type { CheckInvokePermission } from '../iam/resource-policies.ts';
import type { ApiDefinition, Authorizer } from './api-definition.ts';
import { authorizerEvent, type FrontRequest } from './lambda-event.ts';
import { apiMessage, type FrontResponse } from './lambda-response.ts';
import type { RouteMatch } from './route-table.ts';

/** The authorizer's context for the route's function, or the API's refusal. */
export type Authorization =
  | { context: object; refusal?: never }
  | { context?: never; refusal: FrontResponse };

export type Authorize = (
  request: FrontRequest,
  match: RouteMatch,
  authorizer: Authorizer,
) => Promise<Authorization>;

export interface AuthorizationOptions {
  api: ApiDefinition;
  clock: Clock;
  functions: Functions;
  checkInvoke: CheckInvokePermission;
}

interface SimpleResponse {
  isAuthorized?: unknown;
  context?: object;
}

/** Makes what asks an authorizer, with its identity sources and its cache. Throws when the authorizer fails. */
export function createAuthorization({ api, clock, functions, checkInvoke }: AuthorizationOptions): Authorize {
  const cache = new Map<string, { until: number; authorization: Authorization }>();

  async function ask(event: object, authorizer: Authorizer): Promise<Authorization> {
    const source = `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/authorizers/${authorizer.id}`;
    checkInvoke(authorizer.functionArn, 'apigateway.amazonaws.com', source);
    const { payload, error } = await functions.invoke(authorizer.functionArn, event, 'apigateway');
    if (error) throw new Error(`the authorizer failed: ${error.errorType}`);
    const { isAuthorized, context = {} } = (payload ?? {}) as SimpleResponse;
    if (typeof isAuthorized !== 'boolean') throw new Error('the authorizer gave no simple response');
    return isAuthorized ? { context } : { refusal: apiMessage(403, 'Forbidden') };
  }

  return async (request, match, authorizer) => {
    const identities = authorizer.identitySources.map((source) => identityIn(request, source));
    if (identities.some((identity) => !identity)) return { refusal: apiMessage(401, 'Unauthorized') };
    const values = identities as string[];
    const event = authorizerEvent(request, api, match, values);
    if (values.length === 0 || authorizer.cacheMs === 0) return ask(event, authorizer);

    const key = JSON.stringify([authorizer.id, values]);
    const known = cache.get(key);
    if (known && known.until > clock.now()) return known.authorization;
    const authorization = await ask(event, authorizer);
    cache.set(key, { until: clock.now() + authorizer.cacheMs, authorization });
    return authorization;
  };
}

/** `$request.header.Authorization`, `$request.querystring.token` */
function identityIn({ headers, query, cookies }: FrontRequest, source: string): string | undefined {
  const [, place, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (place === 'querystring') return query[name];
  return name.toLowerCase() === 'cookie' ? cookies.join('; ') : headers[name.toLowerCase()];
}
