import type { Binding, Leaf } from './binding.ts';
import { isPresent } from './presence.ts';
import type { Node, ValueType } from './types.ts';

type Compile<Input> = (node: Node) => Leaf<Input>;
type Operands = readonly [Node, Node];

/**
 * The `typeof` that values of a type are held to; undefined where only the value itself can tell, and for instants and
 * durations, which are numbers by how they were read.
 */
function primitiveOf(type: ValueType): 'string' | 'number' | 'boolean' | undefined {
  if (type === 'string') return 'string';
  if (type === 'double') return 'number';
  return type === 'bool' ? 'boolean' : undefined;
}

/**
 * `==`. Where both types are known, a value of another type cannot be compared; where one is not, values of different
 * types are simply not equal, as CEL has it.
 */
export function compileEquality<Input>(
  [left, right]: Operands,
  compile: Compile<Input>,
  binding: Binding<Input>,
): Leaf<Input> {
  if (left.op === 'value' && right.op !== 'value') return compileEquality([right, left], compile, binding);
  const a = compile(left);
  const primitive = primitiveOf(left.type);
  if (!primitive || !primitiveOf(right.type)) {
    const b = compile(right);
    return (input, record) => equals(a(input, record), b(input, record));
  }
  const field = recordField(left) ?? recordField(right);
  if (field !== undefined) {
    if (right.op === 'value') return fieldEqualsConstant(field, primitive, right.value);
    const other = recordField(left) === undefined ? left : right;
    if (isMe(other) && binding.fieldIsMe) return binding.fieldIsMe(field);
    return fieldEquals(field, primitive, compile(other));
  }
  if (right.op === 'value') return equalsConstant(a, primitive, right.value);
  const b = compile(right);
  return (input, record) => {
    const x = a(input, record);
    const y = b(input, record);
    return typeof x === primitive && typeof y === primitive ? x === y : undefined;
  };
}

/** The field's name where a node of a known type reads one of the record's fields, which most conditions do. */
function recordField(node: Node): string | undefined {
  return node.op === 'get' && node.root === 'record' ? node.path[0] : undefined;
}

function isMe(node: Node): boolean {
  return node.op === 'get' && node.root === 'me' && node.path[0] === 'id';
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
export function compileMembership<Input>([left, right]: Operands, compile: Compile<Input>): Leaf<Input> {
  const value = compile(left);
  const collection = compile(right);
  return (input, record) => {
    const wanted = value(input, record);
    const among = collection(input, record);
    if (wanted === undefined || wanted === null || typeof among !== 'object' || among === null)
      return undefined;
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
export function compileOrder<Input>(
  op: keyof typeof ORDER,
  [left, right]: Operands,
  compile: Compile<Input>,
): Leaf<Input> {
  const a = compile(left);
  const b = compile(right);
  const compare = ORDER[op];
  return (input, record) => {
    const x = a(input, record);
    const y = b(input, record);
    if (typeof x === 'number' && typeof y === 'number') return compare(x, y);
    if (typeof x === 'string' && typeof y === 'string') return compare(x, y);
    return typeof x === 'boolean' && typeof y === 'boolean' ? compare(x, y) : undefined;
  };
}
