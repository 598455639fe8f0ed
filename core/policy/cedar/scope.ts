import { partsOf } from '../keys.ts';
import type { FieldSet, ResourcePattern } from '../types.ts';
import type { Cell } from './cells.ts';
import { entity, member } from './names.ts';
import { ALWAYS, all, NEVER, relation, stringLiteral, type Test, where } from './syntax.ts';

/** What a pattern leaves to ask of a resource of its kind. A record type is a type of its own. */
export function fits(pattern: ResourcePattern, { kind }: Cell): Test {
  if (kind.type === 'record') return ALWAYS;
  const parts = partsOf(pattern.type);
  const given = parts.filter((part) => pattern[part] !== undefined);
  if (given.length === parts.length && given.length > 0) {
    return relation(`resource == ${entity(kind.entity, given.map((part) => pattern[part]).join('/'))}`);
  }
  return all(
    ...given.flatMap((part) => [
      relation(`resource has ${part}`),
      relation(`${member('resource', part)} == ${stringLiteral(pattern[part] ?? '')}`),
    ]),
  );
}

/** The fields that a rule permits; the question names one, or none. */
export function fieldTest(fields: FieldSet = '*'): Test {
  if (fields === '*') return ALWAYS;
  const list = `[${fields.map(stringLiteral).join(', ')}]`;
  return where(relation('context has field'), relation(`${list}.contains(context.field)`));
}

export function offered({ from }: Cell): Test {
  if (!from) return ALWAYS;
  if (from.length === 0) return NEVER;
  const list = `[${from.map(stringLiteral).join(', ')}]`;
  return all(relation('resource has state'), relation(`${list}.contains(resource.state)`));
}
