import type { CallerContext, PrincipalContext } from '../shared/http/caller-context.ts';
import type { CookieNames } from '../shared/http/cookies.ts';
import { checkPresented, type IncomingRequest, presentedCredential } from './presented.ts';
import { type ReadCollection, type Resolution, resolveToken, type TokenCheck } from './resolve.ts';

export interface AuthorizerParts {
  names: CookieNames;
  /** Keys at hand and the site's id. */
  check(): Promise<TokenCheck>;
  read: ReadCollection;
  now(): number;
}

/**
 * Who sends this request. Refuses by arithmetic before it reads, and reads at most once.
 * @throws whatever the keys or the table throw; the handler then lets nobody in
 */
export async function authorize(request: IncomingRequest, parts: AuthorizerParts): Promise<CallerContext> {
  const presented = presentedCredential(request, parts.names);
  if (!presented) return { outcome: 'anonymous' };
  const { channel } = presented;
  const token = checkPresented(presented, await parts.check());
  if (typeof token === 'string') return { outcome: token, channel };
  return { channel, ...toContext(await resolveToken(token, parts.read, parts.now())) };
}

/** What travels to the functions behind of a resolution. */
export function toContext(resolution: Resolution): CallerContext {
  if (resolution.outcome !== 'ok') return resolution;
  const { principal, credential } = resolution;
  const { type, name, firstName, lastName, email, roles, profiles, level } = principal;
  const travels: PrincipalContext = {
    type,
    name,
    roles,
    profiles,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(email !== undefined && { email }),
    ...(level !== undefined && { level }),
    ...(credential.ceiling && { ceiling: credential.ceiling }),
    ...(credential.lastUsedAt && { lastUsedAt: credential.lastUsedAt }),
  };
  return {
    outcome: 'ok',
    credentialId: credential.id,
    principalId: principal.id,
    kind: credential.kind,
    expiresAt: credential.expiresAt,
    ...(credential.environment && { environment: credential.environment }),
    principal: JSON.stringify(travels),
  };
}
