import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { nameOf } from '../names.ts';

/** Keeps, for two weeks, what could not be done. A queue per source, so that an alarm says at once what is broken. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, config: Config, source: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: nameOf(config, `${source}-dead-letters`),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is itself where undelivered events end; an alarm watches it.',
    });
  }
}
