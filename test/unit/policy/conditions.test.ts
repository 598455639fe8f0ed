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
          operations: {
            add: { kind: 'add' },
            view: { kind: 'view' },
            edit: { kind: 'edit' },
            close: { kind: 'transition' },
          },
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

function holds(
  condition: string | CheckedExpression,
  request: Partial<AccessRequest> = {},
  { check }: { check?: string } = {},
): boolean {
  const policy = loadPolicy(
    compilePolicy({
      ...facts,
      rules: [
        {
          id: 'only',
          effect: 'allow',
          subjects: [{ kind: 'role', id: 'r1' }],
          actions: check === undefined ? ['add', 'view', 'edit', 'close'] : ['add', 'edit', 'close'],
          resource: { type: 'record', app: 'desk', recordType: 'case' },
          condition,
          ...(check !== undefined && { check }),
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

describe.each(['edit', 'close'])('%s is tested on the record as it is and as it would be', (action) => {
  const titles = (stored: object | undefined, proposed: object | undefined) =>
    record({ values: stored, proposed });

  it.each<[object | undefined, object | undefined, boolean, boolean]>([
    [{ title: 'a' }, { title: 'a' }, true, false],
    [{ title: 'a' }, { title: 'b' }, false, true],
    [{ title: 'b' }, { title: 'a' }, false, false],
    [{ title: 'b' }, { title: 'b' }, false, false],
    [{ title: 'a' }, undefined, true, true],
    [{ title: 'b' }, undefined, false, false],
    [undefined, { title: 'a' }, true, false],
    [undefined, { title: 'b' }, false, false],
    [undefined, undefined, false, false],
  ])('%j to %j: %s, and %s where a check asks for something else', (stored, proposed, both, checked) => {
    const asked = { action, ...titles(stored, proposed) };
    expect(holds('record.title == "a"', asked)).toBe(both);
    expect(holds('record.title == "a"', asked, { check: 'record.title == "b"' })).toBe(checked);
  });

  it('reads the state and who saves it as they are, but the owner as the record would name them', () => {
    const own = { state: 'open', lifecycle: 'SAVED', owner: 'u1', updatedBy: 'u2', updatedAt: '2026-01-01' };
    const proposedMeta = {
      state: 'closed',
      lifecycle: 'SUBMITTED',
      owner: 'u2',
      updatedBy: 'u1',
      updatedAt: '2027-01-01',
    };
    const asked = { action, ...record({ ...own, proposed: {}, proposedMeta }) };
    const asItIs = [
      'record.state == "open"',
      'record.lifecycle == "SAVED"',
      'record.updatedBy == "u2"',
      'record.updatedAt < now',
    ];
    const asSaved = [
      'record.state == "closed"',
      'record.lifecycle == "SUBMITTED"',
      'record.updatedBy == me.id',
      'record.updatedAt == now',
      'record.owner == "u2"',
    ];
    for (const condition of asItIs) {
      expect([condition, holds(condition, asked)]).toEqual([condition, true]);
      expect([condition, holds('true', asked, { check: condition })]).toEqual([condition, false]);
    }
    for (const condition of asSaved) {
      expect([condition, holds(condition, asked)]).toEqual([condition, false]);
      expect([condition, holds('true', asked, { check: condition })]).toEqual([condition, true]);
    }
    expect(holds('record.owner == me.id', asked)).toBe(false);
    expect(holds('record.owner == me.id', { ...asked, ...record({ ...own, proposed: {} }) })).toBe(true);
  });
});

describe('what saves nothing is tested on the record as it is', () => {
  it('and what is proposed does not matter to who looks', () => {
    const ask = (stored: object | undefined, proposed: object | undefined) =>
      holds('record.title == "a"', { action: 'view', ...record({ values: stored, proposed }) });
    expect(ask({ title: 'a' }, { title: 'b' })).toBe(true);
    expect(ask({ title: 'b' }, { title: 'a' })).toBe(false);
    expect(ask(undefined, { title: 'a' })).toBe(true);
  });
});

describe('what is added is tested as it is proposed', () => {
  const add = (title: string, more?: object) =>
    holds(
      'record.title == "a"',
      { action: 'add', ...record({ values: undefined, proposed: { title } }) },
      more,
    );

  it('by the check, where there is one, and else by the condition', () => {
    expect([add('a'), add('b')]).toEqual([true, false]);
    const check = 'record.title == "b"';
    expect([add('a', { check }), add('b', { check })]).toEqual([false, true]);
  });
});
