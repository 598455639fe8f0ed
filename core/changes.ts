import type { Environment } from './environments.ts';
import type { Grant, GrantEndReason, GrantStatus, GrantStep } from './grants/grant.ts';
import type { DesignEvent } from './journal/design-event.ts';
import type { RecordEvent } from './journal/event.ts';
import type { Rebuild } from './lists/rebuild.ts';
import type { Credential, Principal } from './principals.ts';
import type { StoredRecord } from './records/record.ts';
import type { IndexEntry, IndexKey } from './records/view-index.ts';
import type { WarningAnswer } from './records/warnings.ts';

/**
 * What a use case wants written, in the domain's words. All changes of one use case are committed in one
 * transaction by the table adapter, or none is. Each change says under which condition it holds.
 */
export type Change =
  | { kind: 'addRecord'; record: StoredRecord; index: IndexEntry[] }
  | {
      kind: 'updateRecord';
      record: StoredRecord;
      expectedVersion: number;
      /** The layout that it was read with; another one means that its index items are others by now. */
      expectedLayout?: string;
      indexPut: IndexEntry[];
      indexRemove: IndexKey[];
    }
  /** Index items anew, the record as it is: nothing that anybody has read is out of date afterwards. */
  | {
      kind: 'reindexRecord';
      /** With its new places and layout. */
      record: StoredRecord;
      expectedVersion: number;
      expectedLayout?: string;
      indexPut: IndexEntry[];
      indexRemove: IndexKey[];
    }
  /** The head goes (or stays restorable until `purgeAt`); events remain. */
  | {
      kind: 'removeRecord';
      record: StoredRecord;
      expectedVersion: number;
      expectedLayout?: string;
      indexRemove: IndexKey[];
      purgeAt?: number;
    }
  | { kind: 'addEvent'; event: RecordEvent }
  /** An event that changes nothing of its record: the head counts it, and stays the version that it is. */
  | {
      kind: 'countEvent';
      environment: Environment;
      recordId: string;
      expectedVersion: number;
      expectedEventCount: number;
      set: Pick<StoredRecord, 'eventCount' | 'eventMac'>;
    }
  | { kind: 'addDesignEvent'; event: DesignEvent }
  /** A token user, service account or robot; the latter two have an entry in the directory, and their roles count. */
  | { kind: 'addPrincipal'; principal: Principal }
  /** A user with its unique email and its entry in the directory; its roles count. */
  | { kind: 'addUser'; principal: Principal; email: string }
  /** A user, service account or robot as it was read and as it shall be; held back when somebody wrote it in between. */
  | { kind: 'updateAccount'; before: Principal; after: Principal }
  /** An API key is made for an account as it was read; held back when somebody wrote it or made another key in between. */
  | { kind: 'countKey'; account: Principal }
  /** Ends a user, service account or robot that was read so: email and directory entry go, a tombstone stays. */
  | { kind: 'endAccount'; principal: Principal; at: number }
  /** Token users only: what their record says now. */
  | {
      kind: 'changePrincipal';
      principalId: string;
      set: Partial<Pick<Principal, 'name' | 'email' | 'roles' | 'profiles'>>;
    }
  /** Leaves a tombstone without personal data, so that no retry brings the principal back. */
  | { kind: 'endPrincipal'; principalId: string; at: number }
  | { kind: 'addCredential'; credential: Credential }
  | {
      kind: 'endCredential';
      principalId: string;
      credentialId: string;
      reason: string;
      at: number;
      requireLive: boolean;
      /** A link to sign in lies apart from the credentials that are looked up at every request. */
      signInLink?: boolean;
    }
  /** Moves a live credential's end. */
  | { kind: 'extendCredential'; principalId: string; credentialId: string; expiresAt: number; at: number }
  /** Holds the whole transaction back unless the credential is live at `at`: no write commits after revocation. */
  | { kind: 'requireLive'; principalId: string; credentialId: string; at: number }
  | { kind: 'addGrant'; grant: Grant }
  | {
      kind: 'changeGrant';
      environment: Environment;
      grantId: string;
      from: readonly GrantStatus[];
      /** Only if nothing has moved its `dueAt` beyond this, epoch milliseconds. */
      dueBy?: number;
      /** Only if nothing has moved its `expiresAt` beyond this, epoch milliseconds. */
      expiredBy?: number;
      /** Only if its `expiresAt` is still this, epoch milliseconds. */
      expiresAt?: number;
      set: GrantChange;
      step?: GrantStep;
      /** The steps as they were read, for those that can come without end: then the oldest make room. */
      stepsRead?: readonly GrantStep[];
    }
  /** In place of the last rebuild of its type. */
  | { kind: 'requestRebuild'; rebuild: Rebuild }
  | { kind: 'addOutbox'; entry: OutboxEntry }
  | { kind: 'addRequest'; request: IdempotentRequest };

export interface GrantChange {
  status?: GrantStatus;
  principalId?: string;
  credentialId?: string;
  tokenRecord?: { app: string; recordType: string; id: string };
  expiresAt?: number;
  callbackToken?: string;
  interruptible?: boolean;
  sending?: Record<string, number>;
  notified?: Record<string, string>;
  remindedAt?: string;
  endReason?: GrantEndReason;
  endedAt?: string;
  endTask?: string;
  /** When the reaper looks at it if nothing has moved it by then, epoch milliseconds. */
  dueAt?: number;
}

/** What must follow from a committed write. It stays pending until its dispatch was acknowledged. */
export interface OutboxEntry {
  id: string;
  createdAt: string;
  action:
    | { type: 'startGrant'; environment: Environment; grantId: string }
    | { type: 'wakeGrant'; environment: Environment; grantId: string }
    /** The end of a live pass comes earlier than its workflow waits: it is to look again. */
    | { type: 'recheckGrant'; environment: Environment; grantId: string }
    | { type: 'startRebuild'; environment: Environment; app: string; recordType: string; rebuildId: string }
    | { type: 'sendMail'; environment: Environment; mail: QueuedMail }
    /** A mail was left out, because there were too many: the log is to say so. */
    | { type: 'noteMailDropped'; environment: Environment; recordId: string; operation: string };
}

/** A mail that leaves once its operation is committed. It holds nothing that lets anybody in. */
export interface QueuedMail {
  to: string;
  subject: string;
  paragraphs: string[];
  button?: { label: string; href: string };
  siteName: string;
  contact: string;
}

/** So long a request is remembered by its Idempotency-Key. */
export const REQUEST_REMEMBERED_MS = 86_400_000;

/** Remembers a request by its Idempotency-Key, with the answer's coordinates, for a day. */
export interface IdempotentRequest {
  principalId: string;
  key: string;
  /** SHA-256 of route and body. */
  fingerprint: string;
  result: { recordId: string; deleted?: boolean; warnings?: WarningAnswer[] };
  at: number;
}
