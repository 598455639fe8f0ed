import { randomUUID } from 'node:crypto';
import type { BusEvent } from '../events/bus-event.ts';
import { type AwsService, notOnThisMachine } from './aws-call.ts';

/** EventBridge's PutEvents. */
export function createEventBridge(
  { account, region }: { account: string; region: string },
  put: (event: BusEvent, bus: string) => void,
): AwsService {
  const busArn = (name = 'default') =>
    name.startsWith('arn:') ? name : `arn:aws:events:${region}:${account}:event-bus/${name}`;
  return {
    accessRequests: ({ operation, input }) =>
      (input.Entries ?? [{}]).map((entry: { EventBusName?: string }) => ({
        action: `events:${operation}`,
        resource: busArn(entry.EventBusName),
      })),
    async handle({ operation, input, at }) {
      if (operation !== 'PutEvents') throw notOnThisMachine(`the EventBridge operation ${operation}`);
      const Entries = (input.Entries as Record<string, string | string[]>[]).map((entry) => {
        const event: BusEvent = {
          version: '0',
          id: randomUUID(),
          'detail-type': String(entry.DetailType),
          source: String(entry.Source),
          account,
          time: new Date(at).toISOString().replace(/\.\d+/, ''),
          region,
          resources: [entry.Resources ?? []].flat(),
          detail: JSON.parse(String(entry.Detail ?? '{}')),
        };
        put(
          event,
          busArn(entry.EventBusName as string | undefined)
            .split('/')
            .at(-1) ?? 'default',
        );
        return { EventId: event.id };
      });
      return { FailedEntryCount: 0, Entries };
    },
  };
}
