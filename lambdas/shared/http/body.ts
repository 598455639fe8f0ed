import { DaypassError } from '../../../core/errors.ts';
import type { Route } from '../routes/route.ts';

/** Bytes. More than any form or definition needs, and far less than would keep a function busy. */
export const BODY_LIMIT = 512 * 1024;

interface Incoming {
  body?: string | undefined;
  isBase64Encoded: boolean;
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * The body, parsed: JSON for the API, the fields of a form for pages. Routes that declare none get undefined.
 * @throws DaypassError TOO_LARGE with the limit, MEDIA_TYPE, REQUEST_MALFORMED
 */
export function readBody(incoming: Incoming, route: Route): unknown {
  if (!route.body) return undefined;
  const bytes = Buffer.from(incoming.body ?? '', incoming.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > BODY_LIMIT) {
    throw new DaypassError('TOO_LARGE', `The body has ${bytes.length} bytes; the limit is ${BODY_LIMIT}.`);
  }
  const type = incoming.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const text = utf8(bytes);
  if (route.answers === 'page') {
    if (type !== 'application/x-www-form-urlencoded') {
      throw new DaypassError('MEDIA_TYPE', 'This address takes a form, application/x-www-form-urlencoded.');
    }
    return readFields(text);
  }
  if (type !== 'application/json') {
    throw route.standard === 'authzen'
      ? new DaypassError('REQUEST_MALFORMED', 'Send the body as application/json.')
      : new DaypassError('MEDIA_TYPE');
  }
  return readJson(text);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DaypassError('REQUEST_MALFORMED', 'The body is not UTF-8 text.');
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => {
      // No name of ours, and a way into objects that are copied member by member.
      if (key === '__proto__') throw new SyntaxError('a member is called __proto__');
      return value;
    });
  } catch (error) {
    // The parser quotes the text where it stumbles, and the text may hold anything.
    const place = /at position \d+( \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
    throw new DaypassError(
      'REQUEST_MALFORMED',
      `The body is not JSON${place ? `: it breaks ${place}` : ''}.`,
    );
  }
}

/** Field name → text, or a list of texts where a name is repeated (checkboxes). */
function readFields(text: string): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : [known, value].flat());
  }
  return Object.fromEntries(fields);
}
