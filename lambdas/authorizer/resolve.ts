import type { CallerOutcome } from '../../core/ports.ts';
import { type Credential, type Principal, rolesWith } from '../../core/principals.ts';
import type { Keyring } from '../../core/tokens/keyring.ts';
import type { TokenParts } from '../../core/tokens/token.ts';

/** What is needed to check a token by arithmetic. */
export interface TokenCheck {
  keyring: Keyring;
  siteId: string;
}

/** A principal's item collection as far as a resolution needs it; absent members do not exist or are deleted. */
export interface PrincipalCollection {
  principal?: Principal;
  credential?: Credential;
}

/** One strongly consistent read of a principal and one of its credentials. */
export type ReadCollection = (principalId: string, credentialId: string) => Promise<PrincipalCollection>;

/** Who an authentic token stands for now, with the roles that count with it; without a principal if it lets nobody in. */
export type Resolution = { outcome: 'ok'; principal: Principal; credential: Credential } | Refusal;

/** An authentic token that lets nobody in. */
export interface Refusal {
  outcome: Exclude<CallerOutcome, 'ok' | 'anonymous'>;
  credentialId: string;
  principalId: string;
  /** Why it was ended, where that is known: who has just reported a job done is told so, and not that something failed. */
  endReason?: string;
}

/**
 * Looks up what an authentic token names, with one read. The stored credential must still be live at `now`, because
 * the token itself says nothing of time, and DynamoDB removes expired items only some time later.
 */
export async function resolveToken(
  parts: TokenParts,
  read: ReadCollection,
  now: number,
): Promise<Resolution> {
  const { principalId, credentialId } = parts;
  const { principal, credential } = await read(principalId, credentialId);
  const ids = { principalId, credentialId };
  if (!principal || !credential || credential.endedAt !== undefined) {
    const endReason = credential?.endReason;
    return { outcome: 'revoked', ...ids, ...(endReason !== undefined && { endReason }) };
  }
  if (credential.kind !== parts.kind || credential.environment !== parts.environment) {
    return { outcome: 'invalid', ...ids };
  }
  if (!(credential.expiresAt > now)) return { outcome: 'expired', ...ids };
  return { outcome: 'ok', principal: { ...principal, roles: rolesWith(principal, credential) }, credential };
}
