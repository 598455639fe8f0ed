import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { nameOf } from '../names.ts';

/** What housekeeping does by the clock. `job` is all that it is told. */
const JOBS = [
  {
    job: 'sweepOutbox',
    expression: 'rate(1 minute)',
    why: 'Dispatches again what has been pending too long',
  },
  { job: 'reapGrants', expression: 'rate(5 minutes)', why: 'Ends grants that outlived their workflow' },
  {
    job: 'sealJournal',
    expression: 'cron(10 0 * * ? *)',
    why: 'Seals the days of the journal that are over',
  },
] as const;

export class Schedules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    config: Config,
    housekeeping: LambdaFunction,
    deadLetters: IQueue,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: `Daypass ${config.stage}, schedules: calls housekeeping`,
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [housekeeping.functionArn] }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
    );
    for (const { job, expression, why } of JOBS) {
      const schedule = new CfnSchedule(this, job, {
        name: nameOf(config, job),
        description: why,
        scheduleExpression: expression,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: housekeeping.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ job }),
          deadLetterConfig: { arn: deadLetters.queueArn },
          // The next round comes by itself and does what this one missed.
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60 },
        },
      });
      schedule.node.addDependency(role);
    }
  }
}
