import type { Environment } from '../environments.ts';
import type { RebuildNeeds } from '../lists/rebuild-needs.ts';
import type { AppKind } from './definition.ts';

/** What one environment runs: it names immutable versions, and publishing replaces it whole. */
export interface Manifest {
  environment: Environment;
  /** Counts publications; replacing it is conditional on it. */
  version: number;
  /** App id → the published version and its content hash. */
  apps: Record<string, { version: number; hash: string }>;
  /** Content hash of the compiled policy. */
  policy: string;
  /** Version of the site's own settings. */
  site: number;
  /** Indexes that lists cannot use before they were rebuilt, by `app/recordType`; absent = none. */
  rebuilds?: RebuildNeeds;
  publishedAt: string;
  publishedBy: string;
}

/** An app as it is being changed: only one draft, whoever works on it. */
export interface Draft {
  app: string;
  /** Counts saves; `If-Match` compares it. */
  version: number;
  kind: AppKind;
  /** As it was written: parsed and checked again whenever it is published. */
  definition: unknown;
  updatedAt: string;
  updatedBy: string;
}
