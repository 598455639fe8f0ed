import { keptResources } from './data-table.ts';
import { throwawayResources } from './resource-table.ts';
import type { Site } from './site-table.ts';
import {
  FULLEST,
  type Resource,
  resourcesOf,
  SMALLEST,
  shown,
  type Template,
  templatesOf,
} from './synthesise.ts';

const smallest = await templatesOf();
const configured = await templatesOf(FULLEST);

/** Their own tables hold these: permissions, routes, alarms. */
const ELSEWHERE = /^AWS::(IAM::Policy|ApiGatewayV2::Route|CloudWatch::(Alarm|Dashboard))$/;
/** The service keeps these under the hash of what is in them. */
const HASHED = ['Code', 'DefinitionS3Location'];

/** A value with references to resources by their names, which end in hashes in a template. */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== 'object' || value === null) return value;
  const text = shown(value);
  if (!text.startsWith('{')) {
    return text
      .replace(
        /<ExportsOutput(?:Ref|FnGetAtt)(Table|SigningKeys|JournalKeys|OidcSecret|Mail)[0-9A-F]{8}(StreamArn)?\w+>/g,
        (_, part, attribute = 'Ref') => `<data.${attribute}.${part}>`,
      )
      .replace(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1$2>');
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'Sid' ? String(inner).replace(/[0-9A-F]{8}$/, '') : named(inner),
    ]),
  );
}

function rowsOf({ Resources }: Template): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(Resources)
      .filter(([, { Type }]) => !ELSEWHERE.test(Type))
      .map(([id, resource]) => [`${resource.Type} ${nameOf(id, resource)}`, row(resource)]),
  );
}

function nameOf(id: string, { Type, Properties }: Resource): string {
  const name = id.replace(/[0-9A-F]{8}$/, '');
  const [rule, ...others] = name.split('AllowEventRule');
  if (Type !== 'AWS::Lambda::Permission' || others.length === 0) return name;
  return `${rule} → ${shown(Properties.FunctionName).includes('mailevents') ? 'mail-events' : 'housekeeping'}`;
}

function row({ Properties, DeletionPolicy, UpdateReplacePolicy }: Resource) {
  const kept = Object.entries(Properties).filter(([key]) => !HASHED.includes(key));
  return {
    ...(named(Object.fromEntries(kept)) as object),
    ...(DeletionPolicy && { policies: `${DeletionPolicy}/${UpdateReplacePolicy}` }),
  };
}

const SITES: [string, Site, typeof smallest][] = [
  [
    'with the smallest configuration',
    {
      stage: 'test',
      account: '<AWS::AccountId>',
      siteId: 'daypass-test',
      siteUrl: '<HttpApi.ApiEndpoint>',
      tokenLifetimeDays: '30',
      sender: 'passes@example.org',
      replyTo: 'passes@example.org',
      identity: 'passes@example.org',
      logDays: 90,
      logLevel: 'INFO',
    },
    smallest,
  ],
  [
    'with every setting given',
    {
      stage: 'production',
      account: '111122223333',
      siteId: 'example-passes',
      siteUrl: 'https://passes.example.org',
      tokenLifetimeDays: '14',
      sender: 'Example Passes <passes@example.org>',
      replyTo: 'facilities@example.org',
      identity: 'example.org',
      logDays: 400,
      logLevel: 'DEBUG',
      domain: {
        name: 'passes.example.org',
        certificateArn:
          'arn:aws:acm:eu-central-1:111122223333:certificate/0b1c2d3e-0000-1111-2222-333344445555',
        zone: 'Z0123456789ABC',
      },
      alarmEmail: 'platform@example.org',
      issuer: {
        OIDC_ISSUER: 'https://login.example.org',
        OIDC_CLIENT_ID: 'daypass',
        OIDC_NAME: 'Example Accounts',
        OIDC_SECRET_ARN: '<data.Ref.OidcSecret>',
      },
    },
    configured,
  ],
];

describe('a deployed site', () => {
  it.each(SITES)('%s has exactly these resources, with exactly these properties', (_, site, templates) => {
    expect(rowsOf(templates.stateless)).toEqual(throwawayResources(site));
    expect(rowsOf(templates.stateful)).toEqual(keptResources(site));
  });

  it('gives each function and each state machine code of its own', () => {
    for (const [type, count] of [
      ['AWS::Lambda::Function', 8],
      ['AWS::StepFunctions::StateMachine', 2],
    ] as const) {
      const code = resourcesOf(smallest.stateless, type).map(([, { Properties }]) =>
        JSON.stringify(HASHED.map((key) => Properties[key])),
      );
      expect([type, new Set(code).size]).toEqual([type, count]);
    }
  });

  it('carries nothing of how it was made: no paths, no files, no word to the makers of the CDK', () => {
    const metadata = [smallest.stateless, smallest.stateful].flatMap(({ Resources }) =>
      Object.values(Resources).flatMap(({ Type, Metadata = {} }) => [
        ...Object.keys(Metadata),
        ...(Type === 'AWS::CDK::Metadata' ? [Type] : []),
      ]),
    );

    expect(metadata).toEqual([]);
  });

  it('makes a function, and what wakes it, after the rights that it needs', () => {
    const waiting = Object.entries(smallest.stateless.Resources)
      .filter(([, { Type }]) => /::(Function|EventSourceMapping|Schedule|StateMachine)$/.test(Type))
      .filter(([, { DependsOn = [] }]) => !DependsOn.some((id) => /DefaultPolicy/.test(id)));

    expect(waiting.map(([id]) => id)).toEqual([]);
  });

  it('makes eight routes at a time, one after the other, and deploys them when all are there', () => {
    const routes = resourcesOf(smallest.stateless, 'AWS::ApiGatewayV2::Route');
    const [[, stage] = []] = resourcesOf(smallest.stateless, 'AWS::ApiGatewayV2::Stage');
    const ids = routes.map(([id]) => id);

    expect(routes.map(([, { DependsOn }]) => DependsOn)).toEqual(
      ids.map((_, index) => (index < 8 ? undefined : [ids[index - 8]])),
    );
    expect([...(stage?.DependsOn ?? [])].sort()).toEqual([...ids].sort());
  });

  it('says in its outputs where it is, where its data is, and what to enter elsewhere', () => {
    const outputs = ({ Outputs = {} }: Template) =>
      Object.fromEntries(
        Object.entries(Outputs).flatMap(([name, { Value, Export }]) =>
          Export ? [] : [[name, named(Value)]],
        ),
      );
    const data = {
      TableName: '<Table>',
      SigningKeysSecretArn: '<SigningKeys>',
      JournalKeysSecretArn: '<JournalKeys>',
    };

    expect(outputs(smallest.stateless)).toEqual({
      SiteId: 'daypass-test',
      SiteUrl: '<HttpApi.ApiEndpoint>',
      AlarmTopicArn: '<MonitoringTopic>',
    });
    expect(outputs(smallest.stateful)).toEqual(data);
    expect(outputs(configured.stateless)).toEqual({
      SiteId: 'example-passes',
      SiteUrl: 'https://passes.example.org',
      AlarmTopicArn: '<MonitoringTopic>',
      OidcRedirectUri: 'https://passes.example.org/sign-in/oidc/callback',
    });
    expect(outputs(configured.stateful)).toEqual({
      ...data,
      OidcSecretArn: '<OidcSecret>',
      ...Object.fromEntries(
        [1, 2, 3].map((number) => [
          `DkimRecord${number}`,
          `<Sender.DkimDNSTokenName${number}> CNAME <Sender.DkimDNSTokenValue${number}>`,
        ]),
      ),
    });
  });

  it('is two stacks that say what they are, of which the one with the data comes first', () => {
    const tags = { application: 'daypass', stage: 'production' };

    expect(configured.stacks).toEqual({
      'Daypass-production-data': {
        environment: 'aws://111122223333/eu-central-1',
        tags,
        after: [],
        description: 'Daypass, stage production: table, keys and sender',
      },
      'Daypass-production': {
        environment: 'aws://111122223333/eu-central-1',
        tags,
        after: ['Daypass-production-data'],
        description: 'Daypass, stage production: API, functions and workflows',
      },
    });
    expect(smallest.stacks['Daypass-test']?.environment).toBe('aws://unknown-account/eu-central-1');
  });

  it('tells nobody of alarms, has no address records and no redirect where none are asked for', async () => {
    const { hostedZone: _, ...domain } = FULLEST.domain ?? { name: '', certificateArn: '' };
    const { stateless } = await templatesOf({ ...SMALLEST, domain });

    expect(resourcesOf(stateless, 'AWS::Route53::RecordSet')).toEqual([]);
    expect(resourcesOf(stateless, 'AWS::SNS::Subscription')).toEqual([]);
    expect(resourcesOf(stateless, 'AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
  });
});
