import type { Environment } from './environments.ts';
import type { Ceiling } from './ports.ts';

/** Somebody or something that can act: a user, token user, service account or robot. */
export interface Principal {
  id: string;
  type: 'user' | 'tokenUser' | 'serviceAccount' | 'robot';
  name: string;
  /** Users only; `name` is both together. */
  firstName?: string;
  lastName?: string;
  email?: string;
  roles: string[];
  profiles: string[];
  level?: 'admin' | 'user' | 'guest';
  /** Robots: ids of the apps whose tasks and services it runs; absent = none. */
  apps?: string[];
  /** Token users belong to one environment; users to all. */
  environment?: Environment;
  createdAt: string;
  /** Counts writes of users, service accounts and robots; absent = 1. */
  version?: number;
  /** Service accounts: counts the API keys that were made, so that of two made at once one sees the other. */
  keysMade?: number;
}

/** Something that lets a principal in. Its token is computed from these ids and a signing key; it is stored nowhere. */
export interface Credential {
  /** The token's secret id: 22 base62 characters. */
  id: string;
  principalId: string;
  kind: 'access' | 'signIn' | 'session' | 'apiKey';
  /** API keys: what people call it. */
  name?: string;
  /** Passes and most API keys; a session is the whole site's, and so is an API key without one. */
  environment?: Environment;
  /** API keys: what the account held when the key was made. Absent on older ones, which carry what it holds. */
  roles?: readonly string[];
  /** The signing key its token was issued under. */
  keyId: string;
  createdAt: string;
  /** Epoch milliseconds; compared in code at every use. */
  expiresAt: number;
  endedAt?: string;
  endReason?: string;
  ceiling?: Ceiling;
  grantId?: string;
  /** When it was last used, to within a quarter of an hour. */
  lastUsedAt?: string;
}

/** The roles that count with a credential: those of its principal, of which it may carry some only. */
export function rolesWith({ roles }: Principal, { roles: carried }: Credential): string[] {
  return carried ? roles.filter((role) => carried.includes(role)) : roles;
}

/**
 * The form in which emails are compared and kept unique: NFKC, trimmed, lower case.
 * Two addresses that differ only in case, width or composition are one.
 */
export function normaliseEmail(email: string): string {
  // Small letters of composed characters can be decomposed ones: composed again, two spellings meet.
  return email.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}
