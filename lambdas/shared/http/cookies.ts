/** Names and texts of the cookies that carry credentials. Small on purpose: the authorizer bundles it. */
export interface CookieNames {
  readonly session: string;
  /** An attempt to sign in with an issuer, from leaving for it until coming back. */
  readonly signIn: string;
  /** Tells that its browser has signed somebody in before; lets nobody in. */
  readonly known: string;
  /** What a page has to say once, one cookie per page. */
  notice(page: string): string;
  /** One per pass, so that two links in one browser do not displace each other. */
  pass(shortId: string): string;
  /** The short id in a pass cookie's name; undefined for any other cookie. */
  shortIdIn(name: string): string | undefined;
}

/**
 * Under https every name has the prefix `__Host-`: browsers then take the cookie only from this very host, for all
 * paths, and over a secure connection.
 */
export function cookieNames(siteUrl: string): CookieNames {
  const prefix = isSecure(siteUrl) ? '__Host-' : '';
  const passName = new RegExp(`^${prefix}dp_pass_([0-9A-Za-z]{8})$`);
  return {
    session: `${prefix}dp_session`,
    signIn: `${prefix}dp_sign_in`,
    known: `${prefix}dp_known`,
    notice: (page) => `${prefix}dp_notice_${page}`,
    pass: (shortId) => `${prefix}dp_pass_${shortId}`,
    shortIdIn: (name) => passName.exec(name)?.[1],
  };
}

/**
 * `Set-Cookie` for a credential; the browser drops it when the credential expires (epoch milliseconds).
 * @param sameSite `Strict` for what nothing but this site's own pages lead to
 */
export function setCookie(
  siteUrl: string,
  name: string,
  value: string,
  expiresAt: number,
  sameSite: 'Lax' | 'Strict' = 'Lax',
): string {
  const expires = new Date(expiresAt).toUTCString();
  return `${name}=${value}; Path=/; Expires=${expires}; HttpOnly; SameSite=${sameSite}${isSecure(siteUrl) ? '; Secure' : ''}`;
}

/** `Set-Cookie` that removes a cookie. */
export function clearCookie(siteUrl: string, name: string): string {
  return setCookie(siteUrl, name, '', 0);
}

/** Cookie name → value, from API Gateway's list (`["a=1", "b=2"]`). Of two with one name the first counts. */
export function parseCookies(list: readonly string[] = []): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of list) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !(name in cookies)) cookies[name] = pair.slice(at + 1).trim();
  }
  return cookies;
}

function isSecure(siteUrl: string): boolean {
  return siteUrl.startsWith('https://');
}
