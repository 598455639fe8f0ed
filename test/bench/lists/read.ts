import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../../core/ports.ts';
import { openView } from '../../../core/records/list.ts';
import type { Published, Runtime, Session } from '../../../core/runtime.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import type { Consumption, measuredClient } from './measured-client.ts';
import { NOW, type Reader } from './workload.ts';

export const PAGE_SIZE = 10;
const keyring = readKeyring(JSON.stringify({ active: '0001', '0001': 'a key for cursors '.repeat(4) }));

export interface PageCost extends Consumption {
  returned: number;
  ms: number;
}

/** What one page of the list costs a reader: the first, and the one after `turns` times turning the page. */
export async function readPages(
  measured: ReturnType<typeof measuredClient>,
  table: string,
  published: Published,
  { id, role }: Reader,
  turns: number,
): Promise<{ first: PageCost; later?: PageCost }> {
  const caller: Caller = {
    outcome: 'ok',
    principalId: id,
    type: 'user',
    name: id,
    roles: [role],
    profiles: [],
    channel: 'browser',
  };
  const store = createStore(measured.client, table);
  const runtime = { siteId: 'site', siteUrl: 'https://bench.example', keyring, store } as unknown as Runtime;
  const session: Session = { runtime, published, caller, now: NOW };
  let cursor: string | undefined;
  let first: PageCost | undefined;
  for (let page = 0; page <= turns; page++) {
    measured.take();
    const start = performance.now();
    const answer = await openView(session, {
      app: 'jobs',
      recordType: 'job',
      view: 'all',
      params: {},
      limit: PAGE_SIZE,
      ...(cursor !== undefined && { cursor }),
    });
    const cost = { ...measured.take(), returned: answer.records.length, ms: performance.now() - start };
    first ??= cost;
    if (page === turns && cost.returned === PAGE_SIZE) return { first, later: cost };
    if (answer.cursor === undefined) break;
    cursor = answer.cursor;
  }
  return { first: first as PageCost };
}

/**
 * The same without an index: all records are read and filtered, because any could come first. What is filtered for
 * makes no difference to what that costs, so one reader stands for all.
 */
export async function scan(
  measured: ReturnType<typeof measuredClient>,
  table: string,
  reader: string,
): Promise<Consumption> {
  measured.take();
  let after: Record<string, unknown> | undefined;
  do {
    const { LastEvaluatedKey } = await measured.client.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        // DynamoDB Local reads all that is left for each page without a limit; and handing records over is not measured.
        Select: 'COUNT',
        Limit: 1000,
        FilterExpression: '#v.#a = :me',
        ExpressionAttributeNames: { '#v': 'values', '#a': 'assignedTo' },
        ExpressionAttributeValues: { ':me': reader },
        ...(after && { ExclusiveStartKey: after }),
      }),
    );
    after = LastEvaluatedKey;
  } while (after);
  return measured.take();
}
