import { StepFunctionsError } from './errors.ts';
import { DATA_LIMIT } from './json.ts';

const VALID_NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** An execution's name, or @throws InvalidName. */
export function requireName(name: unknown): string {
  if (typeof name === 'string' && VALID_NAME.test(name)) return name;
  throw new StepFunctionsError('InvalidName', `Invalid Name: '${name}'`);
}

/** A text that is JSON and no longer than AWS takes, or @throws the given error type. */
export function requireJson(text: unknown, errorType: string): string {
  try {
    if (typeof text === 'string' && Buffer.byteLength(text) <= DATA_LIMIT) {
      JSON.parse(text);
      return text;
    }
  } catch {
    // Refused below, like a text that is too long.
  }
  throw new StepFunctionsError(errorType, `Not JSON, or longer than ${DATA_LIMIT} bytes.`);
}

/** Cuts one page out of a list; the token is the index of the next page's first element. */
export function page<T>(
  all: T[],
  input: Record<string, unknown>,
  size: number,
): { items: T[]; nextToken?: string } {
  const start = Number(input.nextToken ?? 0);
  if (!Number.isInteger(start))
    throw new StepFunctionsError('InvalidToken', "Invalid Token: 'Invalid token'");
  const end = start + (Number(input.maxResults) || size);
  return { items: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}
