import type { LocalTable } from '../dynamodb/tables.ts';
import type { RequestContext } from '../iam/conditions.ts';
import type { AccessRequest } from '../iam/evaluate.ts';
import { type AwsCall, AwsError, notOnThisMachine } from './aws-call.ts';

type Item = Record<string, unknown>;

/** One table (or index) that a call touches, and the keys that it names there. */
interface Touch {
  operation: string;
  table: LocalTable;
  index?: string;
  keys: Item[];
  leadingKeys: unknown[];
  enclosing?: string;
  input: Item;
}

const TRANSACTION_PARTS: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** The parts of a call as IAM sees them: a transaction and a batch are as many requests as they have items. */
export function touchesOf({ operation, input }: AwsCall, tableNamed: (name: string) => LocalTable): Touch[] {
  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [onItem(operation, input, tableNamed)];
    case 'Query':
    case 'Scan':
      return [onIndex(operation, input, tableNamed)];
    case 'DescribeTable':
    case 'DescribeTimeToLive':
      return [{ operation, table: tableNamed(input.TableName), keys: [], leadingKeys: [], input }];
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return (input.TransactItems ?? []).flatMap((part: Record<string, Item>) =>
        Object.entries(part).map(([kind, request]) => ({
          ...onItem(TRANSACTION_PARTS[kind] ?? kind, request, tableNamed),
          enclosing: operation,
        })),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries(input.RequestItems ?? {}).map(([name, requests]) => {
        const table = tableNamed(name);
        const list = Array.isArray(requests) ? requests : (requests as { Keys: Item[] }).Keys;
        const keys = list.map((r: Record<string, Item>) =>
          keyOf(table, (r.PutRequest?.Item ?? r.DeleteRequest?.Key ?? r) as Item),
        );
        return {
          operation,
          table,
          keys,
          leadingKeys: keys.map((key: Item) => scalar(key[table.keys.hash])),
          input,
        };
      });
    default:
      throw notOnThisMachine(`the DynamoDB operation ${operation}`);
  }
}

function onItem(operation: string, input: Item, tableNamed: (name: string) => LocalTable): Touch {
  const table = tableNamed(String(input.TableName));
  const key = keyOf(table, (input.Key ?? input.Item ?? {}) as Item);
  return { operation, table, keys: [key], leadingKeys: [scalar(key[table.keys.hash])], input };
}

function onIndex(operation: string, input: Item, tableNamed: (name: string) => LocalTable): Touch {
  const table = tableNamed(String(input.TableName));
  const index = input.IndexName as string | undefined;
  const schema = index ? table.indexes[index] : table.keys;
  if (!schema)
    throw new AwsError('ValidationException', `The table does not have the specified index: ${index}`);
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const values = (input.ExpressionAttributeValues ?? {}) as Record<string, unknown>;
  const leadingKeys: unknown[] = [];
  for (const [, name = '', value = ''] of String(input.KeyConditionExpression ?? '').matchAll(
    /([#\w.]+)\s*=\s*(:\w+)/g,
  )) {
    if ((names[name] ?? name) === schema.hash) leadingKeys.push(scalar(values[value]));
  }
  const keys = leadingKeys.map((leading) => ({ [schema.hash]: { S: leading } }));
  return { operation, table, keys, leadingKeys, input, ...(index ? { index } : {}) };
}

function keyOf(table: LocalTable, item: Item): Item {
  const { hash, range } = table.keys;
  return { [hash]: item[hash], ...(range ? { [range]: item[range] } : {}) };
}

/** `{ S: 'a' }` → `a` */
function scalar(value: unknown): string {
  return String(Object.values((value ?? {}) as object)[0] ?? '');
}

/**
 * Whether a read may miss what was just written. DynamoDB Local never does: only what was asked for tells. Reads of an
 * index cannot ask for more, and those of a transaction need not.
 */
export function mayBeStale({ operation, index, enclosing, input }: Touch): boolean {
  if (operation === 'BatchGetItem')
    return Object.values(input.RequestItems as Item).some((of) => !(of as Item).ConsistentRead);
  const reads = ['GetItem', 'Query', 'Scan'].includes(operation) && !enclosing;
  return reads && index === undefined && input.ConsistentRead !== true;
}

/** What policies are asked about one part. */
export function accessRequestOf(touch: Touch): AccessRequest {
  const { operation, table, index, leadingKeys, enclosing, input } = touch;
  const context: RequestContext = {};
  if (leadingKeys.length) context['dynamodb:leadingkeys'] = leadingKeys.map(String);
  if (enclosing) context['dynamodb:enclosingoperation'] = [enclosing];
  if (typeof input.Select === 'string') context['dynamodb:select'] = [input.Select];
  if (typeof input.ReturnValues === 'string') context['dynamodb:returnvalues'] = [input.ReturnValues];
  const resource = index ? `${table.arn}/index/${index}` : table.arn;
  return { action: `dynamodb:${operation}`, resource, context };
}

/** The keys that a part names, as text for the call log: `PK|SK`. */
export function keysOf({ keys }: Touch): string[] {
  return keys.map((key) => Object.values(key).map(scalar).join('|'));
}
