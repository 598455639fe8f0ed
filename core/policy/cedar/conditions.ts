import type { Node, ValueType } from '../../expressions/types.ts';
import { operandOf } from './operands.ts';
import type { Operand, Reader } from './reader.ts';
import { emptiness } from './sizes.ts';
import { ALWAYS, all, any, CedarRefusal, NEVER, not, patternText } from './syntax.ts';
import { compared, type Truth, turned } from './truth.ts';

/** A condition in Cedar. @throws CedarRefusal for what Cedar cannot say */
export function truthOf(node: Node, reader: Reader): Truth {
  switch (node.op) {
    case 'value':
      return node.value === true ? { holds: ALWAYS, fails: NEVER } : { holds: NEVER, fails: ALWAYS };
    case 'get':
      if (node.type !== 'bool')
        throw new CedarRefusal(`${node.path.join('.')} is not known to be true or false`);
      return tested(reader.read(node));
    case 'has': {
      const { present } = reader.read(node);
      return { holds: present, fails: not(present) };
    }
    case '!':
      return turned(truthOf(node.args[0], reader));
    case '&&': {
      const [a, b] = bothOf(node, reader);
      return { holds: all(a.holds, b.holds), fails: any(a.fails, b.fails) };
    }
    case '||': {
      const [a, b] = bothOf(node, reader);
      return { holds: any(a.holds, b.holds), fails: all(a.fails, b.fails) };
    }
    case '?:': {
      const [chosen, yes, no] = node.args.map((each) => truthOf(each, reader)) as [Truth, Truth, Truth];
      const either = (side: keyof Truth) => any(all(chosen.holds, yes[side]), all(chosen.fails, no[side]));
      return { holds: either('holds'), fails: either('fails') };
    }
    case '==':
      return equality(node.args, reader);
    case '!=':
      return turned(equality(node.args, reader));
    case 'in':
      return membership(node.args, reader);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(node.op, node.args, reader);
    case 'call':
      return textTest(node, reader);
    default:
      throw new CedarRefusal(`${node.op} is no condition`);
  }
}

function bothOf({ args }: { args: readonly [Node, Node] }, reader: Reader): [Truth, Truth] {
  return [truthOf(args[0], reader), truthOf(args[1], reader)];
}

function tested(operand: Operand): Truth {
  return compared([operand], operand.text);
}

const COMPARABLE: ReadonlySet<ValueType> = new Set(['string', 'double', 'timestamp', 'duration']);

function equality([left, right]: readonly [Node, Node], reader: Reader): Truth {
  const size = emptiness('==', left, right, reader);
  if (size) return size;
  if (left.type === 'bool' && right.type === 'bool') {
    const [a, b] = [truthOf(left, reader), truthOf(right, reader)];
    return {
      holds: any(all(a.holds, b.holds), all(a.fails, b.fails)),
      fails: any(all(a.holds, b.fails), all(a.fails, b.holds)),
    };
  }
  if (left.type !== right.type || !COMPARABLE.has(left.type)) {
    throw new CedarRefusal(`a ${left.type} cannot be compared with a ${right.type} there`);
  }
  const [a, b] = [operandOf(left, reader), operandOf(right, reader)];
  return compared([a, b], `${a.text} == ${b.text}`);
}

function membership([value, collection]: readonly [Node, Node], reader: Reader): Truth {
  const wanted = operandOf(value, reader);
  if (collection.op === 'list' && collection.args.length === 0) {
    // Cedar has no empty set literal.
    return { holds: NEVER, fails: wanted.present };
  }
  if (collection.type !== `list<${value.type}>`) {
    throw new CedarRefusal(`a ${value.type} cannot be looked for in a ${collection.type} there`);
  }
  const among = operandOf(collection, reader);
  return compared([wanted, among], `${among.text}.contains(${wanted.text})`);
}

const METHODS = {
  '<': 'lessThan',
  '<=': 'lessThanOrEqual',
  '>': 'greaterThan',
  '>=': 'greaterThanOrEqual',
} as const;

function order(op: keyof typeof METHODS, [left, right]: readonly [Node, Node], reader: Reader): Truth {
  const size = emptiness(op, left, right, reader);
  if (size) return size;
  if (left.type !== right.type || !COMPARABLE.has(left.type) || left.type === 'string') {
    throw new CedarRefusal(`Cedar does not order a ${left.type} and a ${right.type}`);
  }
  const [a, b] = [operandOf(left, reader), operandOf(right, reader)];
  const text = left.type === 'double' ? `${a.text}.${METHODS[op]}(${b.text})` : `${a.text} ${op} ${b.text}`;
  return compared([a, b], text);
}

function textTest(node: Node & { op: 'call' }, reader: Reader): Truth {
  const [text, part] = node.args as [Node, Node];
  if (node.name === 'size' || node.name === 'string')
    throw new CedarRefusal(`${node.name}(…) is no condition`);
  if (part.op !== 'value' || part.type !== 'string') {
    throw new CedarRefusal(`Cedar looks for fixed texts only: ${node.name}(…) needs a literal`);
  }
  const operand = operandOf(text, reader);
  const literal = patternText(part.value as string);
  const pattern = {
    startsWith: `${literal}*`,
    endsWith: `*${literal}`,
    contains: `*${literal}*`,
  }[node.name];
  return compared([operand], `${operand.text} like "${pattern}"`);
}
