import type { Site } from './site-table.ts';

/** The resources of the stack that holds the data. */
export function keptResources(site: Site): Record<string, unknown> {
  const KEPT = 'RetainExceptOnCreate/Retain';
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const keys = (Description: string) => ({
    Description,
    GenerateSecretString: {
      SecretStringTemplate: '{"active":"0001"}',
      GenerateStringKey: '0001',
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
    policies: KEPT,
  });
  return {
    'AWS::DynamoDB::Table Table': {
      AttributeDefinitions: ['PK', 'SK', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: key('PK', 'SK'),
      GlobalSecondaryIndexes: ['GSI1', 'GSI2'].map((IndexName) => ({
        IndexName,
        KeySchema: key(`${IndexName}PK`, `${IndexName}SK`),
        Projection: { ProjectionType: 'ALL' },
      })),
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      policies: KEPT,
    },
    'AWS::SecretsManager::Secret SigningKeys': keys('Keys that links, sessions and API keys are signed with'),
    'AWS::SecretsManager::Secret JournalKeys': keys('Keys that chain the event journal'),
    ...(site.issuer && {
      'AWS::SecretsManager::Secret OidcSecret': {
        Description: 'Client secret of this site at the issuer that staff sign in with',
        GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
        policies: KEPT,
      },
    }),
    'AWS::SES::ConfigurationSet Mail': {
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    },
    'AWS::SES::ConfigurationSetEventDestination MailEvents': {
      ConfigurationSetName: '<Mail>',
      EventDestination: {
        Enabled: true,
        EventBridgeDestination: {
          EventBusArn: `arn:aws:events:eu-central-1:${site.account}:event-bus/default`,
        },
        MatchingEventTypes: ['bounce', 'complaint', 'reject', 'deliveryDelay'],
      },
    },
    'AWS::SES::EmailIdentity Sender': { EmailIdentity: site.identity, policies: KEPT },
  };
}
