import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { OutboxEntry } from '../../core/changes.ts';
import type { Grant } from '../../core/grants/grant.ts';
import type { Credential } from '../../core/principals.ts';
import { outboxPartition, SHARDS } from '../../lambdas/shared/table/keys.ts';
import type { System } from '../../local/system.ts';
import type { Job, Lifecycles } from './lifecycles.ts';
import { wholeTable } from './witness.ts';

/** Entries of the outbox that nobody has dispatched. */
export async function pendingOutbox(system: System): Promise<OutboxEntry[]> {
  const pages = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) =>
      system.dynamodb.client.send(
        new QueryCommand({
          TableName: system.dynamodb.tableName(),
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': outboxPartition(shard) },
          ConsistentRead: true,
        }),
      ),
    ),
  );
  return pages.flatMap(({ Items = [] }) => Items as OutboxEntry[]);
}

const isOver = (grant: Grant | undefined) => !grant || grant.status === 'ended' || grant.status === 'failed';

/**
 * What is wrong with a pass that must be over: everything that still lets somebody in, is left of them, or does not say
 * that it has ended. Each finding is a sentence; none means that all is well.
 */
export async function leftOf(lifecycles: Lifecycles, job: Job): Promise<string[]> {
  const { store } = lifecycles.runtime;
  const now = lifecycles.system.clock.now();
  const findings: string[] = [];
  const grant = await lifecycles.grant(job);
  if (!isOver(grant)) findings.push(`the grant is still ${grant.status}`);
  if (!grant.endReason || !grant.endedAt) findings.push('the grant does not say why and when it ended');
  const credential = await lifecycles.credential(job);
  if (credential && !credential.endedAt) {
    findings.push(
      credential.expiresAt > now ? 'ORPHAN: its token is live' : 'its token expired, but was not ended',
    );
  }
  if (grant.principalId && (await store.readPrincipal(grant.principalId)))
    findings.push('its token user is still there');
  if (grant.tokenRecord && (await store.readRecord('production', grant.tokenRecord.id)))
    findings.push('the record of its token user is still there');
  const record = await lifecycles.record(job);
  if (record?.grantId === job.grantId) findings.push('its record still names the grant');
  const another = record?.grantId !== undefined && record.grantId !== job.grantId;
  if (record?.values.contractorToken && !another) findings.push('its record still holds a token reference');
  const execution = await lifecycles.execution(job);
  if (execution?.status === 'RUNNING')
    findings.push(`its workflow still waits in ${await lifecycles.state(job)}`);
  return findings;
}

/** What is wrong with a pass that must still be of use. */
export async function missingFrom(lifecycles: Lifecycles, job: Job): Promise<string[]> {
  const findings: string[] = [];
  const grant = await lifecycles.grant(job);
  if (grant.status !== 'live') findings.push(`LOST: the grant is ${grant.status}`);
  if (!(await lifecycles.letsIn(job))) findings.push('LOST: the pass lets nobody in');
  const state = await lifecycles.state(job);
  if (state !== 'AwaitCompletion') findings.push(`its workflow is in ${state}, not waiting for the job`);
  return findings;
}

/** Live passes anywhere in the table that no open grant answers for, or that stand beside another of the same record. */
export async function orphans(system: System): Promise<string[]> {
  const items = await wholeTable(system);
  const grants = new Map(
    items
      .filter(({ SK }) => String(SK).startsWith('GRANT#'))
      .map((item) => [String(item.id), item as unknown as Grant]),
  );
  const now = system.clock.now();
  const live = items
    .filter(({ SK, kind }) => String(SK).startsWith('CREDENTIAL#') && kind === 'access')
    .map((item) => item as unknown as Credential)
    .filter(({ endedAt, expiresAt }) => !endedAt && expiresAt > now)
    .map((credential) => ({ ...credential, grant: grants.get(credential.grantId ?? '') }));
  const forgotten = live.filter(({ id, grant }) => isOver(grant) || grant?.credentialId !== id);
  const perRecord = Map.groupBy(live, ({ grant }) => grant?.recordId);
  return [
    ...forgotten.map(
      ({ id, grantId, grant }) => `ORPHAN: token ${id} is live; its grant ${grantId} is ${grant?.status}`,
    ),
    ...[...perRecord]
      .filter(([recordId, passes]) => recordId !== undefined && passes.length > 1)
      .map(([recordId, { length }]) => `ORPHAN: the record ${recordId} has ${length} live passes`),
  ];
}
