import { type Environment, isEnvironment } from '../../core/environments.ts';
import { readToken, shortId, type TokenParts } from '../../core/tokens/token.ts';
import { type CookieNames, parseCookies } from '../shared/http/cookies.ts';
import type { TokenCheck } from './resolve.ts';

/** What the authorizer needs to know of a request. */
export interface IncomingRequest {
  rawPath: string;
  headers?: Record<string, string | undefined>;
  cookies?: readonly string[];
}

/** The credential that a request brings along, and where it may be valid. */
export interface Presented {
  token: string;
  channel: 'browser' | 'api';
  /** For a cookie: which kind it must hold, and for which pass. */
  expect?: { kind: 'session' } | { kind: 'access'; pass: string };
  /** The environment that the address names, if it names one. */
  environment?: Environment;
}

/**
 * Finds the one credential that counts for this address: an Authorization header before any cookie; under
 * `/pass/{short id}` that pass's cookie and no other; elsewhere the session, or the pass that an API call from a
 * page names in `Daypass-Pass`.
 * @returns undefined when the request brings none, or the address takes none
 */
export function presentedCredential(request: IncomingRequest, names: CookieNames): Presented | undefined {
  const [first = '', second = ''] = request.rawPath.split('/').slice(1);
  if (first === 'assets') return undefined;
  const named = first === 'app' || first === 'passes' ? second : first;
  const at = isEnvironment(named) ? { environment: named } : {};

  const authorization = request.headers?.authorization;
  if (authorization !== undefined) {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
    return { token: token ?? '', channel: 'api', ...at };
  }
  const cookies = parseCookies(request.cookies);
  const pass = first === 'pass' ? second : request.headers?.['daypass-pass'];
  if (pass !== undefined) {
    const token = cookies[names.pass(pass)];
    return token === undefined
      ? undefined
      : { token, channel: 'browser', expect: { kind: 'access', pass }, ...at };
  }
  const token = cookies[names.session];
  return token === undefined ? undefined : { token, channel: 'browser', expect: { kind: 'session' }, ...at };
}

/**
 * Whether a presented credential may be looked up at all, by arithmetic alone: its MAC, then the rules on which kind
 * comes by which channel and to which environment.
 */
export function checkPresented(presented: Presented, check: TokenCheck): TokenParts | 'invalid' | 'channel' {
  const parts = readToken(presented.token, check.keyring, check.siteId);
  if (!parts || parts.kind === 'signIn') return 'invalid';
  if (presented.environment && parts.environment && parts.environment !== presented.environment)
    return 'invalid';
  const { expect } = presented;
  if (!expect) return parts.kind === 'apiKey' ? parts : 'channel';
  if (parts.kind !== expect.kind) return parts.kind === 'apiKey' ? 'channel' : 'invalid';
  if (expect.kind === 'access' && shortId(parts.credentialId) !== expect.pass) return 'invalid';
  return parts;
}
