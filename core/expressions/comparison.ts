import type { Binding, Leaf } from './binding.ts';
import { isNumber, isPresent } from './presence.ts';
import type { Node, Root, ValueType } from './types.ts';

type Compile<Input> = (node: Node, binding: Binding<Input>) => Leaf<Input>;
type Operands = readonly [Node, Node];

/**
 * The `typeof` that values of a type are held to; absent where only the value itself can tell, and for instants and
 * durations, which are numbers by how they were read.
 */
const PRIMITIVES: { readonly [Type in ValueType]?: 'string' | 'number' | 'boolean' } = {
  string: 'string',
  double: 'number',
  bool: 'boolean',
};

/**
 * `==`. Where both types are known, a value of another type cannot be compared; where one is not, values of different
 * types are simply not equal, as CEL has it. Most conditions compare one of the record's fields: that is one closure
 * without any for its operands.
 */
export function compileEquality<Input>(
  [left, right]: Operands,
  compile: Compile<Input>,
  binding: Binding<Input>,
): Leaf<Input> {
  if (left.op === 'value' && right.op !== 'value') return compileEquality([right, left], compile, binding);
  const primitive = PRIMITIVES[left.type];
  if (!primitive || !PRIMITIVES[right.type]) {
    return valuesEqual(compile(left, binding), compile(right, binding));
  }
  if (primitive === 'number') return compileNumberEquality(left, right, compile, binding);
  const ofLeft = nameIn('record', left);
  const field = ofLeft ?? nameIn('record', right);
  if (field !== undefined) {
    if (right.op === 'value') return fieldEqualsConstant(field, primitive, right.value);
    const other = ofLeft === undefined ? left : right;
    if (nameIn('me', other) === 'id' && binding.fieldIsMe) return binding.fieldIsMe(field);
    return fieldEquals(field, primitive, compile(other, binding));
  }
  if (right.op === 'value') return equalsConstant(compile(left, binding), primitive, right.value);
  return primitivesEqual(primitive, compile(left, binding), compile(right, binding));
}

/** Numbers that are not finite equal nothing, and differ from nothing. */
function compileNumberEquality<Input>(
  left: Node,
  right: Node,
  compile: Compile<Input>,
  binding: Binding<Input>,
): Leaf<Input> {
  const field = nameIn('record', left);
  if (field !== undefined && right.op === 'value') {
    const constant = right.value;
    return (_, record) => {
      const value = (record as Fields)?.[field];
      return isNumber(value) ? value === constant : undefined;
    };
  }
  const [a, b] = [compile(left, binding), compile(right, binding)];
  return (input, record) => {
    const x = a(input, record);
    const y = b(input, record);
    return isNumber(x) && isNumber(y) ? x === y : undefined;
  };
}

/** The first name that a node reads from a root; undefined where it does not. */
function nameIn(root: Root, node: Node): string | undefined {
  return node.op === 'get' && node.root === root ? node.path[0] : undefined;
}

type Fields = Readonly<Record<string, unknown>> | undefined;

function fieldEquals<Input>(name: string, primitive: string, other: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const x = (record as Fields)?.[name];
    const y = other(input, record);
    return typeof x === primitive && typeof y === primitive ? x === y : undefined;
  };
}

function fieldEqualsConstant<Input>(name: string, primitive: string, constant: unknown): Leaf<Input> {
  return (_, record) => {
    const value = (record as Fields)?.[name];
    if (value === constant) return true;
    return typeof value === primitive ? false : undefined;
  };
}

function equalsConstant<Input>(operand: Leaf<Input>, primitive: string, constant: unknown): Leaf<Input> {
  return (input, record) => {
    const value = operand(input, record);
    if (value === constant) return true;
    return typeof value === primitive ? false : undefined;
  };
}

function primitivesEqual<Input>(primitive: string, a: Leaf<Input>, b: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const x = a(input, record);
    const y = b(input, record);
    return typeof x === primitive && typeof y === primitive ? x === y : undefined;
  };
}

function valuesEqual<Input>(a: Leaf<Input>, b: Leaf<Input>): Leaf<Input> {
  return (input, record) => equals(a(input, record), b(input, record));
}

/** Equality of values of unknown type, lists and maps entry by entry; undefined where one is absent. */
function equals(a: unknown, b: unknown): boolean | undefined {
  if (!isPresent(a) || !isPresent(b)) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return Array.isArray(a) === Array.isArray(b) && sameEntries(a as object, b as object);
}

function sameEntries(a: object, b: object): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      equals((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]) === true,
  );
}

/** `value in list`, or `name in map`. */
export function compileMembership<Input>(value: Leaf<Input>, collection: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const wanted = value(input, record);
    const among = collection(input, record);
    if (!isPresent(wanted) || typeof among !== 'object' || among === null) return undefined;
    if (!Array.isArray(among)) {
      return typeof wanted === 'string' ? isEntry(among, wanted) : undefined;
    }
    if (typeof wanted !== 'object') return among.includes(wanted);
    return among.some((each) => equals(wanted, each) === true);
  };
}

function isEntry(map: object, name: string): boolean {
  return Object.hasOwn(map, name) && (map as Record<string, unknown>)[name] != null;
}

const ORDER = {
  '<': <T>(a: T, b: T) => a < b,
  '<=': <T>(a: T, b: T) => a <= b,
  '>': <T>(a: T, b: T) => a > b,
  '>=': <T>(a: T, b: T) => a >= b,
};

/** `<`, `<=`, `>`, `>=` over numbers, texts (by code unit), booleans, instants and durations. */
export function compileOrder<Input>(op: keyof typeof ORDER, a: Leaf<Input>, b: Leaf<Input>): Leaf<Input> {
  const compare = ORDER[op];
  return (input, record) => {
    const x = a(input, record);
    const y = b(input, record);
    if (isNumber(x) && isNumber(y)) return compare(x, y);
    if (typeof x === 'string' && typeof y === 'string') return compare(x, y);
    return typeof x === 'boolean' && typeof y === 'boolean' ? compare(x, y) : undefined;
  };
}
