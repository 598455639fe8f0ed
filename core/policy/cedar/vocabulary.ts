import type { PolicyFacts } from '../document.ts';
import type { ResourceType, Subject } from '../types.ts';
import { PRINCIPAL_TYPES, RESOURCE_ENTITIES, recordEntity } from './names.ts';
import { Shape } from './shape.ts';
import { CedarRefusal } from './syntax.ts';

/** A type of resource: all of one kind, or the records of one record type. */
export interface ResourceKind {
  readonly type: ResourceType;
  readonly app?: string;
  readonly recordType?: string;
  readonly entity: string;
  readonly shape: Shape;
}

/** Every entity type of an export with its attributes. */
export class Vocabulary {
  /** Attributes of everybody who asks; anonymous callers have all but the id. */
  readonly principal = new Shape()
    .declare('type', 'String', true)
    .declare('roles', 'Set<String>', true)
    .declare('profiles', 'Set<String>', true)
    .declare('level', 'String');
  readonly context = new Shape()
    .declare('now', 'datetime', true)
    .declare('channel', 'String', true)
    .declare('field', 'String');
  readonly kinds: readonly ResourceKind[];

  /** @throws CedarRefusal for a record type whose name cannot be one of Cedar's */
  constructor(facts: PolicyFacts) {
    const records = Object.entries(facts.apps).flatMap(([app, { recordTypes }]) =>
      Object.keys(recordTypes).map(
        (recordType): ResourceKind => ({
          type: 'record',
          app,
          recordType,
          entity: recordEntity(app, recordType),
          shape: recordShape(),
        }),
      ),
    );
    const others = Object.entries(RESOURCE_ENTITIES).map(
      ([type, entity]): ResourceKind => ({
        type: type as ResourceType,
        entity,
        shape: SHAPES[type as keyof typeof SHAPES](),
      }),
    );
    this.kinds = [...records, ...others];
    for (const [at, { entity }] of records.entries()) {
      if (records.findIndex((other) => other.entity === entity) !== at) {
        throw new CedarRefusal(`two record types would both be called ${entity}`);
      }
    }
  }

  /** The attributes of a type of those who ask. */
  principalShape(type: Subject['type']): Shape {
    const shape = new Shape();
    if (type !== 'anonymous') shape.declare('id', 'String', true);
    for (const [name, { type: of, required }] of this.principal.attributes) {
      if (name !== 'id') shape.declare(name, of, required);
    }
    if (type === 'tokenUser') shape.declare('ceiling', ceilingShape());
    return shape;
  }
}

export const PRINCIPALS = Object.keys(PRINCIPAL_TYPES) as Subject['type'][];

/** Attributes of resources of every type. */
function resourceShape(): Shape {
  return new Shape().declare('owner', 'String').declare('appOwner', 'String');
}

function recordShape(): Shape {
  const shape = resourceShape()
    .declare('id', 'String')
    .declare('state', 'String')
    .declare('lifecycle', 'String')
    .declare('stored', 'Bool', true);
  const values = shape.nested('values', true);
  return shape.declare('proposed', values);
}

const SHAPES: Readonly<Record<Exclude<ResourceType, 'record'>, () => Shape>> = {
  view: () =>
    resourceShape().declare('app', 'String').declare('recordType', 'String').declare('id', 'String'),
  app: () =>
    resourceShape()
      .declare('app', 'String')
      .declare('kind', 'String')
      .declare('proposedKind', 'String')
      .declare('members', 'Set<String>')
      .declare('proposedMembers', 'Set<String>'),
  flow: () => resourceShape().declare('id', 'String').declare('status', 'String'),
  service: () => resourceShape().declare('id', 'String'),
  environment: () => resourceShape().declare('id', 'String'),
  account: () =>
    resourceShape().declare('id', 'String').declare('roles', 'Set<Role>').declare('ownersLeft', 'Long'),
  role: resourceShape,
  site: resourceShape,
};

function ceilingShape(): Shape {
  return new Shape()
    .declare('app', 'String', true)
    .declare('recordType', 'String')
    .declare('operations', 'Set<String>')
    .declare('views', 'Set<String>')
    .declare('records', 'Set<String>');
}
