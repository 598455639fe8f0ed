import { createSecretKey } from 'node:crypto';
import type { AppDefinition, Permission, RoleDefinition } from '../../../core/apps/definition.ts';
import { designPolicy } from '../../../core/apps/design-access.ts';
import {
  createApp,
  type DesignSession,
  listDrafts,
  noted,
  readDraft,
  robotsAmong,
  saveDraft,
} from '../../../core/apps/drafts.ts';
import type { Draft, Manifest } from '../../../core/apps/manifest.ts';
import {
  listPublishingOptions,
  pendingRebuilds,
  publicationChange,
  publishApps,
  readManifest,
  readPublished,
} from '../../../core/apps/publishing.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { Rebuild } from '../../../core/lists/rebuild.ts';
import type { Principal } from '../../../core/principals.ts';
import { DefinitionMemory } from '../../fixtures/definition-memory.ts';

const NOW = Date.UTC(2027, 2, 10, 12);
const AT = '2027-03-10T12:00:00.000Z';
const KEY = createSecretKey(Buffer.alloc(32, 'j'));

type Design = NonNullable<RoleDefinition['design']>;
type Rights = Record<string, NonNullable<Design['apps']>[string]>;

let definitions: DefinitionMemory;
let people: Map<string, Partial<Principal>>;
/** In which environment open passes were looked for. */
let asked: Environment[];

beforeEach(async () => {
  definitions = new DefinitionMemory();
  people = new Map();
  asked = [];
  definitions.manifests.set('development', manifestOf('development', {}));
  definitions.settings.set(1, {
    name: 'Site',
    contact: '',
    roles: [{ id: 'clerk', name: 'Clerk', environments: [] }],
  });
});

function manifestOf(environment: Environment, apps: Record<string, number>): Manifest {
  return {
    environment,
    version: 1,
    apps: Object.fromEntries(Object.entries(apps).map(([id, version]) => [id, { version, hash: '' }])),
    policy: '',
    site: 1,
    publishedAt: '',
    publishedBy: '',
  };
}

/** Somebody with one role that gives these rights on apps and nothing else, or with a built-in one. */
function sessionOf(given: Rights | string, publish?: Environment[]): DesignSession {
  const role =
    typeof given === 'string'
      ? undefined
      : { id: 'mine', name: 'Mine', environments: [], design: { apps: given, ...(publish && { publish }) } };
  return {
    caller: {
      outcome: 'ok',
      principalId: 'dora',
      type: 'user',
      name: 'Dora',
      roles: [role ? 'mine' : (given as string)],
      profiles: [],
      channel: 'api',
    },
    now: NOW,
    definitions,
    signing: { journal: { active: '0001', key: () => KEY }, newId: () => 'e1' },
    ...(role && { policy: designPolicy([role]) }),
    readPrincipal: async (id) => people.get(id) as Principal | undefined,
    async listOpenGrants(environment) {
      asked.push(environment);
      return [];
    },
  };
}

const DESIGNER = 'Developer';

/** Saves an app as somebody else has left it. */
async function has(id: string, more: Partial<AppDefinition> = {}, version = 1): Promise<AppDefinition> {
  const definition = { ...newApp({ id, name: `The ${id}`, kind: 'records' }), ...more };
  await definitions.saveDraft(
    {
      app: id,
      version,
      kind: definition.kind,
      definition,
      updatedAt: '2027-01-01T00:00:00.000Z',
      updatedBy: 'ann',
    },
    definition.name,
  );
  return definition;
}

/** A refusal as data. */
async function refusal(work: Promise<unknown>) {
  try {
    return { code: 'none', answer: await work };
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    return { code: error.code, message: error.message, problems: error.problems };
  }
}

const may = (operations: string[], more: Partial<Permission> = {}): Permission => ({
  role: 'clerk',
  recordType: 'record',
  operations,
  ...more,
});

const event = (content: object) => ({
  ...content,
  id: 'e1',
  at: AT,
  actor: { id: 'dora', type: 'user', name: 'Dora' },
  keyId: '0001',
  mac: expect.any(String),
});

describe('the list of apps', () => {
  it('is in order of name, says of each where which version runs, and holds those alone that may be read', async () => {
    await has('notes', { name: 'Zebra' });
    await has('notes', { name: 'Zebra' }, 2);
    await has('errands', { name: 'apples' });
    await has('hidden');
    // Named and without a draft: what a deletion under way leaves.
    definitions.names.set('ghost', { id: 'ghost', name: 'Ghost', kind: 'records' });
    definitions.manifests.set('test', manifestOf('test', { notes: 2, hidden: 1 }));
    definitions.manifests.set('production', manifestOf('production', { notes: 1 }));
    const readable = { notes: ['read'], errands: ['read'], ghost: ['read'] } as Rights;
    const draft = { updatedAt: '2027-01-01T00:00:00.000Z', updatedBy: 'ann' };
    expect(await listDrafts(sessionOf(readable))).toEqual([
      { id: 'errands', name: 'apples', kind: 'records', draft: { version: 1, ...draft }, published: {} },
      {
        id: 'notes',
        name: 'Zebra',
        kind: 'records',
        draft: { version: 2, ...draft },
        published: {
          test: { version: 2, isDraft: true },
          production: { version: 1, isDraft: false },
        },
      },
    ]);
  });
});

describe('an app that is made', () => {
  it('[F2, D12] is the ready form of its kind, as the journal tells, too', async () => {
    const made = await createApp(sessionOf({ '*': ['create'] }), {
      id: 'passes',
      name: 'Passes',
      kind: 'tokens',
    });
    expect(made).toEqual({
      app: 'passes',
      version: 1,
      kind: 'tokens',
      definition: newApp({ id: 'passes', name: 'Passes', kind: 'tokens' }),
      updatedAt: AT,
      updatedBy: 'dora',
    });
    expect([await definitions.readDraft('passes'), await definitions.listApps()]).toEqual([
      made,
      [{ id: 'passes', name: 'Passes', kind: 'tokens' }],
    ]);
    expect(definitions.events).toEqual([
      event({
        action: 'create',
        subject: { type: 'app', id: 'passes', name: 'Passes' },
        after: { kind: 'tokens', version: 1 },
      }),
    ]);
  });
});

describe('a draft that is saved', () => {
  const save = (session: DesignSession, document: object, version = 1, app = 'notes') =>
    saveDraft(session, app, document as Record<string, unknown>, version);

  it('[D12] is kept as it was written, under the next number, and the journal names what has changed', async () => {
    const { accessModel: _, ...before } = await has('notes');
    const written = { ...before, name: 'Memos', description: 'Short ones' };
    const saved = await save(sessionOf(DESIGNER), written);
    expect(saved).toEqual({
      app: 'notes',
      version: 2,
      kind: 'records',
      definition: written,
      updatedAt: AT,
      updatedBy: 'dora',
    });
    expect([await definitions.readDraft('notes'), await definitions.listApps()]).toEqual([
      saved,
      [{ id: 'notes', name: 'Memos', kind: 'records' }],
    ]);
    expect(definitions.events.at(-1)).toEqual(
      event({
        action: 'change',
        subject: { type: 'app', id: 'notes', name: 'Memos' },
        before: { version: 1 },
        after: { version: 2, changed: ['/name', '/accessModel', '/description'] },
      }),
    );
  });

  it('is refused in words that say what to do', async () => {
    const before = await has('notes');
    const session = sessionOf(DESIGNER);
    const kind = 'this is an app of kind records, and its kind stays; create another app instead';
    const id = 'write "notes": an app\'s id stays';
    expect([
      await refusal(save(session, before, 2)),
      await refusal(save(session, { ...before, kind: 'users' })),
      await refusal(save(session, { ...before, id: 'other' })),
    ]).toEqual([
      { code: 'VERSION_MISMATCH', message: 'the draft is at version 1', problems: [] },
      { code: 'APP_KIND_IMMUTABLE', message: kind, problems: [{ path: '/kind', message: kind }] },
      { code: 'DEFINITION_INVALID', message: `/id: ${id}`, problems: [{ path: '/id', message: id }] },
    ]);
    expect(definitions.events).toHaveLength(1);
  });

  it('may name the roles of the site, robots, and the drafts of other apps as they are now', async () => {
    const before = await has('notes');
    await has('errands');
    people.set('robot', { id: 'robot', type: 'robot' });
    people.set('ann', { id: 'ann', type: 'user' });
    const named = (more: Partial<AppDefinition>) =>
      refusal(save(sessionOf(DESIGNER), { ...before, ...more }));
    const [type] = before.recordTypes;
    const to = (app: string) => ({
      recordTypes: [
        {
          ...type,
          fields: [...(type?.fields ?? []), { id: 'to', label: 'To', type: 'reference', target: { app } }],
        },
      ] as AppDefinition['recordTypes'],
    });
    const problemsOf = async (more: Partial<AppDefinition>) =>
      ((await named(more)).problems ?? []).map(({ path, message }) => `${path} ${message}`);
    expect([
      await problemsOf({ robot: 'ann' }),
      await problemsOf({ permissions: [may(['view'], { role: 'pilot' })] }),
      await problemsOf(to('other')),
    ]).toEqual([
      ['/robot there is no robot "ann".'],
      [
        '/permissions/0/role there is no role "pilot". There is "clerk", "NonAuthenticatedUser", "AuthenticatedUser".',
      ],
      ['/recordTypes/0/fields/1/target/app there is no app "other". There is "errands".'],
    ]);
    const all = { ...to('errands'), robot: 'robot', permissions: [may(['view'])] };
    expect((await named(all)).code).toBe('none');
  });

  it('[A12] needs the right that each of its changes needs, and says which', async () => {
    const before = await has('notes', { permissions: [may(['view'])] });
    const [type] = before.recordTypes;
    const operations = type?.operations.map((each) =>
      each.id === 'view' ? { ...each, from: ['Active'] } : each,
    );
    const edited = {
      ...before,
      name: 'Memos',
      permissions: [may(['view', 'edit'])],
      recordTypes: [{ ...type, operations }],
    };
    const answers = async (...rights: Rights[string]) => {
      const { code, message, problems = [] } = await refusal(save(sessionOf({ notes: rights }), edited));
      return [code, message, problems.map(({ path, message: why }) => `${path} ${why}`)];
    };
    const refused = [
      'FORBIDDEN',
      'The draft changes what you may not change in this app; leave these places as they were, or ask somebody who may',
    ];
    const rule = 'what the app permits changes with this; that needs “changePermissions” on the app';
    const shape = 'this is no permission; to change it needs “edit” on the app';
    expect(await answers('read', 'edit')).toEqual([
      ...refused,
      [`/recordTypes/0/operations/1/from ${rule}`, `/permissions/0 ${rule}`],
    ]);
    expect(await answers('read', 'changePermissions')).toEqual([
      ...refused,
      [`/name ${shape}`, `/recordTypes/0/operations/1/from ${shape}`],
    ]);
    expect(await answers('read', 'publish')).toEqual(['FORBIDDEN', expect.any(String), []]);
    expect(await answers('edit')).toEqual(['NOT_FOUND', expect.any(String), []]);
    expect((await answers('read', 'edit', 'changePermissions'))[0]).toBe('none');
  });

  it('[A12] is told of fifty places that need another right, and of no more', async () => {
    const before = await has('notes');
    const fields = Array.from({ length: 60 }, (_, at) => ({
      id: `f${at}`,
      label: 'F',
      type: 'string' as const,
    }));
    const [type] = before.recordTypes;
    const wide = { ...before, recordTypes: [{ ...type, fields: [...(type?.fields ?? []), ...fields] }] };
    const { problems } = await refusal(save(sessionOf({ notes: ['read', 'changePermissions'] }), wide));
    expect(problems).toHaveLength(50);
  });

  it('that was made under an earlier shape is compared as one that permitted nothing', async () => {
    const before = await has('notes');
    definitions.drafts.set('notes', {
      ...(definitions.drafts.get('notes') as Draft),
      definition: { ...before, gone: true },
    });
    expect((await refusal(save(sessionOf({ notes: ['read', 'edit'] }), before))).code).toBe('none');
    const opened = { ...before, permissions: [may(['view'])] };
    const { problems } = await refusal(save(sessionOf({ notes: ['read', 'edit'] }), opened, 2));
    expect(problems?.map(({ path }) => path)).toEqual(['/permissions/0']);
  });

  it('is not told to a journal that nobody keeps', () => {
    const { signing: _, ...session } = sessionOf(DESIGNER);
    expect(
      noted(session, { action: 'delete', subject: { type: 'app', id: 'a', name: 'A' } }),
    ).toBeUndefined();
  });
});

describe('the robots that apps name', () => {
  it('are those accounts that are robots, with the apps that they work for', async () => {
    people.set('r1', { id: 'r1', type: 'robot', apps: ['notes'] });
    people.set('r2', { id: 'r2', type: 'robot' });
    people.set('ann', { id: 'ann', type: 'user', apps: ['notes'] });
    const found = await robotsAmong(sessionOf(DESIGNER), ['r1', undefined, '', 7, 'ann', 'nobody', 'r2']);
    expect([...found]).toEqual([
      ['r1', ['notes']],
      ['r2', []],
    ]);
  });
});

const TO_ERRANDS = { id: 'to', label: 'To', type: 'reference', target: { app: 'errands' } } as const;

/** An app that refers to `errands`. */
async function hasReader(more: Partial<AppDefinition> = {}, version = 1) {
  const [type] = newApp({ id: 'notes', name: 'Notes', kind: 'records' }).recordTypes as [
    AppDefinition['recordTypes'][number],
  ];
  return has('notes', { recordTypes: [{ ...type, fields: [...type.fields, TO_ERRANDS] }], ...more }, version);
}

describe('what can be published together', () => {
  it('[F37] is what was chosen and what that needs, with the versions that run and what would be refused', async () => {
    await hasReader({ permissions: [may(['view'])] });
    await has('errands', { robot: 'gone' });
    await has('apart');
    await has('errands', {}, 2);
    await publishApps(sessionOf('Owner'), 'test', ['errands']);
    await has('errands', { robot: 'gone' }, 3);
    const rights = { '*': ['read', 'publish'] } as Rights;
    expect(await listPublishingOptions(sessionOf(rights), 'test', ['notes'])).toEqual([
      {
        id: 'notes',
        name: 'The notes',
        draftVersion: 1,
        needed: false,
        preselected: true,
        problems: [
          {
            path: '/notes/permissions/0',
            message:
              'its permissions differ here from what runs there; you may not publish that without “changePermissions” on the app',
          },
        ],
      },
      {
        id: 'errands',
        name: 'The errands',
        draftVersion: 3,
        publishedVersion: 2,
        needed: true,
        preselected: true,
        problems: [{ path: '/errands/robot', message: 'there is no robot "gone".' }],
      },
    ]);
  });

  it('[F37] is checked with what runs there, and with the robot that each app names', async () => {
    const services = [{ id: 'list-notes', name: 'List', recordType: 'record', view: 'all' }];
    await hasReader({ services, robot: 'robot' });
    await has('errands');
    people.set('robot', { id: 'robot', type: 'robot', apps: ['errands'] });
    const problems = async () =>
      (await listPublishingOptions(sessionOf(DESIGNER), 'test', ['notes'])).map(({ problems: each }) => each);
    expect(await problems()).toEqual([
      [
        {
          path: '/notes/robot',
          message: expect.stringMatching(/^the robot "robot" does not run tasks or services of "notes"/),
        },
      ],
      [],
    ]);
    people.set('robot', { id: 'robot', type: 'robot', apps: ['notes'] });
    expect(await problems()).toEqual([[], []]);
  });

  it('[F37] fits together as it would be published, not as it runs', async () => {
    await has('errands');
    await publishApps(sessionOf(DESIGNER), 'test', ['errands']);
    const [type] = newApp({ id: 'errands', name: 'Errands', kind: 'records' }).recordTypes;
    await has('errands', { recordTypes: [type, { ...type, id: 'second' }] as never }, 2);
    const field = { ...TO_ERRANDS, target: { app: 'errands', recordType: 'second' } };
    await has('notes', { recordTypes: [{ ...type, fields: [...(type?.fields ?? []), field] }] as never });
    const options = await listPublishingOptions(sessionOf(DESIGNER), 'test', ['notes']);
    expect(options.map(({ id, problems }) => [id, problems])).toEqual([
      ['notes', []],
      ['errands', []],
    ]);
  });

  it('[F37] tells of a needed app that may not be read nothing but that it is not there', async () => {
    await hasReader();
    await has('errands');
    const options = await listPublishingOptions(sessionOf({ notes: ['read', 'publish'] }), 'test', ['notes']);
    expect(options.map(({ id, problems }) => [id, problems.map(({ message }) => message)])).toEqual([
      ['notes', ['there is no app "errands".']],
    ]);
  });

  it('[F37] chooses beforehand what somebody may publish there, and what is not there as it is', async () => {
    await hasReader();
    await has('errands');
    const chosen = async (rights: Rights, publish?: Environment[]) =>
      (await listPublishingOptions(sessionOf(rights, publish), 'test', ['notes'])).map(
        ({ id, preselected }) => [id, preselected],
      );
    const both = { notes: ['read', 'publish'], errands: ['read', 'publish'] } as Rights;
    expect(await chosen(both, ['test'])).toEqual([
      ['notes', true],
      ['errands', true],
    ]);
    expect(await chosen({ ...both, errands: ['read'] })).toEqual([
      ['notes', true],
      ['errands', false],
    ]);
    await publishApps(sessionOf('Owner'), 'test', ['notes', 'errands']);
    expect(await chosen(both)).toEqual([
      ['notes', true],
      ['errands', false],
    ]);
    expect(await refusal(chosen(both, ['development']))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('calls an app by its id whose draft is no app any more', async () => {
    await has('notes');
    definitions.drafts.set('notes', {
      ...(definitions.drafts.get('notes') as Draft),
      definition: { id: 'notes' },
    });
    const [option] = await listPublishingOptions(sessionOf(DESIGNER), 'test', ['notes']);
    expect([option?.name, option?.problems[0]?.path]).toEqual(['notes', '/notes']);
  });
});

describe('apps that are published', () => {
  it('[D12] are told in the journal with the versions that ran before and that run now', async () => {
    await has('notes');
    await has('errands');
    await publishApps(sessionOf(DESIGNER), 'test', ['notes', 'notes']);
    await has('notes', { name: 'Memos' }, 2);
    const manifest = await publishApps(sessionOf(DESIGNER), 'test', ['errands', 'notes']);
    expect(definitions.publications.map((each) => each.event)).toEqual([
      event({
        action: 'publish',
        subject: { type: 'environment', id: 'test', name: 'test' },
        before: {},
        after: { notes: 1 },
      }),
      event({
        action: 'publish',
        subject: { type: 'environment', id: 'test', name: 'test' },
        before: { notes: 1 },
        after: { errands: 1, notes: 2 },
      }),
    ]);
    expect(definitions.publications[0]?.versions).toHaveLength(1);
    expect([manifest, asked]).toEqual([definitions.manifests.get('test'), ['test', 'test']]);
    expect(
      publicationChange('staging', { a: { version: 2, hash: 'x' } }, { b: { version: 1, hash: 'y' } }),
    ).toEqual({
      action: 'publish',
      subject: { type: 'environment', id: 'staging', name: 'staging' },
      before: { a: 2 },
      after: { b: 1 },
    });
  });

  it('[F38] are each told of once, however often they were chosen', async () => {
    const services = [{ id: 'list-notes', name: 'List', recordType: 'record', view: 'all' }];
    await has('notes', { services });
    expect(await refusal(publishApps(sessionOf(DESIGNER), 'test', ['notes', 'notes']))).toMatchObject({
      code: 'ROBOT_MISSING',
      problems: [
        { path: '/notes/robot', message: '"The notes" has services: name the robot that runs them' },
      ],
    });
  });

  it('[A12] change no rules by who may not change them: every app and place is named', async () => {
    await has('notes');
    await has('errands');
    await publishApps(sessionOf(DESIGNER), 'test', ['notes', 'errands']);
    await has('notes', { permissions: [may(['view'])] }, 2);
    await has('errands', { name: 'Jobs', permissions: [may(['view'], { views: ['all'] })] }, 2);
    const rights = { notes: ['read', 'publish'], errands: ['read', 'publish'] } as Rights;
    const message =
      'its permissions differ here from what runs there; you may not publish that without “changePermissions” on the app';
    const both = (given: Rights) => refusal(publishApps(sessionOf(given), 'test', ['notes', 'errands']));
    expect(await both(rights)).toEqual({
      code: 'FORBIDDEN',
      message:
        'What these apps permit would change, and you may not change that; ask somebody who may to publish them',
      problems: [
        { path: '/notes/permissions/0', message },
        { path: '/errands/permissions/0', message },
      ],
    });
    expect(definitions.publications).toHaveLength(1);
    const one = await both({ ...rights, notes: ['read', 'publish', 'changePermissions'] });
    expect(one.problems).toEqual([{ path: '/errands/permissions/0', message }]);
    const all = { '*': ['read', 'publish', 'changePermissions'] } as Rights;
    expect((await both(all)).code).toBe('none');
    // What an unchanged app permits is no change, whoever publishes it again with another one.
    await has('errands', { name: 'Tasks', permissions: [may(['view'], { views: ['all'] })] }, 3);
    expect((await both(rights)).code).toBe('none');
  });

  it('[A12] for the first time give nobody anything by who may not change rules; fifty places are named', async () => {
    const permissions = Array.from({ length: 60 }, (_, at) => may(['view'], { subject: `a${at}` }));
    await has('notes', { permissions: permissions.map(({ role: _, ...each }) => each) });
    const { code, problems } = await refusal(
      publishApps(sessionOf({ notes: ['read', 'publish'] }), 'test', ['notes']),
    );
    expect([code, problems?.length, problems?.[0]?.path]).toEqual(['FORBIDDEN', 50, '/notes/permissions/0']);
  });

  it('go on waiting for the rebuilds that have not finished since', async () => {
    const needs = {
      'notes/record': { since: 3, indexes: ['all/x'] },
      'errands/record': { since: 3, indexes: ['all/y'] },
      'gone/record': { since: 2, indexes: ['*'] },
    };
    const built = (environment: string, app: string, number?: number) =>
      definitions.rebuilds.set(`${environment} ${app} record`, { built: number } as Rebuild);
    built('test', 'notes', 3);
    built('test', 'errands', 2);
    built('production', 'gone', 9);
    built('test', 'gone');
    const manifest = { ...manifestOf('test', {}), rebuilds: needs };
    const { 'notes/record': _, ...left } = needs;
    expect(await pendingRebuilds(definitions, manifest)).toEqual(left);
    expect(await pendingRebuilds(definitions, manifestOf('test', {}))).toEqual({});
    expect(await pendingRebuilds(definitions, undefined)).toEqual({});
    // Publishing asks for it, too.
    await has('notes');
    definitions.manifests.set('test', manifest);
    expect((await publishApps(sessionOf(DESIGNER), 'test', ['notes'])).rebuilds).toEqual(left);
  });

  it('are read whole, or not at all', async () => {
    await has('notes');
    await publishApps(sessionOf(DESIGNER), 'test', ['notes']);
    const manifest = definitions.manifests.get('test') as Manifest;
    expect((await readPublished(definitions, manifest)).map(({ definition }) => definition.id)).toEqual([
      'notes',
    ]);
    expect(await readPublished(definitions, undefined)).toEqual([]);
    const broken = { ...manifest, apps: { ...manifest.apps, other: { version: 4, hash: '' } } };
    await expect(readPublished(definitions, broken)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'the manifest of test names versions that do not exist',
    });
    const session = sessionOf('Owner');
    expect(await readManifest(session, 'test')).toEqual(manifest);
    expect(await refusal(readManifest(session, 'staging'))).toMatchObject({
      code: 'NOT_FOUND',
      message: 'nothing is published in staging',
    });
    expect((await refusal(readDraft(session, 'nothing'))).code).toBe('NOT_FOUND');
  });
});
