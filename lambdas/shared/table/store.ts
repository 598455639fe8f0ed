import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type IdempotentRequest, REQUEST_REMEMBERED_MS } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import type { RecordEvent } from '../../../core/journal/event.ts';
import type { Credential, Principal } from '../../../core/principals.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import type { DirectoryEntry, Store, StoredIndexEntry } from '../../../core/store.ts';
import { type AwsAccess, PATIENT } from '../aws-clients.ts';
import { commit } from './commit.ts';
import { plainDesignEvent } from './journal.ts';
import {
  CREDENTIAL_PREFIX,
  credentialKey,
  DESIGN,
  directoryPartition,
  EVENT_PREFIX,
  emailKey,
  GRANT_PREFIX,
  grantKey,
  indexPartition,
  type Key,
  livePartition,
  principalKey,
  principalPartition,
  rateKey,
  recordKey,
  recordPartition,
  requestKey,
  SHARDS,
  SIGN_IN_PREFIX,
} from './keys.ts';
import { createRebuilds } from './rebuilds.ts';

const DIRECTORY_LIMIT = 500;
/** No address is longer (RFC 5321). */
const EMAIL_LIMIT = 320;

/** The document client that every adapter shares: undefined members are left out, empty strings stay. */
export function createDocumentClient(aws: AwsAccess = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...PATIENT, ...aws }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** The store that use cases work on, over the single table. */
export function createStore(client: DynamoDBDocumentClient, table: string): Store {
  async function get<T>(key: Key): Promise<T | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true }),
    );
    return Item as T | undefined;
  }

  async function query<T>(
    partition: string,
    prefix: string,
    options: { limit?: number; descending?: boolean; after?: Key } = {},
  ): Promise<{ items: (T & Key)[]; last?: Key }> {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: prefix ? 'PK = :pk AND begins_with(SK, :prefix)' : 'PK = :pk',
        ExpressionAttributeValues: { ':pk': partition, ...(prefix && { ':prefix': prefix }) },
        ConsistentRead: true,
        ScanIndexForward: !options.descending,
        ...(options.limit !== undefined && { Limit: options.limit }),
        ...(options.after && { ExclusiveStartKey: { ...options.after } }),
      }),
    );
    return {
      items: Items as (T & Key)[],
      ...(LastEvaluatedKey && { last: LastEvaluatedKey as unknown as Key }),
    };
  }

  async function queryAll<T>(partition: string, prefix: string): Promise<(T & Key)[]> {
    const all: (T & Key)[] = [];
    let after: Key | undefined;
    do {
      const { items, last } = await query<T>(partition, prefix, after ? { after } : {});
      all.push(...items);
      after = last;
    } while (after);
    return all;
  }

  /**
   * The reaper goes through the grants of all environments, so one partition holds them all: the table leaves the others
   * out, and reading ends where the partition does.
   */
  async function openGrantsIn(shard: number, environment: Environment) {
    const open: (Grant & { GSI1SK: string })[] = [];
    let from: QueryCommandInput['ExclusiveStartKey'];
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'GSI1',
          KeyConditionExpression: 'GSI1PK = :pk',
          FilterExpression: 'environment = :environment',
          ExpressionAttributeValues: { ':pk': livePartition(shard), ':environment': environment },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      open.push(...(Items as typeof open));
      from = LastEvaluatedKey;
    } while (from);
    return open;
  }

  return {
    ...createRebuilds(client, table),

    commit: (changes) => commit(changes, { client, table }),

    async readRecord(environment, id) {
      const record = await get<StoredRecord>(recordKey(environment, id));
      return record?.deletedAt ? undefined : record;
    },

    async readEvents(environment, recordId, page) {
      const partition = recordPartition(environment, recordId);
      const { items, last } = await query<RecordEvent>(partition, EVENT_PREFIX, {
        limit: page.limit,
        descending: true,
        ...(page.cursor && { after: { PK: partition, SK: page.cursor } }),
      });
      return { items, ...(last && { cursor: last.SK }) };
    },

    async readDesignEvents({ limit, after }) {
      const { items, last } = await query<DesignEvent>(DESIGN, '', {
        limit,
        descending: true,
        ...(after !== undefined && { after: { PK: DESIGN, SK: after } }),
      });
      const events = items.map((item) => ({ ...plainDesignEvent(item), place: item.SK }));
      return { events, ...(last && { last: last.SK }) };
    },

    async readPrincipal(id) {
      const principal = await get<Principal & { deletedAt?: string }>(principalKey(id));
      return principal?.deletedAt ? undefined : principal;
    },

    readCredential: (principalId, id) => get<Credential>(credentialKey(principalId, id)),

    async readUserByEmail(normalised) {
      // Normalising can make a text many times longer than it was sent, and a key has room for 2,048 bytes.
      if (normalised.length > EMAIL_LIMIT) return undefined;
      const claim = await get<{ principalId: string }>(emailKey(normalised));
      return claim && this.readPrincipal(claim.principalId);
    },

    async listUsers() {
      const partition = directoryPartition('users');
      const { items } = await query<DirectoryEntry>(partition, '', { limit: DIRECTORY_LIMIT });
      return items.map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
    },

    async listDirectory(part, { limit, after }) {
      const partition = directoryPartition(part);
      const { items, last } = await query<DirectoryEntry>(partition, '', {
        limit,
        ...(after !== undefined && { after: { PK: partition, SK: after } }),
      });
      const entries = items.map(({ PK: _pk, SK, ...entry }) => ({ ...(entry as DirectoryEntry), place: SK }));
      return { entries, ...(last && { last: last.SK }) };
    },

    async listCredentials(principalId) {
      const partition = principalPartition(principalId);
      const lists = await Promise.all(
        [CREDENTIAL_PREFIX, SIGN_IN_PREFIX].map((prefix) => queryAll<Credential>(partition, prefix)),
      );
      return lists.flat();
    },

    readGrant: (environment, id) => get<Grant>(grantKey(environment, id)),

    async listOpenGrants(environment) {
      const shards = Array.from({ length: SHARDS }, (_, shard) => openGrantsIn(shard, environment));
      return (await Promise.all(shards)).flat().sort((a, b) => (a.GSI1SK < b.GSI1SK ? -1 : 1));
    },

    async touchCredential(principalId, id, at) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: { ...credentialKey(principalId, id) },
            UpdateExpression: 'SET lastUsedAt = :at',
            ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(endedAt)',
            ExpressionAttributeValues: { ':at': new Date(at).toISOString() },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async readGrants(environment, recordId) {
      const { items } = await query<Grant>(recordPartition(environment, recordId), GRANT_PREFIX);
      return items.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    },

    async queryIndex(at, page) {
      const partition = indexPartition(at, at.partition);
      const { items, last } = await query<StoredIndexEntry>(partition, '', {
        limit: page.limit,
        descending: page.descending,
        ...(page.after && { after: { PK: partition, SK: page.after } }),
      });
      return { entries: items.map((item) => ({ ...item, place: item.SK })), ...(last && { last: last.SK }) };
    },

    async takeTurn(purpose, who, { at, windowMs, limit }) {
      const window = Math.floor(at / windowMs);
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: { ...rateKey(purpose, who, window) },
            UpdateExpression: 'ADD #count :one SET #ttl = :ttl',
            ConditionExpression: 'attribute_not_exists(#count) OR #count < :limit',
            ExpressionAttributeNames: { '#count': 'count', '#ttl': 'ttl' },
            ExpressionAttributeValues: {
              ':one': 1,
              ':limit': limit,
              ':ttl': Math.ceil(((window + 2) * windowMs) / 1000),
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async returnTurn(purpose, who, { at, windowMs }) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { ...rateKey(purpose, who, Math.floor(at / windowMs)) },
          UpdateExpression: 'ADD #count :less',
          ConditionExpression: '#count > :none',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':less': -1, ':none': 0 },
        }),
      );
    },

    async readRequest(principalId, key, now) {
      const request = await get<IdempotentRequest>(requestKey(principalId, key));
      return request && request.at > now - REQUEST_REMEMBERED_MS ? request : undefined;
    },
  };
}
