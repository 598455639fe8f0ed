import type { Flow, State } from './definition.ts';
import { StateError } from './errors.ts';
import type { Context } from './evaluation.ts';
import type { Json } from './json.ts';
import type { Scope } from './scope.ts';

/** What a Parallel or Map state runs side by side: a flow, its input, and what it adds to `$$`. */
export interface Part {
  flow: Flow;
  input: Json;
  context: Context;
}

/**
 * The parts of a Parallel or Map state, in their order.
 * @throws StateError States.Runtime if the items of a Map are no array.
 */
export async function partsOf(
  state: State & { type: 'Parallel' | 'Map' },
  read: { [key: string]: Json },
  context: Context,
  scope: Scope,
): Promise<{ parts: Part[]; concurrency: number }> {
  const effective = read.effective ?? null;
  if (state.type === 'Parallel') {
    const parts = state.branches.map((flow) => ({ flow, input: effective, context: {} }));
    return { parts, concurrency: parts.length };
  }
  const { items } = read;
  if (!Array.isArray(items)) throw new StateError('States.Runtime', 'The items of a Map must be an array.');
  const parts: Part[] = [];
  for (const [index, value] of items.entries()) {
    const item = { Map: { Item: { Index: index, Value: value } } };
    const input = state.item ? await scope.guard(state.item(effective, { ...context, ...item })) : value;
    parts.push({ flow: state.iterator, input, context: item });
  }
  return { parts, concurrency: Number(read.concurrency) || parts.length };
}

/** Does the work for each element, at most `concurrency` at a time; rejects with the first failure. */
export async function eachOf<T>(
  all: readonly T[],
  concurrency: number,
  work: (element: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let element = waiting.shift(); element !== undefined; element = waiting.shift()) await work(element);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, all.length) }, worker));
}
