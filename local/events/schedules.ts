import { randomUUID } from 'node:crypto';
import { LocalSystemError, refuse } from '../assembly/problem.ts';
import type { ResolvedResource, ResourcesOf } from '../assembly/resources.ts';
import type { Clock, Timer } from '../clock.ts';
import type { BusEvent } from './bus-event.ts';
import { compileSchedule, type NextTime } from './schedule-expression.ts';
import { checkRole, type DeliverToTarget, type TargetOptions } from './targets.ts';

/** The schedules of the template: rules with a schedule expression, and EventBridge Scheduler's schedules. */
export interface Schedules {
  /** Fires one now, by logical id, name or a part of either; throws with the names that there are. */
  fire(name: string): void;
  names(): string[];
  stop(): void;
}

interface Schedule {
  names: string[];
  next: NextTime;
  run(): void;
}

export interface ScheduleOptions extends TargetOptions {
  clock: Clock;
  deliver: DeliverToTarget;
}

/** Starts all schedules on the clock. */
export function startSchedules(resourcesOf: ResourcesOf, options: ScheduleOptions): Schedules {
  const { clock } = options;
  const schedules = [
    ...resourcesOf('AWS::Events::Rule')
      .filter(({ properties }) => properties.ScheduleExpression && properties.State !== 'DISABLED')
      .map((rule) => scheduledRule(rule, options)),
    ...resourcesOf('AWS::Scheduler::Schedule')
      .filter(({ properties }) => properties.State !== 'DISABLED')
      .map((schedule) => schedulerSchedule(schedule, options)),
  ];
  const timers = new Map<Schedule, Timer>();

  function arm(schedule: Schedule): void {
    const dueAt = schedule.next(clock.now());
    if (dueAt === undefined) return;
    const fire = () => {
      schedule.run();
      arm(schedule);
    };
    timers.set(schedule, clock.setTimer(dueAt, fire, { catchesUp: true }));
  }
  for (const schedule of schedules) arm(schedule);

  return {
    fire(name) {
      const wanted = name.toLowerCase();
      const exact = schedules.filter(({ names }) => names.includes(name));
      const similar = schedules.filter(({ names }) =>
        names.some((one) => one.toLowerCase().includes(wanted)),
      );
      const [found, ...others] = exact.length ? exact : similar;
      if (found && others.length === 0) return found.run();
      const known = schedules.map(({ names }) => names[0]).join(', ');
      throw new LocalSystemError(`There is no one schedule ${name}; there are ${known}.`);
    },
    names: () => schedules.map(({ names }) => names[0] ?? ''),
    stop() {
      for (const timer of timers.values()) timer.cancel();
    },
  };
}

function scheduledEvent(source: string, resource: ResolvedResource, now: number, detail: unknown): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source,
    account: resource.account,
    time: new Date(now).toISOString().replace(/\.\d+/, ''),
    region: resource.region,
    resources: [resource.attribute('Arn')],
    detail,
  };
}

function scheduledRule(rule: ResolvedResource, { clock, deliver }: ScheduleOptions): Schedule {
  const { properties, place, logicalId, ref } = rule;
  return {
    names: [logicalId, ref],
    next: compileSchedule(properties.ScheduleExpression, clock.now(), place),
    run() {
      const event = scheduledEvent('aws.events', rule, clock.now(), {});
      for (const target of properties.Targets ?? [])
        deliver(target, event, { arn: rule.attribute('Arn'), place });
    },
  };
}

const KNOWN_TARGET = ['Arn', 'DeadLetterConfig', 'Input', 'RetryPolicy', 'RoleArn'];

function schedulerSchedule(schedule: ResolvedResource, options: ScheduleOptions): Schedule {
  const { properties, place, logicalId, ref } = schedule;
  const target = properties.Target;
  const unknown = Object.keys(target).find((key) => !KNOWN_TARGET.includes(key));
  if (unknown) refuse(place, `the target setting ${unknown} is not supported`);
  const zone = properties.ScheduleExpressionTimezone ?? 'UTC';
  if (zone !== 'UTC') refuse(place, `schedules in another time zone than UTC are not supported (${zone})`);
  return {
    names: [logicalId, ref],
    next: compileSchedule(properties.ScheduleExpression, options.clock.now(), place),
    run() {
      try {
        const now = options.clock.now();
        const event = scheduledEvent('aws.scheduler', schedule, now, '{}');
        const input = target.Input === undefined ? event : JSON.parse(fillIn(target.Input, event, now));
        const service = String(target.Arn).split(':')[2];
        if (service === 'lambda') {
          checkRole(options, target, 'lambda:InvokeFunction', place);
          options.invoker.invoke(target.Arn, input, 'scheduler');
        } else if (service === 'states') {
          checkRole(options, target, 'states:StartExecution', place);
          options.startExecution(target.Arn, JSON.stringify(input));
        } else refuse(place, `targets of ${service} are not supported`);
      } catch (error) {
        options.report(`${place}: ${(error as Error).message}`);
        if (target.DeadLetterConfig)
          options.sendToQueue(target.DeadLetterConfig.Arn, String(target.Input ?? '{}'));
      }
    },
  };
}

/** Scheduler's own placeholders. */
function fillIn(input: string, event: BusEvent, now: number): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', event.resources[0] ?? '')
    .replaceAll('<aws.scheduler.scheduled-time>', new Date(now).toISOString().replace(/\.\d+/, ''))
    .replaceAll('<aws.scheduler.execution-id>', event.id)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}
