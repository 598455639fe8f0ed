import { refuse } from '../assembly/problem.ts';
import type { ResourcesOf } from '../assembly/resources.ts';
import type { BusEvent } from './bus-event.ts';
import { compilePattern, type EventMatcher } from './event-pattern.ts';
import type { DeliverToTarget, Target } from './targets.ts';

/** EventBridge's buses with the rules of the template that match events. */
export interface EventBus {
  /** Hands an event to the targets of every rule of the bus that matches it. */
  put(event: BusEvent, bus?: string): void;
}

interface Rule {
  arn: string;
  bus: string;
  matches: EventMatcher;
  targets: Target[];
  place: string;
}

export function createEventBus(resourcesOf: ResourcesOf, deliver: DeliverToTarget): EventBus {
  const rules: Rule[] = resourcesOf('AWS::Events::Rule')
    .filter(({ properties }) => properties.EventPattern && properties.State !== 'DISABLED')
    .map(({ properties, place, attribute }) => ({
      arn: attribute('Arn'),
      bus:
        String(properties.EventBusName ?? 'default')
          .split('/')
          .at(-1) ?? 'default',
      matches: compilePattern(properties.EventPattern, `${place}/EventPattern`),
      targets: properties.Targets ?? refuse(place, 'a rule without targets does nothing'),
      place,
    }));

  return {
    put(event, bus = 'default') {
      for (const rule of rules) {
        if (rule.bus !== bus || !rule.matches(event)) continue;
        for (const target of rule.targets) deliver(target, event, rule);
      }
    },
  };
}
