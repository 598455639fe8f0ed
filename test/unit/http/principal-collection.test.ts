import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import { readCollection } from '../../../lambdas/authorizer/principal-collection.ts';

/** A table that answers with these items and remembers what it was asked. */
function table(Items: object[] | undefined) {
  const asked: QueryCommand[] = [];
  const client = {
    send: async (command: QueryCommand) => {
      asked.push(command);
      return { Items };
    },
  };
  return { asked, read: readCollection(client as never, 'the-table') };
}

const principal = {
  PK: { S: 'PRINCIPAL#p1' },
  SK: { S: '#PRINCIPAL' },
  id: { S: 'p1' },
  roles: { L: [{ S: 'contractors' }, { S: 'staff' }] },
};
const credential = {
  PK: { S: 'PRINCIPAL#p1' },
  SK: { S: 'CREDENTIAL#c2' },
  id: { S: 'c2' },
  expiresAt: { N: '1772366400000' },
  ceiling: { M: { app: { S: 'orders' }, views: { L: [] }, strict: { BOOL: true } } },
};

describe("the authorizer's read", () => {
  it('is one strongly consistent query that ends with the credential asked for', async () => {
    const { asked, read } = table([principal, credential]);
    await read('p1', 'c2');
    expect(asked.map((command) => command.input)).toEqual([
      {
        TableName: 'the-table',
        ConsistentRead: true,
        KeyConditionExpression: 'PK = :pk AND SK BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': { S: 'PRINCIPAL#p1' },
          ':first': { S: '#PRINCIPAL' },
          ':last': { S: 'CREDENTIAL#c2' },
        },
      },
    ]);
  });

  it('finds the credential asked for among others, and reads lists, numbers and maps', async () => {
    const other = { ...credential, SK: { S: 'CREDENTIAL#c1' }, id: { S: 'c1' } };
    const found = await table([principal, other, credential]).read('p1', 'c2');
    expect(found.principal).toMatchObject({ id: 'p1', roles: ['contractors', 'staff'] });
    expect(found.credential).toMatchObject({
      id: 'c2',
      expiresAt: 1772366400000,
      ceiling: { app: 'orders', views: [], strict: true },
    });
  });

  it('takes a tombstone for no principal, and another credential for none', async () => {
    const tombstone = { ...principal, deletedAt: { S: '2026-03-01T00:00:00Z' } };
    const found = await table([tombstone, { ...credential, SK: { S: 'CREDENTIAL#c1' } }]).read('p1', 'c2');
    expect(found).toEqual({});
    expect(await table(undefined).read('p1', 'c2')).toEqual({});
  });
});
