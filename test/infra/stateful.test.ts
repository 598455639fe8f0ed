import { FULLEST, RESTORED, type Resource, resourcesOf, SMALLEST, templatesOf } from './synthesise.ts';

const test = await templatesOf(SMALLEST);
const throwaway = await templatesOf({ ...SMALLEST, throwaway: true });
const STATEFUL =
  /^AWS::(DynamoDB::(Global)?Table|SecretsManager::Secret|S3::Bucket|SES::EmailIdentity|KMS::Key)$/;

const tableOf = (stack: typeof test): Resource =>
  resourcesOf(stack.stateful, 'AWS::DynamoDB::Table')[0]?.[1] as Resource;

/** What becomes of the data when the stack is deleted, and when it is replaced: each way that there is, once. */
const policiesOf = ({ stateful }: typeof test): string[] => [
  ...new Set(
    Object.values(stateful.Resources)
      .filter(({ Type }) => STATEFUL.test(Type))
      .map(({ DeletionPolicy, UpdateReplacePolicy }) => `${DeletionPolicy}/${UpdateReplacePolicy}`),
  ),
];

describe('data', () => {
  it('[P5] lies in a stack of its own, and none of it in the stack that is deployed often', () => {
    const kinds = (template: typeof test.stateful) =>
      Object.values(template.Resources)
        .map(({ Type }) => Type)
        .filter((type) => STATEFUL.test(type))
        .sort();

    expect(kinds(test.stateful)).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::SES::EmailIdentity',
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::Secret',
    ]);
    expect(kinds(test.stateless)).toEqual([]);
  });

  it.each(['prod', 'test'])(
    '[P5] is kept in the stage %s, can be restored to any second, and cannot be deleted by mistake',
    async (stage) => {
      const kept = await templatesOf({ ...SMALLEST, stage });

      expect(tableOf(kept).Properties).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      expect(policiesOf(kept)).toEqual(['RetainExceptOnCreate/Retain']);
      expect(kept.terminationProtection).toBe(true);
    },
  );

  it('[P5] goes with its stack in a stage that is declared throwaway, and in no other', () => {
    expect(policiesOf(throwaway)).toEqual(['Delete/Delete']);
    expect(throwaway.terminationProtection).toBe(false);
    expect(tableOf(throwaway).Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: false,
    });
  });

  it('[P5] of a first deployment can be taken back when it fails: nothing refuses that or outlives it', async () => {
    const first = await templatesOf(SMALLEST, { first: true });

    expect(tableOf(first).Properties.DeletionProtectionEnabled).toBe(false);
    expect(first.terminationProtection).toBe(false);
    // CloudFormation deletes these when the operation that makes them fails, and keeps them ever after.
    expect(policiesOf(first)).toEqual(['RetainExceptOnCreate/Retain']);
  });

  it('is one table with generic keys, two indexes, a stream, and removal of what has expired', () => {
    const key = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ];
    const { Properties } = tableOf(test);

    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key('PK', 'SK'),
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    expect(Properties.GlobalSecondaryIndexes).toEqual([
      { IndexName: 'GSI1', KeySchema: key('GSI1PK', 'GSI1SK'), Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'GSI2', KeySchema: key('GSI2PK', 'GSI2SK'), Projection: { ProjectionType: 'ALL' } },
    ]);
  });

  it('keeps the table exported while a restored one is in use, so that it can be switched back', async () => {
    const restored = await templatesOf(RESTORED);
    const exportsOf = (stack: typeof test) =>
      Object.values(stack.stateful.Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? []);
    const names = resourcesOf(restored.stateless, 'AWS::Lambda::Function').map(
      ([, { Properties }]) =>
        (Properties.Environment as { Variables: { TABLE_NAME: unknown } }).Variables.TABLE_NAME,
    );

    expect(exportsOf(restored)).toEqual(
      expect.arrayContaining(exportsOf(test).filter((name) => name.includes('Table'))),
    );
    expect(new Set(names)).toEqual(new Set(['daypass-restored']));
    expect(JSON.stringify(restored.stateless)).not.toContain('FnGetAttTable');
    expect(restored.stateful.Outputs?.TableName?.Value).toBe('daypass-restored');
  });
});

describe('keys', () => {
  // CloudFormation makes a secret anew when how it is generated changes, or what it is called.
  const CONSEQUENCE =
    'A CHANGE HERE REPLACES EVERY KEY OF EVERY SITE THAT IS DEPLOYED: all links, sessions and API keys end, and no journal can be verified. Add keys with `npm run keys` instead.';

  it('begin with one of 64 random letters and digits, named as active, and are never made anew by a deployment', () => {
    const rule = {
      SecretStringTemplate: '{"active":"0001"}',
      GenerateStringKey: '0001',
      PasswordLength: 64,
      ExcludePunctuation: true,
    };
    const made = resourcesOf(test.stateful, 'AWS::SecretsManager::Secret').map(([id, { Properties }]) => {
      const { Description: _, Tags: __, ...rest } = Properties;
      return [id, rest];
    });

    expect({ [CONSEQUENCE]: Object.fromEntries(made) }).toEqual({
      [CONSEQUENCE]: {
        SigningKeysA56F0358: { GenerateSecretString: rule },
        JournalKeys7175761F: { GenerateSecretString: rule },
      },
    });
  });
});

describe('the sender', () => {
  it('is registered with SES as an address, as a domain, or not at all', async () => {
    const identities = async (config: Parameters<typeof templatesOf>[0]) =>
      resourcesOf((await templatesOf(config)).stateful, 'AWS::SES::EmailIdentity').map(
        ([, { Properties }]) => Properties.EmailIdentity,
      );

    expect(await identities(SMALLEST)).toEqual(['passes@example.org']);
    expect(await identities(FULLEST)).toEqual(['example.org']);
    expect(await identities({ ...SMALLEST, senderIdentity: 'existing' })).toEqual([]);
  });

  it('sends over TLS only, and nothing rewrites the links in its mails', () => {
    const only = (type: string) => resourcesOf(test.stateful, type)[0]?.[1].Properties ?? {};

    expect(only('AWS::SES::ConfigurationSet').DeliveryOptions).toEqual({ TlsPolicy: 'REQUIRE' });
    expect(only('AWS::SES::ConfigurationSetEventDestination').EventDestination).toMatchObject({
      MatchingEventTypes: ['bounce', 'complaint', 'reject', 'deliveryDelay'],
    });
  });
});
