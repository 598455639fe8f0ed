import { type DynamodbAddress, requestDynamodb } from '../dynamodb/dynamodb-request.ts';
import type { LocalTable } from '../dynamodb/tables.ts';
import { type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import type { RecordedCall } from './call-log.ts';
import { accessRequestOf, keysOf, mayBeStale, touchesOf } from './dynamodb-access.ts';

export interface DynamodbProxyOptions {
  at: DynamodbAddress;
  tables: LocalTable[];
  /** Called after each successful write, so that streams need not be polled in a hurry. */
  onWrite(): void;
}

/** DynamoDB, answered by DynamoDB Local; what each call consumed is measured on its way. */
export interface DynamodbProxy extends AwsService {
  measured(call: AwsCall): Partial<RecordedCall>;
}

interface Capacity {
  CapacityUnits?: number;
}

const READS = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

export function createDynamodbProxy({ at, tables, onWrite }: DynamodbProxyOptions): DynamodbProxy {
  const measurements = new WeakMap<AwsCall, Partial<RecordedCall>>();
  const byName = new Map(
    tables.flatMap((table) => [table.name, table.arn].map((id) => [id, table] as const)),
  );

  function tableNamed(name: string): LocalTable {
    const table = byName.get(name);
    if (table) return table;
    throw new AwsError('ResourceNotFoundException', 'Cannot do operations on a non-existent table');
  }

  return {
    accessRequests: (call) => touchesOf(call, tableNamed).map(accessRequestOf),
    measured: (call) => measurements.get(call) ?? {},
    async handle(call) {
      const { operation, input } = call;
      const touches = touchesOf(call, tableNamed);
      const measures = READS.has(operation) || WRITES.has(operation);
      const sent = measures ? { ReturnConsumedCapacity: 'TOTAL', ...input } : input;
      const { status, body } = await requestDynamodb(at, `DynamoDB_20120810.${operation}`, sent);
      const consumed = [(body.ConsumedCapacity as Capacity | Capacity[] | undefined) ?? []].flat();
      const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      measurements.set(call, {
        table: [...new Set(touches.map(({ table }) => table.name))].join(' '),
        keys: touches.flatMap(keysOf),
        [READS.has(operation) ? 'readUnits' : 'writeUnits']: units,
        ...(touches.some(mayBeStale) && { mayBeStale: input.Select === 'COUNT' ? 'count' : 'items' }),
      });
      if (status !== 200) throw failureOf(status, body);
      if (!('ReturnConsumedCapacity' in input)) delete body.ConsumedCapacity;
      if (WRITES.has(operation)) onWrite();
      return body;
    },
  };
}

function failureOf(status: number, body: Record<string, unknown>): AwsError {
  const { __type, message, Message, ...details } = body;
  const code = String(__type).split('#').at(-1) ?? 'InternalServerError';
  return new AwsError(code, String(message ?? Message ?? ''), status, details);
}
