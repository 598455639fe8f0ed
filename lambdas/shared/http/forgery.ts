import { DaypassError } from '../../../core/errors.ts';
import type { Caller } from '../../../core/ports.ts';
import { type Signing, signPurpose, verifyPurpose } from '../../../core/tokens/signed.ts';

/**
 * Cookies travel with requests that other sites make. So a write that relies on one must come from a page of this site
 * (`Origin`), and a form must carry a token that only pages made for this very person hold.
 */
export function requireSameOrigin(
  headers: Readonly<Record<string, string | undefined>>,
  siteUrl: string,
): void {
  if (headers.origin !== new URL(siteUrl).origin) throw new DaypassError('ORIGIN_REFUSED');
}

/**
 * The form token of a caller; empty for anonymous ones, whose forms rely on no credential. It is bound to the person
 * and not to the session, so that a form which was open while they signed in again still goes through.
 */
export function formTokenOf(caller: Caller, signing: Signing): string {
  return caller.credential ? signPurpose('form', '', caller.principalId, signing) : '';
}

/** @throws DaypassError ORIGIN_REFUSED unless the form was made for this caller */
export function requireFormToken(sent: unknown, caller: Caller, signing: Signing): void {
  if (!caller.credential) return;
  if (typeof sent === 'string' && verifyPurpose('form', sent, caller.principalId, signing) === '') return;
  throw new DaypassError('ORIGIN_REFUSED');
}
