import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTBOX_PREFIX } from '../../lambdas/shared/table/keys.ts';
import { ROOT, resourcesOf, shown, templatesOf } from './synthesise.ts';

const { stateless } = await templatesOf();
const all = (type: string) => resourcesOf(stateless, type).map(([, resource]) => resource.Properties);
const ruleOf = (name: string) =>
  all('AWS::Events::Rule').find(({ Name }) => Name === `daypass-test-${name}`) ?? {};

describe('the stream of the table', () => {
  const [mapping = {}] = all('AWS::Lambda::EventSourceMapping');

  it('wakes the outbox function for new outbox items only', () => {
    const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };

    expect(all('AWS::Lambda::EventSourceMapping')).toHaveLength(1);
    expect(shown(mapping.FunctionName)).toMatch(/^<outboxFunction/);
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { PK: { S: [{ prefix: OUTBOX_PREFIX }] } } } },
    ]);
  });

  it('tries an item five times, alone in the end, and then puts it aside', () => {
    expect(mapping).toMatchObject({
      MaximumRetryAttempts: 5,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(
      shown((mapping.DestinationConfig as { OnFailure: { Destination: unknown } }).OnFailure.Destination),
    ).toMatch(/^<OutboxDeadLettersQueue/);
  });
});

describe('a workflow that did not end by itself', () => {
  it('is told to housekeeping, whichever way it stopped', () => {
    const { EventPattern, Targets } = ruleOf('workflow-failed');
    const machines = resourcesOf(stateless, 'AWS::StepFunctions::StateMachine').map(([id]) => ({ Ref: id }));

    expect(EventPattern).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'], stateMachineArn: machines },
    });
    expect((Targets as { Arn: unknown }[]).map(({ Arn }) => shown(Arn))).toEqual([
      expect.stringMatching(/^<housekeepingFunction/),
    ]);
  });
});

describe('mail that did not arrive', () => {
  it('is told to mail-events, for mail of this site only', () => {
    const { EventPattern, Targets } = ruleOf('mail-events');
    const { detail, ...pattern } = EventPattern as {
      detail: { mail: { tags: Record<'ses:configuration-set', unknown[]> } };
    };

    expect(pattern).toEqual({
      source: ['aws.ses'],
      'detail-type': [
        'Email Bounced',
        'Email Complaint Received',
        'Email Rejected',
        'Email Delivery Delayed',
      ],
    });
    expect(detail.mail.tags['ses:configuration-set'].map(shown)).toEqual([
      expect.stringMatching(/^<ExportsOutputRefMail/),
    ]);
    expect((Targets as { Arn: unknown }[]).map(({ Arn }) => shown(Arn))).toEqual([
      expect.stringMatching(/^<maileventsFunction/),
    ]);
  });
});

describe('what is done by the clock', () => {
  it('is the sweep of the outbox, the reaping of grants and the seal of the journal', () => {
    const schedules = all('AWS::Scheduler::Schedule');
    const jobs = schedules.map(({ ScheduleExpression, Target }) => {
      const { Arn, Input } = Target as { Arn: unknown; Input: string };
      return `${ScheduleExpression} ${Input} ${shown(Arn).replace(/Function.*/, '')}`;
    });

    expect(jobs.sort()).toEqual([
      'cron(10 0 * * ? *) {"job":"sealJournal"} <housekeeping',
      'rate(1 minute) {"job":"sweepOutbox"} <housekeeping',
      'rate(5 minutes) {"job":"reapGrants"} <housekeeping',
    ]);
    // What was missed is not made up for an hour later: the next round does it.
    for (const { Target } of schedules) {
      expect(Target).toMatchObject({
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 },
      });
    }
  });
});

describe('whatever is called asynchronously', () => {
  it('has a queue for what could not be delivered, and one for what could not be done', () => {
    const targets = all('AWS::Events::Rule').flatMap(
      ({ Targets }) => Targets as { DeadLetterConfig?: unknown }[],
    );
    const schedules = all('AWS::Scheduler::Schedule').map(
      ({ Target }) => Target as { DeadLetterConfig?: unknown },
    );
    const functions = all('AWS::Lambda::Function').filter(({ FunctionName }) =>
      /-(housekeeping|mail-events)$/.test(String(FunctionName)),
    );
    const withoutQueue = [...targets, ...schedules, ...functions].filter(
      (one) => !(one as { DeadLetterConfig?: unknown }).DeadLetterConfig,
    );

    expect(targets.length + schedules.length + functions.length).toBe(7);
    expect(withoutQueue).toEqual([]);
  });

  it('leaves its letters encrypted, reachable over TLS only, for two weeks', () => {
    const queues = all('AWS::SQS::Queue');
    const policies = all('AWS::SQS::QueuePolicy').map(({ PolicyDocument }) => JSON.stringify(PolicyDocument));

    expect(queues).toHaveLength(3);
    for (const queue of queues) {
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
    expect(policies.filter((policy) => policy.includes('"aws:SecureTransport":"false"'))).toHaveLength(3);
  });
});

describe('a state machine', () => {
  it('is made from every definition file, with everything filled in that the file leaves open', () => {
    const files = readdirSync(join(ROOT, 'statemachines')).filter((file) => file.endsWith('.asl.json'));
    const made = new Map(
      all('AWS::StepFunctions::StateMachine').map(({ StateMachineName, DefinitionSubstitutions }) => [
        `${String(StateMachineName).replace('daypass-test-', '')}.asl.json`,
        Object.keys(DefinitionSubstitutions as object),
      ]),
    );

    expect([...made.keys()].sort()).toEqual(files.sort());
    for (const file of files) {
      const open = readFileSync(join(ROOT, 'statemachines', file), 'utf8').matchAll(/\$\{(\w+)\}/g);
      expect([file, made.get(file)]).toEqual([file, [...new Set([...open].map(([, name]) => name))]]);
    }
  });

  it('writes errors without the data of executions, and traces', () => {
    for (const { LoggingConfiguration, TracingConfiguration } of all('AWS::StepFunctions::StateMachine')) {
      expect(LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
      expect(TracingConfiguration).toEqual({ Enabled: true });
    }
  });
});

describe('a function', () => {
  it('writes JSON logs that end after a while, and traces', () => {
    const groups = new Map(
      resourcesOf(stateless, 'AWS::Logs::LogGroup').map(([id, group]) => [`<${id}>`, group.Properties]),
    );

    for (const lambda of all('AWS::Lambda::Function')) {
      const { LogFormat, LogGroup } = lambda.LoggingConfig as { LogFormat: string; LogGroup: unknown };
      expect([lambda.FunctionName, LogFormat, groups.get(shown(LogGroup))?.RetentionInDays]).toEqual([
        lambda.FunctionName,
        'JSON',
        90,
      ]);
      expect(lambda.TracingConfig).toEqual({ Mode: 'Active' });
    }
  });

  it('runs on the newest Node and on ARM', () => {
    for (const { FunctionName, Runtime, Architectures } of all('AWS::Lambda::Function')) {
      expect([FunctionName, Runtime, Architectures]).toEqual([FunctionName, 'nodejs24.x', ['arm64']]);
    }
  });
});
