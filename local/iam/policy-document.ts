import { refuse } from '../assembly/problem.ts';
import { conditionProblem } from './conditions.ts';

/** One statement of a policy, its scalars made lists. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  /** operator → condition key → accepted values */
  conditions: Record<string, Record<string, string[]>>;
}

const KNOWN_ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

const listOf = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String));

/** Reads an identity-based policy document. Elements, operators and variables it does not know are refused. */
export function readPolicyDocument(document: unknown, place: string): Statement[] {
  const { Statement: statements } = (document ?? {}) as { Statement?: unknown };
  return [statements ?? []].flat().map((statement, i) => readStatement(statement, `${place}/Statement/${i}`));
}

function readStatement(source: unknown, place: string): Statement {
  const statement = source as Record<string, unknown>;
  for (const element of Object.keys(statement)) {
    if (!KNOWN_ELEMENTS.includes(element)) refuse(place, `the policy element ${element} is not supported`);
  }
  const effect = statement.Effect;
  if (effect !== 'Allow' && effect !== 'Deny')
    refuse(place, `the effect ${effect} is neither Allow nor Deny`);
  const conditions: Statement['conditions'] = {};
  for (const [operator, keys] of Object.entries((statement.Condition ?? {}) as Record<string, object>)) {
    conditions[operator] = {};
    for (const [key, values] of Object.entries(keys)) {
      const problem = conditionProblem(operator, key);
      if (problem) refuse(`${place}/Condition`, problem);
      conditions[operator][key] = listOf(values);
    }
  }
  const read: Statement = {
    effect,
    actions: listOf(statement.Action),
    notActions: listOf(statement.NotAction),
    resources: listOf(statement.Resource),
    notResources: listOf(statement.NotResource),
    conditions,
  };
  const texts = [
    ...read.resources,
    ...read.notResources,
    ...Object.values(conditions).flatMap(Object.values).flat(),
  ];
  const variable = texts.find((text) => text.includes('${'));
  if (variable) refuse(place, `policy variables are not supported: ${variable}`);
  return read;
}
