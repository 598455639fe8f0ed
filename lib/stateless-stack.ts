import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { DaypassFunction } from './constructs/daypass-function.ts';
import { HttpFront } from './constructs/http-front.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { OutboxStream } from './constructs/outbox-stream.ts';
import { Schedules } from './constructs/schedules.ts';
import { Workflows } from './constructs/workflows.ts';
import { type DeployedFunction, FUNCTION_NAMES, metricsNamespace, nameOf } from './names.ts';
import type { Data } from './stateful-stack.ts';

export interface StatelessProps extends StackProps {
  /** The project's folder. */
  root: string;
  /** Folder of the functions' bundles. */
  bundles: string;
  data: Data;
}

/** All that can be thrown away and deployed again. */
export class StatelessStack extends Stack {
  constructor(scope: Construct, id: string, config: Config, props: StatelessProps) {
    super(scope, id, props);
    const { root, bundles, data } = props;
    const front = new HttpFront(this, 'Http', config);
    const parts = Object.fromEntries(
      FUNCTION_NAMES.map((name) => [
        name,
        new DaypassFunction(this, name, { config, name, bundles, data, siteUrl: front.siteUrl }),
      ]),
    ) as Record<DeployedFunction, DaypassFunction>;
    const functionOf = (name: DeployedFunction) => parts[name].function;
    const housekeeping = { function: functionOf('housekeeping'), deadLetters: queueOf(parts.housekeeping) };

    front.connect(
      { api: functionOf('api'), admin: functionOf('admin'), portal: functionOf('portal') },
      functionOf('authorizer'),
    );
    const workflows = new Workflows(this, 'Workflows', {
      config,
      root,
      robot: functionOf('robot'),
      afterFailure: housekeeping,
    });
    const stream = new OutboxStream(this, 'Outbox', config, data.tableStreamArn, functionOf('outbox'));
    new Schedules(this, 'Schedules', config, housekeeping.function, housekeeping.deadLetters);
    this.mailEvents(config, data, parts['mail-events']);

    const { topic } = new Monitoring(this, 'Monitoring', config, {
      namespace: metricsNamespace(config),
      apiId: front.api.ref,
      functions: Object.fromEntries(FUNCTION_NAMES.map((name) => [name, functionOf(name)])) as Record<
        DeployedFunction,
        LambdaFunction
      >,
      machines: workflows.machines,
      deadLetters: new Map([
        ['outbox', stream.deadLetters.queue],
        ['housekeeping', queueOf(parts.housekeeping)],
        ['mail-events', queueOf(parts['mail-events'])],
      ]),
      tableName: data.tableName,
      configurationSetName: data.configurationSetName,
    });

    // The commands find the site by these (bin/site-address).
    new CfnOutput(this, 'SiteId', { value: config.siteId });
    new CfnOutput(this, 'SiteUrl', { value: front.siteUrl });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: topic.topicArn,
      description: 'Topic that alarms publish to',
    });
    if (config.oidc) {
      const description = 'Redirect URI to register at the issuer';
      new CfnOutput(this, 'OidcRedirectUri', {
        value: `${front.siteUrl}/sign-in/oidc/callback`,
        description,
      });
    }
  }

  private mailEvents(config: Config, data: Data, { function: lambda, deadLetters }: DaypassFunction): void {
    new Rule(this, 'MailEvents', {
      ruleName: nameOf(config, 'mail-events'),
      description: 'Mail that bounced, was rejected, is late, or brought a complaint',
      eventPattern: {
        source: ['aws.ses'],
        detailType: ['Email Bounced', 'Email Complaint Received', 'Email Rejected', 'Email Delivery Delayed'],
        // SES puts this tag on every mail; an account may send for other sites, too.
        detail: { mail: { tags: { 'ses:configuration-set': [data.configurationSetName] } } },
      },
      targets: [
        new LambdaTarget(lambda, {
          ...(deadLetters && { deadLetterQueue: deadLetters.queue }),
          maxEventAge: Duration.hours(6),
          retryAttempts: 20,
        }),
      ],
    });
  }
}

function queueOf(part: DaypassFunction): IQueue {
  if (!part.deadLetters)
    throw new Error(`${part.node.id} is called asynchronously and has no queue of dead letters`);
  return part.deadLetters.queue;
}
