import { createHash } from 'node:crypto';
import type { Stack } from './cloud-assembly.ts';
import { refuse } from './problem.ts';

/** A resource whose physical id or attribute is asked for. */
export interface Identified {
  stack: Stack;
  logicalId: string;
  type: string;
  /** One of its properties, resolved. */
  property(name: string): unknown;
  /** Where it was referenced. */
  place: string;
  apiUrl: string;
}

interface Naming {
  ref(resource: Identified): string;
  attributes: Record<string, (resource: Identified) => string>;
}

/** The name that a template gives, else one made of stack and logical id, as CloudFormation does (without its suffix). */
export function nameOf(resource: Identified, property: string, limit = 64): string {
  const given = resource.property(property);
  if (typeof given === 'string') return given;
  const name = `${resource.stack.name}-${resource.logicalId}`;
  return name.length <= limit ? name : `${name.slice(0, limit - 9)}-${shortHash(name)}`;
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

function arn(service: string, { stack }: Identified, rest: string): string {
  return `arn:aws:${service}:${stack.region}:${stack.account}:${rest}`;
}

const lambdaName = (r: Identified) => nameOf(r, 'FunctionName');
const tableName = (r: Identified) => nameOf(r, 'TableName', 255);
const tableArn = (r: Identified) => arn('dynamodb', r, `table/${tableName(r)}`);
const roleName = (r: Identified) => nameOf(r, 'RoleName');
const machineArn = (r: Identified) => arn('states', r, `stateMachine:${nameOf(r, 'StateMachineName', 80)}`);
const secretArn = (r: Identified) => {
  const name = nameOf(r, 'Name', 512);
  return arn('secretsmanager', r, `secret:${name}-${shortHash(name).slice(0, 6)}`);
};
const queueName = (r: Identified) => nameOf(r, 'QueueName', 80);
const queueUrl = (r: Identified) =>
  `https://sqs.${r.stack.region}.amazonaws.com/${r.stack.account}/${queueName(r)}`;
const topicArn = (r: Identified) => arn('sns', r, nameOf(r, 'TopicName', 256));
const keyId = (r: Identified) => `${shortHash(r.logicalId)}-0000-4000-8000-000000000000`;
const shortId = (r: Identified) => shortHash(`${r.stack.name}/${r.logicalId}`);

/** An event bus other than the default one is part of its rules' ARNs. */
function ruleArn(r: Identified): string {
  const bus = r.property('EventBusName');
  const prefix = typeof bus === 'string' && bus !== 'default' ? `${bus}/` : '';
  return arn('events', r, `rule/${prefix}${nameOf(r, 'Name')}`);
}

const table: Naming = {
  ref: tableName,
  attributes: { Arn: tableArn, StreamArn: (r) => `${tableArn(r)}/stream/local` },
};

const NAMINGS: Record<string, Naming> = {
  'AWS::ApiGatewayV2::Api': {
    ref: shortId,
    attributes: { ApiEndpoint: (r) => r.apiUrl, ApiId: shortId },
  },
  'AWS::ApiGatewayV2::Authorizer': { ref: shortId, attributes: { AuthorizerId: shortId } },
  'AWS::ApiGatewayV2::Integration': { ref: shortId, attributes: { IntegrationId: shortId } },
  'AWS::ApiGatewayV2::Route': { ref: shortId, attributes: { RouteId: shortId } },
  'AWS::ApiGatewayV2::Stage': { ref: (r) => String(r.property('StageName')), attributes: {} },
  'AWS::CloudWatch::Alarm': {
    ref: (r) => nameOf(r, 'AlarmName', 255),
    attributes: { Arn: (r) => arn('cloudwatch', r, `alarm:${nameOf(r, 'AlarmName', 255)}`) },
  },
  'AWS::CloudWatch::Dashboard': { ref: (r) => nameOf(r, 'DashboardName', 255), attributes: {} },
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': {
    ref: (r) => nameOf(r, 'Name'),
    attributes: {
      Arn: (r) => arn('events', r, `event-bus/${nameOf(r, 'Name')}`),
      Name: (r) => nameOf(r, 'Name'),
    },
  },
  'AWS::Events::Rule': { ref: (r) => nameOf(r, 'Name'), attributes: { Arn: ruleArn } },
  'AWS::IAM::ManagedPolicy': {
    ref: (r) => `arn:aws:iam::${r.stack.account}:policy/${nameOf(r, 'ManagedPolicyName', 128)}`,
    attributes: {},
  },
  'AWS::IAM::Role': {
    ref: roleName,
    attributes: {
      Arn: (r) => `arn:aws:iam::${r.stack.account}:role/${roleName(r)}`,
      RoleId: (r) => `AROA${shortId(r).toUpperCase()}`,
    },
  },
  'AWS::KMS::Key': {
    ref: keyId,
    attributes: { Arn: (r) => arn('kms', r, `key/${keyId(r)}`), KeyId: keyId },
  },
  'AWS::Lambda::Function': {
    ref: lambdaName,
    attributes: { Arn: (r) => arn('lambda', r, `function:${lambdaName(r)}`) },
  },
  'AWS::Logs::LogGroup': {
    ref: (r) => nameOf(r, 'LogGroupName', 512),
    attributes: { Arn: (r) => arn('logs', r, `log-group:${nameOf(r, 'LogGroupName', 512)}:*`) },
  },
  'AWS::S3::Bucket': {
    ref: (r) => nameOf(r, 'BucketName', 63).toLowerCase(),
    attributes: { Arn: (r) => `arn:aws:s3:::${nameOf(r, 'BucketName', 63).toLowerCase()}` },
  },
  'AWS::SES::ConfigurationSet': { ref: (r) => nameOf(r, 'Name'), attributes: {} },
  'AWS::SES::EmailIdentity': { ref: (r) => String(r.property('EmailIdentity')), attributes: {} },
  'AWS::SNS::Topic': {
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: (r) => nameOf(r, 'TopicName', 256) },
  },
  'AWS::SQS::Queue': {
    ref: queueUrl,
    attributes: { Arn: (r) => arn('sqs', r, queueName(r)), QueueName: queueName, QueueUrl: queueUrl },
  },
  'AWS::Scheduler::Schedule': {
    ref: (r) => nameOf(r, 'Name'),
    attributes: {
      Arn: (r) =>
        arn('scheduler', r, `schedule/${r.property('GroupName') ?? 'default'}/${nameOf(r, 'Name')}`),
    },
  },
  'AWS::Scheduler::ScheduleGroup': {
    ref: (r) => nameOf(r, 'Name'),
    attributes: { Arn: (r) => arn('scheduler', r, `schedule-group/${nameOf(r, 'Name')}`) },
  },
  'AWS::SecretsManager::Secret': { ref: secretArn, attributes: { Id: secretArn } },
  'AWS::StepFunctions::StateMachine': {
    ref: machineArn,
    attributes: { Arn: machineArn, Name: (r) => nameOf(r, 'StateMachineName', 80) },
  },
};

/** What `Ref` gives for a resource. Refuses types whose ids the local system does not know. */
export function physicalIdOf(resource: Identified): string {
  const naming = NAMINGS[resource.type];
  if (!naming) refuse(resource.place, `Ref to a resource of type ${resource.type} is not supported`);
  return naming.ref(resource);
}

/** What `Fn::GetAtt` gives for a resource. Refuses attributes that the local system does not know. */
export function attributeOf(resource: Identified, name: string): string {
  const attribute = NAMINGS[resource.type]?.attributes[name];
  if (!attribute) refuse(resource.place, `the attribute ${name} of a ${resource.type} is not supported`);
  return attribute(resource);
}
