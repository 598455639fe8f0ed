import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { INDEXES } from './functions.ts';

/** What the stateless stack needs to know of the data. */
export interface Data {
  tableName: string;
  tableArn: string;
  tableStreamArn: string;
  signingKeysArn: string;
  journalKeysArn: string;
  /** The secret that an issuer of sign-ins gave this site; absent without one. */
  oidcSecretArn?: string;
  configurationSetName: string;
}

export interface StatefulProps extends StackProps {
  /** The stack is not there yet: nothing may refuse to take it back if it cannot be made. */
  first: boolean;
}

/**
 * What must outlive every deployment: the table, the keys, the sender's standing with SES. Nothing of it goes when the
 * stack is deleted, unless the stage is declared throwaway; but what was made by a deployment that fails goes with it,
 * because another attempt would meet it.
 */
export class StatefulStack extends Stack {
  readonly data: Data;

  constructor(scope: Construct, id: string, config: Config, { first, ...props }: StatefulProps) {
    const refusesDeletion = !config.throwaway && !first;
    super(scope, id, { ...props, terminationProtection: refusesDeletion });
    const removalPolicy = config.throwaway ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

    const table = this.table(refusesDeletion, removalPolicy);
    const signingKeys = this.keys(
      'SigningKeys',
      'Keys that links, sessions and API keys are signed with',
      removalPolicy,
    );
    const journalKeys = this.keys('JournalKeys', 'Keys that chain the event journal', removalPolicy);
    const oidcSecret =
      config.oidc && !config.oidc.publicClient ? this.clientSecret(removalPolicy) : undefined;
    const configurationSet = this.mail(config, removalPolicy);

    const streamArn = table.tableStreamArn as string;
    this.data = {
      tableName: config.restoredTable?.name ?? table.tableName,
      tableArn: config.restoredTable
        ? this.formatArn({ service: 'dynamodb', resource: 'table', resourceName: config.restoredTable.name })
        : table.tableArn,
      tableStreamArn: config.restoredTable?.streamArn ?? streamArn,
      signingKeysArn: signingKeys.secretArn,
      journalKeysArn: journalKeys.secretArn,
      ...(oidcSecret && { oidcSecretArn: oidcSecret.secretArn }),
      configurationSetName: configurationSet.configurationSetName,
    };
    // Exported whether used or not: switching to a restored table must not take away an export that is still imported.
    for (const value of [table.tableName, table.tableArn, streamArn]) this.exportValue(value);

    new CfnOutput(this, 'TableName', { value: this.data.tableName });
    new CfnOutput(this, 'SigningKeysSecretArn', { value: signingKeys.secretArn });
    new CfnOutput(this, 'JournalKeysSecretArn', { value: journalKeys.secretArn });
    if (oidcSecret) new CfnOutput(this, 'OidcSecretArn', { value: oidcSecret.secretArn });
  }

  private table(deletionProtection: boolean, removalPolicy: RemovalPolicy): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection,
      removalPolicy,
    });
    for (const index of INDEXES) {
      table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: { name: `${index}PK`, type: AttributeType.STRING },
        sortKey: { name: `${index}SK`, type: AttributeType.STRING },
        projectionType: ProjectionType.ALL,
      });
    }
    return table;
  }

  /** A secret `{"active": "0001", "0001": "<64 random letters and digits>"}`; `npm run keys` adds others. */
  private keys(id: string, description: string, removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, id, {
      description,
      removalPolicy,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ active: '0001' }),
        generateStringKey: '0001',
        passwordLength: 64,
        excludePunctuation: true,
      },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Rotation adds a key and keeps the old one until no live token names it; a schedule that replaces the value would end every link at once. See docs/deploy.md, Rotate the keys.',
    });
    return secret;
  }

  /** The issuer makes the client secret; until it is put in, a random one stands there that fits nothing. */
  private clientSecret(removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, 'OidcSecret', {
      description: 'Client secret of this site at the issuer that staff sign in with',
      removalPolicy,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The issuer makes this secret, and only there can it be replaced. See docs/deploy.md, Sign in with an issuer.',
    });
    return secret;
  }

  private mail(config: Config, removalPolicy: RemovalPolicy): ConfigurationSet {
    const configurationSet = new ConfigurationSet(this, 'Mail', {
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    // No open and click events: they would rewrite the link through a tracking host.
    configurationSet.addEventDestination('Events', {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: [
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.DELIVERY_DELAY,
      ],
    });
    if (config.senderIdentity !== 'existing') {
      const [, domain] = config.senderAddress.split('@') as [string, string];
      const identity = new EmailIdentity(this, 'Sender', {
        identity:
          config.senderIdentity === 'domain' ? Identity.domain(domain) : Identity.email(config.senderAddress),
      });
      identity.applyRemovalPolicy(removalPolicy);
      if (config.senderIdentity === 'domain') {
        for (const [index, record] of identity.dkimRecords.entries()) {
          new CfnOutput(this, `DkimRecord${index + 1}`, { value: `${record.name} CNAME ${record.value}` });
        }
      }
    }
    return configurationSet;
  }
}
