import { lambdaArn, partsOf, type Site } from './site-table.ts';

const JSON_LOG = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  outcome: '$context.authorizer.outcome',
  principalId: '$context.authorizer.principalId',
};

/** What answers HTTP; the routes are those of the route table. */
export function frontResources(site: Site): Record<string, unknown> {
  const { named, arn, logs, permission } = partsOf(site);
  const limited = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40, DetailedMetricsEnabled: true };
  const front = (name: string) => ({
    [`AWS::ApiGatewayV2::Integration HttpIntegration${name}`]: {
      ApiId: '<HttpApi>',
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: lambdaArn(name),
      PayloadFormatVersion: '2.0',
    },
    [`AWS::Lambda::Permission HttpPermission${name}`]: permission(
      lambdaArn(name),
      'apigateway',
      arn('execute-api', '<HttpApi>/*'),
    ),
  });
  return {
    ...Object.assign({}, ...['api', 'admin', 'portal'].map(front)),
    'AWS::ApiGatewayV2::Api HttpApi': {
      Name: named('http'),
      Description: `Daypass, stage ${site.stage}`,
      ProtocolType: 'HTTP',
      DisableExecuteApiEndpoint: site.domain !== undefined,
    },
    'AWS::ApiGatewayV2::Authorizer HttpAuthorizer': {
      ApiId: '<HttpApi>',
      Name: 'caller',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${lambdaArn('authorizer')}/invocations`,
      AuthorizerPayloadFormatVersion: '2.0',
      AuthorizerResultTtlInSeconds: 0,
      EnableSimpleResponses: true,
      IdentitySource: [],
    },
    'AWS::Lambda::Permission HttpAuthorizerPermission': permission(
      lambdaArn('authorizer'),
      'apigateway',
      arn('execute-api', '<HttpApi>/authorizers/<HttpAuthorizer>'),
    ),
    'AWS::Logs::LogGroup HttpAccessLogs': logs(`/aws/vendedlogs/${named('http')}`),
    'AWS::ApiGatewayV2::Stage HttpStage': {
      ApiId: '<HttpApi>',
      StageName: '$default',
      AutoDeploy: true,
      AccessLogSettings: { DestinationArn: '<HttpAccessLogs.Arn>', Format: JSON.stringify(JSON_LOG) },
      DefaultRouteSettings: {
        ThrottlingRateLimit: 200,
        ThrottlingBurstLimit: 400,
        DetailedMetricsEnabled: true,
      },
      RouteSettings: {
        'GET /': limited,
        'POST /': limited,
        'POST /sign-in': limited,
        'POST /sign-in/link': limited,
        'GET /sign-in/oidc': limited,
      },
    },
    ...(site.domain && {
      'AWS::ApiGatewayV2::DomainName HttpDomain': {
        DomainName: site.domain.name,
        DomainNameConfigurations: [
          {
            CertificateArn: site.domain.certificateArn,
            EndpointType: 'REGIONAL',
            SecurityPolicy: 'TLS_1_2',
          },
        ],
      },
      'AWS::ApiGatewayV2::ApiMapping HttpMapping': {
        ApiId: '<HttpApi>',
        DomainName: '<HttpDomain>',
        Stage: '<HttpStage>',
      },
      ...Object.fromEntries(
        ['A', 'AAAA'].map((Type) => [
          `AWS::Route53::RecordSet HttpRecord${Type}`,
          {
            Type,
            Name: site.domain?.name,
            HostedZoneId: site.domain?.zone,
            AliasTarget: {
              DNSName: '<HttpDomain.RegionalDomainName>',
              HostedZoneId: '<HttpDomain.RegionalHostedZoneId>',
            },
          },
        ]),
      ),
    }),
  };
}
