// The least that an authorizer on the AWS SDK could be: the yardstick of `npm run bench`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler(): Promise<unknown> {
  const { Items } = await client.send(
    new QueryCommand({
      TableName: process.env.TABLE_NAME,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': 'PRINCIPAL#nobody' },
      ConsistentRead: true,
    }),
  );
  return { isAuthorized: Items !== undefined };
}
