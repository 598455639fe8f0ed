import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnApiMapping,
  CfnAuthorizer,
  CfnDomainName,
  CfnIntegration,
  CfnRoute,
  CfnStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ROUTES, routeKeys } from '../../lambdas/shared/routes/index.ts';
import type { FunctionName } from '../../lambdas/shared/routes/route.ts';
import type { Config } from '../config.ts';
import { nameOf } from '../names.ts';

/** Requests a second that a route takes before it answers 429; the stage's own limit holds for all others. */
const STAGE_LIMIT = { throttlingRateLimit: 200, throttlingBurstLimit: 400 };
const STRICT_LIMIT = { throttlingRateLimit: 20, throttlingBurstLimit: 40 };
/** Where somebody without a credential can make the site work or send mail. */
const STRICTLY_LIMITED = ['GET /', 'POST /', 'POST /sign-in', 'POST /sign-in/link', 'GET /sign-in/oidc'];

/**
 * What an access log holds. No query string, no cookie, no Authorization header: a pass link must not be readable there.
 * `path` is the address without its query.
 */
/** A route is made within a second or two. */
const ROUTES_AT_ONCE = 8;

const ACCESS_LOG = {
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

/** The HTTP API itself. Made before the functions, because they are told its address. */
export class HttpFront extends Construct {
  readonly api: CfnApi;
  /** The site's address without a trailing slash. */
  readonly siteUrl: string;
  private readonly config: Config;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.config = config;
    this.api = new CfnApi(this, 'Api', {
      name: nameOf(config, 'http'),
      description: `Daypass, stage ${config.stage}`,
      protocolType: 'HTTP',
      disableExecuteApiEndpoint: config.domain !== undefined,
    });
    this.siteUrl = config.domain ? `https://${config.domain.name}` : this.api.attrApiEndpoint;
  }

  /** Makes every route, each behind the authorizer, and the stage that serves them. */
  connect(functions: Record<FunctionName, LambdaFunction>, authorizerFunction: LambdaFunction): void {
    const authorizer = this.authorizer(authorizerFunction);
    const routes: CfnRoute[] = [];
    const targets = new Map<FunctionName, string>();
    for (const [name, lambda] of Object.entries(functions) as [FunctionName, LambdaFunction][]) {
      targets.set(name, this.integration(name, lambda));
    }
    const add = (id: string, routeKey: string, name: FunctionName) =>
      routes.push(
        new CfnRoute(this, id, {
          apiId: this.api.ref,
          routeKey,
          target: targets.get(name) as string,
          authorizationType: 'CUSTOM',
          authorizerId: authorizer.ref,
        }),
      );
    for (const route of ROUTES) {
      const keys = routeKeys(route);
      for (const key of keys) {
        const environment = keys.length > 1 ? key.split('/')[1] : '';
        add(`Route-${route.id}-${environment}`, key, route.function);
      }
    }
    add('Route-default', '$default', 'portal');
    // API Gateway takes ten calls a second in an account and region: so many routes are not to be made all at once.
    for (const [index, route] of routes.entries()) {
      const before = routes[index - ROUTES_AT_ONCE];
      if (before) route.addResourceDependency(before);
    }
    const stage = this.stage(routes);
    if (this.config.domain) this.domain(this.config.domain, stage);
  }

  /** Asked anew for every request and every caller: an ended pass must be refused at once, and anonymous callers be let in. */
  private authorizer(lambda: LambdaFunction): CfnAuthorizer {
    const { region, partition } = Stack.of(this);
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.api.ref,
      name: 'caller',
      authorizerType: 'REQUEST',
      authorizerUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${lambda.functionArn}/invocations`,
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      authorizerResultTtlInSeconds: 0,
      identitySource: [],
    });
    this.permit('AuthorizerPermission', lambda, `authorizers/${authorizer.ref}`);
    return authorizer;
  }

  /** One integration and one permission a function: a permission for each route would overflow the function's policy. */
  private integration(name: FunctionName, lambda: LambdaFunction): string {
    const integration = new CfnIntegration(this, `Integration-${name}`, {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.functionArn,
      payloadFormatVersion: '2.0',
    });
    this.permit(`Permission-${name}`, lambda, '*');
    return `integrations/${integration.ref}`;
  }

  private permit(id: string, lambda: LambdaFunction, part: string): void {
    new CfnPermission(this, id, {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.ref,
        resourceName: part,
      }),
    });
  }

  private stage(routes: CfnRoute[]): CfnStage {
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/${nameOf(this.config, 'http')}`,
      retention: this.config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { ...STAGE_LIMIT, detailedMetricsEnabled: true },
      routeSettings: Object.fromEntries(
        STRICTLY_LIMITED.map((key) => [
          key,
          // Settings of a route are passed through as they are, in CloudFormation's spelling.
          {
            ThrottlingRateLimit: STRICT_LIMIT.throttlingRateLimit,
            ThrottlingBurstLimit: STRICT_LIMIT.throttlingBurstLimit,
            DetailedMetricsEnabled: true,
          },
        ]),
      ),
    });
    // A stage that limits a route can only be made after it; after all of them, it is deployed once instead of for each.
    for (const route of routes) stage.addResourceDependency(route);
    return stage;
  }

  private domain(domain: NonNullable<Config['domain']>, stage: CfnStage): void {
    const name = new CfnDomainName(this, 'Domain', {
      domainName: domain.name,
      domainNameConfigurations: [
        { certificateArn: domain.certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
      ],
    });
    new CfnApiMapping(this, 'Mapping', { apiId: this.api.ref, domainName: name.ref, stage: stage.ref });
    for (const type of domain.hostedZone ? ['A', 'AAAA'] : []) {
      new CfnRecordSet(this, `Record-${type}`, {
        hostedZoneId: domain.hostedZone?.id as string,
        name: domain.name,
        type,
        aliasTarget: { dnsName: name.attrRegionalDomainName, hostedZoneId: name.attrRegionalHostedZoneId },
      });
    }
  }
}
