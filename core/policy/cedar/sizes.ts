import type { Node } from '../../expressions/types.ts';
import { operandOf } from './operands.ts';
import type { Reader } from './reader.ts';
import { any, CedarRefusal, NEVER } from './syntax.ts';
import { compared, type Truth } from './truth.ts';

const MIRRORED = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
const COMPARE: Readonly<Record<keyof typeof MIRRORED, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Comparisons of a size with a number that ask only whether there is anything; undefined for all others. */
export function emptiness(
  op: keyof typeof MIRRORED,
  left: Node,
  right: Node,
  reader: Reader,
): Truth | undefined {
  if (left.op === 'value' && right.op !== 'value') return emptiness(MIRRORED[op], right, left, reader);
  if (left.op !== 'call' || left.name !== 'size' || right.op !== 'value') return undefined;
  const compare = (size: number) => COMPARE[op](size, Number(right.value));
  const [empty, more] = [compare(0), compare(1)];
  if (
    compare(2) !== more ||
    compare(Number.MAX_SAFE_INTEGER) !== more ||
    (op === '==' && Number(right.value) > 0)
  ) {
    return undefined;
  }
  const [of] = left.args as [Node];
  const operand = operandOf(of, reader);
  if (of.type !== 'string' && !of.type.startsWith('list<')) throw new CedarRefusal(`Cedar has no ${of.type}`);
  const none = compared(
    [operand],
    of.type === 'string' ? `${operand.text} == ""` : `${operand.text}.isEmpty()`,
  );
  return {
    holds: any(empty ? none.holds : NEVER, more ? none.fails : NEVER),
    fails: any(empty ? NEVER : none.holds, more ? NEVER : none.fails),
  };
}
