import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Environment } from '../../core/environments.ts';
import type { Credential } from '../../core/principals.ts';
import type { Runtime } from '../../core/runtime.ts';
import { createSignInLink, redeemSignIn } from '../../core/sign-in/sign-in.ts';
import { randomId } from '../../core/tokens/base62.ts';
import { formatToken, type TokenParts } from '../../core/tokens/token.ts';
import { keyringSource } from '../../lambdas/shared/keyring-source.ts';
import { createDefinitions, publishedSource } from '../../lambdas/shared/table/definitions.ts';
import { createStore } from '../../lambdas/shared/table/store.ts';
import { siteIdOf } from '../../local/seed.ts';
import type { System } from '../../local/system.ts';
import { Visitor } from '../../local/visitor.ts';

/** The use cases' ports on a running system, as somebody with every right in the account could have them. */
export async function siteRuntime(system: System): Promise<Runtime> {
  const { client } = system.dynamodb;
  const table = system.dynamodb.tableName();
  const secrets = new SecretsManagerClient({
    endpoint: system.awsEndpointUrl,
    region: 'us-east-1',
    credentials: system.keys,
  });
  const [keyring, journal] = await Promise.all(
    ['SigningKeysSecretArn', 'JournalKeysSecretArn'].map((output) =>
      keyringSource(system.outputs[output] as string, secrets, system.clock.now)(),
    ),
  );
  secrets.destroy();
  if (!keyring || !journal) throw new Error('The system has no keys');
  return {
    siteId: siteIdOf(system),
    siteUrl: system.url,
    now: system.clock.now,
    newId: randomId,
    tokenLifetimeDays: 30,
    keyring,
    journal,
    store: createStore(client, table),
    published: publishedSource(createDefinitions(client, table)),
  };
}

/** Somebody signed in without a mail and without pages: by the use cases that the pages call. */
export async function staffSession(system: System, email: string): Promise<Visitor> {
  const { token } = await staffSessionToken(system, email);
  const visitor = new Visitor(system.url);
  visitor.setCookie('dp_session', token);
  return visitor;
}

/** @returns the session's token and the person's id */
export async function staffSessionToken(system: System, email: string) {
  return redeemSignIn(await siteRuntime(system), await signInToken(system, email));
}

/** The token of a link to sign in, as a mail would carry it, that nobody has used. */
export async function signInToken(system: System, email: string): Promise<string> {
  const runtime = await siteRuntime(system);
  const user = await runtime.store.readUserByEmail(email);
  if (!user) throw new Error(`Nobody has the address ${email}`);
  const link = new URL(await createSignInLink(runtime, user));
  return link.searchParams.get('token') ?? '';
}

/** Presses the button of such a link. @returns the status, and how many cookies came with it */
export async function pressLink(system: System, token: string): Promise<[status: number, cookies: number]> {
  const { status, headers } = await new Visitor(system.url).form('/sign-in/link', { token });
  return [status, headers.getSetCookie().length];
}

/** A token with a right MAC, whatever it says: what somebody who holds the signing key could make. */
export function signedToken(runtime: Runtime, parts: Omit<TokenParts, 'keyId'> & { keyId?: string }): string {
  return formatToken(parts, runtime.keyring, runtime.siteId);
}

/** Puts a principal with one live credential into the table, and answers its token. */
export async function plantCredential(
  system: System,
  planted: {
    type: 'user' | 'tokenUser' | 'serviceAccount' | 'robot';
    kind: Credential['kind'];
    roles: string[];
    name?: string;
    environment?: Environment;
    ceiling?: Credential['ceiling'];
    lifetimeMs?: number;
  },
): Promise<{ token: string; principalId: string; credentialId: string }> {
  const runtime = await siteRuntime(system);
  const { type, kind, roles, environment, ceiling, name = 'Planted', lifetimeMs = 3_600_000 } = planted;
  const principalId = randomId();
  const credentialId = randomId();
  const createdAt = new Date(system.clock.now()).toISOString();
  const bound = environment ? { environment } : {};
  await runtime.store.commit([
    {
      kind: 'addPrincipal',
      principal: { id: principalId, type, name, roles, profiles: [], createdAt, ...bound },
    },
    {
      kind: 'addCredential',
      credential: {
        id: credentialId,
        principalId,
        kind,
        keyId: runtime.keyring.active,
        createdAt,
        expiresAt: system.clock.now() + lifetimeMs,
        ...bound,
        ...(ceiling && { ceiling }),
      },
    },
  ]);
  return {
    token: signedToken(runtime, { kind, principalId, credentialId, ...bound }),
    principalId,
    credentialId,
  };
}
