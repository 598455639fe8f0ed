import { type Entry, takesPart } from './entry.ts';
import type { Gate } from './gates.ts';
import { decideTiers, denied, exempt, ruleIds } from './outcome.ts';
import type { AccessRequest, Bypass, Decision } from './types.ts';

/** Rules that a set of them can be told apart by the bits of a small integer. */
const MOST_BITS = 30;
/** Outcomes remembered by a plan; there are as many as sets of rules that take part together, as a rule two or three. */
const MOST_OUTCOMES = 256;

export interface PlanParts {
  readonly gates: readonly Gate[];
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
  readonly #outcomes = new Map<number, Decision>();
  /** The answer where no rule has to look at the resource. */
  readonly #constant: Decision | undefined;
  readonly #notGranted: Decision;
  readonly #exempt: Decision | undefined;

  constructor(parts: PlanParts) {
    this.parts = parts;
    this.#notGranted = denied(parts.anonymous ? 'NO_CREDENTIAL' : 'NOT_GRANTED');
    this.#exempt = parts.bypass && exempt(parts.bypass);
    if (parts.entries.every((entry) => !entry.names && !entry.condition)) {
      this.#constant = decideTiers(parts.entries) ?? this.#notGranted;
    }
  }

  /** Whether the answer of the rules is the same for every resource and moment. */
  get isConstant(): boolean {
    return this.#constant !== undefined;
  }

  decide(request: AccessRequest): Decision {
    const { gates, from } = this.parts;
    for (const gate of gates) {
      const closed = gate(request);
      if (closed) return closed;
    }
    let decision = this.#constant ?? this.#decideRules(request);
    if (this.#exempt && !(decision.decision && decision.fields === '*')) decision = this.#exempt;
    if (!decision.decision) return decision;
    if (from && !from.includes(request.resource.state ?? '')) {
      return denied('STATE', { rules: decision.reasons[0]?.rules ?? [] });
    }
    return request.fields ? withFields(decision, request.fields) : decision;
  }

  #decideRules(request: AccessRequest): Decision {
    const { entries, asSaved } = this.parts;
    if (entries.length > MOST_BITS) {
      const part = entries.filter((entry) => takesPart(entry, request, asSaved));
      return decideTiers(part) ?? this.#explainNothing(request);
    }
    let mask = 0;
    let denyTier = 7;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Entry;
      if (entry.tier > denyTier) break;
      if (!takesPart(entry, request, asSaved)) continue;
      mask |= 1 << i;
      if (entry.deny) denyTier = entry.tier;
    }
    return mask === 0 ? this.#explainNothing(request) : this.#outcome(mask);
  }

  #outcome(mask: number): Decision {
    let outcome = this.#outcomes.get(mask);
    if (!outcome) {
      const part = this.parts.entries.filter((_, i) => mask & (1 << i));
      outcome = decideTiers(part) ?? this.#notGranted;
      if (this.#outcomes.size >= MOST_OUTCOMES) this.#outcomes.clear();
      this.#outcomes.set(mask, outcome);
    }
    return outcome;
  }

  /** No rule took part: because none names the subject, because of the record's state, or because of its scope. */
  #explainNothing(request: AccessRequest): Decision {
    const { entries, asSaved } = this.parts;
    const candidates = entries.filter((entry) => !entry.deny && (!entry.names || entry.names(request)));
    if (candidates.length === 0) return this.#notGranted;
    const state = candidates.filter(
      (entry) => entry.inAnyState && takesPart(entry, request, asSaved, entry.inAnyState),
    );
    return state.length > 0
      ? denied('STATE', { rules: ruleIds(state) })
      : denied('SCOPE', { rules: ruleIds(candidates) });
  }
}

function withFields(decision: Decision, fields: readonly string[]): Decision {
  const permitted = decision.fields;
  if (permitted === '*') return decision;
  const missing = fields.filter((name) => !permitted.includes(name));
  return missing.length === 0
    ? decision
    : denied('FIELD', { rules: decision.reasons[0]?.rules ?? [], fields: missing });
}
