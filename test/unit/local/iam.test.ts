import { evaluate } from '../../../local/iam/evaluate.ts';
import { readPolicyDocument } from '../../../local/iam/policy-document.ts';
import { mayRole, type Role, withholdActions } from '../../../local/iam/roles.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders';

function verdict(statements: object[], action: string, resource: string, context = {}) {
  return evaluate(readPolicyDocument({ Statement: statements }, 'Shop/Policy'), {
    action,
    resource,
    context,
  });
}

describe('evaluating policies', () => {
  const read = {
    Effect: 'Allow',
    Action: ['dynamodb:Get*', 'dynamodb:Query'],
    Resource: [TABLE, `${TABLE}/index/*`],
  };

  it.each([
    ['dynamodb:GetItem', TABLE, 'allowed'],
    ['DynamoDB:getitem', TABLE, 'allowed'],
    ['dynamodb:Query', `${TABLE}/index/by-kind`, 'allowed'],
    ['dynamodb:Scan', TABLE, 'denied by nobody allowing it'],
    ['dynamodb:GetItem', `${TABLE}s`, 'denied by nobody allowing it'],
    ['dynamodb:GetItem', TABLE.toUpperCase(), 'denied by nobody allowing it'],
  ])('%s on %s is %s', (action, resource, expected) => {
    expect(verdict([read], action, resource)).toBe(expected);
  });

  it('lets a deny win over an allow, whichever comes first', () => {
    const deny = { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: '*' };
    expect(verdict([read, deny], 'dynamodb:GetItem', TABLE)).toBe('denied by a statement');
    expect(verdict([deny, read], 'dynamodb:GetItem', TABLE)).toBe('denied by a statement');
  });

  it('understands NotAction and NotResource', () => {
    const statement = { Effect: 'Allow', NotAction: 'dynamodb:Delete*', NotResource: '*/index/*' };
    expect(verdict([statement], 'dynamodb:PutItem', TABLE)).toBe('allowed');
    expect(verdict([statement], 'dynamodb:DeleteItem', TABLE)).toBe('denied by nobody allowing it');
    expect(verdict([statement], 'dynamodb:PutItem', `${TABLE}/index/a`)).toBe('denied by nobody allowing it');
  });

  it.each([
    ['ForAllValues:StringLike', 'dynamodb:LeadingKeys', ['TENANT#1#*'], ['TENANT#1#a', 'TENANT#1#b'], true],
    ['ForAllValues:StringLike', 'dynamodb:LeadingKeys', ['TENANT#1#*'], ['TENANT#1#a', 'TENANT#2#b'], false],
    ['ForAnyValue:StringEquals', 'dynamodb:LeadingKeys', ['a'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['a'], undefined, true],
    ['StringEquals', 'ses:FromAddress', ['a@b.c'], ['a@b.c'], true],
    ['StringEquals', 'ses:FromAddress', ['a@b.c'], undefined, false],
    ['StringEqualsIfExists', 'ses:FromAddress', ['a@b.c'], undefined, true],
    ['StringNotEquals', 'dynamodb:Select', ['COUNT'], ['ALL_ATTRIBUTES'], true],
    ['Null', 'dynamodb:LeadingKeys', ['true'], undefined, true],
    ['Null', 'dynamodb:LeadingKeys', ['true'], ['a'], false],
  ])('the condition %s on %s %j with %j holds: %s', (operator, key, expected, actual, holds) => {
    const statement = {
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      Condition: { [operator]: { [key]: expected } },
    };
    const context = actual ? { [key.toLowerCase()]: actual } : {};
    expect(verdict([statement], 'a:b', 'r', context) === 'allowed').toBe(holds);
  });

  it.each([
    ['an operator', { DateLessThan: { 'aws:SourceArn': 'x' } }, 'the operator DateLessThan is not supported'],
    ['a key', { StringEquals: { 'aws:Colour': 'x' } }, 'the condition key aws:Colour is not supported'],
  ])('refuses %s that it does not know, with the place', (_, Condition, message) => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition };
    expect(() => readPolicyDocument({ Statement: statement }, 'Shop/Policy')).toThrow(
      `Shop/Policy/Statement/0/Condition: ${message}`,
    );
  });
});

describe('taking a permission out of the template', () => {
  const role = (): Role => ({
    arn: 'arn:aws:iam::111122223333:role/robot',
    name: 'robot',
    logicalId: 'RobotServiceRole12AB',
    statements: readPolicyDocument(
      { Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }] },
      'P',
    ),
    trusts: [],
    withheld: [],
  });

  it('withholds one action of a wildcard', () => {
    const robot = role();
    withholdActions([robot], ['Robot*:dynamodb:PutItem']);
    expect(mayRole(robot, { action: 'dynamodb:PutItem', resource: TABLE })).toBe(
      'denied by nobody allowing it',
    );
    expect(mayRole(robot, { action: 'dynamodb:GetItem', resource: TABLE })).toBe('allowed');
  });

  it.each(['Nobody*:dynamodb:PutItem', 'Robot*:ses:SendEmail'])(
    'refuses %s, which takes nothing away',
    (denied) => {
      expect(() => withholdActions([role()], [denied])).toThrow('no role');
    },
  );
});
