/** Whether there is a value: null is none, and a function is something that every object inherits, not data. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'function';
}
