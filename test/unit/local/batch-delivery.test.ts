import type { Clock } from '../../../local/clock.ts';
import type { Functions } from '../../../local/functions/functions.ts';
import { readPolicyDocument } from '../../../local/iam/policy-document.ts';
import { BatchDelivery } from '../../../local/streams/batch-delivery.ts';
import type { StreamRecord } from '../../../local/streams/shard-reader.ts';
import type { StreamMapping } from '../../../local/streams/stream-mapping.ts';

const record = (sequence: string): StreamRecord => ({
  eventID: sequence,
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: sequence, ApproximateCreationDateTime: 0, Keys: {} },
});

interface Batch {
  Records: StreamRecord[];
}

/** Delivers records to a function that behaves as `handle` says; tells what it was given and what was given up. */
async function deliver(
  sequences: string[],
  handle: (sequences: string[]) => unknown,
  settings: Partial<StreamMapping> = {},
) {
  const batches: string[] = [];
  const dead: { DDBStreamBatchInfo: { startSequenceNumber: string; batchSize: number } }[] = [];
  const statements = readPolicyDocument(
    { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }] },
    'P',
  );
  const mapping = {
    function: {
      name: 'fn',
      arn: 'arn:fn',
      region: 'r',
      role: { logicalId: 'Role', statements, withheld: [] },
    },
    table: { streamArn: 'arn:stream' },
    matches: () => true,
    batchSize: 10,
    retries: 2,
    maximumAgeMs: Number.POSITIVE_INFINITY,
    bisects: false,
    reportsItemFailures: false,
    onFailureArn: 'arn:queue',
    place: 'S/M',
    ...settings,
  } as StreamMapping;
  const functions = {
    invoke: async (_: string, { Records }: Batch) => {
      const given = Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
      batches.push(given.join(''));
      try {
        return { payload: handle(given) };
      } catch (error) {
        return { error: { errorType: 'Error', errorMessage: (error as Error).message, trace: [] } };
      }
    },
  } as unknown as Functions;
  const delivery = new BatchDelivery(mapping, {
    clock: { now: () => 0 } as Clock,
    functions,
    sendToQueue: (_, body) => void dead.push(JSON.parse(body)),
    report: () => {},
    pause: async () => {},
  });
  await delivery.deliver('shard', sequences.map(record));
  return {
    batches,
    dead: dead.map(({ DDBStreamBatchInfo: info }) => `${info.startSequenceNumber}×${info.batchSize}`),
  };
}

const failsOn = (poison: string) => (given: string[]) => {
  if (given.includes(poison)) throw new Error('poisoned');
};

describe('delivering stream records', () => {
  it('cuts them into batches, in order', async () => {
    const { batches } = await deliver(['a', 'b', 'c'], () => undefined, { batchSize: 2 });
    expect(batches).toEqual(['ab', 'c']);
  });

  it('invokes nothing for records that the filter leaves out', async () => {
    expect((await deliver(['a'], () => undefined, { matches: () => false })).batches).toEqual([]);
  });

  it('tries a failing batch again as often as it may, then gives it up', async () => {
    const { batches, dead } = await deliver(['a', 'b'], failsOn('b'));
    expect(batches).toEqual(['ab', 'ab', 'ab']);
    expect(dead).toEqual(['a×2']);
  });

  it('halves a failing batch until only the poisoned record is given up', async () => {
    const { batches, dead } = await deliver(['a', 'b', 'c', 'd'], failsOn('c'), {
      bisects: true,
      retries: 5,
    });
    expect(batches.slice(0, 4)).toEqual(['abcd', 'ab', 'cd', 'c']);
    expect(batches.at(-1)).toBe('d');
    expect(dead).toEqual(['c×1']);
  });

  it('goes on from the first record that a partial answer names', async () => {
    let failures = 1;
    const handle = (given: string[]) => {
      const failing = given.includes('b') && failures-- > 0;
      return { batchItemFailures: failing ? [{ itemIdentifier: 'b' }] : [] };
    };
    const { batches, dead } = await deliver(['a', 'b', 'c'], handle, { reportsItemFailures: true });
    expect(batches).toEqual(['abc', 'bc']);
    expect(dead).toEqual([]);
  });

  it('takes a partial answer that names nothing known for a failure of the whole batch', async () => {
    const handle = () => ({ batchItemFailures: [{ itemIdentifier: 'z' }] });
    const { batches, dead } = await deliver(['a', 'b'], handle, { reportsItemFailures: true, retries: 1 });
    expect(batches).toEqual(['ab', 'ab']);
    expect(dead).toEqual(['a×2']);
  });

  it('does not look at partial answers when the mapping does not ask for them', async () => {
    const { batches } = await deliver(['a'], () => ({ batchItemFailures: [{ itemIdentifier: 'a' }] }));
    expect(batches).toEqual(['a']);
  });
});
