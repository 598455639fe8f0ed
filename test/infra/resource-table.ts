import { type DeployedFunction, FUNCTION_NAMES } from '../../lib/names.ts';
import { frontResources } from './front-table.ts';
import { lambdaArn, partsOf, plain, type Site } from './site-table.ts';

/** Purpose, memory in MB, time limit in seconds, and what it is told besides where it is: all of every function. */
const FUNCTIONS: Record<DeployedFunction, [string, number, number, string]> = {
  authorizer: ['Resolves who calls, for every route', 1024, 5, 'site table signing'],
  api: [
    'The runtime plane over HTTP, and who may do what',
    1024,
    20,
    'site table signing journal lifetime maps',
  ],
  admin: ['The design plane over HTTP', 1024, 20, 'site table signing journal lifetime maps mail'],
  portal: [
    'Pages for contractors and staff',
    1024,
    20,
    'site table signing journal lifetime maps mail issuer',
  ],
  robot: ['Does the states of the workflows', 512, 55, 'site table signing journal lifetime maps mail'],
  outbox: ['Dispatches what a committed write must be followed by', 512, 30, 'table machines maps mail'],
  housekeeping: [
    'Sweeps the outbox, ends what a broken workflow left, seals the journal',
    512,
    300,
    'site table journal lifetime machines maps mail',
  ],
  'mail-events': ['Marks what could not be delivered', 512, 30, 'site table journal lifetime maps'],
};
const ASYNCHRONOUS = ['housekeeping', 'mail-events'];
const TWO_WEEKS = 14 * 86_400;
const SIX_HOURS = 6 * 3_600;

/** The resources of the stack that can be thrown away: type and name → every property. Rights, routes, alarms and dashboard have tables of their own. */
export function throwawayResources(site: Site): Record<string, unknown> {
  const { named, arn, logs, role, permission } = partsOf(site);
  const machineArn = (name: string) => arn('states', `stateMachine:${named(name)}`);
  const queue = (source: string, id: string, rule?: { from: string; Sid: string }) => ({
    [`AWS::SQS::Queue ${id}Queue`]: {
      QueueName: named(`${source}-dead-letters`),
      MessageRetentionPeriod: TWO_WEEKS,
      SqsManagedSseEnabled: true,
      policies: 'Delete/Delete',
    },
    [`AWS::SQS::QueuePolicy ${id}QueuePolicy`]: {
      Queues: [`<${id}Queue>`],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'sqs:*',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Resource: `<${id}Queue.Arn>`,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          ...(rule
            ? [
                {
                  Action: 'sqs:SendMessage',
                  Effect: 'Allow',
                  Principal: { Service: 'events.amazonaws.com' },
                  Resource: `<${id}Queue.Arn>`,
                  Condition: { ArnEquals: { 'aws:SourceArn': `<${rule.from}.Arn>` } },
                  Sid: rule.Sid,
                },
              ]
            : []),
        ],
      },
    },
  });
  const told: Record<string, Record<string, string>> = {
    site: { SITE_ID: site.siteId, SITE_URL: site.siteUrl },
    table: { TABLE_NAME: '<data.Ref.Table>' },
    signing: { SIGNING_KEYS_ARN: '<data.Ref.SigningKeys>' },
    journal: { JOURNAL_KEYS_ARN: '<data.Ref.JournalKeys>' },
    lifetime: { TOKEN_LIFETIME_DAYS: site.tokenLifetimeDays },
    mail: { SENDER_ADDRESS: site.sender, REPLY_TO: site.replyTo, CONFIGURATION_SET: '<data.Ref.Mail>' },
    machines: {
      TOKEN_ACCESS_ARN: machineArn('token-access'),
      REBUILD_INDEXES_ARN: machineArn('rebuild-indexes'),
    },
    maps: { NODE_OPTIONS: '--enable-source-maps' },
    issuer: site.issuer ?? {},
  };
  const lambda = (name: DeployedFunction) => {
    const [Description, MemorySize, Timeout, parts] = FUNCTIONS[name];
    return {
      [`AWS::Logs::LogGroup ${plain(name)}Logs`]: logs(`/aws/lambda/${named(name)}`),
      [`AWS::IAM::Role ${plain(name)}Role`]: role('lambda', `${name}: ${Description}`),
      [`AWS::Lambda::Function ${plain(name)}Function`]: {
        FunctionName: named(name),
        Description,
        MemorySize,
        Timeout,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Role: `<${plain(name)}Role.Arn>`,
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: {
          LogFormat: 'JSON',
          LogGroup: `<${plain(name)}Logs>`,
          ApplicationLogLevel: site.logLevel,
          SystemLogLevel: 'INFO',
        },
        Environment: {
          Variables: {
            STAGE: site.stage,
            POWERTOOLS_SERVICE_NAME: name,
            POWERTOOLS_METRICS_NAMESPACE: `Daypass/${site.stage}`,
            ...Object.assign({}, ...parts.split(' ').map((part) => told[part])),
          },
        },
        ...(ASYNCHRONOUS.includes(name) && {
          DeadLetterConfig: { TargetArn: `<${plain(name)}DeadLettersQueue.Arn>` },
        }),
      },
    };
  };
  const machine = (name: string) => ({
    [`AWS::Logs::LogGroup Workflows${plain(name)}logs`]: logs(`/aws/vendedlogs/states/${named(name)}`),
    [`AWS::IAM::Role Workflows${plain(name)}role`]: role('states', `workflow ${name}: calls the robot`),
    [`AWS::StepFunctions::StateMachine Workflows${plain(name)}`]: {
      StateMachineName: named(name),
      StateMachineType: 'STANDARD',
      DefinitionSubstitutions: { RobotFunctionArn: lambdaArn('robot') },
      RoleArn: `<Workflows${plain(name)}role.Arn>`,
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ERROR',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: `<Workflows${plain(name)}logs.Arn>` } }],
      },
      policies: 'Delete/Delete',
    },
  });
  const rule = (id: string, Name: string, Description: string, target: string, EventPattern: object) => ({
    [`AWS::Events::Rule ${id}`]: {
      Name: named(Name),
      Description,
      State: 'ENABLED',
      EventPattern,
      Targets: [
        {
          Id: 'Target0',
          Arn: lambdaArn(target),
          DeadLetterConfig: { Arn: `<${plain(target)}DeadLettersQueue.Arn>` },
          RetryPolicy: { MaximumEventAgeInSeconds: SIX_HOURS, MaximumRetryAttempts: 20 },
        },
      ],
    },
    [`AWS::Lambda::Permission ${id} → ${target}`]: permission(lambdaArn(target), 'events', `<${id}.Arn>`),
  });
  const schedule = (job: string, ScheduleExpression: string, Description: string) => ({
    [`AWS::Scheduler::Schedule Schedules${job}`]: {
      Name: named(job),
      Description,
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: lambdaArn('housekeeping'),
        RoleArn: '<SchedulesRole.Arn>',
        Input: JSON.stringify({ job }),
        DeadLetterConfig: { Arn: '<housekeepingDeadLettersQueue.Arn>' },
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 },
      },
    },
  });
  const ruleSid = (id: string) => `AllowEventRuleDaypass${plain(site.stage)}${id}`;

  return {
    ...Object.assign({}, ...FUNCTION_NAMES.map(lambda)),
    ...frontResources(site),
    ...Object.assign({}, ...['rebuild-indexes', 'token-access'].map(machine)),
    ...queue('outbox', 'OutboxDeadLetters'),
    ...queue('housekeeping', 'housekeepingDeadLetters', {
      from: 'WorkflowsAfterFailure',
      Sid: ruleSid('WorkflowsAfterFailure'),
    }),
    ...queue('mail-events', 'maileventsDeadLetters', { from: 'MailEvents', Sid: ruleSid('MailEvents') }),
    ...rule(
      'WorkflowsAfterFailure',
      'workflow-failed',
      'A stopped, failed or timed out workflow runs no Catch: what it granted is ended from outside',
      'housekeeping',
      {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
          stateMachineArn: ['<Workflowsrebuildindexes>', '<Workflowstokenaccess>'],
        },
      },
    ),
    ...rule(
      'MailEvents',
      'mail-events',
      'Mail that bounced, was rejected, is late, or brought a complaint',
      'mail-events',
      {
        source: ['aws.ses'],
        'detail-type': [
          'Email Bounced',
          'Email Complaint Received',
          'Email Rejected',
          'Email Delivery Delayed',
        ],
        detail: { mail: { tags: { 'ses:configuration-set': ['<data.Ref.Mail>'] } } },
      },
    ),
    'AWS::Lambda::EventSourceMapping OutboxMapping': {
      FunctionName: '<outboxFunction>',
      EventSourceArn: '<data.StreamArn.Table>',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      MaximumRetryAttempts: 5,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: {
        Filters: [
          { Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"PK":{"S":[{"prefix":"OUTBOX#"}]}}}}' },
        ],
      },
      DestinationConfig: { OnFailure: { Destination: '<OutboxDeadLettersQueue.Arn>' } },
    },
    'AWS::IAM::Role SchedulesRole': role('scheduler', 'schedules: calls housekeeping'),
    ...schedule('sweepOutbox', 'rate(1 minute)', 'Dispatches again what has been pending too long'),
    ...schedule('reapGrants', 'rate(5 minutes)', 'Ends grants that outlived their workflow'),
    ...schedule('sealJournal', 'cron(10 0 * * ? *)', 'Seals the days of the journal that are over'),
    'AWS::SNS::Topic MonitoringTopic': { TopicName: named('alarms') },
    'AWS::SNS::TopicPolicy MonitoringTopicPolicy': {
      Topics: ['<MonitoringTopic>'],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'sns:Publish',
            Effect: 'Deny',
            Principal: '*',
            Resource: '<MonitoringTopic>',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            Sid: 'AllowPublishThroughSSLOnly',
          },
          {
            Action: 'sns:Publish',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: '<MonitoringTopic>',
            Condition: { ArnLike: { 'aws:SourceArn': arn('cloudwatch', `alarm:${named('*')}`) } },
            Sid: 'AlarmsOfThisSite',
          },
        ],
      },
    },
    ...(site.alarmEmail && {
      'AWS::SNS::Subscription MonitoringTopicplatformexampleorg': {
        TopicArn: '<MonitoringTopic>',
        Protocol: 'email',
        Endpoint: site.alarmEmail,
      },
    }),
  };
}
