import { createHash } from 'node:crypto';
import type { CheckedExpression } from '../expressions/types.ts';
import type { CheckedPolicyInput, PolicyDocument, PolicyFacts, StoredRule } from './document.ts';
import { patternKey, selectorKey } from './keys.ts';
import type { Rule } from './types.ts';

/**
 * Puts checked rules into a document: conditions shared, rules indexed by subject, resource and action, the whole
 * addressed by its content. Rules come from `checkRules`; this half needs no parser.
 */
export function buildPolicy(input: CheckedPolicyInput): PolicyDocument {
  const conditions: SharedConditions = new Map();
  const rules = input.rules.map((rule) => storeRule(rule, conditions));
  const content = {
    format: 1 as const,
    facts: storedFacts(input),
    conditions: [...conditions.values()].map(({ condition }) => condition),
    rules,
    index: indexRules(rules),
  };
  return { ...content, hash: createHash('sha256').update(JSON.stringify(content)).digest('hex') };
}

type SharedConditions = Map<string, { position: number; condition: CheckedExpression }>;

function storeRule(rule: Rule, conditions: SharedConditions): StoredRule {
  const { condition, check, fields, ...others } = rule;
  // Sorted here, once: decisions list fields in this order.
  const sorted = fields === undefined || fields === '*' ? fields : [...new Set(fields)].sort();
  return {
    ...others,
    ...(sorted !== undefined && { fields: sorted }),
    ...(condition && { condition: positionOf(condition, conditions) }),
    ...(check && { check: positionOf(check, conditions) }),
  };
}

function positionOf(condition: CheckedExpression, conditions: SharedConditions): number {
  const text = JSON.stringify(condition);
  let shared = conditions.get(text);
  if (!shared) {
    shared = { position: conditions.size, condition };
    conditions.set(text, shared);
  }
  return shared.position;
}

/** Field types are needed to check conditions, and no longer. */
function storedFacts(input: CheckedPolicyInput): PolicyFacts {
  const { apps, roles, profiles, flows, services } = input;
  const stored = Object.entries(apps).map(([id, app]) => {
    const recordTypes = Object.entries(app.recordTypes).map(([name, { fields: _, ...facts }]) => [
      name,
      facts,
    ]);
    return [id, { ...app, recordTypes: Object.fromEntries(recordTypes) }];
  });
  return {
    apps: Object.fromEntries(stored),
    roles,
    ...(profiles && { profiles }),
    ...(flows && { flows }),
    ...(services && { services }),
  };
}

type MutableIndex = Record<string, Record<string, Record<string, number[]>>>;

function indexRules(rules: readonly StoredRule[]): MutableIndex {
  const index: MutableIndex = {};
  rules.forEach((rule, position) => {
    const resourceKey = patternKey(rule.resource);
    for (const selector of rule.subjects) {
      const ofSubject = member(index, selectorKey(selector), () => ({}));
      const ofResource = member(ofSubject, resourceKey, () => ({}));
      for (const action of rule.actions) member(ofResource, action, (): number[] => []).push(position);
    }
  });
  return index;
}

/** The named member, made first where it is missing. Names never reach an object's prototype. */
function member<Value>(of: Record<string, Value>, name: string, create: () => Value): Value {
  if (!Object.hasOwn(of, name)) {
    Object.defineProperty(of, name, {
      value: create(),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return of[name] as Value;
}
