import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import {
  createApp,
  type DesignSession,
  listDrafts,
  readDraft,
  saveDraft,
} from '../../../core/apps/drafts.ts';
import { listPublishingOptions, publishApps, readManifest } from '../../../core/apps/publishing.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import { DaypassError, type ErrorCode } from '../../../core/errors.ts';
import type { Caller } from '../../../core/ports.ts';
import { DefinitionMemory } from '../../fixtures/definition-memory.ts';
import { exampleApp, exampleSite } from '../../fixtures/property-management.ts';

const NOW = Date.UTC(2026, 0, 15);

function callerWith(...roles: string[]): Caller {
  return {
    outcome: 'ok',
    principalId: 'olga',
    type: 'user',
    name: 'Olga',
    roles,
    profiles: [],
    channel: 'api',
  };
}

let definitions: DefinitionMemory;
let designer: DesignSession;

function sessionOf(caller: Caller): DesignSession {
  return {
    caller,
    now: NOW,
    definitions,
    listOpenGrants: async () => [],
    async readPrincipal(id) {
      const person = exampleSite().people.find((each) => each.id === id);
      if (!person) return undefined;
      const { name, roles, kind, apps = [] } = person;
      return { id, name, roles, apps, type: kind, profiles: [], createdAt: '2026-01-01T00:00:00Z' };
    },
  };
}

/** Refusals as data, so that a failing test shows what came instead. */
async function refusal(work: Promise<unknown>): Promise<{ code: ErrorCode | 'none'; problems: unknown }> {
  try {
    await work;
    return { code: 'none', problems: [] };
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    return { code: error.code, problems: error.problems };
  }
}

async function draft(app: AppDefinitionInput): Promise<void> {
  await createApp(designer, { id: app.id, name: app.name, kind: app.kind });
  await saveDraft(designer, app.id, { ...app }, 1);
}

beforeEach(async () => {
  definitions = new DefinitionMemory();
  designer = sessionOf(callerWith('Developer'));
  const { name, contact, roles } = exampleSite();
  // A site whose roles are known, as `npm run apply` or the roles' own screens leave it.
  await definitions.publish({
    manifest: {
      environment: 'test',
      version: 1,
      apps: {},
      policy: 'none',
      site: 1,
      publishedAt: '2026-01-01T00:00:00Z',
      publishedBy: 'setup',
    },
    replaces: 0,
    versions: [],
    policy: { hash: 'none', document: '{}' },
    settings: { version: 1, settings: { name, contact, roles } },
  });
});

describe('drafts', () => {
  it('a new app starts as the ready form of its kind, at version 1', async () => {
    const made = await createApp(designer, { id: 'passes', name: 'Passes', kind: 'tokens' });

    expect(made).toMatchObject({ app: 'passes', version: 1, kind: 'tokens', updatedBy: 'olga' });
    expect(await readDraft(designer, 'passes')).toEqual(made);
  });

  it('an app that exists is not made again', async () => {
    await createApp(designer, { id: 'passes', name: 'Passes', kind: 'tokens' });
    expect(await refusal(createApp(designer, { id: 'passes', name: 'P', kind: 'records' }))).toMatchObject({
      code: 'ALREADY_EXISTS',
    });
  });

  it('an id that cannot be one is refused with its place', async () => {
    expect(await refusal(createApp(designer, { id: 'Pässe', name: 'P', kind: 'records' }))).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [{ path: '/id' }],
    });
  });

  it('the kind of an app stays', async () => {
    await createApp(designer, { id: 'passes', name: 'Passes', kind: 'tokens' });
    const { definition } = await readDraft(designer, 'passes');
    const changed = { ...(definition as object), kind: 'records' };

    expect(await refusal(saveDraft(designer, 'passes', changed, 1))).toMatchObject({
      code: 'APP_KIND_IMMUTABLE',
      problems: [{ path: '/kind' }],
    });
    expect((await readDraft(designer, 'passes')).version).toBe(1);
  });

  it('a draft that somebody else has saved meanwhile is not overwritten', async () => {
    await createApp(designer, { id: 'passes', name: 'Passes', kind: 'tokens' });
    const { definition } = await readDraft(designer, 'passes');
    await saveDraft(designer, 'passes', definition as Record<string, unknown>, 1);

    expect(
      await refusal(saveDraft(designer, 'passes', definition as Record<string, unknown>, 1)),
    ).toMatchObject({
      code: 'VERSION_MISMATCH',
    });
  });

  it('a draft is checked against the drafts of the other apps', async () => {
    const app = exampleApp('work-orders');
    await createApp(designer, { id: app.id, name: app.name, kind: 'records' });

    const refused = await refusal(saveDraft(designer, app.id, { ...app }, 1));
    expect(refused).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: expect.arrayContaining([
        { path: '/recordTypes/0/fields/9/target/app', message: 'there is no app "contractor-tokens".' },
      ]),
    });
    await draft(exampleApp('contractor-tokens'));
    expect((await saveDraft(designer, app.id, { ...app }, 1)).version).toBe(2);
  });

  it('another id than the address names is refused', async () => {
    await createApp(designer, { id: 'passes', name: 'Passes', kind: 'tokens' });
    const other = { ...exampleApp('contractor-tokens') };

    expect(await refusal(saveDraft(designer, 'passes', other, 1))).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [{ path: '/id' }],
    });
  });
});

describe('publishing', () => {
  const both = ['work-orders', 'contractor-tokens'];
  beforeEach(async () => {
    await draft(exampleApp('contractor-tokens'));
    await draft(exampleApp('work-orders'));
  });

  it('lists what the chosen apps need, preselected as long as it is not there as it is now', async () => {
    const options = () => listPublishingOptions(designer, 'production', ['work-orders']);
    expect(await options()).toEqual([
      {
        id: 'work-orders',
        name: 'Property Management Work Orders',
        draftVersion: 2,
        needed: false,
        preselected: true,
        problems: [],
      },
      {
        id: 'contractor-tokens',
        name: 'Contractor Tokens',
        draftVersion: 2,
        needed: true,
        preselected: true,
        problems: [],
      },
    ]);

    await publishApps(designer, 'production', both);
    expect(
      (await options()).map(({ preselected, publishedVersion }) => [preselected, publishedVersion]),
    ).toEqual([
      [true, 2],
      [false, 2],
    ]);
  });

  it('puts the chosen drafts into the manifest under their numbers, in one step', async () => {
    const manifest = await publishApps(designer, 'production', both);

    expect(manifest).toMatchObject({
      environment: 'production',
      version: 1,
      apps: { 'work-orders': { version: 2 }, 'contractor-tokens': { version: 2 } },
      site: 1,
      publishedBy: 'olga',
      publishedAt: '2026-01-15T00:00:00.000Z',
    });
    expect(await readManifest(designer, 'production')).toEqual(manifest);
    expect(definitions.publications.at(-1)?.versions.map(({ app }) => app)).toEqual(both);
  });

  it('without what an app needs publishes nothing, and says what is missing', async () => {
    expect(await refusal(publishApps(designer, 'production', ['work-orders']))).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: expect.arrayContaining([
        { path: '/work-orders', message: 'it needs "contractor-tokens"; publish that as well' },
      ]),
    });
    expect(definitions.manifests.has('production')).toBe(false);
  });

  it('needs no more than what is there already', async () => {
    await publishApps(designer, 'production', ['contractor-tokens']);
    const manifest = await publishApps(designer, 'production', ['work-orders']);

    expect(Object.keys(manifest.apps).sort()).toEqual(['contractor-tokens', 'work-orders']);
    expect(manifest.version).toBe(2);
  });

  it('again without a change writes nothing', async () => {
    const first = await publishApps(designer, 'production', both);
    expect(await publishApps(designer, 'production', both)).toEqual(first);
    expect(definitions.publications).toHaveLength(2);
  });

  it('that would write more than one transaction takes is refused, and says how much it is', async () => {
    const app = newApp({ id: 'lists', name: 'Lists', kind: 'records' });
    const [type] = app.recordTypes;
    type?.fields.push({ id: 'note', label: 'Note', type: 'string' });
    const many = (columns: string[]) => {
      const views = [{ id: 'all', name: 'All', columns }];
      const recordTypes = Array.from({ length: 44 }, (_, at) => ({ ...type, id: `list-${at}`, views }));
      return { ...app, recordTypes, permissions: [] } as AppDefinitionInput;
    };
    await draft(many(['title']));
    await publishApps(designer, 'production', [app.id]);
    // Each type's list is to be made anew: what asks for that, and what starts it.
    await saveDraft(designer, app.id, { ...many(['title', 'note']) }, 2);
    const tooMany = publishApps(designer, 'production', [app.id]);
    await expect(tooMany).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('would write 91 items, and 90 are possible'),
    });
  });

  it('into two environments publishes one and the same version', async () => {
    await publishApps(designer, 'staging', both);
    await publishApps(designer, 'production', both);

    expect(definitions.manifests.get('production')?.apps).toEqual(definitions.manifests.get('staging')?.apps);
  });

  it('an app with tasks and no robot is refused', async () => {
    const { robot: _, ...app } = exampleApp('work-orders');
    await saveDraft(designer, 'work-orders', app, 2);

    expect(await refusal(publishApps(designer, 'production', both))).toMatchObject({
      code: 'ROBOT_MISSING',
      problems: [
        {
          path: '/work-orders/robot',
          message: '"Property Management Work Orders" has tasks: name the robot that runs them',
        },
      ],
    });
  });

  it('a change that would break another published app is refused, and nothing changes', async () => {
    const before = await publishApps(designer, 'production', both);
    const tokens = exampleApp('contractor-tokens');
    tokens.recordTypes[0]?.views.pop();
    tokens.permissions = tokens.permissions?.map(({ views: _, ...permission }) => permission) ?? [];
    await saveDraft(designer, 'contractor-tokens', { ...tokens }, 2);

    expect(await refusal(publishApps(designer, 'production', ['contractor-tokens']))).toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [{ path: '/work-orders/tasks/1/actions/0/source/view' }],
    });
    expect(await readManifest(designer, 'production')).toEqual(before);
  });

  it('a users app is published as it is made', async () => {
    await createApp(designer, { id: 'people', name: 'People', kind: 'users' });

    expect((await publishApps(designer, 'production', ['people'])).apps).toHaveProperty('people');
  });

  it('of two publications at the same moment one is refused', async () => {
    const outcomes = await Promise.all([
      refusal(publishApps(designer, 'production', both)),
      refusal(publishApps(designer, 'production', both)),
    ]);

    expect(outcomes.map(({ code }) => code).sort()).toEqual(['CONFLICT', 'none']);
    expect(definitions.manifests.get('production')?.version).toBe(1);
  });
});

describe('who may design', () => {
  beforeEach(() => draft(exampleApp('contractor-tokens')));

  it.each([['Owner'], ['Maintainer'], ['Developer']])('%s reads, saves and publishes', async (role) => {
    const session = sessionOf(callerWith(role));
    const { definition, version } = await readDraft(session, 'contractor-tokens');
    await saveDraft(session, 'contractor-tokens', definition as Record<string, unknown>, version);
    await publishApps(session, 'development', ['contractor-tokens']);

    expect(
      (await listDrafts(session)).map(({ id, draft, published }) => [id, draft.version, published]),
    ).toEqual([['contractor-tokens', 3, { development: { version: 3, isDraft: true } }]]);
  });

  it.each([['dispatcher'], ['technician'], ['PublicSiteAdministrator']])(
    '%s finds no app, makes none and publishes none',
    async (role) => {
      const session = sessionOf(callerWith(role));
      const { definition } = await readDraft(designer, 'contractor-tokens');

      expect(await listDrafts(session)).toEqual([]);
      const tries = [
        readDraft(session, 'contractor-tokens'),
        saveDraft(session, 'contractor-tokens', definition as Record<string, unknown>, 2),
        publishApps(session, 'development', ['contractor-tokens']),
        listPublishingOptions(session, 'development', ['contractor-tokens']),
        readDraft(session, 'no-such-app'),
        createApp(session, { id: 'mine', name: 'Mine', kind: 'records' }),
        readManifest(session, 'development'),
      ];
      const codes = await Promise.all(tries.map(async (each) => (await refusal(each)).code));
      expect(codes).toEqual([...Array(5).fill('NOT_FOUND'), 'FORBIDDEN', 'FORBIDDEN']);
    },
  );

  it('a publisher reads drafts and neither saves nor publishes', async () => {
    const session = sessionOf(callerWith('Publisher'));
    const { definition, version } = await readDraft(session, 'contractor-tokens');

    const saving = saveDraft(session, 'contractor-tokens', definition as Record<string, unknown>, version);
    expect((await refusal(saving)).code).toBe('FORBIDDEN');
    expect((await refusal(publishApps(session, 'test', ['contractor-tokens']))).code).toBe('FORBIDDEN');
  });

  it('neither a token user nor somebody unknown designs', async () => {
    const tokenUser = sessionOf({ ...callerWith('Owner'), type: 'tokenUser' });
    const nobody = sessionOf({ ...callerWith(), type: 'anonymous', principalId: '' });
    for (const session of [tokenUser, nobody]) {
      expect((await refusal(readDraft(session, 'contractor-tokens'))).code).toBe('NOT_FOUND');
      expect((await refusal(createApp(session, { id: 'mine', name: 'Mine', kind: 'records' }))).code).toBe(
        'FORBIDDEN',
      );
    }
  });
});
