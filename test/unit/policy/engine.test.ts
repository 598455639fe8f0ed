import { branches } from '../../../core/policy/branches.ts';
import { compilePolicy } from '../../../core/policy/check.ts';
import { capabilities, decide, decideAll, permittedFields } from '../../../core/policy/decide.ts';
import { explain } from '../../../core/policy/explain.ts';
import { coversFields, includesField, maskValues, unite } from '../../../core/policy/fields.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type { AccessRequest, Context, Resource, RuleDraft, Subject } from '../../../core/policy/types.ts';
import { corpusPolicy, corpusResource } from '../../corpus/load.ts';
import { FACTS } from './random.ts';

const context: Context = { now: Date.UTC(2027, 0, 1), environment: 'production', channel: 'api' };
const robot: Subject = { type: 'robot', id: 'bot', roles: ['r1'] };
const record = (values: object, more: Partial<Resource> = {}): Resource => ({
  type: 'record',
  app: 'desk',
  recordType: 'case',
  id: 'x1',
  state: 'open',
  values,
  ...more,
});

function rule(id: string, more: Partial<RuleDraft>): RuleDraft {
  return {
    id,
    effect: 'allow',
    subjects: [{ kind: 'role', id: 'r1' }],
    actions: ['view'],
    resource: { type: 'record', app: 'desk', recordType: 'case' },
    source: 'test',
    ...more,
  };
}
const policyOf = (...rules: RuleDraft[]) => loadPolicy(compilePolicy({ ...FACTS, rules }));

describe('decisions', () => {
  it('are frozen, and shared between equal requests', () => {
    const policy = policyOf(rule('a', { fields: ['title'], condition: 'record.title == "a"' }));
    const ask = (title: string) =>
      decide(policy, { subject: { ...robot }, action: 'view', resource: record({ title }), context });
    expect(ask('a')).toBe(ask('a'));
    expect(Object.isFrozen(ask('a').fields)).toBe(true);
    expect(Object.isFrozen(ask('b'))).toBe(true);
    expect(() => (ask('a').fields as string[]).push('token')).toThrow();
  });

  it('do not mix up people of the same roles whom rules name by id, ownership or list', () => {
    const policy = policyOf(
      rule('mine', { condition: 'record.title == me.id', fields: ['title'] }),
      rule('owned', { subjects: [{ kind: 'recordOwner' }], fields: ['amount'] }),
      rule('ann', { subjects: [{ kind: 'principal', id: 'ann' }], fields: ['due'] }),
      rule('listed', { subjects: [{ kind: 'accessList', list: 'view' }], fields: ['tags'] }),
    );
    const fields = (id: string, resource: Resource) =>
      permittedFields(policy, {
        subject: { type: 'robot', id, roles: ['r1'] },
        action: 'view',
        resource,
        context,
      });
    const resource = record({ title: 'bob' }, { owner: 'cat', accessLists: { view: ['principal:dan'] } });
    expect(['ann', 'bob', 'cat', 'dan', 'eve'].map((id) => fields(id, resource))).toEqual([
      ['due'],
      ['title'],
      ['amount'],
      ['tags'],
      [],
    ]);
  });

  it('hold for more rules than fit into a small integer', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      rule(`r${i}`, { condition: `record.amount > ${i}`, fields: [i % 2 ? 'title' : 'amount'] }),
    );
    const policy = policyOf(...many, rule('no', { effect: 'deny', subjects: [{ kind: 'siteWide' }] }));
    const ask = (amount: number) =>
      decide(policy, { subject: robot, action: 'view', resource: record({ amount }), context });
    expect(ask(2.5)).toMatchObject({
      decision: true,
      fields: ['amount', 'title'],
      reasons: [{ rules: ['r0', 'r1', 'r2'] }],
    });
    expect(ask(0.5)).toMatchObject({ decision: true, fields: ['amount'] });
    expect(ask(0)).toMatchObject({ decision: false, reasons: [{ code: 'FORBIDDEN', rules: ['no'] }] });
    expect(ask(40).reasons[0]?.rules).toHaveLength(40);
    const withoutDeny = policyOf(...many);
    expect(
      decide(withoutDeny, { subject: robot, action: 'view', resource: record({}), context }),
    ).toMatchObject({
      reasons: [{ code: 'SCOPE' }],
    });
  });

  it('keep their answers when more outcomes, plans and subjects are asked for than are remembered', () => {
    const bits = Array.from({ length: 10 }, (_, i) =>
      rule(`bit${i}`, { condition: `"${i}" in record.tags`, fields: i % 2 ? ['title'] : ['amount', 'due'] }),
    );
    const policy = policyOf(...bits);
    for (let round = 0; round < 2; round++) {
      for (let mask = 0; mask < 1024; mask++) {
        const tags = [...Array(10).keys()].filter((bit) => mask & (1 << bit)).map(String);
        const rules = decide(policy, { subject: robot, action: 'view', resource: record({ tags }), context })
          .reasons[0]?.rules;
        expect(mask === 0 ? [] : rules).toEqual(tags.map((tag) => `bit${tag}`));
      }
    }
    for (let i = 0; i < 4500; i++) {
      const made = { ...record({ tags: ['1'] }), app: `made-up-${i}` };
      expect(decide(policy, { subject: robot, action: 'view', resource: made, context }).decision).toBe(
        false,
      );
    }
    for (let i = 0; i < 2500; i++) {
      const subject: Subject = { type: 'robot', id: `b${i}`, roles: ['r1', `x${i}`] };
      expect(
        decide(policy, { subject, action: 'view', resource: record({ tags: ['1'] }), context }).fields,
      ).toEqual(['title']);
    }
    expect(
      decide(policy, { subject: robot, action: 'view', resource: record({ tags: ['1'] }), context }).decision,
    ).toBe(true);
  });

  it('tell record types and apps apart, however alike their names are', () => {
    const policy = policyOf(rule('a', { condition: 'record.title == "a"' }));
    const names = [
      ['desk', 'case', true],
      ['desk', 'cake', false],
      ['dusk', 'case', false],
      ['desk', 'case', true],
    ] as const;
    for (const [app, recordType, granted] of [...names, ...names]) {
      const resource = record({ title: 'a' }, { app, recordType });
      expect([
        app,
        recordType,
        decide(policy, { subject: robot, action: 'view', resource, context }).decision,
      ]).toEqual([app, recordType, granted]);
    }
  });

  it('are not fooled by names that every object has', () => {
    const policy = policyOf(rule('a', {}));
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const subject: Subject = { type: 'robot', id: name, roles: [name], profiles: [name] };
      const asked: AccessRequest[] = [
        { subject, action: 'view', resource: record({}), context },
        { subject: robot, action: name, resource: record({}), context },
        { subject: robot, action: 'view', resource: record({}, { app: name }), context },
        { subject: robot, action: 'view', resource: record({}, { recordType: name }), context },
        { subject: robot, action: 'open', resource: { type: 'app', app: name }, context },
      ];
      for (const each of asked) {
        expect([name, decide(policy, each).decision]).toEqual([name, false]);
        expect(explain(policy, each).decision.decision).toBe(false);
      }
    }
  });
});

describe('several questions that must all be granted', () => {
  const { policy } = corpusPolicy('person-directory');
  const dora: Subject = { type: 'user', id: 'dora', roles: ['directoryAdmin'] };
  const create: AccessRequest = { subject: dora, action: 'create', resource: { type: 'account' }, context };
  const assign = (id: string): AccessRequest => ({
    subject: dora,
    action: 'assign',
    resource: { type: 'role', id },
    context,
  });

  it('are granted together: creating a user with a role that may be assigned', () => {
    expect(decideAll(policy, [create, assign('appUsers')]).decision).toBe(true);
  });

  it('fail together: one role that may not be assigned fails the whole', () => {
    const verdict = decideAll(policy, [create, assign('directoryAdmin'), assign('appUsers')]);
    expect(verdict).toMatchObject({ decision: false, reasons: [{ code: 'NOT_GRANTED' }] });
    expect(decideAll(policy, [assign('Owner'), create]).reasons[0]?.code).toBe('INVARIANT');
  });
});

describe('what a subject may do with one record', () => {
  it('lists the granted operations in the order of the definition, each with its fields, and none that adds', () => {
    const { policy } = corpusPolicy('help-desk');
    const sam: Subject = {
      type: 'user',
      id: 'sam',
      roles: ['staff'],
      level: 'user',
      profiles: ['supportStaff'],
    };
    const resource: Resource = {
      type: 'record',
      app: 'helpDesk',
      recordType: 'case',
      id: 'c',
      values: { subject: 's' },
    };
    expect(capabilities(policy, sam, resource, context)).toEqual({
      operations: [
        { id: 'view', kind: 'view', fields: '*' },
        { id: 'edit', kind: 'edit', fields: ['solution', 'status'] },
      ],
    });
  });

  it('lists nothing for a record type that does not exist', () => {
    const { policy } = corpusPolicy('help-desk');
    expect(capabilities(policy, robot, record({}, { app: 'gone' }), context)).toEqual({ operations: [] });
  });
});

describe('explanations', () => {
  const { policy } = corpusPolicy('tiers');
  const resource: Resource = {
    type: 'record',
    app: 'docs',
    recordType: 'doc',
    id: 'd',
    state: 'draft',
    owner: 'pat',
    values: { title: 'T' },
  };

  it('say of each rule, tier by tier, whether it took part and why not', () => {
    const sid: Subject = { type: 'user', id: 'sid', roles: ['editor', 'reviewer', 'suspended'] };
    const { tiers, decision } = explain(policy, { subject: sid, action: 'view', resource, context });
    expect(decision.reasons).toEqual([{ code: 'FORBIDDEN', rules: ['no-view-suspended'] }]);
    expect(
      tiers.map(({ tier, rules }) => [tier, rules.map(({ id, outcome }) => `${id}: ${outcome}`)]),
    ).toEqual([
      [2, ['no-view-suspended: takesPart', 'view-editor: takesPart', 'view-reviewer: unevaluable']],
      [3, ['owner: notNamed']],
    ]);
    expect(tiers[0]?.rules[2]).toMatchObject({
      condition: 'record.amount > 1000',
      absent: ['record.amount'],
      source: 'test',
    });
  });

  it('say that a condition fails where it can be evaluated', () => {
    const pat: Subject = { type: 'user', id: 'pat', roles: ['reviewer'] };
    const small = { ...resource, values: { amount: 1 } };
    const { tiers } = explain(policy, { subject: pat, action: 'view', resource: small, context });
    expect(tiers.flatMap(({ rules }) => rules.map(({ outcome }) => outcome))).toEqual(['fails', 'takesPart']);
    expect(tiers[0]?.rules[0]).not.toHaveProperty('absent');
  });

  it('look at the record as it would be saved for an edit', () => {
    const lou: Subject = { type: 'user', id: 'lou', roles: ['limited'] };
    const edit = { ...resource, values: { amount: 1 }, proposed: { amount: 500 } };
    const { tiers } = explain(policy, { subject: lou, action: 'edit', resource: edit, context });
    expect(tiers[0]?.rules[0]).toMatchObject({ id: 'edit-limited', outcome: 'fails' });
  });
});

describe('branches for planners', () => {
  it('name conditions, fields, and what the record has to say', () => {
    const { policy } = corpusPolicy('expense-report');
    const sue: Subject = { type: 'user', id: 'sue', roles: ['employee'] };
    const found = branches(
      policy,
      sue,
      { type: 'record', app: 'expenses', recordType: 'report' },
      'view',
      'production',
    );
    expect(
      found.map(({ rule: id, namedBy, condition }) => [id.split('/').pop(), namedBy, condition?.source]),
    ).toEqual([
      ['view', { list: 'view' }, 'record.lifecycle in ["SUBMITTED", "ABORTED", "ERROR"]'],
      ['edit', { list: 'edit' }, 'record.lifecycle in ["SUBMITTED", "ABORTED", "ERROR"]'],
      ['work', { list: 'work' }, 'record.lifecycle == "PENDING"'],
      ['owner', 'appOwner', undefined],
      ['starter', 'recordOwner', 'record.lifecycle in ["SAVED", "WAITING"]'],
    ]);
  });

  it('carry effect, tier and fields', () => {
    const { policy } = corpusPolicy('tiers');
    const sid: Subject = { type: 'user', id: 'sid', roles: ['editor', 'suspended'] };
    const found = branches(
      policy,
      sid,
      { type: 'record', app: 'docs', recordType: 'doc' },
      'view',
      'production',
    );
    expect(found.map(({ effect, tier, fields }) => [effect, tier, fields])).toEqual([
      ['deny', 2, []],
      ['allow', 2, ['text', 'title']],
      ['allow', 3, '*'],
    ]);
  });
});

describe('sets of fields', () => {
  it('unite, cover and mask', () => {
    expect(unite('*', ['a'])).toBe('*');
    expect(unite(['b', 'a'], ['a', 'c'])).toEqual(['a', 'b', 'c']);
    expect(includesField('*', 'x')).toBe(true);
    expect(includesField(['a'], 'x')).toBe(false);
    expect(coversFields('*', '*')).toBe(true);
    expect(coversFields(['a'], '*')).toBe(false);
    expect(coversFields(['a', 'b'], ['b'])).toBe(true);
    expect(coversFields(['a'], ['a', 'b'])).toBe(false);
    expect(maskValues({ a: 1, b: 2 }, ['b', 'c', 'toString'])).toEqual({ b: 2 });
    expect(maskValues({ a: 1, b: null }, '*')).toEqual({ a: 1, b: null });
  });
});

describe('frozen lists in the corpus', () => {
  it('are those of the policy with the values of the record', () => {
    const written = {
      type: 'record',
      app: 'expenses',
      recordType: 'report',
      values: { accountUser: 'sue' },
      freeze: true,
    } as const;
    expect(corpusResource('expense-report', written).accessLists?.edit).toEqual(['principal:sue']);
  });
});
