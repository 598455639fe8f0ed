import { decideFor } from '../access.ts';
import { designPolicy, mayDesign } from '../apps/design-access.ts';
import { DaypassError } from '../errors.ts';
import type { Session } from '../runtime.ts';

/** The service that a role is given so that its holders may ask what others may do, and nothing else besides. */
export const ACCESS_SERVICE = 'access';

/** Whether the caller may ask at all, about themselves if about nobody else: holders of passes and robots do not. */
export function mayAsk({ caller }: Session): boolean {
  return caller.type === 'user' || caller.type === 'serviceAccount';
}

/**
 * Whether the caller may ask what others may do in the session's environment: by a role that may call the service
 * `access` (for systems that enforce our decisions), or because they may read accounts where roles are designed and may
 * sign in here.
 */
export function mayAskAboutOthers(session: Session): boolean {
  const { caller, published, now } = session;
  if (!mayAsk(session)) return false;
  if (decideFor(session, 'call', { type: 'service', id: ACCESS_SERVICE }).decision) return true;
  const signsIn = decideFor(session, 'signIn', { type: 'environment', id: published.environment }).decision;
  const policy = designPolicy(published.settings.roles);
  return signsIn && mayDesign({ caller, now, policy }, 'design:read', { type: 'account' });
}

/** @throws DaypassError FORBIDDEN */
export function requireAskAboutOthers(session: Session): void {
  if (mayAskAboutOthers(session)) return;
  throw new DaypassError(
    'FORBIDDEN',
    `only who may call the service “${ACCESS_SERVICE}” or read accounts may ask what others may do`,
  );
}
