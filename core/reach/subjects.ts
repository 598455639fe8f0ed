import type { Environment } from '../environments.ts';
import type { Grant } from '../grants/grant.ts';
import type { Caller } from '../ports.ts';
import type { Credential, Principal } from '../principals.ts';
import type { Session } from '../runtime.ts';

const CHANNELS = { user: 'browser', tokenUser: 'browser', serviceAccount: 'api', robot: 'workflow' } as const;

/** A principal as the caller that it would be, by the way in which it usually comes. */
export function asCaller(principal: Principal, credential?: Credential): Caller {
  const { id, type, name, firstName, lastName, email, roles, profiles, level } = principal;
  return {
    outcome: 'ok',
    principalId: id,
    type,
    name,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(email !== undefined && { email }),
    roles,
    profiles,
    ...(level && { level }),
    channel: CHANNELS[type],
    ...(credential && { credential: credentialOf(credential) }),
  };
}

function credentialOf({ id, kind, expiresAt, environment, ceiling }: Credential) {
  return { id, kind, expiresAt, ...(environment && { environment }), ...(ceiling && { ceiling }) };
}

/** Somebody who has not signed in. */
export const ANONYMOUS: Caller = {
  outcome: 'anonymous',
  principalId: 'anonymous',
  type: 'anonymous',
  name: '',
  roles: [],
  profiles: [],
  channel: 'browser',
};

/** The session as somebody else would have it. */
export function sessionAs(session: Session, caller: Caller): Session {
  return { ...session, caller };
}

/**
 * A principal as it would call the session's environment now; undefined when it does not exist, or is a token user
 * without a live pass there.
 */
export async function readCaller(session: Session, id: string): Promise<Caller | undefined> {
  const { store } = session.runtime;
  const principal = await store.readPrincipal(id);
  if (!principal) return undefined;
  if (principal.type !== 'tokenUser') return asCaller(principal);
  const credentials = await store.listCredentials(id);
  const live = credentials.find((credential) => isLivePass(credential, session));
  return live && asCaller(principal, live);
}

function isLivePass(credential: Credential | undefined, session: Session): credential is Credential {
  return (
    credential?.kind === 'access' &&
    credential.endedAt === undefined &&
    credential.expiresAt > session.now &&
    credential.environment === session.published.environment
  );
}

/** A token user with a live pass, and the grant that it comes from. */
export interface Holder {
  readonly grant: Grant;
  readonly caller: Caller;
}

/**
 * The holders of the passes among grants that let somebody in now.
 * @param reads grants are read this many at once
 */
export async function readHolders(session: Session, grants: readonly Grant[], reads = 25): Promise<Holder[]> {
  const holders: Holder[] = [];
  for (let at = 0; at < grants.length; at += reads) {
    const some = await Promise.all(grants.slice(at, at + reads).map((grant) => readHolder(session, grant)));
    holders.push(...some.filter((holder) => holder !== undefined));
  }
  return holders;
}

async function readHolder(session: Session, grant: Grant): Promise<Holder | undefined> {
  const { principalId, credentialId, status, environment } = grant;
  if (status !== 'live' || !principalId || !credentialId || !sameEnvironment(environment, session))
    return undefined;
  const { store } = session.runtime;
  const [principal, credential] = await Promise.all([
    store.readPrincipal(principalId),
    store.readCredential(principalId, credentialId),
  ]);
  if (!principal || !isLivePass(credential, session)) return undefined;
  return { grant, caller: asCaller(principal, credential) };
}

function sameEnvironment(environment: Environment, session: Session): boolean {
  return environment === session.published.environment;
}
