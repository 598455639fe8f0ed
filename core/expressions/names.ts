import type { ASTNode } from '@marcbachmann/cel-js';
import { RESERVED_NAMES, valueTypeOf } from './scope.ts';
import type { Fields, FieldType, Root, Scope } from './types.ts';

/** A path of names as it is written, with the node of its root. */
export interface WrittenPath {
  readonly rootNode: ASTNode;
  readonly names: readonly string[];
}

/** A mistake at a place of the source; turned into an error of ours by `check.ts`. */
export class ExpressionMistake extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Reads `record.a`, `record["a"]` or `now`. Undefined where the node is no such path. */
export function writtenPath(node: ASTNode): WrittenPath | undefined {
  const names: string[] = [];
  let at = node;
  while (at.op === '.' || at.op === '[]') {
    const name: unknown = at.op === '.' ? at.args[1] : at.args[1].op === 'value' && at.args[1].args;
    if (typeof name !== 'string') return undefined;
    names.unshift(name);
    at = at.args[0];
  }
  return at.op === 'id' ? { rootNode: at, names } : undefined;
}

/**
 * Finds a path in the scope: the object that its names start from. Throws an {@link ExpressionMistake} that says what
 * could be named instead.
 */
export function resolveRoot(written: WrittenPath, scope: Scope): Root {
  const { rootNode, names } = written;
  const root = rootNode.args as string;
  const fail = (message: string): never => {
    throw new ExpressionMistake(message, rootNode.start);
  };
  if (root === 'now') return names.length === 0 ? root : fail('now has no parts');
  const fields = Object.hasOwn(scope, root) && root !== 'meta' ? scope[root as keyof Scope] : undefined;
  if (!fields) return fail(`nothing is called ${root} here; there is ${rootsOf(scope)}`);
  const [first, ...rest] = names;
  if (first === undefined) return fail(`${root} cannot be used whole; name one of its fields`);
  const reserved = names.find((name) => RESERVED_NAMES.has(name));
  if (reserved !== undefined) return fail(`${reserved} cannot be a name`);
  if (Object.hasOwn(fields, first))
    return follow(root as Root, first, rest, fields[first] as FieldType, fail);
  if (root === 'record' && scope.meta && Object.hasOwn(scope.meta, first)) {
    return follow('meta', first, rest, scope.meta[first] as FieldType, fail);
  }
  return fail(`${root} has no field ${first}; it has ${namesOf(fields)}`);
}

function follow(
  root: Root,
  first: string,
  rest: readonly string[],
  field: FieldType,
  fail: (message: string) => never,
): Root {
  const [second, ...more] = rest;
  if (second === undefined) return root;
  if (typeof field === 'object' && root === 'record') {
    if (!Object.hasOwn(field.references, second)) {
      return fail(`${first} refers to a record without a field ${second}`);
    }
    return more.length === 0
      ? 'related'
      : fail(`only one reference can be followed, and ${first}.${second} is one`);
  }
  const type = valueTypeOf(field);
  return type === 'map' || type === 'dyn' ? root : fail(`${first} is a ${type} and has no parts`);
}

function rootsOf(scope: Scope): string {
  return [...Object.keys(scope).filter((root) => root !== 'meta' && scope[root as keyof Scope]), 'now'].join(
    ', ',
  );
}

function namesOf(fields: Fields): string {
  const names = Object.keys(fields);
  return names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ') || 'none';
}
