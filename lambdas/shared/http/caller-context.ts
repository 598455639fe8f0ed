import type { CallerOutcome } from '../../../core/ports.ts';
import type { Credential, Principal } from '../../../core/principals.ts';

/**
 * What the authorizer tells every function about the caller. API Gateway passes it on beside the request, where no
 * client can write. Small on purpose: the authorizer bundles it.
 */
export interface CallerContext {
  /** `unavailable`: the authorizer could not find out; nobody gets in. */
  outcome: CallerOutcome | 'unavailable';
  channel?: 'browser' | 'api';
  credentialId?: string;
  principalId?: string;
  kind?: Credential['kind'];
  environment?: string;
  /** Epoch milliseconds. */
  expiresAt?: number;
  /** Of an ended credential: why. */
  endReason?: string;
  /** JSON of PrincipalContext. */
  principal?: string;
}

/** The principal as it travels: roles come along so that no handler needs to read them again. */
export type PrincipalContext = Pick<
  Principal,
  'type' | 'name' | 'firstName' | 'lastName' | 'email' | 'roles' | 'profiles' | 'level'
> &
  Pick<Credential, 'ceiling' | 'lastUsedAt'>;
