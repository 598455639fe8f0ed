import { randomUUID } from 'node:crypto';
import { createAsynchronousInvoker } from '../functions/asynchronous.ts';
import type { Functions } from '../functions/functions.ts';
import { createMachineInvoker } from '../machine-invoker.ts';
import { createStateMachines } from '../stepfunctions/engine.ts';
import type { Template } from '../template.ts';
import type { Workbench } from '../workbench.ts';
import { createEventBus } from './bus.ts';
import type { BusEvent } from './bus-event.ts';
import { startSchedules } from './schedules.ts';
import { createTargets, type TargetOptions } from './targets.ts';

/** What somebody says of an event; the bus fills in the rest. */
export type EventBody = Pick<BusEvent, 'source' | 'detail-type' | 'detail'>;

/** Connects state machines, rules, schedules and functions, each of which can set off the others. */
export function wireEvents(
  template: Template,
  { clock, onStop, report }: Workbench,
  functions: Functions,
  sendToQueue: (queueArn: string, body: string) => void,
) {
  const { resourcesOf, roles, checkInvoke, place } = template;
  const invoker = createAsynchronousInvoker({ clock, functions, sendToQueue, report });
  const targets: TargetOptions = {
    invoker,
    roles,
    checkInvoke,
    sendToQueue,
    startExecution(stateMachineArn, input) {
      machines
        .handle('StartExecution', { stateMachineArn, input })
        .catch(({ message }: Error) => report(message));
    },
    report,
  };
  const deliver = createTargets(targets);
  const bus = createEventBus(resourcesOf, deliver);
  const machines = createStateMachines({
    clock,
    machines: template.machines,
    invokeLambda: createMachineInvoker(functions, roles),
    onStatusChange: (event) => bus.put(event as BusEvent),
  });
  onStop(() => machines.stopAll());

  return {
    bus,
    machines,
    /** To be started once everything that they may set off is there. */
    startSchedules() {
      const schedules = startSchedules(resourcesOf, { ...targets, clock, deliver });
      onStop(() => schedules.stop());
      return schedules;
    },
    putEvent(event: EventBody): void {
      const time = new Date(clock.now()).toISOString().replace(/\.\d+/, '');
      bus.put({ version: '0', id: randomUUID(), ...place, time, resources: [], ...event });
    },
  };
}
