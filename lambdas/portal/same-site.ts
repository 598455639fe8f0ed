/**
 * A path of this site, or undefined: where to go after signing in comes with a link, and must not lead elsewhere.
 */
export function sameSitePath(to: string | undefined, siteUrl: string): string | undefined {
  if (!to?.startsWith('/') || !URL.canParse(to, siteUrl)) return undefined;
  const { origin, pathname, search } = new URL(to, siteUrl);
  // `//host`, `/\host` and the like are addresses of other hosts.
  return origin === new URL(siteUrl).origin && !pathname.startsWith('//') ? pathname + search : undefined;
}
