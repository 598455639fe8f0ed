import type { FieldSet } from './types.ts';

/** Fields permitted by either of two sets. */
export function unite(a: FieldSet, b: FieldSet): FieldSet {
  if (a === '*' || b === '*') return '*';
  return [...new Set([...a, ...b])].sort();
}

export function includesField(fields: FieldSet, name: string): boolean {
  return fields === '*' || fields.includes(name);
}

/** Whether every field of `part` is in `whole`. */
export function coversFields(whole: FieldSet, part: FieldSet): boolean {
  if (whole === '*') return true;
  return part !== '*' && part.every((name) => whole.includes(name));
}

/** A copy of a record's values that holds only permitted fields. */
export function maskValues<Value>(
  values: Readonly<Record<string, Value>>,
  fields: FieldSet,
): Record<string, Value> {
  if (fields === '*') return { ...values };
  const masked: Record<string, Value> = {};
  for (const name of fields) {
    if (Object.hasOwn(values, name)) masked[name] = values[name] as Value;
  }
  return masked;
}
