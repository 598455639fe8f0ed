import type { ResolvedResource, ResourcesOf } from '../assembly/resources.ts';
import { callDynamodb, type DynamodbAddress } from './dynamodb-request.ts';

/** A table that was made from the template. */
export interface LocalTable {
  name: string;
  arn: string;
  /** The template's stream ARN (what policies and mappings name). */
  streamArn: string;
  /** DynamoDB Local's own ARN of the stream, if the table has one. */
  localStreamArn?: string;
  ttlAttribute?: string;
  /** Names of the key attributes, of the table and of each index. */
  keys: KeyNames;
  indexes: Record<string, KeyNames>;
  place: string;
}

export interface KeyNames {
  hash: string;
  range?: string;
}

type KeySchema = { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];

function keyNames(schema: KeySchema): KeyNames {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const range = named('RANGE');
  return { hash: named('HASH') ?? '', ...(range ? { range } : {}) };
}

const PREFIX = 'DynamoDB_20120810.';

/** Makes every table of the template anew: keys, indexes, stream, TTL. A table of that name is dropped first. */
export async function createTables(at: DynamodbAddress, resourcesOf: ResourcesOf): Promise<LocalTable[]> {
  const resources = resourcesOf('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  return Promise.all(resources.map((resource) => createTable(at, resource)));
}

async function createTable(at: DynamodbAddress, resource: ResolvedResource): Promise<LocalTable> {
  const { properties } = resource;
  const TableName = resource.ref;
  await callDynamodb(at, `${PREFIX}DeleteTable`, { TableName }).catch((error: Error) => {
    if (error.name !== 'ResourceNotFoundException') throw error;
  });
  const stream = properties.StreamSpecification;
  const indexes = (list: Record<string, unknown>[] | undefined) =>
    list?.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  const input = {
    TableName,
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: indexes(properties.GlobalSecondaryIndexes),
    LocalSecondaryIndexes: indexes(properties.LocalSecondaryIndexes),
    StreamSpecification: stream && { StreamEnabled: true, StreamViewType: stream.StreamViewType },
  };
  const { TableDescription } = await callDynamodb<{ TableDescription: { LatestStreamArn?: string } }>(
    at,
    `${PREFIX}CreateTable`,
    input,
  );
  const ttl = properties.TimeToLiveSpecification;
  if (ttl?.Enabled) {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: ttl.AttributeName };
    await callDynamodb(at, `${PREFIX}UpdateTimeToLive`, { TableName, TimeToLiveSpecification });
  }
  return {
    name: TableName,
    arn: resource.attribute('Arn'),
    streamArn: resource.attribute('StreamArn'),
    place: resource.place,
    keys: keyNames(properties.KeySchema),
    indexes: Object.fromEntries(
      [...(properties.GlobalSecondaryIndexes ?? []), ...(properties.LocalSecondaryIndexes ?? [])].map(
        (index) => [index.IndexName, keyNames(index.KeySchema)],
      ),
    ),
    ...(TableDescription.LatestStreamArn ? { localStreamArn: TableDescription.LatestStreamArn } : {}),
    ...(ttl?.Enabled ? { ttlAttribute: ttl.AttributeName } : {}),
  };
}
