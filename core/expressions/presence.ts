/**
 * Whether there is a value: null is none, nor is a number that is not finite, and a function is something that every
 * object inherits, not data.
 */
export function isPresent(value: unknown): boolean {
  if (typeof value === 'number') return isNumber(value);
  return value !== undefined && value !== null && typeof value !== 'function';
}

/** Whether it is a number that can be reckoned with: what a division by zero or an overflow gives is none. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
