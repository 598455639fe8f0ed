import type { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { readOn } from '../../../lambdas/housekeeping/read-on.ts';

const QUERY = { KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues: { ':pk': 'P' } };

/** A partition of so many pages with two items each. */
function partition(pages: number) {
  const asked: unknown[] = [];
  const client = {
    async send({ input }: QueryCommand) {
      asked.push(input.ExclusiveStartKey);
      const page = Number(input.ExclusiveStartKey?.page ?? 0);
      const last = page + 1 < pages ? { LastEvaluatedKey: { page: page + 1 } } : {};
      return { Items: [`${page}a`, `${page}b`], ...last };
    },
  } as unknown as DynamoDBDocumentClient;
  return { client, table: 'T', asked };
}

async function taken(items: AsyncGenerator<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('reading on in a partition', () => {
  it('gives the items of all pages in order', async () => {
    expect(await taken(readOn(partition(3), QUERY))).toEqual(['0a', '0b', '1a', '1b', '2a', '2b']);
  });

  it('asks for the next page only when it is wanted', async () => {
    const ports = partition(3);
    for await (const item of readOn(ports, QUERY)) if (item === '0b') break;
    expect(ports.asked).toEqual([undefined]);
  });

  it('ends after ten pages: the rest is for the next run', async () => {
    expect(await taken(readOn(partition(50), QUERY))).toHaveLength(20);
  });
});
