import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { IssuedIdentity } from '../../core/sign-in/issuer.ts';
import { PATIENT } from '../shared/aws-clients.ts';
import type { IssuerSettings } from '../shared/environment.ts';

export const ISSUER_CALLBACK = '/sign-in/oidc/callback';
/** What the issuer says of itself, and the client secret, are looked up anew after this. */
const REFRESH_AFTER_MS = 5 * 60_000;
const TIMEOUT_SECONDS = 5;

/** One attempt to sign in: secrets of this browser until it comes back. */
export interface Attempt {
  state: string;
  nonce: string;
  /** PKCE: who took the code away cannot redeem it without this. */
  verifier: string;
}

/** The OpenID Connect issuer that staff may sign in with. */
export interface Issuer {
  /** What people call it. */
  name: string;
  /** Where to send the browser, and what its way back will be checked against. */
  begin(): Promise<{ location: string; attempt: Attempt }>;
  /**
   * Checks what came back, redeems the code, and verifies the ID token: signature, issuer, audience, times, nonce.
   * @param answer query parameters of the callback
   * @throws whatever does not fit
   */
  complete(answer: Readonly<Record<string, string | undefined>>, attempt: Attempt): Promise<IssuedIdentity>;
}

/** Looks nothing up until somebody signs in with it: a site starts, and mailed links work, while its issuer is down. */
export function createIssuer(
  settings: IssuerSettings,
  siteUrl: string,
  secrets: Pick<SecretsManagerClient, 'send'> = new SecretsManagerClient(PATIENT),
): Issuer {
  const callback = `${siteUrl}${ISSUER_CALLBACK}`;
  let known: { configuration: Promise<Configuration>; at: number } | undefined;

  async function discover(): Promise<Configuration> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_SECRET_ARN: arn } = settings;
    const secret = arn && (await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
    // The template allows http:// for an issuer on the same machine only.
    const insecure = issuer.startsWith('http://') ? [allowInsecureRequests] : [];
    return discovery(new URL(issuer), clientId, undefined, secret ? ClientSecretBasic(secret) : None(), {
      timeout: TIMEOUT_SECONDS,
      // The code flow trusts the connection to the token endpoint; here the ID token's signature is checked, too.
      execute: [...insecure, enableNonRepudiationChecks],
    });
  }

  function configuration(): Promise<Configuration> {
    if (!known || Date.now() - known.at > REFRESH_AFTER_MS) {
      const found = { configuration: discover(), at: Date.now() };
      found.configuration.catch(() => {
        if (known === found) known = undefined;
      });
      known = found;
    }
    return known.configuration;
  }

  return {
    name: settings.OIDC_NAME,

    async begin() {
      const found = await configuration();
      const attempt = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const location = buildAuthorizationUrl(found, {
        redirect_uri: callback,
        scope: 'openid email',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { location: location.href, attempt };
    },

    async complete(answer, attempt) {
      const found = await configuration();
      const url = new URL(callback);
      for (const [name, value] of Object.entries(answer)) {
        if (value !== undefined) url.searchParams.set(name, value);
      }
      const tokens = await authorizationCodeGrant(found, url, {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('the issuer answered without an ID token');
      // Some issuers put the email into the ID token, others keep it at their UserInfo endpoint.
      const told =
        claims.email === undefined ? await fetchUserInfo(found, tokens.access_token, claims.sub) : claims;
      return { email: told.email, emailVerified: told.email_verified };
    },
  };
}

/** Why signing in failed, in the library's codes, for the log: nothing of what was sent or answered. */
export function reasonOf(error: unknown): string {
  const { name, code, error: said } = error as { name?: string; code?: unknown; error?: unknown };
  return (
    [name, code, said]
      .filter((part) => typeof part === 'string')
      .join(' ')
      .slice(0, 200) || 'unknown'
  );
}

/** Whether the issuer could not be reached, or is out of order: trying later may help. */
export function isIssuerDown(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'TimeoutError' || (cause instanceof TypeError && cause.message === 'fetch failed'))
      return true;
    if (cause.cause instanceof Response) return cause.cause.status >= 500;
  }
  return false;
}
