import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { nameOf } from '../names.ts';
import { type AlarmSpec, alarmSpecs, httpMetric, ownMetric, reputation, type Watched } from './alarms.ts';

/** Tells somebody when the site does not do its work, and shows on one page how it does. */
export class Monitoring extends Construct {
  /** Where alarms tell that they ring, and that they are over. */
  readonly topic: Topic;
  private readonly config: Config;

  constructor(scope: Construct, id: string, config: Config, watched: Watched) {
    super(scope, id);
    this.config = config;
    const topic = new Topic(this, 'Topic', { topicName: nameOf(config, 'alarms'), enforceSSL: true });
    this.topic = topic;
    // This policy takes the place of the one that would let the account's alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisSite',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': alarmArn(this, nameOf(config, '*')) } },
      }),
    );
    if (config.alarmEmail) topic.addSubscription(new EmailSubscription(config.alarmEmail));
    const action = new SnsAction(topic);
    for (const spec of alarmSpecs(watched)) {
      const alarm = this.alarm(spec);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    new Dashboard(this, 'Dashboard', {
      dashboardName: nameOf(config, 'site'),
      defaultInterval: Duration.hours(12),
      widgets: widgets(watched),
    });
  }

  private alarm(spec: AlarmSpec): Alarm {
    const over = spec.below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_THRESHOLD;
    return new Alarm(this, spec.name, {
      alarmName: nameOf(this.config, spec.name),
      alarmDescription: `${spec.means}. What to do: ${this.config.runbookUrl}#${spec.section}`,
      metric: spec.metric,
      threshold: spec.threshold,
      evaluationPeriods: spec.periods,
      comparisonOperator: over,
      treatMissingData: spec.missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
  }
}

function alarmArn(scope: Construct, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName, arnFormat });
}

function widgets(watched: Watched): GraphWidget[][] {
  const functions = Object.values(watched.functions);
  const machines = [...watched.machines.values()];
  return [
    [
      graph('Requests', [httpMetric(watched, 'Count', 'Sum')]),
      graph('Latency, ms', [
        httpMetric(watched, 'Latency', 'p50'),
        httpMetric(watched, 'Latency', 'p99'),
        watched.functions.authorizer.metricDuration({ statistic: 'p95', label: 'authorizer p95' }),
      ]),
      graph('Refused and failed requests', [
        httpMetric(watched, '4xx', 'Sum'),
        httpMetric(watched, '5xx', 'Sum'),
      ]),
    ],
    [
      graph(
        'Function errors',
        functions.map((lambda) => lambda.metricErrors()),
      ),
      graph(
        'Function duration p95, ms',
        functions.map((lambda) => lambda.metricDuration({ statistic: 'p95' })),
      ),
      graph(
        'Throttles',
        functions.map((lambda) => lambda.metricThrottles()),
      ),
    ],
    [
      graph(
        'Workflows',
        machines.flatMap((machine) => [
          machine.metricStarted(),
          machine.metricSucceeded(),
          machine.metricFailed(),
          machine.metricAborted(),
          machine.metricTimedOut(),
        ]),
      ),
      graph('Outbox', [
        ownMetric(watched, 'housekeeping', 'OutboxBacklog', 'Maximum'),
        ownMetric(watched, 'housekeeping', 'GrantsReaped'),
        ownMetric(watched, 'housekeeping', 'GrantsNotReaped', 'Maximum'),
        watched.functions.outbox.metric('IteratorAge', { statistic: 'Maximum' }),
      ]),
      graph(
        'Dead letters',
        [...watched.deadLetters.values()].map((queue) => queue.metricApproximateNumberOfMessagesVisible()),
      ),
    ],
    [
      graph('Mail reputation', [
        reputation(watched, 'Reputation.BounceRate'),
        reputation(watched, 'Reputation.ComplaintRate'),
      ]),
    ],
  ];
}

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
