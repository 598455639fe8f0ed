import { checkExpression } from '../../../core/expressions/check.ts';
import { compilePolicy } from '../../../core/policy/check.ts';
import { conjunctsOf, sameNode, withoutState } from '../../../core/policy/conjuncts.ts';
import { capabilities, decide, decideAll } from '../../../core/policy/decide.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { denied } from '../../../core/policy/outcome.ts';
import { holderOf, reachedOperations, whoReaches } from '../../../core/policy/search.ts';
import type { AccessRequest, Context, Resource, RuleDraft, Subject } from '../../../core/policy/types.ts';
import { FACTS } from './random.ts';

const context: Context = { now: 0, environment: 'production', channel: 'api' };
const robot: Subject = { type: 'robot', id: 'bot', roles: ['r1'] };
const someCase = (more: Partial<Resource> = {}): Resource => ({
  type: 'record',
  app: 'desk',
  recordType: 'case',
  id: 'x1',
  state: 'open',
  values: { title: 'a' },
  ...more,
});

let next = 0;
function rule(more: Partial<RuleDraft> = {}): RuleDraft {
  next++;
  return {
    id: `rule${next}`,
    effect: 'allow',
    subjects: [{ kind: 'role', id: 'r1' }],
    actions: ['view'],
    resource: { type: 'record', app: 'desk', recordType: 'case' },
    source: 'test',
    ...more,
  };
}
const policyOf = (...rules: RuleDraft[]) => loadPolicy(compilePolicy({ ...FACTS, rules }));
const ask = (rules: RuleDraft[], request: Partial<AccessRequest> = {}) =>
  decide(policyOf(...rules), { subject: robot, action: 'view', resource: someCase(), context, ...request });

describe('what is left of a condition without its questions for state', () => {
  const scope = { record: { title: 'string', place: 'map' } } as const;
  const tree = (source: string) => checkExpression(source, scope).ast;
  const left = (source: string) => withoutState(tree(source));

  it.each([
    ['record.state == "open" && record.title == "a"', 'record.title == "a"'],
    ['record.title == "a" && record.lifecycle in ["SAVED"]', 'record.title == "a"'],
    ['record.title == "a" && has(record.state) && me.id == "x"', 'record.title == "a" && me.id == "x"'],
    [
      'record.title == "a" && (record.state == "open" && (me.id == "x" && me.level == "user"))',
      'record.title == "a" && (me.id == "x" && me.level == "user")',
    ],
    ['record.state == record.lifecycle', 'true'],
    ['!(record.state == "open")', 'true'],
    ['record.state == "open" || record.lifecycle == "SAVED"', 'true'],
  ])('%s leaves %s', (source, rest) => {
    expect(left(source)).toEqual(tree(rest));
  });

  it.each([
    'record.title == "a"',
    'record.state == "open" || record.title == "a"',
    'record.state == record.title',
    'record.owner == "u1"',
    'true',
    'me.id == "state"',
    'record.place.state == "open"',
    'now > timestamp("2026-01-01T00:00:00Z")',
  ])('%s asks for more, or for something else, and stays whole', (source) => {
    expect(left(source)).toBeUndefined();
  });

  it('takes a field called state for what it is', () => {
    const hidden = checkExpression('record.state == "open"', { record: { state: 'string' } });
    expect(withoutState(hidden.ast)).toBeUndefined();
  });

  it('is told by the parts that must all hold', () => {
    const parts = conjunctsOf(tree('true && (me.id == "x" || false) && has(record.title)'));
    expect(parts).toEqual([tree('true'), tree('me.id == "x" || false'), tree('has(record.title)')]);
    expect(sameNode(tree('me.id=="x"'), tree('me.id  ==  "x"'))).toBe(true);
    expect(sameNode(tree('me.id == "x"'), tree('me.id == "y"'))).toBe(false);
  });
});

describe('the reason of a denial', () => {
  const inOpen = (more: Partial<RuleDraft> = {}) =>
    rule({ condition: 'record.state == "open" && record.title == "a"', ...more });
  const closed = someCase({ state: 'closed' });

  it('is the state where the rule would hold in another one, and names it', () => {
    const one = inOpen();
    expect(ask([one], { resource: closed })).toEqual({
      decision: false,
      fields: [],
      reasons: [{ code: 'STATE', rules: [one.id] }],
    });
    const only = rule({ condition: 'record.lifecycle == "SAVED"' });
    expect(ask([only, one], { resource: closed }).reasons).toEqual([
      { code: 'STATE', rules: [only.id, one.id] },
    ]);
  });

  it('is the scope where it would not', () => {
    const one = inOpen();
    const other = rule({ condition: 'record.title == "b"' });
    expect(ask([one], { resource: { ...closed, values: { title: 'b' } } }).reasons).toEqual([
      { code: 'SCOPE', rules: [one.id] },
    ]);
    expect(ask([one, other], { resource: { ...closed, values: { title: 'c' } } }).reasons).toEqual([
      { code: 'SCOPE', rules: [one.id, other.id] },
    ]);
    expect(ask([other]).reasons).toEqual([{ code: 'SCOPE', rules: [other.id] }]);
    expect(ask([one, other], { resource: closed }).reasons).toEqual([{ code: 'STATE', rules: [one.id] }]);
  });

  it('does not name rules of owners and lists to whom they do not name', () => {
    const owners = rule({ subjects: [{ kind: 'recordOwner' }], condition: 'record.state == "open"' });
    const listed = rule({
      subjects: [{ kind: 'accessList', list: 'view' }],
      condition: 'record.title == "b"',
    });
    expect(ask([owners, listed], { resource: closed }).reasons).toEqual([{ code: 'NOT_GRANTED', rules: [] }]);
    expect(ask([owners, listed], { resource: { ...closed, owner: 'bot' } }).reasons).toEqual([
      { code: 'STATE', rules: [owners.id] },
    ]);
    const onList = { view: ['role:r1'] };
    expect(ask([owners, listed], { resource: { ...closed, accessLists: onList } }).reasons).toEqual([
      { code: 'SCOPE', rules: [listed.id] },
    ]);
  });

  it('is never a deny that does not take part', () => {
    const deny = rule({ effect: 'deny', condition: 'record.title == "b"' });
    expect(ask([deny]).reasons).toEqual([{ code: 'NOT_GRANTED', rules: [] }]);
    const allow = rule({ condition: 'record.title == "b"' });
    expect(ask([rule({ effect: 'deny', condition: 'record.state == "closed"' }), allow]).reasons).toEqual([
      { code: 'SCOPE', rules: [allow.id] },
    ]);
  });

  it('is that nobody has signed in where nothing is granted to those who have not', () => {
    const nobody: Subject = { type: 'anonymous', roles: [] };
    expect(ask([rule()], { subject: nobody }).reasons).toEqual([{ code: 'NO_CREDENTIAL', rules: [] }]);
    expect(ask([rule()], { subject: { ...robot, roles: [] } }).reasons).toEqual([
      { code: 'NOT_GRANTED', rules: [] },
    ]);
    const public_ = rule({ subjects: [{ kind: 'default' }], condition: 'record.title == "b"' });
    expect(ask([public_], { subject: nobody }).reasons).toEqual([{ code: 'SCOPE', rules: [public_.id] }]);
  });

  it('is the operation’s state where the definition offers it elsewhere', () => {
    const close = rule({ actions: ['close'] });
    const request = { action: 'close', resource: closed };
    expect(ask([close], request)).toMatchObject({
      decision: false,
      reasons: [{ code: 'STATE', rules: [close.id] }],
    });
    expect(ask([close], { ...request, resource: someCase() }).decision).toBe(true);
    expect(ask([close], { ...request, resource: someCase({ state: undefined }) }).reasons[0]?.code).toBe(
      'STATE',
    );
    expect(ask([], request).reasons[0]?.code).toBe('NOT_GRANTED');
  });

  it('is the field that is not permitted, with the rules that permit the others', () => {
    const one = rule({ fields: ['title'] });
    expect(ask([one], { fields: ['title', 'amount', 'due'] })).toEqual({
      decision: false,
      fields: [],
      reasons: [{ code: 'FIELD', rules: [one.id], fields: ['amount', 'due'] }],
    });
    expect(ask([one], { fields: ['title'] }).decision).toBe(true);
    expect(ask([one], { fields: [] }).decision).toBe(true);
    expect(ask([rule()], { fields: ['anything'] }).decision).toBe(true);
    expect(
      ask([rule({ condition: 'record.title == "b"', fields: ['title'] })], { fields: ['due'] }).reasons[0]
        ?.code,
    ).toBe('SCOPE');
  });
});

describe('the reason of a grant', () => {
  it('names the rule, the same whether it has a condition or not', () => {
    for (const condition of [{}, { condition: 'record.title == "a"' }]) {
      const one = rule({ ...condition, fields: ['title'] });
      expect(ask([one])).toEqual({
        decision: true,
        fields: ['title'],
        reasons: [{ code: 'GRANTED', rules: [one.id] }],
      });
    }
  });
});

describe('decisions cannot be changed', () => {
  it('in any part', () => {
    const deep = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every((each) => deep(each)));
    const one = rule({ fields: ['title'] });
    expect(deep(ask([one]))).toBe(true);
    expect(deep(ask([one, rule({ fields: ['due'] })]))).toBe(true);
    expect(deep(ask([one], { fields: ['due'] }))).toBe(true);
    expect(deep(ask([]))).toBe(true);
    expect(deep(ask([rule({ condition: 'record.title == "a"', fields: ['due'] })]))).toBe(true);
    expect(deep(denied('FIELD', { fields: ['x'], rules: ['y'] }))).toBe(true);
  });
});

describe('tiers', () => {
  const deny = (subject: RuleDraft['subjects'][number], more: Partial<RuleDraft> = {}) =>
    rule({ effect: 'deny', subjects: [subject], ...more });
  const to = (...subjects: RuleDraft['subjects'][number][]) => rule({ subjects });
  const user: Subject = {
    type: 'robot',
    id: 'bot',
    roles: ['r1'],
    profiles: ['p1'],
    level: 'user',
  };
  const TIERS: RuleDraft['subjects'][] = [
    [{ kind: 'principal', id: 'bot' }],
    [
      { kind: 'role', id: 'r1' },
      { kind: 'profile', id: 'p1' },
      { kind: 'level', level: 'user' },
      { kind: 'accessList', list: 'view' },
    ],
    [{ kind: 'appOwner' }, { kind: 'recordOwner' }],
    [],
    [{ kind: 'siteWide' }],
    [{ kind: 'default' }],
  ];
  const mine = someCase({ owner: 'bot', appOwner: 'bot', accessLists: { view: ['principal:bot'] } });

  it('count one after another: an earlier allow stands before a later deny, a deny before what is beside or behind it', () => {
    const all = TIERS.flatMap((selectors, tier) => selectors.map((selector) => ({ selector, tier })));
    for (const allow of all) {
      for (const other of all) {
        const given = ask([to(allow.selector), deny(other.selector)], { subject: user, resource: mine });
        const title = `${JSON.stringify(allow.selector)} against ${JSON.stringify(other.selector)}`;
        expect([title, given.decision]).toEqual([title, allow.tier < other.tier]);
      }
    }
  });

  it('put system roles behind ownership and before what holds for everybody', () => {
    const person: Subject = { type: 'serviceAccount', id: 'bot', roles: ['r1'] };
    const signIn = rule({
      subjects: [{ kind: 'default' }],
      actions: ['signIn'],
      resource: { type: 'environment' },
    });
    const system = { kind: 'role', id: 'AuthenticatedUser' } as const;
    const decides = (...rules: RuleDraft[]) =>
      ask([signIn, ...rules], { subject: person, resource: mine }).decision;
    expect(decides(to(system), deny({ kind: 'recordOwner' }))).toBe(false);
    expect(decides(to({ kind: 'recordOwner' }), deny(system))).toBe(true);
    expect(decides(to(system), deny({ kind: 'siteWide' }))).toBe(true);
    expect(decides(to({ kind: 'siteWide' }), deny(system))).toBe(false);
  });

  it('unite the fields of all that is gathered, and name its rules in order', () => {
    const first = rule({ fields: ['title'] });
    const second = rule({ subjects: [{ kind: 'siteWide' }], fields: ['due', 'title'] });
    const behind = rule({ subjects: [{ kind: 'default' }], fields: ['amount'] });
    expect(ask([second, first])).toEqual({
      decision: true,
      fields: ['due', 'title'],
      reasons: [{ code: 'GRANTED', rules: [first.id, second.id] }],
    });
    expect(ask([second, first, behind, deny({ kind: 'default' })]).fields).toEqual(['due', 'title']);
    expect(ask([first, rule({ fields: '*' })]).fields).toBe('*');
  });

  it('name every deny of the tier that decides, and none behind it', () => {
    const one = deny({ kind: 'role', id: 'r1' });
    const two = deny({ kind: 'role', id: 'r1' });
    const behind = deny({ kind: 'default' });
    expect(ask([behind, one, two]).reasons).toEqual([{ code: 'FORBIDDEN', rules: [one.id, two.id] }]);
  });

  it('count a deny whose condition cannot be evaluated, and no such allow; of an edit, on either record', () => {
    const allow = rule({ actions: ['view', 'edit'], subjects: [{ kind: 'default' }] });
    const no = rule({ effect: 'deny', actions: ['view', 'edit'], condition: 'record.amount > 5' });
    const decides = (values: object | undefined, proposed: object | undefined, action: string) =>
      ask([allow, no], { action, resource: someCase({ values, proposed }) }).decision;
    for (const action of ['view', 'edit']) {
      expect(decides({ amount: 1 }, undefined, action)).toBe(true);
      expect(decides({ amount: 6 }, undefined, action)).toBe(false);
      expect(decides({}, undefined, action)).toBe(false);
      expect(decides(undefined, { amount: 1 }, action)).toBe(true);
      expect(decides(undefined, undefined, action)).toBe(false);
    }
    expect(decides({ amount: 1 }, { amount: 6 }, 'edit')).toBe(false);
    expect(decides({ amount: 6 }, { amount: 1 }, 'edit')).toBe(false);
    expect(decides({ amount: 1 }, { amount: 1 }, 'edit')).toBe(true);
    expect(decides({ amount: 1 }, {}, 'edit')).toBe(false);
    expect(decides({ amount: 1 }, { amount: 6 }, 'view')).toBe(true);
  });

  it('give nobody what a record gives to nobody', () => {
    const owners = rule({ subjects: [{ kind: 'recordOwner' }, { kind: 'appOwner' }] });
    for (const owner of ['', undefined]) {
      const resource = someCase({ owner, appOwner: owner });
      for (const id of ['', undefined, 'bot']) {
        const subject = { ...robot, id };
        expect([owner, id, ask([owners], { subject, resource }).decision]).toEqual([owner, id, false]);
      }
    }
    const anonymous: Subject = { type: 'anonymous', id: 'u1', roles: [] };
    const named = rule({ subjects: [{ kind: 'principal', id: 'u1' }, { kind: 'recordOwner' }] });
    expect(ask([named], { subject: anonymous, resource: someCase({ owner: 'u1' }) }).decision).toBe(false);
    const listed = rule({ subjects: [{ kind: 'accessList', list: 'view' }] });
    expect(ask([listed]).decision).toBe(false);
    expect(ask([listed], { resource: someCase({ accessLists: { edit: ['role:r1'] } }) }).decision).toBe(
      false,
    );
    expect(
      ask([listed], { resource: someCase({ accessLists: { view: ['role:r2', 'role:r1'] } }) }).decision,
    ).toBe(true);
  });
});

describe('what a subject reaches', () => {
  const view = rule({ fields: ['title'] });
  const add = rule({ actions: ['add'] });
  const close = rule({ actions: ['close'] });
  const policy = policyOf(view, add, close);

  it('is every granted operation on a record as it stands, with its fields and rules, and none that adds', () => {
    expect(reachedOperations(policy, robot, someCase(), context)).toEqual([
      { id: 'view', kind: 'view', fields: ['title'], rules: [view.id] },
      { id: 'close', kind: 'transition', fields: '*', rules: [close.id] },
    ]);
    expect(capabilities(policy, robot, someCase({ state: 'closed' }), context)).toEqual({
      operations: [{ id: 'view', kind: 'view', fields: ['title'] }],
    });
    expect(reachedOperations(policy, robot, someCase({ app: 'gone' }), context)).toEqual([]);
  });

  it('may be asked of many, and names those who reach anything, in their order', () => {
    const people = [robot, { ...robot, roles: ['r2'] }, { ...robot, id: 'other' }];
    const reached = whoReaches(
      policy,
      people,
      (of) => of,
      someCase({ state: 'closed' }),
      () => context,
    );
    const operations = [{ id: 'view', kind: 'view', fields: ['title'], rules: [view.id] }];
    expect(reached).toEqual([
      { of: people[0], operations },
      { of: people[2], operations },
    ]);
  });

  it('may be asked for anybody who holds a role', () => {
    expect(holderOf('r1')).toEqual({ type: 'user', roles: ['r1'] });
  });

  it('is asked once for each question, and no longer than until one is denied', () => {
    const asked: string[] = [];
    const question = (action: string): AccessRequest => ({
      subject: robot,
      get action() {
        asked.push(action);
        return action;
      },
      resource: someCase(),
      context,
    });
    expect(decideAll(policy, [question('view'), question('edit'), question('add')]).decision).toBe(false);
    expect([...new Set(asked)]).toEqual(['view', 'edit']);
    expect(decideAll(policy, [question('view'), question('close')])).toMatchObject({
      decision: true,
      reasons: [{ rules: [close.id] }],
    });
    expect(asked.filter((action) => action === 'close')).toHaveLength(
      asked.filter((each) => each === 'edit').length,
    );
  });
});
