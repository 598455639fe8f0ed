import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { type KeySecret, parseKeySecret } from './key-secret.ts';

/** Where a new version waits until it takes the place of the current one. */
const NEXT = 'DAYPASSNEXT';

/** One version of a secret. */
export interface SecretVersion {
  id: string;
  text: string;
  createdAt: Date;
}

/** The version that functions read. */
export async function readCurrent(client: SecretsManagerClient, secret: string): Promise<SecretVersion> {
  return read(client, secret, 'AWSCURRENT');
}

/**
 * The version before the last change.
 * @throws Error when there was none
 */
export async function readPrevious(client: SecretsManagerClient, secret: string): Promise<SecretVersion> {
  try {
    return await read(client, secret, 'AWSPREVIOUS');
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw new Error('The keys were never changed.');
    throw error;
  }
}

async function read(client: SecretsManagerClient, secret: string, stage: string): Promise<SecretVersion> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: secret, VersionStage: stage }));
  const { VersionId = '', SecretString = '', CreatedDate = new Date() } = answer;
  return { id: VersionId, text: SecretString, createdAt: CreatedDate };
}

/**
 * Puts keys in the place of a version, in one step that is refused if somebody else has done so meanwhile.
 * @throws Error when it is not the current version any more, or functions could not read the keys
 */
export async function replaceVersion(
  client: SecretsManagerClient,
  secret: string,
  replaced: SecretVersion,
  keys: KeySecret,
): Promise<void> {
  const text = JSON.stringify(keys);
  parseKeySecret(text);
  const put = { SecretId: secret, ClientRequestToken: randomUUID(), VersionStages: [NEXT] };
  const { VersionId } = await client.send(new PutSecretValueCommand({ ...put, SecretString: text }));
  try {
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: replaced.id,
        MoveToVersionId: VersionId,
      }),
    );
  } catch (error) {
    if (!(error instanceof InvalidParameterException || error instanceof InvalidRequestException))
      throw error;
    // Done already, if only the answer was lost and the SDK has asked again.
    if ((await readCurrent(client, secret)).id === VersionId) return;
    throw new Error('Somebody else has changed the keys meanwhile. Nothing was done; look at them again.');
  }
}
