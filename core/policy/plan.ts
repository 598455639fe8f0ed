import type { Environment } from '../environments.ts';
import { type Conditions, type Entry, type Test, takesPart, testedRecord } from './entry.ts';
import { ENVIRONMENT, type Gate, type Gates } from './gates.ts';
import { decideTiers, denied, EXEMPT, granted, NO_CREDENTIAL, NOT_GRANTED, ruleIds } from './outcome.ts';
import type { AccessRequest, Bypass, Decision } from './types.ts';

/** Rules that a set of them can be told apart by the bits of a small integer. */
const MOST_BITS = 30;
/** Outcomes remembered by a plan; there are as many as sets of rules that take part together, as a rule two or three. */
const MOST_OUTCOMES = 256;

/** A rule that alone decides, and the answer where its test holds. */
interface Sole {
  readonly test: Test;
  readonly grant: Decision;
}

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
  /** The states in which the operation is offered; absent = every one. */
  readonly from?: readonly string[] | undefined;
  readonly bypass?: Bypass | undefined;
  readonly anonymous: boolean;
  readonly conditions: Conditions;
  /** Of an operation on a record: viewing it, which the operation needs. */
  readonly viewing?: Viewing | undefined;
}

/** What viewing a record is called, and its plan, made when it is first asked for. */
export interface Viewing {
  readonly action: string;
  plan(): Plan;
}

/**
 * Everything about one subject (or all that hold the same roles), one kind of resource and one action that does not
 * depend on the single resource, worked out once. What is left to do per request: gates, conditions, one look-up.
 */
export class Plan {
  readonly parts: PlanParts;
  /** The environment in which those gates are known to be open that do not look at the resource. */
  #openIn: Environment | undefined;
  #madeTests: readonly (Test | undefined)[] | undefined;
  /** Outcomes by the set of rules that take part. */
  readonly #outcomes = new Map<number, Decision>();
  /** The answer of the rules where none has to look at the resource. */
  readonly #constant: Decision | undefined;
  /** Whether the rules give the whole answer: no gate looks at the resource, no state matters, nobody is exempt. */
  readonly #rulesAlone: boolean;
  /** The whole answer where nothing looks at the resource. */
  readonly #always: Decision | undefined;
  /** The one rule that tells the whole answer where a single allow asks something: with `#always`, most plans. */
  readonly #sole: Sole | undefined;
  /** The answer where no rule takes part, or what tells why; made when that first happens. */
  #nothing: Decision | ((request: AccessRequest) => Decision) | undefined;

  constructor(parts: PlanParts) {
    this.parts = parts;
    const { entries, gates, from, bypass } = parts;
    let asks = false;
    for (const { condition, saved, names } of entries) asks ||= (condition ?? saved ?? names) !== undefined;
    if (!asks) this.#constant = decideTiers(entries) ?? this.#notGranted;
    this.#rulesAlone = gates.resource.length === 0 && !from && !bypass;
    if (!this.#rulesAlone) return;
    this.#always = this.#constant;
    const [only] = entries;
    if (!asks || !only || entries.length > 1 || only.deny) return;
    this.#sole = { test: takesPart(only) as Test, grant: granted(only) };
  }

  /** One test per rule; undefined where it always takes part. */
  get #tests(): readonly (Test | undefined)[] {
    this.#madeTests ??= this.parts.entries.map(takesPart);
    return this.#madeTests;
  }

  get #notGranted(): Decision {
    return this.parts.anonymous ? NO_CREDENTIAL : NOT_GRANTED;
  }

  /** Whether the answer of the rules is the same for every resource and moment. */
  get isConstant(): boolean {
    return this.#constant !== undefined;
  }

  /** Whether every request that the gates of subject and context let through is granted. */
  get alwaysGrants(): boolean {
    return this.#always?.decision === true;
  }

  /** The rules that take part in a request, in the order of their tiers. */
  part(request: AccessRequest): Entry[] {
    const record = testedRecord(request);
    return this.parts.entries.filter((_, i) => {
      const test = this.#tests[i];
      return test === undefined || test(request, record) === true;
    });
  }

  decide(request: AccessRequest): Decision {
    return this.closed(request) ?? this.decideResource(request);
  }

  /** The gates that look at subject and context alone: the same for every resource of a list. */
  closed(request: AccessRequest): Decision | undefined {
    return request.context.environment === this.#openIn ? undefined : this.#closedAtFirst(request);
  }

  #closedAtFirst(request: AccessRequest): Decision | undefined {
    const { environment } = request.context;
    const { gates, signIn } = this.parts;
    if (gates.signIn && !signIn.maySignIn(request)) return ENVIRONMENT;
    if (gates.context.length > 0) return closedGate(gates.context, request);
    if (!gates.signIn || signIn.isConstant(environment)) this.#openIn = environment;
    return undefined;
  }

  /** The decision of a request that those gates have let through. */
  decideResource(request: AccessRequest): Decision {
    const decision =
      this.#always ?? (this.#sole ? this.#decideSole(this.#sole, request) : this.#decideFully(request));
    return request.fields === undefined ? decision : withFields(decision, request.fields);
  }

  #decideSole({ test, grant }: Sole, request: AccessRequest): Decision {
    const { values, proposed } = request.resource;
    return test(request, values ?? proposed) === true ? grant : this.#denyNothing(request);
  }

  #decideFully(request: AccessRequest): Decision {
    if (this.#rulesAlone) return this.#decideRules(request);
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
    const record = testedRecord(request);
    let mask = 0;
    for (let i = 0; i < tests.length; i++) {
      const test = tests[i];
      if (test === undefined || test(request, record) === true) mask |= 1 << i;
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
    return typeof this.#nothing === 'function' ? this.#nothing(request) : this.#nothing;
  }

  /** No rule took part: because none names the subject, because of the record's state, or because of its scope. */
  #createNothing(): Decision | ((request: AccessRequest) => Decision) {
    const { entries, conditions } = this.parts;
    const allows = entries.filter((entry) => !entry.deny);
    const inAnyState = allows.map((entry) => {
      const condition = entry.condition && conditions.inAnyState(entry.condition);
      if (!condition) return undefined;
      // A check is of the state that the operation leads to, which is the same whatever the record's is.
      const saved =
        entry.saved && entry.rule.check === undefined ? conditions.inAnyState(entry.saved) : entry.saved;
      return takesPart({ ...entry, condition, saved });
    });
    if (!inAnyState.some(Boolean) && !allows.some((entry) => entry.names)) {
      return this.#outOfScope(allows);
    }
    return (request) => {
      const state = allows.filter((_, i) => inAnyState[i]?.(request, testedRecord(request)) === true);
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
