import { refuse } from '../assembly/problem.ts';
import type { ResolvedResource, ResourcesOf } from '../assembly/resources.ts';
import type { Role } from '../iam/roles.ts';

/** A function as the template describes it. */
export interface FunctionDefinition {
  name: string;
  logicalId: string;
  arn: string;
  /** The folder that would be uploaded. */
  directory: string;
  /** `file.export` */
  handler: string;
  environment: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  role: Role;
  reservedConcurrency?: number;
  /** What happens to asynchronous invocations that fail. */
  asynchronous: AsynchronousSettings;
  region: string;
}

export interface AsynchronousSettings {
  retries: number;
  maximumAgeMs: number;
  /** Queue ARNs: the function's dead-letter queue (gets the event), its on-failure destination (gets a record). */
  deadLetterArn?: string;
  onFailureArn?: string;
}

const LAMBDA_DEFAULTS = { timeoutSeconds: 3, memoryMb: 128, retries: 2, maximumAgeSeconds: 6 * 60 * 60 };

/**
 * Reads all functions of the template; refuses what cannot run here. `localise` turns addresses in environment
 * variables that only exist in the cloud into those of this machine.
 */
export function readFunctions(
  resourcesOf: ResourcesOf,
  assets: Map<string, string>,
  roles: Map<string, Role>,
  localise: (text: string) => string,
): FunctionDefinition[] {
  const invokeConfigs = resourcesOf('AWS::Lambda::EventInvokeConfig');
  return resourcesOf('AWS::Lambda::Function').map((resource) => {
    const names = [resource.ref, resource.attribute('Arn')];
    const config = invokeConfigs.find(({ properties }) => names.includes(properties.FunctionName));
    const definition = readFunction(resource, assets, roles, config?.properties ?? {});
    const environment = Object.entries(definition.environment).map(([name, value]) => [
      name,
      localise(value),
    ]);
    return { ...definition, environment: Object.fromEntries(environment) };
  });
}

function readFunction(
  resource: ResolvedResource,
  assets: Map<string, string>,
  roles: Map<string, Role>,
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties
  invokeConfig: Record<string, any>,
): FunctionDefinition {
  const { properties, place } = resource;
  if (!String(properties.Runtime).startsWith('nodejs')) {
    refuse(`${place}/Runtime`, `the runtime ${properties.Runtime} is not supported`);
  }
  const directory = assets.get(properties.Code.S3Key);
  if (!directory) refuse(`${place}/Code`, 'the code is not among the synthesised assets');
  const role = roles.get(properties.Role) ?? refuse(`${place}/Role`, `there is no role ${properties.Role}`);
  if (!role.trusts.includes('lambda.amazonaws.com'))
    refuse(place, `${role.logicalId} does not trust lambda.amazonaws.com`);
  const deadLetterArn = properties.DeadLetterConfig?.TargetArn;
  const onFailureArn = invokeConfig.DestinationConfig?.OnFailure?.Destination;
  const reserved = properties.ReservedConcurrentExecutions;
  const logLevel = properties.LoggingConfig?.ApplicationLogLevel;
  return {
    name: resource.ref,
    logicalId: resource.logicalId,
    arn: resource.attribute('Arn'),
    directory,
    handler: properties.Handler,
    environment: {
      ...stringValues(properties.Environment?.Variables ?? {}),
      ...(logLevel && { AWS_LAMBDA_LOG_LEVEL: String(logLevel) }),
    },
    timeoutMs: Number(properties.Timeout ?? LAMBDA_DEFAULTS.timeoutSeconds) * 1000,
    memoryMb: Number(properties.MemorySize ?? LAMBDA_DEFAULTS.memoryMb),
    role,
    region: resource.region,
    ...(reserved === undefined ? {} : { reservedConcurrency: Number(reserved) }),
    asynchronous: {
      retries: Number(invokeConfig.MaximumRetryAttempts ?? LAMBDA_DEFAULTS.retries),
      maximumAgeMs: Number(invokeConfig.MaximumEventAgeInSeconds ?? LAMBDA_DEFAULTS.maximumAgeSeconds) * 1000,
      ...(deadLetterArn ? { deadLetterArn } : {}),
      ...(onFailureArn ? { onFailureArn } : {}),
    },
  };
}

function stringValues(variables: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}
