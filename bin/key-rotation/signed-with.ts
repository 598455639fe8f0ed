import { ENVIRONMENTS } from '../../core/environments.ts';
import type { Credential } from '../../core/principals.ts';
import type { Store } from '../../core/store.ts';

/** What would be refused without a key, other than sessions of half a day. */
export interface SignedWith {
  passes: number;
  apiKeys: number;
}

/**
 * Counts the live passes and API keys that a key may have signed. Reads every open grant and service account.
 * @param listed ids of the keys that there are: the link of a pass whose own key is gone was written with another one
 */
export async function signedWith(
  store: Store,
  keyId: string,
  { listed, now }: { listed: readonly string[]; now: number },
): Promise<SignedWith> {
  const live = ({ endedAt, expiresAt }: Credential) => endedAt === undefined && expiresAt > now;
  const [passes, apiKeys] = await Promise.all([livePasses(store), keysOfMachines(store)]);
  return {
    passes: passes.filter((pass) => live(pass) && (pass.keyId === keyId || !listed.includes(pass.keyId)))
      .length,
    apiKeys: apiKeys.filter((key) => live(key) && key.keyId === keyId).length,
  };
}

async function livePasses(store: Store): Promise<Credential[]> {
  const found: Credential[] = [];
  for (const environment of ENVIRONMENTS) {
    for (const { principalId, credentialId } of await store.listOpenGrants(environment)) {
      if (!principalId || !credentialId) continue;
      const credential = await store.readCredential(principalId, credentialId);
      if (credential) found.push(credential);
    }
  }
  return found;
}

async function keysOfMachines(store: Store): Promise<Credential[]> {
  const found: Credential[] = [];
  let after: string | undefined;
  do {
    const page = await store.listDirectory('machines', { limit: 50, ...(after !== undefined && { after }) });
    for (const { id } of page.entries) found.push(...(await store.listCredentials(id)));
    after = page.last;
  } while (after !== undefined);
  return found;
}
