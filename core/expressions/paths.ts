import type { Binding, Leaf } from './binding.ts';
import { isPresent } from './presence.ts';
import { instantOf } from './time.ts';
import type { Node } from './types.ts';

type PathNode = Node & { op: 'get' | 'has' };

/** The value that a path leads to; an instant as milliseconds. */
export function compileGet<Input>(node: Node & { op: 'get' }, binding: Binding<Input>): Leaf<Input> {
  const get = compilePath(node, binding);
  if (node.type !== 'timestamp' || node.root === 'now') return get;
  return (input, record) => instantOf(get(input, record));
}

/** `has(…)`: whether there is a value. What holds the last name must be there itself, as CEL has it. */
export function compileHas<Input>(node: Node & { op: 'has' }, binding: Binding<Input>): Leaf<Input> {
  const get = compilePath(node, binding);
  if (node.path.length === 1 || node.root === 'related')
    return (input, record) => isPresent(get(input, record));
  const holder = compilePath({ ...node, path: node.path.slice(0, -1) }, binding);
  return (input, record) => (isPresent(holder(input, record)) ? isPresent(get(input, record)) : undefined);
}

function compilePath<Input>(node: PathNode, binding: Binding<Input>): Leaf<Input> {
  const { root, path } = node;
  if (root === 'now') return binding.now;
  const [first, ...rest] = path as [string, ...string[]];
  if (root === 'related') return binding.related(first, rest[0] as string);
  const leaf = binding.leaf(root, first);
  if (rest.length === 0) return leaf;
  return (input, record) => {
    let value = leaf(input, record);
    for (const name of rest) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  };
}
