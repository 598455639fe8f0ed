import type { Runtime } from '../../core/runtime.ts';
import { readToken } from '../../core/tokens/token.ts';
import { type Resolution, resolveToken } from '../authorizer/resolve.ts';
import { clearCookie } from '../shared/http/cookies.ts';
import type { Portal } from './portal.ts';

/** More cookies than these no request can carry: API Gateway takes 10 KB of headers. */
const MOST_LOOKED_AT = 80;
/** Ended passes whose page goes on saying that they have ended. */
const MOST_ENDED = 3;
/** Live passes whose cookies a browser keeps beside the one it is used with; the mailed links of others go on working. */
const MOST_LIVE = 40;

export type LiveResolution = Extract<Resolution, { outcome: 'ok' }>;

/** The passes that a browser holds besides the one that it uses now. */
export interface HeldPasses {
  /** In the order of the cookies, which is the order in which the browser got them. */
  live: LiveResolution[];
  /** `Set-Cookie` values that take away what is of no use any more, so that cookies do not fill up every request. */
  cleared: string[];
}

/** The authorizer's look-up, over the store that the portal has at hand. */
export function readFrom({ store }: Pick<Runtime, 'store'>): Parameters<typeof resolveToken>[1] {
  return async (principalId, credentialId) => {
    const [principal, credential] = await Promise.all([
      store.readPrincipal(principalId),
      store.readCredential(principalId, credentialId),
    ]);
    return { ...(principal && { principal }), ...(credential && { credential }) };
  };
}

/**
 * Looks up the pass cookies of a browser, each as the authorizer would. A text that is no token of this site costs no
 * read.
 * @param own short id of the pass that the request is about: its cookie stays, whatever has become of the pass
 */
export async function heldPasses(
  { names, siteUrl }: Pick<Portal, 'names' | 'siteUrl'>,
  runtime: Pick<Runtime, 'store' | 'keyring' | 'siteId'>,
  cookies: Readonly<Record<string, string>>,
  { own, now }: { own: string; now: number },
): Promise<HeldPasses> {
  const others = Object.entries(cookies)
    .filter(([name]) => {
      const short = names.shortIdIn(name);
      return short !== undefined && short !== own;
    })
    .slice(0, MOST_LOOKED_AT);
  const found = await Promise.all(others.map(async ([name, token]) => ({ name, ...(await lookUp(token)) })));
  const live = found.filter(({ resolution }) => resolution !== undefined);
  const ended = found.filter(({ endedAt }) => endedAt !== undefined);
  const kept = new Set([
    ...live.slice(-MOST_LIVE),
    ...ended.sort((one, other) => (other.endedAt ?? 0) - (one.endedAt ?? 0)).slice(0, MOST_ENDED),
  ]);
  return {
    live: live.flatMap((pass) => (kept.has(pass) && pass.resolution ? [pass.resolution] : [])),
    cleared: found.filter((pass) => !kept.has(pass)).map(({ name }) => clearCookie(siteUrl, name)),
  };

  /** Neither live nor ended: what it names was cleaned up, or it is no pass at all. */
  async function lookUp(token: string): Promise<{ resolution?: LiveResolution; endedAt?: number }> {
    const parts = readToken(token, runtime.keyring, runtime.siteId);
    if (parts?.kind !== 'access') return {};
    const collection = await readFrom(runtime)(parts.principalId, parts.credentialId);
    const resolution = await resolveToken(parts, async () => collection, now);
    if (resolution.outcome === 'ok') return resolution.credential.environment ? { resolution } : {};
    const { credential } = collection;
    return credential
      ? { endedAt: credential.endedAt ? Date.parse(credential.endedAt) : credential.expiresAt }
      : {};
  }
}
