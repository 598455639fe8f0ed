import { ROUTES, routeKeys } from '../../lambdas/shared/routes/index.ts';
import { FULLEST, type Resource, resourcesOf, shown, templatesOf } from './synthesise.ts';

const { stateless } = await templatesOf();
const routes = resourcesOf(stateless, 'AWS::ApiGatewayV2::Route');
const keyOf = ([, route]: [string, Resource]) => route.Properties.RouteKey as string;

const only = (type: string): [string, Resource] => {
  const found = resourcesOf(stateless, type);
  expect(found).toHaveLength(1);
  return found[0] as [string, Resource];
};

describe('routes of the template', () => {
  it('are exactly those of the route table, and $default', () => {
    const declared = [...ROUTES.flatMap(routeKeys), '$default'];

    expect(routes.map(keyOf).sort()).toEqual(declared.sort());
  });

  it('lead to the function that the route table names, and what no route knows to the portal', () => {
    const wanted = new Map(ROUTES.flatMap((route) => routeKeys(route).map((key) => [key, route.function])));
    wanted.set('$default', 'portal');
    const integrations = new Map(
      resourcesOf(stateless, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
        `integrations/<${id}>`,
        shown(Properties.IntegrationUri),
      ]),
    );

    const wrong = routes.filter((route) => {
      const uri = integrations.get(shown(route[1].Properties.Target)) ?? '';
      return !uri.startsWith(`<${wanted.get(keyOf(route))}Function`);
    });

    expect(wrong.map(keyOf)).toEqual([]);
  });

  it('all stand behind the one authorizer', () => {
    const [authorizer] = only('AWS::ApiGatewayV2::Authorizer');
    const open = routes.filter(
      ([, { Properties }]) =>
        Properties.AuthorizationType !== 'CUSTOM' || shown(Properties.AuthorizerId) !== `<${authorizer}>`,
    );

    expect(routes.length).toBeGreaterThan(50);
    expect(open.map(keyOf)).toEqual([]);
  });

  it('begin with a literal, environments too, and none is greedy, so that none wins over another by accident', () => {
    expect(routes.map(keyOf).filter((key) => / \/\{|\+\}/.test(key))).toEqual([]);
  });
});

describe('the authorizer of the template', () => {
  it('is asked anew for every request, also without any credential, and answers simply', () => {
    const [, { Properties }] = only('AWS::ApiGatewayV2::Authorizer');

    expect(Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
      EnableSimpleResponses: true,
      AuthorizerPayloadFormatVersion: '2.0',
    });
    expect(shown(Properties.AuthorizerUri)).toMatch(
      /:lambda:path\/.*<authorizerFunction\w+\.Arn>\/invocations$/,
    );
  });
});

describe('the HTTP API of the template', () => {
  it('needs one permission for each function, however many routes there are', () => {
    const permissions = resourcesOf(stateless, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties.Principal === 'apigateway.amazonaws.com',
    );

    expect(
      permissions
        .map(([, { Properties }]) => shown(Properties.FunctionName).replace(/Function.*/, ''))
        .sort(),
    ).toEqual(['<admin', '<api', '<authorizer', '<portal']);
  });

  it('answers no other site: CORS is off', () => {
    expect(only('AWS::ApiGatewayV2::Api')[1].Properties.CorsConfiguration).toBeUndefined();
  });

  it('logs each request as JSON without query string, cookies or Authorization header', () => {
    const [, { Properties }] = only('AWS::ApiGatewayV2::Stage');
    const { Format, DestinationArn } = Properties.AccessLogSettings as {
      Format: string;
      DestinationArn: unknown;
    };

    expect(Object.values(JSON.parse(Format) as Record<string, string>).sort()).toEqual([
      '$context.authorizer.error',
      '$context.authorizer.outcome',
      '$context.authorizer.principalId',
      '$context.httpMethod',
      '$context.identity.sourceIp',
      '$context.integrationErrorMessage',
      '$context.integrationLatency',
      '$context.path',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
    expect(shown(DestinationArn)).toMatch(/^<HttpAccessLogs\w+\.Arn>$/);
  });

  it('slows everybody down at a limit, and sooner where no credential is needed to make it work', () => {
    const [, stage] = only('AWS::ApiGatewayV2::Stage');
    const { DefaultRouteSettings, RouteSettings } = stage.Properties as {
      DefaultRouteSettings: { ThrottlingRateLimit: number };
      RouteSettings: Record<string, { ThrottlingRateLimit: number }>;
    };

    expect(DefaultRouteSettings.ThrottlingRateLimit).toBe(200);
    expect(Object.keys(RouteSettings).sort()).toEqual([
      'GET /',
      'GET /sign-in/oidc',
      'POST /',
      'POST /sign-in',
      'POST /sign-in/link',
    ]);
    for (const { ThrottlingRateLimit } of Object.values(RouteSettings)) expect(ThrottlingRateLimit).toBe(20);
    const limited = routes.filter((route) => keyOf(route) in RouteSettings).map(([id]) => id);
    expect(stage.DependsOn).toEqual(expect.arrayContaining(limited));
  });

  it('has, with a domain, that address only', async () => {
    const { stateless: withDomain } = await templatesOf(FULLEST);
    const api = resourcesOf(withDomain, 'AWS::ApiGatewayV2::Api')[0]?.[1];
    const siteUrls = resourcesOf(withDomain, 'AWS::Lambda::Function').map(
      ([, { Properties }]) =>
        (Properties.Environment as { Variables: Record<string, unknown> }).Variables.SITE_URL,
    );

    expect(api?.Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(new Set(siteUrls.filter((url) => url !== undefined))).toEqual(
      new Set(['https://passes.example.org']),
    );
    expect(
      resourcesOf(withDomain, 'AWS::Route53::RecordSet')
        .map(([, { Properties }]) => Properties.Type)
        .sort(),
    ).toEqual(['A', 'AAAA']);
  });
});
