import { DaypassError } from '../../../core/errors.ts';
import { checkExpression } from '../../../core/expressions/check.ts';
import { branches } from '../../../core/policy/branches.ts';
import { buildPolicy } from '../../../core/policy/build.ts';
import { checkRules, compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import {
  patternKey,
  resourceKeys,
  selectorKey,
  selectorTier,
  subjectKeys,
} from '../../../core/policy/keys.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { suggest } from '../../../core/policy/picker.ts';
import { documentSource, type PolicySource } from '../../../core/policy/source.ts';
import { encodePolicy, textSource } from '../../../core/policy/text.ts';
import type { Context, ResourcePattern, RuleDraft, Selector, Subject } from '../../../core/policy/types.ts';
import { validateRules } from '../../../core/policy/validate.ts';
import { FACTS } from './random.ts';

const CASE = { type: 'record', app: 'desk', recordType: 'case' } as const;
const rule = (id: string, more: Partial<RuleDraft> = {}): RuleDraft => ({
  id,
  effect: 'allow',
  subjects: [{ kind: 'role', id: 'r1' }],
  actions: ['view'],
  resource: CASE,
  source: `test/${id}`,
  ...more,
});
const document = compilePolicy({
  ...FACTS,
  rules: [
    rule('a', { fields: ['title', 'amount', 'title'], condition: 'record.title == "a"' }),
    rule('b', {
      subjects: [
        { kind: 'accessList', list: 'view' },
        { kind: 'role', id: 'r1' },
      ],
      actions: ['view', 'edit'],
      fields: '*',
      condition: 'record.title == "b"',
    }),
    rule('c', { resource: { type: 'flow', id: 'f1' }, actions: ['start'] }),
    rule('d', { condition: 'record.title == "a"' }),
  ],
});

describe('a policy as a document', () => {
  it('indexes rules by subject, resource and action, in their order', () => {
    expect(document.index).toEqual({
      'role:r1': { 'record/desk/case': { view: [0, 1, 3], edit: [1] }, 'flow/f1': { start: [2] } },
      'list:view': { 'record/desk/case': { view: [1], edit: [1] } },
    });
    expect(Object.hasOwn(document, '__proto__')).toBe(false);
  });

  it('holds fields sorted and once, each condition once, and of facts what the engine needs', () => {
    expect(document.rules[0]?.fields).toEqual(['amount', 'title']);
    expect(document.rules[1]?.fields).toBe('*');
    expect(document.rules[2]).not.toHaveProperty('fields');
    expect(document.rules[2]).not.toHaveProperty('condition');
    expect(document.rules.map(({ condition }) => condition)).toEqual([0, 1, undefined, 0]);
    expect(document.conditions.map(({ source }) => source)).toEqual([
      'record.title == "a"',
      'record.title == "b"',
    ]);
    expect(document.facts).toMatchObject({
      roles: ['r1', 'r2'],
      profiles: ['p1'],
      flows: ['f1', 'f2'],
      services: ['s1'],
    });
    expect(document.facts.apps.passes).toEqual({
      kind: 'tokens',
      accessModel: 'roles',
      recordTypes: {
        pass: {
          operations: FACTS.apps.passes?.recordTypes.pass?.operations,
          views: ['all'],
          immutable: ['token'],
        },
      },
    });
    const bare = buildPolicy({ apps: {}, roles: [], rules: [] });
    expect(bare.facts).toEqual({ apps: {}, roles: [] });
    expect(bare.format).toBe(1);
  });

  it('has the hash of its content', () => {
    const again = (...rules: RuleDraft[]) => compilePolicy({ ...FACTS, rules }).hash;
    expect(again(rule('a'))).toBe(again(rule('a')));
    expect(again(rule('a'))).not.toBe(again(rule('b')));
    expect(again()).not.toBe(again(rule('a')));
  });

  it('keeps names that objects have of their own as names', () => {
    const facts = { ...FACTS, roles: ['__proto__', 'constructor'] };
    const odd = compilePolicy({
      ...facts,
      rules: [rule('a', { subjects: facts.roles.map((id) => ({ kind: 'role', id })), actions: ['view'] })],
    });
    expect(Object.keys(odd.index)).toEqual(['role:__proto__', 'role:constructor']);
    const actions = compilePolicy({
      ...FACTS,
      rules: [rule('a', { resource: { type: 'record' }, actions: ['__proto__'] })],
    });
    expect(Object.keys(actions.index['role:r1']?.record ?? {})).toEqual(['__proto__']);
  });
});

describe('a policy that was stored is read', () => {
  const sources: [string, PolicySource][] = [
    ['from memory', documentSource(document)],
    ['from its text', textSource(encodePolicy(document))],
    ['from a document as JSON', textSource(JSON.stringify(document))],
  ];

  it.each(sources)('%s, piece by piece', (_title, source) => {
    expect(source.hash).toBe(document.hash);
    expect(source.facts).toEqual(document.facts);
    expect(source.listKeys).toEqual(['list:view']);
    expect(source.ofSubject('role:r1')).toEqual(document.index['role:r1']);
    expect(source.ofSubject('list:view')).toEqual(document.index['list:view']);
    expect(source.ofSubject('role:r2')).toBeUndefined();
    expect(source.ofSubject('toString')).toBeUndefined();
    expect(document.rules.map((_, i) => source.rule(i))).toEqual(document.rules);
    expect(document.conditions.map((_, i) => source.condition(i))).toEqual(document.conditions);
    expect(source.document()).toEqual(document);
  });

  it.each(sources)('%s, and says which piece is missing', (_title, source) => {
    expect(() => source.rule(4)).toThrow(new RangeError('The policy has no rule 4'));
    expect(() => source.condition(2)).toThrow(new RangeError('The policy has no condition 2'));
  });

  it('from every way of storing it to the same decisions', () => {
    const context: Context = { now: 0, environment: 'production', channel: 'api' };
    const subject: Subject = { type: 'robot', id: 'bot', roles: ['r1'] };
    for (const policy of [
      loadPolicy(document),
      loadPolicy(encodePolicy(document)),
      loadPolicy(JSON.stringify(document)),
    ]) {
      expect(policy.hash).toBe(document.hash);
      expect(policy.document).toEqual(document);
      const resource = { ...CASE, id: 'x', values: { title: 'a' } };
      expect(decide(policy, { subject, action: 'view', resource, context })).toMatchObject({
        decision: true,
        fields: '*',
        reasons: [{ rules: ['a', 'd'] }],
      });
    }
  });
});

describe('keys', () => {
  it.each<[ResourcePattern, string, string[]]>([
    [{ type: 'record' }, 'record', ['record']],
    [{ type: 'record', app: 'a' }, 'record/a', ['record/a', 'record']],
    [
      { type: 'record', app: 'a', recordType: 't', id: 'x' },
      'record/a/t',
      ['record/a/t', 'record/a', 'record'],
    ],
    [{ type: 'record', recordType: 't' }, 'record', ['record']],
    [
      { type: 'view', app: 'a', recordType: 't', id: 'v' },
      'view/a/t/v',
      ['view/a/t/v', 'view/a/t', 'view/a', 'view'],
    ],
    [{ type: 'app', app: 'a', id: 'x' }, 'app/a', ['app/a', 'app']],
    [{ type: 'flow', id: 'f' }, 'flow/f', ['flow/f', 'flow']],
    [{ type: 'service', id: 's' }, 'service/s', ['service/s', 'service']],
    [{ type: 'environment', id: 'e' }, 'environment/e', ['environment/e', 'environment']],
    [{ type: 'role', id: 'r' }, 'role/r', ['role/r', 'role']],
    [{ type: 'account', id: 'u' }, 'account', ['account']],
    [{ type: 'site', id: 'x' }, 'site', ['site']],
  ])('of %j is %s, found by %j', (pattern, key, keys) => {
    expect(patternKey(pattern)).toBe(key);
    expect(resourceKeys(pattern)).toEqual(keys);
  });

  it.each<[Selector, string, number]>([
    [{ kind: 'principal', id: 'u' }, 'principal:u', 1],
    [{ kind: 'principal', id: 'AuthenticatedUser' }, 'principal:AuthenticatedUser', 1],
    [{ kind: 'role', id: 'r' }, 'role:r', 2],
    [{ kind: 'role', id: 'a:AuthenticatedUser' }, 'role:a:AuthenticatedUser', 2],
    [{ kind: 'profile', id: 'AuthenticatedUser' }, 'profile:AuthenticatedUser', 2],
    [{ kind: 'level', level: 'guest' }, 'level:guest', 2],
    [{ kind: 'accessList', list: 'view' }, 'list:view', 2],
    [{ kind: 'appOwner' }, 'appOwner', 3],
    [{ kind: 'recordOwner' }, 'recordOwner', 3],
    [{ kind: 'role', id: 'AuthenticatedUser' }, 'role:AuthenticatedUser', 4],
    [{ kind: 'role', id: 'NonAuthenticatedUser' }, 'role:NonAuthenticatedUser', 4],
    [{ kind: 'siteWide' }, 'siteWide', 5],
    [{ kind: 'default' }, 'default', 6],
    [{ kind: 'default', of: 'signedIn' }, 'default:signedIn', 6],
    [{ kind: 'default', of: 'guest' }, 'default:guest', 6],
  ])('of %j is %s, tier %i', (selector, key, tier) => {
    expect(selectorKey(selector)).toBe(key);
    expect(selectorTier(key)).toBe(tier);
  });

  it.each<[Subject, string[]]>([
    [{ type: 'anonymous', id: 'x', roles: [] }, ['role:NonAuthenticatedUser', 'siteWide', 'default']],
    [
      { type: 'user', id: 'u', roles: [], profiles: ['p'], level: 'user' },
      [
        'principal:u',
        'role:r',
        'profile:p',
        'level:user',
        'appOwner',
        'recordOwner',
        'role:AuthenticatedUser',
        'siteWide',
        'default',
        'default:signedIn',
      ],
    ],
    [
      { type: 'serviceAccount', id: 'u', roles: [], level: 'guest' },
      [
        'principal:u',
        'role:r',
        'level:guest',
        'appOwner',
        'recordOwner',
        'role:AuthenticatedUser',
        'siteWide',
        'default',
        'default:signedIn',
        'default:guest',
      ],
    ],
    [
      { type: 'robot', id: 'u', roles: [] },
      ['principal:u', 'role:r', 'appOwner', 'recordOwner', 'siteWide', 'default'],
    ],
    [{ type: 'tokenUser', roles: [] }, ['role:r', 'siteWide', 'default']],
  ])('of %j are %j', (subject, keys) => {
    expect(subjectKeys(subject, subject.type === 'anonymous' ? [] : ['r'])).toEqual(keys);
  });
});

describe('a policy with mistakes', () => {
  const refused = (...rules: RuleDraft[]): DaypassError => {
    try {
      checkRules(rules, FACTS);
    } catch (error) {
      if (error instanceof DaypassError) return error;
      throw error;
    }
    throw new Error('accepted');
  };

  it('names the first in its message, and how many there are besides', () => {
    expect(refused(rule('a', { subjects: [] })).message).toBe(
      'test/a: Rule a: it names nobody. Name a user, a role or a profile.',
    );
    expect(refused(rule('a', { subjects: [], actions: [] }), rule('a')).message).toBe(
      'test/a: Rule a: it names nobody. Name a user, a role or a profile. (and 2 more)',
    );
  });

  it('is told that each rule has an id of its own, as often as one is used again', () => {
    const { problems } = refused(rule('a'), rule('b'), rule('a'), rule('a'));
    expect(problems).toHaveLength(2);
  });

  it('passes on errors that are none of the definition’s', () => {
    const broken = (): never => {
      throw new TypeError('the checker itself is broken');
    };
    expect(() => validateRules([rule('a', { condition: 'true' })], FACTS, broken)).toThrow(TypeError);
  });

  it('may have conditions whose value only the record can tell, and not others', () => {
    const scope = { record: { anything: 'dyn', title: 'string' } } as const;
    expect(
      checkRules([rule('a', { condition: checkExpression('record.anything', scope) })], FACTS),
    ).toHaveLength(1);
    expect(refused(rule('a', { condition: checkExpression('record.title', scope) })).message).toContain(
      'its condition is a string.',
    );
  });

  it('may name views, flows, services and roles that there are', () => {
    const ok = [
      rule('a', {
        resource: { type: 'view', app: 'desk', recordType: 'case', id: 'all' },
        actions: ['open'],
      }),
      rule('b', { resource: { type: 'view', app: 'desk', recordType: 'case' }, actions: ['open'] }),
      rule('c', { resource: { type: 'flow', id: 'f1' }, actions: ['start'] }),
      rule('d', { resource: { type: 'flow' }, actions: ['start'] }),
      rule('e', { resource: { type: 'service', id: 's1' }, actions: ['call'] }),
      rule('f', { resource: { type: 'role', id: 'r2' }, actions: ['assign'] }),
      rule('g', { resource: { type: 'role', id: 'Owner' }, actions: ['design:assign'] }),
      rule('h', { resource: { type: 'role' }, actions: ['design:read'] }),
      rule('i', { resource: { type: 'environment', id: 'anywhere' }, actions: ['signIn'] }),
      rule('j', { resource: { type: 'app', app: 'desk' }, actions: ['whatever'] }),
      rule('k', { subjects: [{ kind: 'profile', id: 'p1' }] }),
      rule('l', { effect: 'deny' }),
      rule('m', {
        resource: { type: 'record', app: 'passes', recordType: 'pass' },
        fields: ['createdBy', 'updatedAt', 'updatedBy', 'owner', 'createdAt', 'createdOn'],
      }),
      rule('n', { subjects: [{ kind: 'principal', id: 'anybody' }] }),
      rule('o', { resource: { type: 'record', app: 'desk' }, actions: ['whatever'], fields: ['whatever'] }),
    ];
    expect(checkRules(ok, FACTS)).toHaveLength(ok.length);
    const { flows: _, services: __, profiles: ___, ...open } = FACTS;
    const elsewhere = [
      rule('a', { resource: { type: 'flow', id: 'later' }, actions: ['start'] }),
      rule('b', { resource: { type: 'service', id: 'later' }, actions: ['call'] }),
    ];
    expect(checkRules(elsewhere, open)).toHaveLength(2);
    expect(() => checkRules([rule('a', { subjects: [{ kind: 'profile', id: 'p1' }] })], open)).toThrow(
      'no profile p1',
    );
    const unfielded = {
      ...FACTS,
      apps: { desk: { ...FACTS.apps.desk, recordTypes: { case: { operations: {} } } } },
    };
    expect(
      checkRules([rule('a', { actions: ['viewTask'], fields: ['any'] })], unfielded as never),
    ).toHaveLength(1);
  });

  it('is told of a view where the record type has none', () => {
    const viewless = {
      ...FACTS,
      apps: { desk: { ...FACTS.apps.desk, recordTypes: { case: { operations: {} } } } },
    };
    const open = rule('a', {
      resource: { type: 'view', app: 'desk', recordType: 'case', id: 'all' },
      actions: ['open'],
    });
    expect(() => checkRules([open], viewless as never)).toThrow('case has no view all');
  });
});

describe('branches for planners', () => {
  it('tell what the record has to say of the subject', () => {
    const policy = loadPolicy(
      compilePolicy({
        ...FACTS,
        rules: [
          rule('a', { subjects: [{ kind: 'appOwner' }] }),
          rule('b', { subjects: [{ kind: 'recordOwner' }], effect: 'deny' }),
          rule('c', { subjects: [{ kind: 'accessList', list: 'view' }], fields: ['title'] }),
          rule('d', { condition: 'record.title == "a"' }),
        ],
      }),
    );
    const found = branches(policy, { type: 'robot', id: 'bot', roles: ['r1'] }, CASE, 'view', 'production');
    const [condition] = policy.document.conditions;
    expect(found).toEqual([
      { rule: 'd', tier: 2, effect: 'allow', fields: '*', condition },
      { rule: 'c', tier: 2, effect: 'allow', fields: ['title'], namedBy: { list: 'view' } },
      { rule: 'b', tier: 3, effect: 'deny', fields: [], namedBy: 'recordOwner' },
      { rule: 'a', tier: 3, effect: 'allow', fields: '*', namedBy: 'appOwner' },
    ]);
  });
});

describe('suggestions of the picker', () => {
  const names = (text: string, ...of: string[]) =>
    suggest(
      text,
      of.map((name) => ({ id: name, name })),
    ).map(({ name }) => name);

  it('come in the order of the alphabet, those that start with the text before all others', () => {
    expect(names('an', 'Susan', 'Anna', 'Hanna', 'Andy')).toEqual(['Andy', 'Anna', 'Hanna', 'Susan']);
    expect(names('an', 'b an', 'a an')).toEqual(['a an', 'b an']);
    expect(names('a', 'a5', 'a4', 'a3', 'a2', 'a1', 'a0')).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  });

  it('do not mind spaces around what is typed, nor around a name', () => {
    expect(names('  ann ', ' Ann')).toEqual([' Ann']);
    expect(names('', 'Ann')).toEqual([]);
  });
});
