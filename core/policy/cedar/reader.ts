import type { Node } from '../../expressions/types.ts';
import { READ_AS_SAVED } from '../binding.ts';
import { attributeName, member } from './names.ts';
import { attributeTypeOf, type Shape } from './shape.ts';
import { all, CedarRefusal, relation, type Test } from './syntax.ts';
import type { ResourceKind, Vocabulary } from './vocabulary.ts';

/** A value in Cedar, and what has to hold before it may be read: Cedar skips a policy that reads what is absent. */
export interface Operand {
  readonly present: Test;
  readonly text: string;
}

/** A record or entity whose attributes can be read. */
interface Place extends Operand {
  readonly shape: Shape;
}

/** Properties of the subject that Daypass knows for everybody; all others are optional. */
const CERTAIN = new Set(['type', 'roles', 'profiles']);

/** The record that is tested: as it is stored or added; as it would be saved, by a condition for both, or by a check. */
export type Tested = 'values' | 'proposed' | 'checked';

/** Leads the paths of a condition to attributes, and notes in the vocabulary that they are read. */
export class Reader {
  readonly #vocabulary: Vocabulary;
  readonly #kind: ResourceKind;
  readonly #record: Tested;

  constructor(vocabulary: Vocabulary, kind: ResourceKind, record: Tested) {
    this.#vocabulary = vocabulary;
    this.#kind = kind;
    this.#record = record;
  }

  /** @throws CedarRefusal for what Cedar has no attribute for */
  read(node: Node & { op: 'get' | 'has' }): Operand {
    const { root, path } = node;
    const written = [root === 'meta' || root === 'related' ? 'record' : root, ...path].join('.');
    if (root === 'now') return { present: ALWAYS_THERE, text: 'context.now' };
    const [first, second, ...more] = path as [string, ...string[]];
    const place = this.#placeOf(root, first, written);
    const name = root === 'related' ? second : nameOf(root, first);
    if (name === undefined || more.length > 0 || (root !== 'related' && second !== undefined)) {
      throw new CedarRefusal(`${written} is a part of a value`);
    }
    place.shape.declare(name, node.op === 'has' ? 'presence' : attributeTypeOf(node.type, written));
    return attribute(place, name, root === 'me' && CERTAIN.has(name));
  }

  #placeOf(root: string, first: string, written: string): Place {
    const { shape, type } = this.#kind;
    const resource: Place = { present: ALWAYS_THERE, text: 'resource', shape };
    switch (root) {
      case 'me':
        return { present: ALWAYS_THERE, text: 'principal', shape: this.#vocabulary.principal };
      case 'site':
        return inner({ present: ALWAYS_THERE, text: 'context', shape: this.#vocabulary.context }, 'site');
      case 'record':
      case 'related':
      case 'meta':
        if (type !== 'record') throw new CedarRefusal(`${written} belongs to records, and a ${type} is none`);
        if (root === 'meta') return this.#meta(resource, first);
        return root === 'record' ? this.#values(resource) : this.#related(resource, first);
      default:
        throw new CedarRefusal(`${written} has a value only in a list or a task`);
    }
  }

  #meta(resource: Place, name: string): Place {
    if (this.#record === 'values') return resource;
    const asSaved = READ_AS_SAVED[this.#record === 'checked' ? 'check' : 'when'];
    return asSaved.has(name) ? inner(resource, 'proposedMeta') : resource;
  }

  #values(resource: Place): Place {
    const values = inner(resource, 'values', true);
    return this.#record === 'values'
      ? values
      : { ...attribute(resource, 'proposed', false), shape: values.shape };
  }

  #related(resource: Place, field: string): Place {
    const saved = this.#record !== 'values';
    const related = inner(resource, 'related');
    if (saved) resource.shape.declare('proposedRelated', related.shape);
    const place = saved
      ? { ...attribute(resource, 'proposedRelated', false), shape: related.shape }
      : related;
    return inner(place, field);
  }
}

const ALWAYS_THERE = all();

function nameOf(root: string, name: string): string {
  return root === 'meta' && name === 'createdOn' ? 'createdAt' : name;
}

function inner(place: Place, name: string, certain = false): Place {
  const shape = place.shape.nested(name, certain);
  return { ...attribute(place, name, certain), shape };
}

function attribute({ present, text }: Operand, name: string, certain: boolean): Operand {
  return {
    present: certain ? present : all(present, relation(`${text} has ${attributeName(name)}`)),
    text: member(text, name),
  };
}
