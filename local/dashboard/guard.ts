import type { IncomingMessage } from 'node:http';

/** Names of this machine; a browser that was led here under another name (DNS rebinding) is told nothing. */
const OWN_NAMES = new Set(['localhost', '127.0.0.1']);

/** What is wrong with where a request comes from, in words; undefined where nothing is. */
export function foreignRequest({ method, headers }: IncomingMessage): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!URL.canParse(`http://${host}`) || !OWN_NAMES.has(new URL(`http://${host}`).hostname)) {
    return 'The dashboard answers under localhost only.';
  }
  if (method === 'GET' || method === 'HEAD') return undefined;
  const own = origin === undefined ? site === 'same-origin' : origin === `http://${host}`;
  return own ? undefined : 'This comes from another page than the dashboard’s own. Go there and try again.';
}

/** Whether another site’s page has led the browser here: nobody is signed in because of that. */
export function isLedByOthers({ headers }: IncomingMessage): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}

/**
 * The same address under the site’s own name, for who came by 127.0.0.1: cookies that are set under one name of this
 * machine are not sent under the other.
 */
export function addressUnderOwnName({ method, headers, url = '/' }: IncomingMessage): string | undefined {
  const { hostname, port } = new URL(`http://${headers.host}`);
  if (method !== 'GET' || hostname === 'localhost') return undefined;
  return `http://localhost:${port}${url.startsWith('/') ? url : '/'}`;
}
