import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Functions } from '../functions/functions.ts';
import { mayRole } from '../iam/roles.ts';
import type { StreamRecord } from './shard-reader.ts';
import type { StreamMapping } from './stream-mapping.ts';

export interface DeliveryOptions {
  clock: Clock;
  functions: Functions;
  sendToQueue(queueArn: string, body: string): void;
  report(line: string): void;
  /** Waits between attempts, in real milliseconds. */
  pause(ms: number): Promise<void>;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 100;

/** Brings records to a function in order, with the mapping's retries, bisection and on-failure destination. */
export class BatchDelivery {
  readonly #mapping: StreamMapping;
  readonly #options: DeliveryOptions;
  #waiting = false;

  constructor(mapping: StreamMapping, options: DeliveryOptions) {
    this.#mapping = mapping;
    this.#options = options;
  }

  /** The function is at work on a batch: what comes of it is up to the function. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Resolves when every record was taken by the function or given up. */
  async deliver(shardId: string, records: StreamRecord[]): Promise<void> {
    const { batchSize, matches } = this.#mapping;
    const wanted = records.map((record) => this.#asEvent(record)).filter(matches);
    for (let i = 0; i < wanted.length; i += batchSize) {
      await this.#deliverBatch(shardId, wanted.slice(i, i + batchSize), 0);
    }
  }

  async #deliverBatch(shardId: string, batch: StreamRecord[], tried: number): Promise<void> {
    const { clock, pause, report } = this.#options;
    const { bisects, retries, maximumAgeMs } = this.#mapping;
    for (let attempts = tried; batch.length > 0; ) {
      const failure = await this.#attempt(batch);
      if (!failure) return;
      attempts += 1;
      report(`${this.#mapping.function.name} failed for ${batch.length} stream record(s): ${failure.reason}`);
      if (failure.index > 0) {
        batch = batch.slice(failure.index);
        attempts = 1;
      }
      const age = clock.now() - (batch[0]?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000;
      if (attempts > retries || age > maximumAgeMs) return this.#giveUp(shardId, batch, attempts);
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS));
      if (bisects && batch.length > 1 && failure.index <= 0) {
        const half = Math.ceil(batch.length / 2);
        await this.#deliverBatch(shardId, batch.slice(0, half), attempts);
        return this.#deliverBatch(shardId, batch.slice(half), attempts);
      }
    }
  }

  /** Undefined when all was taken; else the first record that was not (-1: the whole batch failed). */
  async #attempt(batch: StreamRecord[]): Promise<{ index: number; reason: string } | undefined> {
    const { functions } = this.#options;
    this.#waiting = true;
    try {
      const { payload, error } = await functions.invoke(
        this.#mapping.function.arn,
        { Records: batch },
        'streams',
      );
      if (error) return { index: -1, reason: `${error.errorType}: ${error.errorMessage}` };
      const failures = (payload as { batchItemFailures?: { itemIdentifier?: string }[] } | null)
        ?.batchItemFailures;
      if (!this.#mapping.reportsItemFailures || !failures?.length) return undefined;
      const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
      const index = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
      return { index, reason: `${failures.length} item failure(s) reported` };
    } catch (error) {
      return { index: -1, reason: (error as Error).message };
    } finally {
      this.#waiting = false;
    }
  }

  #asEvent(record: StreamRecord): StreamRecord {
    const { table, function: target } = this.#mapping;
    const extra = {
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: target.region,
      eventSourceARN: table.streamArn,
    };
    const createdAt = Math.floor(this.#options.clock.now() / 1000);
    return { ...record, ...extra, dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: createdAt } };
  }

  #giveUp(shardId: string, batch: StreamRecord[], attempts: number): void {
    const { clock, report, sendToQueue } = this.#options;
    const { onFailureArn, function: target, table, place } = this.#mapping;
    report(`${target.name} was given up for ${batch.length} stream record(s) after ${attempts} attempts`);
    if (!onFailureArn) return;
    if (mayRole(target.role, { action: 'sqs:SendMessage', resource: onFailureArn }) !== 'allowed') {
      report(`${place}: ${target.role.logicalId} is not allowed sqs:SendMessage on ${onFailureArn}`);
      return;
    }
    const arrival = (record?: StreamRecord) =>
      new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
    const record = {
      requestContext: {
        requestId: randomUUID(),
        functionArn: target.arn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: attempts,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: new Date(clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: batch[0]?.dynamodb.SequenceNumber,
        endSequenceNumber: batch.at(-1)?.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: arrival(batch[0]),
        approximateArrivalOfLastRecord: arrival(batch.at(-1)),
        batchSize: batch.length,
        streamArn: table.streamArn,
      },
    };
    sendToQueue(onFailureArn, JSON.stringify(record));
  }
}
