import { compileNode } from '../expressions/closures.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import { requestBinding } from './binding.ts';
import { withoutState } from './conjuncts.ts';
import type { StoredRule } from './document.ts';
import { selectorTier } from './keys.ts';
import { own } from './own.ts';
import type { PolicySource } from './source.ts';
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
}

/** The closures of a policy's conditions, each made when it is first needed. */
export class Conditions {
  readonly #source: PolicySource;
  readonly #tests = new Map<number, Test>();

  constructor(source: PolicySource) {
    this.#source = source;
  }

  test(position: number): Test {
    let test = this.#tests.get(position);
    if (!test) {
      test = compileNode(this.#source.condition(position).ast, requestBinding);
      this.#tests.set(position, test);
    }
    return test;
  }

  /** The condition without what it asks of state and lifecycle; undefined where it asks nothing of them. */
  inAnyState(position: number): Test | undefined {
    const rest = withoutState(this.checked(position).ast);
    return rest && compileNode(rest, requestBinding);
  }

  /** The condition at a position, as it was checked. */
  checked(position: number): CheckedExpression {
    return this.#source.condition(position);
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
  const tier = selectorTier(key);
  return {
    rule,
    key,
    tier,
    deny: rule.effect === 'deny',
    fields: rule.fields ?? '*',
    names: tier === OWNERSHIP || key.startsWith('list:') ? namedByRecord(key, identities) : undefined,
    condition: position === undefined ? undefined : conditions.test(position),
  };
}

const OWNERSHIP: Tier = 3;

function namedByRecord(key: string, identities: ReadonlySet<string>): (request: AccessRequest) => boolean {
  if (key === 'appOwner') return ({ subject, resource }) => isSame(subject.id, resource.appOwner);
  if (key === 'recordOwner') return ({ subject, resource }) => isSame(subject.id, resource.owner);
  const list = key.slice('list:'.length);
  return ({ resource }) => own(resource.accessLists, list)?.some((member) => identities.has(member)) ?? false;
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a !== '' && a === b;
}

/** The record that conditions are tested on: as stored, or as proposed where nothing is stored yet. */
export function testedRecord({ resource }: AccessRequest): object | undefined {
  return resource.values ?? resource.proposed;
}

/**
 * Tells by `true` that a rule takes part in a request, given its {@link testedRecord}; undefined where it always does.
 * An allow needs its condition to hold, a deny takes part unless its condition is known not to hold; for an edit,
 * `asSaved`, on the record as it would be saved too. Most rules are allows: their condition is all there is to it.
 */
export function takesPart(
  entry: Entry,
  asSaved: boolean,
  condition: Test | undefined = entry.condition,
): Test | undefined {
  const { names, deny } = entry;
  if (!condition) return names;
  if (!names && !deny && !asSaved) return condition;
  const holds = holdsFor(deny, asSaved, condition);
  return names ? (request, record) => names(request) && holds(request, record) : holds;
}

function holdsFor(deny: boolean, asSaved: boolean, condition: Test): Test {
  return (request, record) => {
    const { proposed } = request.resource;
    const stored = counts(condition(request, record), deny);
    if (!asSaved || stored === deny || proposed === undefined) return stored;
    return counts(condition(request, proposed), deny);
  };
}

function counts(answer: unknown, deny: boolean): boolean {
  return deny ? answer !== false : answer === true;
}
