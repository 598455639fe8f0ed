import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { INDEXES } from '../functions.ts';
import type { DeployedFunction } from '../names.ts';

/** What there is to watch. */
export interface Watched {
  /** Of the functions' own metrics. */
  namespace: string;
  apiId: string;
  functions: Record<DeployedFunction, LambdaFunction>;
  machines: ReadonlyMap<string, StateMachine>;
  /** By where the letters come from. */
  deadLetters: ReadonlyMap<string, IQueue>;
  tableName: string;
  configurationSetName: string;
}

/** One alarm: it rings when `metric` is over `threshold` in every one of `periods`, unless it says `below`. */
export interface AlarmSpec {
  name: string;
  /** What has happened, in a sentence that somebody reads on a phone at night. */
  means: string;
  /** Heading in docs/runbook.md, as an anchor. */
  section: string;
  metric: IMetric;
  threshold: number;
  periods: number;
  below?: boolean;
  /** Silence is itself the fault. */
  missingIsBad?: boolean;
}

const MINUTE = Duration.minutes(1);
const MINUTES_5 = Duration.minutes(5);

/** A metric of our own, written by a function in embedded metric format. */
export const ownMetric = (
  { namespace }: Watched,
  service: DeployedFunction,
  metricName: string,
  statistic = 'Sum',
) =>
  new Metric({
    namespace,
    metricName,
    dimensionsMap: { service },
    statistic,
    period: MINUTES_5,
  });

export const reputation = (watched: Watched, metricName: string) =>
  new Metric({
    namespace: 'AWS/SES',
    metricName,
    dimensionsMap: { 'ses:configuration-set': watched.configurationSetName },
    statistic: 'Maximum',
    period: Duration.hours(1),
  });

export const httpMetric = (watched: Watched, metricName: string, statistic: string) =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: watched.apiId },
    statistic,
    period: MINUTES_5,
  });

/** Of the table and of each index: what an index turns away is not among the table's own. */
const throttleMetrics = (watched: Watched) =>
  ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((metricName) =>
    [{}, ...INDEXES.map((GlobalSecondaryIndexName) => ({ GlobalSecondaryIndexName }))].map(
      (index) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName,
          dimensionsMap: { TableName: watched.tableName, ...index },
          statistic: 'Sum',
          period: MINUTES_5,
        }),
    ),
  );

/** Adds up metrics, taking those without data as zero. */
export function sumOf(label: string, metrics: IMetric[]): MathExpression {
  const names = metrics.map((_, index) => `m${index}`);
  return new MathExpression({
    label,
    expression: names.map((name) => `FILL(${name}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(names.map((name, index) => [name, metrics[index] as IMetric])),
    period: MINUTES_5,
  });
}

export function alarmSpecs(watched: Watched): AlarmSpec[] {
  return [
    ...authorizerAlarms(watched),
    ...functionAlarms(watched),
    ...followUpAlarms(watched),
    ...mailAlarms(watched),
    {
      name: 'http-5xx',
      means: 'Requests are answered with server errors',
      section: 'server-errors',
      metric: httpMetric(watched, '5xx', 'Sum'),
      threshold: 5,
      periods: 1,
    },
    {
      name: 'table-throttled',
      means: 'The table turns requests away',
      section: 'table-throttled',
      metric: sumOf('throttled requests', throttleMetrics(watched)),
      threshold: 10,
      periods: 2,
    },
  ];
}

function authorizerAlarms(watched: Watched): AlarmSpec[] {
  const { functions } = watched;
  return [
    {
      name: 'authorizer-errors',
      means: 'Callers cannot be resolved, so nobody gets in',
      section: 'authorizer-errors',
      metric: sumOf('unresolved callers', [
        functions.authorizer.metricErrors({ period: MINUTES_5 }),
        ownMetric(watched, 'authorizer', 'ResolveFailed'),
      ]),
      threshold: 0,
      periods: 1,
    },
    {
      name: 'authorizer-slow',
      means: 'Resolving callers is slow, and every request waits for it',
      section: 'authorizer-slow',
      metric: functions.authorizer.metricDuration({ statistic: 'p95', period: MINUTES_5 }),
      threshold: 1000,
      periods: 3,
    },
  ];
}

function functionAlarms({ functions }: Watched): AlarmSpec[] {
  const others = (Object.keys(functions) as DeployedFunction[]).filter((name) => name !== 'authorizer');
  return [
    ...others.map((name) => ({
      name: `${name}-errors`,
      means: `The function ${name} fails`,
      section: 'function-errors',
      metric: functions[name].metricErrors({ period: MINUTES_5 }),
      threshold: 0,
      periods: 1,
    })),
    {
      name: 'functions-throttled',
      means: 'Functions are throttled: the account has no concurrency left',
      section: 'functions-throttled',
      metric: sumOf(
        'throttled invocations',
        Object.values(functions).map((lambda) => lambda.metricThrottles({ period: MINUTES_5 })),
      ),
      threshold: 0,
      periods: 1,
    },
  ];
}

/** What must follow a write: the stream, the outbox, the workflows, housekeeping. */
function followUpAlarms(watched: Watched): AlarmSpec[] {
  const { functions, machines, deadLetters } = watched;
  return [
    {
      name: 'stream-behind',
      means: 'What must follow a write is dispatched late',
      section: 'stream-behind',
      metric: functions.outbox.metric('IteratorAge', { statistic: 'Maximum', period: MINUTE }),
      threshold: 60_000,
      periods: 3,
    },
    {
      name: 'outbox-backlog',
      means: 'Outbox items have been pending too long, although the sweeper dispatches them again',
      section: 'outbox-backlog',
      metric: ownMetric(watched, 'housekeeping', 'OutboxBacklog', 'Maximum'),
      threshold: 0,
      periods: 2,
    },
    {
      name: 'grants-reaped',
      means: 'The reaper had to end passes that their workflows should have ended',
      section: 'grants-reaped',
      metric: ownMetric(watched, 'housekeeping', 'GrantsReaped'),
      threshold: 0,
      periods: 1,
    },
    {
      name: 'grants-not-reaped',
      means: 'Passes that are over could not be ended from outside either, again and again',
      section: 'grants-not-reaped',
      metric: ownMetric(watched, 'housekeeping', 'GrantsNotReaped', 'Maximum'),
      threshold: 0,
      periods: 2,
    },
    {
      name: 'housekeeping-silent',
      means: 'Housekeeping does not run: outbox and ended passes are not looked after',
      section: 'housekeeping-silent',
      metric: functions.housekeeping.metricInvocations({ period: MINUTES_5 }),
      threshold: 1,
      periods: 2,
      below: true,
      missingIsBad: true,
    },
    ...[...deadLetters].map(([source, queue]) => ({
      name: `${source}-dead-letters`,
      means: `Work for ${source} was given up and lies in its queue`,
      section: `${source}-dead-letters`,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'Maximum' }),
      threshold: 0,
      periods: 1,
    })),
    ...[...machines].map(([name, machine]) => ({
      name: `${name}-failed`,
      means: `An execution of ${name} did not end by itself`,
      section: `${name}-failed`,
      metric: sumOf('failed executions', [
        machine.metricFailed({ period: MINUTES_5 }),
        machine.metricTimedOut({ period: MINUTES_5 }),
        machine.metricAborted({ period: MINUTES_5 }),
      ]),
      threshold: 0,
      periods: 1,
    })),
  ];
}

/** SES puts an account under review at 5 % bounces or 0.1 % complaints; these ring before. */
function mailAlarms(watched: Watched): AlarmSpec[] {
  return [
    {
      name: 'mail-bounces',
      means: 'Too many mails bounce: SES may stop the account from sending',
      section: 'mail-bounces',
      metric: reputation(watched, 'Reputation.BounceRate'),
      threshold: 0.03,
      periods: 1,
    },
    {
      name: 'mail-complaints',
      means: 'Too many recipients report mails as spam: SES may stop the account from sending',
      section: 'mail-complaints',
      metric: reputation(watched, 'Reputation.ComplaintRate'),
      threshold: 0.0008,
      periods: 1,
    },
  ];
}
