import type { Binding, Leaf } from './binding.ts';
import { compileEquality, compileMembership, compileOrder } from './comparison.ts';
import { isPresent } from './presence.ts';
import { containsText } from './search.ts';
import { instantOf } from './time.ts';
import type { Node } from './types.ts';

/**
 * A node as a closure. Its answer is a value of the node's type; anything else (undefined as a rule) means that the
 * node cannot be evaluated, and every closure checks its operands' types, so that the mark travels upwards by itself.
 * Instants and durations are numbers of milliseconds.
 */
export function compileNode<Input>(node: Node, binding: Binding<Input>): Leaf<Input> {
  const child = (each: Node): Leaf<Input> => compileNode(each, binding);
  switch (node.op) {
    case 'value': {
      const { value } = node;
      return () => value;
    }
    case 'get':
      return compileGet(node, binding);
    case 'has': {
      const get = compilePath(node, binding);
      const holder =
        node.path.length > 1 && node.root !== 'related'
          ? compilePath({ ...node, path: node.path.slice(0, -1) }, binding)
          : undefined;
      return (input, record) => {
        if (holder && !isPresent(holder(input, record))) return undefined;
        return isPresent(get(input, record));
      };
    }
    case 'list':
      return compileList(node.args, child);
    case '!': {
      const operand = child(node.args[0]);
      return (input, record) => {
        const value = operand(input, record);
        return typeof value === 'boolean' ? !value : undefined;
      };
    }
    case 'neg': {
      const operand = child(node.args[0]);
      return (input, record) => {
        const value = operand(input, record);
        return typeof value === 'number' ? -value : undefined;
      };
    }
    case '&&':
      return compileAnd(child(node.args[0]), child(node.args[1]));
    case '||':
      return compileOr(child(node.args[0]), child(node.args[1]));
    case '?:': {
      const [condition, yes, no] = node.args.map(child) as [Leaf<Input>, Leaf<Input>, Leaf<Input>];
      return (input, record) => {
        const chosen = condition(input, record);
        return chosen === true ? yes(input, record) : chosen === false ? no(input, record) : undefined;
      };
    }
    case '==':
      return compileEquality(node.args, child, binding);
    case '!=': {
      const equal = compileEquality(node.args, child, binding);
      return (input, record) => {
        const value = equal(input, record);
        return typeof value === 'boolean' ? !value : undefined;
      };
    }
    case 'in':
      return compileMembership(node.args, child);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(node.op, node.args, child);
    case '+':
    case '-':
    case '*':
    case '/':
      return compileArithmetic(node.op, child(node.args[0]), child(node.args[1]));
    case 'call':
      return compileCall(node.name, node.args.map(child));
  }
}

function compilePath<Input>(node: Node & { op: 'get' | 'has' }, binding: Binding<Input>): Leaf<Input> {
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

function compileGet<Input>(node: Node & { op: 'get' }, binding: Binding<Input>): Leaf<Input> {
  const get = compilePath(node, binding);
  if (node.type !== 'timestamp' || node.root === 'now') return get;
  return (input, record) => instantOf(get(input, record));
}

function compileList<Input>(items: readonly Node[], child: (node: Node) => Leaf<Input>): Leaf<Input> {
  if (items.every((item) => item.op === 'value')) {
    const values = items.map((item) => item.value);
    return () => values;
  }
  const closures = items.map(child);
  return (input, record) => {
    const values: unknown[] = [];
    for (const closure of closures) {
      const value = closure(input, record);
      if (value === undefined || value === null) return undefined;
      values.push(value);
    }
    return values;
  };
}

/** False wins over what cannot be evaluated, on either side, as CEL has it. */
function compileAnd<Input>(left: Leaf<Input>, right: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const a = left(input, record);
    if (a === false) return false;
    const b = right(input, record);
    if (b === false) return false;
    return a === true && b === true ? true : undefined;
  };
}

/** True wins over what cannot be evaluated, on either side, as CEL has it. */
function compileOr<Input>(left: Leaf<Input>, right: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const a = left(input, record);
    if (a === true) return true;
    const b = right(input, record);
    if (b === true) return true;
    return a === false && b === false ? false : undefined;
  };
}

function compileArithmetic<Input>(
  op: '+' | '-' | '*' | '/',
  left: Leaf<Input>,
  right: Leaf<Input>,
): Leaf<Input> {
  const apply = ARITHMETIC[op];
  return (input, record) => {
    const a = left(input, record);
    const b = right(input, record);
    if (typeof a === 'number' && typeof b === 'number') return apply(a, b);
    if (op !== '+') return undefined;
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    return Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : undefined;
  };
}

const ARITHMETIC = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
};

function compileCall<Input>(name: string, args: readonly Leaf<Input>[]): Leaf<Input> {
  const [first, second] = args as [Leaf<Input>, Leaf<Input>];
  if (name === 'size') return (input, record) => sizeOf(first(input, record));
  if (name === 'string') return (input, record) => textOf(first(input, record));
  const test = TEXT_TESTS[name as keyof typeof TEXT_TESTS];
  return (input, record) => {
    const text = first(input, record);
    const part = second(input, record);
    return typeof text === 'string' && typeof part === 'string' ? test(text, part) : undefined;
  };
}

const TEXT_TESTS = {
  startsWith: (text: string, part: string) => text.startsWith(part),
  endsWith: (text: string, part: string) => text.endsWith(part),
  contains: containsText,
};

/** Characters (code points) of a text, or entries of a list or map. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    let count = 0;
    for (const _ of value) count++;
    return count;
  }
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}
