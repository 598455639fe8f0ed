import type { Binding } from '../expressions/binding.ts';
import { compileNode } from '../expressions/closures.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import { READ_AS_SAVED, requestBinding, savedBindings } from './binding.ts';
import { withoutState } from './conjuncts.ts';
import { changesRecord, type OperationKind, type StoredRule } from './document.ts';
import { selectorTier } from './keys.ts';
import { own } from './own.ts';
import type { PolicySource } from './source.ts';
import type { AccessRequest, FieldSet, Tier } from './types.ts';

/** True where it holds; false where not; anything else where it cannot be evaluated. */
export type Test = (request: AccessRequest, record: object | undefined) => unknown;

/** A condition as it is put to one record: where it stands among the policy's, and what its paths read. */
export interface Asked {
  readonly position: number;
  readonly binding: Binding<AccessRequest>;
  readonly test: Test;
}

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
  /** What is asked of the record as it is; of one that is added, as it is proposed. */
  readonly condition?: Asked | undefined;
  /** What is asked besides of a stored record as it would be saved, for actions that change one. */
  readonly saved?: Asked | undefined;
}

/** The closures of a policy's conditions, each made when it is first needed. */
export class Conditions {
  readonly #source: PolicySource;
  readonly #asked = new Map<number, Asked>();

  constructor(source: PolicySource) {
    this.#source = source;
  }

  asked(position: number): Asked {
    let asked = this.#asked.get(position);
    if (!asked) {
      const test = compileNode(this.#source.condition(position).ast, requestBinding);
      asked = { position, binding: requestBinding, test };
      this.#asked.set(position, asked);
    }
    return asked;
  }

  /** What a rule asks of the record as it would be saved: its check, or where it has none its condition. */
  saved({ condition, check }: StoredRule): Asked | undefined {
    const position = check ?? condition;
    if (position === undefined) return undefined;
    const part = check === undefined ? 'when' : 'check';
    const { ast, reads } = this.checked(position);
    const isAlike = !reads.some((path) => READ_AS_SAVED[part].has(path.slice('record.'.length)));
    if (isAlike) return this.asked(position);
    const binding = savedBindings[part];
    return { position, binding, test: compileNode(ast, binding) };
  }

  /** A condition without what it asks of state and lifecycle; undefined where it asks nothing of them. */
  inAnyState({ position, binding }: Asked): Asked | undefined {
    const rest = withoutState(this.checked(position).ast);
    return rest && { position, binding, test: compileNode(rest, binding) };
  }

  /** The condition at a position, as it was checked. */
  checked(position: number): CheckedExpression {
    return this.#source.condition(position);
  }
}

/**
 * Makes the entry of a rule for one of its selectors.
 * @param kind of the operation that is asked for; absent where the action is none
 */
export function createEntry(
  rule: StoredRule,
  key: string,
  identities: ReadonlySet<string>,
  conditions: Conditions,
  kind: OperationKind | undefined,
): Entry {
  const position = kind === 'add' ? (rule.check ?? rule.condition) : rule.condition;
  const tier = selectorTier(key);
  return {
    rule,
    key,
    tier,
    deny: rule.effect === 'deny',
    fields: rule.fields ?? '*',
    names: tier === OWNERSHIP || key.startsWith('list:') ? namedByRecord(key, identities) : undefined,
    condition: position === undefined ? undefined : conditions.asked(position),
    saved: changesRecord(kind) ? conditions.saved(rule) : undefined,
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
 * An allow needs its condition to hold, a deny takes part unless its condition is known not to hold; where a stored record
 * is changed, on the record as it would be saved too. Most rules are allows: their condition is all there is to it.
 */
export function takesPart({ names, deny, condition, saved }: Omit<Entry, 'rule'>): Test | undefined {
  const holds = saved
    ? holdsForBoth(deny, condition?.test, saved.test)
    : condition && holdsFor(deny, condition.test);
  if (!names || !holds) return holds ?? names;
  return (request, record) => names(request) && holds(request, record);
}

function holdsFor(deny: boolean, test: Test): Test {
  return deny ? (request, record) => test(request, record) !== false : test;
}

/** @param condition absent where only the record as it would be saved is asked: a deny is not about the stored one then */
function holdsForBoth(deny: boolean, condition: Test | undefined, saved: Test): Test {
  if (deny) {
    return (request, record) => {
      if (condition && condition(request, record) !== false) return true;
      const { proposed } = request.resource;
      return proposed !== undefined && saved(request, proposed) !== false;
    };
  }
  return (request, record) => {
    if (condition && condition(request, record) !== true) return false;
    const { proposed } = request.resource;
    return proposed === undefined || saved(request, proposed) === true;
  };
}
