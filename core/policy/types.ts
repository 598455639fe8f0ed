import type { Environment } from '../environments.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import type { Ceiling } from '../ports.ts';

/**
 * Who asks. Treated as immutable: what the policy has linked for a subject is kept with the object.
 * `NonAuthenticatedUser` and `AuthenticatedUser` are implied by the type and never listed.
 */
export interface Subject {
  readonly type: 'anonymous' | 'user' | 'tokenUser' | 'serviceAccount' | 'robot';
  /** Absent for anonymous callers. */
  readonly id?: string | undefined;
  /** Ids of custom and built-in roles. */
  readonly roles: readonly string[];
  readonly profiles?: readonly string[] | undefined;
  readonly level?: Level | undefined;
  /** Further properties that conditions may read as `me.<name>`: name, email, manager, … */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** The most a token can do; token users without one can do nothing. */
  readonly ceiling?: Ceiling | undefined;
}

export type Level = 'admin' | 'user' | 'guest';

export const RESOURCE_TYPES = [
  'record',
  'view',
  'app',
  'flow',
  'service',
  'environment',
  'account',
  'role',
  'site',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/**
 * What is asked about. A record's stored head can be given as it is, with `type: 'record'` added.
 * - `record`: app, recordType; id, state, lifecycle, owner, values … as far as they exist
 * - `view`: app, recordType, id · `app`: app · `flow`, `service`, `environment`, `role`: id
 * - `account`: id and roles of the user account (none yet when it is created) · `site`: nothing
 */
export interface Resource {
  readonly type: ResourceType;
  readonly app?: string | undefined;
  readonly recordType?: string | undefined;
  readonly id?: string | undefined;
  readonly state?: string | undefined;
  readonly lifecycle?: string | undefined;
  /** The record owner: the user in the record's owner field. */
  readonly owner?: string | undefined;
  /** The app owner: the designer that the app belongs to. */
  readonly appOwner?: string | undefined;
  readonly values?: object | undefined;
  /** The record's values as they would be saved: for add after defaults, for edit and transitions after the change. */
  readonly proposed?: object | undefined;
  /** Properties of the record as it would be saved, where they differ from those above. */
  readonly proposedMeta?: ProposedMeta | undefined;
  /** Values of referenced records by the referring field, as conditions need them; and those of `proposed`. */
  readonly related?: Readonly<Record<string, object | undefined>> | undefined;
  readonly proposedRelated?: Readonly<Record<string, object | undefined>> | undefined;
  /** Ids of users and roles by access list, as frozen on the record. */
  readonly accessLists?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly createdAt?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly updatedAt?: string | undefined;
  readonly updatedBy?: string | undefined;
  /** Flows: only LIVE ones start. */
  readonly status?: string | undefined;
  /** Accounts: the roles that the user holds, and, where one is taken away, how many owners would be left. */
  readonly roles?: readonly string[] | undefined;
  readonly ownersLeft?: number | undefined;
  /** Design plane: the app's kind now and as it would be saved. */
  readonly kind?: string | undefined;
  readonly proposedKind?: string | undefined;
  /** Design plane: ids on an access list now and as they would be saved. */
  readonly members?: readonly string[] | undefined;
  readonly proposedMembers?: readonly string[] | undefined;
}

export type ProposedMeta = Partial<
  Pick<Resource, 'state' | 'lifecycle' | 'owner' | 'updatedAt' | 'updatedBy'>
>;

/** What rules about a resource are found by. */
export type ResourceKey = Pick<Resource, 'type' | 'app' | 'recordType' | 'id'>;

export interface Context {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly environment: Environment;
  readonly channel: 'browser' | 'api' | 'workflow';
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly site?: { readonly url: string; readonly name: string } | undefined;
}

/**
 * One question. Actions are an operation's id (records), `open` (views, apps), `start` (flows), `call` (services),
 * `signIn` (environments), `create` `update` `delete` (accounts), `assign` (roles), and `design:…` in the design plane.
 */
export interface AccessRequest {
  readonly subject: Subject;
  readonly action: string;
  readonly resource: Resource;
  readonly context: Context;
  /** Fields that the request writes, or names in a filter, sort, export or parameter: each must be permitted. */
  readonly fields?: readonly string[] | undefined;
}

/** `*`: every field that the operation takes. */
export type FieldSet = '*' | readonly string[];

export const REASON_CODES = [
  'GRANTED',
  'BYPASS',
  'NO_CREDENTIAL',
  'REVOKED',
  'EXPIRED',
  'TOKENS_INACTIVE',
  'CHANNEL',
  'ENVIRONMENT',
  'CEILING',
  'INVARIANT',
  'STATE',
  'NOT_LIVE',
  'FORBIDDEN',
  'NOT_GRANTED',
  'SCOPE',
  'FIELD',
] as const;
/**
 * `NOT_GRANTED`: no rule names the subject for this; `SCOPE`: rules do, but not for this record; `FORBIDDEN`: a rule
 * denies it; `STATE`: it would be granted in another state; `FIELD`: a field is not permitted. The first five denials
 * belong to credentials and are given by who resolves them, except that `NO_CREDENTIAL` also says "granted to nobody
 * who has not signed in".
 */
export type ReasonCode = (typeof REASON_CODES)[number];

export interface Reason {
  readonly code: ReasonCode;
  /** Ids of the rules that decided; empty where none did. */
  readonly rules: readonly string[];
  /** `FIELD`: the fields that are not permitted. */
  readonly fields?: readonly string[];
  /** `INVARIANT`, `CEILING`: which. */
  readonly detail?: string;
}

/** The answer. Shared between equal requests and frozen. */
export interface Decision {
  readonly decision: boolean;
  /** Permitted fields of the action; empty when denied. */
  readonly fields: FieldSet;
  readonly reasons: readonly Reason[];
  /** The caller is exempt from the rules, which alone would have given less; each use is journalled. */
  readonly bypass?: Bypass;
}
export type Bypass = 'tenantAdministrator' | 'levelAdmin';

/** Whom a rule names. The tier follows from it. */
export type Selector =
  /** Tier 1: one user, token user, service account or robot. */
  | { readonly kind: 'principal'; readonly id: string }
  /** Tier 2, and tier 4 for the system roles. */
  | { readonly kind: 'role'; readonly id: string }
  | { readonly kind: 'profile'; readonly id: string }
  | { readonly kind: 'level'; readonly level: Level }
  /** Tier 2: whoever is on this list, by id or role, as frozen on the record. */
  | { readonly kind: 'accessList'; readonly list: string }
  /** Tier 3. */
  | { readonly kind: 'appOwner' }
  | { readonly kind: 'recordOwner' }
  /** Tier 5. */
  | { readonly kind: 'siteWide' }
  /** Tier 6: everybody, those who have signed in, or those of a level who have no profile. */
  | { readonly kind: 'default'; readonly of?: 'signedIn' | Level };

export type Tier = 1 | 2 | 3 | 4 | 5 | 6;

/** What a rule is about. Parts that are left out mean any; a record type needs its app, a view both. */
export interface ResourcePattern {
  readonly type: ResourceType;
  readonly app?: string;
  readonly recordType?: string;
  readonly id?: string;
}

/** What every permission screen compiles to. */
export interface Rule<Condition = CheckedExpression> {
  readonly id: string;
  readonly effect: 'allow' | 'deny';
  readonly subjects: readonly Selector[];
  /** Names of actions; `*` is every runtime action, `design:*` every one of the design plane. */
  readonly actions: readonly string[];
  readonly resource: ResourcePattern;
  /** What is asked of the record as it is stored; without `check` also of it as it would be saved. */
  readonly condition?: Condition;
  /** What is asked of the record as it would be saved, instead; for actions that add, edit or lead to another state. */
  readonly check?: Condition;
  /** Absent on an allow means `*`; never on a deny. */
  readonly fields?: FieldSet;
  /** Where it was written, for explanations: a JSON pointer, a screen, a default's name. */
  readonly source: string;
}
/** A rule as a source writes it: the condition may still be text. */
export type RuleDraft = Rule<CheckedExpression | string>;
