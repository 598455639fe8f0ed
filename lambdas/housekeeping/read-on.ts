import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { DispatchPorts } from '../shared/dispatch.ts';

const PAGE = 100;
/** Of one partition in one run. What stands at the front and cannot be dealt with keeps back nothing but itself. */
const MOST_PAGES = 10;

/** The items of a partition in order, page by page while they are asked for. */
export async function* readOn<Item>(
  { client, table }: Pick<DispatchPorts, 'client' | 'table'>,
  query: Omit<QueryCommandInput, 'TableName' | 'Limit' | 'ExclusiveStartKey'>,
): AsyncGenerator<Item> {
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  for (let page = 0; page < MOST_PAGES; page++) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ ...query, TableName: table, Limit: PAGE, ExclusiveStartKey }),
    );
    yield* Items as Item[];
    if (!LastEvaluatedKey) return;
    ExclusiveStartKey = LastEvaluatedKey;
  }
}
