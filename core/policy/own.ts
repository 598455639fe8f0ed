/** A member that an object has itself. What it inherits (`constructor`, `toString`) is not data. */
export function own<Value>(
  of: Readonly<Record<string, Value>> | undefined,
  name: string | undefined,
): Value | undefined {
  return of !== undefined && name !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
}
