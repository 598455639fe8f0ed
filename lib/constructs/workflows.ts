import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { nameOf } from '../names.ts';

export interface WorkflowsProps {
  config: Config;
  /** The project's folder, which holds `statemachines/`. */
  root: string;
  robot: LambdaFunction;
  /** Is told of every execution that did not end by itself, and ends what it left. */
  afterFailure: { function: LambdaFunction; deadLetters: IQueue };
}

/** One state machine for every `statemachines/<name>.asl.json`; they may call the robot and nothing else. */
export class Workflows extends Construct {
  readonly machines: ReadonlyMap<string, StateMachine>;

  constructor(scope: Construct, id: string, props: WorkflowsProps) {
    super(scope, id);
    const folder = join(props.root, 'statemachines');
    const names = readdirSync(folder)
      .filter((file) => file.endsWith('.asl.json'))
      .map((file) => file.slice(0, -'.asl.json'.length))
      .sort();
    const machines = new Map(names.map((name) => [name, this.machine(props, folder, name)]));
    this.machines = machines;

    new Rule(this, 'AfterFailure', {
      ruleName: nameOf(props.config, 'workflow-failed'),
      description:
        'A stopped, failed or timed out workflow runs no Catch: what it granted is ended from outside',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
          stateMachineArn: [...machines.values()].map((machine) => machine.stateMachineArn),
        },
      },
      targets: [
        new LambdaTarget(props.afterFailure.function, {
          deadLetterQueue: props.afterFailure.deadLetters,
          maxEventAge: Duration.hours(6),
          retryAttempts: 20,
        }),
      ],
    });
  }

  private machine({ config, robot }: WorkflowsProps, folder: string, name: string): StateMachine {
    const role = new Role(this, `${name}-role`, {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `Daypass ${config.stage}, workflow ${name}: calls the robot`,
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [robot.functionArn] }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Delivery of logs and traces: these actions of CloudWatch Logs and X-Ray take only *.',
    });
    const machine = new StateMachine(this, name, {
      stateMachineName: nameOf(config, name),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(join(folder, `${name}.asl.json`)),
      definitionSubstitutions: { RobotFunctionArn: robot.functionArn },
      role,
      tracingEnabled: true,
      logs: {
        level: LogLevel.ERROR,
        includeExecutionData: false,
        destination: new LogGroup(this, `${name}-logs`, {
          logGroupName: `/aws/vendedlogs/states/${nameOf(config, name)}`,
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps the whole history of every execution for 90 days; logs hold the errors, so that nothing is kept twice.',
    });
    return machine;
  }
}
