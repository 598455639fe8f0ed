import { DaypassError } from '../../../core/errors.ts';
import { checkExpression } from '../../../core/expressions/check.ts';
import { compilePolicy } from '../../../core/policy/check.ts';
import type { RuleDraft } from '../../../core/policy/types.ts';
import { FACTS } from './random.ts';

const GOOD: RuleDraft = {
  id: 'good',
  effect: 'allow',
  subjects: [{ kind: 'role', id: 'r1' }],
  actions: ['view'],
  resource: { type: 'record', app: 'desk', recordType: 'case' },
  source: '/permissions/0',
};

function problems(...rules: RuleDraft[]) {
  try {
    compilePolicy({ ...FACTS, rules });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(DaypassError);
    expect((error as DaypassError).code).toBe('DEFINITION_INVALID');
    return (error as DaypassError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('a policy is refused with the place, where a rule', () => {
  it.each<[string, Partial<RuleDraft>, string]>([
    ['names nobody', { subjects: [] }, 'it names nobody'],
    ['names no action', { actions: [] }, 'it names no action'],
    ['denies fields', { effect: 'deny', fields: ['title'] }, 'a deny is for the whole action'],
    ['denies all fields', { effect: 'deny', fields: '*' }, 'a deny is for the whole action'],
    ['has an empty list of fields', { fields: [] }, 'its list of fields is empty'],
    [
      'checks what is only looked at',
      { actions: ['edit', 'view'], check: 'true' },
      'its check is of a record as it would be saved',
    ],
    [
      'checks whatever may be done',
      { actions: ['*'], check: 'true' },
      'its check is of a record as it would be saved',
    ],
    [
      'checks what is no record',
      { actions: ['start'], resource: { type: 'flow' }, check: 'true' },
      'its check is of a record as it would be saved',
    ],
    [
      'checks what nobody knows',
      { actions: ['edit'], check: 'record.nothing == 1' },
      'its condition cannot be used: record has no field nothing',
    ],
    ['names an unknown role', { subjects: [{ kind: 'role', id: 'boss' }] }, 'there is no role boss'],
    ['names an unknown profile', { subjects: [{ kind: 'profile', id: 'p9' }] }, 'there is no profile p9'],
    ['names a user without an id', { subjects: [{ kind: 'principal', id: '' }] }, 'a user without an id'],
    [
      'names an unknown app',
      { resource: { type: 'record', app: 'none', recordType: 'case' } },
      'there is no app none',
    ],
    [
      'names an unknown record type',
      { resource: { type: 'record', app: 'desk', recordType: 'no' } },
      'desk has no record type no',
    ],
    [
      'names an inherited record type',
      { resource: { type: 'record', app: 'desk', recordType: 'toString' } },
      'desk has no record type toString',
    ],
    [
      'names an inherited app',
      { resource: { type: 'record', app: 'constructor', recordType: 'case' } },
      'there is no app constructor',
    ],
    [
      'names an unknown view',
      { actions: ['open'], resource: { type: 'view', app: 'desk', recordType: 'case', id: 'mine' } },
      'case has no view mine',
    ],
    [
      'names an unknown flow',
      { actions: ['start'], resource: { type: 'flow', id: 'f9' } },
      'there is no flow f9',
    ],
    [
      'names an unknown service',
      { actions: ['call'], resource: { type: 'service', id: 's9' } },
      'there is no service s9',
    ],
    [
      'names an unknown role to assign',
      { actions: ['assign'], resource: { type: 'role', id: 'r9' } },
      'there is no role r9',
    ],
    [
      'names an unknown kind of resource',
      { resource: { type: 'planet' as 'record' } },
      'there is no kind of resource planet',
    ],
    [
      'names a record type without its app',
      { resource: { type: 'record', recordType: 'case' } },
      'the first ones first',
    ],
    [
      'names a record by id',
      { resource: { type: 'record', app: 'desk', recordType: 'case', id: 'x' } },
      'named by app, recordType',
    ],
    ['names an account', { actions: ['create'], resource: { type: 'account', id: 'x' } }, 'named by nothing'],
    ['names an unknown operation', { actions: ['view', 'explode'] }, 'case has no operation explode'],
    ['names an unknown field', { fields: ['title', 'colour'] }, 'case has no field colour'],
    [
      'has a condition with a typing mistake',
      { condition: 'record.titel == "x"' },
      'record has no field titel',
    ],
    ['has a condition that is no condition', { condition: 'record.title' }, 'a bool is needed here'],
    [
      'has a condition on a record where there is none',
      { resource: { type: 'app', app: 'desk' }, actions: ['open'], condition: 'record.title == "x"' },
      'record has no field title',
    ],
    [
      'uses an access list elsewhere',
      {
        subjects: [{ kind: 'accessList', list: 'view' }],
        resource: { type: 'app', app: 'desk' },
        actions: ['open'],
      },
      'an access list is frozen on a record',
    ],
    [
      'has a checked condition of another type',
      { condition: checkExpression('"x"', {}) },
      'its condition is a string',
    ],
  ])('%s', (_title, change, message) => {
    const found = problems({ ...GOOD, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('/permissions/0: Rule good: ');
    expect(found[0]).toContain(message);
  });

  it('has the id of another', () => {
    expect(problems(GOOD, { ...GOOD, source: '/permissions/1' })).toEqual([
      '/permissions/1: Two rules are called good. Give each its own id.',
    ]);
  });

  it('is wrong in several ways: all are named', () => {
    expect(
      problems({ ...GOOD, subjects: [], actions: [] }, { ...GOOD, id: 'other', fields: [] }),
    ).toHaveLength(3);
  });
});

describe('a policy is accepted', () => {
  it.each<[string, Partial<RuleDraft>]>([
    ['as it is', {}],
    [
      'with built-in and system roles',
      {
        subjects: [
          { kind: 'role', id: 'Owner' },
          { kind: 'role', id: 'AuthenticatedUser' },
        ],
      },
    ],
    ['with properties of the record among the fields', { fields: ['title', 'createdAt', 'createdOn'] }],
    [
      'with a checked condition',
      { condition: checkExpression('record.title == "a"', { record: { title: 'string' } }) },
    ],
    ['with actions of every record', { actions: ['*', 'viewHistory', 'decide', 'modifyTask', 'viewTask'] }],
    ['for a whole app', { resource: { type: 'record', app: 'desk' } }],
    ['for everything', { resource: { type: 'record' } }],
  ])('%s', (_title, change) => {
    expect(problems({ ...GOOD, ...change })).toEqual([]);
  });

  it('spells the first system role as it is spelled today', () => {
    const document = compilePolicy({
      ...FACTS,
      rules: [{ ...GOOD, subjects: [{ kind: 'role', id: 'NotAuthenticatedUser' }] }],
    });
    expect(Object.keys(document.index)).toEqual(['role:NonAuthenticatedUser']);
  });

  it('shares equal conditions, and keeps no field types', () => {
    const condition = 'record.title == "a"';
    const document = compilePolicy({
      ...FACTS,
      rules: [
        { ...GOOD, condition },
        { ...GOOD, id: 'b', condition },
      ],
    });
    expect(document.conditions).toHaveLength(1);
    expect(document.rules.map((rule) => rule.condition)).toEqual([0, 0]);
    expect(document.facts.apps.desk?.recordTypes.case).not.toHaveProperty('fields');
    expect(document.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
