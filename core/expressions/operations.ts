import type { Leaf } from './binding.ts';
import { isNumber, isPresent } from './presence.ts';
import { containsText } from './search.ts';
import type { Node } from './types.ts';

export function compileList<Input>(items: readonly Node[], child: (node: Node) => Leaf<Input>): Leaf<Input> {
  if (items.every((item) => item.op === 'value')) {
    const values = items.map((item) => item.value);
    return () => values;
  }
  const closures = items.map(child);
  return (input, record) => {
    const values: unknown[] = [];
    for (const closure of closures) {
      const value = closure(input, record);
      if (!isPresent(value)) return undefined;
      values.push(value);
    }
    return values;
  };
}

export function compileArithmetic<Input>(
  op: '+' | '-' | '*' | '/',
  left: Leaf<Input>,
  right: Leaf<Input>,
): Leaf<Input> {
  const apply = ARITHMETIC[op];
  return (input, record) => {
    const a = left(input, record);
    const b = right(input, record);
    if (isNumber(a) && isNumber(b)) {
      const result = apply(a, b);
      return isNumber(result) ? result : undefined;
    }
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

export function compileNegation<Input>(operand: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const value = operand(input, record);
    return isNumber(value) ? -value : undefined;
  };
}

export function compileCall<Input>(name: string, args: readonly Leaf<Input>[]): Leaf<Input> {
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
  return isNumber(value) ? String(value) : undefined;
}
