import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Credential, Principal } from '../../core/principals.ts';
import { credentialKey, principalKey } from '../shared/table/keys.ts';
import type { ReadCollection } from './resolve.ts';

/**
 * Reads a principal and one of its credentials with one strongly consistent Query: both lie in one item collection,
 * `#PRINCIPAL` before all credentials, so that what is read ends with the credential asked for.
 */
export function readCollection(client: Pick<DynamoDBClient, 'send'>, table: string): ReadCollection {
  return async (principalId, credentialId) => {
    const first = principalKey(principalId);
    const last = credentialKey(principalId, credentialId);
    const items: Record<string, AttributeValue>[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'PK = :pk AND SK BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': { S: first.PK },
            ':first': { S: first.SK },
            ':last': { S: last.SK },
          },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      items.push(...Items);
      // Only somebody with thousands of sessions has more than one page; they must not be shut out by it.
      from = LastEvaluatedKey;
    } while (from);
    const find = (sk: string) => items.find((item) => item.SK?.S === sk);
    const principal = find(first.SK);
    const credential = find(last.SK);
    return {
      // A deleted principal leaves a tombstone.
      ...(principal && !principal.deletedAt && { principal: plain({ M: principal }) as Principal }),
      ...(credential && { credential: plain({ M: credential }) as Credential }),
    };
  };
}

/** The value of an attribute. Only the types that principals and credentials have. */
function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L) return value.L.map(plain);
  if (value.M) {
    return Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, plain(member)]));
  }
  return undefined;
}
