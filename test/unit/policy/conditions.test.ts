import { checkExpression } from '../../../core/expressions/check.ts';
import type { CheckedExpression } from '../../../core/expressions/types.ts';
import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { PolicyFacts } from '../../../core/policy/document.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type { AccessRequest, Context, Resource, Subject } from '../../../core/policy/types.ts';
import { FACTS } from './random.ts';

/** The case of the small site, with a field that refers to a person. */
const facts: PolicyFacts = {
  ...FACTS,
  apps: {
    desk: {
      kind: 'records',
      accessModel: 'roles',
      recordTypes: {
        case: {
          fields: {
            title: 'string',
            amount: 'double',
            done: 'bool',
            due: 'timestamp',
            assignee: { references: { account: 'string', team: 'string' } },
          },
          operations: { view: { kind: 'view' }, edit: { kind: 'edit' } },
        },
      },
    },
  },
};
const context: Context = {
  now: Date.UTC(2027, 0, 1),
  environment: 'production',
  channel: 'api',
  site: { url: 'https://abc.example', name: 'ABC' },
};
const robot: Subject = { type: 'robot', id: 'u1', roles: ['r1'] };
const base: Resource = { type: 'record', app: 'desk', recordType: 'case', id: 'x', values: {} };

function holds(condition: string | CheckedExpression, request: Partial<AccessRequest> = {}): boolean {
  const policy = loadPolicy(
    compilePolicy({
      ...facts,
      rules: [
        {
          id: 'only',
          effect: 'allow',
          subjects: [{ kind: 'role', id: 'r1' }],
          actions: ['view', 'edit'],
          resource: { type: 'record', app: 'desk', recordType: 'case' },
          condition,
          source: 'test',
        },
      ],
    }),
  );
  return decide(policy, { subject: robot, action: 'view', resource: base, context, ...request }).decision;
}
const record = (more: Partial<Resource>): Partial<AccessRequest> => ({ resource: { ...base, ...more } });
const values = (of: object) => record({ values: of });
const me = (more: Partial<Subject>): Partial<AccessRequest> => ({ subject: { ...robot, ...more } });

describe('a condition reads of the caller', () => {
  it('id, type, roles, profiles and level from the subject itself, whatever its attributes say', () => {
    const attributes = { id: 'u2', type: 'user', roles: [], profiles: ['p9'], level: 'admin' };
    const subject = me({ profiles: ['p1'], level: 'guest', attributes });
    expect(holds('me.id == "u1"', subject)).toBe(true);
    expect(holds('me.type == "robot"', subject)).toBe(true);
    expect(holds('"r1" in me.roles', subject)).toBe(true);
    expect(holds('"p1" in me.profiles', subject)).toBe(true);
    expect(holds('"p9" in me.profiles', subject)).toBe(false);
    expect(holds('me.level == "guest"', subject)).toBe(true);
    expect(holds('size(me.profiles) == 0', me({ attributes }))).toBe(true);
  });

  it('everything else from its attributes', () => {
    expect(holds('me.email == "a@abc.example"', me({ attributes: { email: 'a@abc.example' } }))).toBe(true);
    expect(holds('me.email == "a@abc.example"', me({ attributes: {} }))).toBe(false);
    expect(holds('me.email == "a@abc.example"', me({}))).toBe(false);
    expect(holds('me.level == "guest"', me({ attributes: { level: 'guest' } }))).toBe(false);
  });

  it('never one property for another', () => {
    const subject = me({ attributes: { email: 'a@abc.example', name: 'Ann' } });
    const ask = (condition: string, title: unknown) => holds(condition, { ...subject, ...values({ title }) });
    expect(ask('record.title == me.email', 'a@abc.example')).toBe(true);
    expect(ask('record.title == me.email', 'u1')).toBe(false);
    expect(ask('me.name == record.title', 'Ann')).toBe(true);
    expect(ask('me.name == record.title', 'u1')).toBe(false);
    expect(ask('record.title == me.id', 'u1')).toBe(true);
    expect(ask('record.title == me.id', 'Ann')).toBe(false);
    expect(ask('me.id == record.title', 'u1')).toBe(true);
    expect(ask('record.title == record.id', 'u1')).toBe(false);
    expect(ask('record.title == record.id', 'x')).toBe(true);
    expect(ask('record.title == site.name', 'u1')).toBe(false);
    expect(ask('record.title == site.name', 'ABC')).toBe(true);
  });

  it('nothing that anybody could match who has no id', () => {
    const { id: _, ...nameless } = robot;
    for (const title of [undefined, null, '', 'undefined', 7]) {
      expect(holds('record.title == me.id', { subject: nameless, ...values({ title }) })).toBe(false);
      expect(holds('record.title != me.id', { subject: nameless, ...values({ title }) })).toBe(false);
    }
    expect(holds('record.title != me.id', values({ title: 7 }))).toBe(false);
    expect(holds('record.title != me.id', values({}))).toBe(false);
    expect(holds('record.title != me.id', values({ title: 'u2' }))).toBe(true);
    const { values: _values, ...empty } = base;
    expect(holds('record.title == me.id', { resource: empty })).toBe(false);
    expect(holds('record.title == "u1"', { resource: empty })).toBe(false);
    expect(holds('record.title + "x" == "u1x"', { resource: empty })).toBe(false);
  });
});

describe('a condition reads of the request', () => {
  it('parameters, where it was checked with them, and nothing that belongs to tasks', () => {
    const ofParameters = checkExpression('params.unit == "a"', { params: { unit: 'string' } });
    const given = (unit: string) => ({ context: { ...context, params: { unit } } });
    expect(holds(ofParameters, given('a'))).toBe(true);
    expect(holds(ofParameters, given('b'))).toBe(false);
    expect(holds(ofParameters)).toBe(false);
    expect(holds(checkExpression('source.id == "a"', { source: { id: 'string' } }))).toBe(false);
  });

  it('the moment, the site, and no parameters that a rule does not declare', () => {
    expect(holds('record.due < now', values({ due: '2026-12-31' }))).toBe(true);
    expect(holds('record.due < now', values({ due: '2027-01-02' }))).toBe(false);
    expect(holds('site.url == "https://abc.example"')).toBe(true);
    const { site: _, ...elsewhere } = context;
    expect(holds('site.url == "https://abc.example"', { context: elsewhere })).toBe(false);
  });

  it("the record's own properties from the record, not from its values", () => {
    const own = {
      state: 'open',
      lifecycle: 'SAVED',
      owner: 'o1',
      createdAt: '2026-05-01T00:00:00Z',
      createdBy: 'c1',
      updatedBy: 'c2',
      values: { state: 'closed', createdAt: '2020-01-01' },
    };
    expect(
      holds('record.state == "open" && record.lifecycle == "SAVED" && record.owner == "o1"', record(own)),
    ).toBe(true);
    expect(holds('record.createdBy == "c1" && record.updatedBy == "c2"', record(own))).toBe(true);
    const may = 'timestamp("2026-05-01T00:00:00Z")';
    expect(holds(`record.createdAt == ${may} && record.createdOn == ${may}`, record(own))).toBe(true);
  });

  it('a referenced record, as it is, and for what is proposed, as it would be', () => {
    const condition = 'record.assignee.account == me.id';
    const mine = { assignee: { account: 'u1' } };
    const theirs = { assignee: { account: 'u2' } };
    const stored = { title: 'a' };
    const proposed = { title: 'b' };
    const edit = (related: object | undefined, proposedRelated: object | undefined) =>
      holds(condition, {
        action: 'edit',
        ...record({ values: stored, proposed, related, proposedRelated } as Partial<Resource>),
      });
    expect(holds(condition, record({ values: stored, related: mine }))).toBe(true);
    expect(holds(condition, record({ values: stored, related: theirs, proposedRelated: mine }))).toBe(false);
    expect(holds(condition, record({ values: stored }))).toBe(false);
    expect(holds(condition, record({ values: stored, related: { assignee: undefined } }))).toBe(false);
    expect(edit(mine, mine)).toBe(true);
    expect(edit(mine, undefined)).toBe(true);
    expect(edit(mine, theirs)).toBe(false);
    expect(edit(theirs, mine)).toBe(false);
    const { values: _, ...nothingStored } = base;
    expect(holds(condition, { resource: { ...nothingStored, related: theirs, proposedRelated: mine } })).toBe(
      false,
    );
    expect(
      holds(condition, { resource: { ...nothingStored, proposed, related: theirs, proposedRelated: mine } }),
    ).toBe(true);
  });
});

describe('an edit is tested on the record as it is and as it would be', () => {
  const ask = (stored: object | undefined, proposed: object | undefined, action = 'edit') =>
    holds('record.title == "a"', { action, ...record({ values: stored, proposed }) });

  it.each<[object | undefined, object | undefined, boolean]>([
    [{ title: 'a' }, { title: 'a' }, true],
    [{ title: 'a' }, { title: 'b' }, false],
    [{ title: 'b' }, { title: 'a' }, false],
    [{ title: 'a' }, undefined, true],
    [{ title: 'b' }, undefined, false],
    [undefined, { title: 'a' }, true],
    [undefined, { title: 'b' }, false],
    [undefined, undefined, false],
  ])('%j to %j: %s', (stored, proposed, expected) => {
    expect(ask(stored, proposed)).toBe(expected);
  });

  it('and nothing else is: what is proposed does not matter to who looks', () => {
    expect(ask({ title: 'a' }, { title: 'b' }, 'view')).toBe(true);
    expect(ask({ title: 'b' }, { title: 'a' }, 'view')).toBe(false);
    expect(ask(undefined, { title: 'a' }, 'view')).toBe(true);
  });
});
