import type { ValueType } from '../../expressions/types.ts';
import { attributeName, ROLE } from './names.ts';
import { CedarRefusal } from './syntax.ts';

/** Types that an attribute can have. Numbers are decimals: Cedar has no floating point. */
export type AttributeType =
  | 'String'
  | 'Bool'
  | 'Long'
  | 'decimal'
  | 'datetime'
  | 'Set<String>'
  | 'Set<Bool>'
  | 'Set<decimal>'
  | 'Set<Role>'
  /** Only whether there is a value: true, or absent. */
  | 'presence';

const OF_VALUE: Partial<Record<ValueType, AttributeType>> = {
  string: 'String',
  double: 'decimal',
  bool: 'Bool',
  timestamp: 'datetime',
  'list<string>': 'Set<String>',
  'list<double>': 'Set<decimal>',
  'list<bool>': 'Set<Bool>',
};

/** The attribute type of a value. @throws CedarRefusal for maps, lists of anything, and what only running it shows */
export function attributeTypeOf(type: ValueType, path: string): AttributeType {
  const found = OF_VALUE[type];
  if (!found) throw new CedarRefusal(`${path} is of the type ${type}, which Cedar does not have`);
  return found;
}

interface Attribute {
  readonly type: AttributeType | Shape;
  readonly required: boolean;
}

/** The attributes of an entity, a record or the context. It grows with what policies read. */
export class Shape {
  readonly attributes = new Map<string, Attribute>();

  /** Declares an attribute; one that is there already stays as it is. @throws CedarRefusal if it has another type */
  declare(name: string, type: AttributeType | Shape, required = false): this {
    const known = this.attributes.get(name);
    if (!known || known.type === 'presence') this.attributes.set(name, { type, required });
    else if (known.type !== type && type !== 'presence') throw new CedarRefusal(`${name} has two types`);
    return this;
  }

  /** The nested record of this name, made where it is missing. */
  nested(name: string, required = false): Shape {
    const known = this.attributes.get(name)?.type;
    if (known instanceof Shape) return known;
    const shape = new Shape();
    this.declare(name, shape, required);
    return shape;
  }

  /** As a schema writes it. */
  print(indent = '  '): string {
    if (this.attributes.size === 0) return '{}';
    const lines = [...this.attributes].map(([name, { type, required }]) => {
      const text = type instanceof Shape ? type.print(`${indent}  `) : printType(type);
      return `${indent}  ${attributeName(name)}${required ? '' : '?'}: ${text},`;
    });
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
}

/** Written with the built-in namespace, because a record type may be called like a type of Cedar. */
function printType(type: AttributeType): string {
  if (type === 'presence') return '__cedar::Bool';
  if (type === 'Set<Role>') return `Set<${ROLE}>`;
  return type.startsWith('Set<') ? `Set<__cedar::${type.slice(4)}` : `__cedar::${type}`;
}
