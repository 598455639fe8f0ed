import type { Change, IdempotentRequest } from './changes.ts';
import type { Environment } from './environments.ts';
import type { Grant } from './grants/grant.ts';
import type { DesignEvent } from './journal/design-event.ts';
import type { RecordEvent } from './journal/event.ts';
import type { Rebuild, TypeRef } from './lists/rebuild.ts';
import type { Credential, Principal } from './principals.ts';
import type { StoredRecord } from './records/record.ts';
import type { IndexEntry } from './records/view-index.ts';

/** Reads and the one write that use cases need. All reads are strongly consistent unless said otherwise. */
export interface Store {
  commit(changes: readonly Change[]): Promise<void>;
  /** Undefined when absent or deleted. */
  readRecord(environment: Environment, id: string): Promise<StoredRecord | undefined>;
  /** Newest first. */
  readEvents(environment: Environment, recordId: string, page: PageRequest): Promise<PageOf<RecordEvent>>;
  /** What was changed about the site, newest first. `after` is the last examined place. */
  readDesignEvents(page: {
    limit: number;
    after?: string;
  }): Promise<{ events: (DesignEvent & { place: string })[]; last?: string }>;
  /** Undefined when absent, or only a tombstone is left. */
  readPrincipal(id: string): Promise<Principal | undefined>;
  readCredential(principalId: string, id: string): Promise<Credential | undefined>;
  /** The user with this normalised email. */
  readUserByEmail(normalised: string): Promise<Principal | undefined>;
  /** Users whom a user field may name: id and name, in order of name; at most 500. */
  listUsers(): Promise<{ id: string; name: string }[]>;
  /** Users, or service accounts and robots, in order of name. `after` is the last examined place. */
  listDirectory(
    part: 'users' | 'machines',
    page: { limit: number; after?: string },
  ): Promise<{ entries: (DirectoryEntry & { place: string })[]; last?: string }>;
  /** All credentials of a principal, ended ones too until they are cleaned up. */
  listCredentials(principalId: string): Promise<Credential[]>;
  readGrant(environment: Environment, id: string): Promise<Grant | undefined>;
  /** All grants that are requested, live or ending, soonest end first; eventually consistent. */
  listOpenGrants(environment: Environment): Promise<Grant[]>;
  /** Notes that a credential was used, at most once in a quarter of an hour; a failure is of no consequence. */
  touchCredential(principalId: string, id: string, at: number): Promise<void>;
  readGrants(environment: Environment, recordId: string): Promise<Grant[]>;
  /** Index items of one partition of a view, in the index's order. `after` is the last examined place. */
  queryIndex(
    at: {
      environment: Environment;
      app: string;
      recordType: string;
      view: string;
      /** Id of the index. */
      index: string;
      partition: readonly string[];
    },
    page: { limit: number; descending: boolean; after?: string },
  ): Promise<{ entries: StoredIndexEntry[]; last?: string }>;
  /** Into how many parts the register of a type's records is spread. */
  readonly shards: number;
  /** Ids of the records of a type, part by part. `after` is the last id that was read. */
  listRegister(
    type: TypeRef,
    shard: number,
    page: { limit: number; after?: string },
  ): Promise<{ ids: string[]; last?: string }>;
  /** Eventually consistent. */
  countRegister(type: TypeRef): Promise<number>;
  /** The last rebuild of a type's indexes. */
  readRebuild(type: TypeRef): Promise<Rebuild | undefined>;
  /** Of no effect once another rebuild was requested. */
  changeRebuild(type: TypeRef, id: string, set: Partial<Rebuild>): Promise<void>;
  /** Counts one more in a window of time; false when the limit was reached before. */
  takeTurn(
    purpose: string,
    who: string,
    rate: { at: number; windowMs: number; limit: number },
  ): Promise<boolean>;
  /** Takes one back that was counted at that time, because nothing came of it. */
  returnTurn(purpose: string, who: string, rate: { at: number; windowMs: number }): Promise<void>;
  /** Undefined when it was made more than a day before `now`, whether the table has dropped it yet or not. */
  readRequest(principalId: string, key: string, now: number): Promise<IdempotentRequest | undefined>;
}

/** What the directory holds of an account. */
export type DirectoryEntry = Pick<Principal, 'id' | 'type' | 'name' | 'email' | 'roles'>;

export interface PageRequest {
  limit: number;
  cursor?: string;
}
export interface PageOf<T> {
  items: T[];
  cursor?: string;
}

/** An index item as read: its record's id, its projection, and its place for cursors. */
export type StoredIndexEntry = IndexEntry['projection'] & { recordId: string; place: string };
