import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { Provider } from 'oidc-provider';
import { daypassApp } from '../../lib/app.ts';
import { bundleFunctions } from '../../lib/bundle.ts';
import { parseConfig } from '../../lib/config.ts';
import type { System } from '../../local/system.ts';
import { Visitor } from '../../local/visitor.ts';
import { ROOT } from '../infra/synthesise.ts';
import { startSystem } from './system.ts';

const CLIENT = 'daypass-of-the-tests';

/** What somebody's account at the issuer says. */
export interface IssuerAccount {
  email?: string;
  email_verified?: unknown;
}

/** A real OpenID Connect issuer on this machine, with ways to misbehave. */
export interface TestIssuer {
  url: string;
  /** By the name that `signInThere` signs in with. */
  accounts: Map<string, IssuerAccount>;
  /** Changes each ID token's header and claims, and signs it again with a key of the given kind. */
  forge:
    | ((claims: Record<string, unknown>) => { claims: Record<string, unknown>; by: 'itself' | 'another' })
    | undefined;
  /** Drops every connection. */
  down: boolean;
  /** Requests by path, since the beginning. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** A running site whose configuration names a running issuer. */
export async function startWithIssuer(): Promise<{ system: System; issuer: TestIssuer }> {
  const keys = { itself: keyPair(), another: keyPair() };
  let answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.destroy();
  const issuer: TestIssuer = {
    url: '',
    accounts: new Map(),
    forge: undefined,
    down: false,
    asked: [],
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const server = createServer((request, response) => {
    if (issuer.down) return void request.socket.destroy();
    issuer.asked.push(new URL(request.url ?? '/', issuer.url).pathname);
    if (request.url === '/token' && issuer.forge) forgeIn(response, issuer.forge, keys);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  issuer.url = `http://localhost:${(server.address() as AddressInfo).port}`;

  const system = await startSystem({ cdkOut: await synthesiseWith(issuer.url) });
  const provider = providerOf(issuer, system, keys.itself.privateKey);
  const handle = provider.callback();
  answer = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return handle(request, response);
    // Whoever is named as hint signs in at once: the issuer's own pages are not what is tested here.
    void provider
      .interactionDetails(request, response)
      .then(({ params }) =>
        provider.interactionFinished(request, response, { login: { accountId: params.login_hint } }),
      );
  };
  return { system, issuer };
}

/** The deployed app's templates for a site with this issuer. */
async function synthesiseWith(issuer: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-issuer-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await bundleFunctions(ROOT, join(folder, 'bundles'));
  await stopEsbuild();
  const config = parseConfig(
    {
      stage: 'local',
      region: 'us-east-1',
      senderAddress: 'passes@daypass.example',
      senderIdentity: 'existing',
      oidc: { issuer, clientId: CLIENT, name: 'Harbour Accounts' },
    },
    'the test',
  );
  const outdir = join(folder, 'cdk.out');
  daypassApp(config, ROOT, join(folder, 'bundles'), { outdir }).app.synth();
  return outdir;
}

function providerOf(issuer: TestIssuer, system: System, key: KeyObject): Provider {
  const provider: Provider = new Provider(issuer.url, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: system.secrets.read('OidcSecret'),
        redirect_uris: [`${system.url}/sign-in/oidc/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'of-the-issuer' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    // As strict issuers have it; the email is then asked for at the UserInfo endpoint.
    pkce: { required: () => true },
    ttl: { AccessToken: 60, Grant: 60, IdToken: 3600, Interaction: 60, Session: 60 },
    cookies: { keys: ['of the test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...issuer.accounts.get(id) }),
    }),
    async loadExistingGrant({
      oidc,
    }: {
      oidc: { session: { accountId: string }; client: { clientId: string } };
    }) {
      const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  return provider;
}

/**
 * Signs somebody in at the issuer, from the address where the site has sent the browser.
 * @returns the path on the site that the issuer sends the browser back to
 */
export async function signInThere(issuer: TestIssuer, location: string, account: string): Promise<string> {
  const browser = new Visitor(issuer.url);
  const first = new URL(location);
  first.searchParams.set('login_hint', account);
  for (let next = first, hops = 0; hops < 8; hops++) {
    if (next.origin !== issuer.url) return next.pathname + next.search;
    const answer = await browser.get(next.href);
    const to = answer.headers.get('location');
    if (!to) throw new Error(`The issuer answered ${answer.status} at ${next.pathname}: ${answer.text}`);
    next = new URL(to, issuer.url);
  }
  throw new Error('The issuer leads in circles');
}

function forgeIn(
  response: ServerResponse,
  forge: NonNullable<TestIssuer['forge']>,
  keys: Record<'itself' | 'another', { privateKey: KeyObject }>,
): void {
  const end = response.end.bind(response) as (body?: unknown) => ServerResponse;
  response.end = ((body?: unknown) => {
    const tokens = JSON.parse(String(body ?? '{}')) as { id_token?: string };
    if (!tokens.id_token) return end(body);
    const [header = '', payload = ''] = tokens.id_token.split('.');
    const { claims, by } = forge(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = createSign('sha256').update(signed).sign(keys[by].privateKey, 'base64url');
    const text = JSON.stringify({ ...tokens, id_token: `${signed}.${signature}` });
    response.setHeader('content-length', Buffer.byteLength(text));
    return end(text);
  }) as ServerResponse['end'];
}

const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
