import type { RoleDefinition } from '../../../core/apps/definition.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { grantorsOf, mayAssign } from '../../../core/people/delegation.ts';
import { checkRules, compilePolicy } from '../../../core/policy/check.ts';
import { mayActAs, mayAssignRole, mayGrant } from '../../../core/policy/delegation.ts';
import type { PolicyInput } from '../../../core/policy/document.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { builtInRoleRules } from '../../../core/policy/sources/built-in-roles.ts';
import { signInRules } from '../../../core/policy/sources/sign-in.ts';
import type { Rule, RuleDraft, Selector, Subject } from '../../../core/policy/types.ts';
import { FACTS } from './random.ts';

const CASE = { type: 'record', app: 'desk', recordType: 'case' } as const;
const role = (id: string): Selector => ({ kind: 'role', id });

let next = 0;
function rule(subject: Selector, actions: string[], more: Partial<RuleDraft> = {}): RuleDraft {
  next++;
  return {
    id: `rule${next}`,
    effect: 'allow',
    subjects: [subject],
    actions,
    resource: CASE,
    source: 'test',
    ...more,
  };
}

const input: PolicyInput = {
  ...FACTS,
  roles: [...FACTS.roles, 'editor', 'giver'],
  rules: [
    ...builtInRoleRules(),
    ...signInRules([]),
    rule(role('r1'), ['view']),
    rule(role('r1'), ['edit'], { condition: 'record.owner == me.id', fields: ['title', 'amount'] }),
    rule(role('r2'), ['view'], { fields: ['title'] }),
    rule(role('r2'), ['edit'], {
      condition: 'record.owner == me.id && record.amount < 5',
      fields: ['title'],
    }),
    rule(role('giver'), ['edit'], { condition: 'record.owner == me.id', check: 'record.amount < 5' }),
    rule({ kind: 'recordOwner' }, ['close']),
    ...(['role', 'account', 'environment'] as const).map((type) =>
      rule(role('editor'), ['design:read', 'design:create', 'design:edit'], { resource: { type } }),
    ),
    rule({ kind: 'principal', id: 'nightly' }, ['view']),
    rule({ kind: 'principal', id: 'denied' }, ['view'], { effect: 'deny', condition: 'record.amount > 3' }),
    rule({ kind: 'role', id: 'AuthenticatedUser' }, ['view'], { effect: 'deny', resource: { type: 'flow' } }),
  ],
};
const policy = loadPolicy(compilePolicy(input));

const ann: Subject = { type: 'user', id: 'ann', roles: ['r1'] };
const bob: Subject = { type: 'user', id: 'bob', roles: ['r2'] };
const both: Subject = { type: 'user', id: 'cat', roles: ['r1', 'r2'] };
const denied: Subject = { type: 'user', id: 'denied', roles: ['r1'] };
const dev: Subject = { type: 'user', id: 'dev', roles: ['Developer'] };
const tenant: Subject = { type: 'user', id: 'tina', roles: ['TenantAdministrator'] };
const owner: Subject = { type: 'user', id: 'olga', roles: ['Owner'] };
const maintainer: Subject = { type: 'user', id: 'mia', roles: ['Maintainer'] };

const grantor = (subject: Subject, environment: Environment = 'production') => ({
  subject,
  policy,
  environment,
  design: policy,
});

function grants(subject: Subject, draft: RuleDraft): boolean {
  const [checked] = checkRules([draft], FACTS) as [Rule];
  return mayGrant(grantor(subject), checked);
}

const to = { kind: 'principal', id: 'u1' } as const;

/** What a role can permit beside apps. */
const OUTSIDE_APPS: readonly [actions: string[], more: Partial<RuleDraft>][] = [
  [['signIn'], { resource: { type: 'environment', id: 'production' } }],
  [['create', 'update', 'delete'], { resource: { type: 'account' } }],
  [['assign', 'remove'], { resource: { type: 'role', id: 'r1' } }],
  [['call'], { resource: { type: 'service', id: 's1' } }],
];

describe('nobody can grant more than they hold', () => {
  it('grants what one holds oneself', () => {
    expect(grants(ann, rule(to, ['view']))).toBe(true);
    expect(grants(ann, rule(to, ['view'], { fields: ['title'] }))).toBe(true);
    expect(grants(ann, rule(to, ['view'], { condition: 'record.amount > 1' }))).toBe(true);
  });

  it('grants no action that one does not hold', () => {
    expect(grants(ann, rule(to, ['add']))).toBe(false);
    expect(grants(ann, rule(to, ['view', 'add']))).toBe(false);
    expect(grants(ann, rule(to, ['*']))).toBe(false);
  });

  it('grants no wider resource', () => {
    expect(grants(ann, rule(to, ['view'], { resource: { type: 'record', app: 'desk' } }))).toBe(false);
    expect(
      grants(ann, rule(to, ['view'], { resource: { type: 'record', app: 'passes', recordType: 'pass' } })),
    ).toBe(false);
  });

  it('grants no field that one does not hold', () => {
    expect(grants(bob, rule(to, ['view']))).toBe(false);
    expect(grants(bob, rule(to, ['view'], { fields: ['title', 'amount'] }))).toBe(false);
    expect(grants(bob, rule(to, ['view'], { fields: ['title'] }))).toBe(true);
  });

  it('keeps one’s own condition among those of the grant', () => {
    const fields = ['title'];
    expect(grants(ann, rule(to, ['edit'], { fields }))).toBe(false);
    expect(grants(ann, rule(to, ['edit'], { fields, condition: 'record.title == "a"' }))).toBe(false);
    expect(grants(ann, rule(to, ['edit'], { fields, condition: 'record.owner == me.id' }))).toBe(true);
    expect(
      grants(
        ann,
        rule(to, ['edit'], { fields, condition: 'record.title == "a" && record.owner  ==  me.id' }),
      ),
    ).toBe(true);
    expect(
      grants(ann, rule(to, ['edit'], { fields, condition: 'record.title == "a" || record.owner == me.id' })),
    ).toBe(false);
    expect(grants(bob, rule(to, ['edit'], { fields, condition: 'record.owner == me.id' }))).toBe(false);
    expect(
      grants(bob, rule(to, ['edit'], { fields, condition: 'record.amount < 5 && record.owner == me.id' })),
    ).toBe(true);
  });

  it('needs one allow that reaches far enough; two halves do not make one', () => {
    const fields = ['title', 'amount'];
    expect(grants(both, rule(to, ['edit'], { fields, condition: 'record.owner == me.id' }))).toBe(true);
    expect(
      grants(both, rule(to, ['edit'], { fields: ['title', 'due'], condition: 'record.owner == me.id' })),
    ).toBe(false);
  });

  it('grants nothing by ownership, which belongs to single records', () => {
    expect(grants(ann, rule(to, ['close']))).toBe(false);
  });

  it('grants nothing that one is denied, even on some records only', () => {
    expect(grants(denied, rule(to, ['view']))).toBe(false);
  });

  it('holds a denial to the bound of an allow: with as much, by who holds it or changes the permissions there', () => {
    const deny = (actions: string[], more: Partial<RuleDraft> = {}) =>
      rule(to, actions, { effect: 'deny', ...more });
    expect(grants(bob, deny(['add']))).toBe(false);
    expect(grants(ann, deny(['view']))).toBe(true);
    expect(grants(ann, deny(['view', 'add']))).toBe(false);
    // A denial is for the whole action: who holds some of its fields does not hold that.
    expect(grants(bob, deny(['view']))).toBe(false);
    expect(grants(dev, deny(['view', 'add']))).toBe(true);
    expect(grants(tenant, deny(['view']))).toBe(false);
    expect(grants(ann, deny(['view'], { condition: 'record.amount > 1' }))).toBe(true);
  });

  it('lets designers of an app grant what concerns it, and nothing beyond', () => {
    expect(grants(dev, rule(to, ['add', 'view']))).toBe(true);
    expect(grants(dev, rule(to, ['start'], { resource: { type: 'flow', id: 'f1' } }))).toBe(true);
    expect(grants(dev, rule(to, ['design:edit'], { resource: { type: 'app', app: 'desk' } }))).toBe(true);
    expect(grants(dev, rule(to, ['design:create'], { resource: { type: 'role' } }))).toBe(false);
  });

  it('makes nobody an authority who edits roles, accounts or environments', () => {
    const edits: Subject = { type: 'user', id: 'ed', roles: ['editor'] };
    for (const what of OUTSIDE_APPS) expect([what, grants(edits, rule(to, ...what))]).toEqual([what, false]);
  });

  it.each<[string, Subject, boolean[]]>([
    ['an owner', owner, [true, true, true, true]],
    ['a maintainer', maintainer, [true, true, true, true]],
    ['a tenant administrator', tenant, [true, true, true, true]],
    ['a developer', dev, [false, false, false, true]],
    ['a publisher', { type: 'user', id: 'pia', roles: ['Publisher'] }, [false, false, false, false]],
  ])(
    'makes %s the authority over sign-in, accounts, roles and services as the built-in role says',
    (_, who, expected) => {
      expect(OUTSIDE_APPS.map((what) => grants(who, rule(to, ...what)))).toEqual(expected);
    },
  );

  it('counts sign-in where it lets in: a developer holds it for development, wherever that is asked', () => {
    const signIn = (id: string) => rule(to, ['signIn'], { resource: { type: 'environment', id } });
    expect([grants(dev, signIn('development')), grants(dev, signIn('production'))]).toEqual([true, false]);
  });

  it('gives an exemption no weight: a tenant administrator holds no rule on records', () => {
    expect(grants(tenant, rule(to, ['view']))).toBe(false);
  });
});

describe('what may be saved is bounded, too', () => {
  const changes = (more: Partial<RuleDraft>) => rule(to, ['edit'], { fields: ['title'], ...more });
  const condition = 'record.owner == me.id';

  it('nobody grants to give away who may not give away, and everybody to keep', () => {
    expect(grants(ann, changes({ condition }))).toBe(true);
    expect(grants(ann, changes({ condition, check: 'true' }))).toBe(false);
    expect(grants(ann, changes({ condition, check: `${condition} && record.amount < 5` }))).toBe(true);
    expect(grants(ann, changes({ check: condition }))).toBe(false);
  });

  it('who may give away grants that, within the check', () => {
    const giver: Subject = { type: 'user', id: 'gus', roles: ['giver'] };
    expect(grants(giver, changes({ condition, check: 'record.amount < 5' }))).toBe(true);
    expect(grants(giver, changes({ condition, check: 'record.amount < 9' }))).toBe(false);
    expect(grants(giver, changes({ condition }))).toBe(false);
  });
});

describe('a role may be given by who may grant each of its rules', () => {
  it.each([
    ['one who holds it', ann, 'r1', true],
    ['one who holds more', both, 'r2', true],
    ['one who holds less', bob, 'r1', false],
    ['one who holds as much of each rule in another role', ann, 'r2', true],
    ['a designer of all its apps', dev, 'r1', true],
    ['a developer, of owners', dev, 'Owner', false],
    ['a maintainer, of owners', maintainer, 'Owner', false],
    ['an owner, of owners', owner, 'Owner', true],
    ['an owner, of tenant administrators', owner, 'TenantAdministrator', false],
    ['a tenant administrator, of owners', tenant, 'Owner', false],
    ['a tenant administrator, of their like', tenant, 'TenantAdministrator', true],
    ['anybody, of a role that holds nothing', bob, 'empty', true],
  ])('%s', (_title, subject, id, expected) => {
    expect(mayAssignRole(grantor(subject), id)).toBe(expected);
  });
});

describe('one acts as an account that rules name itself who may grant what they permit', () => {
  it.each([
    ['one who holds as much in a role', ann, 'nightly', true],
    ['one who holds less', bob, 'nightly', false],
    ['a designer of all its apps', dev, 'nightly', true],
    ['anybody, of one to whom they only forbid', bob, 'denied', true],
    ['anybody, of one whom they do not name', bob, 'cat', true],
  ])('%s', (_title, subject, id, expected) => {
    expect(mayActAs(grantor(subject), id)).toBe(expected);
  });
});

describe('on a site on which nothing runs yet', () => {
  it('[D18] a role is given by who holds what it permits, and by nobody else', async () => {
    const runtime = { published: () => Promise.reject(new DaypassError('NOT_FOUND')) };
    const clerks: RoleDefinition = {
      id: 'clerks',
      name: 'Clerks',
      environments: [],
      design: { accounts: ['read', 'create'] },
    };
    const settings = { name: 'New', contact: 'desk@new.example', roles: [clerks] };
    const clerk: Subject = { type: 'user', id: 'carl', roles: ['clerks'] };
    const given = ['clerks', 'Owner', 'TenantAdministrator'];
    const gives = async (subject: Subject) => {
      const grantors = await grantorsOf(runtime, subject, settings);
      return given.filter((id) => mayAssign(grantors, id));
    };
    expect([await gives(clerk), await gives(bob), await gives(owner)]).toEqual([
      ['clerks'],
      [],
      ['clerks', 'Owner'],
    ]);
  });
});
