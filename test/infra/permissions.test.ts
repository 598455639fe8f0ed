import { environmentNames } from '../../lambdas/shared/environment.ts';
import type { ConfigFile } from '../../lib/config.ts';
import { FUNCTION_NAMES } from '../../lib/names.ts';
import { FULLEST, RESTORED, resourcesOf, SMALLEST, shown, type Template, templatesOf } from './synthesise.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** What every role of the template may do, by role: `action → resource`, one line each. */
function allowed(template: Template): Map<string, string[]> {
  const roles = new Map(resourcesOf(template, 'AWS::IAM::Role').map(([id]) => [id, [] as string[]]));
  for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Policy')) {
    const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
    const lines = Statement.flatMap((statement) =>
      list(statement.Action).flatMap((action) =>
        list(statement.Resource).map(
          (resource) => `${statement.Effect === 'Deny' ? '! ' : ''}${action} → ${name(resource)}`,
        ),
      ),
    );
    for (const role of list(Properties.Roles)) roles.get(shown(role).slice(1, -1))?.push(...lines);
  }
  return new Map([...roles].map(([id, lines]) => [id, lines.sort()]));
}

/** A short name for a resource of a policy. */
function name(resource: unknown): string {
  return shown(resource)
    .replace(/<ExportsOutput\w*?(Table|JournalKeys|SigningKeys|Mail)[0-9A-F]\w*?>/, (reference, part) =>
      reference.includes('StreamArn') ? `${part} stream` : part,
    )
    .replace(/arn:aws:(\w+):eu-central-1:(<AWS::AccountId>|\d{12}):/, '$1:')
    .replace(/<(\w+?)(Function|DeadLettersQueue|Logs)[0-9A-F]{8}\.Arn>/, '$1 $2');
}

const { stateless } = await templatesOf();
const { stateless: production } = await templatesOf(FULLEST);
const rights = allowed(stateless);
const rightsOf = (start: string): string[] => {
  const [lines, ...others] = [...rights].filter(([id]) => id.startsWith(start)).map(([, found]) => found);
  expect(others).toEqual([]);
  return lines ?? [];
};

/** Every function may write its log and its trace. */
const ownLog = (part: string) => [
  `logs:CreateLogStream → ${part} Logs`,
  `logs:PutLogEvents → ${part} Logs`,
  'xray:PutTelemetryRecords → *',
  'xray:PutTraceSegments → *',
];
const onTable = (...actions: string[]) => actions.map((action) => `dynamodb:${action} → Table`);
const RECORDS = onTable('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
const PASS_IS_LIVE = onTable('ConditionCheckItem');
const SIGNING_KEYS = 'secretsmanager:GetSecretValue → SigningKeys';
const JOURNAL_KEYS = 'secretsmanager:GetSecretValue → JournalKeys';
const MAIL = [
  'ses:SendEmail → ses:configuration-set/Mail',
  'ses:SendEmail → ses:identity/passes@example.org',
];
const MACHINE = 'states:stateMachine:daypass-test-token-access';
const REBUILD = 'states:stateMachine:daypass-test-rebuild-indexes';

/** The whole of what is allowed. A line too many is a hole; a line too few fails on the laptop already. */
const TELL_WAITING = ['SendTaskFailure', 'SendTaskSuccess'].map((action) => `states:${action} → ${MACHINE}`);
const EXPECTED: Record<string, string[]> = {
  authorizer: [...onTable('Query'), SIGNING_KEYS],
  api: [...RECORDS, ...PASS_IS_LIVE, 'dynamodb:Query → Table/index/GSI1', SIGNING_KEYS, JOURNAL_KEYS],
  admin: [...RECORDS, 'dynamodb:Query → Table/index/GSI1', SIGNING_KEYS, JOURNAL_KEYS, ...MAIL],
  portal: [
    ...RECORDS,
    ...PASS_IS_LIVE,
    'dynamodb:Query → Table/index/GSI1',
    SIGNING_KEYS,
    JOURNAL_KEYS,
    ...MAIL,
  ],
  robot: [...RECORDS, SIGNING_KEYS, JOURNAL_KEYS, ...MAIL, ...TELL_WAITING],
  outbox: [
    ...onTable('GetItem', 'UpdateItem', 'DeleteItem'),
    'dynamodb:DescribeStream → Table stream',
    'dynamodb:GetRecords → Table stream',
    'dynamodb:GetShardIterator → Table stream',
    'dynamodb:ListStreams → Table stream',
    'sqs:SendMessage → Outbox DeadLettersQueue',
    ...MAIL,
    ...TELL_WAITING,
    `states:StartExecution → ${MACHINE}`,
    `states:StartExecution → ${REBUILD}`,
  ],
  housekeeping: [
    ...RECORDS,
    'dynamodb:Query → Table/index/GSI1',
    'dynamodb:Query → Table/index/GSI2',
    JOURNAL_KEYS,
    'sqs:SendMessage → housekeeping DeadLettersQueue',
    ...MAIL,
    ...TELL_WAITING,
    `states:StartExecution → ${MACHINE}`,
    `states:StartExecution → ${REBUILD}`,
  ],
  'mail-events': [
    ...onTable('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
    JOURNAL_KEYS,
    'sqs:SendMessage → mailevents DeadLettersQueue',
  ],
};

describe('permissions', () => {
  it.each(FUNCTION_NAMES)('of %s are exactly what it uses', (function_) => {
    const part = function_.replace('-', '');

    expect(rightsOf(`${part}Role`)).toEqual([...(EXPECTED[function_] ?? []), ...ownLog(part)].sort());
  });

  it.each(['token-access', 'rebuild-indexes'])(
    'of %s end at calling the robot, besides its log and its trace',
    (machine) => {
      const lines = rightsOf(`Workflows${machine.replace('-', '')}role`);

      expect(lines.filter((line) => !/^(logs|xray):/.test(line))).toEqual([
        'lambda:InvokeFunction → robot Function',
      ]);
      expect(lines).toContain('xray:PutTraceSegments → *');
    },
  );

  it.each<[string, ConfigFile, string[]]>([
    ['its address', SMALLEST, ['passes@example.org']],
    ['its whole domain, in the sandbox to somebody', FULLEST, ['example.org', 'somebody@example.org']],
    [
      'what the account has already',
      { ...SMALLEST, senderIdentity: 'existing' },
      ['example.org', 'passes@example.org'],
    ],
  ])('to send mail from a site that sends as %s name exactly that', async (_, config, identities) => {
    const { stateless: template } = await templatesOf(config);
    const senders = ['admin', 'portal', 'robot', 'outbox', 'housekeeping'];
    const mails = [...allowed(template)].flatMap(([id, lines]) =>
      lines.filter((line) => line.startsWith('ses:')).map((line) => `${id.replace(/Role.*/, '')}: ${line}`),
    );

    expect(mails.sort()).toEqual(
      senders
        .flatMap((sender) => [
          `${sender}: ses:SendEmail → ses:configuration-set/Mail`,
          ...identities.map((identity) => `${sender}: ses:SendEmail → ses:identity/${identity}`),
        ])
        .sort(),
    );
  });

  it('of a site that uses a restored table reach that one, its indexes and its stream, and no other', async () => {
    const { stateless: template } = await templatesOf(RESTORED);
    const reached = [...allowed(template).values()]
      .flat()
      .filter((line) => line.startsWith('dynamodb:'))
      .map((line) => line.split(' → ')[1]);

    expect([...new Set(reached)].sort()).toEqual([
      'dynamodb:table/daypass-restored',
      'dynamodb:table/daypass-restored/index/GSI1',
      'dynamodb:table/daypass-restored/index/GSI2',
      'dynamodb:table/daypass-restored/stream/2026-01-01T00:00:00.000',
    ]);
    const [[, mapping] = []] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
    expect(mapping?.Properties.EventSourceArn).toBe(RESTORED.restoredTable?.streamArn);
  });

  it('of the schedules end at calling housekeeping', () => {
    expect(rightsOf('SchedulesRole')).toEqual([
      'lambda:InvokeFunction → housekeeping Function',
      'sqs:SendMessage → housekeeping DeadLettersQueue',
    ]);
  });

  it('of the portal alone reach the client secret, where an issuer is configured that gave one', async () => {
    const secretsOf = async (oidc: ConfigFile['oidc']) => {
      const { stateless: template } = await templatesOf({ ...SMALLEST, oidc });
      return [...allowed(template)].flatMap(([id, lines]) =>
        lines.some((line) => line.includes('OidcSecret')) ? [id.replace(/Role.*/, '')] : [],
      );
    };
    const oidc = { issuer: 'https://login.example.org', clientId: 'daypass', name: 'Example' };

    expect(await secretsOf(oidc)).toEqual(['portal']);
    expect(await secretsOf({ ...oidc, publicClient: true })).toEqual([]);
  });

  it.each([
    ['with the smallest configuration', stateless],
    ['in production', production],
  ])('name every action, never scan, and name every resource that can be named %s', (_, template) => {
    const lines = [...allowed(template).values()].flat();
    const unnamed = lines.filter(
      (line) => line.endsWith('→ *') && !/^(xray:|logs:\w*(Deliver|Polic|LogGroups))/.test(line),
    );

    expect(lines.length).toBeGreaterThan(80);
    expect(lines.filter((line) => /^\S*\*/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('dynamodb:Scan'))).toEqual([]);
    expect(unnamed).toEqual([]);
  });

  it('are given by no policy that AWS maintains, and every role can be taken by one service only', () => {
    for (const [id, { Properties }] of resourcesOf(stateless, 'AWS::IAM::Role')) {
      const { Statement } = Properties.AssumeRolePolicyDocument as {
        Statement: { Action: string; Principal: unknown }[];
      };
      expect([id, Properties.ManagedPolicyArns]).toEqual([id, undefined]);
      expect([id, Statement]).toEqual([
        id,
        [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: expect.stringMatching(/^(lambda|states|scheduler)\.amazonaws\.com$/) },
          },
        ],
      ]);
    }
  });
});

describe('the environment of each function', () => {
  const PLATFORM = ['NODE_OPTIONS', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME', 'STAGE'];

  it.each(FUNCTION_NAMES)('of %s is exactly what its schema asks for', (function_) => {
    const variables = new Map(
      resourcesOf(stateless, 'AWS::Lambda::Function').map(([, { Properties }]) => [
        Properties.FunctionName,
        (Properties.Environment as { Variables: Record<string, unknown> }).Variables,
      ]),
    ).get(`daypass-test-${function_}`);
    const asked =
      function_ === 'authorizer'
        ? ['SIGNING_KEYS_ARN', 'SITE_ID', 'SITE_URL', 'TABLE_NAME']
        : environmentNames(function_);
    const platform = PLATFORM.filter((variable) => function_ !== 'authorizer' || variable !== 'NODE_OPTIONS');

    expect(Object.keys(variables ?? {}).sort()).toEqual([...asked, ...platform].sort());
  });

  it('holds names of secrets, never their values', () => {
    const variables = resourcesOf(stateless, 'AWS::Lambda::Function').flatMap(([, { Properties }]) =>
      Object.entries((Properties.Environment as { Variables: Record<string, unknown> }).Variables),
    );

    expect(JSON.stringify(variables)).not.toContain('{{resolve:');
    expect(
      variables
        .filter(([variable]) => /KEY|SECRET/.test(variable))
        .every(([variable]) => /_ARN$/.test(variable)),
    ).toBe(true);
  });
});
