import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ErrorCode } from '../../../core/errors.ts';
import type { Key } from './keys.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One part of a transaction, and the error that the caller gets when its condition does not hold. */
export interface TableAction {
  key: Key;
  item: TransactItem;
  refusal: ErrorCode;
}

export const NEW = { ConditionExpression: 'attribute_not_exists(PK)' };

export function put(
  table: string,
  key: Key,
  body: object,
  condition: object,
  refusal: ErrorCode,
): TableAction {
  return { key, refusal, item: { Put: { TableName: table, Item: { ...body, ...key }, ...condition } } };
}

export function remove(table: string, key: Key, condition: object, refusal: ErrorCode): TableAction {
  return { key, refusal, item: { Delete: { TableName: table, Key: { ...key }, ...condition } } };
}

export function update(
  table: string,
  key: Key,
  expressions: Omit<NonNullable<TransactItem['Update']>, 'TableName' | 'Key'>,
  refusal: ErrorCode,
): TableAction {
  return { key, refusal, item: { Update: { TableName: table, Key: { ...key }, ...expressions } } };
}

/** Days after which DynamoDB may remove what is kept only as a trace. */
export const TOMBSTONE_DAYS = 90;
const DAY_SECONDS = 86_400;

/** Epoch seconds, as DynamoDB's time to live takes them. */
export const afterDays = (at: number, days: number) => Math.floor(at / 1000) + days * DAY_SECONDS;
