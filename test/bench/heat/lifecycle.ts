import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { RecordedCall } from '../../../local/aws-endpoint/call-log.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  finished,
  readRecord,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';

/** One access to an item: units as DynamoDB charges them, by the key module's partition key. */
export interface Touch {
  /** `table`, or the index that the access goes to or is written along. */
  index: 'table' | 'GSI1' | 'GSI2';
  partition: string;
  kind: 'read' | 'write';
  units: number;
}

interface Stored {
  bytes: number;
  GSI1PK?: string;
  GSI2PK?: string;
}

const WRITE_UNIT_BYTES = 1024;

/**
 * One contractor, as people and machines go through it: staff raise the work order and look at their list, the mail is
 * followed, the contractor looks at the job twice and reports it done, the workflow cleans up, staff look again.
 * @returns every access to the table
 */
export async function runLifecycle(system: System, dispatcher: Visitor, number: number): Promise<Touch[]> {
  await system.settled();
  system.dynamodb.reset();
  const stored = new Map<string, Stored>();
  const email = `heat-${number}@contractor.example`;
  const order = await addWorkOrder(dispatcher, workOrder({ name: `Heat ${number}`, email }));
  await dispatcher.get(`${WORK_ORDERS}/views/all?limit=25`);
  const { visitor, home, pass } = await arrive(system, email);
  await system.settled();
  await note(system, stored);
  await visitor.get(home);
  await visitor.get(`${home}/records/${order.id}`);
  await visitor.get(`/production/records/${order.id}`, pass);
  await visitor.json('POST', `/production/records/${order.id}/operations/complete`, {}, pass);
  await finished(system, order.id);
  await system.settled();
  await note(system, stored);
  await readRecord(dispatcher, order.id);
  await visitor.get(home);
  await system.settled();
  return system.dynamodb
    .calls()
    .filter(({ caller, outcome }) => caller !== 'test' && outcome === 'ok')
    .flatMap((call) => touchesOf(call, stored));
}

/** How large items are now; those that go later are remembered. */
async function note(system: System, stored: Map<string, Stored>): Promise<void> {
  let after: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await system.dynamodb.client.send(
      new ScanCommand({ TableName: system.dynamodb.tableName(), ...(after && { ExclusiveStartKey: after }) }),
    );
    for (const item of Items) {
      stored.set(`${item.PK}|${item.SK}`, {
        bytes: Buffer.byteLength(JSON.stringify(item)),
        GSI1PK: item.GSI1PK,
        GSI2PK: item.GSI2PK,
      });
    }
    after = LastEvaluatedKey;
  } while (after);
}

/** A read costs what the engine has counted; a write what its item comes to, twice that in a transaction. */
function touchesOf(call: RecordedCall, stored: Map<string, Stored>): Touch[] {
  const { keys = [], operation, readUnits = 0, writeUnits = 0 } = call;
  const reads = readUnits / Math.max(keys.length, 1);
  return keys.flatMap((key): Touch[] => {
    const [partition = '', sort] = key.split('|');
    const index = partition.startsWith('LIVE#')
      ? 'GSI1'
      : partition.startsWith('JOURNAL#')
        ? 'GSI2'
        : 'table';
    if (writeUnits === 0) return [{ index, partition, kind: 'read', units: reads }];
    const item = sort === undefined ? undefined : stored.get(key);
    const size = Math.max(1, Math.ceil((item?.bytes ?? 0) / WRITE_UNIT_BYTES));
    const along = (['GSI1', 'GSI2'] as const).flatMap((name): Touch[] => {
      const other = item?.[`${name}PK`];
      return other ? [{ index: name, partition: other, kind: 'write', units: size }] : [];
    });
    const units = operation === 'TransactWriteItems' ? 2 * size : size;
    return [{ index, partition, kind: 'write', units }, ...along];
  });
}
