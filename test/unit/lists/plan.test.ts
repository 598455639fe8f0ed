import { checkApp } from '../../../core/apps/check.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { CheckedApp, LinkedView } from '../../../core/apps/published.ts';
import { listGrants } from '../../../core/lists/grants.ts';
import { mergeBranches, READ_ON } from '../../../core/lists/merge.ts';
import { planList } from '../../../core/lists/plan.ts';
import { buildPolicy } from '../../../core/policy/build.ts';
import { checkRules } from '../../../core/policy/check.ts';
import { appFacts } from '../../../core/policy/facts.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { appPermissionRules } from '../../../core/policy/sources/app-permissions.ts';
import { exampleApp, exampleApps, exampleLinked, exampleNames } from '../../fixtures/property-management.ts';

interface Given {
  view?: object;
  /** Conditions of technicians on viewing a work order, each a permission of its own. */
  when?: (string | undefined)[];
  /** What these permissions say besides, or instead. */
  more?: object;
}

const [tokens] = exampleApps() as [CheckedApp];

/** The worked example with one view that dispatchers and technicians open. */
function check({ view = {}, when = [], more }: Given) {
  const app = exampleApp('work-orders');
  app.recordTypes[0]?.views.push({ id: 'wide', name: 'Wide', columns: ['number'], ...view } as never);
  app.permissions = [
    { role: 'dispatcher', recordType: 'work-order', operations: ['view'], views: ['wide'] },
    ...when.map((condition) => ({
      role: 'technician',
      recordType: 'work-order',
      operations: ['view'],
      views: ['wide'],
      ...(condition && { when: condition }),
      ...more,
    })),
  ];
  return checkApp(app, exampleNames([tokens.definition]));
}

function problems(given: Given): string[] {
  return check(given).problems.map(({ path, message }) => `${path} ${message}`);
}

/** The branches that somebody's rules come to, as `keys: values`. */
function branches(given: Given & { roles?: string[]; partition?: string[]; ready?: boolean }): string[] {
  const { app, problems: found } = check(given);
  if (!app) throw new Error(JSON.stringify(found));
  const view = linkDefinitions([tokens, app])
    .recordType('work-orders', 'work-order')
    ?.views.get('wide') as LinkedView;
  const facts = { apps: appFacts([app.definition]), roles: ['dispatcher', 'technician'] };
  const rules = checkRules(appPermissionRules(app.definition, app.expressions), facts);
  const policy = loadPolicy(buildPolicy({ ...facts, rules }));
  const subject = {
    type: 'user',
    id: 'u1',
    roles: given.roles ?? ['technician'],
    attributes: { name: 'Theo' },
  } as const;
  const resource = { type: 'record', app: 'work-orders', recordType: 'work-order' } as const;
  const plan = planList({
    view,
    partition: given.partition ?? [],
    grants: listGrants(policy, subject, resource, 'view', 'production'),
    request: { subject, context: { now: 0, environment: 'production', channel: 'browser' } },
    isReady: () => given.ready ?? true,
  });
  return plan.map(({ index, partition }) => {
    const narrow = view.index.narrow.get(index);
    const keys = narrow ? `${narrow.keys.map(({ name }) => name)}/${narrow.written.length}` : 'whole';
    return `${keys}: ${partition}`;
  });
}

const MINE = 'record.assignedTo == me.id';

describe('the rules of a reader come to branches', () => {
  it.each<[string, Parameters<typeof branches>[0], string[]]>([
    ['everything is the view’s own index', { roles: ['dispatcher'], when: [MINE] }, ['whole: ']],
    ['nothing is no branch at all', { roles: [], when: [MINE] }, []],
    ['an equality with the reader is one partition', { when: [MINE] }, ['assignedTo/0: =u1']],
    [
      'alternatives are one each',
      { when: [`${MINE} || record.category == "Cleaning"`] },
      ['assignedTo/0: =u1', 'category/0: =Cleaning'],
    ],
    [
      'several permissions are joined, equal ones once',
      { when: [MINE, `${MINE} && record.state == "Active"`, MINE] },
      ['assignedTo/0: =u1', 'state,assignedTo/0: =Active,=u1'],
    ],
    [
      'a role that the record names is one partition per role held',
      { roles: ['technician', 'x'], when: ['record.building in me.roles'] },
      ['building/0: =technician', 'building/0: =x'],
    ],
    [
      'what the record alone decides is left to the writing',
      { when: ['record.number > "5" && has(record.dueDate)'] },
      ['/2: '],
    ],
    [
      'what the view demands is no news',
      { view: { filter: MINE }, when: [MINE], partition: ['=u1'] },
      ['whole: =u1'],
    ],
    [
      'what contradicts the view is nothing',
      {
        view: {
          filter: 'record.assignedTo == params.who',
          parameters: [{ id: 'who', type: 'string' }],
        },
        when: [`${MINE} && record.category == "Cleaning"`],
        partition: ['=u2'],
      },
      [],
    ],
    ['an index that is not complete is not used', { when: [MINE], ready: false }, ['whole: ']],
    ['an equality reads both ways', { when: ['me.id == record.assignedTo'] }, ['assignedTo/0: =u1']],
    [
      'what the view demands is no news the other way round',
      { view: { filter: MINE }, when: ['me.id == record.assignedTo'], partition: ['=u1'] },
      ['whole: =u1'],
    ],
    [
      'what the view has written is no news',
      { view: { filter: 'record.number > "5"' }, when: [`record.number > "5" && ${MINE}`] },
      ['assignedTo/0: =u1'],
    ],
    [
      'of two demands on a field the first is the key',
      { when: [`${MINE} && record.assignedTo == me.name`] },
      ['assignedTo/0: =u1'],
    ],
    [
      'a list of constants is for the writing',
      { when: ['record.category in ["Cleaning", "Maintenance"]'] },
      ['/1: '],
    ],
    [
      'a constant in the record’s list is for the writing',
      { when: ['"Yes" in record.externalContractor'] },
      ['/1: '],
    ],
    [
      'the reader in the record’s list is one partition',
      { when: ['me.name in record.externalContractor'] },
      ['externalContractor/0: =Theo'],
    ],
    ['the owner is a key', { when: ['record.owner == me.id'] }, ['owner/0: =u1']],
    [
      'a demand that the view shares is met by its partition',
      {
        view: { filter: 'record.assignedTo == params.who', parameters: [{ id: 'who', type: 'string' }] },
        when: [`${MINE} && record.category == "Cleaning"`],
        partition: ['=u1'],
      },
      ['category/0: =u1,=Cleaning'],
    ],
    [
      'a role that is held twice is one partition',
      { roles: ['technician', 'technician'], when: ['record.building in me.roles'] },
      ['building/0: =technician'],
    ],
    [
      'twelve branches are read side by side',
      { roles: ['technician', ...'abcdefghijk'], when: ['record.building in me.roles'] },
      ['technician', ...'abcdefghijk'].map((role) => `building/0: =${role}`),
    ],
    [
      'sixteen alternatives are multiplied out, and are too many to read',
      {
        when: [
          [
            ['number', 'building'],
            ['category', 'description'],
            ['contractorName', 'contractorEmail'],
            ['assignedTo', 'completionNotes'],
          ]
            .map(([a, b]) => `(record.${a} == me.name || record.${b} == me.name)`)
            .join(' && '),
        ],
      },
      ['whole: '],
    ],
    [
      'more branches than are worth it are the whole view',
      { roles: ['technician', ...'abcdefghijkl'], when: ['record.building in me.roles'] },
      ['whole: '],
    ],
  ])('%s', (_, given, expected) => {
    expect(branches(given).sort()).toEqual([...expected].sort());
  });

  it('while everybody who opens the view sees all of it, it has no further index', () => {
    const { app } = check({ when: [undefined] });
    const view =
      app && linkDefinitions([tokens, app]).recordType('work-orders', 'work-order')?.views.get('wide');
    expect(view?.index.narrow.size).toBe(0);
  });
});

it('ids of indexes stay what they are: another would leave behind all that is written', () => {
  const views = exampleLinked().recordType('work-orders', 'work-order')?.views.values() ?? [];
  const wide = check({ when: [MINE] }).app;
  const narrow =
    wide && linkDefinitions([tokens, wide]).recordType('work-orders', 'work-order')?.views.get('wide');
  expect(Object.fromEntries([...views].map((view) => [view.id, view.index.id]))).toEqual({
    all: 'WxANVInO',
    'assigned-to-me': 'axVmAreB',
    'my-work-orders': 'Sz-Yoao-',
  });
  expect([...(narrow?.index.narrow.keys() ?? [])]).toEqual(['h5THIZPa']);
});

describe('what cannot be read by what it returns is refused with what to write', () => {
  it.each<[string, Given]>([
    ['a filter that the moment decides', { view: { filter: 'record.dueDate < now' } }],
    ['a condition that the moment decides', { when: ['record.dueDate < now'] }],
    ['one alternative of several', { when: [`${MINE} || record.dueDate < now`] }],
    ['a comparison with the reader that is no equality', { when: ['record.building.startsWith(me.name)'] }],
  ])('%s', (_, given) => {
    expect(problems(given)).toEqual([
      expect.stringMatching(/^\/.*could read past.*record.assignedTo == me.id/),
    ]);
    expect(problems({ ...given, view: { ...given.view, boundedScan: true } })).toEqual([]);
  });

  it('is accepted where something about the reader makes the records few', () => {
    expect(problems({ when: [`${MINE} && record.dueDate < now`] })).toEqual([]);
    expect(problems({ view: { filter: `${MINE} && record.dueDate < now` } })).toEqual([]);
  });

  it('never a denial: its records are not looked for', () => {
    const denial = { effect: 'deny', fields: undefined, views: undefined };
    expect(problems({ when: ['record.dueDate < now'], more: denial })).toEqual([]);
  });

  it('a condition of one account, which opens the list by any of its roles', () => {
    const ann = { role: undefined, subject: 'ann', views: undefined };
    expect(problems({ when: ['record.dueDate < now'], more: ann })).toContainEqual(
      expect.stringMatching(/^\/permissions\/1\/when .*"Wide" could read past/),
    );
    expect(problems({ when: [MINE], more: ann })).toEqual([]);
  });

  it('more index items than a transaction takes', () => {
    const fields = ['number', 'building', 'category', 'description', 'contractorName', 'contractorEmail'];
    const pairs = fields.flatMap((a) => fields.filter((b) => a < b).map((b) => [a, b]));
    const when = [...fields.map((a) => [a]), ...pairs, ...pairs.map((pair) => [...pair, 'assignedTo'])].map(
      (names) => names.map((name) => `record.${name} == me.name`).join(' && '),
    );
    expect(problems({ when })).toContainEqual(
      expect.stringMatching(
        /operations\/0 it would write up to \d+ items in one transaction, and 90 are possible/,
      ),
    );
  });
});

describe('branches are merged', () => {
  const entriesOf = (places: string) =>
    [...places].map((place) => ({ place, recordId: place.toLowerCase() }));

  async function merge(
    parts: string[],
    { limit = 10, after = '', takes = (_: string): boolean => true } = {},
  ) {
    const taken: string[] = [];
    let reads = 0;
    const end = await mergeBranches({
      branches: parts.length,
      descending: false,
      limit,
      ...(after && { after }),
      async read(at, page) {
        reads += 1;
        const rest = entriesOf(parts[at] as string).filter(({ place }) => place > (page.after ?? ''));
        const entries = rest.slice(0, page.limit);
        return { entries, ...(rest.length > entries.length && { last: entries.at(-1)?.place as string }) };
      },
      examine({ place }) {
        if (takes(place)) taken.push(place);
        return takes(place);
      },
    });
    return { taken: taken.join(''), reads, ...end };
  }

  it('in order, and what lies in several comes once', async () => {
    expect(await merge(['acdg', 'bcf', ''])).toMatchObject({ taken: 'abcdfg', more: false });
  });

  it('a page ends at its limit, and the place that was examined last leads on in every branch', async () => {
    const first = await merge(['acdg', 'bcf'], { limit: 3 });
    expect(first).toMatchObject({ taken: 'abc', after: 'c', more: true, reads: 2 });
    expect(await merge(['acdg', 'bcf'], { limit: 3, after: 'c' })).toMatchObject({ taken: 'dfg' });
  });

  it('reads on past what is left out, but not for ever', async () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const some = await merge([letters], { limit: 2, takes: (place) => 'cg'.includes(place) });
    expect(some).toMatchObject({ taken: 'cg', reads: 5, after: 'g' });
    const none = await merge([letters], { limit: 2, takes: () => false });
    expect(none).toMatchObject({ taken: '', reads: READ_ON, after: 'j', more: true });
  });
});
