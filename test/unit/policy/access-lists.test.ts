import { MOST_SUGGESTIONS, suggest } from '../../../core/policy/picker.ts';
import {
  accessListProblems,
  freezeAccessLists,
  parseListEntry,
} from '../../../core/policy/sources/freeze-lists.ts';

const NAMES: Readonly<Record<string, string>> = {
  Sue: 'principal:u-sue',
  Manager: 'role:manager',
  Jerry: 'principal:u-jerry',
};
const resolve = (name: string) => NAMES[name];

describe('entries of an access list, as people write them', () => {
  it.each([
    ['{accountUser}', { field: 'accountUser' }],
    [' Sue ', { user: 'u-sue' }],
    ['Manager', { role: 'manager' }],
    ['Nobody Here', { unknown: 'Nobody Here' }],
  ])('%s is %j', (text, entry) => {
    expect(parseListEntry(text, resolve)).toEqual(entry);
  });

  it.each(['{_data.x}', '{a b}', '{', '{}', 'a}', '{a}{b}'])('%s is refused', (text) => {
    expect(parseListEntry(text, resolve)).toHaveProperty('message');
  });

  it('says why templates of the whole site are refused', () => {
    expect(parseListEntry('{_data.users}', resolve)).toMatchObject({
      message: expect.stringContaining('whole site'),
    });
  });

  it('refuses templates where a list is live, and fields that the form has not', () => {
    const lists = {
      start: [{ field: 'manager' }, { user: 'u1' }],
      editForm: [{ role: 'r' }, { field: 'manager' }],
      view: [{ field: 'manager' }, { field: 'nothing' }],
      administer: [{ field: 'manager' }],
    };
    const problems = accessListProblems(lists, new Set(['manager']));
    expect(problems.map(({ path }) => path)).toEqual(['/start/0', '/editForm/1', '/view/1']);
    expect(accessListProblems({ start: 'anyone' }, new Set())).toEqual([]);
  });
});

describe('lists frozen on a submission', () => {
  const lists = {
    start: 'authenticated' as const,
    view: [{ user: 'u-jerry' }, { field: 'reviewer' }, { role: 'auditor' }, { unknown: 'Old Name' }],
    edit: [{ field: 'reviewer' }],
    administer: [{ field: 'team' }],
  };

  it('mixes fixed entries with those that fields give, as ids', () => {
    const { lists: frozen, problems } = freezeAccessLists(
      lists,
      { reviewer: 'Sue', team: ['Manager', 'Sue'] },
      resolve,
    );
    expect(problems).toEqual([]);
    expect(frozen).toEqual({
      view: ['principal:u-jerry', 'principal:u-sue', 'role:auditor'],
      edit: ['principal:u-sue'],
      auditTrail: [],
      administer: ['role:manager', 'principal:u-sue'],
    });
  });

  it('holds everybody once', () => {
    const twice = { view: [{ user: 'u-sue' }, { field: 'reviewer' }, { field: 'other' }] };
    const { lists: frozen } = freezeAccessLists(twice, { reviewer: 'Sue', other: 'Sue' }, resolve);
    expect(frozen.view).toEqual(['principal:u-sue']);
  });

  it('gives nothing for an empty field', () => {
    for (const reviewer of ['', null, undefined, 7]) {
      expect(freezeAccessLists(lists, { reviewer }, resolve)).toMatchObject({
        lists: { edit: [] },
        problems: [],
      });
    }
  });

  it('names each name that nobody bears, once, so that the submission can be refused', () => {
    const { problems } = freezeAccessLists(lists, { reviewer: 'Suse', team: ['Sue', 'Nobody'] }, resolve);
    expect(problems).toEqual([
      { path: '/values/reviewer', message: 'nobody here is called “Suse”' },
      { path: '/values/team', message: 'nobody here is called “Nobody”' },
    ]);
  });
});

describe('the picker of users and roles', () => {
  const people = ['Anna', 'Hanna', 'Johanna', 'Susanna', 'anna b', 'Marianna', 'Tom'].map((name) => ({
    id: name,
    name,
  }));

  it('finds names that contain the text, those that start with it first, at most five', () => {
    const found = suggest('ANNA', people).map(({ name }) => name);
    expect(found).toHaveLength(MOST_SUGGESTIONS);
    expect(found.slice(0, 2)).toEqual(['Anna', 'anna b']);
    expect(found).not.toContain('Tom');
  });

  it('suggests nothing before something is typed, or where nothing fits', () => {
    expect(suggest('  ', people)).toEqual([]);
    expect(suggest('zz', people)).toEqual([]);
  });

  it('does not mind how a letter is composed', () => {
    expect(suggest('zoe\u0308', [{ id: 'z', name: 'Zo\u00eb' }])).toHaveLength(1);
  });
});
