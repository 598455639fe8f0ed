import type { Environment } from '../environments.ts';
import type { DesignEvent } from '../journal/design-event.ts';
import type { Rebuild, TypeRef } from '../lists/rebuild.ts';
import type { SiteSettings } from '../runtime.ts';
import type { Draft, Manifest } from './manifest.ts';
import type { CheckedApp } from './published.ts';

/** One app of the site, whether published or not. */
export interface AppListEntry {
  id: string;
  name: string;
  kind: string;
}

/** All that one publication writes, in one transaction: the manifest makes the rest count. */
export interface Publication {
  manifest: Manifest;
  /** Version of the manifest that it replaces; 0 for the first. */
  replaces: number;
  /** Versions that are new; each is written once and never changed. */
  versions: { app: string; version: number; checked: CheckedApp }[];
  /** The compiled policy as text. */
  policy: { hash: string; document: string };
  /** Rebuilds of indexes that it makes necessary: they begin by themselves. */
  rebuilds?: Rebuild[];
  /** Only when the site's settings change. */
  settings?: { version: number; settings: SiteSettings };
  /** What the journal keeps of it. */
  event?: DesignEvent | undefined;
  /** The same of each role and environment that the settings change. */
  settingsEvents?: readonly DesignEvent[];
}

/** New settings of the site, and for each environment that runs the manifest with which they count. */
export interface SettingsPublication {
  version: number;
  settings: SiteSettings;
  environments: {
    manifest: Manifest;
    /** Version of the manifest that it replaces; 0 for the first. */
    replaces: number;
    policy: { hash: string; document: string };
  }[];
  /** A role that goes with it: only while nobody holds it, and for good. */
  removedRole?: string;
  /** What the journal keeps of it. */
  event?: DesignEvent | undefined;
}

/** Where drafts, published versions and manifests are kept. Reads are strongly consistent. */
export interface DefinitionStore {
  readManifest(environment: Environment): Promise<Manifest | undefined>;
  readDraft(app: string): Promise<Draft | undefined>;
  readVersion(app: string, version: number): Promise<CheckedApp | undefined>;
  readSettings(version: number): Promise<SiteSettings | undefined>;
  listApps(): Promise<AppListEntry[]>;
  /** The last rebuild of a type's indexes. */
  readRebuild(type: TypeRef): Promise<Rebuild | undefined>;
  /**
   * Saves version 1 of a new draft, or the next version of an existing one.
   * @throws DaypassError ALREADY_EXISTS, VERSION_MISMATCH; LIMIT_EXCEEDED with the size
   */
  saveDraft(draft: Draft, name: string, event?: DesignEvent): Promise<void>;
  /** All or none. @throws DaypassError CONFLICT when another publication came first; LIMIT_EXCEEDED with the size */
  publish(publication: Publication): Promise<void>;
  /** All or none. @throws DaypassError CONFLICT when another change came first; ROLE_IN_USE */
  changeSettings(publication: SettingsPublication): Promise<void>;
}
