import type { BinaryOperator, Node } from '../../expressions/types.ts';
import type { Operand, Reader } from './reader.ts';
import { ALWAYS, all, CedarRefusal, datetimeText, decimalText, stringLiteral } from './syntax.ts';

/** A value that is no truth value, as an operand. @throws CedarRefusal for what Cedar cannot compute */
export function operandOf(node: Node, reader: Reader): Operand {
  switch (node.op) {
    case 'value':
      return { present: ALWAYS, text: literal(node) };
    case 'get':
      return reader.read(node);
    case 'list': {
      const items = node.args.map((item) => operandOf(item, reader));
      return {
        present: all(...items.map(({ present }) => present)),
        text: `[${items.map(({ text }) => text).join(', ')}]`,
      };
    }
    case '+':
    case '-':
    case '*':
    case '/':
      return timeArithmetic(node, reader);
    case 'neg':
      if (node.args[0].op === 'value' && node.type === 'double') {
        return { present: ALWAYS, text: literal({ ...node.args[0], value: -Number(node.args[0].value) }) };
      }
      throw new CedarRefusal('Cedar has no arithmetic with numbers that have a fraction');
    case 'call':
      throw new CedarRefusal(
        node.name === 'size'
          ? 'Cedar can tell whether there is nothing, and cannot count'
          : `Cedar has no ${node.name}(…) that gives a value`,
      );
    case '?:':
      throw new CedarRefusal('a choice between two values is not exported; choose between two conditions');
    default:
      throw new CedarRefusal(`${node.op} has no counterpart in Cedar here`);
  }
}

function literal({ type, value }: Node & { op: 'value' }): string {
  switch (type) {
    case 'string':
      return stringLiteral(value as string);
    case 'double':
      return `decimal("${decimalText(value as number)}")`;
    case 'timestamp':
      return `datetime("${datetimeText(value as number)}")`;
    case 'duration':
      return `duration("${value}ms")`;
    case 'bool':
      return String(value);
    default:
      throw new CedarRefusal(`Cedar has no ${type}`);
  }
}

/** An instant moved by a duration, or the time between two instants. */
function timeArithmetic(node: Node & { op: BinaryOperator }, reader: Reader): Operand {
  const [left, right] = node.args;
  const types = `${left.type} ${node.op} ${right.type}`;
  if (types === 'timestamp - timestamp')
    return called(left, 'durationSince', operandOf(right, reader), reader);
  if (types === 'timestamp + duration') return called(left, 'offset', operandOf(right, reader), reader);
  if (types === 'duration + timestamp') return called(right, 'offset', operandOf(left, reader), reader);
  if (types === 'timestamp - duration' && right.op === 'value') {
    const back = literal({ ...right, value: -Number(right.value) });
    return called(left, 'offset', { present: ALWAYS, text: back }, reader);
  }
  throw new CedarRefusal(
    node.type === 'string'
      ? 'Cedar cannot join texts'
      : 'Cedar has no arithmetic with numbers that have a fraction',
  );
}

function called(of: Node, method: string, argument: Operand, reader: Reader): Operand {
  const { present, text } = operandOf(of, reader);
  return { present: all(present, argument.present), text: `${text}.${method}(${argument.text})` };
}
