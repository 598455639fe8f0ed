import { createHmac, type KeyObject } from 'node:crypto';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { digestCodes, isDigest } from './base62.ts';
import type { Keyring } from './keyring.ts';

/**
 * A token is text of a fixed width:
 *
 *     dp_ kind(1) environment(1) key id(4) principal id(22) credential id(22) MAC(40)
 *
 * The MAC covers everything before it and the site id. Without the key nothing that is stored makes a token,
 * and a wrong one is refused by arithmetic alone: no table, no call.
 */
export interface TokenParts {
  kind: TokenKind;
  /** The environment a pass or key is bound to; absent on credentials of the whole site (sessions, sign-in links). */
  environment?: Environment;
  principalId: string;
  /** 131 random bits. It names the stored credential and is useless without the MAC. */
  credentialId: string;
  keyId: string;
}

const KINDS = { access: 'a', signIn: 's', session: 'n', apiKey: 'k' } as const;
export type TokenKind = keyof typeof KINDS;
const ENVIRONMENT_LETTERS = { development: 'd', test: 't', staging: 's', production: 'p' } as const;
const SITE_WIDE = 'x';

const kindOf = invert(KINDS);
const environmentOf = invert(ENVIRONMENT_LETTERS);

export const TOKEN_LENGTH = 93;
const ID = /^[0-9A-Za-z]{22}$/;
const REFERENCE = /^([0-9A-Za-z]{22})\.([0-9A-Za-z]{22})\.([0-9A-Za-z]{4})$/;
const MAC_AT = 53;

/**
 * Writes a token, signed with the key it names or else the active one.
 * @throws DaypassError INTERNAL for ids of another shape or a key that is not listed.
 */
export function formatToken(
  parts: Omit<TokenParts, 'keyId'> & { keyId?: string | undefined },
  keyring: Keyring,
  siteId: string,
): string {
  const keyId = parts.keyId ?? keyring.active;
  const key = keyring.key(keyId);
  if (!key) throw new DaypassError('INTERNAL', `the signing key ${keyId} is not listed`);
  if (!ID.test(parts.principalId) || !ID.test(parts.credentialId)) {
    throw new DaypassError('INTERNAL', 'a token names a principal and a credential by ids of 22 characters');
  }
  const environment = parts.environment ? ENVIRONMENT_LETTERS[parts.environment] : SITE_WIDE;
  const head = `dp_${KINDS[parts.kind]}${environment}${keyId}${parts.principalId}${parts.credentialId}`;
  return head + String.fromCharCode(...digestCodes(mac(head, key, siteId)));
}

/** What a token says, if this site made it; undefined for anything else, whatever is wrong with it. */
export function readToken(text: string, keyring: Keyring, siteId: string): TokenParts | undefined {
  if (text.length !== TOKEN_LENGTH) return undefined;
  const keyId = text.slice(5, 9);
  const key = keyring.key(keyId);
  if (!key) return undefined;
  if (!isDigest(text, MAC_AT, mac(text.slice(0, MAC_AT), key, siteId))) return undefined;
  // Only `formatToken` signs, so what has passed has its shape: the letters need no checking.
  const kind = kindOf[text[3] as string] as TokenKind;
  const environment = environmentOf[text[4] as string];
  const principalId = text.slice(9, 31);
  const credentialId = text.slice(31, MAC_AT);
  return environment
    ? { kind, environment, keyId, principalId, credentialId }
    : { kind, keyId, principalId, credentialId };
}

/** Names a pass in addresses (`/pass/<short id>/…`) and cookies, without showing the whole credential id. */
export function shortId(credentialId: string): string {
  return credentialId.slice(0, 8);
}

/** What names a token without being one: its ids and the key it was signed with, so that its link can be written again. */
export type TokenReference = Pick<TokenParts, 'principalId' | 'credentialId' | 'keyId'>;

/** What a record stores in a field of type token. It names a credential and opens nothing. */
export function tokenReference({ principalId, credentialId, keyId }: TokenReference): string {
  return `${principalId}.${credentialId}.${keyId}`;
}

/** The ids in a token reference; undefined for any other text. */
export function parseTokenReference(text: string): TokenReference | undefined {
  const [, principalId, credentialId, keyId] = REFERENCE.exec(text) ?? [];
  return principalId && credentialId && keyId ? { principalId, credentialId, keyId } : undefined;
}

function mac(head: string, key: KeyObject, siteId: string): string {
  // The label keeps these MACs apart from every other use of the key; the head's width is fixed, so it cannot shift.
  return createHmac('sha256', key).update(`daypass token\n${siteId}\n${head}`).digest('binary');
}

function invert<Name extends string>(letters: Record<Name, string>): Record<string, Name | undefined> {
  return Object.fromEntries(Object.entries(letters).map(([name, letter]) => [letter, name as Name]));
}
