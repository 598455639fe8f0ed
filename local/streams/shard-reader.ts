import { callDynamodb, type DynamodbAddress } from '../dynamodb/dynamodb-request.ts';

/** A record as DynamoDB Streams gives it. */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number; Keys: object } & Record<
    string,
    unknown
  >;
  userIdentity?: object;
}

interface Shard {
  id: string;
  iterator: string | undefined;
  lastSequenceNumber?: string;
}

const PREFIX = 'DynamoDBStreams_20120810.';

/** Reads a stream of DynamoDB Local from its beginning, shard after shard. */
export class ShardReader {
  readonly #at: DynamodbAddress;
  readonly #streamArn: string;
  readonly #shards = new Map<string, Shard>();

  constructor(at: DynamodbAddress, streamArn: string) {
    this.#at = at;
    this.#streamArn = streamArn;
  }

  /** Everything that has been written since the last call, with the shard that it lies in. */
  async read(): Promise<{ shardId: string; records: StreamRecord[] }[]> {
    const open = [...this.#shards.values()].filter(({ iterator }) => iterator);
    if (open.length === 0) {
      await this.#discover();
      open.push(...[...this.#shards.values()].filter(({ iterator }) => iterator));
    }
    const found: { shardId: string; records: StreamRecord[] }[] = [];
    for (const shard of open) {
      const records = await this.#readShard(shard);
      if (records.length) found.push({ shardId: shard.id, records });
    }
    return found;
  }

  async #call<T>(operation: string, input: object): Promise<T> {
    return callDynamodb<T>(this.#at, PREFIX + operation, input);
  }

  async #discover(): Promise<void> {
    const { StreamDescription } = await this.#call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn: this.#streamArn },
    );
    for (const { ShardId } of StreamDescription.Shards) {
      if (this.#shards.has(ShardId)) continue;
      const shard: Shard = { id: ShardId, iterator: undefined };
      shard.iterator = await this.#iteratorOf(shard);
      this.#shards.set(ShardId, shard);
    }
  }

  async #iteratorOf({ id, lastSequenceNumber }: Shard): Promise<string> {
    const position = lastSequenceNumber
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastSequenceNumber }
      : { ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await this.#call<{ ShardIterator: string }>('GetShardIterator', {
      StreamArn: this.#streamArn,
      ShardId: id,
      ...position,
    });
    return ShardIterator;
  }

  async #readShard(shard: Shard): Promise<StreamRecord[]> {
    type Answer = { Records: StreamRecord[]; NextShardIterator?: string };
    const read = () => this.#call<Answer>('GetRecords', { ShardIterator: shard.iterator });
    let answer: Answer;
    try {
      answer = await read();
    } catch (error) {
      if ((error as Error).name !== 'ExpiredIteratorException') throw error;
      shard.iterator = await this.#iteratorOf(shard);
      answer = await read();
    }
    shard.iterator = answer.NextShardIterator;
    shard.lastSequenceNumber =
      answer.Records.at(-1)?.dynamodb.SequenceNumber ?? shard.lastSequenceNumber ?? '';
    if (!shard.lastSequenceNumber) delete shard.lastSequenceNumber;
    return answer.Records;
  }
}
