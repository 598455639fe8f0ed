import { FUNCTION_NAMES } from '../../lib/names.ts';

const lambda = (statistic: string, metric: string, name: string, seconds = 300) =>
  `${statistic} of AWS/Lambda ${metric} of FunctionName=${name.replace('-', '')} in ${seconds} s`;
const housekeeping = (statistic: string, metric: string) =>
  `${statistic} of Daypass/test ${metric} of service=housekeeping in 300 s`;
const execution = (metric: string, machine: string) =>
  `Sum of AWS/States Executions${metric} of StateMachineArn=${machine} in 300 s`;
const letters = (queue: string, seconds: number) =>
  `Maximum of AWS/SQS ApproximateNumberOfMessagesVisible of QueueName=${queue} in ${seconds} s`;
const reputation = (metric: string) =>
  `Maximum of AWS/SES Reputation.${metric} of ses:configuration-set=Mail in 3600 s`;
const http = (statistic: string, metric: string) =>
  `${statistic} of AWS/ApiGateway ${metric} of ApiId=HttpApi in 300 s`;
const throttled = (kind: string, index: string) =>
  `Sum of AWS/DynamoDB ${kind}ThrottleEvents of ${index}TableName=Table in 300 s`;

/** Terms that are added up; a metric without data counts as nothing. */
const sum = (...metrics: string[]) => metrics.map((metric) => `+ ${metric} or 0`);
const ONCE = 'GreaterThanThreshold 0, 1 in a row';
const TWICE = 'GreaterThanThreshold 0, 2 in a row';

/** What each alarm looks at, and when it rings. Silence rings where it says so, and nowhere else. */
export const ALARMS: Record<string, string[]> = {
  'authorizer-errors': [
    ...sum(
      lambda('Sum', 'Errors', 'authorizer'),
      'Sum of Daypass/test ResolveFailed of service=authorizer in 300 s',
    ),
    ONCE,
  ],
  'authorizer-slow': [lambda('p95', 'Duration', 'authorizer'), 'GreaterThanThreshold 1000, 3 in a row'],
  ...Object.fromEntries(
    FUNCTION_NAMES.filter((name) => name !== 'authorizer').map((name) => [
      `${name}-errors`,
      [lambda('Sum', 'Errors', name), ONCE],
    ]),
  ),
  'functions-throttled': [...sum(...FUNCTION_NAMES.map((name) => lambda('Sum', 'Throttles', name))), ONCE],
  'stream-behind': [lambda('Maximum', 'IteratorAge', 'outbox', 60), 'GreaterThanThreshold 60000, 3 in a row'],
  'outbox-backlog': [housekeeping('Maximum', 'OutboxBacklog'), TWICE],
  'grants-reaped': [housekeeping('Sum', 'GrantsReaped'), ONCE],
  'grants-not-reaped': [housekeeping('Maximum', 'GrantsNotReaped'), TWICE],
  'housekeeping-silent': [
    lambda('Sum', 'Invocations', 'housekeeping'),
    'LessThanThreshold 1, 2 in a row, silence: breaching',
  ],
  'outbox-dead-letters': [letters('Outbox', 60), ONCE],
  'housekeeping-dead-letters': [letters('housekeeping', 60), ONCE],
  'mail-events-dead-letters': [letters('mailevents', 60), ONCE],
  ...Object.fromEntries(
    ['rebuild-indexes', 'token-access'].map((machine) => [
      `${machine}-failed`,
      [
        ...sum(
          ...['Failed', 'TimedOut', 'Aborted'].map((metric) => execution(metric, machine.replace('-', ''))),
        ),
        ONCE,
      ],
    ]),
  ),
  'mail-bounces': [reputation('BounceRate'), 'GreaterThanThreshold 0.03, 1 in a row'],
  'mail-complaints': [reputation('ComplaintRate'), 'GreaterThanThreshold 0.0008, 1 in a row'],
  'http-5xx': [http('Sum', '5xx'), 'GreaterThanThreshold 5, 1 in a row'],
  'table-throttled': [
    // What an index turns away is not among the table's own.
    ...sum(
      ...['Read', 'Write'].flatMap((kind) =>
        ['', 'GlobalSecondaryIndexName=GSI1 ', 'GlobalSecondaryIndexName=GSI2 '].map((index) =>
          throttled(kind, index),
        ),
      ),
    ),
    'GreaterThanThreshold 10, 2 in a row',
  ],
};

/** What each graph of the dashboard shows. */
export const GRAPHS: Record<string, string[]> = {
  Requests: [http('Sum', 'Count')],
  'Latency, ms': [http('p50', 'Latency'), http('p99', 'Latency'), lambda('p95', 'Duration', 'authorizer')],
  'Refused and failed requests': [http('Sum', '4xx'), http('Sum', '5xx')],
  'Function errors': FUNCTION_NAMES.map((name) => lambda('Sum', 'Errors', name)),
  'Function duration p95, ms': FUNCTION_NAMES.map((name) => lambda('p95', 'Duration', name)),
  Throttles: FUNCTION_NAMES.map((name) => lambda('Sum', 'Throttles', name)),
  Workflows: ['rebuildindexes', 'tokenaccess'].flatMap((machine) =>
    ['Started', 'Succeeded', 'Failed', 'Aborted', 'TimedOut'].map((metric) => execution(metric, machine)),
  ),
  Outbox: [
    housekeeping('Maximum', 'OutboxBacklog'),
    housekeeping('Sum', 'GrantsReaped'),
    housekeeping('Maximum', 'GrantsNotReaped'),
    lambda('Maximum', 'IteratorAge', 'outbox'),
  ],
  'Dead letters': ['Outbox', 'housekeeping', 'mailevents'].map((queue) => letters(queue, 300)),
  'Mail reputation': [reputation('BounceRate'), reputation('ComplaintRate')],
};

const FAILS = FUNCTION_NAMES.filter((name) => name !== 'authorizer').map((name) => [
  `${name}-errors`,
  `The function ${name} fails → function-errors`,
]);
const GIVEN_UP = ['outbox', 'housekeeping', 'mail-events'].map((source) => [
  `${source}-dead-letters`,
  `Work for ${source} was given up and lies in its queue → ${source}-dead-letters`,
]);
const UNFINISHED = ['rebuild-indexes', 'token-access'].map((machine) => [
  `${machine}-failed`,
  `An execution of ${machine} did not end by itself → ${machine}-failed`,
]);

/** What each alarm tells whoever is woken by it, and where the runbook goes on. */
export const TOLD: Record<string, string> = {
  ...Object.fromEntries([...FAILS, ...GIVEN_UP, ...UNFINISHED]),
  'authorizer-errors': 'Callers cannot be resolved, so nobody gets in → authorizer-errors',
  'authorizer-slow': 'Resolving callers is slow, and every request waits for it → authorizer-slow',
  'functions-throttled': 'Functions are throttled: the account has no concurrency left → functions-throttled',
  'stream-behind': 'What must follow a write is dispatched late → stream-behind',
  'outbox-backlog':
    'Outbox items have been pending too long, although the sweeper dispatches them again → outbox-backlog',
  'grants-reaped': 'The reaper had to end passes that their workflows should have ended → grants-reaped',
  'grants-not-reaped':
    'Passes that are over could not be ended from outside either, again and again → grants-not-reaped',
  'housekeeping-silent':
    'Housekeeping does not run: outbox and ended passes are not looked after → housekeeping-silent',
  'mail-bounces': 'Too many mails bounce: SES may stop the account from sending → mail-bounces',
  'mail-complaints':
    'Too many recipients report mails as spam: SES may stop the account from sending → mail-complaints',
  'http-5xx': 'Requests are answered with server errors → server-errors',
  'table-throttled': 'The table turns requests away → table-throttled',
};
