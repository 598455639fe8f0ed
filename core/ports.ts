import type { Environment } from './environments.ts';
import type { Keyring } from './tokens/keyring.ts';

/** Milliseconds since the epoch. Core never asks the machine for the time. */
export type Now = () => number;

/** A new id: 22 base62 characters, 131 random bits. */
export type NewId = () => string;

/** What every use case is given about the site it runs in. */
export interface SiteContext {
  /** Part of every token's MAC: a token of one site means nothing at another. */
  siteId: string;
  /** Address without a trailing slash, e.g. `https://passes.example.org`. */
  siteUrl: string;
  now: Now;
  newId: NewId;
  keyring: Keyring;
  /** How long a pass lives whose record names no due date and whose app no lifetime of its own. */
  tokenLifetimeDays: number;
}

/** Who asks, as resolved by the authorizer. */
export interface Caller {
  outcome: CallerOutcome;
  principalId: string;
  type: 'anonymous' | 'user' | 'tokenUser' | 'serviceAccount' | 'robot';
  name: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  roles: readonly string[];
  profiles: readonly string[];
  level?: 'admin' | 'user' | 'guest';
  credential?: {
    id: string;
    kind: 'access' | 'signIn' | 'session' | 'apiKey';
    /** Epoch milliseconds. */
    expiresAt: number;
    /** The environment a pass or key is bound to; absent on sessions. */
    environment?: Environment;
    ceiling?: Ceiling;
    /** ISO time, to within a quarter of an hour. */
    lastUsedAt?: string;
  };
  /** How the credential came: a cookie of a browser, an Authorization header, or from inside a workflow. */
  channel: 'browser' | 'api' | 'workflow';
}

export const CALLER_OUTCOMES = [
  'anonymous',
  'ok',
  'invalid',
  'revoked',
  'expired',
  'tokensInactive',
  'channel',
] as const;
/** `anonymous`: none was sent; `ok`: live; the rest name why a credential is refused. */
export type CallerOutcome = (typeof CALLER_OUTCOMES)[number];

/** The most a token can ever do; it intersects every permission. Absent members do not narrow. */
export interface Ceiling {
  app: string;
  recordType?: string;
  operations?: readonly string[];
  views?: readonly string[];
  records?: readonly string[];
}
