import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startDynamodbProcess } from '../../local/dynamodb/dynamodb-process.ts';
import { ownDatabase } from './shared-database.ts';

const INDEXES = ['GSI1', 'GSI2'];

export interface LocalTables {
  client: DynamoDBDocumentClient;
  /** Makes an empty table with the single table's key and its two indexes, and answers its name. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** DynamoDB Local with nothing around it. */
export async function startLocalTables(): Promise<LocalTables> {
  const shared = ownDatabase();
  const { endpoint, stop } = shared ? { ...shared, stop: async () => {} } : await startDynamodbProcess(0);
  const bare = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: shared?.accessKeyId ?? 'LOCAL', secretAccessKey: 'LOCAL' },
  });
  let tables = 0;
  const client = DynamoDBDocumentClient.from(bare, { marshallOptions: { removeUndefinedValues: true } });
  return {
    client,
    async create() {
      tables += 1;
      const TableName = `table-${tables}`;
      await bare.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'PK', KeyType: 'HASH' },
            { AttributeName: 'SK', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: ['', ...INDEXES].flatMap((index) =>
            ['PK', 'SK'].map((part) => ({ AttributeName: `${index}${part}`, AttributeType: 'S' as const })),
          ),
          GlobalSecondaryIndexes: INDEXES.map((IndexName) => ({
            IndexName,
            KeySchema: [
              { AttributeName: `${IndexName}PK`, KeyType: 'HASH' },
              { AttributeName: `${IndexName}SK`, KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          })),
        }),
      );
      return TableName;
    },
    async stop() {
      bare.destroy();
      await stop();
    },
  };
}
