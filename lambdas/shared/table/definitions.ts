import { gunzipSync, gzipSync } from 'node:zlib';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type {
  AppListEntry,
  DefinitionStore,
  SettingsPublication,
} from '../../../core/apps/definition-store.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { Draft, Manifest } from '../../../core/apps/manifest.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import type { Change } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError, type ErrorCode } from '../../../core/errors.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import type { Rebuild } from '../../../core/lists/rebuild.ts';
import { startOf } from '../../../core/lists/start-rebuild.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type { Published, SiteSettings } from '../../../core/runtime.ts';
import { toTableActions } from './changes.ts';
import { putDesignEvent } from './events.ts';
import {
  APP_LIST_PREFIX,
  appListKey,
  appVersionKey,
  draftKey,
  type Key,
  manifestKey,
  policyKey,
  roleKey,
  SITE,
  siteVersionKey,
} from './keys.ts';
import { createRebuilds } from './rebuilds.ts';

/** DynamoDB's item limit is 400 KB; what is stored packed must stay below it. */
const MAX_PACKED_BYTES = 380_000;

/** Drafts, published versions and manifests in the table. */
export function createDefinitions(client: DynamoDBDocumentClient, table: string): Definitions {
  async function get<T>(key: Key): Promise<T | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true }),
    );
    return Item as T | undefined;
  }

  return {
    readManifest: (environment: Environment) => get<Manifest>(manifestKey(environment)),

    async readDraft(app: string): Promise<Draft | undefined> {
      const item = await get<Omit<Draft, 'definition'> & { packed: Uint8Array } & Key>(draftKey(app));
      if (!item) return undefined;
      const { PK: _pk, SK: _sk, packed, ...draft } = item;
      return { ...draft, definition: unpack(packed) };
    },

    async readVersion(app: string, version: number): Promise<CheckedApp | undefined> {
      const item = await get<{ packed: Uint8Array }>(appVersionKey(app, version));
      return item && (unpack(item.packed) as CheckedApp);
    },

    async readPolicy(hash: string): Promise<string | undefined> {
      const item = await get<{ packed: Uint8Array }>(policyKey(hash));
      return item && (unpack(item.packed) as string);
    },

    async readSettings(version: number): Promise<SiteSettings | undefined> {
      const item = await get<{ settings: SiteSettings }>(siteVersionKey(version));
      return item?.settings;
    },

    async listApps(): Promise<AppListEntry[]> {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
          ExpressionAttributeValues: { ':pk': SITE, ':prefix': APP_LIST_PREFIX },
          ConsistentRead: true,
        }),
      );
      return Items.map(({ id, name, kind }): AppListEntry => ({ id, name, kind }));
    },

    async saveDraft({ definition, ...draft }: Draft, name: string, event?: DesignEvent): Promise<void> {
      const condition =
        draft.version === 1
          ? { ConditionExpression: 'attribute_not_exists(PK)' }
          : {
              ConditionExpression: '#version = :previous',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':previous': draft.version - 1 },
            };
      const { app, kind } = draft;
      // Packed, it comes back member by member as it was written, and its size is known before it is sent.
      const item = { ...draft, packed: pack(definition), ...draftKey(app) };
      await transact(
        [
          { Put: { TableName: table, Item: item, ...condition } },
          { Put: { TableName: table, Item: { id: app, name, kind, ...appListKey(app) } } },
          ...journalled(event),
        ],
        draft.version === 1 ? 'ALREADY_EXISTS' : 'VERSION_MISMATCH',
      );
    },

    readRebuild: createRebuilds(client, table).readRebuild,

    async publish(publication): Promise<void> {
      const { manifest, replaces, versions, rebuilds = [], policy, settings } = publication;
      const { event, settingsEvents = [] } = publication;
      await putPolicy(policy);
      await transact(
        [
          putManifest(manifest, replaces),
          ...versions.map(({ app, version, checked }) => ({
            Put: {
              TableName: table,
              Item: { packed: pack(checked), hash: manifest.apps[app]?.hash, ...appVersionKey(app, version) },
              // A version never changes; another environment may have published the same one before.
              ConditionExpression: 'attribute_not_exists(PK) OR #hash = :hash',
              ExpressionAttributeNames: { '#hash': 'hash' },
              ExpressionAttributeValues: { ':hash': manifest.apps[app]?.hash },
            },
          })),
          ...(settings ? [putSettings(settings)] : []),
          ...[event, ...settingsEvents].flatMap(journalled),
          ...toTableActions(rebuilds.flatMap(requested), table).map(({ item }) => item),
        ],
        'CONFLICT',
      );
    },

    async changeSettings({ version, settings, environments, removedRole, event }): Promise<void> {
      await Promise.all(environments.map(({ policy }) => putPolicy(policy)));
      await transact(
        [
          ...(removedRole === undefined ? [] : [removeRole(removedRole)]),
          putSettings({ version, settings }),
          ...environments.map(({ manifest, replaces }) => putManifest(manifest, replaces)),
          ...journalled(event),
        ],
        'CONFLICT',
        removedRole === undefined ? undefined : 'ROLE_IN_USE',
      );
    },
  };

  /** A change of the site and its entry in the journal are one. */
  function journalled(event: DesignEvent | undefined): TransactItem[] {
    return event ? [putDesignEvent(event, table).item] : [];
  }

  /** Content-addressed: written ahead, it is of no effect until a manifest names it. */
  async function putPolicy({ hash, document }: SettingsPublication['environments'][number]['policy']) {
    await client.send(
      new PutCommand({ TableName: table, Item: { packed: pack(document), ...policyKey(hash) } }),
    );
  }

  function putManifest(manifest: Manifest, replaces: number): TransactItem {
    return {
      Put: {
        TableName: table,
        Item: { ...manifest, ...manifestKey(manifest.environment) },
        ...(replaces === 0
          ? { ConditionExpression: 'attribute_not_exists(PK)' }
          : {
              ConditionExpression: '#version = :replaces',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':replaces': replaces },
            }),
      },
    };
  }

  function putSettings({
    version,
    settings,
  }: Pick<SettingsPublication, 'version' | 'settings'>): TransactItem {
    return {
      Put: {
        TableName: table,
        Item: { settings, ...siteVersionKey(version) },
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    };
  }

  /** Whoever is being given the role at the same moment comes first, or not at all. */
  function removeRole(role: string): TransactItem {
    return {
      Update: {
        TableName: table,
        Key: { ...roleKey(role) },
        UpdateExpression: 'SET removedAt = :at',
        ConditionExpression: 'attribute_not_exists(holders) OR holders <= :none',
        ExpressionAttributeValues: { ':none': 0, ':at': new Date().toISOString() },
      },
    };
  }

  /** @param first what is refused when the first part's condition is the one that failed */
  async function transact(
    items: TransactItem[],
    refusal: 'ALREADY_EXISTS' | 'VERSION_MISMATCH' | 'CONFLICT',
    first?: ErrorCode,
  ): Promise<void> {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: items }));
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [reason] = error.CancellationReasons ?? [];
      throw new DaypassError(first && reason?.Code === 'ConditionalCheckFailed' ? first : refusal);
    }
  }
}

type TransactItem = NonNullable<
  ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']
>[number];

/** A rebuild, and the outbox entry that starts it. */
function requested(rebuild: Rebuild): Change[] {
  return [
    { kind: 'requestRebuild', rebuild },
    { kind: 'addOutbox', entry: startOf(rebuild) },
  ];
}

/** The definition store, and what else is looked up beside it. */
export interface Definitions extends DefinitionStore {
  /** A compiled policy as text, by its hash. */
  readPolicy(hash: string): Promise<string | undefined>;
}

/**
 * What an environment has published: one strongly consistent read of its manifest per request; the bodies that it names
 * are immutable and kept for as long as the process lives.
 * @returns rejects with NOT_FOUND while nothing is published there
 */
export function publishedSource(definitions: Definitions): (environment: Environment) => Promise<Published> {
  const cache = new Map<Environment, { key: string; published: Promise<Published> }>();
  return async (environment) => {
    const manifest = await definitions.readManifest(environment);
    if (!manifest) throw new DaypassError('NOT_FOUND', `nothing is published in ${environment}`);
    const key = `${manifest.version} ${manifest.policy} ${manifest.site}`;
    const known = cache.get(environment);
    if (known?.key === key) return known.published;
    const published = loadPublished(definitions, manifest);
    cache.set(environment, { key, published });
    published.catch(() => cache.delete(environment));
    return published;
  };
}

async function loadPublished(definitions: Definitions, manifest: Manifest): Promise<Published> {
  const [settings, policy, ...apps] = await Promise.all([
    definitions.readSettings(manifest.site),
    definitions.readPolicy(manifest.policy),
    ...Object.entries(manifest.apps).map(([app, { version }]) => definitions.readVersion(app, version)),
  ]);
  if (!settings || policy === undefined || apps.some((app) => !app)) {
    throw new DaypassError(
      'INTERNAL',
      `the manifest of ${manifest.environment} names versions that do not exist`,
    );
  }
  return {
    environment: manifest.environment,
    site: linkDefinitions(apps as CheckedApp[]),
    policy: loadPolicy(policy),
    settings,
    ...(manifest.rebuilds && { rebuilds: manifest.rebuilds }),
  };
}

function pack(value: unknown): Uint8Array {
  const packed = gzipSync(JSON.stringify(value));
  if (packed.byteLength > MAX_PACKED_BYTES) {
    throw new DaypassError(
      'LIMIT_EXCEEDED',
      `packed it has ${packed.byteLength} bytes; at most ${MAX_PACKED_BYTES} fit`,
    );
  }
  return packed;
}

function unpack(packed: Uint8Array): unknown {
  return JSON.parse(gunzipSync(packed).toString('utf8'));
}
