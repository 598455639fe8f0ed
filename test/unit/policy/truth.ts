import type { Environment } from '@marcbachmann/cel-js';
import { environmentOf } from '../../../core/expressions/environment.ts';
import { prepareTree } from '../../../core/expressions/prepare.ts';
import { completeScope } from '../../../core/expressions/scope.ts';
import type { Fields, Scope } from '../../../core/expressions/types.ts';
import type { AccessRequest } from '../../../core/policy/types.ts';
import { evaluateAsOurs, isFiniteOrNoNumber } from '../expressions/library-tree.ts';

type Run = ReturnType<Environment['parse']>;

const scopes = new WeakMap<Fields, Scope>();
const parsed = new WeakMap<Scope, Map<string, Run>>();

/** Whether a condition holds, as the CEL library evaluates it; undefined where it cannot be evaluated. */
export function truthOf(
  source: string,
  fields: Fields,
  request: AccessRequest,
  record: object | undefined,
): boolean | undefined {
  const scope = scopeOf(fields);
  const run = parse(source, scope);
  const { subject, resource, context } = request;
  const { attributes, ...known } = subject;
  const related =
    record === resource.proposed ? (resource.proposedRelated ?? resource.related) : resource.related;
  try {
    const result: unknown = run({
      record: typed(record ?? {}, fields),
      meta: typed(resource, { createdAt: 'timestamp', updatedAt: 'timestamp' }),
      related: Object.fromEntries(
        Object.entries(related ?? {}).map(([name, values]) => [name, typed(values ?? {}, {})]),
      ),
      me: typed({ profiles: [], ...attributes, ...known }, {}),
      params: typed(context.params ?? {}, {}),
      site: context.site ?? {},
      now: new Date(context.now),
    });
    return typeof result === 'boolean' ? result : undefined;
  } catch {
    return undefined;
  }
}

function scopeOf(fields: Fields): Scope {
  let scope = scopes.get(fields);
  if (!scope) {
    scope = { record: fields, params: {} };
    scopes.set(fields, scope);
  }
  return scope;
}

function parse(source: string, scope: Scope): Run {
  const known = parsed.get(scope) ?? new Map<string, Run>();
  parsed.set(scope, known);
  let run = known.get(source);
  if (!run) {
    run = environmentOf(scope).parse(source);
    prepareTree(run.ast, completeScope(scope));
    evaluateAsOurs(run.ast);
    known.set(source, run);
  }
  return run;
}

/** Without what is null, no instant or no finite number, and with instants as the library's dates. */
function typed(values: object, fields: Fields): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    fields[name] === 'timestamp' && typeof value === 'string' ? new Date(value) : value,
  ]);
  const isValue = (value: unknown) =>
    value != null && isFiniteOrNoNumber(value) && !(value instanceof Date && Number.isNaN(value.getTime()));
  return Object.fromEntries(entries.filter(([, value]) => isValue(value)));
}
