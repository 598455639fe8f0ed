import { gunzipSync } from 'node:zlib';
import type { AppDefinition, RoleDefinition } from '../../core/apps/definition.ts';
import type { Environment } from '../../core/environments.ts';
import type { Credential, Principal } from '../../core/principals.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import type { SiteSettings } from '../../core/runtime.ts';
import type { System } from '../../local/system.ts';
import { wholeTable } from '../support/witness.ts';

/** A principal, with what later versions of the product keep of one. */
export type StoredPrincipal = Principal & { apps?: string[] };

/** All that decides who may do what, as it lies in the table. */
export interface Stored {
  /** Version of the site's settings, which changes of roles and environments name. */
  version: number;
  settings: SiteSettings;
  roles: ReadonlyMap<string, RoleDefinition>;
  /** What runs, by environment and app. */
  running: ReadonlyMap<Environment, ReadonlyMap<string, AppDefinition>>;
  drafts: ReadonlyMap<string, { version: number; definition: AppDefinition; updatedBy: string }>;
  principals: ReadonlyMap<string, StoredPrincipal>;
  /** Live API keys and sessions. */
  credentials: ReadonlyMap<string, Credential>;
  records: ReadonlyMap<string, StoredRecord>;
}

type Item = Record<string, unknown> & { PK: string; SK: string };

/** Reads the table, without any of the product's checks. */
export async function readStored(system: System): Promise<Stored> {
  const items = (await wholeTable(system)) as Item[];
  const of = (prefix: string, sort: string) =>
    items.filter(({ PK, SK }) => PK.startsWith(prefix) && SK.startsWith(sort));
  const manifests = of('MANIFEST#', '#MANIFEST') as unknown as {
    environment: Environment;
    site: number;
    apps: Record<string, { version: number }>;
  }[];
  const versions = new Map(
    of('APP#', 'VERSION#').map((item) => [
      `${item.PK.slice(4)} ${Number(item.SK.slice(8))}`,
      (unpack(item) as { definition: AppDefinition }).definition,
    ]),
  );
  const version = Math.max(...manifests.map(({ site }) => site));
  const settings = of('SITE', 'VERSION#').find(({ SK }) => Number(SK.slice(8)) === version)
    ?.settings as SiteSettings;
  return {
    version,
    settings,
    roles: new Map(settings.roles.map((role) => [role.id, role])),
    running: new Map(
      manifests.map(({ environment, apps }) => [
        environment,
        new Map(
          Object.entries(apps).map(([app, { version: n }]) => [
            app,
            versions.get(`${app} ${n}`) as AppDefinition,
          ]),
        ),
      ]),
    ),
    drafts: new Map(
      of('APP#', '#DRAFT').map((item) => [
        String(item.app),
        {
          version: Number(item.version),
          definition: unpack(item) as AppDefinition,
          updatedBy: String(item.updatedBy),
        },
      ]),
    ),
    principals: byId(
      of('PRINCIPAL#', '#PRINCIPAL').filter(({ type, deletedAt, endedAt }) => type && !deletedAt && !endedAt),
    ),
    credentials: byId(of('PRINCIPAL#', 'CREDENTIAL#').filter(({ endedAt }) => !endedAt)),
    records: byId(of('RECORD#', '#RECORD').filter(({ deletedAt }) => !deletedAt)),
  };
}

const unpack = ({ packed }: Item): unknown => JSON.parse(gunzipSync(packed as Uint8Array).toString('utf8'));

function byId<T>(items: Item[]): ReadonlyMap<string, T> {
  // In the order in which they were made: ids are another in every run.
  const made = (item: Item) => `${String(item.createdAt)} ${String(item.id)}`;
  const sorted = items.toSorted((a, b) => made(a).localeCompare(made(b)));
  return new Map(sorted.map((item) => [String(item.id), item as T]));
}
