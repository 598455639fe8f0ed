import type { DynamodbAddress } from '../dynamodb/dynamodb-request.ts';
import { BatchDelivery, type DeliveryOptions } from './batch-delivery.ts';
import { ShardReader } from './shard-reader.ts';
import type { StreamMapping } from './stream-mapping.ts';

/** The stream readers of all mappings. */
export interface Streams {
  /** Something was written: look now. */
  wake(): void;
  /** Everything written so far has been delivered, or waits for the function that has it. */
  idle(): boolean;
  stop(): Promise<void>;
}

/** How often a stream is looked at when nobody said that something was written. */
const QUIET_POLL_MS = 250;

export function startStreams(
  mappings: StreamMapping[],
  at: DynamodbAddress,
  options: Omit<DeliveryOptions, 'pause'>,
): Streams {
  const pollers = mappings.map((mapping) => startPoller(mapping, at, options));
  return {
    wake() {
      for (const poller of pollers) poller.wake();
    },
    idle: () => pollers.every((poller) => poller.idle()),
    stop: async () => void (await Promise.all(pollers.map((poller) => poller.stop()))),
  };
}

function startPoller(
  mapping: StreamMapping,
  at: DynamodbAddress,
  options: Omit<DeliveryOptions, 'pause'>,
): Streams {
  const reader = new ShardReader(at, mapping.table.localStreamArn ?? '');
  let stopped = false;
  let woken = true;
  let busy = false;
  let resume = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, stopped ? 0 : ms);
      resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const delivery = new BatchDelivery(mapping, { ...options, pause });

  async function poll(): Promise<void> {
    while (!stopped) {
      woken = false;
      busy = true;
      try {
        for (const { shardId, records } of await reader.read()) {
          woken = true;
          if (!stopped) await delivery.deliver(shardId, records);
        }
      } catch (error) {
        if (!stopped) options.report(`${mapping.place}: ${(error as Error).message}`);
      }
      busy = false;
      if (!woken && !stopped) await pause(QUIET_POLL_MS);
    }
  }
  const ended = poll();

  return {
    wake() {
      woken = true;
      if (!busy) resume();
    },
    idle: () => delivery.waiting || (!busy && !woken),
    async stop() {
      stopped = true;
      resume();
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
    },
  };
}
