import type { Environment } from '../../environments.ts';
import { isDesignAction, TENANT_ADMINISTRATOR } from '../built-in.ts';
import { changesRecord, type PolicyDocument, type StoredRule } from '../document.ts';
import { selectorKey, selectorTier } from '../keys.ts';
import type { Selector, Tier } from '../types.ts';
import type { Cell } from './cells.ts';
import { truthOf } from './conditions.ts';
import type { Gates } from './gates.ts';
import { entity, PRINCIPAL_TYPES, ROLE } from './names.ts';
import { Reader, type Tested } from './reader.ts';
import { fieldTest, fits, offered } from './scope.ts';
import { names } from './selectors.ts';
import {
  ALWAYS,
  all,
  any,
  CedarRefusal,
  type Clause,
  NEVER,
  not,
  relation,
  stringLiteral,
  type Test,
  where,
} from './syntax.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One policy of the export: what allows, and the rules that stand before it. */
export interface Permit {
  /** Id of the rule, or of the exemption. */
  readonly rule: string;
  readonly source: string;
  readonly tier: Tier | undefined;
  readonly cell: Cell;
  readonly when: readonly Clause[];
  readonly unless: readonly Denial[];
}

interface Denial {
  readonly rule: string;
  readonly test: Test;
}

/** A rule that Cedar cannot say, or not wholly. */
export interface Refused {
  readonly rule: string;
  readonly source: string;
  readonly reason: string;
}

/** Makes the permits of cells, and keeps the rules that had to be refused. */
export class PermitMaker {
  readonly refused = new Map<string, Refused>();
  readonly #document: PolicyDocument;
  readonly #vocabulary: Vocabulary;
  readonly #environment: Environment;

  constructor(document: PolicyDocument, vocabulary: Vocabulary, environment: Environment) {
    this.#document = document;
    this.#vocabulary = vocabulary;
    this.#environment = environment;
  }

  /**
   * The permits of one cell: one for each allow and each of whom it names, with the denies of its tier and of those
   * before it in `unless`. A refused allow is left out, a refused deny is taken to deny: less is permitted, never more.
   * @param gates what has to hold besides, whoever allows
   */
  permitsOf(cell: Cell, { ofAnybody, ofUsers }: Gates): Permit[] {
    const inState = { says: 'offered in these states', test: offered(cell) };
    const entries = cell.rules.flatMap((rule) => rule.subjects.map((selector) => ({ rule, selector })));
    const allows = entries.filter(({ rule }) => rule.effect === 'allow');
    const denials = entries
      .filter(({ rule }) => rule.effect === 'deny')
      .map(({ rule, selector }) => ({
        rule: rule.id,
        tier: tierOf(selector),
        test: all(this.#matches(rule, selector, cell), this.#doesNotFail(rule, cell)),
      }));
    const permits = allows.map(({ rule, selector }): Permit => {
      const tier = tierOf(selector);
      return {
        rule: rule.id,
        source: rule.source,
        tier,
        cell,
        when: [
          { test: this.#matches(rule, selector, cell) },
          { test: this.#holds(rule, cell) },
          { says: 'the fields that the rule permits', test: fieldTest(rule.fields) },
          ...ofAnybody,
          inState,
        ],
        unless: denials.filter((denial) => denial.tier <= tier),
      };
    });
    return [...permits, ...this.#exemptions(cell, [...ofUsers, inState])].flatMap(simplified);
  }

  /** Exempt callers come after the gates, whatever the rules say. */
  #exemptions(cell: Cell, gates: readonly Clause[]): Permit[] {
    const { kind, action } = cell;
    if (isDesignAction(action) || !EXEMPTIBLE.has(kind.type)) return [];
    const permit = (rule: string, test: Test): Permit => ({
      rule,
      source: 'exemption',
      tier: undefined,
      cell,
      when: [{ test }, ...gates],
      unless: [],
    });
    const isAdmin = all(relation('principal has level'), relation('principal.level == "admin"'));
    return [
      permit('bypass/tenantAdministrator', IS_TENANT_ADMINISTRATOR),
      permit('bypass/levelAdmin', all(IS_USER, isAdmin, this.#isInProfilesApp(cell))),
    ];
  }

  #isInProfilesApp({ kind }: Cell): Test {
    const apps = Object.entries(this.#document.facts.apps).flatMap(([id, { accessModel }]) =>
      accessModel === 'profiles' ? [id] : [],
    );
    if (kind.type === 'record') return apps.includes(kind.app ?? '') ? ALWAYS : NEVER;
    if ((kind.type !== 'view' && kind.type !== 'app') || apps.length === 0) return NEVER;
    const list = `[${apps.map(stringLiteral).join(', ')}]`;
    return all(relation('resource has app'), relation(`${list}.contains(resource.app)`));
  }

  #matches(rule: StoredRule, selector: Selector, cell: Cell): Test {
    const at = { environment: this.#environment, kind: cell.kind, action: cell.action };
    const otherwise = rule.effect === 'allow' ? NEVER : ALWAYS;
    return this.#orRefuse(rule, otherwise, () => all(names(selector, at), fits(rule.resource, cell)));
  }

  #holds(rule: StoredRule, cell: Cell): Test {
    return this.#orRefuse(rule, NEVER, () => this.#tested(rule, cell, 'holds'));
  }

  #doesNotFail(rule: StoredRule, cell: Cell): Test {
    return this.#orRefuse(rule, ALWAYS, () => this.#tested(rule, cell, 'fails'));
  }

  /**
   * The condition on the record; where a stored one is changed, on the record as it would be saved as well.
   * @param side `holds`: for an allow; `fails`: for a deny, which takes part unless it fails on all of them
   */
  #tested({ condition, check }: StoredRule, { kind, operation }: Cell, side: 'holds' | 'fails'): Test {
    if (condition === undefined && check === undefined) return ALWAYS;
    const on = (position: number | undefined, record: Tested): Test => {
      if (position === undefined) return ALWAYS;
      const { ast } = this.#document.conditions[position] as PolicyDocument['conditions'][number];
      return truthOf(ast, new Reader(this.#vocabulary, kind, record))[side];
    };
    const saved = changesRecord(operation)
      ? where(SAVED, on(check ?? condition, check === undefined ? 'proposed' : 'checked'))
      : ALWAYS;
    const outcome = all(on(operation === 'add' ? (check ?? condition) : condition, 'values'), saved);
    return side === 'holds' ? outcome : not(outcome);
  }

  #orRefuse({ id, source }: StoredRule, otherwise: Test, make: () => Test): Test {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof CedarRefusal)) throw error;
      this.refused.set(id, { rule: id, source, reason: error.message });
      return otherwise;
    }
  }
}

const EXEMPTIBLE: ReadonlySet<string> = new Set(['record', 'view', 'app', 'flow', 'service']);
const IS_USER = relation(`principal is ${PRINCIPAL_TYPES.user}`);
const IS_TENANT_ADMINISTRATOR = relation(
  `principal is ${PRINCIPAL_TYPES.user} in ${entity(ROLE, TENANT_ADMINISTRATOR)}`,
);
const SAVED = relation('resource has proposed');

function tierOf(selector: Selector): Tier {
  return selectorTier(selectorKey(selector));
}

/** Nothing where the permit can never permit. */
function simplified(permit: Permit): Permit[] {
  const when = permit.when.filter(({ test }) => test !== ALWAYS);
  const unless = permit.unless.filter(({ test }) => test !== NEVER);
  const impossible = when.some(({ test }) => test === NEVER) || unless.some(({ test }) => test === ALWAYS);
  return impossible ? [] : [{ ...permit, when, unless }];
}

/** What a permit asks, as one condition. */
export function conditionOf({ when, unless }: Permit): Test {
  return all(...when.map(({ test }) => test), not(any(...unless.map(({ test }) => test))));
}
