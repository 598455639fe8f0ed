import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { DeadLetters } from './dead-letters.ts';

/**
 * From the table's stream to the outbox function: only new outbox items, so that ordinary writes cost no invocation.
 * What fails five times goes to a queue; the item itself stays pending, and the sweeper tries it again.
 */
export class OutboxStream extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, config: Config, streamArn: string, outbox: LambdaFunction) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', config, 'outbox');
    const role = outbox.role as IGrantable['grantPrincipal'];
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        resources: [streamArn],
      }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queue.queueArn] }),
    );
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: outbox.functionName,
      eventSourceArn: streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: 10,
      maximumRetryAttempts: 5,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria: {
        filters: [
          {
            pattern: JSON.stringify({
              eventName: ['INSERT'],
              dynamodb: { Keys: { PK: { S: [{ prefix: 'OUTBOX#' }] } } },
            }),
          },
        ],
      },
      destinationConfig: { onFailure: { destination: this.deadLetters.queue.queueArn } },
    });
    // The service checks the role when the mapping is made.
    mapping.node.addDependency(outbox.role as Construct & IGrantable);
  }
}
