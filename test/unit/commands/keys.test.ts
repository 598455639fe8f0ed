import {
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { KeySecret } from '../../../bin/key-rotation/key-secret.ts';
import { readCurrent, readPrevious, replaceVersion } from '../../../bin/key-rotation/secret-versions.ts';
import { signedWith } from '../../../bin/key-rotation/signed-with.ts';
import type { Environment } from '../../../core/environments.ts';
import type { Credential } from '../../../core/principals.ts';
import type { Store } from '../../../core/store.ts';

const KEYS = { active: '0001', '0001': 'a'.repeat(48), '0002': '' } as unknown as KeySecret;
const AT = new Date(Date.UTC(2027, 2, 10));
const CURRENT = { id: 'v1', text: 'before', createdAt: AT };

/** Secrets Manager that answers what it is given, one command after another, and keeps what it was asked. */
function manager(...answers: (object | Error)[]) {
  const asked: object[] = [];
  const client = {
    async send(command: { input: object }) {
      asked.push({ [command.constructor.name]: command.input });
      const answer = answers.shift() ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as SecretsManagerClient;
  return { client, asked };
}

const refused = (Kind: typeof InvalidParameterException | typeof InvalidRequestException) =>
  new Kind({ message: 'moved', $metadata: {} });

describe('the versions of a secret', () => {
  it('[P12] are the one that functions read, and the one before the last change', async () => {
    const { client, asked } = manager(
      { VersionId: 'v2', SecretString: 'now', CreatedDate: AT },
      { VersionId: 'v1', SecretString: 'before', CreatedDate: AT },
      new ResourceNotFoundException({ message: 'none', $metadata: {} }),
      new Error('no network'),
    );
    expect(await readCurrent(client, 'arn')).toEqual({ id: 'v2', text: 'now', createdAt: AT });
    expect(await readPrevious(client, 'arn')).toEqual(CURRENT);
    expect(asked).toEqual(
      ['AWSCURRENT', 'AWSPREVIOUS'].map((VersionStage) => ({
        [GetSecretValueCommand.name]: { SecretId: 'arn', VersionStage },
      })),
    );
    await expect(readPrevious(client, 'arn')).rejects.toThrow('The keys were never changed.');
    await expect(readPrevious(client, 'arn')).rejects.toThrow('no network');
  });

  it('[P12] are replaced in one step: the new one waits apart until it takes the place of the one that was read', async () => {
    const { client, asked } = manager({ VersionId: 'v2' });
    await replaceVersion(client, 'arn', CURRENT, KEYS);
    expect(asked).toEqual([
      {
        [PutSecretValueCommand.name]: {
          SecretId: 'arn',
          ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
          VersionStages: ['DAYPASSNEXT'],
          SecretString: JSON.stringify(KEYS),
        },
      },
      {
        [UpdateSecretVersionStageCommand.name]: {
          SecretId: 'arn',
          VersionStage: 'AWSCURRENT',
          RemoveFromVersionId: 'v1',
          MoveToVersionId: 'v2',
        },
      },
    ]);
  });

  it.each([InvalidParameterException, InvalidRequestException])(
    '[P12] are not replaced when somebody else was first, unless that was this very step (%p)',
    async (Kind) => {
      const other = manager({ VersionId: 'v2' }, refused(Kind), { VersionId: 'v3', SecretString: 'x' });
      await expect(replaceVersion(other.client, 'arn', CURRENT, KEYS)).rejects.toThrow(
        'Somebody else has changed the keys meanwhile. Nothing was done; look at them again.',
      );
      const own = manager({ VersionId: 'v2' }, refused(Kind), { VersionId: 'v2', SecretString: 'x' });
      await expect(replaceVersion(own.client, 'arn', CURRENT, KEYS)).resolves.toBeUndefined();
    },
  );

  it('[P12] are left as they are by what functions could not read, and other failures are told', async () => {
    const { client, asked } = manager({ VersionId: 'v2' }, new Error('no network'));
    const wrong = { ...KEYS, active: '0002' } as unknown as KeySecret;
    await expect(replaceVersion(client, 'arn', CURRENT, wrong)).rejects.toThrow('does not hold keys');
    expect(asked).toEqual([]);
    await expect(replaceVersion(client, 'arn', CURRENT, KEYS)).rejects.toThrow('no network');
  });
});

describe('what a key has signed', () => {
  const NOW = 1_000_000;
  const credential = (id: string, keyId: string, more: Partial<Credential> = {}): Credential => ({
    id,
    principalId: `of-${id}`,
    kind: 'access',
    keyId,
    createdAt: '',
    expiresAt: NOW + 1,
    ...more,
  });

  /** A site with these passes by environment, and these API keys by page of service accounts. */
  function siteWith(passes: Partial<Record<Environment, Credential[]>>, machines: Credential[][] = [[]]) {
    const all = [...new Set([...Object.values(passes).flat(), ...machines.flat()])];
    return {
      listOpenGrants: async (environment: Environment) => [
        // One that waits for its token yet.
        { id: 'early' },
        { id: 'lost', principalId: 'of-nobody', credentialId: 'nothing' },
        ...(passes[environment] ?? []).map(({ id, principalId }) => ({ id, principalId, credentialId: id })),
      ],
      readCredential: async (principalId: string, id: string) =>
        all.find((each) => each.id === id && each.principalId === principalId),
      listDirectory: async (_: string, { after }: { after?: string }) => {
        const at = after === undefined ? 0 : Number(after);
        const entries = (machines[at] ?? []).map(({ principalId }) => ({ id: principalId }));
        return { entries, ...(at + 1 < machines.length && { last: String(at + 1) }) };
      },
      listCredentials: async (principalId: string) => all.filter((each) => each.principalId === principalId),
    } as unknown as Store;
  }

  const count = (store: Store, listed = ['0001', '0002']) => signedWith(store, '0001', { listed, now: NOW });

  it('[P12] is counted in every environment and of every service account', async () => {
    const store = siteWith(
      { test: [credential('a', '0001')], production: [credential('b', '0001'), credential('c', '0002')] },
      [
        [credential('k', '0001'), credential('l', '0002')],
        [credential('m', '0001'), credential('n', '0001')],
      ],
    );
    expect(await count(store)).toEqual({ passes: 2, apiKeys: 3 });
  });

  it('[P12] is no more than what lives: not what has ended, nor what has run out', async () => {
    const dead = [
      credential('a', '0001', { endedAt: '2027-03-10' }),
      credential('b', '0001', { expiresAt: NOW }),
      credential('c', '0001'),
    ];
    expect(await count(siteWith({ staging: dead }, [dead]))).toEqual({ passes: 1, apiKeys: 1 });
  });

  it('[P12] may be the link of a pass whose own key is gone; an API key has no other one', async () => {
    const gone = [credential('a', '0009')];
    expect(await count(siteWith({ production: gone }, [gone]))).toEqual({ passes: 1, apiKeys: 0 });
    expect(await count(siteWith({ production: gone }), ['0001', '0009'])).toEqual({ passes: 0, apiKeys: 0 });
  });
});
