import type { Environment } from '../environments.ts';
import { type Entry, type TakesPart, takesPart } from './entry.ts';
import { ENVIRONMENT, type Gate, type Gates } from './gates.ts';
import { decideTiers, denied, exempt, ruleIds } from './outcome.ts';
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
}

/**
 * Everything about one subject (or all that hold the same roles), one kind of resource and one action that does not
 * depend on the single resource, worked out once. What is left to do per request: gates, conditions, one look-up.
 */
export class Plan {
  readonly parts: PlanParts;
  /** The environment in which those gates are known to be open that do not look at the resource. */
  #openIn: Environment | undefined;
  readonly #tests: readonly (TakesPart | undefined)[];
  /** Outcomes by the set of rules that take part. */
  readonly #outcomes = new Map<number, Decision>();
  /** The answer where no rule has to look at the resource. */
  readonly #constant: Decision | undefined;
  readonly #notGranted: Decision;
  /** The answer where no rule takes part, if it is always the same. */
  readonly #nothing: Decision | undefined;
  readonly #exempt: Decision | undefined;
  /** The whole decision in one closure, for plans that need no more: most have one rule, or none that asks. */
  readonly #shortcut: ((request: AccessRequest) => Decision) | undefined;

  constructor(parts: PlanParts) {
    const { entries, asSaved } = parts;
    this.parts = parts;
    this.#tests = entries.map((entry) => takesPart(entry, asSaved));
    this.#notGranted = denied(parts.anonymous ? 'NO_CREDENTIAL' : 'NOT_GRANTED');
    this.#exempt = parts.bypass && exempt(parts.bypass);
    this.#constant = this.#tests.some(Boolean) ? undefined : (decideTiers(entries) ?? this.#notGranted);
    this.#nothing = entries.some((entry) => !entry.deny && (entry.names || entry.inAnyState))
      ? undefined
      : this.#outOfScope(entries.filter((entry) => !entry.deny));
    this.#shortcut = this.#createShortcut();
  }

  #createShortcut(): ((request: AccessRequest) => Decision) | undefined {
    const { gates, from, bypass, entries, asSaved } = this.parts;
    if (gates.resource.length > 0 || from || bypass) return undefined;
    const constant = this.#constant;
    if (constant) return () => constant;
    const [entry] = entries;
    const granted = entries.length === 1 ? decideTiers(entries) : undefined;
    const nothing = this.#nothing;
    const condition = entry?.names ? undefined : entry?.condition;
    if (asSaved || !condition || !granted?.decision || !nothing) return undefined;
    return (request) => {
      const { values, proposed } = request.resource;
      return condition(request, values ?? proposed) === true ? granted : nothing;
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
    if (this.#exempt && !(decision.decision && decision.fields === '*')) decision = this.#exempt;
    const { from } = this.parts;
    if (!decision.decision || !from || from.includes(request.resource.state ?? '')) return decision;
    return denied('STATE', { rules: decision.reasons[0]?.rules ?? [] });
  }

  #decideRules(request: AccessRequest): Decision {
    const tests = this.#tests;
    if (tests.length > MOST_BITS) {
      return decideTiers(this.part(request)) ?? this.#explainNothing(request);
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
    if (mask === 0) return this.#nothing ?? this.#explainNothing(request);
    return this.#outcomes.get(mask) ?? this.#newOutcome(mask);
  }

  #newOutcome(mask: number): Decision {
    const part = this.parts.entries.filter((_, i) => mask & (1 << i));
    const outcome = decideTiers(part) ?? this.#notGranted;
    if (this.#outcomes.size >= MOST_OUTCOMES) this.#outcomes.clear();
    this.#outcomes.set(mask, outcome);
    return outcome;
  }

  /** No rule took part: because none names the subject, because of the record's state, or because of its scope. */
  #explainNothing(request: AccessRequest): Decision {
    const { entries, asSaved } = this.parts;
    const candidates = entries.filter((entry) => !entry.deny && (!entry.names || entry.names(request)));
    const state = candidates.filter(
      (entry) => entry.inAnyState && takesPart(entry, asSaved, entry.inAnyState)?.(request),
    );
    return state.length > 0 ? denied('STATE', { rules: ruleIds(state) }) : this.#outOfScope(candidates);
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
