import type { Root, ScopeValues } from './types.ts';

/**
 * Says where a compiled expression finds the values of its paths. The closures take whatever `input` the binding is
 * made for and, apart from it, the `record` in question, so that one closure tests a record as stored and as proposed.
 */
export type Leaf<Input> = (input: Input, record: object | undefined) => unknown;

export interface Binding<Input> {
  /** A closure that reads the first name of a path from its root. Absent values are undefined or null. */
  leaf(root: Exclude<Root, 'now' | 'related'>, name: string): Leaf<Input>;
  /** A field of the record that `field` refers to. */
  related(field: string, name: string): Leaf<Input>;
  /** Milliseconds since the epoch. */
  now: Leaf<Input>;
  /**
   * Whether a text field of the record equals `me.id`, in one closure instead of three: most conditions ask that.
   * Absent: nothing is gained by it.
   */
  fieldIsMe?(name: string): Leaf<Input>;
}

type Named = Readonly<Record<string, unknown>> | undefined;

/** Reads from plain {@link ScopeValues}. */
export const scopeBinding: Binding<ScopeValues> = {
  leaf(root, name) {
    if (root === 'meta') return (values, record) => ((values.meta ?? record) as Named)?.[name];
    return (values) => (values[root] as Named)?.[name];
  },
  related: (field, name) => (values) => (values.related?.[field] as Named)?.[name],
  now: (values) => values.now,
};
