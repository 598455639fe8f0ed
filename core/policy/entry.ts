import { compileNode } from '../expressions/closures.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import { requestBinding } from './binding.ts';
import { withoutState } from './conjuncts.ts';
import type { PolicyDocument, StoredRule } from './document.ts';
import { selectorTier } from './keys.ts';
import type { AccessRequest, FieldSet, Tier } from './types.ts';

/** True where it holds; false where not; anything else where it cannot be evaluated. */
export type Test = (request: AccessRequest, record: object | undefined) => unknown;

/** One rule as it is tried for a subject: closures made once. */
export interface Entry {
  readonly rule: StoredRule;
  /** The key of the index under which it names the subject. */
  readonly key: string;
  readonly tier: Tier;
  readonly deny: boolean;
  readonly fields: FieldSet;
  /** Whether the record names the subject as the rule asks; absent where the subject alone decides that. */
  readonly names?: ((request: AccessRequest) => boolean) | undefined;
  readonly condition?: Test | undefined;
  /** The condition without what it asks of state and lifecycle; absent where it asks nothing of them. */
  readonly inAnyState?: Test | undefined;
}

/** The closures of a policy's conditions, each made when it is first needed. */
export class Conditions {
  readonly #document: PolicyDocument;
  readonly #tests: (Test | undefined)[] = [];
  readonly #inAnyState: (Test | undefined)[] = [];

  constructor(document: PolicyDocument) {
    this.#document = document;
  }

  test(position: number): Test {
    let test = this.#tests[position];
    if (!test) {
      test = compileNode(this.checked(position).ast, requestBinding);
      this.#tests[position] = test;
    }
    return test;
  }

  inAnyState(position: number): Test | undefined {
    let test = this.#inAnyState[position];
    if (!test) {
      const rest = withoutState(this.checked(position).ast);
      if (!rest) return undefined;
      test = compileNode(rest, requestBinding);
      this.#inAnyState[position] = test;
    }
    return test;
  }

  /** The condition at a position, as it was checked. */
  checked(position: number): CheckedExpression {
    const condition = this.#document.conditions[position];
    if (!condition) throw new RangeError(`The policy has no condition ${position}`);
    return condition;
  }
}

/** Makes the entry of a rule for one of its selectors. */
export function createEntry(
  rule: StoredRule,
  key: string,
  identities: ReadonlySet<string>,
  conditions: Conditions,
): Entry {
  const position = rule.condition;
  return {
    rule,
    key,
    tier: selectorTier(key),
    deny: rule.effect === 'deny',
    fields: rule.fields ?? '*',
    names: namedByRecord(key, identities),
    condition: position === undefined ? undefined : conditions.test(position),
    inAnyState: position === undefined ? undefined : conditions.inAnyState(position),
  };
}

function namedByRecord(
  key: string,
  identities: ReadonlySet<string>,
): ((request: AccessRequest) => boolean) | undefined {
  if (key === 'appOwner') return ({ subject, resource }) => isSame(subject.id, resource.appOwner);
  if (key === 'recordOwner') return ({ subject, resource }) => isSame(subject.id, resource.owner);
  if (!key.startsWith('list:')) return undefined;
  const list = key.slice('list:'.length);
  return ({ resource }) => {
    const members = resource.accessLists?.[list];
    return members?.some((member) => identities.has(member)) ?? false;
  };
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a !== '' && a === b;
}

/**
 * Whether a rule takes part. An allow needs its condition to hold, a deny takes part unless its condition is known
 * not to hold; on the stored record (the proposed one where nothing is stored yet), and for an edit, `asSaved`, on
 * the record as it would be saved too.
 */
export function takesPart(
  entry: Entry,
  request: AccessRequest,
  asSaved: boolean,
  condition = entry.condition,
): boolean {
  if (entry.names && !entry.names(request)) return false;
  if (!condition) return true;
  const { values, proposed } = request.resource;
  const both = asSaved && values !== undefined && proposed !== undefined;
  const answer = condition(request, values ?? proposed);
  if (entry.deny) return answer !== false || (both && condition(request, proposed) !== false);
  return answer === true && (!both || condition(request, proposed) === true);
}
