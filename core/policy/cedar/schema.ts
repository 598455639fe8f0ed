import type { Cell } from './cells.ts';
import { CORE, PRINCIPAL_TYPES, PROFILE, ROLE } from './names.ts';
import { stringLiteral } from './syntax.ts';
import { PRINCIPALS, type Vocabulary } from './vocabulary.ts';

/** The schema of an export: entity types with the attributes that its policies read, and actions. */
export function printSchema(vocabulary: Vocabulary, cells: readonly Cell[]): string {
  const namespaces = new Map<string, string[]>([[CORE, []]]);
  const declare = (entity: string, text: string) => {
    const [namespace = '', name] = entity.split('::');
    const lines = namespaces.get(namespace) ?? [];
    namespaces.set(namespace, [...lines, `  entity ${name}${text};`]);
  };
  declare(PROFILE, '');
  for (const type of PRINCIPALS) {
    declare(PRINCIPAL_TYPES[type], ` in [${ROLE}, ${PROFILE}] ${vocabulary.principalShape(type).print()}`);
  }
  for (const { entity, shape } of vocabulary.kinds) declare(entity, ` ${shape.print()}`);
  namespaces.get(CORE)?.push(`  type Question = ${vocabulary.context.print()};`, ...actionsOf(cells));
  return [...namespaces].map(([name, lines]) => `namespace ${name} {\n${lines.join('\n')}\n}\n`).join('\n');
}

function actionsOf(cells: readonly Cell[]): string[] {
  const resources = new Map<string, string[]>();
  for (const { action, kind } of cells)
    resources.set(action, [...(resources.get(action) ?? []), kind.entity]);
  const principals = PRINCIPALS.map((type) => PRINCIPAL_TYPES[type]).join(', ');
  return [...resources].map(
    ([action, entities]) =>
      `  action ${stringLiteral(action)} appliesTo {\n    principal: [${principals}],\n    resource: [${entities.join(', ')}],\n    context: Question,\n  };`,
  );
}
