// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes substitutions like this
import type { Stack } from '../../../local/assembly/cloud-assembly.ts';
import { createResolver } from '../../../local/assembly/intrinsics.ts';

const stackOf = (parts: Partial<Stack>): Stack => ({
  name: 'Shop',
  account: '111122223333',
  region: 'eu-central-1',
  resources: {},
  parameters: {},
  conditions: {},
  mappings: {},
  outputs: {},
  ...parts,
});

const shop = stackOf({
  resources: {
    Orders: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } },
    Pay: { Type: 'AWS::Lambda::Function', Properties: {} },
    Named: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: { Ref: 'AWS::StackName' } } },
    Circle: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Circle', 'QueueName'] } } },
    Odd: { Type: 'AWS::Odd::Thing' },
    Maybe: { Type: 'AWS::SQS::Queue', Condition: 'IsTest' },
  },
  parameters: { Colour: { Type: 'String', Default: 'red' }, Size: { Type: 'String' } },
  conditions: {
    IsRed: { 'Fn::Equals': [{ Ref: 'Colour' }, 'red'] },
    IsTest: { 'Fn::Not': [{ Condition: 'IsRed' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsRed' }, { Condition: 'IsTest' }] },
    Both: { 'Fn::And': [{ Condition: 'IsRed' }, { Condition: 'IsTest' }] },
  },
  mappings: { Sizes: { big: { metres: '3' } } },
});
const data = stackOf({
  name: 'Data',
  resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } } },
  outputs: {
    Jobs: {
      Value: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      Export: { Name: { 'Fn::Sub': '${AWS::StackName}:jobs' } },
    },
  },
});
const resolver = createResolver({ stacks: [shop, data], apiUrl: 'http://localhost:1' });
const resolve = (value: unknown) => resolver.resolve(shop, value, 'Shop/X');

describe('resolving what a template computes', () => {
  it.each([
    ['a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['a parameter by its default', { Ref: 'Colour' }, 'red'],
    ['a given physical name', { Ref: 'Orders' }, 'orders'],
    ['a made-up physical name', { Ref: 'Pay' }, 'Shop-Pay'],
    ['a name that is itself computed', { Ref: 'Named' }, 'Shop'],
    [
      'an attribute',
      { 'Fn::GetAtt': ['Orders', 'Arn'] },
      'arn:aws:dynamodb:eu-central-1:111122223333:table/orders',
    ],
    [
      'an attribute in dot notation',
      { 'Fn::GetAtt': 'Orders.StreamArn' },
      expect.stringContaining('/stream/'),
    ],
    ['a join', { 'Fn::Join': ['-', ['a', { Ref: 'Colour' }]] }, 'a-red'],
    [
      'a substitution',
      { 'Fn::Sub': 'x-${Colour}-${Orders.Arn}' },
      expect.stringMatching(/^x-red-arn:aws:dynamodb/),
    ],
    [
      'a substitution with its own variables',
      { 'Fn::Sub': ['${A}/${!B}', { A: { Ref: 'Colour' } }] },
      'red/${B}',
    ],
    ['a part of a split', { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
    ['a mapping', { 'Fn::FindInMap': ['Sizes', 'big', 'metres'] }, '3'],
    ['base64', { 'Fn::Base64': 'ab' }, 'YWI='],
    ['a choice', { 'Fn::If': ['IsRed', 'yes', 'no'] }, 'yes'],
    ['a negated condition', { 'Fn::If': ['IsTest', 'yes', 'no'] }, 'no'],
    ['an alternative', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    ['a conjunction', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    [
      'an export of another stack',
      { 'Fn::ImportValue': 'Data:jobs' },
      'arn:aws:sqs:eu-central-1:111122223333:jobs',
    ],
    [
      'a condition of a policy, which is no function',
      { Condition: { Bool: { a: 'true' } } },
      { Condition: { Bool: { a: 'true' } } },
    ],
  ])('resolves %s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('drops what is AWS::NoValue, from objects, lists and as a whole', () => {
    const none = { Ref: 'AWS::NoValue' };
    expect(resolve({ kept: 1, dropped: none, list: ['a', none] })).toEqual({ kept: 1, list: ['a'] });
    expect(resolve(none)).toBeUndefined();
  });

  it('leaves out a resource whose condition does not hold', () => {
    expect(resolver.exists(shop, 'Maybe')).toBe(false);
    expect(resolver.exists(shop, 'Orders')).toBe(true);
  });

  it.each([
    [
      'an unknown function',
      { a: { 'Fn::Transform': {} } },
      'Shop/X/a/Fn::Transform: the function Fn::Transform is not supported',
    ],
    ['an unknown resource', { Ref: 'Nobody' }, 'Shop/X/Ref: there is no resource Nobody'],
    ['an unknown export', { 'Fn::ImportValue': 'Data:none' }, 'no stack of this app exports Data:none'],
    [
      'a type whose id is unknown',
      { Ref: 'Odd' },
      'Ref to a resource of type AWS::Odd::Thing is not supported',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Orders', 'Colour'] },
      'the attribute Colour of a AWS::DynamoDB::Table',
    ],
    ['a parameter without a value', { Ref: 'Size' }, 'the parameter Size has no default'],
    ['a circle', { Ref: 'Circle' }, 'circular reference through Shop/Circle/QueueName'],
    ['a dynamic reference', '{{resolve:ssm:/x}}', 'dynamic references are not supported'],
    ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, 'there is no condition Nope'],
  ])('refuses %s and says where', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
