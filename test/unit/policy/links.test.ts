import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import { mayAssignRole, mayGrant } from '../../../core/policy/delegation.ts';
import { explain } from '../../../core/policy/explain.ts';
import { filterPermitted } from '../../../core/policy/filter.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { nearestChange } from '../../../core/policy/nearest.ts';
import type {
  AccessRequest,
  Context,
  Resource,
  ResourceType,
  Rule,
  RuleDraft,
  Selector,
  Subject,
} from '../../../core/policy/types.ts';
import { FACTS } from './random.ts';

const context: Context = { now: 0, environment: 'production', channel: 'browser' };
const development: Context = { ...context, environment: 'development' };
const CASE = { type: 'record', app: 'desk', recordType: 'case' } as const;
const PASS = { type: 'record', app: 'passes', recordType: 'pass' } as const;
const someCase = (more: Partial<Resource> = {}): Resource => ({
  ...CASE,
  id: 'x1',
  state: 'open',
  values: { title: 'a' },
  ...more,
});
const robot: Subject = { type: 'robot', id: 'bot', roles: ['r1'] };

const rule = (id: string, subject: Selector, more: Partial<RuleDraft> = {}): RuleDraft => ({
  id,
  effect: 'allow',
  subjects: [subject],
  actions: ['view'],
  resource: CASE,
  source: `test/${id}`,
  ...more,
});
const role = (id: string): Selector => ({ kind: 'role', id });
const everybody: Selector = { kind: 'default' };
const signIn = rule('signIn', everybody, { actions: ['signIn'], resource: { type: 'environment' } });
const policyOf = (...rules: RuleDraft[]) =>
  loadPolicy(compilePolicy({ ...FACTS, rules: [signIn, ...rules] }));

describe('built-in roles', () => {
  const policy = policyOf(
    rule('use', role('Developer')),
    rule('edit', role('Developer'), { actions: ['design:edit'], resource: { type: 'app' } }),
    rule('accounts', role('Developer'), { actions: ['create'], resource: { type: 'account' } }),
    rule('assign', role('Developer'), { actions: ['assign'], resource: { type: 'role' } }),
    rule('custom', role('r1'), { actions: ['create'], resource: { type: 'account' } }),
  );
  const may = (subject: Subject, action: string, resource: Resource, where: Context) =>
    decide(policy, { subject, action, resource, context: where }).decision;
  const dev: Subject = { type: 'user', id: 'dev', roles: ['Developer'] };

  it('count in development and in the design plane, and never for accounts and roles in apps', () => {
    expect(may(dev, 'view', someCase(), context)).toBe(false);
    expect(may(dev, 'view', someCase(), development)).toBe(true);
    expect(may(dev, 'design:edit', { type: 'app', app: 'desk' }, context)).toBe(true);
    expect(may(dev, 'create', { type: 'account' }, development)).toBe(false);
    expect(may(dev, 'assign', { type: 'role', id: 'r1' }, development)).toBe(false);
    expect(may({ ...dev, roles: ['Developer', 'r1'] }, 'create', { type: 'account' }, development)).toBe(
      true,
    );
    expect(may({ ...dev, roles: ['Developer', 'r1'] }, 'create', { type: 'account' }, context)).toBe(true);
    expect(may(dev, 'view', someCase(), context)).toBe(false);
  });

  it('let a tenant administrator sign in wherever a rule says so, and no other', () => {
    const closed = loadPolicy(
      compilePolicy({
        ...FACTS,
        rules: ['TenantAdministrator', 'Developer'].map((id) =>
          rule(id, role(id), { actions: ['signIn', 'leave'], resource: { type: 'environment' } }),
        ),
      }),
    );
    const ask = (id: string, action: string, where: Context) =>
      decide(closed, {
        subject: { type: 'user', id: 'u', roles: [id] },
        action,
        resource: { type: 'environment', id: where.environment },
        context: where,
      }).decision;
    expect(ask('TenantAdministrator', 'signIn', context)).toBe(true);
    expect(ask('TenantAdministrator', 'leave', context)).toBe(false);
    expect(ask('Developer', 'signIn', context)).toBe(false);
    expect(ask('Developer', 'signIn', development)).toBe(true);
  });
});

describe('exemptions', () => {
  const policy = policyOf(rule('some', role('r1'), { fields: ['title'] }), rule('all', role('r2')));
  const tenant: Subject = { type: 'user', id: 'tina', roles: ['TenantAdministrator'] };
  const admin: Subject = { type: 'user', id: 'ada', roles: [], level: 'admin' };
  const ask = (subject: Subject, resource: Resource, action = 'view') =>
    decide(policy, { subject, action, resource, context });
  const exempt = (bypass: string) => ({
    decision: true,
    fields: '*',
    reasons: [{ code: 'BYPASS', rules: [] }],
    bypass,
  });

  it('are told from grants: they count where the rules alone would give less', () => {
    expect(ask(tenant, someCase())).toEqual(exempt('tenantAdministrator'));
    expect(ask({ ...tenant, roles: ['TenantAdministrator', 'r1'] }, someCase())).toEqual(
      exempt('tenantAdministrator'),
    );
    expect(ask({ ...tenant, roles: ['TenantAdministrator', 'r2'] }, someCase()).reasons[0]?.code).toBe(
      'GRANTED',
    );
    expect(ask(admin, someCase())).toEqual(exempt('levelAdmin'));
  });

  it('are for people, at runtime, of records, views, apps, flows and services', () => {
    const things: [Resource, string][] = [
      [{ type: 'view', app: 'desk', recordType: 'case', id: 'all' }, 'open'],
      [{ type: 'app', app: 'desk' }, 'open'],
      [{ type: 'flow', id: 'f1', status: 'LIVE' }, 'start'],
      [{ type: 'service', id: 's1' }, 'call'],
    ];
    for (const [resource, action] of things)
      expect(ask(tenant, resource, action).bypass).toBe('tenantAdministrator');
    expect(ask(tenant, { type: 'account' }, 'create').decision).toBe(false);
    expect(ask(tenant, { type: 'role', id: 'r1' }, 'assign').decision).toBe(false);
    expect(ask(tenant, { type: 'app', app: 'desk' }, 'design:edit').decision).toBe(false);
    for (const type of ['serviceAccount', 'robot', 'tokenUser'] as const) {
      expect(ask({ ...tenant, type, ceiling: { app: 'desk' } }, someCase()).decision).toBe(false);
      expect(ask({ ...admin, type, ceiling: { app: 'desk' } }, someCase()).decision).toBe(false);
    }
  });

  it('of the level admin hold in apps with profiles alone', () => {
    expect(ask(admin, { ...PASS, id: 'p', values: {} }).decision).toBe(false);
    expect(ask(admin, { type: 'flow', id: 'f1', status: 'LIVE' }, 'start').decision).toBe(false);
    expect(ask({ ...admin, level: 'user' }, someCase()).decision).toBe(false);
  });

  it('open no closed state', () => {
    expect(ask(tenant, someCase({ state: 'closed' }), 'close').reasons).toEqual([
      { code: 'STATE', rules: [] },
    ]);
    expect(ask(tenant, someCase(), 'close')).toEqual(exempt('tenantAdministrator'));
  });
});

describe('plans', () => {
  it('do not mix up apps that call their record types alike, actions, types or subjects', () => {
    const types = { case: { operations: { view: { kind: 'view' }, edit: { kind: 'edit' } } } } as const;
    const apps = Object.fromEntries(
      ['a', 'b', 'c'].map((id) => [
        id,
        { kind: 'records', accessModel: 'roles', recordTypes: types } as const,
      ]),
    );
    const policy = loadPolicy(
      compilePolicy({
        apps,
        roles: ['r1', 'r2'],
        rules: [
          rule('a', role('r1'), { resource: { ...CASE, app: 'a' } }),
          rule('b', role('r1'), { resource: { ...CASE, app: 'b' }, actions: ['edit'] }),
          rule('v', role('r2'), { resource: { type: 'view', app: 'a' }, actions: ['open'] }),
          rule('f', role('r2'), { resource: { type: 'service' }, actions: ['open'] }),
        ],
      }),
    );
    const ask = (app: string, action: string, subject = robot) =>
      decide(policy, { subject, action, resource: { ...someCase(), app }, context }).decision;
    for (let round = 0; round < 3; round++) {
      const table = ['a', 'b', 'c'].map((app) =>
        ['view', 'edit', 'edie', 'deit'].map((action) => ask(app, action)),
      );
      expect(table).toEqual([
        [true, false, false, false],
        [false, true, false, false],
        [false, false, false, false],
      ]);
      expect(ask('a', 'view', { ...robot, roles: ['r2'] })).toBe(false);
      const open = (resource: Resource) =>
        decide(policy, { subject: { ...robot, roles: ['r2'] }, action: 'open', resource, context }).decision;
      expect(open({ type: 'view', app: 'a', recordType: 'case', id: 'all' })).toBe(true);
      expect(open({ type: 'view', app: 'b', recordType: 'case', id: 'all' })).toBe(false);
      expect(open({ type: 'service', id: 's1' })).toBe(true);
      expect(open({ type: 'flow', id: 's1' })).toBe(false);
      expect(open({ type: 'record', app: 'a' })).toBe(false);
    }
  });

  it('do not take a view for a record, whichever is asked about first', () => {
    const view: Resource = { type: 'view', app: 'desk', recordType: 'case', id: 'all' };
    const policy = policyOf(
      rule('v', role('r1'), { actions: ['open'], resource: { type: 'view', app: 'desk' } }),
    );
    const other = policyOf(
      rule('r', role('r1'), { actions: ['*'], resource: { type: 'record', app: 'desk' } }),
    );
    const open = (of: typeof policy, resource: Resource) =>
      decide(of, { subject: robot, action: 'open', resource, context }).decision;
    for (let round = 0; round < 2; round++) {
      expect([open(policy, someCase()), open(policy, view)]).toEqual([false, true]);
      expect([open(other, view), open(other, someCase())]).toEqual([false, true]);
    }
  });

  it('do not take somebody without an id for somebody with one', () => {
    const policy = policyOf(rule('own', { kind: 'recordOwner' }));
    const { id: _, ...nameless } = robot;
    const ask = (subject: Subject) =>
      decide(policy, { subject, action: 'view', resource: someCase({ owner: 'bot' }), context }).decision;
    expect([ask({ ...nameless }), ask({ ...robot }), ask({ ...nameless })]).toEqual([false, true, false]);
  });

  it.each([29, 30, 31, 32, 33])('hold %i rules as they hold one', (count) => {
    const rules = Array.from({ length: count }, (_, i) =>
      rule(`n${i}`, role('r1'), {
        condition: `record.amount >= ${i}`,
        fields: [i === count - 1 ? 'title' : 'amount'],
      }),
    );
    const policy = policyOf(...rules);
    const ask = (amount: number) =>
      decide(policy, { subject: robot, action: 'view', resource: someCase({ values: { amount } }), context });
    expect(ask(count).reasons[0]?.rules).toHaveLength(count);
    expect(ask(count).fields).toEqual(['amount', 'title']);
    expect(ask(count - 2).fields).toEqual(['amount']);
    expect(ask(0).reasons).toEqual([{ code: 'GRANTED', rules: ['n0'] }]);
    expect(ask(-1).reasons[0]?.code).toBe('SCOPE');
  });

  it('keep apart what depends on the record and what does not', () => {
    const policy = policyOf(
      rule('own', { kind: 'recordOwner' }, { fields: ['title'] }),
      rule('cond', role('r1'), { condition: 'record.title == "a"', fields: ['due'] }),
    );
    const ask = (more: Partial<Resource>) =>
      decide(policy, { subject: robot, action: 'view', resource: someCase(more), context });
    expect(ask({}).fields).toEqual(['due']);
    expect(ask({ owner: 'bot' }).fields).toEqual(['due', 'title']);
    expect(ask({ owner: 'bot', values: { title: 'b' } }).fields).toEqual(['title']);
    expect(ask({ values: { title: 'b' } }).reasons[0]).toEqual({ code: 'SCOPE', rules: ['cond'] });
    expect(ask({ values: undefined, proposed: { title: 'a' } }).fields).toEqual(['due']);
  });

  it('of one conditional deny, allow nothing', () => {
    const policy = policyOf(rule('no', role('r1'), { effect: 'deny', condition: 'record.title == "b"' }));
    expect(decide(policy, { subject: robot, action: 'view', resource: someCase(), context }).decision).toBe(
      false,
    );
    const editing = policyOf(
      rule('edit', role('r1'), { actions: ['edit'], condition: 'record.title == "a"' }),
    );
    const edit = (proposed: object) =>
      decide(editing, { subject: robot, action: 'edit', resource: someCase({ proposed }), context }).decision;
    expect([edit({ title: 'a' }), edit({ title: 'b' })]).toEqual([true, false]);
    const owned = policyOf(rule('own', { kind: 'recordOwner' }, { condition: 'record.title == "a"' }));
    const asOwner = (owner: string) =>
      decide(owned, { subject: robot, action: 'view', resource: someCase({ owner }), context }).decision;
    expect([asOwner('bot'), asOwner('ann')]).toEqual([true, false]);
  });
});

describe('a list of resources', () => {
  const policy = policyOf(
    rule('case', role('r1'), { condition: 'record.title == "a"', fields: ['title'] }),
    rule('pass', role('r1'), { resource: PASS }),
    rule('flow', role('r1'), { resource: { type: 'flow', id: 'f1' } }),
  );
  const filtered = (subject: Subject, resources: Resource[], where = context) =>
    filterPermitted(policy, { subject, action: 'view', context: where }, resources);

  it('is filtered as each of it would be decided, whatever their kinds and order', () => {
    const resources: Resource[] = [
      someCase({ id: '1' }),
      someCase({ id: '2', values: { title: 'b' } }),
      { ...PASS, id: '3', values: {} },
      someCase({ id: '4' }),
      { type: 'flow', id: 'f1' },
      { type: 'flow', id: 'f2' },
      { ...PASS, app: 'desk', id: '5' },
      { ...PASS, recordType: 'case', id: '6' },
      { type: 'flow', id: 'f1' },
    ];
    const expected = resources.flatMap((resource) => {
      const { decision, fields } = decide(policy, { subject: robot, action: 'view', resource, context });
      return decision ? [{ resource, fields }] : [];
    });
    expect(filtered(robot, resources)).toEqual(expected);
    expect(expected.map(({ resource }) => resource.id)).toEqual(['1', '3', '4', 'f1', 'f1']);
    expect(filtered(robot, [])).toEqual([]);
  });

  it('gives nothing where a gate is closed', () => {
    const pass: Subject = { type: 'tokenUser', id: 't', roles: ['r1'], ceiling: { app: 'desk' } };
    const resources = [someCase(), { ...PASS, id: '3', values: {} }, someCase({ id: '4' })];
    expect(filtered(pass, resources).map(({ resource }) => resource.id)).toEqual(['x1', '4']);
    expect(filtered(pass, resources, { ...context, channel: 'api' })).toEqual([]);
  });
});

describe('an explanation', () => {
  const policy = policyOf(
    rule('open', role('r1')),
    rule('cond', role('r1'), { condition: 'record.title == "b" && record.amount > 1', fields: ['title'] }),
    rule('no', role('r1'), { effect: 'deny', actions: ['edit'], condition: 'record.title == "z"' }),
    rule('may', role('r1'), { actions: ['edit'], condition: 'record.title == "a"' }),
    rule('mine', { kind: 'recordOwner' }, { condition: 'record.title == "a"' }),
  );
  const tiers = (action: string, more: Partial<Resource> = {}) =>
    explain(policy, { subject: robot, action, resource: someCase(more), context }).tiers;

  it('tells of each rule what it is, where it was written, and what came of it', () => {
    expect(tiers('view')).toEqual([
      {
        tier: 2,
        rules: [
          { id: 'open', source: 'test/open', effect: 'allow', fields: '*', outcome: 'takesPart' },
          {
            id: 'cond',
            source: 'test/cond',
            effect: 'allow',
            fields: ['title'],
            outcome: 'fails',
            condition: 'record.title == "b" && record.amount > 1',
            absent: ['record.amount'],
          },
        ],
      },
      {
        tier: 3,
        rules: [{ id: 'mine', source: 'test/mine', effect: 'allow', fields: '*', outcome: 'notNamed' }],
      },
    ]);
    expect(tiers('view', { owner: 'bot' })[1]?.rules[0]).toEqual({
      id: 'mine',
      source: 'test/mine',
      effect: 'allow',
      fields: '*',
      outcome: 'takesPart',
      condition: 'record.title == "a"',
    });
  });

  it('looks at both records of an edit', () => {
    const outcomes = (values: object | undefined, proposed: object | undefined) =>
      tiers('edit', { values, proposed })[0]?.rules.map(({ id, outcome, absent }) => [id, outcome, absent]);
    expect(outcomes({ title: 'a' }, { title: 'a' })).toEqual([
      ['no', 'fails', undefined],
      ['may', 'takesPart', undefined],
    ]);
    expect(outcomes({ title: 'a' }, { title: 'z' })).toEqual([
      ['no', 'takesPart', undefined],
      ['may', 'fails', undefined],
    ]);
    expect(outcomes({ title: 'a' }, {})).toEqual([
      ['no', 'unevaluable', ['record.title']],
      ['may', 'unevaluable', ['record.title']],
    ]);
    expect(outcomes({}, { title: 'a' })?.map(([, outcome]) => outcome)).toEqual([
      'unevaluable',
      'unevaluable',
    ]);
    expect(outcomes(undefined, { title: 'a' })?.map(([, outcome]) => outcome)).toEqual([
      'fails',
      'takesPart',
    ]);
    expect(outcomes({ title: 'a' }, undefined)?.map(([, outcome]) => outcome)).toEqual([
      'fails',
      'takesPart',
    ]);
    expect(tiers('edit')[0]?.rules[0]).toMatchObject({ effect: 'deny', fields: [] });
  });

  it('of a look at a record does not mind what is proposed', () => {
    const [first] = tiers('view', { values: { title: 'b', amount: 2 }, proposed: { title: 'a' } });
    expect(first?.rules[1]?.outcome).toBe('takesPart');
  });
});

describe('the nearest change', () => {
  const ask = (rules: RuleDraft[], request: Partial<AccessRequest> = {}) =>
    nearestChange(policyOf(...rules), {
      subject: robot,
      action: 'view',
      resource: someCase(),
      context,
      ...request,
    });
  const proposed = (effect: 'allow' | 'deny', more: object = {}) => ({
    id: 'proposed/view',
    effect,
    subjects: [{ kind: 'principal', id: 'bot' }],
    actions: ['view'],
    resource: CASE,
    source: 'proposed',
    ...more,
  });

  it('grants to the subject alone what nobody grants, with the fields that were asked for', () => {
    expect(ask([])).toEqual({ add: proposed('allow') });
    expect(ask([], { fields: ['title'] })).toEqual({ add: proposed('allow', { fields: ['title'] }) });
    expect(ask([], { fields: [] })).toEqual({ add: proposed('allow') });
    expect(ask([rule('some', role('r1'), { fields: ['title'] })], { fields: ['due'] })).toEqual({
      add: proposed('allow', { fields: ['due'] }),
    });
    const nobody: Subject = { type: 'anonymous', roles: [] };
    expect(ask([], { subject: nobody })?.add?.subjects).toEqual([
      { kind: 'role', id: 'NonAuthenticatedUser' },
    ]);
    const { id: _, ...nameless } = robot;
    expect(ask([], { subject: nameless })?.add?.subjects).toEqual([
      { kind: 'role', id: 'NonAuthenticatedUser' },
    ]);
  });

  it('takes away the denies that stand before it, and adds a grant only where that does not do', () => {
    const yes = rule('yes', role('r1'), { fields: ['title'] });
    const no = rule('no', { kind: 'principal', id: 'bot' }, { effect: 'deny' });
    const also = rule('also', { kind: 'principal', id: 'bot' }, { effect: 'deny' });
    const later = rule('later', { kind: 'siteWide' }, { effect: 'deny' });
    expect(ask([yes, no])).toEqual({ remove: ['no'] });
    expect(ask([yes, no, also])).toEqual({ remove: ['no', 'also'] });
    expect(ask([yes, no], { fields: ['title'] })).toEqual({ remove: ['no'] });
    expect(ask([yes, no], { fields: ['title', 'due'] })).toEqual({
      remove: ['no'],
      add: proposed('allow', { fields: ['title', 'due'] }),
    });
    expect(ask([no])).toEqual({ remove: ['no'], add: proposed('allow') });
    expect(ask([later])).toEqual({ add: proposed('allow') });
    expect(ask([yes, no, later])).toEqual({ remove: ['no'] });
  });

  it('takes away the rules that grant, and denies the subject what everybody has', () => {
    const first = rule('first', role('r1'));
    const second = rule('second', { kind: 'siteWide' });
    const behind = rule('behind', { kind: 'default' });
    const no = rule('no', { kind: 'default' }, { effect: 'deny' });
    const standard = rule('standard', everybody, { source: 'default' });
    const built = rule('built', everybody, { source: 'built-in/x' });
    expect(ask([first])).toEqual({ remove: ['first'] });
    expect(ask([first, second, behind, no])).toEqual({ remove: ['first', 'second'] });
    expect(ask([standard])).toEqual({ add: proposed('deny') });
    expect(ask([built])).toEqual({ add: proposed('deny') });
    expect(ask([first, built], { fields: ['title'] })).toEqual({ add: proposed('deny') });
    expect(ask([rule('of', everybody, { source: 'default/of' })])).toEqual({ add: proposed('deny') });
    const anonymous: Subject = { type: 'anonymous', roles: [] };
    const toAnonymous = ask([rule('a', { kind: 'siteWide' }, { source: 'default' })], { subject: anonymous });
    expect(toAnonymous?.add?.effect).toBe('deny');
    const unnamed = rule('unnamed', role('NonAuthenticatedUser'));
    expect(ask([unnamed, standard], { subject: { ...anonymous, id: 'x' } })?.add).toMatchObject({
      effect: 'deny',
      subjects: [{ kind: 'role', id: 'NonAuthenticatedUser' }],
    });
    const listed = rule('listed', { kind: 'accessList', list: 'view' });
    const resource = someCase({ accessLists: { view: ['role:NonAuthenticatedUser'] } });
    expect(ask([listed, standard], { subject: anonymous, resource })).toEqual({
      remove: ['listed', 'standard'],
    });
  });

  it('is none where a gate, an exemption or the state decides, or where no rule could name it', () => {
    const pass: Subject = { type: 'tokenUser', id: 't', roles: [] };
    expect(ask([], { subject: pass })).toBeNull();
    expect(ask([], { subject: pass, context: { ...context, channel: 'api' } })).toBeNull();
    expect(ask([], { subject: { type: 'user', id: 'u', roles: ['TenantAdministrator'] } })).toBeNull();
    expect(ask([], { action: 'close', resource: someCase({ state: 'closed' }) })).toBeNull();
    expect(ask([], { action: 'close', resource: someCase({ state: undefined }) })).toBeNull();
    expect(ask([], { action: 'close' })).not.toBeNull();
    expect(ask([], { action: 'start', resource: { type: 'flow', id: 'f1', status: 'READY' } })).toBeNull();
    expect(
      ask([rule('all', everybody, { resource: PASS, actions: ['edit'] })], {
        action: 'edit',
        resource: { ...PASS, id: 'p', values: {} },
        fields: ['token'],
      }),
    ).toBeNull();
    const closed = loadPolicy(compilePolicy({ ...FACTS, rules: [] }));
    const user: Subject = { type: 'user', id: 'u', roles: [] };
    expect(
      nearestChange(closed, { subject: user, action: 'view', resource: someCase(), context }),
    ).toBeNull();
  });

  it.each<[string, string, Resource, boolean]>([
    ['an operation', 'view', someCase(), true],
    ['what may be done with every record', 'viewHistory', someCase(), true],
    ['no operation', 'explode', someCase(), false],
    ['an inherited one', 'toString', someCase(), false],
    ['a record type that is gone', 'view', someCase({ recordType: 'gone' }), false],
    ['a view', 'open', { type: 'view', app: 'desk', recordType: 'case', id: 'all' }, true],
    ['no view', 'open', { type: 'view', app: 'desk', recordType: 'case', id: 'mine' }, false],
    ['a view of nothing', 'open', { type: 'view', app: 'gone', recordType: 'case', id: 'all' }, false],
    ['an app', 'open', { type: 'app', app: 'desk' }, true],
    ['no app', 'open', { type: 'app', app: 'gone' }, false],
    ['a flow', 'start', { type: 'flow', id: 'f1', status: 'LIVE' }, true],
    ['no flow', 'start', { type: 'flow', id: 'f9', status: 'LIVE' }, false],
    ['a flow without a name', 'start', { type: 'flow', status: 'LIVE' }, false],
    ['a service', 'call', { type: 'service', id: 's1' }, true],
    ['no service', 'call', { type: 'service', id: 's9' }, false],
    ['a role', 'assign', { type: 'role', id: 'r1' }, true],
    ['a built-in role', 'design:assign', { type: 'role', id: 'Owner' }, true],
    ['no role', 'assign', { type: 'role', id: 'r9' }, false],
    ['an environment', 'leave', { type: 'environment', id: 'test' }, true],
    ['an account', 'create', { type: 'account' }, true],
    ['the site', 'design:read', { type: 'site' }, true],
  ])('can name %s', (_title, action, resource, known) => {
    expect(ask([], { action, resource }) !== null).toBe(known);
  });

  it('names no part that was not asked about, and no view where there is none', () => {
    const leave = ask([], { action: 'leave', resource: { type: 'environment' } });
    expect(leave?.add?.resource).toStrictEqual({ type: 'environment' });
    const types = { case: { operations: {} } };
    const viewless = loadPolicy(
      compilePolicy({
        apps: { desk: { kind: 'records', accessModel: 'roles', recordTypes: types } },
        roles: ['r1'],
        rules: [],
      }),
    );
    const resource: Resource = { type: 'view', app: 'desk', recordType: 'case', id: 'all' };
    expect(nearestChange(viewless, { subject: robot, action: 'open', resource, context })).toBeNull();
  });

  it('can name any flow and service where the site does not say which there are', () => {
    const { flows: _, services: __, ...open } = FACTS;
    const policy = loadPolicy(compilePolicy({ ...open, rules: [] }));
    const near = (action: string, resource: Resource) =>
      nearestChange(policy, { subject: robot, action, resource, context })?.add?.resource;
    expect(near('start', { type: 'flow', id: 'later', status: 'LIVE' })).toEqual({
      type: 'flow',
      id: 'later',
    });
    expect(near('call', { type: 'service', id: 'later' })).toEqual({ type: 'service', id: 'later' });
  });
});

describe('granting to others', () => {
  const designs = (type: ResourceType, more: Partial<RuleDraft> = {}) =>
    rule(`designs-${type}`, role('r1'), {
      actions: ['design:changePermissions'],
      resource: { type },
      ...more,
    });
  const by = (policy: ReturnType<typeof policyOf>, ...roles: string[]) =>
    ({ subject: { ...robot, roles }, policy, design: policy, environment: 'production' }) as const;
  const grants = (
    policy: ReturnType<typeof policyOf>,
    action: string,
    resource: RuleDraft['resource'],
    roleId = 'r1',
  ) => mayGrant(by(policy, roleId), rule('x', role('r2'), { actions: [action], resource }) as Rule);

  it('is for who designs the thing, each kind by its own permission', () => {
    const apps = policyOf(designs('app'));
    expect(grants(apps, 'view', CASE)).toBe(true);
    expect(grants(apps, 'open', { type: 'view', app: 'desk' })).toBe(true);
    expect(grants(apps, 'open', { type: 'app', app: 'desk' })).toBe(true);
    expect(grants(apps, 'start', { type: 'flow', id: 'f1' })).toBe(false);
    expect(grants(apps, 'create', { type: 'account' })).toBe(false);
    const flows = policyOf(designs('flow'));
    expect(grants(flows, 'start', { type: 'flow', id: 'f1' })).toBe(true);
    expect(grants(flows, 'call', { type: 'service', id: 's1' })).toBe(false);
    expect(grants(flows, 'view', CASE)).toBe(false);
    const services = policyOf(designs('service'));
    expect(grants(services, 'call', { type: 'service', id: 's1' })).toBe(true);
    expect(grants(services, 'open', { type: 'app', app: 'desk' })).toBe(false);
    const one = policyOf(designs('flow', { resource: { type: 'flow', id: 'f1' } }));
    expect(grants(one, 'start', { type: 'flow', id: 'f1' })).toBe(true);
    expect(grants(one, 'start', { type: 'flow', id: 'f2' })).toBe(false);
    const edits = rule('roles', role('r2'), { actions: ['design:edit'], resource: { type: 'role' } });
    expect(grants(policyOf(edits), 'create', { type: 'account' }, 'r2')).toBe(false);
    const accounts = policyOf(designs('account'));
    expect(grants(accounts, 'create', { type: 'account' })).toBe(true);
    expect(grants(accounts, 'assign', { type: 'role', id: 'r2' })).toBe(false);
    expect(grants(policyOf(designs('role')), 'assign', { type: 'role', id: 'r2' })).toBe(true);
    expect(grants(policyOf(designs('role')), 'design:edit', { type: 'role' })).toBe(false);
  });

  it('is not for who designs it under a condition, or is denied it in the same tier or before', () => {
    expect(grants(policyOf(designs('app', { condition: 'me.level == "user"' })), 'view', CASE)).toBe(false);
    const deny = rule('deny', role('r1'), {
      effect: 'deny',
      actions: ['design:changePermissions'],
      resource: { type: 'app' },
    });
    expect(grants(policyOf(designs('app'), deny), 'view', CASE)).toBe(false);
    const later = { ...deny, subjects: [{ kind: 'default' } as const] };
    expect(grants(policyOf(designs('app'), later), 'view', CASE)).toBe(true);
    const before = rule('before', { kind: 'siteWide' });
    expect(grants(policyOf(before, { ...deny, actions: ['view'], resource: CASE }), 'view', CASE)).toBe(
      false,
    );
  });

  it('by a rule with a condition keeps that condition', () => {
    const own = policyOf(rule('own', role('r1'), { condition: 'record.title == "a"' }));
    expect(grants(own, 'view', CASE)).toBe(false);
    expect(mayAssignRole(by(own, 'r1'), 'r1')).toBe(true);
    expect(mayAssignRole(by(own, 'r2'), 'r1')).toBe(false);
    expect(mayAssignRole(by(own), 'unknown')).toBe(true);
  });
});
