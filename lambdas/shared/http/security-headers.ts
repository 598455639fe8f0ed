/** Everything a page may load or do, spelled out; whatever is not listed is forbidden. No inline script or style. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  // What changes by itself is brought up to date from the page itself.
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  // Answers hold personal data; what may be kept (assets) says so itself.
  'cache-control': 'no-store',
};

/**
 * Headers of every answer; what a handler sets itself goes before them.
 * @param kind pages may load their own assets; everything else may load nothing
 */
export function securityHeaders(kind: 'page' | 'json', siteUrl: string): Record<string, string> {
  return {
    ...EVERYWHERE,
    ...(siteUrl.startsWith('https://') && {
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
    }),
    ...(kind === 'page'
      ? {
          'content-security-policy': PAGE_POLICY,
          'cross-origin-opener-policy': 'same-origin',
          'permissions-policy': 'camera=(), geolocation=(), microphone=()',
          // Not no-referrer: under it browsers send `Origin: null` with forms, and writes could not be told from forged ones.
          'referrer-policy': 'strict-origin',
          'x-robots-tag': 'noindex',
        }
      : {
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          'referrer-policy': 'no-referrer',
        }),
  };
}
