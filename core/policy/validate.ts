import { DaypassError, type Problem } from '../errors.ts';
import type { CheckedExpression, Scope } from '../expressions/types.ts';
import { RECORD_ACTIONS, RECORD_PROPERTIES } from './actions.ts';
import { BUILT_IN_ROLES, canonicalRole, SYSTEM_ROLES } from './built-in.ts';
import { type PolicyFacts, type RecordTypeFacts, savesRecord } from './document.ts';
import { partsOf } from './keys.ts';
import { own } from './own.ts';
import { RESOURCE_TYPES, type ResourcePattern, type Rule, type RuleDraft, type Selector } from './types.ts';

/** Turns a condition's text into a checked one; throws EXPRESSION_INVALID. */
export type CheckCondition = (source: string, scope: Scope) => CheckedExpression;

/**
 * Checks that rules name only what exists and are complete.
 * @throws DaypassError DEFINITION_INVALID with every mistake and the place it was written at
 */
export function validateRules(
  drafts: readonly RuleDraft[],
  facts: PolicyFacts,
  check: CheckCondition,
): Rule[] {
  const problems: Problem[] = [];
  const checker = new RuleChecker(facts, problems, check);
  const rules = drafts.map((draft) => checker.check(draft));
  const seen = new Set<string>();
  for (const { id, source } of drafts) {
    if (seen.has(id))
      problems.push({ path: source, message: `Two rules are called ${id}. Give each its own id.` });
    seen.add(id);
  }
  if (problems.length > 0) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new DaypassError('DEFINITION_INVALID', `${first?.path}: ${first?.message}${more}`, problems);
  }
  return rules;
}

class RuleChecker {
  readonly #facts: PolicyFacts;
  readonly #problems: Problem[];
  readonly #checkText: CheckCondition;
  readonly #names: Readonly<Record<'role' | 'profile' | 'flow' | 'service', ReadonlySet<string> | undefined>>;
  readonly #scopes = new Map<RecordTypeFacts | undefined, Scope>();

  constructor(facts: PolicyFacts, problems: Problem[], check: CheckCondition) {
    this.#facts = facts;
    this.#checkText = check;
    this.#problems = problems;
    this.#names = {
      role: new Set([...facts.roles, ...BUILT_IN_ROLES, ...SYSTEM_ROLES]),
      profile: new Set(facts.profiles),
      flow: facts.flows && new Set(facts.flows),
      service: facts.services && new Set(facts.services),
    };
  }

  check(draft: RuleDraft): Rule {
    const { condition, check, ...rule } = draft;
    const refuse = (message: string): void => {
      this.#problems.push({ path: draft.source, message: `Rule ${draft.id}: ${message}` });
    };
    if (rule.subjects.length === 0) refuse('it names nobody. Name a user, a role or a profile.');
    if (rule.actions.length === 0) refuse('it names no action. Name at least one.');
    if (rule.effect === 'deny' && rule.fields !== undefined) {
      refuse('a deny is for the whole action. Take the fields away, or allow fewer.');
    }
    if (rule.fields !== undefined && rule.fields !== '*' && rule.fields.length === 0) {
      refuse('its list of fields is empty. Name at least one, or take the rule away.');
    }
    const subjects = rule.subjects.map((selector) => this.#checkSelector(selector, refuse));
    const recordType = this.#checkResource(rule.resource, refuse);
    if (recordType) this.#checkNames(rule, recordType, refuse);
    if (rule.resource.type !== 'record' && subjects.some(({ kind }) => kind === 'accessList')) {
      refuse('an access list is frozen on a record and names nobody elsewhere.');
    }
    if (check !== undefined && !this.#savesRecords(rule, recordType)) {
      refuse('its check is of a record as it would be saved, and not all of its actions save one.');
    }
    const checked = (text: CheckedExpression | string | undefined) =>
      text === undefined ? undefined : this.#checkCondition(text, recordType, refuse);
    const [asked, askedOfSaved] = [checked(condition), checked(check)];
    return {
      ...rule,
      subjects,
      ...(asked && { condition: asked }),
      ...(askedOfSaved && { check: askedOfSaved }),
    };
  }

  #savesRecords(
    { resource, actions }: Pick<RuleDraft, 'resource' | 'actions'>,
    facts?: RecordTypeFacts,
  ): boolean {
    return (
      resource.type === 'record' &&
      actions.every((action) => savesRecord(own(facts?.operations, action)?.kind))
    );
  }

  #checkSelector(selector: Selector, refuse: (message: string) => void): Selector {
    if (selector.kind === 'principal' && selector.id === '') refuse('it names a user without an id.');
    if (selector.kind !== 'role' && selector.kind !== 'profile') return selector;
    const id = selector.kind === 'role' ? canonicalRole(selector.id) : selector.id;
    if (!this.#names[selector.kind]?.has(id)) {
      refuse(`there is no ${selector.kind} ${id}. Create it first, or name another.`);
    }
    return { ...selector, id };
  }

  #checkResource(pattern: ResourcePattern, refuse: (message: string) => void): RecordTypeFacts | undefined {
    if (!RESOURCE_TYPES.includes(pattern.type)) {
      refuse(`there is no kind of resource ${pattern.type}.`);
      return undefined;
    }
    const parts = partsOf(pattern.type);
    const given = (['app', 'recordType', 'id'] as const).filter((part) => pattern[part] !== undefined);
    if (given.some((part, i) => part !== parts[i])) {
      refuse(`a ${pattern.type} is named by ${parts.join(', ') || 'nothing'}, the first ones first.`);
      return undefined;
    }
    const app = pattern.app === undefined ? undefined : own(this.#facts.apps, pattern.app);
    if (pattern.app !== undefined && !app) refuse(`there is no app ${pattern.app}.`);
    const recordType =
      app && pattern.recordType !== undefined ? own(app.recordTypes, pattern.recordType) : undefined;
    if (app && pattern.recordType !== undefined && !recordType) {
      refuse(`${pattern.app} has no record type ${pattern.recordType}.`);
    }
    if (
      pattern.type === 'view' &&
      recordType &&
      pattern.id !== undefined &&
      !recordType.views?.includes(pattern.id)
    ) {
      refuse(`${pattern.recordType} has no view ${pattern.id}.`);
    }
    if (pattern.type === 'flow' || pattern.type === 'service' || pattern.type === 'role') {
      if (pattern.id !== undefined && this.#names[pattern.type]?.has(pattern.id) === false) {
        refuse(`there is no ${pattern.type} ${pattern.id}.`);
      }
    }
    return recordType;
  }

  #checkNames(
    rule: Omit<RuleDraft, 'condition' | 'check'>,
    facts: RecordTypeFacts,
    refuse: (message: string) => void,
  ): void {
    if (rule.resource.type !== 'record') return;
    for (const action of rule.actions) {
      if (!own(facts.operations, action) && !RECORD_ACTIONS.has(action)) {
        refuse(`${rule.resource.recordType} has no operation ${action}.`);
      }
    }
    if (!facts.fields || !rule.fields || rule.fields === '*') return;
    for (const name of rule.fields) {
      if (!own(facts.fields, name) && !RECORD_PROPERTIES.has(name)) {
        refuse(`${rule.resource.recordType} has no field ${name}.`);
      }
    }
  }

  #checkCondition(
    condition: CheckedExpression | string,
    recordType: RecordTypeFacts | undefined,
    refuse: (message: string) => void,
  ): CheckedExpression | undefined {
    if (typeof condition !== 'string') {
      if (condition.type !== 'bool' && condition.type !== 'dyn')
        refuse(`its condition is a ${condition.type}.`);
      return condition;
    }
    try {
      return this.#checkText(condition, this.#scope(recordType));
    } catch (error) {
      if (!(error instanceof DaypassError)) throw error;
      refuse(`its condition cannot be used: ${error.message}`);
      return undefined;
    }
  }

  #scope(recordType: RecordTypeFacts | undefined): Scope {
    let scope = this.#scopes.get(recordType);
    if (!scope) {
      scope = { record: recordType?.fields ?? {}, params: {} };
      this.#scopes.set(recordType, scope);
    }
    return scope;
  }
}
