import { ACTION, entity } from './names.ts';
import type { Permit } from './permits.ts';
import { ALWAYS, all, type Clause, printTest, stringLiteral } from './syntax.ts';

/** The permits as text; those that differ in nothing but the action are one policy. */
export function printPermits(permits: readonly Permit[]): string {
  const alike = new Map<string, { parts: Parts; actions: string[] }>();
  for (const permit of permits) {
    const parts = partsOf(permit);
    const key = JSON.stringify(parts);
    const group = alike.get(key);
    if (group) group.actions.push(permit.cell.action);
    else alike.set(key, { parts, actions: [permit.cell.action] });
  }
  return [...alike.values()].map(({ parts, actions }) => printPolicy(parts, actions)).join('\n');
}

/** A policy without its action. */
interface Parts {
  readonly annotations: readonly string[];
  readonly principal: string;
  readonly resource: string;
  readonly clauses: readonly string[];
}

function partsOf({ rule, source, tier, cell, when, unless }: Permit): Parts {
  const { principal, rest } = scopeOf(when);
  return {
    annotations: [
      `@rule(${stringLiteral(rule)})`,
      `@source(${stringLiteral(source)})`,
      ...(tier === undefined ? [] : [`@tier("${tier}")`]),
    ],
    principal,
    resource: cell.kind.entity,
    clauses: [
      ...rest.map(({ says, test }) => `when {${says ? ` // ${says}` : ''}\n  ${printTest(test)}\n}`),
      ...unless.map((denial) => `unless { // ${stringLiteral(denial.rule)}\n  ${printTest(denial.test)}\n}`),
    ],
  };
}

function printPolicy(
  { annotations, principal, resource, clauses }: Parts,
  actions: readonly string[],
): string {
  const entities = actions.map((action) => entity(ACTION, action));
  const action = entities.length === 1 ? `action == ${entities[0]}` : `action in [${entities.join(', ')}]`;
  const head = `permit (\n  ${principal},\n  ${action},\n  resource is ${resource}\n)`;
  return `${annotations.join('\n')}\n${[head, ...clauses].join('\n')};\n`;
}

const MEMBERSHIP = /^principal (is [\w:]+ )?in \w+::\w+::"[^"]*"$/;

/** Membership in a role or profile stands in the scope, where tools look for it. */
function scopeOf(when: readonly Clause[]): { principal: string; rest: readonly Clause[] } {
  const [first, ...rest] = when;
  if (!first || first.says) return { principal: 'principal', rest: when };
  const parts = first.test.is === 'all' ? first.test.of : [first.test];
  const scope = parts.find((part) => part.is === 'relation' && MEMBERSHIP.test(part.text));
  if (scope?.is !== 'relation') return { principal: 'principal', rest: when };
  const others = all(...parts.filter((part) => part !== scope));
  return { principal: scope.text, rest: others === ALWAYS ? rest : [{ test: others }, ...rest] };
}
