import { randomBytes } from 'node:crypto';
import { type DynamodbProcess, startDynamodbProcess } from '../../local/dynamodb/dynamodb-process.ts';
import type { DynamodbAddress } from '../../local/dynamodb/dynamodb-request.ts';

const VARIABLE = 'DAYPASS_TEST_DYNAMODB';
let running: DynamodbProcess | undefined;

/** Starts the one DynamoDB Local of a test run: for every test file a Java machine of its own would be most of its time. */
export async function startSharedDatabase(): Promise<void> {
  running = await startDynamodbProcess(0, { apart: true });
  process.env[VARIABLE] = running.endpoint;
}

export async function stopSharedDatabase(): Promise<void> {
  delete process.env[VARIABLE];
  await running?.stop();
}

/** A new, empty database in it, which nobody else sees; undefined outside a test run. */
export function ownDatabase(): DynamodbAddress | undefined {
  const endpoint = process.env[VARIABLE];
  return endpoint ? { endpoint, accessKeyId: `TEST${randomBytes(8).toString('hex')}` } : undefined;
}
