import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ISSUER_VARIABLES } from '../../lambdas/shared/environment.ts';
import type { Config } from '../config.ts';
import { FUNCTIONS, variablesOf } from '../functions.ts';
import { type DeployedFunction, metricsNamespace, nameOf } from '../names.ts';
import type { Data } from '../stateful-stack.ts';
import { DeadLetters } from './dead-letters.ts';

export interface DaypassFunctionProps {
  config: Config;
  name: DeployedFunction;
  /** Folder that holds `<name>/index.mjs`. */
  bundles: string;
  data: Data;
  siteUrl: string;
}

/** One function with a role that allows exactly what `FUNCTIONS` says, a log group that ends, and its environment. */
export class DaypassFunction extends Construct {
  readonly function: LambdaFunction;
  readonly deadLetters: DeadLetters | undefined;

  constructor(scope: Construct, id: string, props: DaypassFunctionProps) {
    super(scope, id);
    const { config, name } = props;
    const spec = FUNCTIONS[name];
    const functionName = nameOf(config, name);

    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Daypass ${config.stage}, ${name}: ${spec.purpose}`,
    });
    this.deadLetters = spec.asynchronous ? new DeadLetters(this, 'DeadLetters', config, name) : undefined;

    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: spec.purpose,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(props.bundles, name)),
      handler: 'index.handler',
      memorySize: spec.memoryMb,
      timeout: Duration.seconds(spec.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The logger takes its level from here. Metrics are lines of INFO, so nothing above that can be asked for.
      applicationLogLevelV2: ApplicationLogLevel[config.logLevel],
      systemLogLevelV2: SystemLogLevel.INFO,
      environment: environmentOf(this, props),
      ...(this.deadLetters && { deadLetterQueue: this.deadLetters.queue }),
    });

    for (const statement of statementsOf(this, props)) role.addToPrincipalPolicy(statement);
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources to name: xray:PutTraceSegments and PutTelemetryRecords take only *.',
    });
  }
}

/** Exactly the variables that the function's own schema asks for, and what the platform's libraries read. */
function environmentOf(scope: Construct, props: DaypassFunctionProps): Record<string, string> {
  const { config, name, data } = props;
  const values: Record<string, string> = {
    TABLE_NAME: data.tableName,
    SITE_ID: config.siteId,
    SITE_URL: props.siteUrl,
    SIGNING_KEYS_ARN: data.signingKeysArn,
    JOURNAL_KEYS_ARN: data.journalKeysArn,
    TOKEN_LIFETIME_DAYS: String(config.tokenLifetimeDays),
    SENDER_ADDRESS: config.senderName
      ? `${config.senderName} <${config.senderAddress}>`
      : config.senderAddress,
    REPLY_TO: config.replyTo ?? config.senderAddress,
    CONFIGURATION_SET: data.configurationSetName,
    TOKEN_ACCESS_ARN: machineArn(scope, config, 'token-access'),
    REBUILD_INDEXES_ARN: machineArn(scope, config, 'rebuild-indexes'),
  };
  const environment: Record<string, string> = {
    STAGE: config.stage,
    // Reading the map costs some 10 ms of a start; the authorizer, which everybody waits for, goes without.
    ...(name !== 'authorizer' && { NODE_OPTIONS: '--enable-source-maps' }),
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(config),
  };
  for (const variable of variablesOf(name)) {
    const value = values[variable];
    if (value === undefined)
      throw new Error(`The function ${name} asks for ${variable}; give it in environmentOf`);
    environment[variable] = value;
  }
  return name === 'portal' ? { ...environment, ...issuerOf(props) } : environment;
}

/** What only the portal is told, and only where staff may sign in with an issuer. */
function issuerOf({ config, data }: DaypassFunctionProps): Record<string, string> {
  const { oidc } = config;
  if (!oidc) return {};
  const values: Record<(typeof ISSUER_VARIABLES)[number], string | undefined> = {
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_NAME: oidc.name,
    OIDC_SECRET_ARN: data.oidcSecretArn,
  };
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

function statementsOf(scope: Construct, props: DaypassFunctionProps): PolicyStatement[] {
  const { config, name, data } = props;
  const spec = FUNCTIONS[name];
  const stack = Stack.of(scope);
  const statements = [
    new PolicyStatement({
      actions: spec.table.map((action) => `dynamodb:${action}`),
      resources: [data.tableArn],
    }),
  ];
  if (spec.indexes.length > 0) {
    statements.push(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: spec.indexes.map((index) => `${data.tableArn}/index/${index}`),
      }),
    );
  }
  const told = new Set(variablesOf(name));
  const secrets = [
    ...(told.has('SIGNING_KEYS_ARN') ? [data.signingKeysArn] : []),
    ...(told.has('JOURNAL_KEYS_ARN') ? [data.journalKeysArn] : []),
    ...(name === 'portal' && data.oidcSecretArn ? [data.oidcSecretArn] : []),
  ];
  if (secrets.length > 0) {
    statements.push(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: secrets }));
  }
  if (told.has('CONFIGURATION_SET')) {
    statements.push(
      new PolicyStatement({ actions: ['ses:SendEmail'], resources: mailResources(stack, props) }),
    );
  }
  for (const [machine, actions] of Object.entries(spec.machines)) {
    for (const action of actions) {
      statements.push(
        new PolicyStatement({
          actions: [`states:${action}`],
          resources: [machineArn(scope, config, machine)],
        }),
      );
    }
  }
  return statements;
}

/** SES asks for the sender's identity and the configuration set; in the sandbox for the recipient's identity too. */
function mailResources(stack: Stack, { config, data }: DaypassFunctionProps): string[] {
  const [, domain] = config.senderAddress.split('@') as [string, string];
  const identities = {
    address: [config.senderAddress],
    domain: [domain],
    existing: [config.senderAddress, domain],
  }[config.senderIdentity];
  const ses = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'ses', resource, resourceName });
  return [
    ...[...identities, ...config.sandboxRecipients].map((identity) => ses('identity', identity)),
    ses('configuration-set', data.configurationSetName),
  ];
}

function machineArn(scope: Construct, config: Config, machine: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: nameOf(config, machine),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
