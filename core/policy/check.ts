import { checkExpression } from '../expressions/check.ts';
import { buildPolicy } from './build.ts';
import type { PolicyDocument, PolicyFacts, PolicyInput } from './document.ts';
import type { Rule, RuleDraft } from './types.ts';
import { validateRules } from './validate.ts';

/**
 * Checks rules where definitions are saved and puts them into a document that can be stored and loaded.
 * @throws DaypassError DEFINITION_INVALID with every mistake and the place it was written at
 */
export function compilePolicy(input: PolicyInput): PolicyDocument {
  return buildPolicy({ ...input, rules: checkRules(input.rules, input) });
}

/**
 * Checks that rules name only what exists, are complete, and have conditions that type-check.
 * @throws DaypassError DEFINITION_INVALID with every mistake and the place it was written at
 */
export function checkRules(drafts: readonly RuleDraft[], facts: PolicyFacts): Rule[] {
  return validateRules(drafts, facts, (source, scope) => checkExpression(source, scope, 'bool'));
}
