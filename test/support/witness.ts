import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { RecordedCall } from '../../local/aws-endpoint/call-log.ts';
import type { System } from '../../local/system.ts';

type Item = Record<string, unknown>;

/** Every item of the table, whatever it is: only tests may scan. */
export async function wholeTable(system: System): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await system.dynamodb.client.send(
      new ScanCommand({ TableName: system.dynamodb.tableName(), ConsistentRead: true, ExclusiveStartKey }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** What is noted of passes in use changes at any request, and is nobody's write. */
const NOTED = ['lastUsedAt'];

/** The table as text by key, so that two of them show what was written in between. */
export async function photograph(system: System): Promise<Record<string, string>> {
  const items = await wholeTable(system);
  return Object.fromEntries(
    items.map((item) => [
      `${item.PK} ${item.SK}`,
      JSON.stringify(item, (name, value) => (NOTED.includes(name) ? undefined : value)),
    ]),
  );
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** Counts what the functions do at the table from now on; the tests' own calls are left out. */
export function watchCalls(system: System) {
  const from = system.calls().length;
  const since = () =>
    system
      .calls()
      .slice(from)
      .filter(({ caller, service }) => service === 'dynamodb' && caller !== 'test');
  return {
    /** Reads and writes, as sent. */
    all: (): RecordedCall[] => since(),
    /** Writes that took effect. */
    written: (): RecordedCall[] =>
      since().filter(({ operation, outcome }) => WRITES.has(operation) && outcome === 'ok'),
    by: (caller: string): RecordedCall[] => since().filter((call) => call.caller.includes(caller)),
  };
}

/** Reads that nothing is decided by, and why each may lag behind. */
const MAY_LAG: Record<string, string> = {
  'robot count REGISTER#':
    'how many records there are to index anew, for the page that shows how far it has come',
};

/**
 * The reads of the functions so far that could have missed what was just written. DynamoDB Local never shows that: what
 * was asked for does. Reads of an index cannot ask for more, and are left out.
 * @returns who read, and the kinds of items that lagged, without those of `MAY_LAG`
 */
export function readsSoFar(system: System): { readers: Set<string>; stale: string[] } {
  const readers = new Set<string>();
  const stale = new Set<string>();
  for (const { caller, readUnits, keys = [], mayBeStale } of system.dynamodb.calls()) {
    if (readUnits === undefined || caller === 'test') continue;
    const reader = caller.replace('daypass-local-', '');
    readers.add(reader);
    if (mayBeStale) for (const key of keys) stale.add(`${reader} ${mayBeStale} ${/^\w+#?/.exec(key)?.[0]}`);
  }
  return { readers, stale: [...stale].filter((read) => !(read in MAY_LAG)) };
}

interface EmbeddedMetrics {
  _aws?: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
  [member: string]: unknown;
}

/** What functions have counted under a name, as CloudWatch finds it in their logs: `namespace dimension=value number`. */
export function countedAs(metric: string, system: System): string[] {
  return system
    .logs()
    .filter((line) => line.includes('"CloudWatchMetrics"'))
    .flatMap((line) => {
      const { _aws, ...members } = JSON.parse(line.slice(line.indexOf('{'))) as EmbeddedMetrics;
      return (_aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.filter(({ Name }) => Name === metric).flatMap(() => {
          const dimensions = Dimensions.flat().map((name) => `${name}=${members[name]}`);
          return `${Namespace} ${dimensions.join(' ')} ${[members[metric]].flat().join(',')}`;
        }),
      );
    });
}
