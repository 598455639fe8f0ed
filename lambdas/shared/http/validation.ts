import type { z } from 'zod';
import { DaypassError, type Problem } from '../../../core/errors.ts';
import type { Route } from '../routes/route.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Query parameters by name. Documents refuse what they do not know; pages ignore it, because mail programs and social
 * networks append their own to links.
 * @throws DaypassError REQUEST_INVALID
 */
export function readQuery(rawQueryString: string, route: Route): unknown {
  const sent = new URLSearchParams(rawQueryString);
  const names = [...sent.keys()];
  const problems: Problem[] = [];
  if (route.answers === 'json') {
    for (const name of new Set(names)) {
      if (names.filter((other) => other === name).length > 1) {
        problems.push({ path: pointer([name]), message: 'is given more than once' });
      } else if (route.query ? isUnknown(route.query, name) : true) {
        problems.push({ path: pointer([name]), message: 'is not a parameter of this address' });
      }
    }
  }
  if (problems.length > 0) throw new DaypassError('REQUEST_INVALID', undefined, problems);
  return route.query ? parse(route.query, Object.fromEntries(sent)) : {};
}

/** @throws DaypassError REQUEST_INVALID with a JSON pointer for each place that does not fit */
export function checkBody(body: unknown, route: Route): unknown {
  return route.body ? parse(route.body, body) : undefined;
}

/** The version in `If-Match: "3"`. @throws DaypassError REQUEST_INVALID, VERSION_REQUIRED */
export function readIfMatch(headers: Headers, route: Route): number | undefined {
  const text = headers['if-match'];
  if (!route.ifMatch) return undefined;
  if (text === undefined) {
    if (route.ifMatch === 'required') throw new DaypassError('VERSION_REQUIRED');
    return undefined;
  }
  const [, version] = /^"(\d{1,9})"$/.exec(text.trim()) ?? [];
  if (version === undefined) {
    throw new DaypassError('REQUEST_INVALID', undefined, [
      { path: 'If-Match', message: 'must be one ETag as it was sent, for example "3"' },
    ]);
  }
  return Number(version);
}

/** @throws DaypassError REQUEST_INVALID */
export function readIdempotencyKey(headers: Headers, route: Route): string | undefined {
  const text = headers['idempotency-key'];
  if (!route.idempotent || text === undefined) return undefined;
  const [, key] = /^"?([\x21\x23-\x7e]{1,64})"?$/.exec(text.trim()) ?? [];
  if (key === undefined) {
    throw new DaypassError('REQUEST_INVALID', undefined, [
      { path: 'Idempotency-Key', message: 'must be 1 to 64 visible ASCII characters' },
    ]);
  }
  return key;
}

function parse(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new DaypassError('REQUEST_INVALID', undefined, result.error.issues.flatMap(toProblems));
}

function toProblems(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pointer([...issue.path, key]), message: 'is not known here' }));
  }
  const message = issue.message.replace(/^Invalid input: /, '').replace(/, received undefined$/, '');
  return [{ path: pointer(issue.path), message }];
}

/** An object schema without a catch-all knows the names of its shape only. */
function isUnknown(schema: z.ZodObject, name: string): boolean {
  const { catchall } = schema.def;
  return !(name in schema.shape) && (catchall === undefined || catchall._zod.def.type === 'never');
}

/** RFC 6901. */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
