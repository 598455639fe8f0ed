import { Environment } from '@marcbachmann/cel-js';
import { completeScope, valueTypeOf } from './scope.ts';
import { EXPRESSION_LIMITS, type Fields, type Scope, type ValueType } from './types.ts';

const LIBRARY_TYPE: Partial<Record<ValueType, string>> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
};

/** `size` counts doubles, so that every number of an expression is one kind; the library's own counts ints. */
export const SIZE = 'sizeAsDouble';

type Schema = { [name: string]: string | Schema };

const environments = new WeakMap<Scope, Environment>();

/** The library's view of a scope; kept per scope object, because making one costs more than checking with it. */
export function environmentOf(scope: Scope): Environment {
  let environment = environments.get(scope);
  if (!environment) {
    environment = createEnvironment(completeScope(scope));
    environments.set(scope, environment);
  }
  return environment;
}

function createEnvironment(scope: Scope): Environment {
  const environment = new Environment({
    limits: {
      maxAstNodes: EXPRESSION_LIMITS.nodes,
      maxDepth: EXPRESSION_LIMITS.depth,
      maxListElements: EXPRESSION_LIMITS.listElements,
    },
  });
  for (const [root, fields] of Object.entries(scope) as [string, Fields | undefined][]) {
    if (fields) environment.registerVariable({ name: root, schema: schemaOf(fields) });
  }
  environment.registerVariable({ name: 'related', schema: relatedSchema(scope.record ?? {}) });
  environment.registerVariable('now', 'google.protobuf.Timestamp');
  for (const [receiver, argument] of [
    ['string', 'string'],
    ['list', 'list'],
    ['map', 'map'],
  ]) {
    environment.registerFunction(`${SIZE}(${argument}): double`, neverRun);
    environment.registerFunction(`${receiver}.${SIZE}(): double`, neverRun);
  }
  return environment;
}

function schemaOf(fields: Fields): Schema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const type = valueTypeOf(field);
      return [name, LIBRARY_TYPE[type] ?? type];
    }),
  );
}

function relatedSchema(record: Fields): Schema {
  const schema: Schema = {};
  for (const [name, field] of Object.entries(record)) {
    if (typeof field === 'object') schema[name] = schemaOf(field.references);
  }
  return schema;
}

/** The library checks types and runs nothing. */
function neverRun(): void {}
