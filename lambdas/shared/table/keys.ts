import type { Environment } from '../../../core/environments.ts';
import { recordIdOfGrant } from '../../../core/grants/grant.ts';
import type { JournalPart } from '../../../core/journal/verify.ts';
import type { Principal } from '../../../core/principals.ts';

/**
 * Every key of the single table, and the access pattern that it serves. No other module spells one.
 *
 * | who asks                                   | how                                                            |
 * |--------------------------------------------|----------------------------------------------------------------|
 * | authorizer: principal with one credential  | Query `PRINCIPAL#id`, one strongly consistent read unit         |
 * | sign-in: who has this email                | Get `EMAIL#normalised`                                          |
 * | forms, administrators: users by name       | Query `DIRECTORY#users`                                         |
 * | service accounts and robots by name        | Query `DIRECTORY#machines`                                      |
 * | how many hold a role, and is it gone       | Get `ROLE#id`                                                   |
 * | a record; its events; its grants           | Get / Query `RECORD#env#id`, SK prefix                          |
 * | a view's page                              | Query `INDEX#env#app#type#view#index#values`, in sort order     |
 * | all records of a type, to index them anew  | Query `REGISTER#env#app#type#shard`                             |
 * | how far that has come                      | Get `REBUILD#env#app#type`                                      |
 * | dispatch and sweep what must follow        | stream on `OUTBOX#shard`; Query it up to a time                 |
 * | reaper, live passes: grants by expiry      | Query GSI1 `LIVE#shard` up to a time                            |
 * | what was changed about the site            | Query `DESIGN`, newest first                                    |
 * | journal by day                             | Query GSI2 `JOURNAL#env#day#shard`                                  |
 * | what is published; a version; a draft      | Get `MANIFEST#env`; `APP#id` `VERSION#n`; `APP#id` `#DRAFT`     |
 * | a compiled policy                          | Get `POLICY#hash`                                               |
 * | the site: name, roles, settings            | Get `SITE` `VERSION#n`                                          |
 * | a repeated request                         | Get `REQUEST#principal#key`                                     |
 */
export interface Key {
  PK: string;
  SK: string;
}

export const SHARDS = 8;

/** Spreads items over a fixed number of partitions; the same id always meets the same shard. */
export function shardOf(id: string): number {
  let sum = 0;
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0;
  return sum % SHARDS;
}

export const principalPartition = (id: string) => `PRINCIPAL#${id}`;
export const principalKey = (id: string): Key => ({ PK: principalPartition(id), SK: '#PRINCIPAL' });
export const credentialKey = (principalId: string, id: string): Key => ({
  PK: principalPartition(principalId),
  SK: `${CREDENTIAL_PREFIX}${id}`,
});
/**
 * Links to sign in lie behind all other credentials: anybody can have them made by asking for mails, and what the
 * authorizer reads at every request must not grow with them.
 */
export const signInLinkKey = (principalId: string, id: string): Key => ({
  PK: principalPartition(principalId),
  SK: `${SIGN_IN_PREFIX}${id}`,
});

export const emailKey = (normalised: string): Key => ({ PK: `EMAIL#${normalised}`, SK: '#EMAIL' });
/** Who can be named and administered: users, and what works without a person. In order of name. */
export type DirectoryPart = 'users' | 'machines';
export const directoryPartition = (part: DirectoryPart) => `DIRECTORY#${part}`;
export const directoryKey = ({ id, type, name }: Pick<Principal, 'id' | 'type' | 'name'>): Key => ({
  PK: directoryPartition(type === 'user' ? 'users' : 'machines'),
  SK: `${name.normalize('NFKC').toLowerCase().slice(0, 100).toWellFormed()}#${id}`,
});

export const roleKey = (id: string): Key => ({ PK: `ROLE#${id}`, SK: '#ROLE' });
export const CREDENTIAL_PREFIX = 'CREDENTIAL#';
export const SIGN_IN_PREFIX = 'SIGNIN#';

export const recordPartition = (environment: Environment, id: string) => `RECORD#${environment}#${id}`;
export const recordKey = (environment: Environment, id: string): Key => ({
  PK: recordPartition(environment, id),
  SK: '#RECORD',
});
export const EVENT_PREFIX = 'EVENT#';
export const eventKey = (environment: Environment, recordId: string, number: number): Key => ({
  PK: recordPartition(environment, recordId),
  SK: `${EVENT_PREFIX}${String(number).padStart(8, '0')}`,
});
export const GRANT_PREFIX = 'GRANT#';
export const grantKey = (environment: Environment, grantId: string): Key => ({
  PK: recordPartition(environment, recordIdOfGrant(grantId)),
  SK: `${GRANT_PREFIX}${grantId}`,
});
/** GSI1: grants that may still let somebody in, by when they expire (ISO time, so that text order is time order). */
export const liveGrantIndex = (environment: Environment, grantId: string, expiresAt: number) => ({
  GSI1PK: livePartition(shardOf(grantId)),
  GSI1SK: `${new Date(expiresAt).toISOString()}#${environment}#${grantId}`,
});
export const livePartition = (shard: number) => `LIVE#${shard}`;
/** Changes of the site itself are few: one partition holds them in order of time. */
export const DESIGN = 'DESIGN';
export const designEventKey = (at: string, id: string): Key => ({ PK: DESIGN, SK: `${at}#${id}` });

/** GSI2: events by day, spread so that a busy day is no hot partition. */
export const journalIndex = (environment: JournalPart, at: string, recordId: string, number: number) => ({
  GSI2PK: journalPartition(environment, at.slice(0, 10), shardOf(recordId)),
  GSI2SK: `${at}#${recordId}#${String(number).padStart(8, '0')}`,
});

export const journalPartition = (environment: JournalPart, day: string, shard: number) =>
  `JOURNAL#${environment}#${day}#${shard}`;

/** Sealed days, in order. */
export const sealPartition = (environment: JournalPart) => `SEAL#${environment}`;
export const sealKey = (environment: JournalPart, day: string): Key => ({
  PK: sealPartition(environment),
  SK: day,
});

export interface IndexAddress {
  environment: Environment;
  app: string;
  recordType: string;
  view: string;
  /** Id of one of the view's indexes. */
  index: string;
}
/** One partition per index and combination of equality values; values are escaped so that none can imitate another's key. */
export const indexPartition = (at: IndexAddress, values: readonly string[]) =>
  ['INDEX', at.environment, at.app, at.recordType, at.view, at.index, ...values.map(encodeURIComponent)].join(
    '#',
  );
export const indexKey = (
  at: IndexAddress,
  values: readonly string[],
  sort: string,
  recordId: string,
): Key => ({
  PK: indexPartition(at, values),
  SK: `${sort}#${recordId}`,
});

export interface TypeAddress {
  environment: Environment;
  app: string;
  recordType: string;
}
/** Every record of a type, spread: who rebuilds indexes goes through it, and nobody else. */
export const registerPartition = ({ environment, app, recordType }: TypeAddress, shard: number) =>
  `REGISTER#${environment}#${app}#${recordType}#${shard}`;
export const registerKey = (at: TypeAddress, recordId: string): Key => ({
  PK: registerPartition(at, shardOf(recordId)),
  SK: recordId,
});
export const rebuildKey = ({ environment, app, recordType }: TypeAddress): Key => ({
  PK: `REBUILD#${environment}#${app}#${recordType}`,
  SK: '#REBUILD',
});

export const OUTBOX_PREFIX = 'OUTBOX#';
export const outboxPartition = (shard: number) => `${OUTBOX_PREFIX}${shard}`;
export const outboxKey = (id: string, createdAt: string): Key => ({
  PK: outboxPartition(shardOf(id)),
  SK: `${createdAt}#${id}`,
});

export const manifestKey = (environment: Environment): Key => ({
  PK: `MANIFEST#${environment}`,
  SK: '#MANIFEST',
});
export const appPartition = (app: string) => `APP#${app}`;
export const draftKey = (app: string): Key => ({ PK: appPartition(app), SK: '#DRAFT' });
export const appVersionKey = (app: string, version: number): Key => ({
  PK: appPartition(app),
  SK: `VERSION#${String(version).padStart(8, '0')}`,
});
/** Compiled policies, by content. */
export const policyKey = (hash: string): Key => ({ PK: `POLICY#${hash}`, SK: '#POLICY' });
/** The list of all apps: one small item each, beside the site. */
export const SITE = 'SITE';
export const APP_LIST_PREFIX = 'APP#';
export const appListKey = (app: string): Key => ({ PK: SITE, SK: `${APP_LIST_PREFIX}${app}` });
export const siteVersionKey = (version: number): Key => ({
  PK: SITE,
  SK: `VERSION#${String(version).padStart(8, '0')}`,
});

export const requestKey = (principalId: string, key: string): Key => ({
  PK: `REQUEST#${principalId}#${encodeURIComponent(key)}`,
  SK: '#REQUEST',
});
export const rateKey = (purpose: string, who: string, window: number): Key => ({
  PK: `RATE#${purpose}#${who}#${window}`,
  SK: '#RATE',
});
