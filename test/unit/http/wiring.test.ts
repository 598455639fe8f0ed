import { type GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { jest } from '@jest/globals';
import { PATIENT, QUICK_KEYS, QUICK_READ } from '../../../lambdas/shared/aws-clients.ts';
import { createWiring } from '../../../lambdas/shared/wiring.ts';
import { FUNCTIONS } from '../../../lib/functions.ts';

/** How long calls that get no answer last, with all tries, in seconds; the pauses between tries come on top. */
const longest = ({ maxAttempts, requestHandler }: typeof PATIENT) =>
  (maxAttempts * (requestHandler.connectionTimeout + requestHandler.requestTimeout)) / 1000;

describe('how long functions wait for AWS', () => {
  it.each([
    ['a call of any function', PATIENT, 3],
    ['what the authorizer reads', QUICK_READ, 2],
    ['keys', QUICK_KEYS, 2],
  ])(
    '%s is tried again, and fails where it got no answer instead of only saying so',
    (_, settings, tries) => {
      expect(settings.maxAttempts).toBe(tries);
      expect(settings.requestHandler.throwOnRequestTimeout).toBe(true);
      expect(settings.requestHandler.connectionTimeout).toBeLessThan(settings.requestHandler.requestTimeout);
    },
  );

  it('ends before the function is ended', () => {
    const { authorizer, api, admin, portal } = FUNCTIONS;
    const requests = ({ maxAttempts, requestHandler }: typeof PATIENT) =>
      (maxAttempts * requestHandler.requestTimeout) / 1000;

    for (const { timeoutSeconds } of [api, admin, portal]) {
      expect(requests(PATIENT)).toBeLessThan(timeoutSeconds);
    }
    // At a cold start it fetches keys, then it reads.
    expect(requests(QUICK_KEYS) + requests(QUICK_READ)).toBeLessThan(authorizer.timeoutSeconds);
    expect(longest(QUICK_READ)).toBeLessThan(authorizer.timeoutSeconds);
    expect(longest(QUICK_KEYS)).toBeLessThan(authorizer.timeoutSeconds);
  });
});

describe('the ports of a function', () => {
  const settings = {
    SITE_ID: 'site-one',
    SITE_URL: 'https://passes.example.org',
    TABLE_NAME: 'the-table',
    JOURNAL_KEYS_ARN: 'arn:journal',
    TOKEN_LIFETIME_DAYS: 14,
  };
  const asked: string[] = [];
  const key = (id: string) => JSON.stringify({ active: id, [id]: `a key of ${id} `.repeat(8) });

  beforeAll(() => {
    jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation((async ({
      input,
    }: GetSecretValueCommand) => {
      asked.push(input.SecretId as string);
      return { SecretString: key(input.SecretId === 'arn:journal' ? '0007' : '0001') };
    }) as never);
  });
  afterAll(() => jest.restoreAllMocks());
  beforeEach(() => asked.splice(0));

  it('sign with the signing keys, chain with the journal keys, and know where the site is', async () => {
    const ports = await createWiring({ ...settings, SIGNING_KEYS_ARN: 'arn:signing' }).runtime();

    expect(asked.sort()).toEqual(['arn:journal', 'arn:signing']);
    expect([ports.keyring.active, ports.journal.active]).toEqual(['0001', '0007']);
    expect(ports).toMatchObject({
      siteId: 'site-one',
      siteUrl: 'https://passes.example.org',
      tokenLifetimeDays: 14,
    });
    expect(ports.newId()).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(Math.abs(ports.now() - Date.now())).toBeLessThan(1000);
  });

  it('sign nothing where a function is told of no signing keys', async () => {
    const { keyring, journal } = await createWiring(settings).runtime();

    expect(asked).toEqual(['arn:journal']);
    expect([keyring.active, keyring.key('0001'), keyring.key('')]).toEqual(['', undefined, undefined]);
    expect(journal.active).toBe('0007');
  });

  it('ask for keys once, and again at every call whether they are the newest', async () => {
    const { runtime } = createWiring(settings);
    await Promise.all([runtime(), runtime()]);

    expect(asked).toEqual(['arn:journal']);
  });
});
