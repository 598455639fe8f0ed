import { createHash } from 'node:crypto';
import { requireValidApp } from '../../../core/apps/check.ts';
import type { AppDefinition, Field, View } from '../../../core/apps/definition.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { Draft, Manifest } from '../../../core/apps/manifest.ts';
import { hashApp, type PublishInput, planPublication } from '../../../core/apps/publish.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import { DaypassError } from '../../../core/errors.ts';
import { canonicalJson } from '../../../core/journal/event.ts';
import { newRebuild } from '../../../core/lists/rebuild.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import type { SiteSettings } from '../../../core/runtime.ts';

const AT = '2027-03-10T12:00:00.000Z';
const SETTINGS: SiteSettings = {
  name: 'Site',
  contact: '',
  roles: [{ id: 'clerk', name: 'Clerk', environments: ['test'], accounts: { update: true, delete: true } }],
  environments: { test: { accounts: { manipulation: true, deletion: false } } },
};
/** What the settings say of the environment that is published to; others have something else. */
const ACCOUNTS = { manipulation: true, deletion: false };

/** The ready form under an id, with more fields and views. */
function app(id: string, { fields = [], views = [], ...more }: Given = {}): AppDefinition {
  const made = newApp({ id, name: `The ${id}`, kind: 'records' });
  made.recordTypes[0]?.fields.push(...fields);
  made.recordTypes[0]?.views.push(...views);
  return { ...made, ...more };
}
type Given = Partial<AppDefinition> & { fields?: Field[]; views?: View[] };

function checkedOf(definition: AppDefinition, others: readonly AppDefinition[] = []): CheckedApp {
  return requireValidApp(definition, {
    apps: new Map(others.map((other) => [other.id, other])),
    roles: new Set(['clerk']),
    robots: new Set(['robot']),
  });
}

function draftOf(definition: AppDefinition, version = 1): Draft {
  return { app: definition.id, version, kind: definition.kind, definition, updatedAt: AT, updatedBy: 'ann' };
}

function policyOf(...apps: CheckedApp[]) {
  return sitePolicy({ roles: SETTINGS.roles, apps, accounts: ACCOUNTS });
}

const hashOf = (checked: CheckedApp) => createHash('sha256').update(canonicalJson(checked)).digest('hex');

function manifestOf(apps: readonly CheckedApp[], more: Partial<Manifest> = {}): Manifest {
  return {
    environment: 'test',
    version: 7,
    apps: Object.fromEntries(apps.map((each) => [each.definition.id, { version: 1, hash: hashOf(each) }])),
    policy: policyOf(...apps).hash,
    site: 4,
    publishedAt: '2027-03-01T00:00:00.000Z',
    publishedBy: 'olga',
    ...more,
  };
}

function plan(given: Partial<PublishInput>) {
  return planPublication({
    environment: 'test',
    drafts: [],
    manifest: undefined,
    published: [],
    site: { version: 4, settings: SETTINGS, isNew: false },
    robots: new Map(),
    at: AT,
    by: 'dora',
    ...given,
  });
}

/** Publishes into an environment that runs these apps. */
function planOver(running: readonly CheckedApp[], given: Partial<PublishInput>) {
  return plan({ manifest: manifestOf(running), published: running, ...given });
}

/** A refusal as data. */
function refusal(work: () => unknown) {
  try {
    return { code: 'none', answer: work() };
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    return { code: error.code, message: error.message, problems: error.problems };
  }
}

const NOTES = checkedOf(app('notes'));
const TASKS = checkedOf(app('errands'));
const LATER: View = { id: 'later', name: 'Later', columns: ['title'], sort: { field: 'title' } };

describe('a publication', () => {
  it('[F37] that is the first writes versions, policy and settings, and a manifest that names them', () => {
    const policy = policyOf(NOTES);
    const { document = '', ...rest } = plan({
      drafts: [draftOf(app('notes'), 3)],
      site: { version: 4, settings: SETTINGS, isNew: true },
    })?.policy ?? { hash: '' };
    expect([rest, loadPolicy(document).document]).toEqual([{ hash: policy.hash }, policy]);
    expect(
      plan({
        drafts: [draftOf(app('notes'), 3)],
        site: { version: 4, settings: SETTINGS, isNew: true },
      }),
    ).toEqual({
      manifest: {
        environment: 'test',
        version: 1,
        apps: { notes: { version: 3, hash: hashOf(NOTES) } },
        policy: policy.hash,
        site: 4,
        publishedAt: AT,
        publishedBy: 'dora',
      },
      replaces: 0,
      versions: [{ app: 'notes', version: 3, checked: NOTES }],
      rebuilds: [],
      policy: { hash: policy.hash, document },
      settings: { version: 4, settings: SETTINGS },
    });
  });

  it('[F37, V32] replaces what runs: other apps stay as they are, and new lists wait for what is there', () => {
    const changed = app('notes', { views: [LATER] });
    const after = checkedOf(changed);
    const publication = planOver([TASKS, NOTES], {
      drafts: [draftOf(changed, 2)],
      pending: { 'gone/record': { since: 3, indexes: ['*'] } },
    });
    const index = linkDefinitions([after]).recordType('notes', 'record')?.views.get('later')?.index.id;
    expect(publication).toEqual({
      manifest: {
        environment: 'test',
        version: 8,
        apps: { errands: { version: 1, hash: hashOf(TASKS) }, notes: { version: 2, hash: hashOf(after) } },
        policy: policyOf(TASKS, after).hash,
        site: 4,
        rebuilds: {
          'gone/record': { since: 3, indexes: ['*'] },
          'notes/record': { since: 8, indexes: [`later/${index}`] },
        },
        publishedAt: AT,
        publishedBy: 'dora',
      },
      replaces: 7,
      versions: [{ app: 'notes', version: 2, checked: after }],
      rebuilds: [
        newRebuild(
          { environment: 'test', app: 'notes', recordType: 'record' },
          { mode: 'outdated', since: 8, at: AT, by: 'dora', published: AT },
        ),
      ],
      policy: { hash: policyOf(TASKS, after).hash, document: expect.any(String) },
    });
  });

  it('[V32] waits for what its manifest waited for, unless it is told what of that is done', () => {
    const rebuilds = { 'notes/record': { since: 3, indexes: ['x/y'] } };
    const over = (pending?: object) =>
      planOver([NOTES], {
        manifest: manifestOf([NOTES], { rebuilds }),
        drafts: [draftOf(app('errands'))],
        ...(pending && { pending: {} }),
      })?.manifest.rebuilds;
    expect([over(), over({})]).toEqual([rebuilds, undefined]);
  });

  it('[F37] is none where the environment runs all of it already', () => {
    const drafts = [draftOf(app('notes'))];
    expect(planOver([NOTES, TASKS], { drafts })).toBeUndefined();
    // The same words under another number, other rules, other settings: each is something to write.
    const later = planOver([NOTES, TASKS], { drafts: [draftOf(app('notes'), 2)] });
    expect([later?.manifest.apps.notes?.version, later?.versions.map(({ version }) => version)]).toEqual([
      2,
      [2],
    ]);
    const otherRules = planOver([NOTES], { manifest: manifestOf([NOTES], { policy: 'x' }), drafts });
    expect([otherRules?.versions, otherRules?.manifest.version]).toEqual([[], 8]);
    const site = { version: 5, settings: SETTINGS, isNew: false };
    const otherSettings = planOver([NOTES], { drafts, site });
    expect([otherSettings?.versions, otherSettings?.manifest.site, otherSettings?.settings]).toEqual([
      [],
      5,
      undefined,
    ]);
  });

  it('names its versions in the order in which the apps were chosen, and only those that are new', () => {
    const drafts = [draftOf(app('notes')), draftOf(app('b')), draftOf(app('a'))];
    expect(planOver([NOTES], { drafts })?.versions.map(({ app: id }) => id)).toEqual(['b', 'a']);
  });

  it('takes ninety writes, and not one more', () => {
    const [type] = app('lists').recordTypes;
    const of = (types: number, views: View[]) =>
      app('lists', {
        recordTypes: Array.from({ length: types }, (_, at) => ({ ...type, id: `t${at}`, views })),
      } as Given);
    const size = (types: number) =>
      refusal(
        () =>
          planOver([checkedOf(of(types, []))], {
            drafts: [draftOf(of(types, [LATER]), 2), draftOf(app('notes'))],
          })?.rebuilds?.length,
      );
    expect(size(43)).toEqual({ code: 'none', answer: 43 });
    expect(size(44)).toEqual({
      code: 'LIMIT_EXCEEDED',
      message:
        'publishing these apps in one step would write 92 items, and 90 are possible; publish fewer at a time',
      problems: [],
    });
  });

  it('calls the same content by the same name, whatever order its members came in', () => {
    const { definition, expressions } = NOTES;
    const turned = Object.fromEntries(Object.entries(definition).reverse()) as AppDefinition;
    expect(hashApp({ expressions, definition: turned })).toBe(hashOf(NOTES));
    expect(hashApp(TASKS)).not.toBe(hashOf(NOTES));
  });
});

describe('nothing is published', () => {
  it('[F3] that turns an app into one of another kind', () => {
    const draft = { ...draftOf(app('notes'), 2), kind: 'tokens' as const };
    const message = '"notes" is an app of kind records, and its draft is of kind tokens. Create another app.';
    expect(refusal(() => planOver([TASKS, NOTES], { drafts: [draftOf(app('errands')), draft] }))).toEqual({
      code: 'APP_KIND_IMMUTABLE',
      message,
      problems: [{ path: '/notes/kind', message }],
    });
  });

  it('[F38] of an app with tasks or services that names no robot', () => {
    const services = [{ id: 'list-notes', name: 'List', recordType: 'record', view: 'all' }];
    const served = draftOf(app('notes', { services }));
    const message = '"The notes" has services: name the robot that runs them';
    expect(refusal(() => plan({ drafts: [draftOf(app('errands')), served] }))).toEqual({
      code: 'ROBOT_MISSING',
      message: `/notes/robot: ${message}`,
      problems: [{ path: '/notes/robot', message }],
    });
    const robot = { ...served, definition: app('notes', { services, robot: 'robot' }) };
    const of = (...apps: string[]) =>
      refusal(() => plan({ drafts: [robot], robots: new Map([['robot', apps]]) })?.versions.length);
    expect(of('errands', 'notes')).toEqual({ code: 'none', answer: 1 });
    expect(of('errands')).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [
        { path: '/notes/robot', message: expect.stringContaining('does not run tasks or services') },
      ],
    });
  });

  it('of an app whose access model is not decided by yet, as long as it is that app that is chosen', () => {
    const lists = app('notes', { accessModel: 'lists' });
    const message =
      'the access model lists is not decided by yet: an app with it can be drafted, not published';
    expect(refusal(() => plan({ drafts: [draftOf(lists)] }))).toEqual({
      code: 'DEFINITION_INVALID',
      message: `/notes/accessModel: ${message}`,
      problems: [{ path: '/notes/accessModel', message }],
    });
  });

  it('[F37] of an app whose needs are not there, or that is no app at all: every mistake is told with its app', () => {
    const to: Field = {
      id: 'to',
      label: 'To',
      type: 'reference',
      target: { app: 'errands', recordType: 'record' },
    };
    const needing = draftOf(app('notes', { fields: [to] }));
    const wrong = { ...draftOf(app('odd')), definition: { ...app('odd'), name: 7 } };
    const { code, message, problems } = refusal(() => plan({ drafts: [needing, wrong] }));
    expect([code, message]).toEqual([
      'DEFINITION_INVALID',
      '/notes: it needs "errands"; publish that as well',
    ]);
    expect(problems).toEqual([
      { path: '/notes', message: 'it needs "errands"; publish that as well' },
      { path: '/notes/recordTypes/0/fields/1/target/app', message: 'there is no app "errands".' },
      { path: '/odd/name', message: expect.any(String) },
    ]);
    expect(refusal(() => plan({ drafts: [needing, draftOf(app('errands'))] })).code).toBe('none');
    expect(refusal(() => planOver([TASKS], { drafts: [needing] })).code).toBe('none');
  });

  it('[F37] of an app that runs and whose draft is none any more: what else needs it is told, too', () => {
    const to: Field = {
      id: 'to',
      label: 'To',
      type: 'reference',
      target: { app: 'errands', recordType: 'record' },
    };
    const reader = app('notes', { fields: [to] });
    const wrong = { ...draftOf(app('errands'), 2), definition: { ...app('errands'), name: 7 } };
    const { problems } = refusal(() =>
      planOver([TASKS, checkedOf(reader, [TASKS.definition])], { drafts: [wrong] }),
    );
    expect(problems?.map(({ path, message }) => `${path} ${message}`)).toEqual([
      '/notes it needs "errands"; publish that as well',
      '/notes/recordTypes/0/fields/1/target/app there is no app "errands".',
      expect.stringMatching(/^\/errands\/name /),
    ]);
  });

  it('[F37] of an app whose fields another one reads by their type, until that is published as well', () => {
    const cost = (type: 'string' | 'number') => {
      const passes = newApp({ id: 'passes', name: 'Passes', kind: 'tokens' });
      passes.recordTypes[0]?.fields.push({ id: 'cost', label: 'Cost', type });
      return passes;
    };
    const look = {
      id: 'look',
      title: 'Look',
      target: { app: 'passes', recordType: 'token-user', operation: 'add-user' },
      fields: { name: 'record.title', email: 'record.title', roles: '["clerk"]' },
      returns: { note: 'string(result.cost)' },
    };
    const task = { id: 'look', title: 'Look', recordType: 'record', actions: [look] };
    const fields: Field[] = [{ id: 'note', label: 'Note', type: 'string' }];
    const reader = app('notes', { fields, tasks: [task], robot: 'robot' });
    const running = [checkedOf(cost('string')), checkedOf(reader, [cost('string')])];
    const changed = draftOf(cost('number'), 2);
    const over = (...drafts: Draft[]) =>
      refusal(() => planOver(running, { drafts, robots: new Map([['robot', ['notes']]]) })?.versions.length);
    expect(over(changed)).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [
        {
          path: '/notes',
          message: 'it reads fields whose type would change; save it again and publish it as well',
        },
      ],
    });
    expect(over(changed, draftOf(reader, 2))).toEqual({ code: 'none', answer: 2 });
  });

  it('without the record types that passes need: each is named with how many there are', () => {
    const [type] = app('notes').recordTypes;
    const second = { ...type, id: 'second' };
    const running = checkedOf(app('notes', { recordTypes: [type, second] } as Given));
    const pass = (recordType: string, tokens = 'record') => ({
      app: 'notes',
      recordType,
      tokenRecord: { app: 'errands', recordType: tokens, id: 't' },
    });
    const openGrants = [
      pass('second'),
      pass('record'),
      pass('second', 'old'),
      { app: 'gone', recordType: 'x' },
    ];
    const publish = (grants: typeof openGrants | undefined) =>
      refusal(() =>
        planOver([TASKS, running], {
          drafts: [draftOf(app('notes'), 2)],
          ...(grants && { openGrants: grants as never }),
        }),
      );
    expect(publish(openGrants)).toEqual({
      code: 'DEFINITION_INVALID',
      message: expect.any(String),
      problems: [
        { path: '/notes/recordTypes', message: 'must keep “second”: 2 passes that are not over need it' },
        { path: '/errands/recordTypes', message: 'must keep “old”: a pass that is not over needs it' },
        { path: '/gone/recordTypes', message: 'must keep “x”: a pass that is not over needs it' },
      ],
    });
    expect(publish([pass('record')]).code).toBe('none');
    expect(publish(undefined).code).toBe('none');
  });
});
