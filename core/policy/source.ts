import type { CheckedExpression } from '../expressions/types.ts';
import type { PolicyDocument, PolicyFacts, RuleIndex, StoredRule } from './document.ts';
import { own } from './own.ts';

/** Rules that name one subject: resource key → action → positions of rules. */
export type OfSubject = RuleIndex[string];

/** What the engine reads of a policy, piece by piece. */
export interface PolicySource {
  readonly hash: string;
  readonly facts: PolicyFacts;
  /** Keys under which access lists name people. */
  readonly listKeys: readonly string[];
  ofSubject(subjectKey: string): OfSubject | undefined;
  rule(position: number): StoredRule;
  condition(position: number): CheckedExpression;
  /** The whole of it. */
  document(): PolicyDocument;
}

/** A policy that lies in memory as a whole. */
export function documentSource(document: PolicyDocument): PolicySource {
  const { hash, facts, index, rules, conditions } = document;
  return {
    hash,
    facts,
    listKeys: Object.keys(index).filter((key) => key.startsWith('list:')),
    ofSubject: (key) => own(index, key),
    rule: (position) => found(rules[position], 'rule', position),
    condition: (position) => found(conditions[position], 'condition', position),
    document: () => document,
  };
}

function found<Piece>(piece: Piece | undefined, what: string, position: number): Piece {
  if (piece === undefined) throw absent(what, position);
  return piece;
}

/** For a position that the policy does not have: of a program that is wrong, or a text that was cut. */
export function absent(what: string, position: number): RangeError {
  return new RangeError(`The policy has no ${what} ${position}`);
}
