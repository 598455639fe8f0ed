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
