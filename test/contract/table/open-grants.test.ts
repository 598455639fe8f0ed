import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Environment } from '../../../core/environments.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import { grantKey, liveGrantIndex, shardOf } from '../../../lambdas/shared/table/keys.ts';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import { type LocalTables, startLocalTables } from '../../support/local-table.ts';

let tables: LocalTables;

beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);

afterAll(() => tables?.stop());

const NOW = Date.parse('2026-01-01T00:00:00Z');
/** So much was written down of each that a page of the table, which is one megabyte, holds about eighty. */
const TOLD = 'x'.repeat(12_000);

/** Grants of one environment whose ids all fall into the same shard; each ends a minute after the one before. */
function grantsIn(environment: Environment, count: number, from: number): Grant[] {
  const ids: string[] = [];
  for (let number = 0; ids.length < count; number++) {
    const id = `${environment}${number}-${'0'.repeat(22)}`;
    if (shardOf(id) === 3) ids.push(id);
  }
  return ids.map((id, at) => {
    const expiresAt = from + at * 60_000;
    return {
      id,
      environment,
      recordId: id.split('-')[0] as string,
      app: 'desk',
      recordType: 'job',
      operation: 'add',
      task: 'give',
      status: 'live',
      createdAt: new Date(NOW).toISOString(),
      createdBy: 'someone',
      expiresAt,
      steps: [{ at: new Date(NOW).toISOString(), step: 'CreateToken', outcome: 'done', message: TOLD }],
      dueAt: expiresAt,
    };
  });
}

async function put(table: string, grants: readonly Grant[]): Promise<void> {
  for (let at = 0; at < grants.length; at += 25) {
    const requests = grants.slice(at, at + 25).map((grant) => ({
      PutRequest: {
        Item: {
          ...grantKey(grant.environment, grant.id),
          ...liveGrantIndex(grant.environment, grant.id, grant.dueAt),
          ...grant,
        },
      },
    }));
    await tables.client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
}

it('every open grant of an environment is listed, soonest end first, however many there are and whoever else has some', async () => {
  const table = await tables.create();
  const store = createStore(tables.client, table);
  const wanted = grantsIn('production', 130, NOW + 86_400_000);
  // Those of another environment end sooner and stand before them in the same shard.
  const others = grantsIn('test', 120, NOW);
  await put(table, [...wanted, ...others]);

  expect((await store.listOpenGrants('production')).map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
  expect(await store.listOpenGrants('test')).toHaveLength(others.length);
  expect(await store.listOpenGrants('staging')).toEqual([]);
});
