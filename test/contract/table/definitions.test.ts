import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Publication, SettingsPublication } from '../../../core/apps/definition-store.ts';
import type { Draft, Manifest } from '../../../core/apps/manifest.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import { newRebuild } from '../../../core/lists/rebuild.ts';
import type { SiteSettings } from '../../../core/runtime.ts';
import { createDefinitions, type Definitions } from '../../../lambdas/shared/table/definitions.ts';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import { type LocalTables, startLocalTables } from '../../support/local-table.ts';
import { ADA, AT } from './fixtures.ts';

let tables: LocalTables;
let table: string;
let definitions: Definitions;
beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);
beforeEach(async () => {
  table = await tables.create();
  definitions = createDefinitions(tables.client, table);
});
afterAll(() => tables?.stop());

/** Keys of all items, and what is in them besides. */
async function keys(): Promise<string[]> {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: table }));
  return Items.map(({ PK, SK }) => `${PK} ${SK}`).sort();
}

async function answerTo(write: Promise<void>): Promise<string> {
  return write.then(
    () => 'is written',
    (error: unknown) => {
      if (error instanceof DaypassError) return error.code;
      throw error;
    },
  );
}

const draft = (version: number, more: Partial<Draft> = {}): Draft =>
  ({
    app: 'desk',
    version,
    kind: 'workflow',
    definition: { name: 'Desk', z: 1, a: 'é' },
    updatedAt: AT,
    updatedBy: 'u1',
    ...more,
  }) as Draft;
const event = (id: string): DesignEvent => ({
  id,
  at: AT,
  action: 'change',
  subject: { type: 'app', id: 'desk', name: 'Desk' },
  actor: { id: 'u1', type: 'user', name: 'Ada' },
  keyId: '0001',
  mac: 'mac',
});
const manifest = (version: number, hash = 'h1', more: Partial<Manifest> = {}): Manifest => ({
  environment: 'test',
  version,
  apps: { desk: { version: 3, hash } },
  policy: 'p1',
  site: 1,
  publishedAt: AT,
  publishedBy: 'u1',
  ...more,
});
const checked = { app: 'desk' } as unknown as CheckedApp;
const settings = { name: 'Example' } as unknown as SiteSettings;
const publication = (version: number, more: Partial<Publication> = {}): Publication => ({
  manifest: manifest(version),
  replaces: version - 1,
  versions: [{ app: 'desk', version: 3, checked }],
  policy: { hash: 'p1', document: 'the policy' },
  ...more,
});
const change = (version: number, more: Partial<SettingsPublication> = {}): SettingsPublication => ({
  version,
  settings,
  environments: [],
  ...more,
});

describe('drafts in the table', () => {
  it('come back as they were written, with their entry in the list of apps and in the journal', async () => {
    await definitions.saveDraft(draft(1), 'Desk', event('e1'));
    await definitions.saveDraft(draft(2, { updatedBy: 'u2' }), 'Help desk', event('e2'));
    await definitions.saveDraft(draft(1, { app: 'cars' }), 'Cars');

    expect(await definitions.readDraft('desk')).toEqual(draft(2, { updatedBy: 'u2' }));
    expect(JSON.stringify((await definitions.readDraft('desk'))?.definition)).toBe(
      '{"name":"Desk","z":1,"a":"é"}',
    );
    expect(await definitions.readDraft('none')).toBeUndefined();
    expect(await definitions.listApps()).toEqual([
      { id: 'cars', name: 'Cars', kind: 'workflow' },
      { id: 'desk', name: 'Help desk', kind: 'workflow' },
    ]);
    expect(await keys()).toEqual([
      'APP#cars #DRAFT',
      'APP#desk #DRAFT',
      `DESIGN ${AT}#e1`,
      `DESIGN ${AT}#e2`,
      'SITE APP#cars',
      'SITE APP#desk',
    ]);
  });

  it('are saved over the one that was read, and no other', async () => {
    expect(await answerTo(definitions.saveDraft(draft(2), 'Desk'))).toBe('VERSION_MISMATCH');
    expect(await answerTo(definitions.saveDraft(draft(1), 'Desk'))).toBe('is written');
    expect(await answerTo(definitions.saveDraft(draft(1), 'Desk', event('e1')))).toBe('ALREADY_EXISTS');
    expect(await answerTo(definitions.saveDraft(draft(3), 'Desk'))).toBe('VERSION_MISMATCH');
    expect(await answerTo(definitions.saveDraft(draft(2), 'Desk'))).toBe('is written');
    expect(await answerTo(definitions.saveDraft(draft(2), 'Desk'))).toBe('VERSION_MISMATCH');
    // What is not saved is not in the journal.
    expect(await keys()).toEqual(['APP#desk #DRAFT', 'SITE APP#desk']);
  });

  it('that do not fit an item of the table are refused before they are sent', async () => {
    const random = Array.from({ length: 60_000 }, (_, at) => Math.sin(at).toString()).join('');

    expect(await answerTo(definitions.saveDraft(draft(1, { definition: random }), 'Desk'))).toBe(
      'LIMIT_EXCEEDED',
    );
    expect(await keys()).toEqual([]);
  });
});

describe('publications in the table', () => {
  it('are a manifest, its versions, its policy, settings, events, and rebuilds with what starts them', async () => {
    const rebuild = newRebuild(
      { environment: 'test', app: 'desk', recordType: 'job' },
      { mode: 'outdated', since: 1, at: AT, by: 'u1', published: AT },
    );
    await definitions.publish(
      publication(1, {
        rebuilds: [rebuild],
        settings: { version: 1, settings },
        event: event('e1'),
        settingsEvents: [event('e2'), event('e3')],
      }),
    );

    expect(await definitions.readManifest('test')).toMatchObject(manifest(1));
    expect(await definitions.readManifest('production')).toBeUndefined();
    expect(await definitions.readVersion('desk', 3)).toEqual(checked);
    expect(await definitions.readVersion('desk', 2)).toBeUndefined();
    expect(await definitions.readPolicy('p1')).toBe('the policy');
    expect(await definitions.readPolicy('p2')).toBeUndefined();
    expect(await definitions.readSettings(1)).toEqual(settings);
    expect(await definitions.readSettings(2)).toBeUndefined();
    expect(await definitions.readRebuild(rebuild)).toEqual(rebuild);
    expect((await keys()).map((key) => key.replace(/^OUTBOX#\d .*/, 'OUTBOX'))).toEqual([
      'APP#desk VERSION#00000003',
      `DESIGN ${AT}#e1`,
      `DESIGN ${AT}#e2`,
      `DESIGN ${AT}#e3`,
      'MANIFEST#test #MANIFEST',
      'OUTBOX',
      'POLICY#p1 #POLICY',
      'REBUILD#test#desk#job #REBUILD',
      'SITE VERSION#00000001',
    ]);
  });

  it('replace the one that they were made from, and no other', async () => {
    expect(await answerTo(definitions.publish(publication(2)))).toBe('CONFLICT');
    expect(await answerTo(definitions.publish(publication(1)))).toBe('is written');
    expect(await answerTo(definitions.publish(publication(1)))).toBe('CONFLICT');
    expect(await answerTo(definitions.publish(publication(2)))).toBe('is written');
    expect(await answerTo(definitions.publish(publication(2)))).toBe('CONFLICT');
    expect(await definitions.readManifest('test')).toMatchObject({ version: 2 });
  });

  it('never change a version: the same one may be published again, another one under its number may not', async () => {
    await definitions.publish(publication(1));

    const elsewhere = { ...manifest(1), environment: 'production' as const };
    expect(await answerTo(definitions.publish(publication(1, { manifest: elsewhere })))).toBe('is written');
    expect(await answerTo(definitions.publish(publication(2, { manifest: manifest(2, 'h2') })))).toBe(
      'CONFLICT',
    );
  });

  it('never change settings: a number of theirs is used once', async () => {
    const both = publication(1, { settings: { version: 1, settings } });

    expect(await answerTo(definitions.publish(both))).toBe('is written');
    expect(await answerTo(definitions.publish({ ...both, manifest: manifest(2), replaces: 1 }))).toBe(
      'CONFLICT',
    );
    expect(await answerTo(definitions.changeSettings(change(1)))).toBe('CONFLICT');
    expect(await answerTo(definitions.changeSettings(change(2)))).toBe('is written');
  });
});

describe('settings in the table', () => {
  const staging = (version: number, replaces: number, policy = 'p2') => ({
    manifest: manifest(version, 'h1', { environment: 'staging', policy }),
    replaces,
    policy: { hash: policy, document: `policy ${policy}` },
  });

  it('count in every environment at once, or in none', async () => {
    await definitions.publish(publication(1));
    const inTest = { ...staging(2, 1, 'p3'), manifest: manifest(2, 'h1', { policy: 'p3', site: 2 }) };

    expect(
      await answerTo(definitions.changeSettings(change(2, { environments: [inTest, staging(5, 4)] }))),
    ).toBe('CONFLICT');
    expect(await definitions.readManifest('test')).toMatchObject({ version: 1 });
    expect(
      await answerTo(
        definitions.changeSettings(change(2, { environments: [inTest, staging(1, 0)], event: event('e1') })),
      ),
    ).toBe('is written');
    expect(await definitions.readManifest('test')).toMatchObject({ version: 2, policy: 'p3' });
    expect(await definitions.readManifest('staging')).toMatchObject({ version: 1, policy: 'p2' });
    expect(await definitions.readPolicy('p2')).toBe('policy p2');
    expect(await definitions.readPolicy('p3')).toBe('policy p3');
    expect(await keys()).toContain(`DESIGN ${AT}#e1`);
  });

  it('lose a role that nobody holds, for good, and keep one that is held', async () => {
    const store = createStore(tables.client, table);
    const user = { ...ADA, roles: ['staff'] };
    await store.commit([{ kind: 'addUser', principal: user, email: 'ada@example.org' }]);

    expect(await answerTo(definitions.changeSettings(change(1, { removedRole: 'staff' })))).toBe(
      'ROLE_IN_USE',
    );
    expect(await definitions.readSettings(1)).toBeUndefined();
    await store.commit([{ kind: 'updateAccount', before: user, after: { ...user, roles: [], version: 2 } }]);
    expect(await answerTo(definitions.changeSettings(change(1, { removedRole: 'staff' })))).toBe(
      'is written',
    );
    expect(await answerTo(definitions.changeSettings(change(2, { removedRole: 'never' })))).toBe(
      'is written',
    );
    // Another change came first, and the role has nothing to do with it.
    expect(await answerTo(definitions.changeSettings(change(2, { removedRole: 'other' })))).toBe('CONFLICT');
    for (const role of ['staff', 'never']) {
      expect(
        await answerTo(
          store.commit([
            { kind: 'addPrincipal', principal: { ...ADA, id: 'b1', type: 'robot', roles: [role] } },
          ]),
        ),
      ).toBe('ROLE_UNKNOWN');
    }
    // The role whose removal was refused is there as before.
    expect(
      await answerTo(
        store.commit([
          { kind: 'addPrincipal', principal: { ...ADA, id: 'b2', type: 'robot', roles: ['other'] } },
        ]),
      ),
    ).toBe('is written');
  });
});
