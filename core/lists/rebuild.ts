import { createHash } from 'node:crypto';
import type { Environment } from '../environments.ts';

/** The records of one type in one environment. */
export interface TypeRef {
  environment: Environment;
  app: string;
  recordType: string;
}

/** Indexes that came after records: lists cannot use them until a rebuild has gone through these. */
export interface RebuildNeed {
  /** Version of the manifest since which they are needed. */
  since: number;
  /** `view/index`; `*` for all of a type that has left its app. */
  indexes: string[];
}

/** The last rebuild of a type's indexes, and how far it has come. */
export interface Rebuild extends TypeRef {
  id: string;
  /** `outdated`: records whose index items are of another layout; `all`: every record. */
  mode: 'outdated' | 'all';
  status: 'requested' | 'running' | 'finished' | 'failed';
  /** Version of the manifest that was published when it was requested. */
  since: number;
  /** Greatest `since` of the rebuilds that have finished. */
  built?: number;
  /** Records gone through, and how many there were when it began. */
  done: number;
  known?: number;
  /** ISO time before which it does not begin: writes under an earlier definition may be under way until then. */
  notBefore: string;
  requestedAt: string;
  requestedBy: string;
  updatedAt: string;
  finishedAt?: string;
}

/** Any request that began under an earlier definition has ended by then: no function that writes records runs longer. */
const WRITES_END_MS = 60_000;

/** A type in one word, as manifests name it. */
export function typeName({ app, recordType }: Pick<TypeRef, 'app' | 'recordType'>): string {
  return `${app}/${recordType}`;
}

/**
 * A rebuild to be requested. Its id follows from what is asked for, so that asking for the same twice is one.
 * @param asked `at` ISO time; `published` ISO time of the publication that it follows
 */
export function newRebuild(
  type: TypeRef,
  asked: Pick<Rebuild, 'mode' | 'since'> & { at: string; by: string; published: string },
): Rebuild {
  const { environment, app, recordType } = type;
  const { mode, since, at, by, published } = asked;
  const said = [environment, app, recordType, mode, since, ...(mode === 'all' ? [at] : [])].join('\n');
  return {
    id: createHash('sha256').update(said).digest('hex').slice(0, 32),
    environment,
    app,
    recordType,
    mode,
    status: 'requested',
    since,
    done: 0,
    notBefore: new Date(Date.parse(published) + WRITES_END_MS).toISOString(),
    requestedAt: at,
    requestedBy: by,
    updatedAt: at,
  };
}
