import type { Environment } from '../environments.ts';
import { type Conditions, type Entry, type TakesPart, takesPart } from './entry.ts';
import { ENVIRONMENT, type Gate, type Gates } from './gates.ts';
import { decideTiers, denied, EXEMPT, granted, NO_CREDENTIAL, NOT_GRANTED, ruleIds } from './outcome.ts';
import type { AccessRequest, Bypass, Decision } from './types.ts';

/** Rules that a set of them can be told apart by the bits of a small integer. */
const MOST_BITS = 30;
/** Outcomes remembered by a plan; there are as many as sets of rules that take part together, as a rule two or three. */
const MOST_OUTCOMES = 256;
const NO_TIER = 7;

/** Says whether a subject may sign in where a request takes it. */
export interface SignIn {
  maySignIn(request: AccessRequest): boolean;
  /** Whether that is the same for every request. */
  isConstant(environment: Environment): boolean;
}

export interface PlanParts {
  readonly signIn: SignIn;
  readonly gates: Gates;
  /** In the order of their tiers; within a tier, denies first. */
  readonly entries: readonly Entry[];
  /** Whether the record as it would be saved is tested too. */
  readonly asSaved: boolean;
  /** The states in which the operation is offered; absent = every one. */
  readonly from?: readonly string[] | undefined;
  readonly bypass?: Bypass | undefined;
  readonly anonymous: boolean;
  readonly conditions: Conditions;
}

/**
 * Everything about one subject (or all that hold the same roles), one kind of resource and one action that does not
 * depend on the single resource, worked out once. What is left to do per request: gates, conditions, one look-up.
 */
export class Plan {
  readonly parts: PlanParts;
  /** The environment in which those gates are known to be open that do not look at the resource. */
  #openIn: Environment | undefined;
  #madeTests: readonly (TakesPart | undefined)[] | undefined;
  /** Outcomes by the set of rules that take part. */
  readonly #outcomes = new Map<number, Decision>();
  /** The answer where no rule has to look at the resource. */
  readonly #constant: Decision | undefined;
  /** Says why nothing is granted where no rule takes part; made when that first happens. */
  #nothing: ((request: AccessRequest) => Decision) | undefined;
  /** The whole decision in one closure, for plans that need no more: most have one rule, or none that asks. */
  readonly #shortcut: ((request: AccessRequest) => Decision) | undefined;

  constructor(parts: PlanParts) {
    this.parts = parts;
    const { entries } = parts;
    const asks = entries.some((entry) => entry.condition !== undefined || entry.names !== undefined);
    this.#constant = asks ? undefined : (decideTiers(entries) ?? this.#notGranted);
    this.#shortcut = this.#createShortcut();
  }

  /** One test per rule; undefined where it always takes part. */
  get #tests(): readonly (TakesPart | undefined)[] {
    this.#madeTests ??= this.parts.entries.map((entry) => takesPart(entry, this.parts.asSaved));
    return this.#madeTests;
  }

  get #notGranted(): Decision {
    return this.parts.anonymous ? NO_CREDENTIAL : NOT_GRANTED;
  }

  #createShortcut(): ((request: AccessRequest) => Decision) | undefined {
    const { gates, from, bypass, entries, asSaved } = this.parts;
    if (gates.resource.length > 0 || from || bypass) return undefined;
    const constant = this.#constant;
    if (constant) return () => constant;
    const [entry] = entries;
    if (!entry?.condition || entry.names || entry.deny || entries.length > 1 || asSaved) return undefined;
    const { condition } = entry;
    const grant = granted(entry);
    return (request) => {
      const { values, proposed } = request.resource;
      return condition(request, values ?? proposed) === true ? grant : this.#denyNothing(request);
    };
  }

  /** Whether the answer of the rules is the same for every resource and moment. */
  get isConstant(): boolean {
    return this.#constant !== undefined;
  }

  /** The rules that take part in a request, in the order of their tiers. */
  part(request: AccessRequest): Entry[] {
    return this.parts.entries.filter((_, i) => this.#tests[i]?.(request) ?? true);
  }

  decide(request: AccessRequest): Decision {
    return this.closed(request) ?? this.decideResource(request);
  }

  /** The gates that look at subject and context alone: the same for every resource of a list. */
  closed(request: AccessRequest): Decision | undefined {
    const { environment } = request.context;
    if (environment === this.#openIn) return undefined;
    const { gates, signIn } = this.parts;
    if (gates.signIn && !signIn.maySignIn(request)) return ENVIRONMENT;
    if (gates.context.length === 0 && (!gates.signIn || signIn.isConstant(environment)))
      this.#openIn = environment;
    return closedGate(gates.context, request);
  }

  /** The decision of a request that those gates have let through. */
  decideResource(request: AccessRequest): Decision {
    const shortcut = this.#shortcut;
    const decision = shortcut === undefined ? this.#decideFully(request) : shortcut(request);
    return request.fields === undefined ? decision : withFields(decision, request.fields);
  }

  #decideFully(request: AccessRequest): Decision {
    const closed = closedGate(this.parts.gates.resource, request);
    if (closed) return closed;
    let decision = this.#constant ?? this.#decideRules(request);
    const { from, bypass } = this.parts;
    if (bypass && !(decision.decision && decision.fields === '*')) decision = EXEMPT[bypass];
    if (!decision.decision || !from || from.includes(request.resource.state ?? '')) return decision;
    return denied('STATE', { rules: decision.reasons[0]?.rules ?? [] });
  }

  #decideRules(request: AccessRequest): Decision {
    const tests = this.#tests;
    if (tests.length > MOST_BITS) {
      return decideTiers(this.part(request)) ?? this.#denyNothing(request);
    }
    const { entries } = this.parts;
    let mask = 0;
    let denyTier = NO_TIER;
    for (let i = 0; i < tests.length; i++) {
      const entry = entries[i] as Entry;
      if (entry.tier > denyTier) break;
      const test = tests[i];
      if (test && !test(request)) continue;
      mask |= 1 << i;
      if (entry.deny) denyTier = entry.tier;
    }
    if (mask === 0) return this.#denyNothing(request);
    return this.#outcomes.get(mask) ?? this.#newOutcome(mask);
  }

  #newOutcome(mask: number): Decision {
    const part = this.parts.entries.filter((_, i) => mask & (1 << i));
    const outcome = decideTiers(part) ?? this.#notGranted;
    if (this.#outcomes.size >= MOST_OUTCOMES) this.#outcomes.clear();
    this.#outcomes.set(mask, outcome);
    return outcome;
  }

  #denyNothing(request: AccessRequest): Decision {
    this.#nothing ??= this.#createNothing();
    return this.#nothing(request);
  }

  /** No rule took part: because none names the subject, because of the record's state, or because of its scope. */
  #createNothing(): (request: AccessRequest) => Decision {
    const { entries, asSaved, conditions } = this.parts;
    const allows = entries.filter((entry) => !entry.deny);
    const inAnyState = allows.map((entry) => {
      const { condition } = entry.rule;
      const test = condition === undefined ? undefined : conditions.inAnyState(condition);
      return test && takesPart(entry, asSaved, test);
    });
    if (!inAnyState.some(Boolean) && !allows.some((entry) => entry.names)) {
      const always = this.#outOfScope(allows);
      return () => always;
    }
    return (request) => {
      const state = allows.filter((_, i) => inAnyState[i]?.(request));
      if (state.length > 0) return denied('STATE', { rules: ruleIds(state) });
      return this.#outOfScope(allows.filter((entry) => !entry.names || entry.names(request)));
    };
  }

  #outOfScope(candidates: readonly Entry[]): Decision {
    return candidates.length > 0 ? denied('SCOPE', { rules: ruleIds(candidates) }) : this.#notGranted;
  }
}

function closedGate(gates: readonly Gate[], request: AccessRequest): Decision | undefined {
  for (let i = 0; i < gates.length; i++) {
    const closed = (gates[i] as Gate)(request);
    if (closed) return closed;
  }
  return undefined;
}

function withFields(decision: Decision, fields: readonly string[]): Decision {
  const permitted = decision.fields;
  if (permitted === '*' || !decision.decision) return decision;
  const missing = fields.filter((name) => !permitted.includes(name));
  return missing.length === 0
    ? decision
    : denied('FIELD', { rules: decision.reasons[0]?.rules ?? [], fields: missing });
}
