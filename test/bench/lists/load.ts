import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LinkedRecordType } from '../../../core/apps/published.ts';
import { indexRecord } from '../../../core/records/index-entries.ts';
import { toTableActions } from '../../../lambdas/shared/table/changes.ts';
import { job } from './workload.ts';

const BATCH = 25;
const AT_ONCE = 16;

/**
 * Writes the items that adding records would write, by the real key module: index items into one table, heads into
 * another, which is what a scan would have to read.
 */
export async function load(
  client: DynamoDBDocumentClient,
  tables: { indexes: string; heads: string },
  type: LinkedRecordType,
  numbers: { from: number; to: number },
): Promise<void> {
  let next = numbers.from;
  const writer = async () => {
    while (next < numbers.to) {
      const from = next;
      next = Math.min(from + BATCH, numbers.to);
      const items = Array.from({ length: next - from }, (_, at) => itemsOf(type, from + at)).flat();
      await write(client, tables.indexes, items.filter(isIndex));
      await write(client, tables.heads, items.filter(isHead));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
}

type Item = Record<string, unknown> & { PK: string; SK: string };

export function itemsOf(type: LinkedRecordType, number: number): Item[] {
  return toTableActions([{ kind: 'addRecord', ...indexRecord(type, job(number)) }], 'any').flatMap(
    ({ item }) => (item.Put ? [item.Put.Item as Item] : []),
  );
}

const isIndex = ({ PK }: Item) => PK.startsWith('INDEX#');
const isHead = ({ PK }: Item) => PK.startsWith('RECORD#');

async function write(client: DynamoDBDocumentClient, table: string, items: Item[]): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    const some = items.slice(at, at + BATCH).map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteCommand({ RequestItems: { [table]: some } }),
    );
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('the table did not take all items');
  }
}
