const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const DURATION = /^-?(\d{1,12}(\.\d{1,9})?(ms|s|m|h))+$/;
const LONGEST_DURATION = 60;
const UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds since the epoch of ISO-8601 text; a date alone is its midnight in UTC, a time without a zone is UTC.
 * Undefined for anything else.
 */
export function instantOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !INSTANT.test(text)) return undefined;
  const zoned = text.length === 10 || text.endsWith('Z') || /[+-]\d{2}:\d{2}$/.test(text.slice(10));
  const at = Date.parse(zoned ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Milliseconds of a duration such as `168h`, `1h30m`, `-5s`. Undefined for anything else. */
export function durationOf(text: string): number | undefined {
  if (text.length > LONGEST_DURATION || !DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT[unit as string] as number);
  }
  return text.startsWith('-') ? -total : total;
}
