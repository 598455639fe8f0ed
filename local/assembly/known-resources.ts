/**
 * What the local system does with each resource type. A type or property that is missing here is refused at start,
 * so that nothing in a template is silently left out on the laptop.
 */
interface KnownType {
  /** Properties that the local system follows. */
  honoured: string[];
  /** Properties that change nothing that could be observed on one machine. */
  withoutEffect: string[];
}

export const HONOURED_TYPES: Record<string, KnownType> = {
  'AWS::ApiGatewayV2::Api': {
    honoured: ['Name', 'ProtocolType'],
    withoutEffect: ['Description', 'DisableExecuteApiEndpoint', 'Tags'],
  },
  'AWS::ApiGatewayV2::Authorizer': {
    honoured: [
      'ApiId',
      'AuthorizerPayloadFormatVersion',
      'AuthorizerResultTtlInSeconds',
      'AuthorizerType',
      'AuthorizerUri',
      'EnableSimpleResponses',
      'IdentitySource',
      'Name',
    ],
    withoutEffect: [],
  },
  'AWS::ApiGatewayV2::Integration': {
    honoured: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    withoutEffect: ['Description', 'IntegrationMethod'],
  },
  'AWS::ApiGatewayV2::Route': {
    honoured: ['ApiId', 'AuthorizationType', 'AuthorizerId', 'RouteKey', 'Target'],
    withoutEffect: ['OperationName'],
  },
  'AWS::ApiGatewayV2::Stage': {
    honoured: ['ApiId', 'StageName', 'AccessLogSettings'],
    withoutEffect: ['AutoDeploy', 'DefaultRouteSettings', 'RouteSettings', 'Description', 'Tags'],
  },
  'AWS::DynamoDB::GlobalTable': {
    honoured: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'StreamSpecification',
      'TableName',
      'TimeToLiveSpecification',
    ],
    withoutEffect: ['Replicas', 'SSESpecification', 'WriteOnDemandThroughputSettings', 'WarmThroughput'],
  },
  'AWS::DynamoDB::Table': {
    honoured: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'StreamSpecification',
      'TableName',
      'TimeToLiveSpecification',
    ],
    withoutEffect: [
      'ContributorInsightsSpecification',
      'DeletionProtectionEnabled',
      'OnDemandThroughput',
      'PointInTimeRecoverySpecification',
      'SSESpecification',
      'Tags',
      'WarmThroughput',
    ],
  },
  'AWS::Events::Rule': {
    honoured: ['EventBusName', 'EventPattern', 'Name', 'ScheduleExpression', 'State', 'Targets'],
    withoutEffect: ['Description', 'Tags'],
  },
  'AWS::IAM::ManagedPolicy': {
    honoured: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
    withoutEffect: ['Description', 'Path'],
  },
  'AWS::IAM::Policy': { honoured: ['PolicyDocument', 'PolicyName', 'Roles'], withoutEffect: [] },
  'AWS::IAM::Role': {
    honoured: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'RoleName'],
    withoutEffect: ['Description', 'MaxSessionDuration', 'Path', 'Tags'],
  },
  'AWS::Lambda::EventInvokeConfig': {
    honoured: [
      'DestinationConfig',
      'FunctionName',
      'MaximumEventAgeInSeconds',
      'MaximumRetryAttempts',
      'Qualifier',
    ],
    withoutEffect: [],
  },
  'AWS::Lambda::EventSourceMapping': {
    honoured: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FilterCriteria',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'StartingPosition',
    ],
    withoutEffect: ['MaximumBatchingWindowInSeconds', 'MetricsConfig', 'ParallelizationFactor', 'Tags'],
  },
  'AWS::Lambda::Function': {
    honoured: [
      'Code',
      'DeadLetterConfig',
      'Environment',
      'FunctionName',
      'Handler',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Timeout',
    ],
    withoutEffect: [
      'Architectures',
      'Description',
      'EphemeralStorage',
      'LoggingConfig',
      'Tags',
      'TracingConfig',
    ],
  },
  'AWS::Lambda::Permission': {
    honoured: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    withoutEffect: ['SourceAccount'],
  },
  'AWS::SES::ConfigurationSet': {
    honoured: ['Name'],
    withoutEffect: [
      'DeliveryOptions',
      'ReputationOptions',
      'SendingOptions',
      'SuppressionOptions',
      'Tags',
      'TrackingOptions',
      'VdmOptions',
    ],
  },
  'AWS::SES::ConfigurationSetEventDestination': {
    honoured: ['ConfigurationSetName', 'EventDestination'],
    withoutEffect: [],
  },
  'AWS::SES::EmailIdentity': {
    honoured: ['EmailIdentity', 'ConfigurationSetAttributes'],
    withoutEffect: [
      'DkimAttributes',
      'DkimSigningAttributes',
      'FeedbackAttributes',
      'MailFromAttributes',
      'Tags',
    ],
  },
  'AWS::SQS::Queue': {
    honoured: ['QueueName'],
    withoutEffect: [
      'KmsDataKeyReusePeriodSeconds',
      'KmsMasterKeyId',
      'MessageRetentionPeriod',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ],
  },
  'AWS::Scheduler::Schedule': {
    honoured: ['GroupName', 'Name', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
    withoutEffect: ['Description', 'FlexibleTimeWindow'],
  },
  'AWS::SecretsManager::Secret': {
    honoured: ['GenerateSecretString', 'Name', 'SecretString'],
    withoutEffect: ['Description', 'KmsKeyId', 'Tags'],
  },
  'AWS::StepFunctions::StateMachine': {
    honoured: [
      'DefinitionS3Location',
      'DefinitionString',
      'DefinitionSubstitutions',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
    ],
    withoutEffect: ['EncryptionConfiguration', 'LoggingConfiguration', 'Tags', 'TracingConfiguration'],
  },
};

/** Types that exist in the cloud and change nothing on one machine. */
export const TYPES_WITHOUT_EFFECT = new Set([
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApplicationInsights::Application',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::EventBus',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::ResourceGroups::Group',
  'AWS::Route53::RecordSet',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::ResourcePolicy',
]);
