import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { QUICK_KEYS, QUICK_READ } from '../shared/aws-clients.ts';
import type { CallerContext } from '../shared/http/caller-context.ts';
import { cookieNames } from '../shared/http/cookies.ts';
import { keyringSource } from '../shared/keyring-source.ts';
import { authorize } from './authorize.ts';
import { readCollection } from './principal-collection.ts';
import { report } from './report.ts';

const keyring = keyringSource(variable('SIGNING_KEYS_ARN'), new SecretsManagerClient(QUICK_KEYS));
const siteId = variable('SITE_ID');
const parts = {
  names: cookieNames(variable('SITE_URL')),
  check: async () => ({ keyring: await keyring(), siteId }),
  read: readCollection(
    // People wait for this read: two quick tries serve them better than a patient one.
    new DynamoDBClient(QUICK_READ),
    variable('TABLE_NAME'),
  ),
  now: Date.now,
};

/**
 * Says who the caller is and lets every request pass: HTTP APIs cannot shape a refusal, so the functions behind turn
 * the outcome into a problem document or a page. When it cannot be found out, nobody gets in (`unavailable`).
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<CallerContext>> {
  try {
    return { isAuthorized: true, context: await authorize(event, parts) };
  } catch (error) {
    report(error as Error, event.requestContext.requestId);
    return { isAuthorized: true, context: { outcome: 'unavailable' } };
  }
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The function authorizer cannot start. Set ${name} in its environment.`);
  return value;
}
