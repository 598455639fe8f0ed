import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Rebuild } from '../../../core/lists/rebuild.ts';
import type { Store } from '../../../core/store.ts';
import { rebuildKey, registerPartition, SHARDS } from './keys.ts';
import { type TableAction, update } from './table-action.ts';

type RebuildStore = Pick<
  Store,
  'shards' | 'readRebuild' | 'changeRebuild' | 'listRegister' | 'countRegister'
>;

/** The register of all records of a type, and how far the rebuild of its indexes has come. */
export function createRebuilds(client: DynamoDBDocumentClient, table: string): RebuildStore {
  return {
    shards: SHARDS,

    async readRebuild(at) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { ...rebuildKey(at) }, ConsistentRead: true }),
      );
      if (!Item) return undefined;
      const { PK: _pk, SK: _sk, ...rebuild } = Item;
      return rebuild as Rebuild;
    },

    async changeRebuild(at, id, set) {
      const { item } = updateRebuild(table, at, set, id);
      try {
        await client.send(new UpdateCommand(item.Update as never));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async listRegister(at, shard, { limit, after }) {
      const PK = registerPartition(at, shard);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': PK },
          ConsistentRead: true,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: { PK, SK: after } }),
        }),
      );
      const ids = Items.map(({ SK }) => SK as string);
      return { ids, ...(LastEvaluatedKey && { last: LastEvaluatedKey.SK as string }) };
    },

    async countRegister(at) {
      const shards = Array.from({ length: SHARDS }, (_, shard) =>
        countPartition(registerPartition(at, shard)),
      );
      return (await Promise.all(shards)).reduce((sum, count) => sum + count, 0);
    },
  };

  async function countPartition(partition: string): Promise<number> {
    let count = 0;
    let after: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': partition },
          Select: 'COUNT',
          ...(after && { ExclusiveStartKey: after }),
        }),
      );
      count += page.Count ?? 0;
      after = page.LastEvaluatedKey;
    } while (after);
    return count;
  }
}

/** A rebuild is requested in place of the last one; what had been built stays built. */
export function requestRebuild(table: string, rebuild: Rebuild): TableAction {
  return updateRebuild(table, rebuild, rebuild, undefined, ['known', 'finishedAt']);
}

/** @param id only while this is the rebuild that is going on */
function updateRebuild(
  table: string,
  at: Parameters<typeof rebuildKey>[0],
  set: Partial<Rebuild>,
  id?: string,
  remove: readonly string[] = [],
): TableAction {
  const entries = Object.entries(set).filter(([, value]) => value !== undefined);
  const names = Object.fromEntries(entries.map(([name], index) => [`#s${index}`, name]));
  const values = Object.fromEntries(entries.map(([, value], index) => [`:s${index}`, value]));
  const key = rebuildKey(at);
  return update(
    table,
    key,
    {
      UpdateExpression: `SET ${entries.map((_, index) => `#s${index} = :s${index}`).join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
      ...(id !== undefined && { ConditionExpression: 'id = :id' }),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ...(id !== undefined && { ':id': id }) },
    },
    'CONFLICT',
  );
}
