import { refuse } from '../assembly/problem.ts';
import type { ResolvedResource, ResourcesOf } from '../assembly/resources.ts';

/** A route with what runs for it. */
export interface Route {
  /** `GET /items/{id}`, or `$default` */
  key: string;
  method: string;
  path: string;
  functionArn: string;
  timeoutMs: number;
  authorizer?: Authorizer;
}

/** A Lambda authorizer with simple responses. */
export interface Authorizer {
  id: string;
  functionArn: string;
  identitySources: string[];
  cacheMs: number;
}

/** The template's one HTTP API. */
export interface ApiDefinition {
  id: string;
  account: string;
  region: string;
  stage: string;
  routes: Route[];
  /** The access log's line with `$context.…` variables. */
  accessLogFormat?: string;
}

const INTEGRATION_LIMIT_MS = 30_000;
const IDENTITY_SOURCE = /^\$request\.(header|querystring)\.[\w-]+$/;
/** What API Gateway takes when a template says nothing. */
const DEFAULT_CACHE_SECONDS = 300;

/** Reads API, stage, routes, integrations and authorizers; refuses what the front does not speak. */
export function readApi(resourcesOf: ResourcesOf): ApiDefinition | undefined {
  const [api, second] = resourcesOf('AWS::ApiGatewayV2::Api');
  if (!api) return undefined;
  if (second) refuse(second.place, 'a second API is not supported');
  const [stage] = resourcesOf('AWS::ApiGatewayV2::Stage');
  if (stage?.properties.StageName !== '$default') refuse(api.place, 'the API needs the stage $default');
  const format = stage.properties.AccessLogSettings?.Format;
  const authorizers = new Map(
    resourcesOf('AWS::ApiGatewayV2::Authorizer').map((r) => [r.ref, readAuthorizer(r)]),
  );
  const integrations = new Map(resourcesOf('AWS::ApiGatewayV2::Integration').map((r) => [r.ref, r]));
  return {
    id: api.ref,
    account: api.account,
    region: api.region,
    stage: '$default',
    routes: resourcesOf('AWS::ApiGatewayV2::Route').map((r) => readRoute(r, integrations, authorizers)),
    ...(format ? { accessLogFormat: format } : {}),
  };
}

function readRoute(
  { properties, place }: ResolvedResource,
  integrations: Map<string, ResolvedResource>,
  authorizers: Map<string, Authorizer>,
): Route {
  const integration = integrations.get(String(properties.Target).replace('integrations/', ''));
  if (!integration) refuse(place, `there is no integration ${properties.Target}`);
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = integration.properties;
  if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
    refuse(integration.place, 'only Lambda integrations with payload format 2.0 are supported');
  }
  const [method = '', path = ''] = String(properties.RouteKey).split(' ');
  const type = properties.AuthorizationType ?? 'NONE';
  if (type !== 'NONE' && type !== 'CUSTOM') refuse(place, `the authorization ${type} is not supported`);
  const authorizer = type === 'CUSTOM' ? authorizers.get(properties.AuthorizerId) : undefined;
  if (type === 'CUSTOM' && !authorizer) refuse(place, `there is no authorizer ${properties.AuthorizerId}`);
  return {
    key: properties.RouteKey,
    method,
    path,
    functionArn: functionArnIn(IntegrationUri),
    timeoutMs: Number(TimeoutInMillis ?? INTEGRATION_LIMIT_MS),
    ...(authorizer ? { authorizer } : {}),
  };
}

function readAuthorizer({ properties, place, ref }: ResolvedResource): Authorizer {
  const {
    AuthorizerType,
    EnableSimpleResponses,
    AuthorizerPayloadFormatVersion,
    IdentitySource = [],
  } = properties;
  if (AuthorizerType !== 'REQUEST' || !EnableSimpleResponses || AuthorizerPayloadFormatVersion !== '2.0') {
    refuse(place, 'only REQUEST authorizers with simple responses and payload format 2.0 are supported');
  }
  const unknown = IdentitySource.find((source: string) => !IDENTITY_SOURCE.test(source));
  if (unknown) refuse(place, `the identity source ${unknown} is not supported`);
  return {
    id: ref,
    functionArn: functionArnIn(properties.AuthorizerUri),
    identitySources: IdentitySource,
    cacheMs: Number(properties.AuthorizerResultTtlInSeconds ?? DEFAULT_CACHE_SECONDS) * 1000,
  };
}

/** Both a function's ARN and API Gateway's `…/functions/<arn>/invocations` occur. */
function functionArnIn(uri: string): string {
  return /(arn:aws:lambda:[^/]+)(\/invocations)?$/.exec(uri)?.[1] ?? uri;
}
